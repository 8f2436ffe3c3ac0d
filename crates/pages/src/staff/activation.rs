use crate::Frame;
use crate::staff::{Choice, Counting, EffectRow};
use askama::Template;

/// Visits that were booked before, and what covering them brings.
#[derive(Debug, Clone)]
pub struct Cover {
    pub chosen: bool,
    /// "14 runs would begin."
    pub runs: String,
    /// "12 by email", over the next 30 days.
    pub messages: Vec<String>,
    pub rows: Vec<EffectRow>,
}

/// `GET /workflows/{key}/activation`: what switching on or off does, before it is done.
#[derive(Template)]
#[template(path = "staff/activation.html")]
pub struct ActivationPage {
    pub frame: Frame,
    pub key: String,
    pub title: String,
    /// Stands for what was counted.
    pub preview: String,
    pub counting: Counting,
    /// It is on: the page is about switching it off.
    pub is_active: bool,
    /// What waits, in words; empty: not counted yet.
    pub waits: String,
    pub rows: Vec<EffectRow>,
    /// Events that came while it was off and start nothing.
    pub since: Option<String>,
    /// Asked for before it was counted; the page that looks again by itself keeps it.
    pub covers: bool,
    /// Only for workflows that go by visits to come.
    pub cover: Option<Cover>,
    /// Those that fit; the chosen are ticked.
    pub locations: Vec<Choice>,
    pub error: Option<String>,
}

impl ActivationPage {
    fn href(&self) -> String {
        let cover = if self.covers { "&cover=yes" } else { "" };
        format!("/workflows/{}/activation?preview={}{cover}", self.key, self.preview)
    }
}
