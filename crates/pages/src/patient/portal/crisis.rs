use super::super::PatientFrame;
use askama::Template;

/// `GET /p/forms/{assignment}/help`: what the clinic says at an answer that may mean harm, before the form goes on.
#[derive(Template)]
#[template(path = "patient/portal/crisis.html")]
pub struct Crisis {
    pub frame: PatientFrame,
    /// The clinic's own words, by paragraph.
    pub words: Vec<String>,
    /// Where the form goes on.
    pub on: String,
}
