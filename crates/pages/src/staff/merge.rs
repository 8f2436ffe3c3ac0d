use askama::Template;

use crate::Frame;

/// Somebody who may be the same person.
#[derive(Debug, Clone)]
pub struct MergeRow {
    pub href: String,
    pub name: String,
    pub birth_date: String,
    pub location: String,
    pub next_visit: String,
}

/// `GET /patients/{id}/merge`: who is the other record? The search goes to `POST` of the same.
#[derive(Template)]
#[template(path = "staff/merge_search.html")]
pub struct MergeSearch {
    pub frame: Frame,
    pub name: String,
    /// "/patients/{id}".
    pub base: String,
    pub query: String,
    pub rows: Vec<MergeRow>,
}

/// One thing known of both.
#[derive(Debug, Clone)]
pub struct MergeLine {
    pub label: &'static str,
    pub kept: String,
    pub gone: String,
}

impl MergeLine {
    pub fn differs(&self) -> bool {
        !self.kept.is_empty() && !self.gone.is_empty() && self.kept != self.gone
    }
}

/// `GET /patients/{id}/merge/{other}`: both side by side; confirmed by `POST` of the same.
#[derive(Template)]
#[template(path = "staff/merge_compare.html")]
pub struct MergeCompare {
    pub frame: Frame,
    /// "/patients/{id}".
    pub base: String,
    /// "/patients/{id}/merge/{other}".
    pub action: String,
    pub kept: String,
    pub gone: String,
    pub lines: Vec<MergeLine>,
}

/// A merge that stands, on the survivor's page; undone by `DELETE {action}`.
#[derive(Debug, Clone)]
pub struct MergedFrom {
    /// "Merged from Rivera, Alma on 3 March 2025 by the EMR".
    pub words: String,
    pub action: String,
}
