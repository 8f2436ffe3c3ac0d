//! What the engine has decided for one patient so far, and the effects by which that changes.
//!
//! An [`Effect`] is one row written. The store commits them; [`Ledger::apply`] does the same in memory, so that the
//! simulator and the server cannot drift apart.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::decision::Decision;
use super::definition::OnMove;
use super::ground::Shift;
use super::reason::Reason;
use super::task::Uncertain;
use crate::chart::{Anchor, AssignmentAct, Category, Channel, Chart, ContactPoint, Occurrence};
use crate::id::{AssignmentId, DeliveryId, LocationId, PlannedStepId, RunId};

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ledger {
    /// When each event of the chart was first known to us.
    pub events: BTreeMap<Anchor, Known>,
    /// What each active workflow made of each event: None, it ran.
    pub entries: BTreeMap<(String, Anchor), Entry>,
    pub runs: BTreeMap<RunId, Run>,
    pub deliveries: BTreeMap<DeliveryId, Delivery>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    pub at: Timestamp,
    /// Came in while its interface was loading: starts nothing.
    pub loading: bool,
    /// Was there before its interface went live, and is to fire all the same; without what would go out at once.
    pub covered: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub reason: Option<Reason>,
}

/// One workflow version on one patient for one anchor.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    pub id: RunId,
    pub workflow: String,
    pub version: u32,
    /// As it was named when the run started; [`Chart::canonical`] says what it is now.
    pub anchor: Anchor,
    pub event_at: Timestamp,
    /// The anchor's moment when the steps were last computed.
    pub moment: Timestamp,
    pub started_at: Timestamp,
    /// Covers a visit booked before the workflow was on: what would go out at once is passed over.
    pub covered: bool,
    /// Why it was stopped before its steps were through.
    pub ended: Option<Reason>,
    pub steps: Vec<PlannedStep>,
}

impl Run {
    /// It has not ended, or for a reason that may pass.
    pub fn goes_on(&self) -> bool {
        self.ended.is_none_or(|reason| reason.may_pass())
    }

    /// Whether the patient already has something of it: then it can be stopped, but not be un-started.
    pub fn has_given(&self) -> bool {
        self.steps.iter().any(|s| matches!(s.state, StepState::Performed { .. }))
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct PlannedStep {
    pub id: PlannedStepId,
    pub step: String,
    pub occurrence: u32,
    pub generation: u32,
    pub due: Timestamp,
    pub expires: Timestamp,
    /// The anchor's moment it was computed from, and its place.
    pub moment: Timestamp,
    pub place: Option<LocationId>,
    pub state: StepState,
    /// Of one that was called off while it waited: until when it had been told to wait.
    pub waited: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// To be looked at again at `at`; never, while its workflow is switched off.
    Pending {
        at: Option<Timestamp>,
    },
    Performed {
        at: Timestamp,
    },
    Skipped {
        at: Timestamp,
        reason: Reason,
    },
    Cancelled {
        at: Timestamp,
        reason: Reason,
    },
}

impl PlannedStep {
    /// The step in another state; what is called off remembers its wait.
    pub fn into_state(self, state: StepState) -> Self {
        let called_off = matches!(state, StepState::Cancelled { .. });
        let waited = self.told_to_wait().filter(|_| called_off);
        Self { state, waited, ..self }
    }

    /// It was looked at in time and told to wait, beyond its due instant: until then.
    pub fn told_to_wait(&self) -> Option<Timestamp> {
        match self.state {
            StepState::Pending { at } => at.filter(|at| *at > self.due),
            StepState::Cancelled { .. } => self.waited,
            StepState::Performed { .. } | StepState::Skipped { .. } => None,
        }
    }

    /// Whether the anchor has moved since: its start or its place really changed. What happened at one moment stays
    /// where it was, wherever its visit is said to have been afterwards.
    pub fn has_moved(&self, o: &Occurrence) -> bool {
        self.shift(o).is_move()
    }

    /// Where it was computed from, and where its visit is now.
    pub fn shift(&self, o: &Occurrence) -> Shift {
        Shift {
            was_at: self.moment,
            was_in: self.place,
            is_at: o.moment.instant(),
            is_in: o.location,
            of_the_visit: o.anchor.event.is_the_visit(),
            given: false,
            too_late: false,
            rule: OnMove::Once,
            ahead: false,
        }
    }
}

impl StepState {
    pub fn is_pending(self) -> bool {
        matches!(self, StepState::Pending { .. })
    }
}

/// One message to one contact point on one channel. (run, step, occurrence, generation, task, channel) is its key.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    pub id: DeliveryId,
    pub run: RunId,
    pub planned_step: PlannedStepId,
    pub key: DeliveryKey,
    pub workflow: String,
    pub version: u32,
    pub anchor: Anchor,
    /// When its step was due.
    pub due: Timestamp,
    pub template: String,
    pub calendar: bool,
    pub category: Category,
    pub contact: ContactPoint,
    pub assignment: Option<AssignmentId>,
    pub uncertain: Uncertain,
    pub queued_at: Timestamp,
    /// What it waits for, beyond its time.
    pub waits_for: Option<Reason>,
    pub not_before: Timestamp,
    pub expires: Timestamp,
    pub state: DeliveryState,
}

/// What a workflow tells the care team about a patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub step: PlannedStepId,
    pub workflow: String,
    pub text: String,
    pub by: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeliveryKey {
    pub run: RunId,
    pub step: String,
    pub occurrence: u32,
    pub generation: u32,
    pub task: u32,
    pub channel: Channel,
}

impl Delivery {
    /// Which of several comes first, when nothing else says so: what they are decides, and never the id, which is chance.
    pub fn standing(&self) -> impl Ord {
        let key = (&self.key.step, self.key.occurrence, self.key.generation, self.key.task);
        (self.queued_at, self.due, &self.workflow, key, self.anchor, self.id)
    }
}

impl DeliveryState {
    /// Takes, or took, a place in the patient's attention; when.
    pub fn takes_place(self, not_before: Timestamp) -> Option<Timestamp> {
        match self {
            DeliveryState::Queued | DeliveryState::Sending | DeliveryState::Uncertain => Some(not_before),
            DeliveryState::Sent { at } => Some(at),
            DeliveryState::Joined { .. } | DeliveryState::Ended { .. } => None,
        }
    }
}

impl std::fmt::Display for DeliveryKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { run, step, occurrence, generation, task, channel } = self;
        write!(f, "{run}/{step}/{occurrence}/{generation}/{task}/{}", channel.code())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    Queued,
    /// An attempt is on the wire.
    Sending,
    /// Nobody knows whether it was taken; staff decide.
    Uncertain,
    /// Goes as a part of another message.
    Joined {
        into: DeliveryId,
    },
    Sent {
        at: Timestamp,
    },
    /// Ended without being sent.
    Ended {
        at: Timestamp,
        reason: Reason,
    },
}

