//! What a chart folds to is remembered for as long as nothing can change it: no new change, the same clinic, and no
//! moment yet that brings something by itself.

use std::sync::Arc;

use jiff::Timestamp;

use super::patient::Player;
use crate::chart::{Clinic, Snapshot, Watch};
use crate::id::ChangeId;

#[derive(Debug, Clone)]
pub(super) struct Memo {
    snapshot: Arc<Snapshot>,
    from: Timestamp,
    until: Timestamp,
    changes: (usize, Option<ChangeId>),
    clinic: Arc<Clinic>,
    watch: Arc<Watch>,
}

impl Player {
    /// What may be known of the patient at `now`.
    pub(super) fn look(&mut self, clinic: &Arc<Clinic>, watch: &Arc<Watch>, now: Timestamp) -> Arc<Snapshot> {
        let changes = (self.changes.len(), self.changes.last().map(|c| c.id));
        if let Some(memo) = &self.memo
            && memo.changes == changes
            && (memo.from..memo.until).contains(&now)
            && Arc::ptr_eq(&memo.clinic, clinic)
            && memo.watch == *watch
        {
            return Arc::clone(&memo.snapshot);
        }
        let snapshot = Arc::new(Snapshot::of(&self.changes, clinic, watch, now));
        let until = [snapshot.next, snapshot.expires, snapshot.undo_until]
            .into_iter()
            .flatten()
            .min()
            .unwrap_or(Timestamp::MAX);
        self.memo = Some(Memo {
            snapshot: Arc::clone(&snapshot),
            from: now,
            until,
            changes,
            clinic: Arc::clone(clinic),
            watch: Arc::clone(watch),
        });
        snapshot
    }
}
