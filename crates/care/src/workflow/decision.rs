//! The stored row that says yes or no and why.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ground::{Answer, Asked, Ground};
use super::group::Saw;
use super::reason::Reason;
use crate::chart::{Anchor, Channel};
use crate::id::RunId;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Planned,
    Performed,
    Deferred,
    Skipped,
    Cancelled,
    /// The event came to nothing here: the workflow passed over it.
    Passed,
    /// The gateway took the delivery.
    Sent,
    /// The delivery ended without being sent.
    NotSent,
}

impl Verdict {
    pub fn code(self) -> &'static str {
        match self {
            Verdict::Planned => "planned",
            Verdict::Performed => "performed",
            Verdict::Deferred => "deferred",
            Verdict::Skipped => "skipped",
            Verdict::Cancelled => "cancelled",
            Verdict::Passed => "passed",
            Verdict::Sent => "sent",
            Verdict::NotSent => "not_sent",
        }
    }
}

/// What the decision rested on, so that it can be read and repeated.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Detail {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saw: Option<Saw>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// How the due instant came about: schedule, anchor moment, zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sum: Option<String>,
    /// What was asked; `None` in rows from before it was written down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Asked>,
    /// What was looked at, up to what stood in the way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grounds: Vec<Ground>,
}

impl Detail {
    /// What follows from the grounds, and the detail that says so.
    pub fn of(asked: Asked, grounds: Vec<Ground>, now: Timestamp) -> (Answer, Self) {
        let answer = asked.answer(&grounds, now);
        let (mut saw, mut sum) = (None, None);
        for ground in &grounds {
            saw = saw.or_else(|| ground.saw(now));
            sum = sum.or_else(|| if let Ground::Sum(sum) = ground { Some(sum.to_string()) } else { None });
        }
        let until = answer.at.filter(|_| answer.verdict == Some(Verdict::Deferred));
        (answer, Self { saw, until, sum, asked: Some(asked), grounds })
    }
}

/// What became of one task of a performed step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskResult {
    /// The template or content.
    pub content: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// None: handed over; else why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    pub at: Timestamp,
    pub workflow: String,
    pub version: u32,
    pub anchor: Anchor,
    pub run: Option<RunId>,
    /// The step's id, its occurrence, generation and due instant; none for an event that came to nothing.
    pub step: Option<StepRef>,
    pub verdict: Verdict,
    pub reason: Option<Reason>,
    pub detail: Detail,
    pub tasks: Vec<TaskResult>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepRef {
    pub id: String,
    pub occurrence: u32,
    pub generation: u32,
    pub due: Timestamp,
}
