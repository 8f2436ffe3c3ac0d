use askama::Template;

use crate::patient::PatientFrame;

/// Nobody is in, and whose page it would be is not known: both languages are spoken.
#[derive(Template)]
#[template(path = "patient/portal/outside.html")]
pub struct Outside {
    pub frame: PatientFrame,
    /// Somebody has just left.
    pub left: bool,
}
