//! `stepwell import FILE --map NAME`: imports a file, or says what it would change.

use std::path::PathBuf;
use std::time::Duration;

use care::id::{LocationId, OrganizationId};
use clap::{Args, Subcommand};
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use store::{
    ColumnMapRow, CompleteDays, Error, ImportId, ImportRow, ImportState, InterfaceRow, InterfaceState, NewImport, Why,
};
use wire::csv::{Kind, Mapping};

use super::DatabaseArgs;
use super::clinics::{clinics, names, quiet_roof, say};
use super::content::{self, ContentArgs};
use crate::Roof;
use crate::runner::import::{self, Counts, Group, Tally};
use crate::runner::watch::LARGEST;

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct ImportArgs {
    #[command(subcommand)]
    instead: Option<Instead>,
    /// The file: one row per patient, episode or visit, the first line names the columns.
    #[arg(required = true)]
    file: Option<PathBuf>,
    /// The saved column map.
    #[arg(long, required = true)]
    map: Option<String>,
    /// The clinic, by its name; needed only where several have such a map.
    #[arg(long)]
    organization: Option<String>,
    /// What the file is about; refused when the map says something else.
    #[arg(long)]
    kind: Option<Kind>,
    /// The file holds every visit of these days, as in 2026-03-02..2026-03-06: a missing one is cancelled.
    #[arg(long)]
    complete: Option<String>,
    /// Of the days that are complete: only at this location; may be given several times.
    #[arg(long, requires = "complete")]
    at: Vec<String>,
    /// Say what would change and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Import a file that makes more than 15 in 100 visits vanish: they are really cancelled.
    #[arg(long)]
    allow_vanishing: bool,
    #[command(flatten)]
    database: DatabaseArgs,
}

#[derive(Subcommand)]
enum Instead {
    /// Import a folder of the library, or say what it would change.
    Content(ContentArgs),
}

pub async fn run(args: ImportArgs) -> Result<(), String> {
    if let Some(Instead::Content(args)) = args.instead {
        return content::import_folder(args).await;
    }
    let file = args.file.clone().unwrap_or_default();
    let said = |what: String| format!("{}: {what}", file.display());
    let size = std::fs::metadata(&file).map_err(|e| said(e.to_string()))?.len();
    if size > LARGEST {
        return Err(said(format!("larger than {} MB: cut it into parts", LARGEST >> 20)));
    }
    let body = std::fs::read(&file).map_err(|e| said(e.to_string()))?;
    let days = args.complete.as_deref().map(days_of).transpose()?;
    let database = args.database.open().await.map_err(|e| e.to_string())?;
    let done = import_file(&quiet_roof(&database), &args, body, days).await;
    database.close().await.map_err(|e| e.to_string())?;
    say(&done.map_err(said)?.into_iter().map(|line| line + "\n").collect::<String>())
}

/// 2026-03-02..2026-03-06, or one day.
fn days_of(text: &str) -> Result<(Date, Date), String> {
    let (from, until) = text.split_once("..").unwrap_or((text, text));
    let day = |text: &str| {
        text.trim().parse::<Date>().map_err(|_| format!("--complete {text}: write the days as 2026-03-02..2026-03-06"))
    };
    let (from, until) = (day(from)?, day(until)?);
    if from > until { Err("--complete: the first day is after the last".into()) } else { Ok((from, until)) }
}

async fn import_file(
    roof: &Roof,
    args: &ImportArgs,
    body: Vec<u8>,
    days: Option<(Date, Date)>,
) -> Result<Vec<String>, String> {
    let words = |e: Error| e.to_string();
    let (organization, map) = map_of(roof, args).await?;
    let mut tx = roof.runner.begin(organization).await.map_err(words)?;
    let complete = match days {
        Some((from, until)) => Some(CompleteDays { from, until, at: places(&mut tx, &args.at).await? }),
        None => None,
    };
    let id = ImportId(roof.new_id());
    let new = NewImport {
        id,
        interface: map.interface,
        map: Some(map.name.clone()),
        file_name: args
            .file
            .as_ref()
            .and_then(|file| file.file_name())
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default(),
        file_hash: Sha256::digest(&body).to_vec(),
        body,
        origin: None,
        received_at: roof.now(),
        received_by: None,
    };
    tx.insert_import(&new).await.map_err(words)?;
    tx.set_import(id, map.interface, &map.name, complete.as_ref(), args.allow_vanishing).await.map_err(words)?;
    if !args.dry_run {
        import::begin(&mut tx, id, roof.now()).await.map_err(words)?;
    }
    tx.commit().await.map_err(words)?;
    let done = if args.dry_run { tried(roof, organization, id).await } else { imported(roof, organization, id).await };
    done.map_err(words)?.map_err(|why| refused(&why))
}

