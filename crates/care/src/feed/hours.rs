//! Open hours by weekday, as people write them: `mon = "08:00-18:00"`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, Time, Weekday};
use serde::{Deserialize, Serialize};

use crate::zone::{self, CivilMoment};

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const MIDNIGHT: u16 = 24 * 60;

/// From and to, in minutes since midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    from: u16,
    to: u16,
}

/// By weekday, Monday first. A day that is not named is a day of silence.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, String>", into = "BTreeMap<String, String>")]
pub struct OpenHours([Option<Hours>; 7]);

impl Hours {
    /// The instants at which it opens and closes on a day.
    pub fn instants(self, day: Date, zone: &str) -> (Timestamp, Timestamp) {
        (instant(day, self.from, zone), instant(day, self.to, zone))
    }

    /// As fields of a form hold them; a day that closes at midnight closes at 24:00.
    pub fn words(self) -> (String, String) {
        (clock(self.from), clock(self.to))
    }
}

fn instant(day: Date, minute: u16, zone: &str) -> Timestamp {
    if minute >= MIDNIGHT {
        return day.tomorrow().map_or(Timestamp::MAX, |next| zone::start_of_day(next, zone));
    }
    let of = |n: u16| i8::try_from(n).unwrap_or(0);
    let time = Time::new(of(minute / 60), of(minute % 60), 0, 0).unwrap_or(Time::midnight());
    CivilMoment { civil: day.to_datetime(time), zone: zone.into() }.instant()
}

fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    let digits = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
    let (hour, minute): (u16, u16) =
        (digits(hour).then(|| hour.parse().ok())??, digits(minute).then(|| minute.parse().ok())??);
    let all = hour * 60 + minute;
    (minute < 60 && all <= MIDNIGHT).then_some(all)
}

impl std::str::FromStr for Hours {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let read = || {
            let (from, to) = text.split_once('-')?;
            Some((minute(from)?, minute(to)?))
        };
        let (from, to) = read().ok_or_else(|| format!("`{text}` are no hours: write them as in 08:00-18:00"))?;
        if from >= to {
            return Err(format!("`{text}` ends before it begins: hours over midnight are hours of two days"));
        }
        Ok(Self { from, to })
    }
}

impl OpenHours {
    pub fn on(&self, day: Weekday) -> Option<Hours> {
        self.0.get(usize::from(day.to_monday_zero_offset().unsigned_abs())).copied().flatten()
    }

    pub fn is_never(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }

    /// (short name, hours), Monday first.
    pub fn days(&self) -> impl Iterator<Item = (&'static str, Option<Hours>)> {
        DAYS.into_iter().zip(self.0)
    }
}

impl TryFrom<BTreeMap<String, String>> for OpenHours {
    type Error = String;

    fn try_from(named: BTreeMap<String, String>) -> Result<Self, String> {
        let mut open = Self::default();
        for (day, hours) in named {
            let place = DAYS.iter().position(|known| *known == day);
            let place = place.ok_or_else(|| format!("`{day}` is no day: write one of {}", DAYS.join(", ")))?;
            if let Some(slot) = open.0.get_mut(place) {
                *slot = Some(hours.parse()?);
            }
        }
        Ok(open)
    }
}

impl From<OpenHours> for BTreeMap<String, String> {
    fn from(open: OpenHours) -> Self {
        let words = |hours: Hours| format!("{}-{}", clock(hours.from), clock(hours.to));
        open.days().filter_map(|(day, hours)| Some((day.to_owned(), words(hours?)))).collect()
    }
}