/// One row to write.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    EventKnown {
        anchor: Anchor,
        event_at: Timestamp,
        known: Known,
    },
    Entered {
        workflow: String,
        anchor: Anchor,
        entry: Entry,
    },
    /// A new run, or one that starts again or moved: everything but its steps.
    RunSet(Run),
    /// A planned step, new or changed.
    StepSet {
        run: RunId,
        step: PlannedStep,
    },
    /// The patient has something new. It is a change of the chart, stored like any other.
    Assigned {
        assignment: AssignmentId,
        act: AssignmentAct,
    },
    /// An item for the care team.
    Told(Told),
    Queued(Delivery),
    /// A delivery that has not gone out waits on, ended or went.
    DeliverySet {
        delivery: DeliveryId,
        not_before: Timestamp,
        waits_for: Option<Reason>,
        state: DeliveryState,
    },
    Decided(Decision),
}

impl Ledger {
    pub fn apply(&mut self, effect: &Effect) {
        match effect {
            Effect::EventKnown { anchor, known, .. } => {
                self.events.insert(*anchor, *known);
            }
            Effect::Entered { workflow, anchor, entry } => {
                self.entries.insert((workflow.clone(), *anchor), *entry);
            }
            Effect::RunSet(run) => {
                let steps = self.runs.remove(&run.id).map_or(vec![], |old| old.steps);
                self.runs.insert(run.id, Run { steps, ..run.clone() });
            }
            Effect::StepSet { run, step } => {
                if let Some(run) = self.runs.get_mut(run) {
                    match run.steps.iter_mut().find(|s| s.id == step.id) {
                        Some(old) => *old = step.clone(),
                        None => run.steps.push(step.clone()),
                    }
                }
            }
            Effect::Queued(delivery) => {
                self.deliveries.insert(delivery.id, delivery.clone());
            }
            Effect::DeliverySet { delivery, not_before, waits_for, state } => {
                if let Some(delivery) = self.deliveries.get_mut(delivery) {
                    (delivery.not_before, delivery.waits_for, delivery.state) = (*not_before, *waits_for, *state);
                }
            }
            Effect::Assigned { .. } | Effect::Told(_) | Effect::Decided(_) => {}
        }
    }

