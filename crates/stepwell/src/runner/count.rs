//! How many patients a group has now, asked of the database: [`store::OrgTx::count_group`] over a projection that is whole.

use care::chart::Snapshot;
use care::id::OrganizationId;
use care::workflow::group::Group;
use store::Error;

use super::courses;
use crate::Roof;

/// Patients folded anew in one transaction.
const TOGETHER: i64 = 100;

/// The patients of the group, merged records aside.
pub async fn count(roof: &Roof, organization: OrganizationId, group: &Group) -> Result<i64, Error> {
    catch_up(roof, organization).await?;
    let mut tx = roof.app.begin(organization).await?;
    tx.count_group(group, roof.now()).await
}

/// Folds the patients whose projection an older Stepwell wrote; how many those were. Only the chart's tables are written:
/// a newer program is no event, and starts nothing.
pub async fn catch_up(roof: &Roof, organization: OrganizationId) -> Result<usize, Error> {
    let mut done = 0;
    loop {
        let mut tx = roof.runner.begin(organization).await?;
        let outdated = tx.lock_outdated(TOGETHER).await?;
        if outdated.is_empty() {
            return Ok(done);
        }
        let clinic = tx.clinic().await?.clinic;
        let watch = roof.workflows(&mut tx).await?.watch();
        for patient in &outdated {
            let snapshot = Snapshot::of(&tx.changes(*patient).await?, &clinic, &watch, roof.now());
            tx.write_chart(*patient, &snapshot, &mut || roof.new_id()).await?;
            courses::write(&mut tx, &clinic, *patient, &snapshot.chart).await?;
        }
        tx.commit().await?;
        done += outdated.len();
    }
}

/// For every organization, at the start of a server. It goes on beside the other work; a count that comes first does its own.
pub async fn catch_up_all(roof: &Roof) -> Result<(), Error> {
    for organization in roof.runner.organizations().await? {
        let patients = catch_up(roof, organization).await?;
        if patients > 0 {
            tracing::info!(patients, "what groups are counted by was brought up to date");
        }
    }
    Ok(())
}
