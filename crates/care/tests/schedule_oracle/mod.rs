//! A second way to the same instants, which shares nothing with the one under test but the zone's offset at an
//! instant: its own count of days, its own months, its own search for gaps and overlaps in a table of offsets.

use jiff::{Timestamp, tz::TimeZone};

pub const DAY: i64 = 86_400;
pub const HOUR: i64 = 3_600;

/// A zone from 2018 to 2036 as stretches of one offset, found by bisection from instants to offsets.
pub struct Table {
    pub zone: TimeZone,
    /// First second, first second after, seconds east of UTC.
    stretches: Vec<(i64, i64, i64)>,
}

/// 2018-01-01 and 2036-01-01.
const SPAN: (i64, i64) = (17_532 * DAY, 24_106 * DAY);

impl Table {
    pub fn new(zone: TimeZone) -> Table {
        let offset = |second: i64| offset(&zone, second);
        let mut stretches = Vec::new();
        let (mut start, mut day) = (SPAN.0, SPAN.0);
        while day < SPAN.1 {
            let next = day + DAY;
            if offset(day) != offset(next) {
                let (mut before, mut after) = (day, next);
                while after - before > 1 {
                    let middle = before + (after - before) / 2;
                    if offset(middle) == offset(day) { before = middle } else { after = middle }
                }
                stretches.push((start, after, offset(day)));
                start = after;
            }
            day = next;
        }
        stretches.push((start, SPAN.1, offset(start)));
        Table { stretches, zone }
    }

    /// The instants from 2024 to 2028 at which clocks are moved.
    pub fn moves(&self) -> Vec<i64> {
        let years = 19_723 * DAY..21_550 * DAY;
        self.stretches.iter().map(|stretch| stretch.0).filter(|start| years.contains(start)).collect()
    }

    /// What the wall shows at an instant, in seconds since 1970 as if the wall were in UTC.
    pub fn wall(&self, instant: i64) -> i64 {
        let holds = |stretch: &&(i64, i64, i64)| stretch.0 <= instant && instant < stretch.1;
        let stretch = self.stretches.iter().find(holds);
        instant + stretch.map_or_else(|| panic!("{instant} is not in the table"), |stretch| stretch.2)
    }

    /// Rule 4: the first instant with that wall time; where there is none, the wall time moved forward by the gap.
    pub fn instant(&self, wall: i64) -> i64 {
        for &(start, end, offset) in &self.stretches {
            if (start..end).contains(&(wall - offset)) {
                return wall - offset;
            }
        }
        for pair in self.stretches.windows(2) {
            let (moved, before, after) = (pair[1].0, pair[0].2, pair[1].2);
            if moved + before <= wall && wall < moved + after {
                let moved_wall = wall + (after - before);
                return moved_wall - after;
            }
        }
        panic!("the wall time {wall} is not in the table")
    }
}

fn offset(zone: &TimeZone, second: i64) -> i64 {
    let instant = Timestamp::from_second(second).expect("a second of these years");
    i64::from(zone.to_offset(instant).seconds())
}

pub fn split(wall: i64) -> (i64, i64) {
    (wall.div_euclid(DAY), wall.rem_euclid(DAY))
}

/// 0 is Monday; 1970-01-01 was a Thursday.
pub fn weekday(day: i64) -> i64 {
    (day + 3).rem_euclid(7)
}

/// Months added to a day since 1970, clamped to the end of the month.
pub fn add_months(day: i64, months: i64) -> i64 {
    let (year, month, of_month) = civil(day);
    let count = year * 12 + (month - 1) + months;
    let (year, month) = (count.div_euclid(12), count.rem_euclid(12) + 1);
    days(year, month, of_month.min(days_in(year, month)))
}

fn days_in(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970 by counting: slow, plain, and unlike any library.
fn days(year: i64, month: i64, of_month: i64) -> i64 {
    let whole_years: i64 = (1970..year).map(days_in_year).sum();
    whole_years + (1..month).map(|month| days_in(year, month)).sum::<i64>() + of_month - 1
}

fn civil(mut day: i64) -> (i64, i64, i64) {
    let (mut year, mut month) = (1970, 1);
    while day >= days_in_year(year) {
        day -= days_in_year(year);
        year += 1;
    }
    while day >= days_in(year, month) {
        day -= days_in(year, month);
        month += 1;
    }
    (year, month, day + 1)
}

fn days_in_year(year: i64) -> i64 {
    (1..=12).map(|month| days_in(year, month)).sum()
}
