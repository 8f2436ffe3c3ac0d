//! `stepwell notice`: by what right each item of the library is here, as the page /library/notice says it.

use clap::Args;

use super::DatabaseArgs;
use super::clinics::{quiet_roof, say, the_clinic};
use crate::clock::Clock;
use crate::library::{notice, shipped};

#[derive(Args)]
pub struct NoticeArgs {
    /// A clinic's library, with what is its own. Without it: what ships, and no database is opened.
    #[arg(long)]
    organization: Option<String>,
    #[command(flatten)]
    database: DatabaseArgs,
}

pub async fn run(args: NoticeArgs) -> Result<(), String> {
    let rows = match &args.organization {
        None => shipped(Clock::Wall.now()).0.into_iter().map(|item| item.row).collect(),
        Some(name) => {
            let database = args.database.open().await.map_err(|e| e.to_string())?;
            let roof = quiet_roof(&database);
            let read = async {
                let organization = the_clinic(&roof, Some(name)).await?;
                let mut tx = roof.app.begin(organization).await.map_err(|e| e.to_string())?;
                tx.newest().await.map_err(|e| e.to_string())
            };
            let rows = read.await;
            database.close().await.map_err(|e| e.to_string())?;
            rows?
        }
    };
    say(&notice::text(&notice::parts(rows)))
}