    /// When the event was first known, by whichever of its visit's numbers.
    pub fn known(&self, chart: &Chart, anchor: Anchor) -> Option<Known> {
        chart.names_of(anchor).iter().filter_map(|name| self.events.get(name)).min_by_key(|known| known.at).copied()
    }

    /// What a workflow made of the event. Of two answers, given before two numbers turned out to mean one visit, the one
    /// to the event known first stands; of two given at once, that it ran.
    pub fn entry(&self, chart: &Chart, workflow: &str, anchor: Anchor) -> Option<Entry> {
        let answer = |name: &Anchor| {
            let entry = self.entries.get(&(workflow.to_owned(), *name)).copied()?;
            Some((self.events.get(name).map(|known| known.at), entry))
        };
        let names = chart.names_of(anchor);
        names.iter().filter_map(answer).min_by_key(|(at, entry)| (*at, entry.reason.is_some())).map(|(_, entry)| entry)
    }

    /// The ledger with every visit named by the id it goes by now. To be read, never stored: a registration may yet turn
    /// out to belong to another appointment, and then takes what is its own along.
    pub fn canonical(self, chart: &Chart) -> Self {
        let events: BTreeMap<Anchor, Known> = self
            .events
            .keys()
            .map(|anchor| chart.canonical(*anchor))
            .filter_map(|anchor| Some((anchor, self.known(chart, anchor)?)))
            .collect();
        let entries: BTreeMap<(String, Anchor), Entry> = self
            .entries
            .keys()
            .map(|(workflow, anchor)| (workflow, chart.canonical(*anchor)))
            .filter_map(|(workflow, anchor)| Some(((workflow.clone(), anchor), self.entry(chart, workflow, anchor)?)))
            .collect();
        let rename = |(id, run): (RunId, Run)| (id, Run { anchor: chart.canonical(run.anchor), ..run });
        Self { events, entries, runs: self.runs.into_iter().map(rename).collect(), ..self }
    }

    /// The run of a workflow for an anchor. If two numbers turned out to mean one visit there are two: the first stands.
    pub fn run_of(&self, chart: &Chart, workflow: &str, anchor: Anchor) -> Option<&Run> {
        let anchor = chart.canonical(anchor);
        let of_anchor = self.runs.values().filter(|r| r.workflow == workflow && chart.canonical(r.anchor) == anchor);
        of_anchor.min_by_key(|r| (!r.has_given(), r.started_at, r.id))
    }

    /// May still be withdrawn: nothing of it can have gone out, not as a part of another message either.
    pub fn is_unsent(&self, delivery: &Delivery) -> bool {
        match delivery.state {
            DeliveryState::Queued => true,
            DeliveryState::Joined { into } => {
                self.deliveries.get(&into).is_some_and(|host| host.state == DeliveryState::Queued)
            }
            DeliveryState::Sending
            | DeliveryState::Uncertain
            | DeliveryState::Sent { .. }
            | DeliveryState::Ended { .. } => false,
        }
    }

    /// When the patient got what it says, or is to get it: by itself or as a part of another message.
    pub fn went(&self, delivery: &Delivery) -> Option<Timestamp> {
        let carrier = match delivery.state {
            DeliveryState::Joined { into } => self.deliveries.get(&into)?,
            DeliveryState::Queued
            | DeliveryState::Sending
            | DeliveryState::Uncertain
            | DeliveryState::Sent { .. }
            | DeliveryState::Ended { .. } => delivery,
        };
        carrier.state.takes_place(carrier.not_before)
    }

    /// The step that has been due longest. Of those due together, what they are decides, never when they came about.
    pub fn due_step(&self, now: Timestamp) -> Option<PlannedStepId> {
        let steps = self.runs.values().flat_map(|run| run.steps.iter().map(move |s| (run, s)));
        let due = steps.filter_map(|(run, s)| match s.state {
            StepState::Pending { at: Some(at) } if at <= now => {
                Some((at, s.due, &run.workflow, &s.step, s.occurrence, s.generation, run.moment, run.anchor, s.id))
            }
            StepState::Pending { .. }
            | StepState::Performed { .. }
            | StepState::Skipped { .. }
            | StepState::Cancelled { .. } => None,
        });
        due.min().map(|(.., id)| id)
    }

    pub fn step(&self, id: PlannedStepId) -> Option<(&Run, &PlannedStep)> {
        self.runs.values().find_map(|run| run.steps.iter().find(|s| s.id == id).map(|step| (run, step)))
    }
}
