//! `every N units [up to K times]`: docs/SEMANTICS.md section 3, rule 5.

use super::Length;

/// How a step repeats. Each occurrence counts from the base, which is occurrence 1; none counts from the one before,
/// so a clamped month never drags the later ones along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Repeat {
    pub(super) every: Length,
    pub(super) times: Option<u16>,
}

impl Repeat {
    /// The distance between occurrences, 1 unit or more.
    pub fn every(&self) -> Length {
        self.every
    }

    /// How many occurrences there are, the base included; `None` when only goals end the repetition.
    pub fn times(&self) -> Option<u16> {
        self.times
    }

    /// True while the occurrence, counted from 1, is within `up to K times`.
    pub fn includes(&self, occurrence: u32) -> bool {
        occurrence >= 1 && self.times.is_none_or(|times| occurrence <= u32::from(times))
    }
}
