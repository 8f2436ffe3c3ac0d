//! What there is to say of a rehearsal.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::samples::{self, Sample};
use crate::chart::Channel;
use crate::id::PatientId;
use crate::workflow::Reason;

/// Lists are cut here; how long they were is told.
const LISTED: usize = 200;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub workflow: String,
    pub from: Timestamp,
    pub until: Timestamp,
    /// Everybody who was looked at.
    pub patients: usize,
    /// Runs of the workflow that began.
    pub started: usize,
    /// For whom the workflow decided something about a step.
    pub concerned: BTreeSet<PatientId>,
    /// Each day from the first to the last, in the clinic's zone.
    pub days: BTreeMap<Date, Day>,
    /// All messages that went out, whichever workflow sent them.
    pub by_workflow: BTreeMap<String, BTreeMap<Channel, usize>>,
    pub sends: Vec<Sending>,
    pub late: Listed<Late>,
    pub collisions: Listed<Collision>,
    /// Whom a message of the workflow did not reach, by the reason.
    pub unreachable: BTreeMap<Reason, BTreeSet<PatientId>>,
    /// Events that came to nothing.
    pub not_started: BTreeMap<Reason, Number>,
    /// Steps that ended without being given.
    pub not_given: BTreeMap<Reason, Number>,
    /// What was assigned, and what the care team was told.
    pub assigned: usize,
    pub told: usize,
    pub samples: Vec<Sample>,
}

/// The messages of one day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    pub own: BTreeMap<Channel, usize>,
    /// Of the other workflows that are on.
    pub others: BTreeMap<Channel, usize>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Sending {
    pub at: Timestamp,
    pub patient: PatientId,
    pub workflow: String,
    pub step: String,
    pub occurrence: u32,
    pub generation: u32,
    pub channel: Channel,
    pub due: Timestamp,
    pub template: String,
}

/// A step that was looked at too late for it to count as on time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Late {
    pub at: Timestamp,
    pub patient: PatientId,
    pub step: String,
    pub due: Timestamp,
    /// Why it was passed over; none: it was given all the same.
    pub passed_over: Option<Reason>,
}

/// Where one patient's messages get in each other's way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Collision {
    pub at: Timestamp,
    pub patient: PatientId,
    pub workflow: String,
    pub step: String,
    pub kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// More on one day than the clinic's budget grants.
    OverBudget { channel: Channel, messages: usize, budget: usize },
    /// Had to wait for a day with room.
    Waited { until: Timestamp },
    /// Found no room in time, or a rule forbade it.
    LostItsPlace { reason: Reason },
    /// Less than an hour after another.
    WithinAnHour { after: String },
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Number {
    pub times: usize,
    pub patients: BTreeSet<PatientId>,
}

/// A list that may be too long to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed<T> {
    pub count: usize,
    pub first: Vec<T>,
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self { count: 0, first: vec![] }
    }
}

impl<T: Ord> Listed<T> {
    /// The earliest of both.
    pub(super) fn add(&mut self, more: impl IntoIterator<Item = T>, count: usize) {
        self.count += count;
        self.first.extend(more);
        self.first.sort();
        self.first.truncate(LISTED);
    }

    pub(super) fn of(all: Vec<T>) -> Self {
        let (count, mut listed) = (all.len(), Self::default());
        listed.add(all, count);
        listed
    }
}

impl Number {
    pub(super) fn count(&mut self, patient: PatientId) {
        self.times += 1;
        self.patients.insert(patient);
    }
}

impl Report {
    /// The same rehearsal with more patients.
    pub fn add(&mut self, more: Report) {
        self.patients += more.patients;
        self.started += more.started;
        self.assigned += more.assigned;
        self.told += more.told;
        self.concerned.extend(more.concerned);
        for (date, day) in more.days {
            let mine = self.days.entry(date).or_default();
            add_counts(&mut mine.own, day.own);
            add_counts(&mut mine.others, day.others);
        }
        for (workflow, counts) in more.by_workflow {
            add_counts(self.by_workflow.entry(workflow).or_default(), counts);
        }
        self.sends.extend(more.sends);
        self.sends.sort();
        self.late.add(more.late.first, more.late.count);
        self.collisions.add(more.collisions.first, more.collisions.count);
        for (reason, patients) in more.unreachable {
            self.unreachable.entry(reason).or_default().extend(patients);
        }
        for (mine, theirs) in [(&mut self.not_started, more.not_started), (&mut self.not_given, more.not_given)] {
            for (reason, number) in theirs {
                let sum = mine.entry(reason).or_default();
                sum.times += number.times;
                sum.patients.extend(number.patients);
            }
        }
        let both = std::mem::take(&mut self.samples).into_iter().chain(more.samples);
        self.samples = samples::chosen(both.collect());
    }

    pub fn sent(&self) -> usize {
        self.by_workflow.get(&self.workflow).map_or(0, |counts| counts.values().sum())
    }

    pub fn unreachable_patients(&self) -> BTreeSet<PatientId> {
        self.unreachable.values().flatten().copied().collect()
    }
}

fn add_counts(mine: &mut BTreeMap<Channel, usize>, more: BTreeMap<Channel, usize>) {
    for (channel, count) in more {
        *mine.entry(channel).or_default() += count;
    }
}
