//! New versions of workflows: those of a newer Stepwell, and the clinic's own.

use std::sync::Arc;

use care::id::StaffId;
use care::workflow::{Edit, InFlight, Workflow};
use store::{Error, OrgTx};

use crate::{Roof, library};

/// A version of the clinic's own.
pub struct Own<'a> {
    pub key: &'a str,
    pub text: &'a str,
    pub workflow: Arc<Workflow>,
    /// The newest version the editor saw; 0: there was none.
    pub base: u32,
    pub in_flight: InFlight,
    pub by: Option<StaffId>,
}

/// Publishes it and says what becomes of the runs in flight. Their patients are looked at in the background: who they are
/// is written with the version, so that a crash forgets none. `None` if somebody else was first.
pub async fn publish_own(roof: &Roof, tx: &mut OrgTx, own: Own<'_>) -> Result<Option<u32>, Error> {
    tx.change_workflows().await?;
    let mut all = roof.workflows(tx).await?;
    let before = all.watch();
    let now = roof.now();
    let Some(version) = tx.publish_own(own.key, own.text, own.base, own.by, now).await? else { return Ok(None) };
    if own.base > 0 {
        tx.write_edit(own.key, &Edit { at: now, to: version, in_flight: own.in_flight }, own.by).await?;
        if own.in_flight != InFlight::Stay {
            let patients = tx.patients_in_flight(own.key).await?;
            tx.wake_patients(&patients, now).await?;
        }
    }
    all.0.entry(own.key.to_owned()).or_default().versions.insert(version, own.workflow);
    if all.watch() != before {
        tx.wake_everybody(now).await?;
    }
    Ok(Some(version))
}

/// A newer Stepwell brings newer global workflows: published as versions, never switched on by themselves, and never
/// over a version of the clinic's own.
pub async fn publish_shipped(roof: &Roof, texts: &[(String, String)]) -> Result<(), Error> {
    for organization in roof.app.organizations().await? {
        let mut tx = roof.app.begin(organization).await?;
        tx.change_workflows().await?;
        let mut all = roof.workflows(&mut tx).await?;
        let before = all.watch();
        for (key, text) in texts {
            if tx.publish_workflow(key, text, roof.now()).await? {
                let workflow = Workflow::parse(text).map_err(|_| Error::unreadable("workflows", "body"))?;
                all.0.entry(key.clone()).or_default().versions.insert(u32::MAX, Arc::new(workflow));
            }
        }
        library::publish_shipped(&mut tx, roof.now()).await?;
        if all.watch() != before {
            tx.wake_everybody(roof.now()).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}
