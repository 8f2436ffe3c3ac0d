//! `stepwell setup FILE`: makes a clinic.

use std::path::PathBuf;

use clap::Args;

use super::DatabaseArgs;
use crate::clock::Clock;
use crate::setup::Setup;

#[derive(Args)]
pub struct SetupArgs {
    /// The clinic's file; docs/OPERATIONS.md has one to start from.
    file: PathBuf,
    #[command(flatten)]
    database: DatabaseArgs,
}

pub async fn run(args: SetupArgs) -> Result<(), String> {
    let said = |what: String| format!("{}: {what}", args.file.display());
    let text = std::fs::read_to_string(&args.file).map_err(|e| said(e.to_string()))?;
    let setup = Setup::parse(&text).map_err(said)?;
    let database = args.database.open().await.map_err(|e| e.to_string())?;
    let made = setup.make(&database.app, Clock::Wall.now()).await.map_err(said)?;
    println!("made organization {} with {} locations", made.organization, made.locations.len());
    match setup.active() {
        [] => println!("its workflows are inactive: `stepwell serve`, sign in, switch on what you want"),
        active => println!("active workflows: {}", active.join(", ")),
    }
    database.close().await.map_err(|e| e.to_string())
}
