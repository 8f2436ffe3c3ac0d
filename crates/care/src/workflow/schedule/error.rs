//! What can be wrong with the text of a schedule, in words for its author.

use std::fmt;

use super::MOST;

/// Why a schedule is refused: what is wrong, where, and what is allowed instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    #[error("schedule: found {place}, expected {allowed}")]
    Expected { place: Place, allowed: &'static str },
    #[error("schedule: {place} is too large, the most is {MOST}")]
    TooLarge { place: Place },
    #[error(
        "schedule: {place} is too small, write 1 or more; only `0 days before` and `0 days after` may start with 0, as in `0 days after at 09:00`"
    )]
    Zero { place: Place },
    #[error(
        "schedule: {place} cannot follow `before`: a step comes before its anchor or after the event, so write `before` or `after the event`"
    )]
    BeforeTheEvent { place: Place },
    #[error(
        "schedule: {place} cannot be used with hours, which are elapsed time; count in days, weeks or months, or leave it out"
    )]
    ClockWithHours { place: Place },
    #[error(
        "schedule: {place} cannot be used with `immediately`, which is the moment of the event; write `0 days after the event` and then `at` or `on`"
    )]
    ClockWithImmediately { place: Place },
    #[error(
        "schedule: {place} cannot be used with `before`: only steps after the anchor or the event repeat; write one step for each reminder"
    )]
    RepeatBefore { place: Place },
    #[error(
        "schedule: found {place}, but nothing may follow here; the order is `N units before|after [the event] [at HH:MM] [on mon,tue] [every N units [up to K times]]`"
    )]
    Unexpected { place: Place },
    #[error("schedule: it repeats without an end; add `up to K times`, or give the step goals in `until`")]
    RepeatsForever,
}

/// Where in the text: the byte at which the word starts, counted from 0, and the word, cut when it is long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    byte: usize,
    /// None at the end of the text.
    word: Option<String>,
}

/// A pasted page should not come back whole in an error.
const LONGEST_WORD_SHOWN: usize = 24;

impl Place {
    pub(super) fn of_word(byte: usize, word: &str) -> Place {
        Place { byte, word: Some(word.chars().take(LONGEST_WORD_SHOWN).collect()) }
    }

    pub(super) fn end_of(text: &str) -> Place {
        Place { byte: text.len(), word: None }
    }

    /// The byte of the text at which the word starts, counted from 0; the text's length at its end.
    pub fn byte(&self) -> usize {
        self.byte
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.word {
            Some(word) => write!(f, "`{}` at byte {}", word.escape_debug(), self.byte),
            None => f.write_str("the end of the text"),
        }
    }
}
