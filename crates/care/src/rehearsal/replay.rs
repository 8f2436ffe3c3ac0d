//! What came to a clinic comes once more, in the order in which it came.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::patient::Player;
use super::stage::Stage;
use crate::chart::{AssignmentAct, Change, What};
use crate::id::{AssignmentId, PatientId};
use crate::workflow::{Ledger, Workflows};

pub(super) struct Replay {
    /// Everybody as they were known when it begins.
    before: BTreeMap<PatientId, Player>,
    /// What comes then: by when we got it and for whom.
    coming: BTreeMap<(Timestamp, PatientId), Vec<Change>>,
    /// What the replayed workflows really gave since: in the replay they give it themselves, or do not.
    given: BTreeMap<AssignmentId, Given>,
    /// What they gave in the replay instead.
    instead: BTreeMap<AssignmentId, AssignmentId>,
}

struct Given {
    content: String,
    at: Timestamp,
}

impl Replay {
    pub(super) fn of(stage: &Stage, replayed: &Workflows, from: Timestamp, until: Timestamp) -> Self {
        let (before, coming) = (BTreeMap::new(), BTreeMap::new());
        let mut replay = Self { before, coming, given: BTreeMap::new(), instead: BTreeMap::new() };
        for (patient, player) in &stage.patients {
            let ledger = Ledger { events: marked(&player.ledger), ..Ledger::default() };
            let mut known = vec![];
            for change in player.changes.iter().filter(|c| c.received_at <= until) {
                if change.received_at < from {
                    known.push(change.clone());
                } else if let Some((id, given)) = given_by(change, &player.ledger, replayed) {
                    replay.given.insert(id, given);
                } else {
                    replay.coming.entry((change.received_at, *patient)).or_default().push(change.clone());
                }
            }
            replay.before.insert(*patient, Player::new(known, ledger));
        }
        replay
    }

    pub(super) fn play(mut self, mut stage: Stage) -> Stage {
        for (patient, player) in std::mem::take(&mut self.before) {
            stage.enter(patient, player);
        }
        stage.reconcile_all();
        for ((at, patient), changes) in std::mem::take(&mut self.coming) {
            stage.play_until(at);
            let changes: Vec<Change> =
                changes.into_iter().filter_map(|c| self.as_replayed(&stage, patient, c)).collect();
            stage.receive(patient, changes);
            stage.play_until(at);
        }
        stage
    }

    /// An answer to what a replayed workflow gave answers what it gave in the replay; if it gave nothing there, nobody
    /// could have answered.
    fn as_replayed(&mut self, stage: &Stage, patient: PatientId, mut change: Change) -> Option<Change> {
        if let What::Assignment { assignment, .. } = &mut change.what
            && self.given.contains_key(assignment)
        {
            *assignment = self.in_place_of(stage, patient, *assignment)?;
        }
        Some(change)
    }

    fn in_place_of(&mut self, stage: &Stage, patient: PatientId, real: AssignmentId) -> Option<AssignmentId> {
        if let Some(known) = self.instead.get(&real) {
            return Some(*known);
        }
        let wanted = self.given.get(&real)?;
        let taken: BTreeSet<AssignmentId> = self.instead.values().copied().collect();
        let given = stage.patients.get(&patient)?.changes.iter().filter_map(|c| match &c.what {
            What::Assignment { assignment, act: AssignmentAct::Give { content, run: Some(run), .. } }
                if *content == wanted.content && !taken.contains(assignment) =>
            {
                let by_replay = stage.patients.get(&patient)?.ledger.runs.contains_key(run);
                by_replay.then(|| (c.received_at.duration_since(wanted.at).abs(), *assignment))
            }
            _ => None,
        });
        let nearest = given.min()?.1;
        self.instead.insert(real, nearest);
        Some(nearest)
    }
}

/// What came in while its interface was loading starts nothing in the replay either.
fn marked(ledger: &Ledger) -> BTreeMap<crate::chart::Anchor, crate::workflow::ledger::Known> {
    ledger.events.iter().filter(|(_, known)| known.loading || known.covered).map(|(a, k)| (*a, *k)).collect()
}

fn given_by(change: &Change, ledger: &Ledger, replayed: &Workflows) -> Option<(AssignmentId, Given)> {
    let What::Assignment { assignment, act: AssignmentAct::Give { content, run, .. } } = &change.what else {
        return None;
    };
    let run = ledger.runs.get(run.as_ref()?)?;
    let given = Given { content: content.clone(), at: change.received_at };
    replayed.0.contains_key(&run.workflow).then_some((*assignment, given))
}
