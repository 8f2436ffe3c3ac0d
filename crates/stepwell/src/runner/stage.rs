//! An organization as it stands in the database, brought onto the stage: there one may look what would become of it.

use care::chart::ContactPoint;
use care::id::PatientId;
use care::rehearsal::{Player, Stage};
use store::{Error, OrgTx};

use super::context::Context;
use crate::Roof;

/// The clinic with these patients: all that was said of them and decided for them so far. Nothing is asked of the engine
/// yet.
pub async fn stage(roof: &Roof, tx: &mut OrgTx, patients: &[PatientId]) -> Result<Stage, Error> {
    let context = Context::load(roof, tx).await?;
    let mut stage = Stage::new(context.organization.clinic, context.workflows, context.channels, roof.now());
    let point = |(channel, value): (String, String)| Some(ContactPoint { channel: channel.parse().ok()?, value });
    stage.suppressed = tx.all_suppressed().await?.into_iter().filter_map(point).collect();
    for patient in patients {
        let player = Player::new(tx.changes(*patient).await?, tx.ledger(*patient).await?);
        stage.enter(*patient, player);
    }
    Ok(stage)
}
