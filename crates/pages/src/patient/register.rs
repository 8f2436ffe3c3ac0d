use super::PatientFrame;
use askama::Template;

/// `GET /p/register/{token}`: asks for the birth date and shows nothing of the chart. POSTs `birth_date` to `action`.
#[derive(Template)]
#[template(path = "patient/register.html")]
pub struct Register {
    pub frame: PatientFrame,
    pub action: String,
    /// In words, with the cure.
    pub error: Option<String>,
}
