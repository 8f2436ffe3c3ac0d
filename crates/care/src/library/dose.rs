//! How much of an exercise, and how often.

use serde::{Deserialize, Serialize};

/// A whole number from 1 to `MOST`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct UpTo<const MOST: u16>(u16);

impl<const MOST: u16> UpTo<MOST> {
    pub fn new(number: u16) -> Option<Self> {
        (1..=MOST).contains(&number).then_some(Self(number))
    }

    pub fn get(self) -> u16 {
        self.0
    }
}

impl<const MOST: u16> From<UpTo<MOST>> for i64 {
    fn from(number: UpTo<MOST>) -> i64 {
        i64::from(number.0)
    }
}

impl<const MOST: u16> TryFrom<i64> for UpTo<MOST> {
    type Error = String;
    fn try_from(number: i64) -> Result<Self, String> {
        let small = u16::try_from(number).ok().and_then(Self::new);
        small.ok_or_else(|| format!("{number} is not a whole number from 1 to {MOST}"))
    }
}

/// What does not apply is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dose {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sets: Option<UpTo<10>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repetitions: Option<UpTo<60>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold_seconds: Option<UpTo<180>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes: Option<UpTo<60>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times_a_day: Option<UpTo<12>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_a_week: Option<UpTo<7>>,
}

impl Dose {
    /// This dose where it says something, else the other.
    #[must_use]
    pub fn over(self, default: Dose) -> Dose {
        Dose {
            sets: self.sets.or(default.sets),
            repetitions: self.repetitions.or(default.repetitions),
            hold_seconds: self.hold_seconds.or(default.hold_seconds),
            minutes: self.minutes.or(default.minutes),
            times_a_day: self.times_a_day.or(default.times_a_day),
            days_a_week: self.days_a_week.or(default.days_a_week),
        }
    }

    /// Somebody who reads only this knows how much to do and how often.
    pub fn is_whole(&self) -> bool {
        let how_much = self.repetitions.is_some() || self.minutes.is_some() || self.hold_seconds.is_some();
        how_much && self.times_a_day.is_some() && self.days_a_week.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_changes_only_what_it_names() {
        let usual = Dose { sets: UpTo::new(2), repetitions: UpTo::new(10), ..Dose::default() };
        let fewer = Dose { repetitions: UpTo::new(5), ..Dose::default() };
        assert_eq!(fewer.over(usual), Dose { sets: UpTo::new(2), repetitions: UpTo::new(5), ..Dose::default() });
    }

    #[test]
    fn a_number_beyond_reason_is_refused_with_what_would_do() {
        assert_eq!(UpTo::<7>::try_from(8), Err("8 is not a whole number from 1 to 7".to_owned()));
        assert_eq!(UpTo::<7>::try_from(-1), Err("-1 is not a whole number from 1 to 7".to_owned()));
        assert_eq!(UpTo::<7>::try_from(7).map(UpTo::get), Ok(7));
    }
}
