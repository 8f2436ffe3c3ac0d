//! A few patients, chosen so that each way in which it may end is seen once, step by step.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::chart::Anchor;
use crate::id::PatientId;
use crate::workflow::{Decision, Detail, Reason, TaskResult, Verdict};

/// How many patients are shown, and how much of each.
const SAMPLES: usize = 6;
const LINES: usize = 60;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    pub patient: PatientId,
    /// In order of time.
    pub lines: Vec<SampleLine>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SampleLine {
    pub at: Timestamp,
    pub workflow: String,
    pub anchor: Anchor,
    pub step: Option<String>,
    pub due: Option<Timestamp>,
    pub verdict: Verdict,
    pub reason: Option<Reason>,
    pub detail: Detail,
    pub tasks: Vec<TaskResult>,
}

/// One way in which something may end: what was decided, and why; for a step given, why a message of it was not.
type Outcome = (Verdict, Option<Reason>, Option<Reason>);

impl Sample {
    pub(super) fn of(patient: PatientId, decisions: &[&Decision]) -> Self {
        let line = |d: &&Decision| SampleLine {
            at: d.at,
            workflow: d.workflow.clone(),
            anchor: d.anchor,
            step: d.step.as_ref().map(|s| s.id.clone()),
            due: d.step.as_ref().map(|s| s.due),
            verdict: d.verdict,
            reason: d.reason,
            detail: d.detail.clone(),
            tasks: d.tasks.clone(),
        };
        Self { patient, lines: decisions.iter().take(LINES).map(line).collect() }
    }

    fn outcomes(&self) -> BTreeSet<Outcome> {
        self.lines.iter().map(|l| (l.verdict, l.reason, l.tasks.iter().find_map(|t| t.reason))).collect()
    }
}

/// Whoever shows most of what nobody before has shown; among equals, the one with less to read.
pub(super) fn chosen(mut all: Vec<Sample>) -> Vec<Sample> {
    all.sort_by_key(|s| s.patient);
    let (mut seen, mut chosen) = (BTreeSet::new(), vec![]);
    while chosen.len() < SAMPLES {
        let new = |s: &Sample| s.outcomes().difference(&seen).count();
        let best = all
            .iter()
            .enumerate()
            .max_by_key(|(n, s)| (new(s), std::cmp::Reverse(s.lines.len()), std::cmp::Reverse(*n)));
        let Some(n) = best.filter(|(_, s)| new(s) > 0).map(|(n, _)| n) else { break };
        let sample = all.remove(n);
        seen.extend(sample.outcomes());
        chosen.push(sample);
    }
    chosen
}
