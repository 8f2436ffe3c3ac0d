//! From the file to a story that can be played. Errors name line and key and say what is allowed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

use super::file::{ClinicFile, Expectation, File, PatientFields, PatientFile, WorkflowFile};
use super::happens::Event;
use super::names::Names;
use crate::chart::{Category, Channel, Clinic, Location, PatientChange, Write};
use crate::id::{LocationId, PatientId};
use crate::workflow::definition::Span;
use crate::workflow::schedule::OpenHoursError;
use crate::workflow::task::is_webhook_name;
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
    pub patients: Vec<Person>,
    /// By key and version, and whether it is active from before the story begins.
    pub workflows: BTreeMap<(String, u32), (Arc<Workflow>, bool)>,
    /// In order of time.
    pub events: Vec<Event>,
    pub until: Timestamp,
    pub then: Vec<Expectation>,
    pub names: Names,
}

/// A patient of the story.
pub struct Person {
    pub id: PatientId,
    pub name: String,
    pub change: PatientChange,
    /// With a yes on record from the start.
    pub consents: Vec<(Channel, Category)>,
    /// Made by the first event that names them.
    pub new: bool,
}

impl Scenario {
    /// Reads a scenario; `load` gives the text of a workflow file by the path the scenario names.
    pub fn parse(text: &str, load: &dyn Fn(&str) -> Result<String, String>) -> Result<Scenario, ScenarioError> {
        let file: File = toml::from_str(text).map_err(|e| ScenarioError::File(FileError::of_toml(text, &e)))?;
        Reader { text, names: Names::default(), clinic: Clinic::new("Clinic", "UTC") }.scenario(file, load)
    }
}

pub(super) struct Reader<'a> {
    text: &'a str,
    pub(super) names: Names,
    pub(super) clinic: Clinic,
}

