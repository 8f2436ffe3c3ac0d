use super::workflow_list::{ContentItem, EmrFit, Kind, Scope, Status};
use crate::charts::Svg;
use crate::{Frame, Reason, Stamp, Verdict};
use askama::Template;

/// One line of the patient group's tree, in words; `depth` 0 is the outermost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupLine {
    pub depth: u8,
    pub text: String,
}

impl GroupLine {
    /// The style sheet knows five levels.
    fn shown_depth(&self) -> u8 {
        self.depth.min(4)
    }
}

#[derive(Debug, Clone)]
pub struct StepRow {
    pub id: String,
    /// In words: "2 days before the visit at 10:00".
    pub schedule: String,
    pub content: Vec<ContentItem>,
    /// e.g. "message/visit-reminder".
    pub template: Option<String>,
    /// The channel ladder in words: "email, else text".
    pub channels: Option<String>,
    pub late: String,
    pub on_move: String,
    pub expires: String,
    /// Goals in words; empty = none.
    pub until: String,
}

#[derive(Debug, Clone, Copy, Default)]
pub struct RunCounts {
    pub open: u64,
    pub performed: u64,
    pub skipped: u64,
}

#[derive(Debug, Clone)]
pub struct DecisionRow {
    pub at: Stamp,
    pub patient: String,
    pub patient_href: String,
    pub step: Option<String>,
    pub verdict: Verdict,
    pub reason: Option<Reason>,
    /// The clause and the value it saw.
    pub detail: Option<String>,
}

/// One version, and what became of the runs that were in flight when it was published.
#[derive(Debug, Clone)]
pub struct VersionRow {
    pub version: u32,
    pub at: Stamp,
    pub by: String,
    pub runs: String,
}

/// One time it was on.
#[derive(Debug, Clone)]
pub struct ActiveSpan {
    pub from: Stamp,
    /// Who switched it on.
    pub by: String,
    pub until: Option<Stamp>,
    /// Who switched it off.
    pub off_by: String,
    pub locations: String,
    pub cover: bool,
}

/// `GET /workflows/{id}`; the switch is `POST /workflows/{id}/activation` (off: with `_method=DELETE`).
#[derive(Template)]
#[template(path = "staff/workflow.html")]
pub struct WorkflowPage {
    pub frame: Frame,
    pub id: String,
    pub title: String,
    pub about: String,
    pub kind: Kind,
    pub fit: EmrFit,
    pub scope: Scope,
    pub version: String,
    pub status: Status,
    /// What pressing the switch will do, in words, counts included.
    pub switch_effect: String,
    pub patient_group: Vec<GroupLine>,
    pub trigger: String,
    /// The trigger's filter, one line each.
    pub trigger_filter: Vec<String>,
    /// "once for each visit", "at most every 90 days".
    pub repeat: String,
    /// From [`crate::charts::timeline`].
    pub timeline: Svg,
    pub steps: Vec<StepRow>,
    pub counts: RunCounts,
    pub decisions: Vec<DecisionRow>,
    pub may_edit: bool,
    /// Switching has something to decide: it leads to its own page first.
    pub decide: bool,
    /// Patients still to be looked at after an edit, in words.
    pub still: Option<String>,
    /// Newest first.
    pub versions: Vec<VersionRow>,
    pub spans: Vec<ActiveSpan>,
    /// Staff put patients on it: where a list of them is made.
    pub enrol: Option<String>,
}
