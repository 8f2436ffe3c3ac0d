use askama::Template;

use super::Pick;
use crate::Frame;

/// An EMR's word for a type of visit, and what it is here.
#[derive(Debug, Clone)]
pub struct TypeLine {
    pub code: String,
    /// "12 visits".
    pub visits: String,
    pub is: Pick,
    /// "Follow-up", for who may not change it.
    pub words: String,
    pub mapped: bool,
}

/// An EMR's word for a practitioner, and who that is.
#[derive(Debug, Clone)]
pub struct ClaimLine {
    pub code: String,
    /// The name beside the code, as sent.
    pub sent_as: String,
    pub visits: String,
    /// The name patients read; empty = unclaimed.
    pub name: String,
    pub staff: Pick,
}

/// `GET /interfaces/{id}/types`. The types go to `POST` of the same, as pairs of `code` and `is`; the practitioners to
/// `POST /interfaces/{id}/practitioners`, as triples of `code`, `name` and `staff`.
#[derive(Template)]
#[template(path = "staff/interface_types.html")]
pub struct InterfaceTypes {
    pub frame: Frame,
    pub id: String,
    pub name: String,
    pub types: Vec<TypeLine>,
    pub people: Vec<ClaimLine>,
    /// An administrator may map and claim.
    pub may_map: bool,
}
