//! `stepwell import content DIR` and `stepwell export content DIR`: a clinic's library from files and as files.

use std::fmt::Write;
use std::path::PathBuf;

use care::id::OrganizationId;
use care::library::Scope;
use clap::{Args, Subcommand};
use store::Published;

use super::DatabaseArgs;
use super::clinics::{quiet_roof, say, the_clinic};
use crate::Roof;
use crate::library::Outcome;
use crate::library::export::{self, write};
use crate::library::import::{Folder, import};

#[derive(Args)]
pub struct ContentArgs {
    /// The folder, laid out as `stepwell export content` writes it.
    dir: PathBuf,
    /// The clinic, by its name; needed only where there are several.
    #[arg(long)]
    organization: Option<String>,
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
    /// Without what ships with Stepwell.
    #[arg(long)]
    own: bool,
    #[command(flatten)]
    database: DatabaseArgs,
}

pub async fn import_folder(args: ContentArgs) -> Result<(), String> {
    let folder = Folder::read(&args.dir).map_err(|e| format!("{}: {e}", args.dir.display()))?;
    let database = args.database.open().await.map_err(|e| e.to_string())?;
    let roof = quiet_roof(&database);
    let done = async {
        let organization = the_clinic(&roof, args.organization.as_deref()).await?;
        publish(&roof, organization, &folder, args.dry_run).await.map_err(|e| e.to_string())
    };
    let done = done.await;
    database.close().await.map_err(|e| e.to_string())?;
    let outcomes = done?;
    say(&report(&outcomes, args.dry_run))?;
    match outcomes.iter().filter(|outcome| outcome.said.is_err()).count() {
        0 => Ok(()),
        refused => Err(format!("{refused} refused; what is not refused {}", loads(args.dry_run))),
    }
}

fn loads(dry_run: bool) -> &'static str {
    if dry_run { "would load" } else { "is loaded" }
}

async fn publish(
    roof: &Roof,
    organization: OrganizationId,
    folder: &Folder,
    dry_run: bool,
) -> Result<Vec<Outcome>, store::Error> {
    let mut tx = roof.app.begin(organization).await?;
    let outcomes = import(&mut tx, folder, Scope::Organization, roof.now(), None).await?;
    if !dry_run {
        tx.commit().await?;
    }
    Ok(outcomes)
}

/// What is new or refused, one line each, and how much of everything.
fn report(outcomes: &[Outcome], dry_run: bool) -> String {
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
    if dry_run {
        lines.push_str("this was a dry run: nothing is changed\n");
    }
    lines
}

pub async fn export_folder(args: ExportArgs) -> Result<(), String> {
    let What::Content(args) = args.what;
    let database = args.database.open().await.map_err(|e| e.to_string())?;
    let roof = quiet_roof(&database);
    let read = async {
        let organization = the_clinic(&roof, args.organization.as_deref()).await?;
        let mut tx = roof.app.begin(organization).await.map_err(|e| e.to_string())?;
        export::export(&mut tx, args.own).await.map_err(|e| e.to_string())
    };
    let read = read.await;
    database.close().await.map_err(|e| e.to_string())?;
    let files = read?;
    write(&args.dir, &files)?;
    say(&format!("{} files in {}\n", files.len(), args.dir.display()))
}
