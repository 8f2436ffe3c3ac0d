//! From the file to a story that can be played. Errors name line and key and say what is allowed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use thiserror::Error;
use uuid::Uuid;

use super::file::{Expectation, File, PatientFields, When, WorkflowFile};
use crate::chart::{
    Act, Channel, Clinic, EncounterChange, EncounterKey, EpisodeChange, EventKind, Location, PatientChange, Sex, What,
    Write,
};
use crate::id::{EncounterId, EpisodeId, LocationId};
use crate::workflow::{FileError, Workflow};
use crate::zone::{self, CivilMoment};

#[derive(Debug, Error, PartialEq, Eq)]
pub enum ScenarioError {
    #[error("{0}")]
    File(FileError),
    #[error("workflow {path}: {message}")]
    Workflow { path: String, message: String },
}

/// A story ready to be played.
pub struct Scenario {
    pub clinic: Clinic,
    pub channels: BTreeSet<Channel>,
    pub patients: Vec<(String, PatientChange, bool)>,
    pub workflows: BTreeMap<String, (Arc<Workflow>, bool)>,
    /// In order of time.
    pub events: Vec<Event>,
    pub until: Timestamp,
    pub then: Vec<Expectation>,
    pub names: Names,
}

pub struct Event {
    pub at: Timestamp,
    pub happens: Happens,
}

pub enum Happens {
    Change { patient: String, what: What },
    Activation { workflow: String, active: bool },
}

/// The scenario's own names for what the engine knows by id.
#[derive(Default)]
pub struct Names {
    known: BTreeMap<(&'static str, String), Uuid>,
}

impl Names {
    fn id(&mut self, kind: &'static str, name: &str) -> Uuid {
        let next = Uuid::from_u128(self.known.len() as u128 + 1);
        *self.known.entry((kind, name.to_owned())).or_insert(next)
    }

    pub fn name(&self, id: Uuid) -> &str {
        self.known.iter().find(|(_, known)| **known == id).map_or("?", |((_, name), _)| name)
    }
}

impl Scenario {
    /// Reads a scenario; `load` gives the text of a workflow file by the path the scenario names.
    pub fn parse(text: &str, load: &dyn Fn(&str) -> Result<String, String>) -> Result<Scenario, ScenarioError> {
        let file: File = toml::from_str(text).map_err(|e| ScenarioError::File(FileError::of_toml(text, &e)))?;
        Reader { text, names: Names::default(), clinic: Clinic::new("Clinic", "UTC") }.scenario(file, load)
    }
}

struct Reader<'a> {
    text: &'a str,
    names: Names,
    clinic: Clinic,
}

