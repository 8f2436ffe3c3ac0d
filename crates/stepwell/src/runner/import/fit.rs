//! What a row adds to what its feed said before. A file says how everything stands, again and again; recorded is only what is
//! news, so that what staff corrected meanwhile stands until the file really says something else.

use care::chart::{Act, Change, EncounterChange, EpisodeChange, PatientChange, What, Write};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use crate::runner::record::NewChange;

/// Of the changes a patient's rows make, what is news; in the order of the rows. `spoken`: what this feed said of the
/// patient so far. `file_at`: the stamp of rows that have none of their own.
pub fn fit(changes: Vec<NewChange>, spoken: &[Change], file_at: Timestamp) -> Vec<NewChange> {
    let mut said: Vec<(Timestamp, What)> = spoken.iter().map(|c| (c.stamp.at, c.what.clone())).collect();
    said.sort_by_key(|(at, _)| *at);
    let mut kept: Vec<NewChange> = vec![];
    for mut change in changes {
        let reduce = change.at == file_at;
        // Of two rows about one thing the later one counts, and an episode ends after it began.
        let twin = kept.iter().filter(|k| subject(&k.what) == subject(&change.what) && k.at >= change.at);
        if let Some(last) = twin.map(|k| k.at).max() {
            change.at = last.checked_add(SignedDuration::from_micros(1)).unwrap_or(last);
        }
        let before: Vec<&What> = said.iter().filter(|(at, _)| *at < change.at).map(|(_, what)| what).collect();
        if let Some(what) = news(&change.what, &before, reduce) {
            change.what = what;
            said.push((change.at, change.what.clone()));
            kept.push(change);
        }
    }
    kept
}

/// A patient is at home where the first visit is, and does not move with the next one.
pub fn home_once(changes: &mut Vec<NewChange>, mut has_home: bool) {
    for change in changes.iter_mut() {
        if let What::Patient(patient) = &mut change.what
            && !patient.home_location.is_keep()
            && std::mem::replace(&mut has_home, true)
        {
            patient.home_location = Write::Keep;
        }
    }
    changes.retain(|change| !matches!(&change.what, What::Patient(patient) if **patient == PatientChange::default()));
}

/// What a change is about.
fn subject(what: &What) -> Option<uuid::Uuid> {
    match what {
        What::Encounter(visit) => Some(visit.encounter.0),
        What::Episode(EpisodeChange::Open { episode, .. }) => Some(episode.0),
        What::Episode(EpisodeChange::Discharge { episode, .. } | EpisodeChange::Reopen { episode }) => {
            episode.map(|id| id.0)
        }
        _ => None,
    }
}

fn news(what: &What, before: &[&What], reduce: bool) -> Option<What> {
    let about: Vec<&What> = before.iter().copied().filter(|said| subject(said) == subject(what)).collect();
    match what {
        What::Patient(change) => of_patient(change, &about, reduce),
        What::Encounter(change) => of_visit(change, &about, reduce),
        What::Episode(change) => of_episode(change, &about, reduce),
        other => Some(other.clone()),
    }
}

fn of_patient(change: &PatientChange, about: &[&What], reduce: bool) -> Option<What> {
    let whole = || Some(What::Patient(Box::new(change.clone())));
    let said = about.iter().filter_map(|what| if let What::Patient(said) = what { Some(fields(said)) } else { None });
    let said: Vec<_> = said.collect();
    if !reduce || said.is_empty() {
        return whole();
    }
    let new = new_fields(fields(change), said, &[]);
    if new.is_empty() {
        return None;
    }
    serde_json::from_value(Value::Object(new)).map_or_else(|_| whole(), |news| Some(What::Patient(Box::new(news))))
}

/// What names a visit, and is no field of it.
const NAMES: [&str; 4] = ["encounter", "key", "same_as", "act"];

fn of_visit(change: &EncounterChange, about: &[&What], reduce: bool) -> Option<What> {
    let said: Vec<&EncounterChange> =
        about.iter().filter_map(|what| if let What::Encounter(said) = what { Some(said) } else { None }).collect();
    let last = said.iter().map(|said| said.act).rfind(|act| *act != Act::Note);
    let act = act_after(last, change.act);
    let whole = |act| Some(What::Encounter(EncounterChange { act, ..change.clone() }));
    if !reduce || last.is_none() {
        return whole(act);
    }
    let new = new_fields(fields(change), said.into_iter().map(fields).collect(), &NAMES);
    let moved = new.contains_key("start") || new.contains_key("location");
    let same_state = last.is_some_and(|last| is_same_state(last, change.act));
    let act = match (same_state, moved) {
        (true, false) if new.keys().all(|key| NAMES.contains(&key.as_str())) => return None,
        // Staff may have cancelled it meanwhile: a new practitioner is no new booking.
        (true, false) => Act::Note,
        (true, true) | (false, _) => act,
    };
    let news: Option<EncounterChange> = serde_json::from_value(Value::Object(new)).ok();
    news.map_or_else(|| whole(act), |news| Some(What::Encounter(EncounterChange { act, ..news })))
}

fn is_same_state(last: Act, now: Act) -> bool {
    match now {
        Act::Modify => matches!(last, Act::Book | Act::Modify | Act::Reinstate),
        Act::Arrive => matches!(last, Act::Arrive | Act::Unfinish),
        other => last == other,
    }
}

/// The file takes back what it said of a visit: an arrival or a finish alone would stand against a booking.
fn act_after(last: Option<Act>, now: Act) -> Act {
    match (last, now) {
        (Some(Act::Arrive | Act::Finish | Act::Unfinish | Act::NoShow | Act::Delete), Act::Modify) => Act::Reinstate,
        (Some(Act::Finish), Act::Arrive) => Act::Unfinish,
        (_, now) => now,
    }
}

fn of_episode(change: &EpisodeChange, about: &[&What], reduce: bool) -> Option<What> {
    let said: Vec<&EpisodeChange> =
        about.iter().filter_map(|what| if let What::Episode(said) = what { Some(said) } else { None }).collect();
    let opened = said.iter().rfind(|said| matches!(said, EpisodeChange::Open { .. }));
    let known = match change {
        EpisodeChange::Open { .. } => opened == Some(&change),
        EpisodeChange::Discharge { .. } | EpisodeChange::Reopen { .. } => said.last() == Some(&change),
    };
    (!(reduce && known)).then(|| What::Episode(change.clone()))
}

fn fields(change: &impl serde::Serialize) -> Map<String, Value> {
    match serde_json::to_value(change) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

/// The fields that say something, and something else than what was said last. Those of `always` stay.
fn new_fields(change: Map<String, Value>, said: Vec<Map<String, Value>>, always: &[&str]) -> Map<String, Value> {
    let is_keep = |value: &Value| value == "keep";
    let mut last = Map::new();
    for (name, value) in said.into_iter().flatten().filter(|(_, value)| !is_keep(value)) {
        last.insert(name, value);
    }
    let is_news = |name: &String, value: &Value| !is_keep(value) && last.get(name) != Some(value);
    change.into_iter().filter(|(name, value)| always.contains(&name.as_str()) || is_news(name, value)).collect()
}
