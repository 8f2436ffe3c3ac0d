use askama::Template;

use super::{Field, Pick};
use crate::Frame;

/// `GET /locations/{id}`: what "arrived" and "ended" mean there. Goes to `POST` of the same with `arrived` (message, charge,
/// start), `hours`, `ended` (message, quiet) and `days`.
#[derive(Template)]
#[template(path = "staff/location.html")]
pub struct LocationPage {
    pub frame: Frame,
    pub id: String,
    pub name: String,
    pub arrived: Pick,
    pub hours: Field,
    pub ended: Pick,
    pub days: Field,
    /// An administrator may change it.
    pub may_change: bool,
}
