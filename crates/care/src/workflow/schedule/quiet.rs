//! Quiet hours: docs/SEMANTICS.md section 3, rule 7. Always in the patient's zone.
//!
//! Open is what a clock on the patient's wall says. So a moment is open or not by its wall time alone, also in the
//! hour that comes twice; and a wall time becomes open or quiet only at the opening, at the close, or where the clock
//! is moved. Both functions look at just these moments.

use jiff::civil::{self, Date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// The hours of a day in which texts may go out, from `open` up to but not including `close`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct OpenHours {
    open: civil::Time,
    close: civil::Time,
}

/// Why hours are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenHoursError {
    #[error("quiet hours: the opening {open} must be at least a minute before the close {close}, on the same day")]
    NotOpen { open: civil::Time, close: civil::Time },
    #[error(
        "quiet hours may be longer than the law's and never shorter: texts go out within 08:00-21:00; `{0}` is wider"
    )]
    Wider(OpenHours),
    #[error("`{0}` is not a stretch of the day: write it as in 09:00-18:00")]
    Unreadable(String),
}

impl Default for OpenHours {
    /// 08:00 to 21:00 the recipient's time, as 47 CFR 64.1200 has it.
    fn default() -> OpenHours {
        OpenHours { open: civil::time(8, 0, 0, 0), close: civil::time(21, 0, 0, 0) }
    }
}

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// A text of a "before" step that has to give way is at least this far from the visit.
const NOTICE: SignedDuration = SignedDuration::from_mins(60);

impl OpenHours {
    pub fn new(open: civil::Time, close: civil::Time) -> Result<OpenHours, OpenHoursError> {
        if open.duration_until(close) < MINUTE {
            return Err(OpenHoursError::NotOpen { open, close });
        }
        Ok(OpenHours { open, close })
    }

    /// Hours of a clinic's own: they may only be narrower than those of the law.
    pub fn narrower(open: civil::Time, close: civil::Time) -> Result<OpenHours, OpenHoursError> {
        let (own, law) = (OpenHours::new(open, close)?, OpenHours::default());
        if open < law.open || close > law.close { Err(OpenHoursError::Wider(own)) } else { Ok(own) }
    }

    pub fn open(&self) -> civil::Time {
        self.open
    }

    pub fn close(&self) -> civil::Time {
        self.close
    }

    /// True when texts may go out at that instant.
    pub fn is_open(&self, at: Timestamp, zone: &TimeZone) -> bool {
        let wall = zone.to_datetime(at).time();
        self.open <= wall && wall < self.close
    }

    /// The last whole minute before the close: 20:59 for 21:00.
    fn last_minute(&self) -> civil::Time {
        self.close.saturating_sub(MINUTE)
    }
}

/// "09:00-18:00", within the law's hours.
impl std::str::FromStr for OpenHours {
    type Err = OpenHoursError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let time = |part: &str| civil::Time::strptime("%H:%M", part.trim()).ok();
        let both = text.split_once('-').and_then(|(open, close)| Some((time(open)?, time(close)?)));
        let (open, close) = both.ok_or_else(|| OpenHoursError::Unreadable(text.to_owned()))?;
        OpenHours::narrower(open, close)
    }
}

impl std::fmt::Display for OpenHours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.open.strftime("%H:%M"), self.close.strftime("%H:%M"))
    }
}

/// When to plan a text of a "before" step that is due at `due`: then, if it is open; else at the last open moment
/// before, and never later than 60 minutes before the visit. Never later than `due`.
///
/// A visit at 07:00 with a step `2 hours before` gives 20:59 the evening before. The last open moment before the close
/// is its last whole minute, so that a text planned there has a minute to go out.
pub fn before_quiet(due: Timestamp, visit_start: Timestamp, hours: OpenHours, zone: &TimeZone) -> Timestamp {
    if hours.is_open(due, zone) {
        return due;
    }
    let limit = visit_start.checked_sub(NOTICE).map_or(due, |notice| due.min(notice));
    let closes = instants_around(limit, hours.last_minute(), zone);
    // Where the clock jumps over the close, the last open minute is the one before the jump.
    let jumps = moved_clocks(limit, zone).filter_map(|moved| moved.checked_sub(MINUTE).ok());
    closes
        .chain(jumps)
        .chain([limit])
        .filter(|&moment| moment <= limit && hours.is_open(moment, zone))
        .max()
        // Every day opens, so this is only for the first days that can be told.
        .unwrap_or(limit)
}

/// When to plan any other text: `at` if it is open, else the next opening.
pub fn next_opening(at: Timestamp, hours: OpenHours, zone: &TimeZone) -> Timestamp {
    instants_around(at, hours.open, zone)
        .chain(moved_clocks(at, zone))
        .chain([at])
        .filter(|&moment| moment >= at && hours.is_open(moment, zone))
        .min()
        // Every day opens, so this is only for the last days that can be told.
        .unwrap_or(at)
}

/// Every instant at which clocks show `wall` on the days around `at`; both, where it comes twice.
///
/// Two days each way, because a day can be missing: Samoa had no 30 December 2011.
fn instants_around(at: Timestamp, wall: civil::Time, zone: &TimeZone) -> impl Iterator<Item = Timestamp> {
    let today: Date = zone.to_datetime(at).date();
    (-2..=2).filter_map(move |days| today.checked_add(days.days()).ok()).flat_map(move |date| {
        let moment = zone.to_ambiguous_timestamp(date.to_datetime(wall));
        [moment.earlier(), moment.later()].into_iter().flatten()
    })
}

/// The instants within three days of `at` at which the zone's clocks are moved.
fn moved_clocks(at: Timestamp, zone: &TimeZone) -> impl Iterator<Item = Timestamp> {
    let from = at.checked_sub(THREE_DAYS).unwrap_or(Timestamp::MIN);
    let until = at.checked_add(THREE_DAYS).unwrap_or(Timestamp::MAX);
    zone.following(from).map(|moved| moved.timestamp()).take_while(move |&moved| moved <= until)
}

const THREE_DAYS: SignedDuration = SignedDuration::from_hours(72);
