//! What happened to a chart, as a function of the folded chart: the same set of changes gives the same events.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::episode::EpisodeKey;
use crate::id::{AssignmentId, EncounterId, EnrolmentId, LocationId};
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
    PatientBirthday = "patient.birthday",
    EpisodePresumedEnded = "episode.presumed_ended",
    CarePlanAssigned = "care_plan.assigned",
    CarePlanCompleted = "care_plan.completed",
    ExerciseAssigned = "exercise.assigned",
    ExerciseOverdue = "exercise.overdue",
    QuestionnaireAssigned = "questionnaire.assigned",
    QuestionnaireCompleted = "questionnaire.completed",
    QuestionnaireOverdue = "questionnaire.overdue",
    RecommendationGiven = "recommendation.given",
    Inactivity = "inactivity",
    Manual = "manual",
}

impl EventKind {
    /// Whether a step may be scheduled before this anchor's moment.
    pub fn allows_before(self) -> bool {
        matches!(
            self,
            EventKind::EncounterPlanned | EventKind::VisitDayPlanned | EventKind::PatientBirthday | EventKind::Manual
        )
    }

    /// Of a visit to come: what a booking brings, and all that hangs on the appointment.
    pub fn is_of_a_visit_ahead(self) -> bool {
        matches!(self, EventKind::EncounterPlanned | EventKind::VisitDayPlanned)
    }

    /// Its anchor is the visit itself and where that is; not something that once happened to it.
    pub fn is_the_visit(self) -> bool {
        self.is_of_a_visit_ahead() || matches!(self, EventKind::EncounterArrived | EventKind::EncounterFinished)
    }

    /// Arises because time passed, not because somebody said so.
    pub fn is_timed(self) -> bool {
        matches!(
            self,
            EventKind::PatientBirthday
                | EventKind::EpisodePresumedEnded
                | EventKind::ExerciseOverdue
                | EventKind::QuestionnaireOverdue
                | EventKind::Inactivity
        )
    }

    /// Rests on something that nobody said: worth nothing while the feed is silent.
    pub fn rests_on_absence(self) -> bool {
        matches!(self, EventKind::EncounterNoShow | EventKind::EpisodePresumedEnded | EventKind::Inactivity)
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
    Assignment(AssignmentId),
    Enrolment(EnrolmentId),
    Birthday {
        year: i16,
    },
    /// Nothing planned (or no login) for so many days; `since`: the day on which that became true.
    Idle {
        of: Idle,
        days: u32,
        since: Date,
        episode: Option<EpisodeKey>,
    },
    PresumedEnd {
        episode: EpisodeKey,
        on: Date,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Idle {
    Visits,
    Login,
}

impl Idle {
    pub fn code(self) -> &'static str {
        match self {
            Idle::Visits => "visits",
            Idle::Login => "login",
        }
    }
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
    /// Staff ended it.
    Stopped,
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
    pub assignment: Option<AssignmentId>,
    /// Of an enrolment: the one workflow it is for.
    pub workflow: Option<String>,
    /// How many tasks stand between it and something that happened outside; see "Loops".
    pub depth: u8,
    pub validity: Validity,
}

impl Occurrence {
    /// One that stands on nothing but itself; more is added by struct update.
    pub fn of(anchor: Anchor, at: Timestamp, location: Option<LocationId>) -> Self {
        Self {
            anchor,
            event_at: at,
            moment: CivilMoment::utc(at),
            encounter: None,
            episode: None,
            location,
            assignment: None,
            workflow: None,
            depth: 0,
            validity: Validity::Valid,
        }
    }
}
