use super::super::PatientFrame;
use askama::Template;

/// `GET /p/forms/{assignment}` of a form that was answered. POSTs to `correct` to take the answers up again.
#[derive(Template)]
#[template(path = "patient/portal/thanks.html")]
pub struct Thanks {
    pub frame: PatientFrame,
    pub correct: String,
    /// Until when, in words; `None`: not any more.
    pub until: Option<String>,
}

/// The end of what a device was handed over for: nothing of the patient is left on it.
#[derive(Template)]
#[template(path = "patient/portal/handed_back.html")]
pub struct HandedBack {
    pub frame: PatientFrame,
    /// The form was handed in, not only left.
    pub answered: bool,
}
