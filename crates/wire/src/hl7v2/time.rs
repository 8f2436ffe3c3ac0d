//! Times as HL7 writes them: `YYYY[MM[DD[HH[MM[SS[.S{1,4}]]]]]][±ZZZZ]`, where length is precision.

use care::zone::{self, CivilMoment};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};

use super::interface::Interface;
use super::refusal::{Cause, Refusal};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Precision {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Fraction,
}

/// A time with the precision it was given in; what was not given is at its lowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dtm {
    pub civil: DateTime,
    pub precision: Precision,
    /// `-0000` is UTC at a place unknown: UTC too.
    pub offset: Option<Offset>,
    /// Two digits too many were dropped, as in 2010052711090000.
    pub truncated: bool,
}

/// Shows the shape of what was sent, never the value: digits as 9, letters as A.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{shape}` is not a time")]
pub struct BadTime {
    shape: String,
}

impl BadTime {
    fn of(text: &str) -> Self {
        let shape = |c: char| match c {
            c if c.is_ascii_digit() => '9',
            c if c.is_ascii_punctuation() || c == ' ' => c,
            _ => 'A',
        };
        Self { shape: text.chars().take(32).map(shape).collect() }
    }
}

impl std::str::FromStr for Dtm {
    type Err = BadTime;

    fn from_str(text: &str) -> Result<Self, BadTime> {
        parse(text.trim()).ok_or_else(|| BadTime::of(text))
    }
}

fn parse(text: &str) -> Option<Dtm> {
    let (time, offset) = match text.find(['+', '-']) {
        Some(at) => (text.get(..at)?, Some(read_offset(text.get(at..)?)?)),
        None => (text, None),
    };
    let (digits, fraction) = match time.split_once('.') {
        Some((digits, fraction)) => (digits, Some(fraction)),
        None => (time, None),
    };
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let truncated = digits.len() == 16 && fraction.is_none();
    let digits = if truncated { &digits[..14] } else { digits };
    let part = |from: usize, to: usize| digits.get(from..to).and_then(|d| d.parse::<i16>().ok());
    let small = |from, low: i8| part(from, from + 2).map_or(Some(low), |v| i8::try_from(v).ok());
    let precision = match (digits.len(), fraction) {
        (4, None) => Precision::Year,
        (6, None) => Precision::Month,
        (8, None) => Precision::Day,
        (10, None) => Precision::Hour,
        (12, None) => Precision::Minute,
        (14, None) => Precision::Second,
        (14, Some(_)) => Precision::Fraction,
        _ => return None,
    };
    let year = part(0, 4).filter(|year| (1800..2200).contains(year))?;
    let date = Date::new(year, small(4, 1)?, small(6, 1)?).ok()?;
    let nanoseconds = fraction.map_or(Some(0), read_fraction)?;
    let time = Time::new(small(8, 0)?, small(10, 0)?, small(12, 0)?, nanoseconds).ok()?;
    Some(Dtm { civil: date.to_datetime(time), precision, offset, truncated })
}

/// The standard knows four digits; some write up to nine.
fn read_fraction(digits: &str) -> Option<i32> {
    if digits.is_empty() || digits.len() > 9 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    format!("{digits:0<9}").parse().ok()
}

fn read_offset(text: &str) -> Option<Offset> {
    let (sign, digits) = text.split_at_checked(1)?;
    if digits.len() != 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes): (i32, i32) = (digits[..2].parse().ok()?, digits[2..].parse().ok()?);
    if hours > 15 || minutes > 59 {
        return None;
    }
    let seconds = (hours * 60 + minutes) * 60;
    Offset::from_seconds(if sign == "-" { -seconds } else { seconds }).ok()
}

/// How the times of one message are meant.
pub(super) struct Clock<'i> {
    zone_name: &'i str,
    zone: TimeZone,
    trusted: bool,
    /// For times without an offset, when it says more than the zone does.
    header: Option<Offset>,
}

impl<'i> Clock<'i> {
    /// `sent` is MSH-7.
    pub(super) fn of(interface: &'i Interface, sent: Option<Dtm>) -> Result<Self, Refusal> {
        let cure = "choose the zone in the interface's settings, as in America/New_York";
        let zone = zone::named(&interface.zone).ok_or_else(|| Refusal::new(Cause::UnknownZone, "interface", cure))?;
        let trusted = interface.trust_offset;
        // The offset of the day of sending must not be laid on a visit beyond the next change of the clocks: when it is
        // the zone's own, the zone explains it and stands.
        let header = sent.filter(|_| trusted).and_then(|sent| {
            let offset = sent.offset?;
            let at = offset.to_timestamp(sent.civil).ok()?;
            (zone.to_offset(at) != offset).then_some(offset)
        });
        Ok(Self { zone_name: &interface.zone, zone, trusted, header })
    }

    /// The offset to believe, if any.
    fn offset(&self, time: &Dtm) -> Option<Offset> {
        if self.trusted { time.offset.or(self.header) } else { None }
    }

    pub(super) fn moment(&self, time: &Dtm) -> CivilMoment {
        match self.offset(time).and_then(|offset| offset.to_timestamp(time.civil).ok()) {
            Some(instant) => CivilMoment::utc(instant),
            None => CivilMoment { civil: time.civil, zone: self.zone_name.into() },
        }
    }

    pub(super) fn instant(&self, time: &Dtm) -> Timestamp {
        let stated = self.offset(time).and_then(|offset| offset.to_timestamp(time.civil).ok());
        // Years are within 1800 to 2199, far inside what a timestamp holds.
        stated.unwrap_or_else(|| {
            self.zone.to_ambiguous_timestamp(time.civil).compatible().unwrap_or(Timestamp::UNIX_EPOCH)
        })
    }

    /// The civil date of an instant where the interface is.
    pub(super) fn date(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at).date()
    }
}
