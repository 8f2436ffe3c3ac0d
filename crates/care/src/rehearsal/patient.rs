//! One patient on the stage: the changes, and what was decided so far.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::memo::Memo;
use crate::chart::{Change, ContactPoint, Snapshot};
use crate::workflow::{DeliveryState, Ledger, StepState};

#[derive(Debug, Clone, Default)]
pub struct Player {
    pub changes: Vec<Change>,
    pub ledger: Ledger,
    /// When there is something to do next.
    pub(super) next: Option<Timestamp>,
    /// When time alone will change what is known of the patient.
    pub(super) wake: Option<Timestamp>,
    /// The contact points under which the stage knows them.
    pub(super) points: BTreeSet<ContactPoint>,
    pub(super) memo: Option<Memo>,
}

impl Player {
    pub fn new(changes: Vec<Change>, ledger: Ledger) -> Self {
        Self { changes, ledger, ..Self::default() }
    }

    /// The next due step, waiting delivery or event that time brings.
    pub(super) fn look_ahead(&mut self, snapshot: &Snapshot) {
        let steps = self.ledger.runs.values().flat_map(|r| &r.steps).filter_map(|s| match s.state {
            StepState::Pending { at } => at,
            StepState::Performed { .. } | StepState::Skipped { .. } | StepState::Cancelled { .. } => None,
        });
        let waiting = self.ledger.deliveries.values().filter(|d| d.state == DeliveryState::Queued);
        let deliveries = waiting.map(|d| d.not_before);
        self.wake = snapshot.next;
        self.next = steps.chain(deliveries).chain(snapshot.next).min();
    }
}
