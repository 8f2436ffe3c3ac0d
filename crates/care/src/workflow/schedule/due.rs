//! From a schedule and its anchor to the instant: docs/SEMANTICS.md section 3, rules 2 to 5.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};

use super::{Length, Offset, Schedule, Side, Unit};

impl Schedule {
    /// The instant at which an occurrence of the step is due.
    ///
    /// `anchor` is the anchor's moment, `event` the time of the event that started the run, `zone` the zone of
    /// docs/SEMANTICS.md section 3, rule 1. Occurrence 1 is the base. `None` when there is no such occurrence, or when
    /// it lies outside of the years that can be told (-9999 to 9999).
    pub fn due(&self, anchor: Timestamp, event: Timestamp, zone: &TimeZone, occurrence: u32) -> Option<Timestamp> {
        let more = self.beyond_the_base(occurrence)?;
        match self {
            Schedule::Immediately { .. } => from_instant(event, more, zone),
            Schedule::Offset(offset) => {
                let reference = match offset.side {
                    Side::BeforeAnchor | Side::AfterAnchor => anchor,
                    Side::AfterEvent => event,
                };
                match offset.length.unit {
                    Unit::Hours => from_instant(offset.signed_length().elapsed_after(reference)?, more, zone),
                    Unit::Days | Unit::Weeks | Unit::Months => from_calendar(offset, reference, more, zone),
                }
            }
        }
    }

    /// How far the occurrence lies beyond occurrence 1; `None` when there is no such occurrence.
    fn beyond_the_base(&self, occurrence: u32) -> Option<Signed> {
        let times = i64::from(occurrence.checked_sub(1)?);
        match self.repeat() {
            Some(repeat) if repeat.includes(occurrence) => Some(Signed::of(repeat.every, times)),
            None if occurrence == 1 => Some(Signed { count: 0, unit: Unit::Hours }),
            Some(_) | None => None,
        }
    }
}

/// An occurrence whose base is an exact instant: `immediately`, and hours.
fn from_instant(base: Timestamp, more: Signed, zone: &TimeZone) -> Option<Timestamp> {
    match more.unit {
        Unit::Hours => more.elapsed_after(base),
        // The base is itself, even where its wall time comes twice.
        Unit::Days | Unit::Weeks | Unit::Months if more.count == 0 => Some(base),
        Unit::Days | Unit::Weeks | Unit::Months => {
            let wall = zone.to_datetime(base);
            instant(more.added_to(wall.date())?.to_datetime(wall.time()), zone)
        }
    }
}

/// The order of rule 4: date, `at`, side check, `on`, gap or overlap, instant.
fn from_calendar(offset: &Offset, reference: Timestamp, more: Signed, zone: &TimeZone) -> Option<Timestamp> {
    let start = zone.to_datetime(reference);
    let base = offset.base(start)?;
    let length = offset.signed_length();
    let date = match (length.unit, more.unit) {
        (_, Unit::Hours) => base.date(),
        // Counted from the anchor in one go: after a clamped February, March has its 31st again (rule 3). No side
        // check is lost: a month after is never on the anchor's day.
        (Unit::Months, Unit::Months) => length.and(more.count).added_to(start.date())?,
        (_, Unit::Days | Unit::Weeks | Unit::Months) => more.added_to(base.date())?,
    };
    let date = offset.rolled(date)?;
    let due = instant(date.to_datetime(base.time()), zone)?;
    match more.unit {
        Unit::Hours => more.elapsed_after(due),
        Unit::Days | Unit::Weeks | Unit::Months => Some(due),
    }
}

impl Offset {
    /// Date, `at` and side check of occurrence 1. The side check looks at wall times: gaps and overlaps come after it.
    fn base(&self, start: DateTime) -> Option<DateTime> {
        let date = self.signed_length().added_to(start.date())?;
        let Some(at) = self.at else {
            return Some(date.to_datetime(start.time()));
        };
        let base = date.to_datetime(at);
        match self.side {
            Side::BeforeAnchor if base >= start => base.yesterday().ok(),
            Side::AfterAnchor | Side::AfterEvent if base < start => base.tomorrow().ok(),
            Side::BeforeAnchor | Side::AfterAnchor | Side::AfterEvent => Some(base),
        }
    }

    fn rolled(&self, date: Date) -> Option<Date> {
        match (self.on, self.side) {
            (None, _) => Some(date),
            (Some(on), Side::BeforeAnchor) => on.roll_back(date),
            (Some(on), Side::AfterAnchor | Side::AfterEvent) => on.roll_forward(date),
        }
    }

    fn signed_length(&self) -> Signed {
        match self.side {
            Side::BeforeAnchor => Signed::of(self.length, -1),
            Side::AfterAnchor | Side::AfterEvent => Signed::of(self.length, 1),
        }
    }
}

/// A wall time as an instant: a gap moves it forward by the gap, an overlap takes the first (rule 4).
fn instant(wall: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_ambiguous_timestamp(wall).compatible().ok()
}

/// A length with a direction. 10,000 units 4 billion times over fit; jiff refuses what it cannot count.
#[derive(Clone, Copy)]
struct Signed {
    count: i64,
    unit: Unit,
}

impl Signed {
    fn of(length: Length, times: i64) -> Signed {
        Signed { count: i64::from(length.count) * times, unit: length.unit }
    }

    fn and(self, more: i64) -> Signed {
        Signed { count: self.count + more, unit: self.unit }
    }

    /// Calendar units added to a date; months clamp to the end of the month. Hours do not move a date.
    fn added_to(self, date: Date) -> Option<Date> {
        let span = match self.unit {
            Unit::Hours => return Some(date),
            Unit::Days => Span::new().try_days(self.count),
            Unit::Weeks => Span::new().try_weeks(self.count),
            Unit::Months => Span::new().try_months(self.count),
        };
        date.checked_add(span.ok()?).ok()
    }

    /// Elapsed hours after an instant.
    fn elapsed_after(self, instant: Timestamp) -> Option<Timestamp> {
        instant.checked_add(SignedDuration::from_secs(self.count.checked_mul(3600)?)).ok()
    }
}
