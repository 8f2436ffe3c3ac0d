//! `stepwell import FILE --map NAME`: imports a file, or says what it would change.

use std::path::PathBuf;

use care::id::{LocationId, OrganizationId};
use clap::Args;
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use store::{ColumnMapRow, CompleteDays, ImportId, ImportState, NewImport, Why};
use wire::csv::{Kind, Mapping};

use super::DatabaseArgs;
use crate::Roof;
use crate::clock::Clock;
use crate::content::Templates;
use crate::runner::import::{self, Counts};
use crate::runner::watch::LARGEST;

#[derive(Args)]
pub struct ImportArgs {
    /// The file: one row per patient, episode or visit, the first line names the columns.
    file: PathBuf,
    /// The saved column map.
    #[arg(long)]
    map: String,
    /// What the file is about; refused when the map says something else.
    #[arg(long)]
    kind: Option<Kind>,
    /// The file holds every visit of these days, as in 2026-03-02..2026-03-06: a missing one is cancelled.
    #[arg(long)]
    complete: Option<String>,
    /// Of the days that are complete: only at this location; may be given several times.
    #[arg(long)]
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

pub async fn run(args: ImportArgs) -> Result<(), String> {
    let said = |what: String| format!("{}: {what}", args.file.display());
    let size = std::fs::metadata(&args.file).map_err(|e| said(e.to_string()))?.len();
    if size > LARGEST {
        return Err(said(format!("larger than {} MB: cut it into parts", LARGEST >> 20)));
    }
    let body = std::fs::read(&args.file).map_err(|e| said(e.to_string()))?;
    let days = args.complete.as_deref().map(days_of).transpose()?;
    let database = args.database.open().await.map_err(|e| e.to_string())?;
    let (templates, _) = Templates::load();
    let (app, runner) = (database.app.clone(), database.runner.clone());
    // It sends nothing: what follows from the file is sent by `serve`.
    let roof = Roof::new(app, runner, Clock::Wall, templates, None, 1, String::new(), [0; 32]);
    let done = import_file(&roof, &args, body, days).await;
    database.close().await.map_err(|e| e.to_string())?;
    for line in done.map_err(said)?.lines() {
        println!("{line}");
    }
    Ok(())
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
) -> Result<Counts, String> {
    let words = |e: store::Error| e.to_string();
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
        file_name: args.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        file_hash: Sha256::digest(&body).to_vec(),
        body,
        origin: None,
        received_at: roof.now(),
        received_by: None,
    };
    tx.insert_import(&new).await.map_err(words)?;
    tx.set_import(id, map.interface, &map.name, complete.as_ref(), args.allow_vanishing).await.map_err(words)?;
    if args.dry_run {
        tx.commit().await.map_err(words)?;
        let report = import::dry_run(roof, organization, id).await.map_err(words)?;
        let mut tx = roof.runner.begin(organization).await.map_err(words)?;
        tx.end_import(id, ImportState::Withdrawn, None, roof.now()).await.map_err(words)?;
        tx.commit().await.map_err(words)?;
        return match report.refused {
            Some(why) => Err(refused(&why)),
            None => Ok(report.tally.counts),
        };
    }
    import::begin(&mut tx, id, roof.now()).await.map_err(words)?;
    tx.commit().await.map_err(words)?;
    import::apply(roof, organization, id).await.map_err(words)?;
    let ended = roof.runner.begin(organization).await.map_err(words)?.import(id).await.map_err(words)?;
    let ended = ended.ok_or("the import is gone")?;
    match ended.why {
        Some(why) => Err(refused(&why)),
        None => Ok(serde_json::from_value(ended.counts).unwrap_or_default()),
    }
}

fn refused(why: &Why) -> String {
    let hint = if why.cause == "too_many_vanish" { " (--allow-vanishing)" } else { "" };
    format!("refused at {}: {}{hint}", why.place, why.cure)
}

/// The map by its name, and the clinic that saved it.
async fn map_of(roof: &Roof, args: &ImportArgs) -> Result<(OrganizationId, ColumnMapRow), String> {
    let mut found = vec![];
    for organization in roof.runner.organizations().await.map_err(|e| e.to_string())? {
        let mut tx = roof.runner.begin(organization).await.map_err(|e| e.to_string())?;
        if let Some(map) = tx.column_map(&args.map).await.map_err(|e| e.to_string())? {
            found.push((organization, map));
        }
    }
    let found = match found.len() {
        0 => return Err(format!("there is no column map `{}`: make it on the page /imports", args.map)),
        1 => found.remove(0),
        _ => {
            return Err(format!(
                "several clinics of this server have a map `{}`: import on the page /imports",
                args.map
            ));
        }
    };
    let mapping: Mapping = serde_json::from_value(found.1.body.clone()).map_err(|_| "the map cannot be read")?;
    match args.kind.filter(|kind| *kind != mapping.kind) {
        Some(kind) => Err(format!("the map `{}` is for {}, not for {}", args.map, mapping.kind.code(), kind.code())),
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
        found.map(|location| location.id).ok_or_else(|| format!("--at {name}: there is no such location"))
    };
    names.iter().map(place).collect::<Result<_, _>>().map(Some)
}
