//! The one door for every change: EMR, staff or patient.

use care::chart::{Change, Source, Stamp, What};
use care::id::{ChangeId, MessageId, PatientId};
use care::workflow::decide::reconcile;
use care::workflow::{Effect, Facts, Ledger};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use store::{Error, OrgTx, Recorded};
use uuid::Uuid;

use super::context::{Context, Known};
use super::courses;
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
    fn change(self, roof: &Roof) -> Change {
        let (stamp, id) = (self.stamp(), ChangeId(roof.new_id()));
        Change { id, stamp, source: self.source, received_at: roof.now(), what: self.what }
    }

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
    let mut last = None;
    for new in changes {
        let message = new.message;
        let change = new.change(roof);
        if tx.insert_change(patient, &change, message).await? == Recorded::New {
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
    act(roof, tx, context, patient, &mut |facts, ledger, ids| reconcile(facts, ledger, loading, ids)).await
}

/// What is asked of the engine for one patient.
pub type Act<'a> = &'a mut (dyn FnMut(&Facts, &mut Ledger, &mut dyn FnMut() -> Uuid) -> Vec<Effect> + Send);

/// Lets the engine act on one patient and writes what it decided, in the caller's transaction. What it assigned is a
/// change of the chart like any other, from which more may follow.
pub async fn act(
    roof: &Roof,
    tx: &mut OrgTx,
    context: &Context,
    patient: PatientId,
    act: Act<'_>,
) -> Result<(), Error> {
    if act_once(roof, tx, context, patient, act).await? {
        let again: Act = &mut |facts, ledger, ids| reconcile(facts, ledger, false, ids);
        act_once(roof, tx, context, patient, again).await?;
    }
    Ok(())
}

/// Whether something was assigned, so that the chart is another one now.
async fn act_once(
    roof: &Roof,
    tx: &mut OrgTx,
    context: &Context,
    patient: PatientId,
    act: Act<'_>,
) -> Result<bool, Error> {
    let mut known = Known::load(roof, context, tx, patient).await?;
    let mut ledger = std::mem::take(&mut known.ledger);
    let now = roof.now();
    let mut ids = || roof.new_id();
    let effects = act(&known.facts(context, now), &mut ledger, &mut ids);
    tx.write_chart(patient, &known.snapshot, &mut ids).await?;
    courses::write(tx, &context.organization.clinic, patient, known.chart()).await?;
    tx.write_effects(patient, &effects, now, &mut ids).await?;
    let mut gave = false;
    for effect in effects {
        if let Effect::Assigned { assignment, act } = effect {
            let what = What::Assignment { assignment, act };
            let new = NewChange { at: now, source: Source::System, what, message: None };
            tx.insert_change(patient, &new.change(roof), None).await?;
            gave = true;
        }
    }
    Ok(gave)
}

/// Takes back a change a person undid: everything is computed as if it had never been.
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