impl Reader<'_> {
    fn wrong(&self, byte: usize, message: impl Into<String>) -> ScenarioError {
        ScenarioError::File(FileError::at(self.text, byte, message.into()))
    }

    fn zone(&self, name: &serde_spanned::Spanned<String>) -> Result<String, ScenarioError> {
        match zone::named(name.get_ref()) {
            Some(_) => Ok(name.get_ref().clone()),
            None => Err(self.wrong(
                name.span().start,
                format!("`{}` is not an IANA zone such as America/New_York", name.get_ref()),
            )),
        }
    }

    fn scenario(
        mut self,
        file: File,
        load: &dyn Fn(&str) -> Result<String, String>,
    ) -> Result<Scenario, ScenarioError> {
        self.clinic = Clinic::new(file.clinic.name.as_deref().unwrap_or("Clinic"), &self.zone(&file.clinic.zone)?);
        for location in &file.locations {
            let id = LocationId(self.names.id("location", &location.id));
            let zone = location.zone.as_ref().map(|z| self.zone(z)).transpose()?;
            let name = location.name.clone().unwrap_or_else(|| location.id.clone());
            let zone = zone.unwrap_or_else(|| self.clinic.zone.clone());
            self.clinic.locations.insert(id, Location { id, name, zone, has_emr: location.emr });
        }
        let mut channels = BTreeSet::new();
        match file.clinic.channels.as_ref().or(file.channels.as_ref()) {
            None => channels.extend(Channel::ALL),
            Some(listed) => {
                for channel in listed {
                    let read = channel.get_ref().parse().map_err(|e: String| self.wrong(channel.span().start, e))?;
                    channels.insert(read);
                }
            }
        }
        let mut patients = vec![];
        for patient in &file.patients {
            let change = self.patient(&patient.get_ref().fields, patient.span().start)?;
            patients.push((patient.get_ref().id.clone(), change, patient.get_ref().new));
        }
        let mut workflows = BTreeMap::new();
        for workflow in &file.workflows {
            let (key, read, active) = self.workflow(workflow, load)?;
            workflows.insert(key, (Arc::new(read), active));
        }
        let mut events = vec![];
        for when in &file.when {
            let known = |name: &String| patients.iter().any(|(id, _, _)| id == name);
            events.push(self.event(when, &known)?);
        }
        events.sort_by_key(|e| e.at);
        let last = events.last().map_or(Timestamp::UNIX_EPOCH, |e| e.at);
        let until = match &file.until {
            Some(text) => self.moment(text)?.instant(),
            None => last.checked_add(jiff::SignedDuration::from_hours(24 * 400)).unwrap_or(last),
        };
        Ok(Scenario {
            clinic: self.clinic,
            channels,
            patients,
            workflows,
            events,
            until,
            then: file.then,
            names: self.names,
        })
    }

    fn workflow(
        &self,
        workflow: &serde_spanned::Spanned<WorkflowFile>,
        load: &dyn Fn(&str) -> Result<String, String>,
    ) -> Result<(String, Workflow, bool), ScenarioError> {
        match workflow.get_ref() {
            WorkflowFile::Path(path) => {
                let said = |message: String| ScenarioError::Workflow { path: path.clone(), message };
                let text = load(path).map_err(said)?;
                let read = Workflow::parse(&text).map_err(|e| said(e.to_string()))?;
                let file = path.rsplit('/').next().unwrap_or(path);
                Ok((file.trim_end_matches(".toml").to_owned(), read, true))
            }
            WorkflowFile::Inline(table) => {
                let mut table = table.clone();
                let at = workflow.span().start;
                let mut text = |key: &str| match table.remove(key) {
                    Some(toml::Value::String(text)) => Some(text),
                    _ => None,
                };
                let (id, status) = (text("id"), text("status"));
                let id = id.ok_or_else(|| self.wrong(at, "an inline workflow needs an `id`"))?;
                let active = match status.as_deref() {
                    None | Some("active") => true,
                    Some("inactive") => false,
                    Some(other) => return Err(self.wrong(at, format!("`{other}` is not a status: active, inactive"))),
                };
                let read = Workflow::from_table(table)
                    .map_err(|e| ScenarioError::Workflow { path: id.clone(), message: e.message })?;
                Ok((id, read, active))
            }
        }
    }

    /// An instant ending in Z, or civil time in the clinic's zone.
    fn moment(&self, text: &serde_spanned::Spanned<String>) -> Result<CivilMoment, ScenarioError> {
        if let Ok(at) = text.get_ref().parse::<Timestamp>() {
            return Ok(CivilMoment::at(at, &self.clinic.zone));
        }
        match text.get_ref().parse::<DateTime>() {
            Ok(civil) => Ok(CivilMoment { civil, zone: self.clinic.zone.clone() }),
            Err(_) => Err(self.wrong(
                text.span().start,
                format!(
                    "`{}` is neither an instant such as 2026-03-02T14:00:00Z nor civil such as 2026-03-02T09:00",
                    text.get_ref()
                ),
            )),
        }
    }

    fn location(&mut self, name: Option<&String>, at: usize) -> Result<Write<LocationId>, ScenarioError> {
        let Some(name) = name else { return Ok(Write::Keep) };
        let id = LocationId(self.names.id("location", name));
        if self.clinic.locations.contains_key(&id) {
            Ok(Write::Set(id))
        } else {
            Err(self.wrong(at, format!("`{name}` is not among [[locations]]")))
        }
    }

    fn patient(&mut self, fields: &PatientFields, at: usize) -> Result<PatientChange, ScenarioError> {
        let date = |text: &String| {
            text.parse::<Date>()
                .map_err(|_| self.wrong(at, format!("birth_date `{text}` is not a date such as 1980-05-17")))
        };
        let birth_date = fields.birth_date.as_ref().map(date).transpose()?;
        let sex = match fields.sex.as_deref() {
            None => None,
            Some("female") => Some(Sex::Female),
            Some("male") => Some(Sex::Male),
            Some("other") => Some(Sex::Other),
            Some(word) => return Err(self.wrong(at, format!("sex `{word}`: female, male, other"))),
        };
        if let Some(name) = &fields.zone
            && zone::named(name).is_none()
        {
            return Err(self.wrong(at, format!("`{name}` is not an IANA zone")));
        }
        Ok(PatientChange {
            given: Write::some(fields.given.clone()),
            family: Write::some(fields.family.clone()),
            birth_date: Write::some(birth_date),
            sex: Write::some(sex),
            language: Write::some(fields.language.clone()),
            zone: Write::some(fields.zone.clone()),
            email: Write::some(fields.email.clone()),
            mobile: Write::some(fields.mobile.clone()),
            phone: Write::Keep,
            home_location: self.location(fields.location.as_ref(), at)?,
            deceased: Write::some(fields.deceased),
            inactive: Write::some(fields.inactive),
            test_patient: Write::some(fields.test_patient),
            do_not_contact: Write::some(fields.do_not_contact.clone()),
            send_invite: Write::some(fields.send_invite),
            registered: Write::some(fields.registered),
            tags: Write::some(fields.tags.clone()),
        })
    }

    fn event(
        &mut self,
        when: &serde_spanned::Spanned<When>,
        known: &dyn Fn(&String) -> bool,
    ) -> Result<Event, ScenarioError> {
        let place = when.span().start;
        let when = when.get_ref();
        let at = self.moment(&when.at)?.instant();
        let change = when.change.get_ref().as_str();
        if let "workflow.activated" | "workflow.deactivated" = change {
            let workflow = when.workflow.clone().ok_or_else(|| self.wrong(place, "this change needs `workflow`"))?;
            return Ok(Event { at, happens: Happens::Activation { workflow, active: change == "workflow.activated" } });
        }
        let patient = when.patient.clone().ok_or_else(|| self.wrong(place, "this change needs `patient`"))?;
        if !known(&patient) {
            return Err(self.wrong(place, format!("`{patient}` is not among [[patients]]")));
        }
        let what = self.what(when, change, at, place)?;
        Ok(Event { at, happens: Happens::Change { patient, what } })
    }

    fn what(&mut self, when: &When, change: &str, at: Timestamp, place: usize) -> Result<What, ScenarioError> {
        let act = match change {
            "patient.created" | "patient.updated" => {
                return Ok(What::Patient(Box::new(self.patient(&when.fields, place)?)));
            }
            "patient.registered" => {
                let registered = PatientChange { registered: Write::Set(true), ..PatientChange::default() };
                return Ok(What::Patient(Box::new(registered)));
            }
            "episode.opened" | "episode.discharged" | "episode.reopened" => {
                return self.episode(when, change, at, place);
            }
            "encounter.planned" => Act::Book,
            "encounter.rescheduled" => Act::Modify,
            "encounter.cancelled" => Act::Cancel,
            "encounter.no_show" => Act::NoShow,
            "encounter.arrived" => Act::Arrive,
            "encounter.finished" => Act::Finish,
            "encounter.reinstated" => Act::Reinstate,
            _ => {
                let all: Vec<_> = EventKind::ALL.iter().map(|k| k.code()).collect();
                return Err(self.wrong(
                    when.change.span().start,
                    format!(
                        "`{change}` is not a change: {}, patient.updated, encounter.reinstated, episode.reopened, \
                             workflow.activated, workflow.deactivated",
                        all.join(", ")
                    ),
                ));
            }
        };
        let name = when.encounter.as_ref().ok_or_else(|| self.wrong(place, "this change needs `encounter`"))?;
        let encounter = EncounterId(self.names.id("encounter", name));
        let location = self.location(when.fields.location.as_ref(), place)?;
        let start = when.starts_at.as_ref().map(|s| self.moment(s)).transpose()?;
        let visit_type = match &when.visit_type {
            None => Write::Keep,
            Some(t) => Write::Set(t.get_ref().parse().map_err(|e: String| self.wrong(t.span().start, e))?),
        };
        Ok(What::Encounter(EncounterChange {
            start: Write::some(start),
            minutes: Write::some(when.minutes),
            visit_type,
            practitioner: Write::some(when.practitioner.clone()),
            location,
            episode: Write::some(when.episode.as_ref().map(|e| EpisodeId(self.names.id("episode", e)))),
            ..EncounterChange::new(encounter, EncounterKey::Appointment, act)
        }))
    }

    fn episode(&mut self, when: &When, change: &str, at: Timestamp, place: usize) -> Result<What, ScenarioError> {
        let on = zone::date_in(at, &self.clinic.zone);
        let episode = when.episode.as_ref().map(|e| EpisodeId(self.names.id("episode", e)));
        Ok(What::Episode(match (change, episode) {
            ("episode.opened", Some(episode)) => EpisodeChange::Open { episode, on, title: None },
            ("episode.opened", None) => return Err(self.wrong(place, "episode.opened needs `episode`")),
            ("episode.discharged", episode) => EpisodeChange::Discharge { episode, on },
            (_, episode) => EpisodeChange::Reopen { episode },
        }))
    }
}
