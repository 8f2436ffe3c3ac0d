use crate::{Frame, Stamp};
use askama::Template;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefusedState {
    Open,
    /// Replayed and taken in.
    Settled,
    /// Set aside by a person.
    Dropped,
}

impl RefusedState {
    pub fn label(&self) -> &'static str {
        match self {
            RefusedState::Open => "Open",
            RefusedState::Settled => "Replayed",
            RefusedState::Dropped => "Set aside",
        }
    }

    pub fn class(&self) -> &'static str {
        match self {
            RefusedState::Open => "wait",
            RefusedState::Settled => "good",
            RefusedState::Dropped => "quiet",
        }
    }
}

/// A message from a connected system that was not taken in. Never its content: the cause, the place, the cure.
#[derive(Debug, Clone)]
pub struct RefusedRow {
    pub id: String,
    pub received: Stamp,
    pub interface: String,
    /// "SIU^S12".
    pub message_type: String,
    pub cause: String,
    /// Segment and field, "PID-7".
    pub place: Option<String>,
    pub cure: String,
    pub state: RefusedState,
}

/// `GET /refused-messages`; replay is `POST /refused-messages/{id}/replay`.
#[derive(Template)]
#[template(path = "staff/refused_list.html")]
pub struct RefusedMessages {
    pub frame: Frame,
    pub rows: Vec<RefusedRow>,
}

/// One line of a message's outline: structure only, no values.
#[derive(Debug, Clone)]
pub struct OutlineLine {
    /// "PID".
    pub segment: String,
    /// "30 fields, 12 filled".
    pub shape: String,
    /// The refusal is about this segment.
    pub here: bool,
}

/// `GET /refused-messages/{id}`
#[derive(Template)]
#[template(path = "staff/refused.html")]
pub struct RefusedMessage {
    pub frame: Frame,
    pub row: RefusedRow,
    pub outline: Vec<OutlineLine>,
    /// "Replayed on 4 March by Ben Ortiz: the same cause".
    pub history: Vec<String>,
}
