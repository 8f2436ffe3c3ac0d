use crate::Frame;
use crate::staff::ContactState;
use askama::Template;

#[derive(Debug, Clone)]
pub struct PatientRow {
    pub href: String,
    /// "Rivera, Alma".
    pub name: String,
    pub birth_date: String,
    pub location: String,
    /// "Tue 4 Mar, 10:00" or empty.
    pub next_visit: String,
    pub contact: ContactState,
}

/// `GET /patients?q=…`
#[derive(Template)]
#[template(path = "staff/patient_list.html")]
pub struct PatientList {
    pub frame: Frame,
    pub query: String,
    pub rows: Vec<PatientRow>,
    /// More than `rows` shows.
    pub more: bool,
}
