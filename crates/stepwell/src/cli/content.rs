//! `stepwell import content DIR` and `stepwell export content DIR`: the library of a clinic, or what an account shares,
//! from files and as files.

use std::fmt::Write;
use std::path::PathBuf;

use care::library::Scope;
use clap::{Args, Subcommand};
use store::Published;

use super::DatabaseArgs;
use super::account::the_account;
use super::clinics::{quiet_roof, say, the_clinic};
use crate::Roof;
use crate::library::Outcome;
use crate::library::account::{Shared, share};
use crate::library::export::{export, write};
use crate::library::import::{Folder, import};
use crate::library::shelves::OfAccount;

#[derive(Args)]
pub struct ContentArgs {
    /// The folder, laid out as `stepwell export content` writes it.
    dir: PathBuf,
    /// The clinic, by its name; needed only where there are several.
    #[arg(long)]
    organization: Option<String>,
    /// For all clinics of this account, which only read it.
    #[arg(long, conflicts_with = "organization")]
    account: Option<String>,
    /// Say what would change and change nothing.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    database: DatabaseArgs,
}

#[derive(Args)]
pub struct ExportArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Every item of the library in its newest version.
    Content(ExportContentArgs),
}

#[derive(Args)]
struct ExportContentArgs {
    /// A folder that is empty or not there yet.
    dir: PathBuf,
    /// The clinic, by its name; needed only where there are several.
    #[arg(long)]
    organization: Option<String>,
    /// What this account shares, instead of a clinic's library.
    #[arg(long, conflicts_with_all = ["organization", "own"])]
    account: Option<String>,
    /// Without what ships with Stepwell and what is the account's.
    #[arg(long)]
    own: bool,
    #[command(flatten)]
    database: DatabaseArgs,
}

pub async fn import_folder(args: ContentArgs) -> Result<(), String> {
    let folder = Folder::read(&args.dir).map_err(|e| format!("{}: {e}", args.dir.display()))?;
    let database = args.database.open().await.map_err(|e| e.to_string())?;
    let roof = quiet_roof(&database);
    let done = match &args.account {
        Some(account) => share_folder(&roof, account, &folder, args.dry_run).await,
        None => publish(&roof, args.organization.as_deref(), &folder, args.dry_run).await,
    };
    database.close().await.map_err(|e| e.to_string())?;
    let (mut said, refused) = done?;
    if args.dry_run {
        said.push_str("this was a dry run: nothing is changed\n");
    }
    say(&said)?;
    match refused {
        0 => Ok(()),
        refused => Err(format!("{refused} refused; what is not refused {}", loads(args.dry_run))),
    }
}

fn loads(dry_run: bool) -> &'static str {
    if dry_run { "would load" } else { "is loaded" }
}

fn refused(outcomes: &[Outcome]) -> usize {
    outcomes.iter().filter(|outcome| outcome.said.is_err()).count()
}

/// What is to be said of a folder that came into a clinic's library, and how much of it was refused.
async fn publish(
    roof: &Roof,
    organization: Option<&str>,
    folder: &Folder,
    dry_run: bool,
) -> Result<(String, usize), String> {
    let words = |e: store::Error| e.to_string();
    let mut tx = roof.app.begin(the_clinic(roof, organization).await?).await.map_err(words)?;
    let outcomes = import(&mut tx, folder, Scope::Organization, roof.now(), None).await.map_err(words)?;
    if !dry_run {
        tx.commit().await.map_err(words)?;
    }
    Ok((report(&outcomes), refused(&outcomes)))
}

/// The same of an account and its clinics.
async fn share_folder(roof: &Roof, account: &str, folder: &Folder, dry_run: bool) -> Result<(String, usize), String> {
    let words = |e: store::Error| e.to_string();
    let mut tx = roof.app.begin_account(the_account(roof, account).await?.0).await.map_err(words)?;
    let Shared { account, clinics } = share(&mut tx, folder, roof.now(), None).await.map_err(words)?;
    if !dry_run {
        tx.commit().await.map_err(words)?;
    }
    let said = clinics.iter().map(|(name, outcomes)| format!("\n{name}\n{}", report(outcomes)));
    let said = std::iter::once(report(&account)).chain(said).collect();
    Ok((said, refused(&account) + clinics.iter().map(|(_, outcomes)| refused(outcomes)).sum::<usize>()))
}

/// What is new or refused, one line each, and how much of everything.
pub fn report(outcomes: &[Outcome]) -> String {
    let (mut lines, mut counts) = (String::new(), [0; 4]);
    for Outcome { file, said } in outcomes {
        let (at, line) = match said {
            Ok((name, version, Published::New)) => (0, format!("new          {file}: {name}, version {version}\n")),
            Ok((name, version, Published::NewVersion(before))) => {
                (1, format!("new version  {file}: {name}, version {version} after {before}\n"))
            }
            Ok((_, _, Published::Unchanged | Published::Refused(_))) => (2, String::new()),
            Err(problem) => (3, format!("refused      {problem}\n")),
        };
        counts[at] += 1;
        lines.push_str(&line);
    }
    let [new, versions, unchanged, refused] = counts;
    let _ = writeln!(lines, "new: {new}, new versions: {versions}, unchanged: {unchanged}, refused: {refused}");
    lines
}

pub async fn export_folder(args: ExportArgs) -> Result<(), String> {
    let What::Content(args) = args.what;
    let database = args.database.open().await.map_err(|e| e.to_string())?;
    let roof = quiet_roof(&database);
    let read = async {
        let words = |e: store::Error| e.to_string();
        if let Some(name) = &args.account {
            let mut tx = roof.app.begin_account(the_account(&roof, name).await?.0).await.map_err(words)?;
            let shelf = tx.shelf().await.map_err(words)?;
            return export(&mut OfAccount::new(&mut tx, roof.now()), shelf).await.map_err(words);
        }
        let mut tx = roof.app.begin(the_clinic(&roof, args.organization.as_deref()).await?).await.map_err(words)?;
        let mut shelf = tx.shelf(None).await.map_err(words)?;
        shelf.retain(|(row, _)| !args.own || row.scope == Scope::Organization);
        export(&mut tx, shelf).await.map_err(words)
    };
    let read = read.await;
    database.close().await.map_err(|e| e.to_string())?;
    let files = read?;
    write(&args.dir, &files)?;
    say(&format!("{} files in {}\n", files.len(), args.dir.display()))
}
