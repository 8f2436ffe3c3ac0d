//! A visit: planned -> arrived -> finished, or cancelled / no-show / entered in error; every state can be corrected.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::change::{Act, Change, EncounterChange, EncounterKey, What, Write};
use super::episode::EpisodeKey;
use crate::id::{EncounterId, EpisodeId, LocationId};
use crate::zone::CivilMoment;

/// Our own code for a visit's type, mapped per interface from the EMR's appointment types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitType {
    InitialEvaluation,
    FollowUp,
    ReEvaluation,
    Discharge,
    Other,
    /// The clinic has not said what the EMR's type means: the visit counts as booked and starts nothing that asks for a type.
    Unmapped,
}

impl VisitType {
    pub const ALL: [VisitType; 6] = [
        VisitType::InitialEvaluation,
        VisitType::FollowUp,
        VisitType::ReEvaluation,
        VisitType::Discharge,
        VisitType::Other,
        VisitType::Unmapped,
    ];

    pub fn code(self) -> &'static str {
        match self {
            VisitType::InitialEvaluation => "initial_evaluation",
            VisitType::FollowUp => "follow_up",
            VisitType::ReEvaluation => "re_evaluation",
            VisitType::Discharge => "discharge",
            VisitType::Other => "other",
            VisitType::Unmapped => "unmapped",
        }
    }
}

impl std::str::FromStr for VisitType {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        VisitType::ALL.into_iter().find(|t| t.code() == text).ok_or_else(|| {
            format!(
                "`{text}` is not a visit type: initial_evaluation, follow_up, re_evaluation, discharge, other, unmapped"
            )
        })
    }
}

/// The state a visit is in, with the source time it got there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EncounterState {
    /// Nothing but notes or a cancellation's tombstone so far: no visit to speak of.
    Unknown,
    Planned,
    Arrived {
        at: Timestamp,
    },
    Finished {
        at: Timestamp,
    },
    NoShow {
        at: Timestamp,
    },
    Cancelled {
        at: Timestamp,
    },
    EnteredInError {
        at: Timestamp,
    },
}

impl EncounterState {
    pub fn code(self) -> &'static str {
        match self {
            EncounterState::Unknown => "unknown",
            EncounterState::Planned => "planned",
            EncounterState::Arrived { .. } => "arrived",
            EncounterState::Finished { .. } => "finished",
            EncounterState::NoShow { .. } => "no_show",
            EncounterState::Cancelled { .. } => "cancelled",
            EncounterState::EnteredInError { .. } => "entered_in_error",
        }
    }

    /// Planned, arrived or finished: the visit stands.
    pub fn stands(self) -> bool {
        matches!(self, EncounterState::Planned | EncounterState::Arrived { .. } | EncounterState::Finished { .. })
    }

    pub fn has_arrived(self) -> bool {
        matches!(self, EncounterState::Arrived { .. } | EncounterState::Finished { .. })
    }
}

/// The start or the place really changed, or what was called off is on again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    pub at: Timestamp,
    pub from: CivilMoment,
    pub from_location: Option<LocationId>,
    pub to: CivilMoment,
    /// It had been cancelled; the start may be the same.
    pub reopened: bool,
}

/// Something the fold could not decide for the clinic: an item for the work list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// A booking came for a cancelled visit, with the start it had: a doubled old message, or a real new booking?
    BookingOfCancelledVisit { at: Timestamp },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encounter {
    /// The id everything refers to.
    pub id: EncounterId,
    /// All ids that mean this visit, `id` among them.
    pub ids: Vec<EncounterId>,
    pub state: EncounterState,
    pub start: Option<CivilMoment>,
    pub minutes: Option<u32>,
    pub visit_type: Option<VisitType>,
    pub visit_code: Option<String>,
    pub practitioner: Option<String>,
    pub practitioner_code: Option<String>,
    /// The name is as the source wrote it, and nobody has said who that is.
    pub unclaimed: bool,
    pub location: Option<LocationId>,
    /// The case the source named, before adoption.
    pub named_episode: Option<EpisodeId>,
    pub episode: EpisodeKey,
    /// The first stamp that planned it.
    pub planned_at: Option<Timestamp>,
    /// The stamp that gave it the start and the place it has now.
    pub start_since: Option<Timestamp>,
    pub moves: Vec<Move>,
    pub arrived_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
    pub no_shows: Vec<Timestamp>,
    pub cancellations: Vec<Timestamp>,
    pub notices: Vec<Notice>,
}

/// How long a cancellation must have stood for its end to be news.
const REOPENED_AFTER: SignedDuration = SignedDuration::from_mins(10);

impl Encounter {
    pub fn starts_at(&self) -> Option<Timestamp> {
        self.start.as_ref().map(CivilMoment::instant)
    }

    /// Who sees the patient, if the clinic knows.
    pub fn known_practitioner(&self) -> Option<&str> {
        self.practitioner.as_deref().filter(|_| !self.unclaimed)
    }

    /// Folds the changes of one visit, already in stamp order.
    pub(super) fn fold(ids: Vec<EncounterId>, id: EncounterId, changes: &[&Change]) -> Self {
        let mut visit = Self {
            id,
            ids,
            state: EncounterState::Unknown,
            start: None,
            minutes: None,
            visit_type: None,
            visit_code: None,
            practitioner: None,
            practitioner_code: None,
            unclaimed: false,
            location: None,
            named_episode: None,
            episode: EpisodeKey::First,
            planned_at: None,
            start_since: None,
            moves: vec![],
            arrived_at: None,
            finished_at: None,
            no_shows: vec![],
            cancellations: vec![],
            notices: vec![],
        };
        let mut emr = EmrSaid::default();
        for change in changes {
            if let What::Encounter(what) = &change.what {
                visit.apply(change, what, &mut emr);
            }
        }
        visit
    }

