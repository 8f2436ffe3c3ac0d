use askama::Template;

use super::form::Field;
use crate::{Frame, Stamp};

/// How a feed stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedState {
    /// Nobody looks.
    Unguarded,
    Loading,
    Speaks,
    Silent,
    /// Silent, and staff let go what was held.
    Released,
}

impl FeedState {
    pub fn label(self) -> &'static str {
        match self {
            FeedState::Unguarded => "Not guarded",
            FeedState::Loading => "Loading",
            FeedState::Speaks => "Speaks",
            FeedState::Silent => "Silent",
            FeedState::Released => "Silent, released",
        }
    }

    pub fn class(self) -> &'static str {
        match self {
            FeedState::Unguarded => "plain",
            FeedState::Loading | FeedState::Released => "wait",
            FeedState::Speaks => "good",
            FeedState::Silent => "problem",
        }
    }
}

/// A step that waits for the feed.
#[derive(Debug, Clone)]
pub struct HeldStep {
    pub patient: String,
    pub patient_href: String,
    pub workflow: String,
    pub step: String,
    pub location: String,
    pub due: Stamp,
    pub expires: Stamp,
}

/// Open hours of one weekday, as two fields: `mon_from` and `mon_to`.
#[derive(Debug, Clone)]
pub struct DayHours {
    pub key: String,
    pub label: String,
    pub from: String,
    pub to: String,
}

/// `GET /interfaces/{id}/feed`; its settings are POSTed to the same, and what is held to `/release` and `/drop`.
#[derive(Template)]
#[template(path = "staff/feed.html")]
pub struct FeedPage {
    pub frame: Frame,
    pub id: String,
    pub name: String,
    pub state: FeedState,
    /// What that means, in a sentence.
    pub said: String,
    pub last_message: Option<Stamp>,
    /// "1 hour 12 minutes".
    pub quiet_for: String,
    /// When the newest message was sent, by the sender's clock.
    pub newest: Option<Stamp>,
    /// "Riverside, Lakeview".
    pub locations: String,
    pub held_count: usize,
    /// The first of them.
    pub held: Vec<HeldStep>,
    /// May release and drop.
    pub may_decide: bool,
    pub silent_after: Field,
    pub days: Vec<DayHours>,
    /// "America/New_York".
    pub zone: String,
    pub hours_error: Option<String>,
    /// An administrator may change the settings.
    pub may_change: bool,
}
