use super::PatientFrame;
use askama::Template;

/// A page that says one thing: thanks, done, this link does not work.
#[derive(Template)]
#[template(path = "patient/said.html")]
pub struct Said {
    pub frame: PatientFrame,
    pub heading: String,
    pub lines: Vec<String>,
}
