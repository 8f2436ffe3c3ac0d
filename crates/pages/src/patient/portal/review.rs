use super::super::PatientFrame;
use askama::Template;

pub struct Answered {
    pub question: String,
    /// In words; empty = not answered.
    pub answer: String,
    /// Where it is changed.
    pub href: String,
}

/// `GET /p/forms/{assignment}/answers`: everything answered, before it is handed in. POSTs to `action`.
#[derive(Template)]
#[template(path = "patient/portal/review.html")]
pub struct Review {
    pub frame: PatientFrame,
    pub form_title: String,
    pub action: String,
    pub answers: Vec<Answered>,
    /// Where a group is asked once more, and its words.
    pub once_more: Vec<(String, String)>,
}
