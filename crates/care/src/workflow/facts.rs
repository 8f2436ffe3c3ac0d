//! What the engine may know: the chart, the clinic, the workflows and the time. Nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::definition::Workflow;
use super::schedule::OpenHours;
use crate::chart::{Anchor, Channel, Chart, Clinic, ContactPoint, EventKind, Occurrence, Watch};
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
    pub world: &'a World,
    /// Until when staff may take back what they did last: nothing goes out before.
    pub undo_until: Option<Timestamp>,
    pub now: Timestamp,
}

/// What is known beyond the patient's own chart and ledger.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct World {
    /// Contact points that bounced for good, complained or said STOP.
    pub suppressed: BTreeSet<ContactPoint>,
    /// Contact points on more charts than a family has: nobody's.
    pub crowded: BTreeSet<ContactPoint>,
    /// Channels whose gateway does not answer just now.
    pub down: BTreeSet<Channel>,
    /// What went to this patient's contact points for others who share them, newest first.
    pub others: Vec<Traffic>,
}

/// A message that went, or is about to go, to a contact point for another patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traffic {
    pub contact: ContactPoint,
    pub template: String,
    pub at: Timestamp,
    /// It went as a part of another message, and takes no place of its own.
    pub joined: bool,
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

    /// When texts may be sent.
    pub fn text_hours(&self) -> OpenHours {
        self.clinic.text_hours
    }
}

/// The status of a workflow over a stretch of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activation {
    pub from: Timestamp,
    pub until: Option<Timestamp>,
    /// Limited to these locations; `None`: all that fit.
    pub locations: Option<BTreeSet<LocationId>>,
    /// Covers visits booked before: they are entered too, without what would go out at once.
    pub cover: bool,
}

impl Activation {
    pub fn open(from: Timestamp) -> Self {
        Self { from, until: None, locations: None, cover: false }
    }
}

/// What an edit does to the runs in flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InFlight {
    Stay,
    /// To the new version; steps are matched by their id.
    Move,
    Stop,
}

impl InFlight {
    pub const ALL: [InFlight; 3] = [InFlight::Stay, InFlight::Move, InFlight::Stop];

    pub fn code(self) -> &'static str {
        match self {
            InFlight::Stay => "stay",
            InFlight::Move => "move",
            InFlight::Stop => "stop",
        }
    }
}

impl std::str::FromStr for InFlight {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let found = InFlight::ALL.into_iter().find(|w| w.code() == text);
        found.ok_or_else(|| format!("`{text}`: what becomes of runs is stay, move or stop"))
    }
}

/// A newer version was published, and this is what became of the runs that had begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edit {
    pub at: Timestamp,
    pub to: u32,
    pub in_flight: InFlight,
}

/// One workflow of the clinic: all its versions and when it was active.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Published {
    pub versions: BTreeMap<u32, Arc<Workflow>>,
    pub activations: Vec<Activation>,
    /// In order of time.
    pub edits: Vec<Edit>,
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

    /// Which events of time any of them waits for.
    pub fn watch(&self) -> Watch {
        let mut watch = Watch::default();
        for workflow in self.0.values().flat_map(|p| p.versions.values()) {
            watch.birthdays |= workflow.trigger.events.contains(&EventKind::PatientBirthday);
            watch.idle.extend(workflow.trigger.of.zip(workflow.trigger.days));
        }
        watch
    }

    pub fn is_active(&self, key: &str, at: Timestamp) -> bool {
        self.0.get(key).is_some_and(|p| p.activation_at(at).is_some())
    }
}
