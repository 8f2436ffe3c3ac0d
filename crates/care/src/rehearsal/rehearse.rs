//! A workflow tried on a clinic's own patients: what it would have done, and what it is about to do. Nothing leaves the
//! stage.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::replay::Replay;
use super::report::Report;
use super::stage::Stage;
use crate::workflow::{Activation, InFlight, Published, Workflow, Workflows};

/// What is rehearsed, and in whose company.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub key: String,
    /// A version that nobody has published; without it the newest that is.
    pub new: Option<Arc<Workflow>>,
    /// Without the other workflows that are on: then nothing collides.
    pub alone: bool,
    /// Covers the visits booked before it was on.
    pub cover: bool,
}

impl Candidate {
    pub fn of(key: &str) -> Self {
        Self { key: key.into(), new: None, alone: false, cover: false }
    }

    /// Puts the version that nobody has published beside the others.
    fn publish(&self, stage: &mut Stage) {
        let Some(new) = &self.new else { return };
        let published = stage.workflows_mut().0.entry(self.key.clone()).or_default();
        let version = published.current().map_or(1, |(version, _)| version + 1);
        stage.publish(&self.key, version, Arc::clone(new), InFlight::Stay);
    }
}

/// How a rehearsal ended: the stage after it, and what there is to say of it.
#[derive(Debug, Clone)]
pub struct Rehearsed {
    pub stage: Stage,
    pub report: Report,
}

/// The present, played forward: the workflow is switched on now if it is not on already, and nobody sends us anything.
pub fn future(mut stage: Stage, candidate: &Candidate, until: Timestamp) -> Rehearsed {
    let from = stage.now;
    stage.said.clear();
    candidate.publish(&mut stage);
    if candidate.alone {
        let others: Vec<String> = stage.workflows.0.keys().filter(|key| **key != candidate.key).cloned().collect();
        for key in others {
            stage.deactivate(&key);
        }
    }
    // Who is on already stays on as it is.
    stage.activate(&candidate.key, Activation { cover: candidate.cover, ..Activation::open(from) });
    stage.play_until(until);
    Rehearsed { report: Report::of(&stage, &candidate.key, from), stage }
}

/// The past once more: what came since `from` comes again in the order in which it came, to workflows that were switched
/// on then. What had come before is there, and starts nothing. `stage` is the present, with what was really decided.
pub fn past(stage: &Stage, candidate: &Candidate, from: Timestamp, until: Timestamp) -> Rehearsed {
    let mut before = Stage::new(as_then(stage), Workflows::default(), stage.channels.clone(), just_before(from));
    before.suppressed = stage.suppressed.clone();
    before.stops = stage.stops.clone();
    *before.workflows_mut() = company(stage, candidate, from);
    before.watch_anew();
    let replay = Replay::of(stage, &before.workflows, from, until);
    let mut stage = replay.play(before);
    stage.play_until(until);
    Rehearsed { report: Report::of(&stage, &candidate.key, from), stage }
}

/// What is held just now because a feed is silent was not held then.
fn as_then(stage: &Stage) -> crate::chart::Clinic {
    let mut clinic = (*stage.clinic).clone();
    for location in clinic.locations.values_mut() {
        (location.silent, location.heard_until) = (false, None);
    }
    clinic
}

fn just_before(from: Timestamp) -> Timestamp {
    from.checked_sub(SignedDuration::from_secs(1)).unwrap_or(from)
}

/// The candidate and, unless it is alone, what is on now; each in its newest version and on since `from`.
fn company(stage: &Stage, candidate: &Candidate, from: Timestamp) -> Workflows {
    let mut all = BTreeMap::new();
    for (key, published) in &stage.workflows.0 {
        let open = published.activation_at(stage.now);
        let is_candidate = *key == candidate.key;
        if let Some((version, workflow)) = published.current()
            && (is_candidate || (open.is_some() && !candidate.alone))
        {
            let locations = open.and_then(|a| a.locations.clone());
            let cover = is_candidate && candidate.cover;
            let activations = vec![Activation { locations, cover, ..Activation::open(from) }];
            let versions = [(version, Arc::clone(workflow))].into();
            all.insert(key.clone(), Published { versions, activations, edits: vec![] });
        }
    }
    if let Some(new) = &candidate.new {
        let version = stage.workflows.0.get(&candidate.key).and_then(Published::current).map_or(1, |(v, _)| v + 1);
        let versions = [(version, Arc::clone(new))].into();
        let activations = vec![Activation { cover: candidate.cover, ..Activation::open(from) }];
        all.insert(candidate.key.clone(), Published { versions, activations, edits: vec![] });
    }
    Workflows(all)
}
