//! Two charts turn out to be one person; or, after all, not.

use std::collections::BTreeSet;

use super::stage::Stage;
use crate::chart::{Chart, Source, What};
use crate::id::{ChangeId, DeliveryId, PatientId, RunId};
use crate::workflow::merge::{close_doubles, mark_given, of_one_alone, stricter};

/// What came from the chart that is gone, so that it can go back.
#[derive(Debug, Clone)]
pub(super) struct Merged {
    survivor: PatientId,
    gone: PatientId,
    changes: BTreeSet<ChangeId>,
    runs: BTreeSet<RunId>,
    deliveries: BTreeSet<DeliveryId>,
    /// The stricter answers, written down for the united record.
    answers: BTreeSet<ChangeId>,
}

impl Stage {
    /// The gone chart is from now on part of the survivor's.
    pub fn merge(&mut self, survivor: PatientId, gone: PatientId) {
        let (Some(one), Some(other)) = (self.chart(survivor), self.chart(gone)) else { return };
        let Some(kept) = self.patients.get(&survivor).map(|p| p.ledger.clone()) else { return };
        let mut leaving = None;
        self.with(gone, &mut |facts, ledger, ids| {
            let effects = close_doubles(facts, ledger, &kept, ids);
            leaving = Some(ledger.clone());
            effects
        });
        if let Some(leaving) = leaving {
            self.with(survivor, &mut |facts, ledger, ids| mark_given(facts, ledger, &leaving, ids));
        }
        self.move_over(survivor, gone);
        self.reconcile(survivor);
        // The stricter answer wins, until the patient says otherwise.
        let Some(united) = self.chart(survivor) else { return };
        let refused = stricter([&one, &other], &united).into_iter().map(|(channel, category)| {
            let what = What::Consent { channel, category, given: false, said_by: None };
            self.record(survivor, Source::System, self.now, what)
        });
        let answers = refused.collect();
        if let Some(merged) = self.merged.last_mut() {
            merged.answers = answers;
        }
    }

    fn chart(&self, patient: PatientId) -> Option<Chart> {
        self.snapshot(patient).map(|s| s.chart)
    }

    fn move_over(&mut self, survivor: PatientId, gone: PatientId) {
        let Some(mut leaving) = self.patients.remove(&gone) else { return };
        let Some(to) = self.patients.get_mut(&survivor) else { return };
        let double = |run: &crate::workflow::Run| run.ended == Some(crate::workflow::Reason::PatientMerged);
        let runs: BTreeSet<RunId> = leaving.ledger.runs.values().filter(|r| !double(r)).map(|r| r.id).collect();
        // What went went to this patient, also for a run that is closed as a double.
        let deliveries: BTreeSet<DeliveryId> = leaving.ledger.deliveries.keys().copied().collect();
        for delivery in leaving.ledger.deliveries.values() {
            self.written.entry(delivery.contact.clone()).or_default().insert(survivor);
        }
        let changes = leaving.changes.iter().map(|c| c.id).collect();
        to.changes.append(&mut leaving.changes);
        for id in &runs {
            to.ledger.runs.extend(leaving.ledger.runs.remove_entry(id));
        }
        for id in &deliveries {
            to.ledger.deliveries.extend(leaving.ledger.deliveries.remove_entry(id));
        }
        for (anchor, known) in &leaving.ledger.events {
            to.ledger.events.entry(*anchor).or_insert(*known);
        }
        for (key, entry) in &leaving.ledger.entries {
            to.ledger.entries.entry(key.clone()).or_insert(*entry);
        }
        self.patients.insert(gone, leaving);
        self.merged.push(Merged { survivor, gone, changes, runs, deliveries, answers: BTreeSet::new() });
        self.look_again(gone);
    }

    /// They are two people after all: what came from the gone chart goes back.
    pub fn unmerge(&mut self, survivor: PatientId, gone: PatientId) {
        let same = |m: &Merged| (m.survivor, m.gone) == (survivor, gone);
        let Some(merged) = self.merged.iter().rposition(same).map(|i| self.merged.remove(i)) else { return };
        let Some(mut back) = self.patients.remove(&gone) else { return };
        if let Some(from) = self.patients.get_mut(&survivor) {
            let (own, theirs) =
                std::mem::take(&mut from.changes).into_iter().partition(|c| !merged.changes.contains(&c.id));
            (from.changes, back.changes) = (own, theirs);
            from.changes.retain(|c| !merged.answers.contains(&c.id));
            for id in &merged.runs {
                back.ledger.runs.extend(from.ledger.runs.remove_entry(id));
            }
            for id in &merged.deliveries {
                back.ledger.deliveries.extend(from.ledger.deliveries.remove_entry(id));
            }
        }
        self.patients.insert(gone, back);
        self.begun_meanwhile(survivor, gone);
        // What was written to them while they had the other's name is theirs now.
        for delivery in self.patients.get(&gone).into_iter().flat_map(|p| p.ledger.deliveries.values()) {
            self.written.entry(delivery.contact.clone()).or_default().insert(gone);
        }
        self.reconcile(gone);
        self.reconcile(survivor);
    }

    /// What was begun on the visits that go back goes with them: nobody is given it again.
    fn begun_meanwhile(&mut self, survivor: PatientId, gone: PatientId) {
        let (Some(kept), Some(alone)) = (self.snapshot(survivor), self.snapshot(gone)) else { return };
        let theirs = of_one_alone(&alone, &kept);
        let Some(mut back) = self.patients.remove(&gone) else { return };
        if let Some(from) = self.patients.get_mut(&survivor) {
            let (from, back) = (&mut from.ledger, &mut back.ledger);
            back.runs.extend(from.runs.extract_if(.., |_, run| theirs.contains(&run.anchor)));
            back.deliveries.extend(from.deliveries.extract_if(.., |_, d| back.runs.contains_key(&d.run)));
            for (anchor, known) in from.events.iter().filter(|(anchor, _)| theirs.contains(anchor)) {
                back.events.entry(*anchor).or_insert(*known);
            }
            for (key, entry) in from.entries.iter().filter(|((_, anchor), _)| theirs.contains(anchor)) {
                back.entries.entry(key.clone()).or_insert(*entry);
            }
        }
        self.patients.insert(gone, back);
    }
}
