//! The scenario file as TOML gives it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;
use serde_spanned::Spanned;

use crate::chart::{BodyRegion, Guardian, PatientChange, Sex, Write};
use crate::id::LocationId;
use crate::zone;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    #[serde(default)]
    #[expect(dead_code, reason = "the name is for the reader of the file")]
    pub name: Option<String>,
    pub until: Option<Spanned<String>>,
    pub clinic: ClinicFile,
    /// Channels that are set up; both when the file does not say.
    pub channels: Option<Vec<Spanned<String>>>,
    #[serde(default)]
    pub locations: Vec<LocationFile>,
    #[serde(default)]
    pub patients: Vec<Spanned<PatientFile>>,
    #[serde(default)]
    pub workflows: Vec<Spanned<WorkflowFile>>,
    #[serde(default)]
    pub when: Vec<Spanned<When>>,
    #[serde(default)]
    pub then: Vec<Expectation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClinicFile {
    pub zone: Spanned<String>,
    pub name: Option<String>,
    pub channels: Option<Vec<Spanned<String>>>,
    /// When texts may go out, if that is narrower than the law has it.
    pub text_hours: Option<Spanned<String>>,
    /// By part of the body: the form the clinic has chosen.
    #[serde(default)]
    pub outcome_forms: BTreeMap<BodyRegion, String>,
    /// The names of those that are set up.
    #[serde(default)]
    pub webhooks: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocationFile {
    pub id: String,
    pub zone: Option<Spanned<String>>,
    pub name: Option<String>,
    #[serde(default = "yes")]
    pub emr: bool,
    #[serde(default)]
    pub closed: Vec<Spanned<String>>,
    pub arrived_after: Option<Spanned<String>>,
    pub ended_after: Option<Spanned<String>>,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize, Default, Clone)]
#[serde(deny_unknown_fields)]
pub struct PatientFile {
    pub id: String,
    /// Made by a `patient.created` line of the story.
    #[serde(default)]
    pub new: bool,
    #[serde(flatten)]
    pub fields: PatientFields,
}

/// What a scenario says of a patient. `location` is the scenario's name of it.
#[derive(Deserialize, Default, Clone, PartialEq)]
pub struct PatientFields {
    pub given: Option<String>,
    pub family: Option<String>,
    pub birth_date: Option<String>,
    pub sex: Option<String>,
    pub zone: Option<String>,
    pub location: Option<String>,
    pub email: Option<String>,
    pub mobile: Option<String>,
    pub language: Option<String>,
    pub tags: Option<Vec<String>>,
    pub registered: Option<bool>,
    pub send_invite: Option<bool>,
    pub deceased: Option<bool>,
    pub inactive: Option<bool>,
    pub test_patient: Option<bool>,
    pub do_not_contact: Option<String>,
    pub guardian: Option<Guardian>,
    /// `text:feedback`
    pub consents: Option<Vec<String>>,
}

impl PatientFields {
    pub fn change(&self, home_location: Write<LocationId>) -> Result<PatientChange, String> {
        let date = |text: &String| {
            text.parse::<Date>().map_err(|_| format!("birth_date `{text}` is not a date such as 1980-05-17"))
        };
        let birth_date = self.birth_date.as_ref().map(date).transpose()?;
        let sex = match self.sex.as_deref() {
            None => None,
            Some("female") => Some(Sex::Female),
            Some("male") => Some(Sex::Male),
            Some("other") => Some(Sex::Other),
            Some(word) => return Err(format!("sex `{word}`: female, male, other")),
        };
        if let Some(name) = &self.zone
            && zone::named(name).is_none()
        {
            return Err(format!("`{name}` is not an IANA zone"));
        }
        Ok(PatientChange {
            given: Write::some(self.given.clone()),
            family: Write::some(self.family.clone()),
            birth_date: Write::some(birth_date),
            sex: Write::some(sex),
            language: Write::some(self.language.clone()),
            zone: Write::some(self.zone.clone()),
            email: Write::some(self.email.clone()),
            mobile: Write::some(self.mobile.clone()),
            phone: Write::Keep,
            home_location,
            deceased: Write::some(self.deceased),
            inactive: Write::some(self.inactive),
            test_patient: Write::some(self.test_patient),
            do_not_contact: Write::some(self.do_not_contact.clone()),
            send_invite: Write::some(self.send_invite),
            registered: Write::some(self.registered),
            tags: Write::some(self.tags.clone()),
            guardian: Write::some(self.guardian.clone()),
        })
    }
}

/// A path to a workflow file, or the workflow itself with `id` and `status`.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum WorkflowFile {
    Path(String),
    Inline(toml::Table),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    pub at: Spanned<String>,
    pub change: Spanned<String>,
    pub patient: Option<String>,
    pub encounter: Option<String>,
    pub episode: Option<String>,
    pub workflow: Option<String>,
    pub starts_at: Option<Spanned<String>>,
    pub minutes: Option<u32>,
    pub visit_type: Option<Spanned<String>>,
    pub practitioner: Option<String>,
    pub visit_code: Option<String>,
    pub practitioner_code: Option<String>,
    pub by: Option<Spanned<String>>,
    /// When the source says it happened, if that is not when we heard of it.
    pub stamped_at: Option<Spanned<String>>,
    pub label: Option<String>,
    pub undoes: Option<Spanned<String>>,
    pub assignment: Option<String>,
    pub content: Option<String>,
    pub due: Option<Spanned<String>>,
    pub score: Option<f64>,
    #[serde(default)]
    pub answers: BTreeMap<String, String>,
    pub enrolment: Option<String>,
    pub channel: Option<Spanned<String>>,
    pub category: Option<Spanned<String>>,
    pub date: Option<Spanned<String>>,
    pub cover: Option<bool>,
    pub locations: Option<Vec<String>>,
    pub version: Option<u32>,
    pub runs: Option<Spanned<String>>,
    pub gone: Option<String>,
    pub code: Option<String>,
    #[serde(flatten)]
    pub fields: PatientFields,
}

/// What should be among the decisions: every key given must agree.
#[derive(Deserialize, Clone, Debug, Default)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    pub at: Option<String>,
    pub patient: Option<String>,
    pub workflow: Option<String>,
    pub anchor: Option<String>,
    pub step: Option<String>,
    pub occurrence: Option<u32>,
    pub due: Option<String>,
    pub generation: Option<u32>,
    pub verdict: Option<String>,
    pub reason: Option<String>,
    /// Something that its tasks gave: a template, or what was assigned.
    pub content: Option<String>,
    /// No decision may agree.
    #[serde(default)]
    pub never: bool,
    /// Exactly so many must agree.
    pub times: Option<usize>,
}
