//! **chart** — who the patient is, what visits they have, what happened.
//!
//! Protects: an encounter moves planned -> arrived -> finished, or to cancelled / no-show; an episode opens and is
//! discharged; a feed never overwrites the default episode; "cannot be reached" is a value ([`Patient::reach`]).
//!
//! Everything here is [`fold`]ed from [`Change`]s in the order of their [`Stamp`]s. Nothing is written any other way.

mod assignment;
mod body_region;
mod cases;
mod change;
mod clinic;
mod contact;
mod encounter;
mod episode;
mod event;
mod fold;
mod occurrences;
mod patient;
mod presumed;
mod snapshot;
mod timed;

pub use assignment::{Assignment, AssignmentAct, AssignmentState, DUE_WITHIN, EXPIRES_AFTER, Response, Score};
pub use body_region::{ANY_REGION, BodyRegion};
pub use change::{
    Act, Change, EncounterChange, EncounterKey, EnrolmentAct, EpisodeChange, PatientChange, SaidBy, Source, Stamp,
    What, Write,
};
pub use clinic::{Budget, Claim, Clinic, Location, TypeMapping};
pub use contact::{Category, Channel, ContactPoint, Placeholder};
pub use encounter::{Encounter, EncounterState, Move, Notice, VisitType};
pub use episode::{Episode, EpisodeKey, EpisodeState};
pub use event::{Anchor, EventKind, Idle, Occurrence, Subject, Validity};
pub use fold::{Chart, Enrolment, Stop, fold};
pub use occurrences::RECOMMENDATION;
pub use patient::{Guardian, Patient, Reach, Sex};
pub use snapshot::{Snapshot, UNDO};
pub use timed::Watch;
