//! **chart** — who the patient is, what visits they have, what happened.
//!
//! Protects: an encounter moves planned -> arrived -> finished, or to cancelled / no-show; an episode opens and is
//! discharged; a feed never overwrites the default episode; "cannot be reached" is a value ([`Patient::reach`]).
//!
//! Everything here is [`fold`]ed from [`Change`]s in the order of their [`Stamp`]s. Nothing is written any other way.

mod change;
mod clinic;
mod contact;
mod encounter;
mod episode;
mod event;
mod fold;
mod occurrences;
mod patient;

pub use change::{
    Act, Change, EncounterChange, EncounterKey, EpisodeChange, PatientChange, Source, Stamp, What, Write,
};
pub use clinic::{Clinic, Location};
pub use contact::{Category, Channel, ContactPoint, Placeholder};
pub use encounter::{Encounter, EncounterState, Move, Notice, VisitType};
pub use episode::{Episode, EpisodeKey, EpisodeState};
pub use event::{Anchor, EventKind, Occurrence, Subject, Validity};
pub use fold::{Chart, fold};
pub use patient::{Patient, Reach, Sex};
