//! What the engine may know: the chart, the clinic, the workflows and the time. Nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::definition::Workflow;
use super::schedule::OpenHours;
use crate::chart::{Anchor, Channel, Chart, Clinic, ContactPoint, Occurrence};
use crate::id::LocationId;
use crate::zone;

/// The facts of one patient at one moment.
pub struct Facts<'a> {
    pub clinic: &'a Clinic,
    pub chart: &'a Chart,
    pub occurrences: &'a [Occurrence],
    pub workflows: &'a Workflows,
    /// Channels the clinic has set up.
    pub channels: &'a BTreeSet<Channel>,
    /// Contact points that bounced for good, complained or said STOP.
    pub suppressed: &'a BTreeSet<ContactPoint>,
    pub now: Timestamp,
}

impl Facts<'_> {
    pub fn occurrence(&self, anchor: Anchor) -> Option<&Occurrence> {
        let anchor = self.chart.canonical(anchor);
        self.occurrences.iter().find(|o| o.anchor == anchor)
    }

    /// Days of a visit-anchored step are in the zone of the visit's location; others in the patient's.
    pub fn zone_of(&self, occurrence: &Occurrence) -> TimeZone {
        match occurrence.encounter {
            Some(_) => zone::of(self.clinic.zone_at(occurrence.location)),
            None => zone::of(self.chart.home_zone(self.clinic)),
        }
    }

    /// Quiet hours are always the patient's own.
    pub fn patient_zone(&self) -> TimeZone {
        zone::of(self.chart.home_zone(self.clinic))
    }

    /// When texts may be sent (47 CFR 64.1200: 08:00 to 21:00 the recipient's time).
    pub fn text_hours(&self) -> OpenHours {
        OpenHours::default()
    }
}

/// The status of a workflow over a stretch of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activation {
    pub from: Timestamp,
    pub until: Option<Timestamp>,
    /// Limited to these locations; `None`: all that fit.
    pub locations: Option<BTreeSet<LocationId>>,
}

/// One workflow of the clinic: all its versions and when it was active.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    pub versions: BTreeMap<u32, Arc<Workflow>>,
    pub activations: Vec<Activation>,
}

impl Published {
    /// The version that new runs take.
    pub fn current(&self) -> Option<(u32, &Arc<Workflow>)> {
        self.versions.last_key_value().map(|(version, workflow)| (*version, workflow))
    }

    pub fn activation_at(&self, at: Timestamp) -> Option<&Activation> {
        self.activations.iter().find(|a| a.from <= at && a.until.is_none_or(|until| at < until))
    }
}

/// The clinic's workflows by their key, which is the stem of the file they came from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Workflows(pub BTreeMap<String, Published>);

impl Workflows {
    pub fn version(&self, key: &str, version: u32) -> Option<&Arc<Workflow>> {
        self.0.get(key)?.versions.get(&version)
    }

    pub fn is_active(&self, key: &str, at: Timestamp) -> bool {
        self.0.get(key).is_some_and(|p| p.activation_at(at).is_some())
    }
}
