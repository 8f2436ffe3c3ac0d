//! The days of `on mon,tue,…`.

use jiff::civil::{Date, Weekday};

/// A set of weekdays with at least one day in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Weekdays {
    /// One bit per day, Monday the lowest. Never 0.
    bits: u8,
}

/// The names in a workflow file, in the order of the week.
const NAMES: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

impl Weekdays {
    pub fn only(day: Weekday) -> Weekdays {
        Weekdays { bits: bit(day) }
    }

    #[must_use]
    pub fn and(self, day: Weekday) -> Weekdays {
        Weekdays { bits: self.bits | bit(day) }
    }

    pub fn contains(self, day: Weekday) -> bool {
        self.bits & bit(day) != 0
    }

    /// The date itself when its day is in the set, else the next such date.
    pub(super) fn roll_forward(self, date: Date) -> Option<Date> {
        self.roll(date, Date::tomorrow)
    }

    /// The date itself when its day is in the set, else the last such date before.
    pub(super) fn roll_back(self, date: Date) -> Option<Date> {
        self.roll(date, Date::yesterday)
    }

    fn roll(self, mut date: Date, one_day: fn(Date) -> Result<Date, jiff::Error>) -> Option<Date> {
        while !self.contains(date.weekday()) {
            date = one_day(date).ok()?;
        }
        Some(date)
    }

    /// The short names in the order of the week.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        NAMES.into_iter().filter(move |(_, day)| self.contains(*day)).map(|(name, _)| name)
    }
}

/// The weekday of a short name such as `mon`.
pub(super) fn weekday(name: &str) -> Option<Weekday> {
    NAMES.into_iter().find(|(short, _)| *short == name).map(|(_, day)| day)
}

fn bit(day: Weekday) -> u8 {
    1 << day.to_monday_zero_offset()
}
