//! Importing files: upload, look at what would change, import.

use axum::body::to_bytes;
use axum::extract::{Path, Request, State};
use axum::response::{Html, IntoResponse, Response};
use care::id::InterfaceId;
use pages::Nav;
use pages::staff::{Choice, CountLine, ExampleGroup, Import, ImportCheck, ImportRefusal, ImportRow as Row, Imports};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use store::{ImportId, ImportRow, ImportState, InterfaceRow, InterfaceState, NewImport, OrgTx, Why};
use wire::csv::Feed;
use wire::hl7v2::Interface;

use super::actor::Actor;
use super::error::WebError;
use super::form::Posted;
use super::permission::Permission;
use super::upload::{LARGEST_FILE, LARGEST_FORM, boundary, parts};
use super::{Web, form, render, times, words};
use crate::runner::import::{self, Count, Counts, Group};

/// The list shows the newest.
const SHOWN: i64 = 100;

pub async fn list(State(web): State<Web>, actor: Actor) -> Result<Html<String>, WebError> {
    actor.may(Permission::ImportFiles)?;
    listed(&web, &actor, None).await
}

async fn listed(web: &Web, actor: &Actor, error: Option<String>) -> Result<Html<String>, WebError> {
    let mut tx = actor.begin(web).await?;
    let clinic = tx.clinic().await?.clinic;
    let imports = tx.imports(SHOWN).await?;
    let feeds = feeds(&mut tx).await?;
    render::html(&Imports {
        frame: actor.frame(web, &clinic, "Imports", Nav::Imports),
        rows: imports.iter().map(|import| row(import, &clinic.zone)).collect(),
        largest: format!("{} MB", LARGEST_FILE >> 20),
        feeds: feeds.iter().map(|(feed, _)| Choice::new(&feed.id.to_string(), &feed.name)).collect(),
        error,
    })
}

/// The interfaces that are fed by files.
pub async fn feeds(tx: &mut OrgTx) -> Result<Vec<(InterfaceRow, Interface)>, WebError> {
    let all = tx.interfaces().await?.into_iter();
    let read = all.filter_map(|feed| {
        let settings: Interface = serde_json::from_value(feed.settings.clone()).ok()?;
        settings.csv.is_some().then_some((feed, settings))
    });
    Ok(read.collect())
}

/// Keeps the file; nothing of it is applied.
pub async fn upload(State(web): State<Web>, actor: Actor, request: Request) -> Result<Response, WebError> {
    actor.may(Permission::ImportFiles)?;
    let missing = || WebError::bad_form("No file came with the form. Choose one, then upload it.");
    let boundary = boundary(request.headers()).ok_or_else(missing)?;
    let body =
        to_bytes(request.into_body(), LARGEST_FORM).await.map_err(|_| WebError::bad_form("The file is too large."))?;
    let parts = parts(&boundary, &body);
    let file = parts.iter().find(|part| part.name == "file" && !part.body.is_empty()).ok_or_else(missing)?;
    if file.body.len() > LARGEST_FILE {
        let said =
            format!("The file is larger than {} MB. Cut it into parts, or use `stepwell import`.", LARGEST_FILE >> 20);
        return Ok(listed(&web, &actor, Some(said)).await?.into_response());
    }
    if let Err(refusal) = wire::csv::look(file.body) {
        let said = format!("{}: {}", words::content(refusal.cause.words()), refusal.cure);
        return Ok(listed(&web, &actor, Some(said)).await?.into_response());
    }
    let wanted = parts.iter().find(|part| part.name == "feed");
    let wanted = wanted.and_then(|part| std::str::from_utf8(part.body).ok()?.parse::<InterfaceId>().ok());
    web.let_time_pass().await?;
    let mut tx = actor.begin(&web).await?;
    let id = ImportId(web.roof.new_id());
    let interface = feed_of(&web, &mut tx, wanted).await?;
    let name = file.file_name.as_deref().and_then(|name| name.rsplit(['/', '\\']).next()).and_then(form::filled);
    tx.insert_import(&NewImport {
        id,
        interface,
        map: None,
        file_name: name.unwrap_or("file.csv").chars().take(200).collect(),
        file_hash: Sha256::digest(file.body).to_vec(),
        body: file.body.to_vec(),
        origin: None,
        received_at: web.roof.now(),
        received_by: Some(actor.staff),
    })
    .await?;
    tx.commit().await?;
    Ok(render::see(&format!("/imports/{id}/columns"), None))
}

