//! `stepwell doctor`: checks everything a person would check, and with `--refold` rebuilds the chart tables.

use care::chart::Snapshot;
use care::id::OrganizationId;
use clap::Args;
use store::Store;

use super::DatabaseArgs;
use crate::clock::Clock;
use crate::content::Templates;
use crate::ids;
use crate::roof::{parse, stored_workflows};
use crate::runner::courses;

#[derive(Args)]
pub struct DoctorArgs {
    #[command(flatten)]
    database: DatabaseArgs,
    /// Rebuild the chart tables from the stored changes.
    #[arg(long)]
    refold: bool,
}

pub async fn run(args: DoctorArgs) -> Result<(), String> {
    // Opening refuses a superuser, a version mismatch and a schema that cannot be brought up.
    let database = args.database.open().await.map_err(|e| e.to_string())?;
    println!("ok   the database is reached under plain roles, and its schema is up to date");
    let mut ill = 0;
    let (_, broken) = Templates::load();
    for bad in &broken {
        println!("ill  {bad}");
        ill += 1;
    }
    for (key, body) in crate::content::workflows() {
        if let Err(e) = care::workflow::Workflow::parse(&body) {
            println!("ill  workflow {key}: {e}");
            ill += 1;
        }
    }
    for organization in database.app.organizations().await.map_err(|e| e.to_string())? {
        check(&database.app, organization).await.map_err(|e| e.to_string())?;
        if args.refold {
            let count = refold(&database.app, organization).await.map_err(|e| e.to_string())?;
            println!("ok   {organization}: {count} charts folded anew");
        }
    }
    database.close().await.map_err(|e| e.to_string())?;
    if ill == 0 { Ok(()) } else { Err(format!("{ill} things want attention")) }
}

async fn check(store: &Store, organization: OrganizationId) -> Result<(), store::Error> {
    let mut tx = store.begin(organization).await?;
    let (messages, steps, deliveries) = tx.left_undone(Clock::Wall.now()).await?;
    let refused = tx.refused_messages().await?.len();
    let notices = tx.open_notices().await?.len();
    println!("     {organization}: {messages} messages wait, {steps} steps and {deliveries} deliveries are due");
    for (count, what) in [(refused, "refused messages"), (notices, "items on the work list")] {
        println!("{}  {organization}: {count} {what}", if count == 0 { "ok " } else { "see" });
    }
    Ok(())
}

/// The changes are the truth, the chart tables their fold: whatever happened to these, this puts them right.
async fn refold(store: &Store, organization: OrganizationId) -> Result<usize, store::Error> {
    let patients = store.begin(organization).await?.patient_ids().await?;
    for patient in &patients {
        let mut tx = store.begin(organization).await?;
        let clinic = tx.clinic().await?.clinic;
        let watch = stored_workflows(&mut tx, &mut parse).await?.watch();
        if store::patient_lock(&mut tx, *patient).await? == Some(*patient) {
            let now = Clock::Wall.now();
            let snapshot = Snapshot::of(&tx.changes(*patient).await?, &clinic, &watch, now);
            tx.write_chart(*patient, &snapshot, &mut || ids::new_id(now)).await?;
            courses::write(&mut tx, &clinic, *patient, &snapshot.chart).await?;
            tx.commit().await?;
        }
    }
    Ok(patients.len())
}
