use askama::Template;

use crate::Frame;

/// A clinic of the account.
#[derive(Debug, Clone)]
pub struct ClinicLine {
    pub name: String,
    /// POSTs there.
    pub href: String,
    /// The one whose pages these are.
    pub here: bool,
}

/// `GET /clinics`: the clinics of the account, for who administers it.
#[derive(Template)]
#[template(path = "staff/clinics.html")]
pub struct ClinicsPage {
    pub frame: Frame,
    pub account: String,
    pub clinics: Vec<ClinicLine>,
}