/// The interface that is meant; the first file makes one, which loads until somebody goes live.
async fn feed_of(web: &Web, tx: &mut OrgTx, wanted: Option<InterfaceId>) -> Result<InterfaceId, WebError> {
    let there = feeds(tx).await?;
    let found = there.iter().find(|(feed, _)| Some(feed.id) == wanted).or(there.first());
    if let Some((feed, _)) = found {
        return Ok(feed.id);
    }
    let (id, zone) = (InterfaceId(web.roof.new_id()), tx.clinic().await?.clinic.zone);
    let settings = Interface { csv: Some(Feed::default()), ..Interface::new(id, &zone) };
    let settings = serde_json::to_value(&settings).map_err(|e| WebError::internal(&e))?;
    tx.put_interface(&InterfaceRow {
        id,
        name: "Files".into(),
        listen: None,
        state: InterfaceState::Loading,
        live_since: None,
        settings,
    })
    .await?;
    Ok(id)
}

pub async fn import_of(tx: &mut OrgTx, id: &str) -> Result<ImportRow, WebError> {
    let id: ImportId = form::id(id, "import")?;
    tx.import(id).await?.ok_or(WebError::not_found("import"))
}

pub async fn show(State(web): State<Web>, actor: Actor, Path(id): Path<String>) -> Result<Response, WebError> {
    actor.may(Permission::ImportFiles)?;
    let mut tx = actor.begin(&web).await?;
    let import = import_of(&mut tx, &id).await?;
    if import.state == ImportState::Uploaded {
        let next = if import.map.is_some() { "dry-run" } else { "columns" };
        return Ok(render::see(&format!("/imports/{}/{next}", import.id), None));
    }
    let clinic = tx.clinic().await?.clinic;
    let refused_rows = tx.refused_rows(import.id).await?;
    let counts = (import.done.is_some()).then(|| counts_of(&import));
    let number = |n: Option<i32>| u32::try_from(n.unwrap_or(0)).unwrap_or(0);
    let (state, class) = state_words(import.state);
    let page = Import {
        frame: actor.frame(&web, &clinic, "Import", Nav::Imports),
        id: import.id.to_string(),
        file_name: import.file_name.clone(),
        received: times::stamp(import.received_at, &clinic.zone, &clinic.zone),
        state: state.into(),
        class,
        progress: (import.state == ImportState::Applying).then(|| (number(import.done), number(import.patients))),
        refusal: import.why.as_ref().map(refusal),
        counts: counts.map(|counts| lines(&counts)).unwrap_or_default(),
        notes: counts.map(|counts| notes(&counts, true)).unwrap_or_default(),
        refused_rows,
    };
    Ok(render::html(&page)?.into_response())
}

pub async fn dry_run(State(web): State<Web>, actor: Actor, Path(id): Path<String>) -> Result<Response, WebError> {
    actor.may(Permission::ImportFiles)?;
    let mut tx = actor.begin(&web).await?;
    let import = import_of(&mut tx, &id).await?;
    if import.state != ImportState::Uploaded || import.map.is_none() {
        return Ok(render::see(&format!("/imports/{}", import.id), None));
    }
    let clinic = tx.clinic().await?.clinic;
    let feed = tx.interfaces().await?.into_iter().find(|feed| feed.id == import.interface);
    drop(tx);
    let report = import::dry_run(&web.roof, actor.organization, import.id).await?;
    let counts = report.tally.counts;
    let read = counts.rows > 0;
    let page = ImportCheck {
        frame: actor.frame(&web, &clinic, "Dry run", Nav::Imports),
        id: import.id.to_string(),
        file_name: import.file_name,
        refusal: report.refused.as_ref().map(refusal),
        counts: if read { lines(&counts) } else { vec![] },
        notes: if read { notes(&counts, false) } else { vec![] },
        groups: groups(&report.tally.examples),
        loading: feed.is_some_and(|feed| feed.state == InterfaceState::Loading),
    };
    Ok(render::html(&page)?.into_response())
}

#[derive(Deserialize)]
pub struct Allow {
    #[serde(default)]
    allow_vanishing: String,
}

pub async fn apply(
    State(web): State<Web>,
    actor: Actor,
    Path(id): Path<String>,
    Posted(allow): Posted<Allow>,
) -> Result<Response, WebError> {
    actor.may(Permission::ImportFiles)?;
    web.let_time_pass().await?;
    let mut tx = actor.begin(&web).await?;
    let import = import_of(&mut tx, &id).await?;
    let map = import.map.as_deref().ok_or(WebError::bad_form("Say first which column holds what."))?;
    let allowed = allow.allow_vanishing == "yes";
    let set = tx.set_import(import.id, import.interface, map, import.complete.as_ref(), allowed).await?;
    if !set || !import::begin(&mut tx, import.id, web.roof.now()).await? {
        return Err(WebError::conflict("Somebody imported this file already, or decided not to."));
    }
    tx.commit().await?;
    web.settle().await?;
    Ok(render::see(&format!("/imports/{}", import.id), None))
}

