use askama::Template;

use crate::Frame;

pub struct GiveChoice {
    /// "exercise/bridge".
    pub name: String,
    pub title: String,
}

pub struct GiveGroup {
    pub title: String,
    pub choices: Vec<GiveChoice>,
}

/// `GET /patients/{id}/assignments/new`: something of the library for one patient. POSTs `content` and `days`.
#[derive(Template)]
#[template(path = "staff/give.html")]
pub struct GivePage {
    pub frame: Frame,
    pub patient: String,
    pub home: String,
    pub action: String,
    pub groups: Vec<GiveGroup>,
}
