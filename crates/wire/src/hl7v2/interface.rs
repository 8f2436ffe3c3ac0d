//! What a clinic says about one feed.

use std::collections::BTreeMap;

use care::chart::VisitType;
use care::id::{InterfaceId, LocationId};
use serde::{Deserialize, Serialize};

use super::charset;
use super::path::Path;
use crate::csv::Feed;

/// The settings of one feed. Codes are compared without regard to case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interface {
    pub id: InterfaceId,
    /// IANA name: the zone of every time that states no offset we trust.
    pub zone: String,
    /// Many senders stamp a fixed or wrong offset; off, offsets are not looked at.
    #[serde(default)]
    pub trust_offset: bool,
    /// CX.4 of the number that names a patient. Without it: the number of type MR, else the first.
    #[serde(default)]
    pub authority: Option<String>,
    /// For messages that name no character set (MSH-18), as in "windows-1252".
    #[serde(default)]
    pub default_charset: Option<String>,
    /// SCH-8 (or SCH-7) to what it is here: says which of several words is the type.
    #[serde(default)]
    pub appointment_types: BTreeMap<String, MappedType>,
    /// Code to display name; read when the clinic is made.
    #[serde(default)]
    pub providers: BTreeMap<String, String>,
    /// AIL-3 and PV1-3, point of care (.1) or facility (.4).
    #[serde(default)]
    pub locations: BTreeMap<String, LocationId>,
    /// Where a booking is that names no known place. With no `locations` at all, where everything is.
    #[serde(default)]
    pub default_location: Option<LocationId>,
    #[serde(default)]
    pub discharge_means: DischargeMeans,
    /// Where the number of the case stands: "PV1-54", "PID-18", "PV1-19", "PV1-50", "ZXX-5.2".
    #[serde(default)]
    pub episode_from: Option<Path>,
    #[serde(default)]
    pub stamp_from: StampFrom,
    #[serde(default)]
    pub appointment_number: AppointmentNumber,
    /// Test messages (MSH-11 = T or D) are refused.
    #[serde(default = "yes")]
    pub production: bool,
    /// "2.5" accepts 2.5.1 too; empty accepts all.
    #[serde(default)]
    pub accept_versions: Vec<String>,
    /// It is fed by files, not by messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub csv: Option<Feed>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MappedType {
    Type(VisitType),
    /// Not a visit of a patient ("lunch", "block"): no visit is made of it.
    Ignore,
}

/// What an A03 ends: systems disagree.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DischargeMeans {
    #[default]
    Visit,
    Case,
}

/// Which time says when a change happened at the source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StampFrom {
    /// EVN-2, else MSH-7.
    #[default]
    Event,
    /// PID-33, else EVN-2, else MSH-7.
    PatientUpdate,
    /// MSH-7.
    Message,
}

/// Which of its two numbers names an appointment; the other is used when that one is empty.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppointmentNumber {
    /// SCH-2.
    #[default]
    Filler,
    /// SCH-1: for systems that book without a filler number and add one later.
    Placer,
}

fn yes() -> bool {
    true
}

impl Interface {
    /// A production feed with nothing mapped yet.
    pub fn new(id: InterfaceId, zone: &str) -> Self {
        Self {
            id,
            zone: zone.into(),
            trust_offset: false,
            authority: None,
            default_charset: None,
            appointment_types: BTreeMap::new(),
            providers: BTreeMap::new(),
            locations: BTreeMap::new(),
            default_location: None,
            discharge_means: DischargeMeans::default(),
            episode_from: None,
            stamp_from: StampFrom::default(),
            appointment_number: AppointmentNumber::default(),
            production: true,
            accept_versions: vec![],
            csv: None,
        }
    }

    /// What is wrong with these settings, in words for the person who typed them.
    pub fn check(&self) -> Result<(), String> {
        if care::zone::named(&self.zone).is_none() {
            return Err(format!("`{}` is not a time zone: write it as in America/New_York", self.zone));
        }
        match &self.default_charset {
            Some(label) if charset::named(label).is_none() => {
                Err(format!("`{label}` is not a character set we know: write it as in UTF-8 or windows-1252"))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn accepts_version(&self, version: &str) -> bool {
        self.accept_versions.is_empty()
            || self.accept_versions.iter().any(|accepted| {
                version.strip_prefix(accepted.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
    }
}

/// The entry of a code, whatever its case.
pub(crate) fn look_up<'m, T>(map: &'m BTreeMap<String, T>, code: &str) -> Option<&'m T> {
    let code = code.trim();
    if let Some(found) = map.get(code) {
        return Some(found);
    }
    let found = map.iter().find(|(known, _)| known.trim().eq_ignore_ascii_case(code));
    let found = found.or_else(|| {
        let lower = (!code.is_ascii()).then(|| code.to_lowercase())?;
        map.iter().find(|(known, _)| known.trim().to_lowercase() == lower)
    });
    found.map(|(_, value)| value)
}
