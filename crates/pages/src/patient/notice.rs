use super::PatientFrame;
use crate::staff::NoticePart;
use askama::Template;

/// `GET /p/notice`: by what right the forms, exercises and articles are here.
#[derive(Template)]
#[template(path = "patient/notice.html")]
pub struct NoticePage {
    pub frame: PatientFrame,
    pub parts: Vec<NoticePart>,
}
