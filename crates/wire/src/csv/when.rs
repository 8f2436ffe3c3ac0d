//! Dates and times as spreadsheets and practice systems write them.

use jiff::civil::{Date, DateTime, Time};

use super::mapping::Dates;

/// A date, with or without a time behind it, and the offset from UTC in minutes if one is stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct When {
    pub(super) date: Date,
    pub(super) time: Option<Time>,
    pub(super) offset: Option<i32>,
}

impl When {
    pub(super) fn civil(&self) -> Option<DateTime> {
        self.time.map(|time| self.date.to_datetime(time))
    }
}

/// Zeros in every place are how some systems write "no date".
pub(super) fn is_nothing(text: &str) -> bool {
    !text.chars().any(|c| c.is_alphabetic() || (c.is_numeric() && c != '0'))
}

pub(super) fn read(text: &str, dates: Dates) -> Option<When> {
    let text = text.trim();
    let split = text.find([' ', 'T']);
    let (day, clock) = split.map_or((text, ""), |at| (&text[..at], text[at + 1..].trim()));
    if split.is_none()
        && let Some((date, time)) = compact(day)
    {
        return Some(When { date, time, offset: None });
    }
    let date = date_of(day, dates)?;
    if clock.is_empty() {
        return Some(When { date, time: None, offset: None });
    }
    let (clock, offset) = offset_of(clock)?;
    Some(When { date, time: Some(time(clock)?), offset })
}

/// 20260310, 202603101430, 20260310143000.
fn compact(text: &str) -> Option<(Date, Option<Time>)> {
    if !matches!(text.len(), 8 | 12 | 14) || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, to: usize| text.get(from..to).and_then(|digits| digits.parse::<i8>().ok());
    let date = in_range(Date::new(text.get(..4)?.parse().ok()?, part(4, 6)?, part(6, 8)?).ok()?)?;
    if text.len() == 8 {
        return Some((date, None));
    }
    let second = if text.len() == 14 { part(12, 14)? } else { 0 };
    Some((date, Some(Time::new(part(8, 10)?, part(10, 12)?, second, 0).ok()?)))
}