async fn tried(roof: &Roof, organization: OrganizationId, id: ImportId) -> Result<Result<Vec<String>, Why>, Error> {
    let report = import::dry_run(roof, organization, id).await?;
    let mut tx = roof.runner.begin(organization).await?;
    tx.end_import(id, ImportState::Withdrawn, None, roof.now()).await?;
    tx.commit().await?;
    Ok(report.refused.map_or_else(|| Ok(would_change(&report.tally)), Err))
}

async fn imported(roof: &Roof, organization: OrganizationId, id: ImportId) -> Result<Result<Vec<String>, Why>, Error> {
    let progress = async {
        loop {
            tokio::time::sleep(Duration::from_secs(2)).await;
            show_progress(roof, organization, id).await;
        }
    };
    tokio::select! {
        done = import::apply(roof, organization, id) => done?,
        () = progress => {}
    }
    let mut tx = roof.runner.begin(organization).await?;
    let import = tx.import(id).await?.ok_or(Error::Refused("the import is gone".into()))?;
    if let Some(why) = import.why {
        return Ok(Err(why));
    }
    let mut lines = serde_json::from_value::<Counts>(import.counts).unwrap_or_default().lines_when_done();
    let is_loading = |feed: &InterfaceRow| feed.id == import.interface && feed.state == InterfaceState::Loading;
    if tx.interfaces().await?.iter().any(is_loading) {
        lines.push("its interface is loading: nothing follows until it goes live, on the page /interfaces".into());
    }
    Ok(Ok(lines))
}

/// No patient is named; the refused rows are said here, since no page will have them.
fn would_change(tally: &Tally) -> Vec<String> {
    let mut lines = tally.counts.lines();
    let refused = tally.examples.iter().filter(|example| example.group == Group::RefusedRows);
    lines.extend(refused.map(|example| format!("  {}", example.words)));
    lines.push("this was a dry run: nothing is changed".into());
    lines
}

/// A large file takes minutes.
async fn show_progress(roof: &Roof, organization: OrganizationId, id: ImportId) {
    let Ok(mut tx) = roof.runner.begin(organization).await else { return };
    if let Ok(Some(ImportRow { done: Some(done), patients: Some(of), .. })) = tx.import(id).await {
        eprintln!("{done} of {of} patients");
    }
}

fn refused(why: &Why) -> String {
    let hint = if why.cause == "too_many_vanish" { " (--allow-vanishing)" } else { "" };
    format!("refused at {}: {}{hint}", why.place, why.cure)
}

/// The map by its name, and the clinic that saved it.
async fn map_of(roof: &Roof, args: &ImportArgs) -> Result<(OrganizationId, ColumnMapRow), String> {
    let wanted = args.map.as_deref().unwrap_or_default();
    let mut found = vec![];
    let mut others = vec![];
    for (name, organization) in clinics(roof, args.organization.as_deref()).await? {
        let mut tx = roof.runner.begin(organization).await.map_err(|e| e.to_string())?;
        for map in tx.column_maps().await.map_err(|e| e.to_string())? {
            if map.name == wanted {
                found.push(((name.clone(), organization), map));
            } else {
                others.push(map.name);
            }
        }
    }
    let found = match found.len() {
        0 if others.is_empty() => {
            return Err(format!("there is no column map `{}`, nor another: make it on the page /imports", wanted));
        }
        0 => return Err(format!("there is no column map `{}`; there are: {}", wanted, others.join(", "))),
        1 => {
            let ((_, organization), map) = found.remove(0);
            (organization, map)
        }
        _ => {
            let clinics: Vec<_> = found.into_iter().map(|(clinic, _)| clinic).collect();
            let names = names(&clinics);
            return Err(format!("several clinics have a map `{}`; say which with --organization: {names}", wanted));
        }
    };
    let mapping: Mapping = serde_json::from_value(found.1.body.clone()).map_err(|_| "the map cannot be read")?;
    match args.kind.filter(|kind| *kind != mapping.kind) {
        Some(kind) => Err(format!("the map `{}` is for {}, not for {}", wanted, mapping.kind.code(), kind.code())),
        None => Ok(found),
    }
}

async fn places(tx: &mut store::OrgTx, names: &[String]) -> Result<Option<Vec<LocationId>>, String> {
    if names.is_empty() {
        return Ok(None);
    }
    let clinic = tx.clinic().await.map_err(|e| e.to_string())?.clinic;
    let place = |name: &String| {
        let found = clinic.locations.values().find(|location| location.name.eq_ignore_ascii_case(name));
        found.map(|location| location.id).ok_or_else(|| {
            let known: Vec<_> = clinic.locations.values().map(|location| location.name.as_str()).collect();
            format!("--at {name}: no such location; there are: {}", known.join(", "))
        })
    };
    names.iter().map(place).collect::<Result<_, _>>().map(Some)
}
