//! Moments as people read them, in the zone they belong to.

use care::zone;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use pages::Stamp;

/// "Denver time".
pub fn zone_words(zone_name: &str) -> String {
    format!("{} time", city(zone_name))
}

/// "Denver".
pub fn city(zone_name: &str) -> String {
    zone_name.rsplit('/').next().unwrap_or(zone_name).replace('_', " ")
}

fn civil(at: Timestamp, zone_name: &str) -> DateTime {
    zone::of(zone_name).to_datetime(at)
}

/// "Tue 4 Mar 2025" and "10:00" in a zone, which is named where it is not the reader's.
pub fn stamp(at: Timestamp, zone_name: &str, readers: &str) -> Stamp {
    let here = civil(at, zone_name);
    Stamp {
        iso: at.to_string(),
        date: here.strftime("%a %-d %b %Y").to_string(),
        time: here.strftime("%H:%M").to_string(),
        zone: (zone_name != readers).then(|| zone_words(zone_name)),
    }
}

/// "Tue 4 March 2025, 10:00".
pub fn clock_words(at: Timestamp, zone_name: &str) -> String {
    civil(at, zone_name).strftime("%a %-d %B %Y, %H:%M").to_string()
}

/// "Tue 4 Mar, 10:00".
pub fn short_words(at: Timestamp, zone_name: &str) -> String {
    civil(at, zone_name).strftime("%a %-d %b, %H:%M").to_string()
}

/// "Tue 4 Mar".
pub fn short_date(date: Date) -> String {
    date.strftime("%a %-d %b").to_string()
}

/// "10:00".
pub fn time_words(at: Timestamp, zone_name: &str) -> String {
    civil(at, zone_name).strftime("%H:%M").to_string()
}

/// "Tuesday, 4 March 2025".
pub fn long_date(date: Date) -> String {
    date.strftime("%A, %-d %B %Y").to_string()
}

/// "4 March 2025".
pub fn plain_date(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// What date and time fields of a form hold.
pub fn fields(at: Timestamp, zone_name: &str) -> (String, String) {
    let here = civil(at, zone_name);
    (here.date().to_string(), here.strftime("%H:%M").to_string())
}

/// Reads a date field.
pub fn read_date(text: &str) -> Option<Date> {
    text.trim().parse().ok()
}

/// Reads a time field; browsers may add seconds.
pub fn read_time(text: &str) -> Option<Time> {
    let mut parts = text.trim().split(':');
    let hour = parts.next()?.parse().ok()?;
    let minute = parts.next()?.parse().ok()?;
    Time::new(hour, minute, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_shown_in_its_own_zone_which_is_named_only_to_strangers() {
        let at: Timestamp = "2025-03-04T17:00:00Z".parse().unwrap();
        let there = stamp(at, "America/Denver", "America/New_York");
        assert_eq!((there.date.as_str(), there.time.as_str()), ("Tue 4 Mar 2025", "10:00"));
        assert_eq!(there.zone.as_deref(), Some("Denver time"));
        assert_eq!(stamp(at, "America/Denver", "America/Denver").zone, None);
    }

    #[test]
    fn form_fields_are_read_back_as_they_were_written() {
        let at: Timestamp = "2025-03-04T17:05:00Z".parse().unwrap();
        let (date, time) = fields(at, "America/Denver");
        assert_eq!((date.as_str(), time.as_str()), ("2025-03-04", "10:05"));
        let read = read_date(&date).unwrap().to_datetime(read_time(&time).unwrap());
        assert_eq!(read, civil(at, "America/Denver"));
    }

    #[test]
    fn what_is_no_date_or_time_is_none() {
        assert_eq!(read_date("04.03.2025"), None);
        assert_eq!(read_time("25:00"), None);
        assert_eq!(read_time("ten"), None);
        assert!(read_time("10:00:30").is_some());
    }
}
