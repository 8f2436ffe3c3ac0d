//! Which column of an uploaded file holds what: guessed, corrected by a person, saved by name.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Response};
use care::chart::VisitType;
use care::id::LocationId;
use jiff::civil::Date;
use pages::Nav;
use pages::staff::{Choice, ColumnPick, CompleteDays as Days, Field, ImportColumns, Pick, WordGroup, WordPick};
use serde::Deserialize;
use store::{ColumnMapRow, CompleteDays, ImportRow, ImportState, OrgTx, OrganizationRow};
use wire::csv::{self, Column, Dates, Kind, Look, Mapping, Status};
use wire::hl7v2::{Interface, MappedType};

use super::actor::Actor;
use super::error::WebError;
use super::form::{Posted, filled};
use super::permission::Permission;
use super::{Web, imports, render, words};

/// Rows of the file that are shown.
const SHOWN: usize = 5;

/// Words of one column that are asked about.
const MOST_WORDS: usize = 40;

#[derive(Deserialize)]
pub struct Wanted {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    map: String,
}

/// The file, and the settings of the interface it came by.
struct Open {
    import: ImportRow,
    look: Look,
    settings: Interface,
    clinic: OrganizationRow,
    maps: Vec<ColumnMapRow>,
}

async fn open(tx: &mut OrgTx, id: &str) -> Result<Open, WebError> {
    let import = imports::import_of(tx, id).await?;
    if import.state != ImportState::Uploaded {
        return Err(WebError::conflict("The file was imported already; its columns stay as they were."));
    }
    let body = tx.import_body(import.id).await?;
    let look = csv::look(&body).map_err(|refusal| WebError::bad_form(refusal.to_string()))?;
    let feeds = imports::feeds(tx).await?;
    let feed = feeds.into_iter().find(|(feed, _)| feed.id == import.interface);
    let (_, settings) = feed.ok_or(WebError::not_found("interface"))?;
    Ok(Open { clinic: tx.clinic().await?, maps: tx.column_maps().await?, import, look, settings })
}

pub async fn form(
    State(web): State<Web>,
    actor: Actor,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Html<String>, WebError> {
    actor.may(Permission::ImportFiles)?;
    let mut tx = actor.begin(&web).await?;
    let open = open(&mut tx, &id).await?;
    let name = filled(&wanted.map).map(str::to_owned);
    let name = name.or_else(|| open.import.map.clone().filter(|_| wanted.kind.is_empty()));
    let saved = name.as_deref().and_then(|name| open.maps.iter().find(|map| map.name == name));
    let saved =
        saved.and_then(|map| Some((map.name.clone(), serde_json::from_value::<Mapping>(map.body.clone()).ok()?)));
    let (name, mapping) = saved.unwrap_or_else(|| {
        let kind = wanted.kind.parse().unwrap_or_else(|_| csv::guess_kind(&open.look.columns));
        (String::new(), guessed(kind, &open.look))
    });
    page(&web, &actor, &open, &mapping, &Typed { name, ..Typed::of(&open.import) }, None)
}

fn guessed(kind: Kind, look: &Look) -> Mapping {
    let mut mapping = csv::guess(kind, &look.columns);
    let dated = [Column::Start, Column::OpenedOn, Column::BirthDate];
    let samples: Vec<&str> = dated.iter().flat_map(|column| fields(&mapping, *column, look)).collect();
    mapping.dates = csv::guess_dates(samples.into_iter());
    mapping
}

/// What stands in a column of the file.
fn fields<'l>(mapping: &Mapping, column: Column, look: &'l Look) -> Vec<&'l str> {
    let name = mapping.columns.get(&column);
    let at = name.and_then(|name| look.columns.iter().position(|c| c.to_lowercase() == name.trim().to_lowercase()));
    let Some(at) = at else { return vec![] };
    look.rows.iter().filter_map(|row| row.get(at)).map(String::as_str).filter(|text| !text.is_empty()).collect()
}

/// What a person typed beside the columns.
#[derive(Default)]
struct Typed {
    name: String,
    from: Field,
    until: Field,
    at: BTreeSet<LocationId>,
}

