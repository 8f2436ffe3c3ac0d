//! A file, read: what is applied from it, and what cannot be.

use std::collections::{BTreeMap, BTreeSet};

use care::chart::Clinic;
use care::id::{EncounterId, MessageId, PatientId};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use store::{CompleteDays, Error, ImportId, OrgTx, RefusedImportRow, WaitingMessage, Why};
use wire::csv::{self, Kind, Mapping, Refusal, Row};
use wire::hl7v2::{Content, Interface, Reading};

use super::fit;
use super::tally::{Group, Tally};
use crate::Roof;
use crate::runner::context::Context;
use crate::runner::reading::{self, Changes};

/// An import with its file read.
pub struct Job {
    pub id: ImportId,
    pub interface: Interface,
    /// The interface only loads: facts enter, nothing fires.
    pub loading: bool,
    pub mapping: Mapping,
    pub complete: Option<CompleteDays>,
    pub allow_vanishing: bool,
    /// The moment the file speaks of.
    pub at: Timestamp,
    pub clinic: Clinic,
    pub facility: String,
    header: Vec<u8>,
    rows: Vec<Row>,
    /// Rows that can be applied, by the patient's number.
    pub patients: Vec<(String, Vec<usize>)>,
}

impl Job {
    /// Reads the file with its map; `Err`: why it is refused as a whole.
    pub async fn load(tx: &mut OrgTx, id: ImportId) -> Result<Result<Self, Why>, Error> {
        let import = tx.import(id).await?.ok_or(Error::Refused("there is no such import".into()))?;
        let feed = tx.interfaces().await?.into_iter().find(|feed| feed.id == import.interface);
        let feed = feed.ok_or(Error::unreadable("imports", "interface"))?;
        let interface: Interface =
            serde_json::from_value(feed.settings).map_err(|_| Error::unreadable("interfaces", "settings"))?;
        let saved = match (&import.mapping, &import.map) {
            (Some(mapping), _) => Some(mapping.clone()),
            (None, Some(name)) => tx.column_map(name).await?.map(|map| map.body),
            (None, None) => None,
        };
        let Some(saved) = saved else {
            return Ok(Err(why("no_column_map", "column map", "say which column holds what, then import the file")));
        };
        let mapping: Mapping = serde_json::from_value(saved).map_err(|_| Error::unreadable("column_maps", "body"))?;
        let clinic = tx.clinic().await?.clinic;
        let body = tx.import_body(id).await?;
        let context = context_of(&interface, &clinic, import.received_at);
        let facility = context.facility();
        let file = match csv::read(&body, &mapping, &context) {
            Ok(file) => file,
            Err(refusal) => return Ok(Err(why_of(&refusal))),
        };
        if import.done.is_none()
            && !mapping.columns.contains_key(&csv::Column::ChangedAt)
            && tx.newer_import(&import).await?
        {
            let cure = "a file that came later has been imported with this map: if this one is newer all the same, upload it again";
            return Ok(Err(why("older_than_imported", "file", cure)));
        }
        if import.complete.is_some() && mapping.kind != Kind::Visits {
            let cure = "only a file of visits can be complete for days: leave the days empty";
            return Ok(Err(why("not_visits", "file", cure)));
        }
        Ok(Ok(Self {
            id,
            loading: feed.state == store::InterfaceState::Loading,
            patients: by_patient(&file.rows),
            interface,
            mapping,
            complete: import.complete,
            allow_vanishing: import.allow_vanishing,
            at: import.received_at,
            clinic,
            facility,
            header: file.header,
            rows: file.rows,
        }))
    }

    pub fn readings(&self, rows: &[usize]) -> impl Iterator<Item = &Reading> {
        rows.iter().filter_map(|row| self.rows.get(*row)?.reading.as_ref().ok())
    }

    /// How many steps it is from the beginning to the end.
    pub fn steps(&self, vanishing: &[(PatientId, EncounterId)]) -> usize {
        self.patients.len() + vanishing.iter().map(|(patient, _)| patient).collect::<BTreeSet<_>>().len()
    }

    /// The numbers of all visits the file names, also in rows that are refused.
    pub fn visit_numbers(&self) -> BTreeSet<String> {
        let scoped = |number: &String| format!("{}/{number}", self.facility);
        self.rows.iter().filter_map(|row| row.visit.as_ref()).map(scoped).collect()
    }

    /// Rows of which nobody can say which visit they speak of.
    pub fn nameless_rows(&self) -> usize {
        self.rows.iter().filter(|row| row.visit.is_none()).count()
    }

