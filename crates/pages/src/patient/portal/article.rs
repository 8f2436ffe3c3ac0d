use super::super::PatientFrame;
use crate::Prose;
use askama::Template;

/// `GET /p/articles/{assignment}/{article}`: something to read. POSTs to `action` when it was read.
#[derive(Template)]
#[template(path = "patient/portal/article.html")]
pub struct ArticlePage {
    pub frame: PatientFrame,
    pub title: String,
    pub body: Prose,
    pub source: Option<String>,
    pub action: String,
    pub read: bool,
}
