//! Zones by their IANA name, from the bundled tzdata only.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};

/// The zone of an IANA name, or `None` when tzdata does not know it.
pub fn named(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok()
}

/// The zone of a name that was checked when it came in; UTC for one that a newer tzdata dropped.
pub fn of(name: &str) -> TimeZone {
    named(name).unwrap_or(TimeZone::UTC)
}

/// What people mean by a time: civil date and wall time in a named zone, never a fixed offset.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CivilMoment {
    pub civil: DateTime,
    pub zone: String,
}

impl CivilMoment {
    /// The instant: a gap moves the wall time forward by the gap, an overlap takes the first.
    pub fn instant(&self) -> Timestamp {
        of(&self.zone).to_ambiguous_timestamp(self.civil).compatible().unwrap_or(Timestamp::MIN)
    }

    /// The same instant, kept as UTC: for sources that state an offset we trust.
    pub fn utc(at: Timestamp) -> Self {
        Self { civil: TimeZone::UTC.to_datetime(at), zone: "UTC".into() }
    }

    /// The same instant as people at `zone` read it.
    pub fn at(instant: Timestamp, zone: &str) -> Self {
        Self { civil: of(zone).to_datetime(instant), zone: zone.into() }
    }
}

/// The civil date of an instant in a zone.
pub fn date_in(at: Timestamp, zone: &str) -> Date {
    of(zone).to_datetime(at).date()
}

/// The first instant of a civil date in a zone.
pub fn start_of_day(date: Date, zone: &str) -> Timestamp {
    date.to_zoned(of(zone)).map(|z: Zoned| z.timestamp()).unwrap_or(Timestamp::MIN)
}
