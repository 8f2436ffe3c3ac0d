use super::patient::{VisitActions, VisitState};
use crate::Frame;
use askama::Template;

#[derive(Debug, Clone)]
pub struct HomeVisit {
    /// "10:00".
    pub time: String,
    pub patient: String,
    pub patient_href: String,
    pub visit_type: String,
    pub location: String,
    pub practitioner: Option<String>,
    pub state: VisitState,
    /// "Form open", "Cannot be reached": short, empty = nothing.
    pub note: String,
    pub actions: VisitActions,
}

/// One item of the work list: something only a person can settle.
#[derive(Debug, Clone)]
pub struct Notice {
    pub title: String,
    pub detail: String,
    pub since: String,
    /// Where it is settled: path and words.
    pub way_on: Option<(String, String)>,
    pub urgent: bool,
}

#[derive(Debug, Clone)]
pub struct Count {
    pub label: String,
    pub value: u64,
    pub href: Option<String>,
}

/// `GET /`: today.
#[derive(Template)]
#[template(path = "staff/home.html")]
pub struct Home {
    pub frame: Frame,
    /// "Tuesday, 4 March 2025".
    pub date: String,
    /// More than one location is shown: name it in the rows.
    pub several_locations: bool,
    pub counts: Vec<Count>,
    pub visits: Vec<HomeVisit>,
    pub notices: Vec<Notice>,
}
