use askama::Template;

use crate::charts::{SendDay, Svg};
use crate::{Frame, Reason, Stamp, Verdict};

/// `GET /workflows/{id}/rehearsal`; a `POST` of the same begins one.
#[derive(Template)]
#[template(path = "staff/rehearsal.html")]
pub struct RehearsalPage {
    pub frame: Frame,
    pub id: String,
    pub title: String,
    /// "past", "next" or "both".
    pub which: &'static str,
    pub cover: bool,
    pub alone: bool,
    pub state: RehearsalState,
}

#[derive(Debug, Clone)]
pub enum RehearsalState {
    NotBegun,
    /// Looks again by itself.
    Running {
        done: usize,
        of: usize,
    },
    Failed(String),
    Done {
        at: Stamp,
        parts: Vec<RehearsalPart>,
    },
}

impl RehearsalPage {
    fn is_running(&self) -> bool {
        matches!(self.state, RehearsalState::Running { .. })
    }
}

/// The past, or the days to come.
#[derive(Debug, Clone)]
pub struct RehearsalPart {
    /// Begins the ids on the page.
    pub id: &'static str,
    pub heading: String,
    /// "31 patients", "4 unreachable".
    pub numbers: Vec<(usize, &'static str)>,
    /// One sentence where nothing happens.
    pub nothing: Option<&'static str>,
    pub chart: Svg,
    pub days: Vec<SendDay>,
    pub unreachable: Vec<RehearsalCount>,
    pub not_started: Vec<RehearsalCount>,
    pub not_given: Vec<RehearsalCount>,
    pub late: Vec<RehearsalRow>,
    pub late_beyond: usize,
    pub collisions: Vec<RehearsalRow>,
    pub collisions_beyond: usize,
    pub samples: Vec<RehearsalSample>,
}

/// A reason, how often, and for whom: a few by name, with their pages, and how many more.
#[derive(Debug, Clone)]
pub struct RehearsalCount {
    pub reason: Reason,
    pub times: usize,
    pub patients: Vec<(String, String)>,
    pub more: usize,
}

#[derive(Debug, Clone)]
pub struct RehearsalRow {
    pub at: Stamp,
    pub patient: String,
    pub patient_href: String,
    pub step: String,
    pub what: String,
}

#[derive(Debug, Clone)]
pub struct RehearsalSample {
    pub patient: String,
    pub patient_href: String,
    pub lines: Vec<RehearsalLine>,
}

#[derive(Debug, Clone)]
pub struct RehearsalLine {
    pub at: Stamp,
    pub step: Option<String>,
    pub verdict: Verdict,
    pub reason: Option<Reason>,
    pub detail: Option<String>,
}
