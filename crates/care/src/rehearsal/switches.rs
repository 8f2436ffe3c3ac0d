//! What staff and the world outside do to a clinic as a whole.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::stage::Stage;
use crate::chart::{Claim, VisitType};
use crate::id::{LocationId, PatientId};
use crate::workflow::decide::go_live;
use crate::workflow::ground::Gateway as Answer;
use crate::workflow::send::End;
use crate::workflow::task::Uncertain;
use crate::workflow::{Activation, Delivery, Edit, InFlight, Ledger, StepState, Workflow};

/// How a gateway behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gateway {
    Takes,
    Down,
    /// For good.
    Refuses,
    /// For now, each time it is asked.
    Fails,
    /// Takes it, and is gone before it answers.
    Breaks,
}

/// A message has so many attempts.
const ATTEMPTS: u32 = 12;

/// The wait between two attempts doubles from a minute up to this.
const LONGEST: i64 = 4 * 60;

impl Gateway {
    /// What it answers to an attempt, the `nth` of this message.
    pub(super) fn answer(self, delivery: &Delivery, nth: u32, now: Timestamp) -> End {
        End::Said(match self {
            Gateway::Takes => Answer::Took,
            // It is asked before whether it answers, so this happens between the two.
            Gateway::Down => Answer::NotYet { down: true, tries: 1, most: 1, again: now, expires: now },
            Gateway::Refuses => Answer::Refused,
            Gateway::Fails => not_yet(delivery, nth, now),
            Gateway::Breaks => match delivery.uncertain {
                Uncertain::Resend => not_yet(delivery, nth, now),
                Uncertain::Ask => Answer::Unknown,
            },
        })
    }
}

fn not_yet(delivery: &Delivery, tries: u32, now: Timestamp) -> Answer {
    let minutes = 1_i64.checked_shl(tries.saturating_sub(1)).unwrap_or(LONGEST).clamp(1, LONGEST);
    let again = now.checked_add(SignedDuration::from_mins(minutes)).unwrap_or(Timestamp::MAX);
    Answer::NotYet { down: false, tries, most: ATTEMPTS, again, expires: delivery.expires }
}

impl Stage {
    pub fn activate(&mut self, workflow: &str, activation: Activation) {
        let Some(published) = self.workflows_mut().0.get_mut(workflow) else { return };
        if published.activations.iter().any(|a| a.until.is_none()) {
            return;
        }
        published.activations.push(activation);
        self.wake(None);
        self.reconcile_all();
    }

    pub fn deactivate(&mut self, workflow: &str) {
        let now = self.now;
        let open =
            self.workflows_mut().0.get_mut(workflow).and_then(|p| p.activations.iter_mut().find(|a| a.until.is_none()));
        if let Some(open) = open {
            open.until = Some(now);
        }
    }

    pub fn publish(&mut self, key: &str, version: u32, workflow: Arc<Workflow>, in_flight: InFlight) {
        let at = self.now;
        let Some(published) = self.workflows_mut().0.get_mut(key) else { return };
        published.versions.insert(version, workflow);
        published.edits.push(Edit { at, to: version, in_flight });
        self.watch_anew();
        self.reconcile_all();
    }

    pub fn set_day(&mut self, location: LocationId, day: Date, closed: bool) {
        let Some(location) = self.clinic_mut().locations.get_mut(&location) else { return };
        if closed {
            location.closed.insert(day);
        } else {
            location.closed.remove(&day);
            self.wake(None);
        }
    }

    /// The feed went silent, or caught up: what was held meets the late rule.
    pub fn set_silent(&mut self, location: LocationId, silent: bool) {
        let heard_until = silent.then_some(self.now);
        let Some(location) = self.clinic_mut().locations.get_mut(&location) else { return };
        (location.silent, location.heard_until) = (silent, heard_until);
        if !silent {
            self.wake(None);
        }
        self.reconcile_all();
    }

    /// Staff send what is held although the feed is silent, however late it is.
    pub fn release(&mut self, location: LocationId) {
        let Some(location) = self.clinic_mut().locations.get_mut(&location) else { return };
        (location.silent, location.heard_until) = (false, None);
        self.wake(Some(self.now));
        self.reconcile_all();
    }

    /// Staff drop what is held.
    pub fn drop_held(&mut self, location: LocationId) {
        for patient in self.ids() {
            self.with(patient, &mut |facts, ledger, ids| {
                crate::workflow::hold::drop_held(facts, ledger, location, ids)
            });
        }
    }

    pub fn go_live(&mut self, cover: bool) {
        self.loading = false;
        for patient in self.ids() {
            self.with(patient, &mut |facts, ledger, ids| go_live(facts, ledger, cover, ids));
        }
    }

    /// The interface that spoke of these patients goes live, and their visits ahead are taken up.
    pub fn take_up(&mut self, patients: &BTreeSet<PatientId>) {
        self.loading = false;
        for patient in patients {
            self.with(*patient, &mut |facts, ledger, ids| go_live(facts, ledger, true, ids));
        }
    }

    pub fn map_type(&mut self, code: &str, is: Option<VisitType>) {
        let now = self.now;
        self.clinic_mut().map_type(code, is, now);
        self.reconcile_all();
    }

    pub fn claim_practitioner(&mut self, code: &str, name: &str) {
        let claim = Claim { name: name.to_owned(), since: Some(self.now) };
        self.clinic_mut().practitioners.insert(code.to_owned(), claim);
        self.reconcile_all();
    }

    /// Everything that waits for a switch is looked at again: at its own time, or as if it were due now.
    fn wake(&mut self, at: Option<Timestamp>) {
        for patient in self.ids() {
            self.wake_patient(patient, at);
        }
    }

    fn wake_patient(&mut self, patient: PatientId, at: Option<Timestamp>) {
        let Some(player) = self.patients.get_mut(&patient) else { return };
        wake_steps(&mut player.ledger, at);
        self.look_again(patient);
    }
}

fn wake_steps(ledger: &mut Ledger, at: Option<Timestamp>) {
    for step in ledger.runs.values_mut().flat_map(|run| &mut run.steps) {
        if step.state == (StepState::Pending { at: None }) {
            step.state = StepState::Pending { at: Some(at.unwrap_or(step.due)) };
        }
    }
}
