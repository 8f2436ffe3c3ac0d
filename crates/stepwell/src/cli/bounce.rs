//! `stepwell bounce`: takes a mail that tells what became of another one, as a mail server's pipe hands it over.
//!
//! The mail server reads the exit code: 0 when there is nothing more to do with the mail, 75 when it should come again.

use std::io::Read;
use std::time::Duration;

use care::chart::Channel;
use clap::Args;
use delivery::email::Report;

use super::{DatabaseArgs, Failed};
use crate::Roof;
use crate::clock::Clock;
use crate::content::Templates;
use crate::database::Database;
use crate::runner::reports::{self, Taken};

#[derive(Args)]
pub struct BounceArgs {
    #[command(flatten)]
    database: DatabaseArgs,
}

/// So long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(8);
/// A report with the mail it is about; what is larger is cut off, and its own part stands first.
const LARGEST: u64 = 10 << 20;

pub async fn run(args: BounceArgs) -> Result<(), Failed> {
    let mut mail = vec![];
    let read = std::io::stdin().lock().take(LARGEST).read_to_end(&mut mail);
    read.map_err(|e| Failed::for_now(format!("the mail could not be read: {e}")))?;
    match Report::read(&mail) {
        Some(report) => println!("{}", words(take(&args, &report).await.map_err(Failed::for_now)?)),
        None => println!("this mail reports on no other one: nothing is done"),
    }
    Ok(())
}

async fn take(args: &BounceArgs, report: &Report) -> Result<Taken, String> {
    let database = open(&args.database).await?;
    let (app, runner) = (database.app.clone(), database.runner.clone());
    let mut roof = Roof::new(app, runner, Clock::Wall, Templates::load().0, None, 1, String::new(), [0; 32]);
    // It sends nothing; but a mail came back, so mails are sent: what waits is not to be planned as if they were not.
    roof.channels.insert(Channel::Email);
    let taken = reports::take(&roof, report).await.map_err(|e| e.to_string());
    database.close().await.map_err(|e| e.to_string())?;
    taken
}

/// A database elsewhere may be away; the mail server waits for an answer and would rather come again.
async fn open(place: &DatabaseArgs) -> Result<Database, String> {
    let database = match place.database_url {
        Some(_) => tokio::time::timeout(PATIENCE, place.open()).await.map_err(|_| {
            let seconds = PATIENCE.as_secs();
            format!("the database did not answer within {seconds} seconds: see that it runs; the mail is to come again")
        })?,
        None => place.open().await,
    };
    database.map_err(|e| e.to_string())
}

fn words(taken: Taken) -> &'static str {
    match taken {
        Taken::Suppressed => "nothing more goes to this address",
        Taken::Noted => "noted on the patient's page; the address goes on",
        Taken::Known => "this was known already",
        Taken::Unknown => "it is about a mail that was not sent from here: nothing is done",
        Taken::Elsewhere => "it names another address than the mail went to: nothing is done",
    }
}
