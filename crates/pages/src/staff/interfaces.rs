use askama::Template;

use crate::Frame;

/// One feed from an EMR.
#[derive(Debug, Clone)]
pub struct InterfaceRow {
    pub id: String,
    pub name: String,
    /// Where it listens, "127.0.0.1:2575"; none while it listens nowhere.
    pub address: Option<String>,
    /// Facts enter and workflows react; else facts enter and nothing fires.
    pub live: bool,
    /// "America/New_York".
    pub zone: String,
    /// "Offsets are not trusted".
    pub offsets: String,
    /// The authority whose numbers name a patient.
    pub authority: Option<String>,
    /// "4 appointment types, 2 providers, 1 place".
    pub mapped: String,
    pub waiting: i64,
    pub refused: i64,
    /// Whether it is heard.
    pub feed: super::FeedState,
}

/// `GET /interfaces`; going live is `POST /interfaces/{id}/live`, back to loading the same with `_method=DELETE`.
#[derive(Template)]
#[template(path = "staff/interfaces.html")]
pub struct Interfaces {
    pub frame: Frame,
    pub rows: Vec<InterfaceRow>,
    /// An administrator may switch.
    pub may_switch: bool,
}
