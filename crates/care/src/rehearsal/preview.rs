//! What an edit, a switch or an interface that goes live would do: done to a copy of the clinic, and counted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::SignedDuration;

use super::outlook::{Outlook, TakenUp};
use super::stage::{Said, Stage};
use crate::chart::Channel;
use crate::id::{PatientId, RunId};
use crate::workflow::{Activation, DeliveryState, InFlight, Ledger, Reason, Run, Workflow};

/// How far ahead the messages of runs that begin are counted.
pub const AHEAD: SignedDuration = SignedDuration::from_hours(30 * 24);
/// The same when an interface goes live.
pub const LIVE_AHEAD: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What might be done to a workflow.
#[derive(Debug, Clone)]
pub enum WhatIf {
    Published { workflow: Arc<Workflow>, in_flight: InFlight },
    SwitchedOn(Activation),
    SwitchedOff,
}

impl WhatIf {
    /// Does it.
    pub fn happen(&self, stage: &mut Stage, key: &str) {
        match self {
            WhatIf::Published { workflow, in_flight } => {
                stage.publish(key, next_version(stage, key), Arc::clone(workflow), *in_flight);
            }
            WhatIf::SwitchedOn(activation) => stage.activate(key, activation.clone()),
            WhatIf::SwitchedOff => stage.deactivate(key),
        }
    }
}

/// What would become of a workflow's runs at once, and which messages of those that begin would go out. What is due now is
/// done beforehand: it belongs to no edit.
pub fn outlook(before: &Stage, key: &str, what_if: &WhatIf) -> Outlook {
    let mut after = before.clone();
    after.said.clear();
    what_if.happen(&mut after, key);
    after.play_until(before.now);
    let (mut outlook, mut begun) = (Outlook::default(), BTreeSet::new());
    for (patient, player) in &after.patients {
        let was = before.patients.get(patient).map(|p| &p.ledger);
        for run in player.ledger.runs.values().filter(|run| run.workflow == key) {
            match was.and_then(|ledger| ledger.runs.get(&run.id)) {
                Some(was) => outlook.go_on(was, run),
                None => {
                    begun.insert(run.id);
                    outlook.begins(run);
                }
            }
        }
        if let Some(was) = was {
            count_unsent(&mut outlook, key, was, &player.ledger);
        }
    }
    outlook.messages = sent_by(after, &begun, AHEAD);
    outlook
}

fn count_unsent(outlook: &mut Outlook, key: &str, was: &Ledger, is: &Ledger) {
    let ends = |state| matches!(state, DeliveryState::Ended { reason: Reason::SupersededByVersion, .. });
    for delivery in was.deliveries.values().filter(|d| d.workflow == key && was.is_unsent(d)) {
        outlook.unsent += 1;
        outlook.withdrawn += usize::from(is.deliveries.get(&delivery.id).is_some_and(|d| ends(d.state)));
    }
}

/// What would start if the visits ahead of these patients were taken up.
pub fn taken_up(before: &Stage, patients: &BTreeSet<PatientId>) -> TakenUp {
    let mut after = before.clone();
    after.said.clear();
    after.take_up(patients);
    let (mut taken, mut begun) = (TakenUp::default(), BTreeSet::new());
    for (patient, player) in after.patients.iter().filter(|(patient, _)| patients.contains(patient)) {
        let was = before.patients.get(patient);
        let is_new = |run: &&Run| was.is_none_or(|p| !p.ledger.runs.contains_key(&run.id));
        for run in player.ledger.runs.values().filter(is_new) {
            begun.insert(run.id);
            *taken.runs.entry(run.workflow.clone()).or_default() += 1;
        }
    }
    taken.messages = sent_by(after, &begun, LIVE_AHEAD);
    taken
}

/// Plays on, and counts what these runs send.
fn sent_by(mut after: Stage, runs: &BTreeSet<RunId>, ahead: SignedDuration) -> BTreeMap<Channel, usize> {
    let mut messages = BTreeMap::new();
    if runs.is_empty() {
        return messages;
    }
    after.play_until(after.now.checked_add(ahead).unwrap_or(after.now));
    for said in &after.said {
        if let Said::Sent(_, _, delivery) = said
            && runs.contains(&delivery.run)
        {
            *messages.entry(delivery.key.channel).or_default() += 1;
        }
    }
    messages
}

/// The number of the version that comes next.
pub fn next_version(stage: &Stage, key: &str) -> u32 {
    let published = stage.workflows.0.get(key).and_then(|p| p.current());
    published.map_or(1, |(version, _)| version.saturating_add(1))
}
