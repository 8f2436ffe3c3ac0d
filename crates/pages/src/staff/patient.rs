use super::form::Field;
use super::{ByHand, CourseCard, MergedFrom, Pick};
use crate::charts::ContentKind;
use crate::{Frame, Reason, Stamp, Verdict};
use askama::Template;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContactState {
    Reachable,
    /// With the reason in words.
    DoNotContact(String),
    /// No address at all: nothing can be sent.
    NoAddress,
    /// There is an address, and it does not work; why, in words.
    Unreachable(String),
}

/// One address of the patient, as shown to staff.
#[derive(Debug, Clone)]
pub struct Contact {
    pub kind: ContentKind,
    pub address: String,
    /// "Bounced on 3 March", "STOP on 1 March"; empty = fine.
    pub note: String,
    /// Of the guardian, not of the patient.
    pub of_guardian: bool,
    /// Record a STOP for it, or lift the one that stands: POST or DELETE.
    pub stop: Option<AddressStop>,
}

#[derive(Debug, Clone)]
pub struct AddressStop {
    pub action: String,
    /// A stop stands: the button lifts it.
    pub stands: bool,
}

/// A run that can be stopped: POST `run` to `action`.
#[derive(Debug, Clone)]
pub struct StopRun {
    pub action: String,
    pub run: String,
}

/// Something the patient was given and has not done: POST to `withdraw` takes it back.
#[derive(Debug, Clone)]
pub struct OpenTask {
    pub title: String,
    pub given: Stamp,
    /// "by Recommendation, due Mon 9 Mar".
    pub detail: String,
    /// `None`: it was begun, and stays.
    pub withdraw: Option<String>,
    /// Where a form is answered at the clinic.
    pub answer: Option<String>,
}

/// A form that was answered.
#[derive(Debug, Clone)]
pub struct AnsweredRow {
    pub title: String,
    pub at: Stamp,
    /// "by the patient, corrected once".
    pub detail: String,
    pub href: String,
}

/// A yes or no on record.
#[derive(Debug, Clone)]
pub struct ConsentLine {
    /// "Text, feedback".
    pub about: String,
    pub yes: bool,
    /// "said by the patient, recorded by hand on 2 March 2026".
    pub detail: String,
}

/// The form that records a yes or no: POST `channel`, `category`, `given`, `said_by`.
#[derive(Debug, Clone)]
pub struct RecordConsent {
    pub action: String,
    pub channel: Pick,
    pub category: Pick,
    pub given: Pick,
    pub said_by: Pick,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VisitState {
    Planned,
    Arrived,
    Finished,
    Cancelled,
    NoShow,
    EnteredInError,
}

impl VisitState {
    pub fn label(self) -> &'static str {
        match self {
            VisitState::Planned => "Planned",
            VisitState::Arrived => "Arrived",
            VisitState::Finished => "Finished",
            VisitState::Cancelled => "Cancelled",
            VisitState::NoShow => "No-show",
            VisitState::EnteredInError => "Entered in error",
        }
    }

    pub fn class(self) -> &'static str {
        match self {
            VisitState::Planned => "note",
            VisitState::Arrived | VisitState::Finished => "good",
            VisitState::NoShow => "wait",
            VisitState::Cancelled | VisitState::EnteredInError => "quiet",
        }
    }
}

/// What may be done to a visit now; `base` = `/patients/{id}/visits/{visit}`. Each button POSTs to
/// `{base}/arrival`, `/no-show`, `/cancellation` or (with `date`, `time`) `/move`; `back` = "patient" or "today".
#[derive(Debug, Clone)]
pub struct VisitActions {
    pub base: String,
    pub arrive: bool,
    pub no_show: bool,
    pub cancel: bool,
    /// The visit's present date (2025-03-04) and time (10:00), prefilled.
    pub move_from: Option<(String, String)>,
}

/// One button of a visit: its route below `base` and its words.
pub(super) struct VisitButton {
    pub route: &'static str,
    pub words: &'static str,
}

impl VisitActions {
    pub(super) fn buttons(&self) -> Vec<VisitButton> {
        let all = [
            (self.arrive, "arrival", "Arrived"),
            (self.no_show, "no-show", "No-show"),
            (self.cancel, "cancellation", "Cancel"),
        ];
        let shown = all.into_iter().filter(|(shown, _, _)| *shown);
        shown.map(|(_, route, words)| VisitButton { route, words }).collect()
    }
}

#[derive(Debug, Clone)]
pub struct Visit {
    pub at: Stamp,
    pub location: String,
    pub visit_type: String,
    pub practitioner: Option<String>,
    pub state: VisitState,
    /// "by the EMR", "by hand".
    pub source: String,
    pub actions: VisitActions,
}