    fn apply(&mut self, change: &Change, what: &EncounterChange, emr: &mut EmrSaid) {
        let at = change.stamp.at;
        let before = (self.start.clone(), self.location);
        let start = believed_start(change, what, &mut emr.start);
        let same_start = matches!(&start, Write::Set(s) if Some(s.instant()) == self.starts_at());
        let was = self.state;
        let cancelled = matches!(was, EncounterState::Cancelled { .. });
        if what.act == Act::Book && cancelled && (same_start || start.is_keep()) && self.start.is_some() {
            self.notices.push(Notice::BookingOfCancelledVisit { at });
            return;
        }
        // A visit number joined to an appointment says when the patient came, not when the visit was booked for.
        let registration_time = what.key == EncounterKey::Visit && self.planned_at.is_some();
        if !registration_time {
            write(&mut self.start, &start);
        }
        self.write_fields(change, what, emr);
        self.state = self.next_state(what.act, at);
        // Schedulers cancel and book anew in one breath: nobody was told, and nobody is to be told.
        let reopened = match was {
            EncounterState::Cancelled { at: since } => {
                self.state == EncounterState::Planned && at.duration_since(since) > REOPENED_AFTER
            }
            _ => false,
        };
        if self.start != before.0 || (before.1.is_some() && before.1 != self.location) {
            self.start_since = Some(at);
        }
        self.note_transition(at);
        if let (Some(from), Some(to)) = (before.0, self.start.clone())
            && self.planned_at.is_some_and(|planned| planned <= at)
            && self.state == EncounterState::Planned
            && (reopened || from.instant() != to.instant() || (before.1.is_some() && before.1 != self.location))
        {
            self.moves.push(Move { at, from, from_location: before.1, to, reopened });
        }
    }

    fn write_fields(&mut self, change: &Change, what: &EncounterChange, emr: &mut EmrSaid) {
        write(&mut self.minutes, &what.minutes);
        write(&mut self.visit_type, &what.visit_type);
        write(&mut self.visit_code, &what.visit_code);
        match &what.visit_type {
            Write::Set(_) | Write::Clear => emr.typed = change.source.is_emr(),
            // Its own word says more than what was once made of an older one; what a person said stands.
            Write::Keep if emr.typed && matches!(what.visit_code, Write::Set(_)) => self.visit_type = None,
            Write::Keep => {}
        }
        write(&mut self.practitioner, &what.practitioner);
        if !what.practitioner.is_keep() {
            self.practitioner_code = None;
        }
        write(&mut self.practitioner_code, &what.practitioner_code);
        write(&mut self.location, &what.location);
        write(&mut self.named_episode, &what.episode);
    }

    fn next_state(&self, act: Act, at: Timestamp) -> EncounterState {
        use EncounterState as S;
        match (act, self.state) {
            (Act::Note, state) => state,
            (Act::Book, S::Unknown | S::Planned | S::Cancelled { .. }) => S::Planned,
            (Act::Book, state) => state,
            (Act::Modify, S::Unknown | S::Planned | S::Cancelled { .. } | S::NoShow { .. }) => S::Planned,
            (Act::Modify, state) => state,
            (Act::Reinstate, _) => S::Planned,
            (Act::Arrive, S::Finished { at }) => S::Finished { at },
            (Act::Arrive, S::Arrived { at }) => S::Arrived { at },
            (Act::Arrive, _) => S::Arrived { at },
            (Act::Finish, S::Finished { at }) => S::Finished { at },
            (Act::Finish, _) => S::Finished { at },
            (Act::Unfinish, S::Finished { .. }) => S::Arrived { at },
            (Act::Unfinish, state) => state,
            (Act::NoShow, S::NoShow { at }) => S::NoShow { at },
            (Act::NoShow, _) => S::NoShow { at },
            (Act::Cancel, S::Cancelled { at }) => S::Cancelled { at },
            (Act::Cancel, _) => S::Cancelled { at },
            (Act::Delete, _) => S::EnteredInError { at },
        }
    }

    fn note_transition(&mut self, now: Timestamp) {
        match self.state {
            EncounterState::Planned if self.start.is_some() => {
                self.planned_at.get_or_insert(now);
            }
            EncounterState::Arrived { at } => {
                self.arrived_at.get_or_insert(at);
            }
            EncounterState::Finished { at } => {
                self.arrived_at.get_or_insert(at);
                self.finished_at.get_or_insert(at);
            }
            EncounterState::NoShow { at } if self.no_shows.last() != Some(&at) => self.no_shows.push(at),
            EncounterState::Cancelled { at } if self.cancellations.last() != Some(&at) => self.cancellations.push(at),
            _ => {}
        }
    }
}

/// What the EMR said of a visit so far.
#[derive(Default)]
struct EmrSaid {
    start: Option<CivilMoment>,
    /// It gave the visit the type it has.
    typed: bool,
}

/// A start that staff corrected stands until the EMR sends one that differs from its own last one.
fn believed_start(change: &Change, what: &EncounterChange, emr_last: &mut Option<CivilMoment>) -> Write<CivilMoment> {
    if !change.source.is_emr() {
        return what.start.clone();
    }
    let Write::Set(start) = &what.start else { return what.start.clone() };
    let repeated = emr_last.as_ref().is_some_and(|last| last.instant() == start.instant());
    *emr_last = Some(start.clone());
    if repeated && what.act != Act::Book { Write::Keep } else { Write::Set(start.clone()) }
}

pub(super) fn write<T: Clone>(field: &mut Option<T>, value: &Write<T>) {
    match value {
        Write::Keep => {}
        Write::Set(value) => *field = Some(value.clone()),
        Write::Clear => *field = None,
    }
}
