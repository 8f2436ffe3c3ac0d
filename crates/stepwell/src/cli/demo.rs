//! `stepwell demo`.

use std::path::PathBuf;

use care::zone::CivilMoment;
use clap::Args;
use jiff::civil::time;
use jiff::{SignedDuration, Timestamp};

use crate::demo::{self, EMAIL, FIRST_DAY, PASSWORD, Started, Wanted};
use crate::server::told_to_stop;

#[derive(Args)]
pub struct DemoArgs {
    /// Play the days at once, print what was done and why, and end.
    #[arg(long)]
    once: bool,
    /// How many days the story lasts.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(i64).range(1..=400))]
    days: i64,
    /// Where the pages listen.
    #[arg(long, env = "STEPWELL_DEMO_LISTEN", default_value = "127.0.0.1:8080")]
    listen: String,
    /// Another seed tells another story.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Where the demo keeps its private database; it starts anew each time.
    #[arg(long, env = "STEPWELL_DEMO_DATA_DIR")]
    data_dir: Option<PathBuf>,
    /// The directory of PostgreSQL's programs, if they are not found.
    #[arg(long, env = "STEPWELL_PG_BIN")]
    pg_bin: Option<PathBuf>,
}

pub async fn run(args: DemoArgs) -> Result<(), String> {
    let listen = if args.once { "127.0.0.1:0".to_owned() } else { args.listen };
    let data_dir = args.data_dir.unwrap_or_else(|| default_dir(args.once));
    let wanted = Wanted { data_dir, pg_bin: args.pg_bin, listen, seed: args.seed, days: args.days };
    let started = demo::start(&wanted).await?;
    let first =
        CivilMoment { civil: FIRST_DAY.to_datetime(time(8, 0, 0, 0)), zone: "America/New_York".into() }.instant();
    let done = if args.once { play_once(&started, first, args.days).await } else { show(&started, first).await };
    started.server.stop().await;
    started.database.close().await.map_err(|e| e.to_string())?;
    done
}

/// One that plays at once must not disturb one that is being looked at.
fn default_dir(once: bool) -> PathBuf {
    std::env::temp_dir().join(if once { "stepwell-demo-once" } else { "stepwell-demo" })
}

async fn show(started: &Started, first: Timestamp) -> Result<(), String> {
    println!("open {}", started.roof.base_url);
    println!("sign in {EMAIL} {PASSWORD}");
    println!("Ctrl-C ends the demo; it starts anew each time.");
    let playing = started.demo.move_clock(&started.roof, first);
    tokio::select! {
        // The days before the first morning are played while the pages are there already.
        played = playing => {
            played.map_err(|e| e.to_string())?;
            told_to_stop().await;
        }
        () = told_to_stop() => {}
    }
    Ok(())
}

async fn play_once(started: &Started, first: Timestamp, days: i64) -> Result<(), String> {
    let last = first.checked_add(SignedDuration::from_hours(24 * days)).map_err(|e| e.to_string())?;
    started.demo.move_clock(&started.roof, last).await.map_err(|e| e.to_string())?;
    let mut tx = started.roof.app.begin(started.made.organization).await.map_err(|e| e.to_string())?;
    println!("{:<18} {:<10} {:<28} {:>6}", "workflow", "verdict", "reason", "count");
    for row in tx.decision_counts(None).await.map_err(|e| e.to_string())? {
        println!("{:<18} {:<10} {:<28} {:>6}", row.workflow, row.verdict, row.reason.unwrap_or_default(), row.count);
    }
    println!("{} mails arrived", started.demo.mailbox.count());
    Ok(())
}
