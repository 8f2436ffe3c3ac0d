//! What a message says about a chart.

use care::chart::{Act, EncounterKey, PatientChange, Write};
use care::id::LocationId;
use care::zone::CivilMoment;
use jiff::Timestamp;
use jiff::civil::Date;

use super::header::Header;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    pub header: Header,
    /// When the source says it happened: the `at` of the change's stamp.
    pub stamp_at: Timestamp,
    /// Of the event and everything after MSH: a message sent again under a new control id has the same.
    pub body_hash: u64,
    pub what: Content,
    /// What was tolerated; no patient data.
    pub remarks: Vec<Remark>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// One per patient the message names: a group class has several.
    Updates(Vec<Update>),
    Merges(Vec<Merge>),
    /// Well-formed, and nothing to us; why.
    Ignored(&'static str),
}

/// A patient's number and who gave it (empty when the message does not say).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PatientKey {
    pub authority: String,
    pub value: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    pub patient: PatientKey,
    pub other_ids: Vec<PatientKey>,
    pub demographics: PatientChange,
    pub visit: Option<VisitReading>,
    pub episode: Option<EpisodeReading>,
}

/// `gone` is from now on another name of `update.patient`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    pub gone: PatientKey,
    pub update: Update,
}

/// A visit under one number or two, at least one of them there. Numbers are scoped by the sending facility.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitReading {
    /// The scheduler's number.
    pub appointment: Option<String>,
    /// The registration's number.
    pub visit: Option<String>,
    pub act: Act,
    pub start: Write<CivilMoment>,
    pub minutes: Write<u32>,
    /// The EMR's own type, as it was sent: of several, the one that the interface maps.
    pub type_seen: Option<String>,
    /// The practitioner's name, as it was sent; without one, the code.
    pub practitioner: Write<String>,
    /// The practitioner's code, without one the name.
    pub practitioner_code: Write<String>,
    pub location: Write<LocationId>,
    /// The code of a place that is not in the interface's list.
    pub location_seen: Option<String>,
    /// A charge says so, and whether that counts is for the place to say.
    pub by_charge: bool,
    /// When it happened, if that is not when the message says it was said.
    pub happened: Option<Timestamp>,
}

impl VisitReading {
    pub(crate) fn new(appointment: Option<String>, visit: Option<String>, act: Act) -> Self {
        Self {
            appointment,
            visit,
            act,
            start: Write::Keep,
            minutes: Write::Keep,
            type_seen: None,
            practitioner: Write::Keep,
            practitioner_code: Write::Keep,
            location: Write::Keep,
            location_seen: None,
            by_charge: false,
            happened: None,
        }
    }

    /// The number that names the visit, and the other one if the message gives both.
    pub fn key(&self) -> Option<(EncounterKey, &str, Option<&str>)> {
        match (&self.appointment, &self.visit) {
            (Some(appointment), visit) => Some((EncounterKey::Appointment, appointment, visit.as_deref())),
            (None, Some(visit)) => Some((EncounterKey::Visit, visit, None)),
            (None, None) => None,
        }
    }

    pub(super) fn writes_something(&self) -> bool {
        let says_type = self.type_seen.is_some();
        says_type || !(self.start.is_keep() && self.practitioner.is_keep() && self.location.is_keep())
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EpisodeReading {
    /// The case's number, scoped by the sending facility; `None`: the patient's only one.
    pub number: Option<String>,
    pub title: Option<String>,
    pub act: EpisodeAct,
    pub on: Date,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EpisodeAct {
    /// The message names this case. It opens the first time only: naming a discharged case does not re-open it.
    Seen,
    /// It began on that day.
    Opened,
    Discharged,
    Reopened,
}

/// Something out of order that did not stop the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    pub place: &'static str,
    pub text: &'static str,
}