/// The form "log a visit by hand": `POST {action}` with `state` (planned | arrived), `date`, `time`, `location`,
/// `visit_type`.
#[derive(Debug, Clone)]
pub struct LogVisit {
    pub action: String,
    pub state: Pick,
    pub date: Field,
    pub time: Field,
    pub location: Pick,
    pub visit_type: Pick,
    /// Show it unfolded, as after an error.
    pub open: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThreadKind {
    Event,
    Decision,
    Task,
    Delivery,
}

impl ThreadKind {
    pub fn label(self) -> &'static str {
        match self {
            ThreadKind::Event => "Event",
            ThreadKind::Decision => "Decision",
            ThreadKind::Task => "Task",
            ThreadKind::Delivery => "Delivery",
        }
    }

    pub fn class(self) -> &'static str {
        match self {
            ThreadKind::Event => "event",
            ThreadKind::Decision => "decision",
            ThreadKind::Task => "task",
            ThreadKind::Delivery => "delivery",
        }
    }
}

/// One row of the patient's thread: event, decision, task, delivery.
#[derive(Debug, Clone)]
pub struct ThreadRow {
    pub kind: ThreadKind,
    pub at: Stamp,
    pub title: String,
    /// Its id, in small print.
    pub code: Option<String>,
    pub verdict: Option<Verdict>,
    pub reason: Option<Reason>,
    pub detail: Option<String>,
}

/// The rows of one day, for the heading between them.
pub struct ThreadDay<'a> {
    pub date: &'a str,
    pub rows: Vec<&'a ThreadRow>,
}

#[derive(Debug, Clone)]
pub struct WhyStep {
    /// "Email “Visit reminder”".
    pub title: String,
    pub step: String,
    pub due: Option<Stamp>,
    pub verdict: Verdict,
    pub reason: Option<Reason>,
}

/// One workflow's answer to "why did she get this, why not?".
#[derive(Debug, Clone)]
pub struct WhyRow {
    pub workflow: String,
    pub href: String,
    pub verdict: Verdict,
    pub reason: Option<Reason>,
    /// The clause and the value it saw: "age is 16, needs at least 18".
    pub detail: Option<String>,
    pub steps: Vec<WhyStep>,
    /// How many other runs there are; the page behind `href` shows them.
    pub more: usize,
    pub stop: Option<StopRun>,
}

#[derive(Debug, Clone)]
pub struct PlannedRow {
    pub due: Stamp,
    pub workflow: String,
    pub step: String,
    pub kind: ContentKind,
    pub content: String,
    /// "waits for quiet hours"; empty = nothing to say.
    pub note: String,
}

/// `GET /patients/{id}`
#[derive(Template)]
#[template(path = "staff/patient.html")]
pub struct PatientPage {
    pub frame: Frame,
    pub name: String,
    /// "47 years, born 12 June 1977".
    pub age: String,
    /// "English", "Spanish".
    pub language: String,
    pub location: String,
    /// "Knee, right; opened 3 March 2025" or empty.
    pub episode: String,
    pub contact: ContactState,
    pub contacts: Vec<Contact>,
    /// "Maria Rivera answers for the patient"; empty = nobody does.
    pub guardian: String,
    pub details_href: String,
    pub consents: Vec<ConsentLine>,
    pub record_consent: RecordConsent,
    pub open_tasks: Vec<OpenTask>,
    /// The newest first.
    pub answered: Vec<AnsweredRow>,
    /// Where staff give something of the library.
    pub give_href: String,
    pub courses: Vec<CourseCard>,
    pub visits: Vec<Visit>,
    pub log_visit: LogVisit,
    pub by_hand: ByHand,
    pub plan: Vec<PlannedRow>,
    pub why: Vec<WhyRow>,
    /// Newest first.
    pub thread: Vec<ThreadRow>,
    /// Records that were merged into this one.
    pub merged: Vec<MergedFrom>,
    /// An administrator may undo a merge.
    pub may_unmerge: bool,
    /// Where to say that another record is the same person.
    pub merge_href: String,
}

impl PatientPage {
    /// The thread cut into days, in the order given.
    pub fn days(&self) -> Vec<ThreadDay<'_>> {
        let mut days: Vec<ThreadDay<'_>> = Vec::new();
        for row in &self.thread {
            match days.last_mut() {
                Some(day) if day.date == row.at.date => day.rows.push(row),
                _ => days.push(ThreadDay { date: &row.at.date, rows: vec![row] }),
            }
        }
        days
    }
}