impl Typed {
    fn of(import: &ImportRow) -> Self {
        let Some(days) = &import.complete else { return Self::default() };
        Self {
            name: String::new(),
            from: Field::value(&days.from.to_string()),
            until: Field::value(&days.until.to_string()),
            at: days.at.iter().flatten().copied().collect(),
        }
    }
}

fn page(
    web: &Web,
    actor: &Actor,
    open: &Open,
    mapping: &Mapping,
    typed: &Typed,
    error: Option<String>,
) -> Result<Html<String>, WebError> {
    let look = &open.look;
    let delimiter = match look.delimiter {
        ';' => "a semicolon",
        '\t' => "a tab",
        '|' => "a bar",
        _ => "a comma",
    };
    let choice = |code: &str, label: &str| Choice::new(code, label);
    let places = open.clinic.clinic.locations.values().map(|location| Choice {
        chosen: typed.at.contains(&location.id),
        ..choice(&location.id.to_string(), &location.name)
    });
    let days = || Days { from: typed.from.clone(), until: typed.until.clone(), locations: places.collect() };
    render::html(&ImportColumns {
        frame: actor.frame(web, &open.clinic.clinic, "Columns", Nav::Imports),
        id: open.import.id.to_string(),
        file_name: open.import.file_name.clone(),
        shape: format!("{}, columns parted by {delimiter}, {} rows", look.encoding.words(), look.rows.len()),
        headers: look.columns.clone(),
        rows: look.rows.iter().take(SHOWN).cloned().collect(),
        kinds: Pick::of(Kind::ALL.iter().map(|kind| choice(kind.code(), kind.label())).collect(), mapping.kind.code()),
        kind: mapping.kind.code().into(),
        maps: open
            .maps
            .iter()
            .map(|map| Choice { chosen: map.name == typed.name, ..choice(&map.name, &map.name) })
            .collect(),
        map_name: Field::value(&typed.name),
        columns: columns(mapping, look),
        dates: Pick::of(Dates::ALL.iter().map(|d| choice(d.code(), d.label())).collect(), mapping.dates.code()),
        words: word_groups(open, mapping),
        complete: (mapping.kind == Kind::Visits).then(days),
        error,
    })
}

fn columns(mapping: &Mapping, look: &Look) -> Vec<ColumnPick> {
    let needed = Mapping::needed(mapping.kind);
    let pick = |column: Column| {
        let chosen = mapping.columns.get(&column).map_or("", String::as_str).trim();
        let chosen = look.columns.iter().find(|name| name.to_lowercase() == chosen.to_lowercase());
        let none = std::iter::once(Choice::new("", "Not in the file"));
        let choices =
            none.chain(look.columns.iter().filter(|name| !name.is_empty()).map(|name| Choice::new(name, name)));
        ColumnPick {
            name: format!("column.{}", column.code()),
            label: column.label().into(),
            needed: needed.contains(&column),
            pick: Pick::of(choices.collect(), chosen.map_or("", String::as_str)),
        }
    };
    Mapping::usable(mapping.kind).into_iter().map(pick).collect()
}

/// The different words of a column.
fn words_in(mapping: &Mapping, column: Column, look: &Look) -> Vec<String> {
    let words: BTreeSet<&str> = fields(mapping, column, look).into_iter().collect();
    words.into_iter().take(MOST_WORDS).map(str::to_owned).collect()
}

