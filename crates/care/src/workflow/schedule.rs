//! When a step is due: a line of text such as `7 days after at 10:00`, and the instants that follow from it.
//!
//! Protects docs/SEMANTICS.md section 3: hours are elapsed, days, weeks and months are calendar; a step after its
//! anchor never falls before it because of `at`; repeats have an end. Nothing here reads a clock: the anchor, the
//! event and the zone are arguments, so the same step always has the same due instant.
//!
//! ```
//! use care::workflow::schedule::Schedule;
//! use jiff::{Timestamp, tz::TimeZone};
//!
//! let schedule: Schedule = "1 month after at 10:00".parse()?;
//! let visit: Timestamp = "2025-01-31T20:15:00Z".parse()?;
//! let zone = TimeZone::get("America/New_York")?;
//! let due = schedule.due(visit, visit, &zone, 1);
//! assert_eq!(due, Some("2025-02-28T15:00:00Z".parse()?));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod due;
mod error;
mod parse;
mod quiet;
mod repeat;
mod text;
mod weekdays;

use jiff::civil;
use serde::{Deserialize, Serialize};

pub use error::{Place, ScheduleError};
pub use quiet::{OpenHours, OpenHoursError, before_quiet, next_opening};
pub use repeat::Repeat;
pub use weekdays::Weekdays;

/// The largest N in `N days after`, and the largest N and K in `every N days up to K times`.
pub const MOST: u16 = 10_000;

/// When a step is due. Made from text only, so that a schedule against the rules does not exist.
///
/// The text is the syntax of `schedule = "…"` in a workflow file: `immediately | N hours|days|weeks|months
/// before|after [the event] [at HH:MM] [on mon,tue,…] [every N unit [up to K times]]`. `Display` prints the canonical
/// text, which parses to the same value; serde uses that text too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Schedule {
    /// At the event itself, and then, if it repeats, counted from the event.
    Immediately { repeat: Option<Repeat> },
    /// Some time before or after the anchor, or after the event.
    Offset(Offset),
}

/// `N units before|after [the event] [at HH:MM] [on …] [every …]`: docs/SEMANTICS.md section 3, rules 2 to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Offset {
    length: Length,
    side: Side,
    at: Option<civil::Time>,
    on: Option<Weekdays>,
    repeat: Option<Repeat>,
}

/// A number of units: 0 to [`MOST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Length {
    count: u16,
    unit: Unit,
}

/// Hours are elapsed time; the others are calendar: docs/SEMANTICS.md section 3, rule 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    Hours,
    Days,
    Weeks,
    Months,
}

/// What the length is counted from, and in which direction. There is no "before the event": a step cannot be due
/// before the event that plans it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    BeforeAnchor,
    AfterAnchor,
    AfterEvent,
}

impl Schedule {
    /// True for `N units before`: such a step can be late for its anchor, and its texts move back, not forward, out of
    /// quiet hours (docs/SEMANTICS.md section 3, rule 7).
    pub fn is_before(&self) -> bool {
        match self {
            Schedule::Immediately { .. } => false,
            Schedule::Offset(offset) => offset.side == Side::BeforeAnchor,
        }
    }

    /// How the step repeats, if it does.
    pub fn repeat(&self) -> Option<Repeat> {
        match self {
            Schedule::Immediately { repeat } => *repeat,
            Schedule::Offset(offset) => offset.repeat,
        }
    }

    /// How many days it lies away from its anchor at most.
    pub fn longest_days(&self) -> Option<u32> {
        let Schedule::Offset(offset) = self else { return Some(0) };
        let count = u32::from(offset.length.count);
        match offset.length.unit {
            Unit::Hours => Some(count.div_ceil(24)),
            Unit::Days => Some(count),
            Unit::Weeks => count.checked_mul(7),
            Unit::Months => count.checked_mul(31),
        }
    }

    /// Refuses a repetition without an end: it needs `up to K times`, or goals in the step's `until`
    /// (docs/SEMANTICS.md section 3, rule 5). `has_until` says whether the step or its workflow has such goals.
    pub fn check(&self, has_until: bool) -> Result<(), ScheduleError> {
        match self.repeat() {
            Some(repeat) if repeat.times().is_none() && !has_until => Err(ScheduleError::RepeatsForever),
            Some(_) | None => Ok(()),
        }
    }
}

impl Offset {
    pub fn length(&self) -> Length {
        self.length
    }

    pub fn side(&self) -> Side {
        self.side
    }

    /// The wall time given with `at`; without it the wall time of the anchor is kept.
    pub fn at(&self) -> Option<civil::Time> {
        self.at
    }

    /// The weekdays given with `on`.
    pub fn on(&self) -> Option<Weekdays> {
        self.on
    }
}

impl Length {
    pub fn count(&self) -> u16 {
        self.count
    }

    pub fn unit(&self) -> Unit {
        self.unit
    }
}
