//! The canonical text of a schedule, for people, files and the database.

use std::fmt;
use std::str::FromStr;

use super::{Length, Offset, Repeat, Schedule, ScheduleError, Side, Unit, Weekdays};

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Schedule::Immediately { repeat: None } => f.write_str("immediately"),
            Schedule::Immediately { repeat: Some(repeat) } => write!(f, "immediately {repeat}"),
            Schedule::Offset(offset) => offset.fmt(f),
        }
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = match self.side {
            Side::BeforeAnchor => "before",
            Side::AfterAnchor => "after",
            Side::AfterEvent => "after the event",
        };
        write!(f, "{} {side}", self.length)?;
        if let Some(at) = self.at {
            write!(f, " at {:02}:{:02}", at.hour(), at.minute())?;
        }
        if let Some(on) = self.on {
            write!(f, " on {on}")?;
        }
        if let Some(repeat) = self.repeat {
            write!(f, " {repeat}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Repeat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "every {}", self.every)?;
        match self.times {
            Some(1) => f.write_str(" up to 1 time"),
            Some(times) => write!(f, " up to {times} times"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            Unit::Hours => "hour",
            Unit::Days => "day",
            Unit::Weeks => "week",
            Unit::Months => "month",
        };
        let plural = if self.count == 1 { "" } else { "s" };
        write!(f, "{} {unit}{plural}", self.count)
    }
}

impl fmt::Display for Weekdays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, name) in self.names().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(f, "{comma}{name}")?;
        }
        Ok(())
    }
}

impl FromStr for Schedule {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Schedule, ScheduleError> {
        Schedule::parse(text)
    }
}

impl TryFrom<String> for Schedule {
    type Error = ScheduleError;

    fn try_from(text: String) -> Result<Schedule, ScheduleError> {
        Schedule::parse(&text)
    }
}

impl From<Schedule> for String {
    fn from(schedule: Schedule) -> String {
        schedule.to_string()
    }
}
