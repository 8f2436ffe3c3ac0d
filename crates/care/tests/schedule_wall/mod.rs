//! Moments written as people in a zone see them.

use jiff::{Timestamp, civil, tz::TimeZone};

pub fn shown(at: Timestamp, zone: &str) -> String {
    at.to_zoned(tz(zone)).strftime("%Y-%m-%d %H:%M %:z").to_string()
}

pub fn moment(text: &str, zone: &str) -> Timestamp {
    let instant = text.parse::<Timestamp>();
    let wall = || text.parse::<civil::DateTime>()?.to_zoned(tz(zone));
    instant.or_else(|_| wall().map(|zoned| zoned.timestamp())).unwrap_or(Timestamp::MIN)
}

pub fn tz(zone: &str) -> TimeZone {
    TimeZone::get(zone).unwrap_or(TimeZone::unknown())
}
