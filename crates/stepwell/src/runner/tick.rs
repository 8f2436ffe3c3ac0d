//! Performs due steps: claims a batch, asks the engine under each patient's row lock, commits verdicts together.

use std::collections::BTreeMap;

use care::id::{OrganizationId, PatientId};
use care::workflow::perform::perform;
use care::workflow::{Effect, Facts, Ledger};
use jiff::Timestamp;
use store::{Claimed, Error, OrgTx};
use uuid::Uuid;

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
    let mut held = false;
    for claimed in steps {
        // Another worker took it over, or it has ended: a stale timer does nothing.
        held |= tx.holds_step(claimed).await?;
    }
    // Everything that is due, in the order of what it is: which was claimed with which is chance.
    while held {
        let mut gave = false;
        act(roof, tx, context, patient, &mut |facts, ledger, ids| {
            let effects = perform_due(facts, ledger, ids);
            gave = effects.iter().any(|effect| matches!(effect, Effect::Assigned { .. }));
            effects
        })
        .await?;
        // What was assigned has changed the chart.
        held = gave;
    }
    Ok(())
}

/// Performs what is due, one step after the other, up to the first that assigns something.
fn perform_due(facts: &Facts, ledger: &mut Ledger, ids: &mut dyn FnMut() -> Uuid) -> Vec<Effect> {
    let mut effects = vec![];
    while let Some(step) = ledger.due_step(facts.now) {
        effects.extend(perform(facts, ledger, step, ids));
        if effects.iter().any(|effect| matches!(effect, Effect::Assigned { .. })) {
            break;
        }
    }
    effects
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
                    let loading = context.only_loads(&mut tx, patient).await?;
                    refold(roof, &mut tx, &context, patient, loading).await?;
                }
            }
            tx.commit().await?;
        }
    }
    Ok(count)
}
