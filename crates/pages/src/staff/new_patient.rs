use super::{Field, Pick};
use crate::Frame;
use askama::Template;

/// `POST /patients` with `given`, `family`, `birth_date`, `sex`, `language`, `zone`, `email`, `mobile`, `location`,
/// `send_invite` (present = yes).
#[derive(Template)]
#[template(path = "staff/new_patient.html")]
pub struct NewPatient {
    pub frame: Frame,
    /// What stands in the way as a whole, e.g. "Give an email or a mobile number to send the invite to".
    pub error: Option<String>,
    pub given: Field,
    pub family: Field,
    pub birth_date: Field,
    pub sex: Pick,
    pub language: Pick,
    pub zone: Field,
    pub email: Field,
    pub mobile: Field,
    pub location: Pick,
    pub send_invite: bool,
}
