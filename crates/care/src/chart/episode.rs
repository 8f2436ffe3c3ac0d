//! An episode of care: opened, discharged, perhaps re-opened.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::EpisodeId;

/// Which episode. The first is the default one a patient has before the EMR names a case; the first case named adopts
/// it, so that its runs and scores stay where they are. When it is discharged, the next default one opens with the next
/// visit that names no case, or with the next case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EpisodeKey {
    First,
    /// After so many default ones that were discharged.
    Next(u32),
    Named(EpisodeId),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Episode {
    pub key: EpisodeKey,
    /// The case the EMR named, if it did.
    pub named: Option<EpisodeId>,
    pub title: Option<String>,
    pub opened_on: Date,
    /// The stamp of the opening.
    pub opened_at: Timestamp,
    pub state: EpisodeState,
    /// Each time it was discharged, the ones taken back among them.
    pub discharges: Vec<(Date, Timestamp)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EpisodeState {
    Open,
    Discharged {
        on: Date,
        at: Timestamp,
    },
    /// Nothing planned and nobody came for as long as the clinic has said; a new booking takes it back.
    PresumedEnded {
        on: Date,
        at: Timestamp,
    },
}

impl Episode {
    pub fn is_open(&self) -> bool {
        matches!(self.state, EpisodeState::Open)
    }
}
