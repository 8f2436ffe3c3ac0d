use askama::Template;

use super::form::{Field, Pick};
use crate::Frame;

/// A closed day of a location.
#[derive(Debug, Clone)]
pub struct ClosedDay {
    /// Its page; removed by a DELETE of the same.
    pub href: String,
    /// "Wednesday, 25 March 2026".
    pub day: String,
    pub location: String,
    pub reason: String,
    /// Reminders that wait for it, or will.
    pub reminders: usize,
    pub visits: usize,
    /// Opened again in a moment: that may still be undone.
    pub opens_soon: bool,
}

/// What is being typed.
#[derive(Debug, Clone)]
pub struct CloseForm {
    pub location: Pick,
    pub from: Field,
    pub to: Field,
    pub reason: Field,
}

/// `GET /closed-days`; a day is closed by a POST to the same.
#[derive(Template)]
#[template(path = "staff/closed_days.html")]
pub struct ClosedDays {
    pub frame: Frame,
    pub days: Vec<ClosedDay>,
    /// `None`: may look, and not close.
    pub form: Option<CloseForm>,
}

/// A visit on a closed day.
#[derive(Debug, Clone)]
pub struct VisitToMove {
    /// "10:00".
    pub time: String,
    pub patient: String,
    pub patient_href: String,
    /// A number as text, empty where there is none.
    pub phone: String,
    pub email: String,
    pub practitioner: String,
}

/// `GET /closed-days/{place}/{day}`: whom to call.
#[derive(Template)]
#[template(path = "staff/closed_day.html")]
pub struct ClosedDayPage {
    pub frame: Frame,
    pub closed: ClosedDay,
    /// "New York time", where it is not the clinic's.
    pub zone: Option<String>,
    /// Visits here are told by the EMR: there they are moved.
    pub by_emr: bool,
    pub visits: Vec<VisitToMove>,
    pub may_open: bool,
}
