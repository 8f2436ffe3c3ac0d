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
    /// On its way: the visits ahead are being taken up.
    pub going: bool,
    /// "America/New_York".
    pub zone: String,
    /// "Offsets are not trusted".
    pub offsets: String,
    /// The authority whose numbers name a patient.
    pub authority: Option<String>,
    /// "4 visit types, 2 practitioners, 1 place".
    pub mapped: String,
    pub waiting: i64,
    pub refused: i64,
}

/// A location and what says there that a patient came, that an episode ended.
#[derive(Debug, Clone)]
pub struct PlaceRow {
    pub name: String,
    pub href: String,
    pub arrived: String,
    pub ended: String,
}

/// `GET /interfaces`; going live begins at `GET /interfaces/{id}/live`, back to loading is `POST` of it with `_method=DELETE`.
#[derive(Template)]
#[template(path = "staff/interfaces.html")]
pub struct Interfaces {
    pub frame: Frame,
    pub rows: Vec<InterfaceRow>,
    pub places: Vec<PlaceRow>,
    /// An administrator may switch.
    pub may_switch: bool,
}
