//! What a preview counts. Counts of patients looked at apart are added up.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::chart::Channel;
use crate::id::PlannedStepId;
use crate::workflow::{PlannedStep, Reason, Run, StepState};

/// What would become of one workflow's runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outlook {
    /// Runs under way; those of them with steps to come; those that would end at once.
    pub runs: usize,
    pub waiting: usize,
    pub stopped: usize,
    /// Runs that had ended and would go on again.
    pub resumed: usize,
    /// Runs that would begin.
    pub begin: usize,
    /// Messages that wait to go out, and those of them that would be withdrawn at once.
    pub unsent: usize,
    pub withdrawn: usize,
    /// By the id of the step: of the runs under way, and of those that would begin.
    pub steps: BTreeMap<String, Steps>,
    pub begun: BTreeMap<String, Steps>,
    /// Messages of the runs that would begin, over the days looked ahead.
    pub messages: BTreeMap<Channel, usize>,
}

/// What would become of the planned steps of one id. Each counts once, but for `not_repeated`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Steps {
    /// Still due when it was.
    pub stay: usize,
    /// Due at another time.
    pub move_to: usize,
    /// Was not planned before.
    pub new: usize,
    /// The first and the last due of what moves or is new.
    pub due: Option<(Timestamp, Timestamp)>,
    /// Given at once.
    pub now: usize,
    /// Too late: is skipped, by its late rule or because it has expired.
    pub late: usize,
    /// The step is gone, or its run is stopped.
    pub dropped: usize,
    /// Ends for another reason.
    pub ended: usize,
    /// Runs that have given it; it is not given again.
    pub not_repeated: usize,
}

/// What would start if visits that an interface brought were taken up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenUp {
    /// By workflow.
    pub runs: BTreeMap<String, usize>,
    /// Messages of these runs over the days looked ahead.
    pub messages: BTreeMap<Channel, usize>,
}

impl Outlook {
    /// A run that there was, as it was and as it would be.
    pub(super) fn go_on(&mut self, was: &Run, is: &Run) {
        let before: BTreeMap<PlannedStepId, &PlannedStep> = was.steps.iter().map(|s| (s.id, s)).collect();
        let waits = was.steps.iter().any(|s| s.state.is_pending());
        if was.ended.is_none() {
            self.runs += 1;
            self.stopped += usize::from(is.ended.is_some());
            self.waiting += usize::from(waits);
        } else {
            self.resumed += usize::from(is.ended.is_none());
        }
        for step in &is.steps {
            let known = before.get(&step.id);
            // What had ended and is called for again counts as new.
            if known.is_none_or(|was| was.state.is_pending() || was.state != step.state) {
                let due = known.filter(|was| was.state.is_pending()).map(|was| was.due);
                self.steps.entry(step.step.clone()).or_default().count(step, due);
            }
        }
        if is.version == was.version || was.ended.is_some() {
            return;
        }
        let given = was.steps.iter().filter(|s| matches!(s.state, StepState::Performed { .. })).map(|s| &s.step);
        for id in given.collect::<BTreeSet<_>>() {
            let again = is.steps.iter().any(|s| s.step == *id && (!before.contains_key(&s.id) || s.state.is_pending()));
            if !again {
                self.steps.entry(id.clone()).or_default().not_repeated += 1;
            }
        }
    }

    pub(super) fn begins(&mut self, run: &Run) {
        self.begin += 1;
        for step in &run.steps {
            self.begun.entry(step.step.clone()).or_default().count(step, None);
        }
    }

    /// The same with more patients.
    pub fn add(&mut self, other: Outlook) {
        self.runs += other.runs;
        self.waiting += other.waiting;
        self.stopped += other.stopped;
        self.resumed += other.resumed;
        self.begin += other.begin;
        self.unsent += other.unsent;
        self.withdrawn += other.withdrawn;
        for (step, counts) in other.steps {
            self.steps.entry(step).or_default().add(&counts);
        }
        for (step, counts) in other.begun {
            self.begun.entry(step).or_default().add(&counts);
        }
        add_counts(&mut self.messages, other.messages);
    }
}

impl TakenUp {
    pub fn add(&mut self, other: TakenUp) {
        add_counts(&mut self.runs, other.runs);
        add_counts(&mut self.messages, other.messages);
    }
}

impl Steps {
    /// `was`: when it was due, if it was planned before.
    fn count(&mut self, step: &PlannedStep, was: Option<Timestamp>) {
        match step.state {
            StepState::Pending { .. } if was == Some(step.due) => self.stay += 1,
            StepState::Pending { .. } => {
                let place = if was.is_some() { &mut self.move_to } else { &mut self.new };
                *place += 1;
                self.due = join(self.due, Some((step.due, step.due)));
            }
            StepState::Performed { .. } => self.now += 1,
            StepState::Skipped { reason: Reason::Late | Reason::Expired | Reason::Collapsed, .. } => self.late += 1,
            StepState::Cancelled { reason: Reason::SupersededByVersion, .. } => self.dropped += 1,
            StepState::Skipped { .. } | StepState::Cancelled { .. } => self.ended += 1,
        }
    }

    fn add(&mut self, other: &Steps) {
        self.stay += other.stay;
        self.move_to += other.move_to;
        self.new += other.new;
        self.due = join(self.due, other.due);
        self.now += other.now;
        self.late += other.late;
        self.dropped += other.dropped;
        self.ended += other.ended;
        self.not_repeated += other.not_repeated;
    }
}

fn join(a: Option<(Timestamp, Timestamp)>, b: Option<(Timestamp, Timestamp)>) -> Option<(Timestamp, Timestamp)> {
    match (a, b) {
        (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
        (a, b) => a.or(b),
    }
}

fn add_counts<K: Ord>(mine: &mut BTreeMap<K, usize>, more: BTreeMap<K, usize>) {
    for (key, count) in more {
        *mine.entry(key).or_default() += count;
    }
}