impl Reader<'_> {
    pub(super) fn wrong(&self, byte: usize, message: impl Into<String>) -> ScenarioError {
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
            let closed = location.closed.iter().map(|day| self.date(day)).collect::<Result<_, _>>()?;
            let arrived_after = self.span(&location.arrived_after)?.map(|s| SignedDuration::from_secs(s.seconds));
            let ended_after = self.span(&location.ended_after)?.and_then(|s| u32::try_from(s.seconds / 86_400).ok());
            let location = Location::new(id, &name, &zone, location.emr);
            self.clinic.locations.insert(id, Location { closed, arrived_after, ended_after, ..location });
        }
        self.settings(&file.clinic)?;
        let mut channels = BTreeSet::new();
        match file.clinic.channels.as_ref().or(file.channels.as_ref()) {
            None => channels.extend(Channel::ALL),
            Some(listed) => {
                for channel in listed {
                    let read = Channel::to_patients(channel.get_ref());
                    let read = read.map_err(|e| self.wrong(channel.span().start, e))?;
                    channels.insert(read);
                }
            }
        }
        let patients = file.patients.iter().map(|p| self.person(p)).collect::<Result<Vec<_>, _>>()?;
        let mut workflows = BTreeMap::new();
        for workflow in &file.workflows {
            let (key, version, read, active) = self.workflow(workflow, load)?;
            workflows.insert((key, version), (Arc::new(read), active));
        }
        let mut events = vec![];
        for when in &file.when {
            let known = |name: &String| patients.iter().any(|p| p.name == *name);
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

    /// What the clinic has settled for itself.
    fn settings(&mut self, file: &ClinicFile) -> Result<(), ScenarioError> {
        if let Some(hours) = &file.text_hours {
            let read = hours.get_ref().parse();
            self.clinic.text_hours = read.map_err(|e: OpenHoursError| self.wrong(hours.span().start, e.to_string()))?;
        }
        self.clinic.outcome_forms.clone_from(&file.outcome_forms);
        for webhook in &file.webhooks {
            if !is_webhook_name(webhook.get_ref()) {
                let said = format!("`{}` is no webhook's name: up to 60 of a-z, 0-9 and -", webhook.get_ref());
                return Err(self.wrong(webhook.span().start, said));
            }
            self.clinic.webhooks.insert(webhook.get_ref().clone());
        }
        Ok(())
    }

    fn workflow(
        &self,
        workflow: &serde_spanned::Spanned<WorkflowFile>,
        load: &dyn Fn(&str) -> Result<String, String>,
    ) -> Result<(String, u32, Workflow, bool), ScenarioError> {
        match workflow.get_ref() {
            WorkflowFile::Path(path) => {
                let said = |message: String| ScenarioError::Workflow { path: path.clone(), message };
                let text = load(path).map_err(said)?;
                let read = Workflow::parse(&text).map_err(|e| said(e.to_string()))?;
                let file = path.rsplit('/').next().unwrap_or(path);
                Ok((file.trim_end_matches(".toml").to_owned(), 1, read, true))
            }
            WorkflowFile::Inline(table) => {
                let mut table = table.clone();
                let at = workflow.span().start;
                let version = match table.remove("version").as_ref().map(toml::Value::as_integer) {
                    None => 1,
                    Some(number) => number
                        .and_then(|n| u32::try_from(n).ok())
                        .ok_or_else(|| self.wrong(at, "`version` is a whole number from 1"))?,
                };
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
                Ok((id, version, read, active && version == 1))
            }
        }
    }

    fn person(&mut self, patient: &serde_spanned::Spanned<PatientFile>) -> Result<Person, ScenarioError> {
        let (file, at) = (patient.get_ref(), patient.span().start);
        let change = self.patient(&file.fields, at)?;
        let id = PatientId(self.names.id("patient", &file.id));
        let consents = file.fields.consents.iter().flatten().map(|text| self.consent(text, at));
        let consents = consents.collect::<Result<_, _>>()?;
        Ok(Person { id, name: file.id.clone(), change, consents, new: file.new })
    }

    /// "text:feedback"
    fn consent(&self, text: &str, at: usize) -> Result<(Channel, Category), ScenarioError> {
        let read = text
            .split_once(':')
            .and_then(|(channel, category)| Some((Channel::to_patients(channel).ok()?, category.parse().ok()?)));
        read.ok_or_else(|| self.wrong(at, format!("`{text}` is not a consent such as text:feedback")))
    }

    pub(super) fn date(&self, text: &serde_spanned::Spanned<String>) -> Result<Date, ScenarioError> {
        let wrong = || self.wrong(text.span().start, format!("`{}` is not a date such as 2026-03-24", text.get_ref()));
        text.get_ref().parse().map_err(|_| wrong())
    }

    fn span(&self, text: &Option<serde_spanned::Spanned<String>>) -> Result<Option<Span>, ScenarioError> {
        let read =
            |t: &serde_spanned::Spanned<String>| t.get_ref().parse().map_err(|e: String| self.wrong(t.span().start, e));
        text.as_ref().map(read).transpose()
    }

    /// An instant ending in Z, or civil time in the clinic's zone.
    pub(super) fn moment(&self, text: &serde_spanned::Spanned<String>) -> Result<CivilMoment, ScenarioError> {
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

    pub(super) fn location(&mut self, name: Option<&String>, at: usize) -> Result<Write<LocationId>, ScenarioError> {
        let Some(name) = name else { return Ok(Write::Keep) };
        let id = LocationId(self.names.id("location", name));
        if self.clinic.locations.contains_key(&id) {
            Ok(Write::Set(id))
        } else {
            Err(self.wrong(at, format!("`{name}` is not among [[locations]]")))
        }
    }

    pub(super) fn patient(&mut self, fields: &PatientFields, at: usize) -> Result<PatientChange, ScenarioError> {
        let home = self.location(fields.location.as_ref(), at)?;
        fields.change(home).map_err(|wrong| self.wrong(at, wrong))
    }
}