pub async fn withdraw(State(web): State<Web>, actor: Actor, Path(id): Path<String>) -> Result<Response, WebError> {
    actor.may(Permission::ImportFiles)?;
    let mut tx = actor.begin(&web).await?;
    let import = import_of(&mut tx, &id).await?;
    let uploaded = import.state == ImportState::Uploaded;
    if !uploaded || !tx.end_import(import.id, ImportState::Withdrawn, None, web.roof.now()).await? {
        return Err(WebError::conflict("Somebody imported this file already."));
    }
    tx.commit().await?;
    Ok(render::see("/imports", None))
}

fn counts_of(import: &ImportRow) -> Counts {
    serde_json::from_value(import.counts.clone()).unwrap_or_default()
}

fn state_words(state: ImportState) -> (&'static str, &'static str) {
    match state {
        ImportState::Uploaded => ("Uploaded, not imported", "wait"),
        ImportState::Applying => ("Importing", "wait"),
        ImportState::Applied => ("Imported", "good"),
        ImportState::Refused => ("Refused", "problem"),
        ImportState::Withdrawn => ("Not imported", "quiet"),
    }
}

fn row(import: &ImportRow, zone: &str) -> Row {
    let (state, class) = state_words(import.state);
    let summary = match (&import.why, import.state) {
        (Some(why), _) => words::content(&why.cause),
        (None, ImportState::Applied) => {
            let counts = counts_of(import);
            let visits = counts.visits;
            let mut said = vec![
                format!("{} new patients", counts.patients.new),
                format!("{} new visits", visits.new),
                format!("{} changed", visits.changed),
            ];
            if counts.missing > 0 {
                said.push(format!("{} cancelled", counts.missing));
            }
            said.join(", ")
        }
        (None, _) => String::new(),
    };
    Row {
        id: import.id.to_string(),
        file_name: import.file_name.clone(),
        received: times::stamp(import.received_at, zone, zone),
        map: import.map.clone(),
        state: state.into(),
        class,
        summary,
    }
}

fn refusal(why: &Why) -> ImportRefusal {
    ImportRefusal {
        cause: words::content(&why.cause),
        place: why.place.clone(),
        cure: why.cure.clone(),
        may_be_allowed: why.cause == "too_many_vanish",
    }
}

fn lines(counts: &Counts) -> Vec<CountLine> {
    let line = |what: &str, count: Count| CountLine {
        what: what.into(),
        new: count.new,
        changed: count.changed,
        unchanged: count.unchanged,
    };
    vec![line("Patients", counts.patients), line("Episodes", counts.episodes), line("Visits", counts.visits)]
}

fn notes(counts: &Counts, done: bool) -> Vec<String> {
    let verb = if done { "were" } else { "would be" };
    let mut notes = vec![format!("The file has {} rows.", counts.rows)];
    if counts.planned > 0 {
        let (missing, planned) = (counts.missing, counts.planned);
        notes.push(format!(
            "{missing} of {planned} visits planned on the complete days are missing and {verb} cancelled."
        ));
    }
    if counts.ignored > 0 {
        notes.push(format!("{} rows are of a type of appointment that is no visit.", counts.ignored));
    }
    if counts.refused > 0 {
        notes.push(format!("{} rows {verb} refused, each with its cause.", counts.refused));
    }
    notes
}

fn groups(examples: &[import::Example]) -> Vec<ExampleGroup> {
    let title = |group: Group| match group {
        Group::NewPatients => "New patients",
        Group::ChangedPatients => "Patients that change",
        Group::NewVisits => "New visits",
        Group::ChangedVisits => "Visits that change",
        Group::MissingVisits => "Visits that are cancelled because they are missing",
        Group::NewEpisodes => "New episodes",
        Group::ChangedEpisodes => "Episodes that change",
        Group::RefusedRows => "Rows that are refused",
    };
    let mut sorted: Vec<_> = examples.iter().collect();
    sorted.sort_by_key(|example| example.group);
    let chunks = sorted.chunk_by(|a, b| a.group == b.group);
    let group = |chunk: &[&import::Example]| ExampleGroup {
        title: chunk.first().map_or("", |example| title(example.group)).into(),
        lines: chunk.iter().map(|example| example.words.clone()).collect(),
    };
    chunks.map(group).collect()
}
