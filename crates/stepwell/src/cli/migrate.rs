//! `stepwell migrate`: brings the schema up, so that `serve` need not be the one to do it.

use clap::Args;

use super::DatabaseArgs;

#[derive(Args)]
pub struct MigrateArgs {
    #[command(flatten)]
    database: DatabaseArgs,
}

pub async fn run(args: MigrateArgs) -> Result<(), String> {
    let database = args.database.open().await.map_err(|e| e.to_string())?;
    println!("the schema is up to date");
    database.close().await.map_err(|e| e.to_string())
}