fn date_of(text: &str, dates: Dates) -> Option<Date> {
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let [a, b, c] = parts[..] else { return None };
    if ![a, b, c].iter().all(|part| (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    // A year that stands first says itself what the rest is.
    let (year, month, day) = match (a.len() == 4, dates) {
        (true, _) => (a, b, c),
        (false, Dates::MonthFirst) => (c, a, b),
        (false, Dates::DayFirst) => (c, b, a),
        (false, Dates::Iso) => return None,
    };
    if year.len() != 4 {
        return None;
    }
    in_range(Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?)
}

fn in_range(date: Date) -> Option<Date> {
    (1800..2200).contains(&date.year()).then_some(date)
}

/// 14:30, 14:30:00, 2:30 PM, 2pm, 1430.
pub(super) fn time(text: &str) -> Option<Time> {
    let lower = text.trim().to_ascii_lowercase();
    let plain = lower.replace("a.m.", "am").replace("p.m.", "pm").replace(' ', "");
    let half = ["am", "pm"].into_iter().find_map(|half| plain.strip_suffix(half).map(|clock| (clock, half)));
    let (clock, half) = half.map_or((plain.as_str(), None), |(clock, half)| (clock, Some(half)));
    let clock = clock.split('.').next()?;
    let digits = clock.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = match (digits, clock.len()) {
        (true, 4) => vec![clock.get(..2)?, clock.get(2..)?],
        (true, 3) => vec![clock.get(..1)?, clock.get(1..)?],
        (true, 1 | 2) if half.is_some() => vec![clock, "0"],
        (true, _) => return None,
        (false, _) => clock.split(':').collect(),
    };
    if !(2..=3).contains(&parts.len()) {
        return None;
    }
    let numbers: Vec<i8> = parts.iter().map(|part| part.parse().ok().filter(|n| *n >= 0)).collect::<Option<_>>()?;
    let hour = match half {
        None => numbers[0],
        Some(_) if !(1..=12).contains(&numbers[0]) => return None,
        Some("pm") => numbers[0] % 12 + 12,
        Some(_) => numbers[0] % 12,
    };
    Time::new(hour, numbers[1], numbers.get(2).copied().unwrap_or(0), 0).ok()
}

/// The clock without the offset behind it: Z, +01:00, -0500.
fn offset_of(text: &str) -> Option<(&str, Option<i32>)> {
    if let Some(clock) = text.strip_suffix(['Z', 'z']) {
        return Some((clock, Some(0)));
    }
    let Some(at) = text.find(['+', '-']) else { return Some((text, None)) };
    let digits: String = text[at + 1..].chars().filter(|c| *c != ':').collect();
    if digits.len() != 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes): (i32, i32) = (digits[..2].parse().ok()?, digits[2..].parse().ok()?);
    if hours > 15 || minutes > 59 {
        return None;
    }
    let total = hours * 60 + minutes;
    Some((text[..at].trim(), Some(if text[at..].starts_with('-') { -total } else { total })))
}

/// The shape of what was there, never the value.
pub(super) fn shape(text: &str) -> String {
    let sign = |c: char| match c {
        c if c.is_ascii_digit() => '9',
        c if c.is_ascii_punctuation() || c == ' ' => c,
        _ => 'A',
    };
    text.chars().take(24).map(sign).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time as clock};

    #[test]
    fn a_day_is_read_in_the_order_the_map_says() {
        let day = |text, dates| read(text, dates).map(|when| when.date);
        assert_eq!(day("3/4/2026", Dates::MonthFirst), Some(date(2026, 3, 4)));
        assert_eq!(day("3.4.2026", Dates::DayFirst), Some(date(2026, 4, 3)));
        for dates in [Dates::Iso, Dates::MonthFirst, Dates::DayFirst] {
            assert_eq!(day("2026-03-04", dates), Some(date(2026, 3, 4)));
            assert_eq!(day("20260304", dates), Some(date(2026, 3, 4)));
        }
        for bad in
            ["3/4/2026", "03/04/26", "2026-13-01", "2026-02-30", "March 4", "12345", "", "2026-3-4-5", "٣-٤-٢٠٢٦"]
        {
            assert_eq!(day(bad, Dates::Iso), None, "{bad}");
        }
        assert_eq!(day("3/4/26", Dates::MonthFirst), None, "which century?");
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        for (text, hour, minute) in [
            ("14:30", 14, 30),
            ("14:30:00", 14, 30),
            ("2:30 PM", 14, 30),
            ("2:30pm", 14, 30),
            ("2:30 p.m.", 14, 30),
            ("12:05 AM", 0, 5),
            ("12:05 PM", 12, 5),
            ("1430", 14, 30),
            ("930", 9, 30),
            ("2 pm", 14, 0),
        ] {
            assert_eq!(time(text), Some(clock(hour, minute, 0, 0)), "{text}");
        }
        for bad in ["", "14", "25:00", "13:00 PM", "0:30 PM", "9:5:3:1", "-1:30", "noon"] {
            assert_eq!(time(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_offset_is_seen_and_never_taken_for_a_part_of_the_time() {
        let offset = |text| read(text, Dates::Iso).map(|when| (when.time, when.offset));
        let half_past = Some(clock(14, 30, 0, 0));
        assert_eq!(offset("2026-03-10T14:30:00Z"), Some((half_past, Some(0))));
        assert_eq!(offset("2026-03-10 14:30 -0500"), Some((half_past, Some(-300))));
        assert_eq!(offset("2026-03-10T14:30+01:00"), Some((half_past, Some(60))));
        assert_eq!(offset("2026-03-10 14:30"), Some((half_past, None)));
        assert_eq!(offset("2026-03-10"), Some((None, None)));
        assert_eq!(offset("2026-03-10T14:30+1"), None);
    }

    #[test]
    fn zeros_are_no_date() {
        assert!(is_nothing("0000-00-00") && is_nothing("") && is_nothing("--"));
        assert!(!is_nothing("2000-01-01") && !is_nothing("none"));
    }
}
