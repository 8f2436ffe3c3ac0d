//! The one door for every change: EMR, staff or patient.

use care::chart::{Change, Source, Stamp, What};
use care::id::{ChangeId, MessageId, PatientId};
use care::workflow::decide::reconcile;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use store::{Error, OrgTx, Recorded};

use super::context::{Context, Known};
use crate::Roof;

/// A change that is not stored yet.
#[derive(Debug, Clone)]
pub struct NewChange {
    /// When the source says it happened.
    pub at: Timestamp,
    pub source: Source,
    pub what: What,
    pub message: Option<MessageId>,
}

impl NewChange {
    fn stamp(&self) -> Stamp {
        let rank = if let What::Encounter(visit) = &self.what { visit.act.rank() } else { 0 };
        // The same thing said again at the same time is the same change, whatever message it came in.
        let body = serde_json::to_vec(&self.what).unwrap_or_default();
        let digest = Sha256::digest(&body);
        let hash = digest.iter().take(8).fold(0, |hash, byte| (hash << 8) | u64::from(*byte));
        Stamp { at: self.at, rank, hash }
    }
}

/// What came of recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Stored, folded and answered; the changes that were new.
    Recorded { last: Option<ChangeId> },
    /// Nothing in it was new.
    Known,
}

/// Stores changes of one patient, folds the chart, asks the workflows, and writes it all in the caller's transaction. The
/// caller holds the patient's row. `loading`: the interface only loads, nothing fires.
pub async fn record(
    roof: &Roof,
    tx: &mut OrgTx,
    context: &Context,
    patient: PatientId,
    changes: Vec<NewChange>,
    loading: bool,
) -> Result<Outcome, Error> {
    let now = roof.now();
    let mut last = None;
    for new in changes {
        let change = Change {
            id: ChangeId(roof.new_id()),
            stamp: new.stamp(),
            source: new.source,
            received_at: now,
            what: new.what,
        };
        if tx.insert_change(patient, &change, new.message).await? == Recorded::New {
            last = Some(change.id);
        }
    }
    if last.is_none() {
        return Ok(Outcome::Known);
    }
    refold(roof, tx, context, patient, loading).await?;
    Ok(Outcome::Recorded { last })
}

/// Folds a patient's chart anew and moves the ledger to it.
pub async fn refold(
    roof: &Roof,
    tx: &mut OrgTx,
    context: &Context,
    patient: PatientId,
    loading: bool,
) -> Result<(), Error> {
    let mut known = Known::load(context, tx, patient).await?;
    let mut ledger = std::mem::take(&mut known.ledger);
    let facts = known.facts(context, roof.now());
    let mut ids = || roof.new_id();
    let effects = reconcile(&facts, &mut ledger, loading, &mut ids);
    tx.write_chart(patient, &known.chart, &mut ids).await?;
    tx.write_effects(patient, &effects, &mut ids).await
}

/// Takes back a change a person undid. What an `immediately` step sent meanwhile cannot be taken back.
pub async fn take_back(
    roof: &Roof,
    tx: &mut OrgTx,
    context: &Context,
    patient: PatientId,
    change: ChangeId,
) -> Result<bool, Error> {
    let taken = tx.delete_change(patient, change).await?;
    if taken {
        refold(roof, tx, context, patient, false).await?;
    }
    Ok(taken)
}
