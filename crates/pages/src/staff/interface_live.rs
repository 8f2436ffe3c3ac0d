use askama::Template;

use crate::Frame;
use crate::staff::Counting;

/// How many runs of one workflow would start.
#[derive(Debug, Clone)]
pub struct RunsLine {
    pub workflow: String,
    pub href: String,
    pub runs: usize,
}

/// `GET /interfaces/{id}/live`; the form goes to `POST` of the same, with `cover=yes` when it is ticked.
#[derive(Template)]
#[template(path = "staff/interface_live.html")]
pub struct InterfaceLive {
    pub frame: Frame,
    pub id: String,
    pub name: String,
    pub patients: i64,
    pub with_visit: i64,
    pub visits: i64,
    /// Messages that are not read yet.
    pub waiting: i64,
    /// Stands for what was counted.
    pub preview: String,
    pub counting: Counting,
    /// The box is ticked; the page that looks again by itself keeps it.
    pub covers: bool,
    /// If it is ticked.
    pub runs: Vec<RunsLine>,
    /// What these would send within 7 days.
    pub messages: usize,
}

impl InterfaceLive {
    fn href(&self) -> String {
        let cover = if self.covers { "&cover=yes" } else { "" };
        format!("/interfaces/{}/live?preview={}{cover}", self.id, self.preview)
    }
}
