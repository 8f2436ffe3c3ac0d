use super::Pick;
use crate::Frame;
use crate::charts::{Standing, Svg};
use askama::Template;

/// `GET /outcomes`: how the open episodes go by their forms, those that fail to progress first.
#[derive(Template)]
#[template(path = "staff/outcomes.html")]
pub struct OutcomesPage {
    pub frame: Frame,
    pub location: Pick,
    pub practitioner: Pick,
    pub region: Pick,
    pub form: Pick,
    pub bars: Vec<OutcomeBar>,
    /// A choice of the filters is made, or a later page asked for.
    pub narrowed: bool,
    pub rows: Vec<OutcomeRow>,
    /// Where the list goes on, and back.
    pub next: Option<String>,
    pub before: Option<String>,
}

/// All open episodes by one form.
pub struct OutcomeBar {
    pub title: String,
    /// The list of this form only.
    pub href: String,
    pub plot: Svg,
    /// "2 fails to progress, 3 on the way".
    pub words: String,
    /// "12 of 15 answered, 80 %".
    pub answered: String,
}

/// One episode by one form.
pub struct OutcomeRow {
    pub patient: String,
    pub href: String,
    pub title: String,
    /// "Main Street, Ben Ortiz, knee".
    pub detail: String,
    pub standing: Standing,
    /// "since 3 March 2025"; empty: nothing to say.
    pub since: String,
    pub plot: Option<Svg>,
    pub baseline: String,
    pub latest: String,
    /// "+12 in 30 days: better".
    pub change: String,
    pub answered: String,
}

impl OutcomesPage {
    fn standings(&self) -> [Standing; 5] {
        Standing::ALL
    }
}
