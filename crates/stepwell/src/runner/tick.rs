//! Performs due steps: claims a batch, asks the engine under each patient's row lock, commits verdicts together.

use std::collections::BTreeMap;

use care::id::{OrganizationId, PatientId};
use care::workflow::perform::perform;
use jiff::Timestamp;
use store::{Claimed, Error, OrgTx};

use super::context::Context;
use super::record::{act, refold};
use crate::Roof;

/// Steps claimed at once, and patients committed at once.
const CLAIM: i32 = 500;
const COMMIT: usize = 50;

/// Performs what is due. `since` keeps the claim off the dead head of the index; `None` looks all the way back. Returns how
/// many steps were claimed.
pub async fn tick(roof: &Roof, since: Option<Timestamp>) -> Result<usize, Error> {
    let claimed = roof.runner.claim_steps(roof.now(), since, CLAIM).await?;
    let count = claimed.len();
    let mut by_patient: BTreeMap<(OrganizationId, PatientId), Vec<Claimed>> = BTreeMap::new();
    for step in claimed {
        by_patient.entry((step.organization, step.patient)).or_default().push(step);
    }
    let mut by_organization: BTreeMap<OrganizationId, Vec<(PatientId, Vec<Claimed>)>> = BTreeMap::new();
    for ((organization, patient), steps) in by_patient {
        by_organization.entry(organization).or_default().push((patient, steps));
    }
    for (organization, patients) in by_organization {
        for some in patients.chunks(COMMIT) {
            perform_together(roof, organization, some).await?;
        }
    }
    Ok(count)
}

async fn perform_together(
    roof: &Roof,
    organization: OrganizationId,
    patients: &[(PatientId, Vec<Claimed>)],
) -> Result<(), Error> {
    let mut tx = roof.runner.begin(organization).await?;
    let context = Context::load(roof, &mut tx).await?;
    for (patient, steps) in patients {
        perform_for(roof, &mut tx, &context, *patient, steps).await?;
    }
    tx.commit().await?;
    roof.wake.notify_one();
    Ok(())
}

async fn perform_for(
    roof: &Roof,
    tx: &mut OrgTx,
    context: &Context,
    patient: PatientId,
    steps: &[Claimed],
) -> Result<(), Error> {
    let Some(patient) = store::patient_lock(tx, patient).await? else { return Ok(()) };
    for claimed in in_order(roof, tx, patient, steps).await? {
        // Another worker took it over, or it has ended: a stale timer does nothing.
        if tx.holds_step(&claimed).await? {
            let step = claimed.step;
            act(roof, tx, context, patient, &mut |facts, ledger, ids| perform(facts, ledger, step, ids)).await?;
        }
    }
    Ok(())
}

/// As the engine orders what is due together.
async fn in_order(roof: &Roof, tx: &mut OrgTx, patient: PatientId, steps: &[Claimed]) -> Result<Vec<Claimed>, Error> {
    let mut ordered = steps.to_vec();
    if ordered.len() > 1 {
        let due = tx.ledger(patient).await?.due_steps(roof.now());
        ordered.sort_by_key(|claimed| due.iter().position(|step| *step == claimed.step));
    }
    Ok(ordered)
}

/// Looks again at the patients whose charts time alone has changed; how many those were.
pub async fn wake(roof: &Roof) -> Result<usize, Error> {
    let due = roof.runner.claim_wakes(roof.now(), CLAIM).await?;
    let count = due.len();
    let mut by_organization: BTreeMap<OrganizationId, Vec<PatientId>> = BTreeMap::new();
    for (organization, patient) in due {
        by_organization.entry(organization).or_default().push(patient);
    }
    for (organization, mut patients) in by_organization {
        // Locks are always taken in the same order.
        patients.sort();
        for some in patients.chunks(COMMIT) {
            let mut tx = roof.runner.begin(organization).await?;
            let context = Context::load(roof, &mut tx).await?;
            for patient in some {
                if let Some(patient) = store::patient_lock(&mut tx, *patient).await? {
                    refold(roof, &mut tx, &context, patient, false).await?;
                }
            }
            tx.commit().await?;
        }
    }
    Ok(count)
}
