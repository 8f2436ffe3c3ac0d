//! An interface goes live: the visits ahead that came in while it was loading are taken up, a few patients at a time. How far
//! it has come stands in the database, so that a crash goes on where it stopped.

use care::id::{InterfaceId, OrganizationId};
use care::workflow::decide::go_live;
use store::Error;

use super::context::Context;
use super::record::act;
use crate::Roof;

/// Patients taken up in one commit.
const CHUNK: i64 = 25;

/// The next patients of every interface that is going live; how much was done.
pub async fn go_on(roof: &Roof) -> Result<usize, Error> {
    let mut done = 0;
    for (organization, interface) in roof.runner.interfaces_going_live().await? {
        done += take_up(roof, organization, interface).await?;
    }
    Ok(done)
}

async fn take_up(roof: &Roof, organization: OrganizationId, interface: InterfaceId) -> Result<usize, Error> {
    let mut tx = roof.runner.begin(organization).await?;
    let Some(live) = tx.hold_going_live(interface).await? else { return Ok(0) };
    let patients = tx.loaded_patients(interface, live.cursor, roof.now(), CHUNK).await?;
    let context = Context::load(roof, &mut tx).await?;
    for patient in &patients {
        if let Some(patient) = store::patient_lock(&mut tx, *patient).await? {
            act(roof, &mut tx, &context, patient, &mut |facts, ledger, ids| go_live(facts, ledger, true, ids)).await?;
        }
    }
    tx.went_live(interface, patients.last().copied()).await?;
    tx.commit().await?;
    roof.wake.notify_one();
    Ok(patients.len() + 1)
}