    pub fn count_rows(&self, tally: &mut Tally) {
        tally.counts.rows = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        for row in &self.rows {
            match &row.reading {
                Ok(reading) if matches!(reading.what, Content::Ignored(_)) => tally.counts.ignored += 1,
                Ok(_) => {}
                Err(refusal) => {
                    tally.counts.refused += 1;
                    tally.example(Group::RefusedRows, || {
                        format!("{}: {}. {}", refusal.place, refusal.cause.words(), refusal.cure)
                    });
                }
            }
        }
    }

    pub fn refused_rows(&self, roof: &Roof) -> Vec<RefusedImportRow> {
        let refused = self.rows.iter().filter_map(|row| Some((row, row.reading.as_ref().err()?)));
        refused
            .map(|(row, refusal)| {
                let body = [&self.header[..], b"\n", &row.raw].concat();
                let why = why_of(refusal);
                RefusedImportRow {
                    id: MessageId(roof.new_id()),
                    line: row.line,
                    body_hash: Sha256::digest(&body).to_vec(),
                    body,
                    kind: format!("CSV {}", self.mapping.kind.code()),
                    cause: why.cause,
                    place: why.place,
                    cure: why.cure,
                }
            })
            .collect()
    }

    /// The first and the last day on which the file has a visit.
    pub fn days(&self) -> Option<(jiff::civil::Date, jiff::civil::Date)> {
        let all: Vec<usize> = (0..self.rows.len()).collect();
        let mut days: Vec<_> = self.readings(&all).flat_map(starts).collect();
        days.sort();
        Some((*days.first()?, *days.last()?))
    }
}

fn starts(reading: &Reading) -> Vec<jiff::civil::Date> {
    let Content::Updates(updates) = &reading.what else { return vec![] };
    let start = |update: &wire::hl7v2::Update| match &update.visit.as_ref()?.start {
        care::chart::Write::Set(start) => Some(start.civil.date()),
        care::chart::Write::Keep | care::chart::Write::Clear => None,
    };
    updates.iter().filter_map(start).collect()
}

fn by_patient(rows: &[Row]) -> Vec<(String, Vec<usize>)> {
    let mut patients: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, row) in rows.iter().enumerate() {
        if let (Some(number), Ok(Reading { what: Content::Updates(_), .. })) = (&row.patient, &row.reading) {
            patients.entry(number.clone()).or_default().push(index);
        }
    }
    patients.into_iter().collect()
}

fn context_of<'i>(interface: &'i Interface, clinic: &Clinic, at: Timestamp) -> csv::Context<'i> {
    let mut context = csv::Context::new(interface, at);
    for location in clinic.locations.values() {
        context.names.insert(location.name.clone(), location.id);
        context.zones.insert(location.id, location.zone.clone());
    }
    context
}

fn why(cause: &str, place: &str, cure: &str) -> Why {
    Why { cause: cause.into(), place: place.into(), cure: cure.into() }
}

pub fn why_of(refusal: &Refusal) -> Why {
    why(refusal.cause.code(), &refusal.place, &refusal.cure)
}

/// Reads a refused row again, with the map as it is saved now. `Ok(None)`: it is nothing to us.
pub async fn row_again(
    roof: &Roof,
    tx: &mut OrgTx,
    context: &Context,
    interface: &Interface,
    message: &WaitingMessage,
) -> Result<Result<Option<Changes>, Why>, Error> {
    let Some(origin) = tx.row_origin(message.id).await? else {
        return Ok(Err(why(
            "not_a_row",
            "message",
            "this interface is fed by files: send messages to one that listens",
        )));
    };
    let mapping: Mapping =
        serde_json::from_value(origin.mapping).map_err(|_| Error::unreadable("column_maps", "body"))?;
    let reader = context_of(interface, &context.organization.clinic, origin.file_at);
    let reading = match csv::read_row(&message.body, &mapping, &reader, origin.line) {
        Ok(reading) => reading,
        Err(refusal) => return Ok(Err(why_of(&refusal))),
    };
    let Content::Updates(updates) = &reading.what else { return Ok(Ok(None)) };
    let mut all: Option<Changes> = None;
    for update in updates {
        let made =
            reading::changes_of(roof, tx, &context.organization, interface.id, message.id, &reading, update).await?;
        match &mut all {
            None => all = Some(made),
            Some(all) => {
                all.changes.extend(made.changes);
                all.notices.extend(made.notices);
            }
        }
    }
    let Some(mut all) = all else { return Ok(Ok(None)) };
    let known = tx.changes(all.patient).await?;
    if mapping.kind == Kind::Visits {
        let chart = care::chart::fold(&known, &context.organization.clinic);
        fit::home_once(&mut all.changes, chart.patient.home_location.is_some());
    }
    let spoken: Vec<_> = known.into_iter().filter(|c| c.source == care::chart::Source::Emr(interface.id)).collect();
    all.changes = fit::fit(all.changes, &spoken, origin.file_at);
    Ok(Ok(Some(all)))
}
