use askama::Template;

use super::Pick;
use crate::Frame;

/// `GET /outcome-forms`: which form measures the course of what hurts where. Goes to `POST` of the same with one field a
/// part of the body.
#[derive(Template)]
#[template(path = "staff/outcome_forms.html")]
pub struct OutcomeFormsPage {
    pub frame: Frame,
    pub rows: Vec<RegionRow>,
    /// An administrator may change it.
    pub may_change: bool,
}

pub struct RegionRow {
    /// "wrist-and-hand".
    pub code: String,
    /// "Wrist or hand".
    pub title: String,
    /// The instrument most clinics use, whose text needs a licence.
    pub usual: &'static str,
    pub pick: Pick,
}
