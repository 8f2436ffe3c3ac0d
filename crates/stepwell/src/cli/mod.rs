//! **cli** — one binary, many commands. What outsiders may rely on is docs/COMMANDS.md.

mod account;
mod bounce;
mod clinics;
mod content;
mod demo;
mod doctor;
mod import;
mod migrate;
mod notice;
mod rehearse;
mod score;
mod serve;
mod setup;
mod simulate;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::database::{Database, DatabaseError, Place};

/// Automates what a clinic sends its patients and asks of them, and shows why.
#[derive(Parser)]
#[command(name = "stepwell", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start a made-up clinic on a clock you move yourself.
    Demo(demo::DemoArgs),
    /// Run everything: pages, listeners, the runner.
    Serve(serve::ServeArgs),
    /// Run the runner only, beside a `serve` on the same database.
    Worker(serve::WorkerArgs),
    /// Make a clinic from a file: organization, locations, staff, interfaces.
    Setup(setup::SetupArgs),
    /// Bring the database's schema up to date.
    Migrate(migrate::MigrateArgs),
    /// Accounts: which clinics share content.
    Account(account::AccountArgs),
    /// Check everything a person would check.
    Doctor(doctor::DoctorArgs),
    /// Import a file of patients, episodes or visits, or say what it would change.
    Import(import::ImportArgs),
    /// Write a clinic's library as files.
    Export(content::ExportArgs),
    /// Say by what right each item of the library is here.
    Notice(notice::NoticeArgs),
    /// Try a workflow on a clinic's own patients; nothing is sent or written.
    Rehearse(rehearse::RehearseArgs),
    /// Score one response to a questionnaire.
    Score(score::ScoreArgs),
    /// Take a mail that came back, as a mail server's pipe hands it over on standard input.
    Bounce(bounce::BounceArgs),
    /// Play a scenario file through the engine.
    Simulate(simulate::SimulateArgs),
}

/// Where the database is.
#[derive(Args, Clone)]
pub struct DatabaseArgs {
    /// The directory of the private database (made if missing).
    #[arg(long, env = "STEPWELL_DATA_DIR", default_value = "/var/lib/stepwell")]
    data_dir: PathBuf,
    /// A PostgreSQL server of your own instead of a private one, as in postgres://user:password@host/stepwell.
    #[arg(long, env = "STEPWELL_DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
    /// The directory of PostgreSQL's programs, if they are not found.
    #[arg(long, env = "STEPWELL_PG_BIN")]
    pg_bin: Option<PathBuf>,
}

impl DatabaseArgs {
    async fn open(&self) -> Result<Database, DatabaseError> {
        Database::open(match &self.database_url {
            Some(url) => Place::Url(url),
            None => Place::Private { data_dir: &self.data_dir, pg_bin: self.pg_bin.as_deref(), durable: true },
        })
        .await
    }
}

pub fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_env("STEPWELL_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,stepwell=info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(e) => return Failed::from(format!("no runtime: {e}")).end(),
    };
    let done: Result<(), Failed> = runtime.block_on(async {
        match cli.command {
            Command::Account(args) => account::run(args).await?,
            Command::Bounce(args) => bounce::run(args).await?,
            Command::Demo(args) => demo::run(args).await?,
            Command::Serve(args) => serve::run(args).await?,
            Command::Worker(args) => serve::work(args).await?,
            Command::Setup(args) => setup::run(args).await?,
            Command::Migrate(args) => migrate::run(args).await?,
            Command::Doctor(args) => doctor::run(args).await?,
            Command::Import(args) => import::run(args).await?,
            Command::Export(args) => content::export_folder(args).await?,
            Command::Notice(args) => notice::run(args).await?,
            Command::Rehearse(args) => rehearse::run(args).await?,
            Command::Score(args) => score::run(&args)?,
            Command::Simulate(args) => simulate::run(&args)?,
        }
        Ok(())
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => failed.end(),
    }
}

/// Why a command ends, and with which code.
struct Failed {
    code: ExitCode,
    message: String,
}

impl Failed {
    /// What was given cannot be read; a command line that cannot be read ends in the same way.
    fn unreadable(message: impl ToString) -> Self {
        Self { code: ExitCode::from(2), message: message.to_string() }
    }

    /// Another time it may work: EX_TEMPFAIL of sysexits.h, as a mail server knows it.
    fn for_now(message: impl ToString) -> Self {
        Self { code: ExitCode::from(75), message: message.to_string() }
    }

    fn end(self) -> ExitCode {
        eprintln!("stepwell: {}", self.message);
        self.code
    }
}

impl From<String> for Failed {
    fn from(message: String) -> Self {
        Self { code: ExitCode::FAILURE, message }
    }
}
