//! What happened to a chart, as a function of the folded chart: the same set of changes gives the same events.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::episode::EpisodeKey;
use crate::id::{EncounterId, LocationId};
use crate::zone::CivilMoment;

macro_rules! kinds {
    ($($name:ident = $code:literal),* $(,)?) => {
        /// docs/SEMANTICS.md section 2, first column.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum EventKind { $(#[serde(rename = $code)] $name),* }

        impl EventKind {
            pub const ALL: &'static [EventKind] = &[$(EventKind::$name),*];

            pub fn code(self) -> &'static str {
                match self { $(EventKind::$name => $code),* }
            }
        }
    };
}

kinds! {
    EncounterPlanned = "encounter.planned",
    EncounterArrived = "encounter.arrived",
    EncounterFinished = "encounter.finished",
    VisitDayPlanned = "visit_day.planned",
    EncounterNoShow = "encounter.no_show",
    EncounterCancelled = "encounter.cancelled",
    EncounterRescheduled = "encounter.rescheduled",
    EpisodeOpened = "episode.opened",
    EpisodeDischarged = "episode.discharged",
    PatientCreated = "patient.created",
    PatientRegistered = "patient.registered",
}

impl EventKind {
    /// Whether a step may be scheduled before this anchor's moment.
    pub fn allows_before(self) -> bool {
        matches!(self, EventKind::EncounterPlanned | EventKind::VisitDayPlanned)
    }
}

impl std::str::FromStr for EventKind {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        EventKind::ALL.iter().copied().find(|k| k.code() == text).ok_or_else(|| {
            let all: Vec<_> = EventKind::ALL.iter().map(|k| k.code()).collect();
            format!("`{text}` is not an event; one of: {}", all.join(", "))
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    Patient,
    Encounter(EncounterId),
    Episode(EpisodeKey),
    /// All visits of one day at one location are one to the patient.
    VisitDay {
        location: Option<LocationId>,
        date: Date,
    },
}

/// What a run stands on: (event, subject, how many times it happened).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Anchor {
    pub event: EventKind,
    pub subject: Subject,
    pub nth: u32,
}

/// Whether an anchor still holds, and if not, why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Validity {
    Valid,
    Cancelled,
    Moved,
    /// The state was corrected: what happened turned out not to have happened.
    Corrected,
    Gone,
}

/// One event of a chart, valid or no longer so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    pub anchor: Anchor,
    /// When the source says it happened.
    pub event_at: Timestamp,
    /// The anchor's own moment: what "before" and "after" count from.
    pub moment: CivilMoment,
    pub encounter: Option<EncounterId>,
    pub episode: Option<EpisodeKey>,
    pub location: Option<LocationId>,
    pub validity: Validity,
}
