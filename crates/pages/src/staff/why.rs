use askama::Template;

use super::patient::StopRun;
use crate::{Frame, Reason, Stamp, Verdict};

/// One question, answered by itself: "age is at least 18", yes, saw "47".
#[derive(Debug, Clone)]
pub struct Check {
    pub question: String,
    pub holds: bool,
    /// The value it met; empty = nothing more to say.
    pub saw: String,
}

/// Something that was decided, as it stands on record.
#[derive(Debug, Clone)]
pub struct Recorded {
    pub at: Stamp,
    pub verdict: Verdict,
    pub reason: Option<Reason>,
    pub detail: Option<String>,
}

/// One try to hand a message over.
#[derive(Debug, Clone)]
pub struct Try {
    pub at: Stamp,
    /// "taken", "refused", "not yet answered".
    pub outcome: String,
    /// The gateway's own words; empty = it said nothing.
    pub reply: String,
}

#[derive(Debug, Clone)]
pub struct WhyDelivery {
    /// "Email “Visit reminder” to a@example.org".
    pub title: String,
    pub verdict: Verdict,
    pub reason: Option<Reason>,
    pub tries: Vec<Try>,
}

/// One planned step of a run: what was planned, all that was decided about it, and what became of its messages.
#[derive(Debug, Clone)]
pub struct WhyPlanned {
    pub title: String,
    pub id: String,
    pub due: Stamp,
    /// "2 days before at 10:00, counted from 2026-03-16 14:00 (America/New_York)".
    pub sum: Option<String>,
    pub verdict: Verdict,
    pub reason: Option<Reason>,
    pub recorded: Vec<Recorded>,
    pub deliveries: Vec<WhyDelivery>,
}

/// What a run gave the patient to do.
#[derive(Debug, Clone)]
pub struct Given {
    pub title: String,
    pub state: String,
    /// Where it can be taken back, while it is open.
    pub withdraw: Option<String>,
}

#[derive(Debug, Clone)]
pub struct WhyRun {
    pub version: String,
    pub started: Stamp,
    pub verdict: Verdict,
    /// Why it ended before its steps were through.
    pub ended: Option<Reason>,
    pub stop: Option<StopRun>,
    pub steps: Vec<WhyPlanned>,
    pub given: Vec<Given>,
}

/// One event that could have started the workflow.
#[derive(Debug, Clone)]
pub struct WhyEvent {
    pub title: String,
    pub happened: Stamp,
    pub heard: Option<Stamp>,
    /// It is on the chart no longer; its run is still on record.
    pub gone: bool,
    /// Whether the workflow was on when we heard of it, and since when.
    pub was_on: Check,
    /// What was decided then.
    pub then: Vec<Recorded>,
    /// What the same questions say now.
    pub now: Vec<Check>,
    pub clauses: Vec<Check>,
    pub run: Option<WhyRun>,
}

/// `GET /patients/{id}/why/{workflow}`
#[derive(Template)]
#[template(path = "staff/why.html")]
pub struct WhyPage {
    pub frame: Frame,
    /// "Why Alma did, or did not, get Visit reminder".
    pub heading: String,
    pub patient: String,
    pub patient_href: String,
    pub workflow: String,
    pub workflow_href: String,
    /// "en" or "es": of the reasons.
    pub language: &'static str,
    /// The moment of "now", in words.
    pub as_of: String,
    /// When it was on.
    pub history: Vec<String>,
    pub trigger: String,
    pub group: String,
    /// Said when none of its events ever came.
    pub nothing: String,
    /// Newest first.
    pub events: Vec<WhyEvent>,
}