fn word_groups(open: &Open, mapping: &Mapping) -> Vec<WordGroup> {
    let statuses = Status::ALL.iter().map(|status| Choice::new(status.code(), status.label()));
    let status = |word: &str| {
        let known = found(&mapping.statuses, word).copied().or_else(|| Status::of_word(word));
        known.map_or(String::new(), |status| status.code().into())
    };
    let locations = open.clinic.clinic.locations.values();
    let names: BTreeMap<String, LocationId> = locations.clone().map(|l| (l.name.clone(), l.id)).collect();
    let location = |word: &str| {
        let maps = [&mapping.locations, &open.settings.locations, &names];
        maps.into_iter().find_map(|map| found(map, word)).map(ToString::to_string).unwrap_or_default()
    };
    let types = VisitType::ALL.iter().filter(|kind| **kind != VisitType::Unmapped);
    let types = types.map(|kind| Choice::new(kind.code(), &words::content(kind.code())));
    let kind = |word: &str| match found(&open.settings.appointment_types, word) {
        Some(MappedType::Type(kind)) => kind.code().to_owned(),
        Some(MappedType::Ignore) => "ignore".into(),
        None => String::new(),
    };
    let refuse = || Choice::new("", "Not known: refuse the row");
    let unmapped = || Choice::new("", "Not known: a visit of no type");
    let all = [
        group(
            "status",
            "What the words for a status mean",
            "A row with a word that nobody explained is refused.",
            words_in(mapping, Column::Status, &open.look),
            std::iter::once(refuse()).chain(statuses).collect(),
            &status,
        ),
        group(
            "location",
            "Which location a name means",
            "A row with a name that nobody explained is refused.",
            words_in(mapping, Column::Location, &open.look),
            std::iter::once(refuse()).chain(locations.map(|l| Choice::new(&l.id.to_string(), &l.name))).collect(),
            &location,
        ),
        group(
            "type",
            "What the visit types mean",
            "Saved with the interface: its other files are read with them too.",
            words_in(mapping, Column::VisitType, &open.look),
            std::iter::once(unmapped()).chain(types).chain([Choice::new("ignore", "No visit of a patient")]).collect(),
            &kind,
        ),
    ];
    all.into_iter().filter(|group| !group.words.is_empty()).collect()
}

fn group(
    field: &str,
    title: &str,
    hint: &str,
    words: Vec<String>,
    choices: Vec<Choice>,
    chosen: &dyn Fn(&str) -> String,
) -> WordGroup {
    let words = words.into_iter().enumerate().map(|(number, word)| WordPick {
        name: format!("{field}.{number}"),
        pick: Pick::of(choices.clone(), &chosen(&word)),
        word,
    });
    WordGroup { title: title.into(), hint: hint.into(), words: words.collect() }
}

fn found<'m, T>(map: &'m BTreeMap<String, T>, word: &str) -> Option<&'m T> {
    map.iter().find(|(known, _)| known.trim().to_lowercase() == word.to_lowercase()).map(|(_, value)| value)
}

pub async fn save(
    State(web): State<Web>,
    actor: Actor,
    Path(id): Path<String>,
    Posted(posted): Posted<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    actor.may(Permission::ImportFiles)?;
    let mut tx = actor.begin(&web).await?;
    let mut open = open(&mut tx, &id).await?;
    let get = |name: &str| posted.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.trim());
    let kind: Kind = get("kind").parse().map_err(WebError::bad_form)?;
    let before = words_before(&open, kind, get("name"));
    let mapping = mapping_of(&posted, kind, &before, &open.look)?;
    remember_types(&posted, &before, &open.look, &mut open.settings)?;
    let (typed, complete) = typed_of(&posted, kind);
    let wrong = match (&complete, mapping.check()) {
        (_, Err(refusal)) => Some(refusal.cure),
        (Err(said), Ok(())) => Some(said.clone()),
        (Ok(_), Ok(())) if typed.name.is_empty() => Some("A saved map needs a name.".into()),
        (Ok(_), Ok(())) => open
            .maps
            .iter()
            .find(|map| map.name == typed.name && map.interface != open.import.interface)
            .map(|_| "Another interface has a map of this name: choose another.".into()),
    };
    if wrong.is_some() {
        return Ok(page(&web, &actor, &open, &mapping, &typed, wrong)?.into_response());
    }
    let body = serde_json::to_value(&mapping).map_err(|e| WebError::internal(&e))?;
    let row = ColumnMapRow { name: typed.name.clone(), interface: open.import.interface, body };
    tx.put_column_map(&row, web.roof.now(), Some(actor.staff)).await?;
    let feed = tx.interfaces().await?.into_iter().find(|feed| feed.id == open.import.interface);
    if let Some(mut feed) = feed {
        feed.settings = serde_json::to_value(&open.settings).map_err(|e| WebError::internal(&e))?;
        tx.put_interface(&feed).await?;
    }
    let complete = complete.unwrap_or_default();
    if !tx.set_import(open.import.id, open.import.interface, &typed.name, complete.as_ref(), false).await? {
        return Err(WebError::conflict("Somebody imported this file already."));
    }
    tx.commit().await?;
    Ok(render::see(&format!("/imports/{}/dry-run", open.import.id), None))
}

/// The map as the form was made from it: its words were numbered by these columns.
fn words_before(open: &Open, kind: Kind, name: &str) -> Mapping {
    let saved = open.maps.iter().find(|map| map.name == name || Some(&map.name) == open.import.map.as_ref());
    let saved = saved.and_then(|map| serde_json::from_value::<Mapping>(map.body.clone()).ok());
    saved.filter(|mapping| mapping.kind == kind).unwrap_or_else(|| guessed(kind, &open.look))
}

fn mapping_of(posted: &[(String, String)], kind: Kind, before: &Mapping, look: &Look) -> Result<Mapping, WebError> {
    let mut mapping =
        Mapping { statuses: before.statuses.clone(), locations: before.locations.clone(), ..Mapping::new(kind) };
    for (field, value) in posted {
        if let Some(column) = field.strip_prefix("column.")
            && let Some(name) = filled(value)
        {
            mapping.columns.insert(column.parse().map_err(WebError::bad_form)?, name.to_owned());
        }
        if field == "dates" {
            mapping.dates = value.parse().map_err(WebError::bad_form)?;
        }
    }
    for (word, value) in explained(posted, "status", &words_in(before, Column::Status, look)) {
        mapping.statuses.insert(word, value.parse().map_err(WebError::bad_form)?);
    }
    for (word, value) in explained(posted, "location", &words_in(before, Column::Location, look)) {
        let id = value.parse().map_err(|_| WebError::bad_form("There is no such location."))?;
        mapping.locations.insert(word, id);
    }
    Ok(mapping)
}

/// What was chosen for the words of a column.
fn explained(posted: &[(String, String)], field: &str, words: &[String]) -> Vec<(String, String)> {
    let number = |name: &str| name.strip_prefix(field)?.strip_prefix('.')?.parse::<usize>().ok();
    let word = |(name, value): &(String, String)| Some((words.get(number(name)?)?.clone(), filled(value)?.to_owned()));
    posted.iter().filter_map(word).collect()
}

fn remember_types(
    posted: &[(String, String)],
    before: &Mapping,
    look: &Look,
    settings: &mut Interface,
) -> Result<(), WebError> {
    for (word, value) in explained(posted, "type", &words_in(before, Column::VisitType, look)) {
        let mapped = match value.as_str() {
            "ignore" => MappedType::Ignore,
            kind => MappedType::Type(kind.parse().map_err(WebError::bad_form)?),
        };
        settings.appointment_types.retain(|known, _| known.trim().to_lowercase() != word.to_lowercase());
        settings.appointment_types.insert(word, mapped);
    }
    Ok(())
}

/// The name and the days; `Err`: what is wrong with these, which stands at the field too.
fn typed_of(posted: &[(String, String)], kind: Kind) -> (Typed, Result<Option<CompleteDays>, String>) {
    let get = |name: &str| posted.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.trim());
    let (from, until) = (get("complete_from"), get("complete_until"));
    let at: BTreeSet<LocationId> =
        posted.iter().filter(|(field, _)| field == "at").filter_map(|(_, id)| id.parse().ok()).collect();
    let mut typed =
        Typed { name: get("name").to_owned(), from: Field::value(from), until: Field::value(until), at: at.clone() };
    if kind != Kind::Visits || (from.is_empty() && until.is_empty()) {
        return (typed, Ok(None));
    }
    let wrong = match (from.parse::<Date>(), until.parse::<Date>()) {
        (Ok(from), Ok(until)) if from <= until => {
            let at = (!at.is_empty()).then(|| at.into_iter().collect());
            return (typed, Ok(Some(CompleteDays { from, until, at })));
        }
        (Ok(_), Ok(_)) => "The last day is before the first.",
        _ => "Give the first and the last day, or neither.",
    };
    typed.until = Field::wrong(until, wrong);
    (typed, Err(wrong.into()))
}
