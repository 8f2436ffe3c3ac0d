//! Whether an episode gets anywhere by a form, and from which day on it is said that it does not.
//!
//! The rule: a course fails to progress when its latest score is worse than the baseline by the MCID or more, at once; or
//! when the gain since the baseline is below the MCID (without a published MCID: when there is none) on the 30th day after
//! the baseline or on the day of the 10th visit after it, whichever comes first. Ten treatment days are the reporting
//! period of Medicare for outpatient therapy (42 CFR 410.61 and 424.24; Medicare Benefit Policy Manual chapter 15,
//! 220.3 D), and the forms are asked again at the same times. That a gain below the MCID counts as none is our choice.

use jiff::ToSpan;
use jiff::civil::Date;

use super::course::Course;
use super::outcome::{Change, Way};
use super::scoring::Mcid;

/// Visits after the baseline by which something should have changed.
pub const VISITS: usize = 10;
/// Days after it.
pub const DAYS: i64 = 30;

/// Where a course stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Progress {
    /// Worse, or no gain that matters in the time it should take.
    Fails,
    /// That time is over and nobody has asked again.
    NotAskedAgain,
    /// There is time yet.
    OnTheWay,
    /// A gain that matters.
    Gained,
    NoBaseline,
}

impl Course {
    /// From which day on it counts as failing, or as not asked again, if nothing else comes. `visits`: the days on which
    /// the patient came, in any order. `None`: it has a gain that matters, or no baseline.
    pub fn stuck_on(&self, visits: &[Date]) -> Option<Date> {
        let baseline = self.baseline?;
        let change = self.change();
        if change.is_some_and(|change| gained(&change)) {
            return None;
        }
        if let (Some(change), Some(latest)) = (change, self.latest())
            && self.is_worse(&change, baseline.score)
        {
            return Some(latest.on);
        }
        let mut after: Vec<Date> = visits.iter().copied().filter(|day| *day > baseline.on).collect();
        after.sort_unstable();
        let by_visits = after.get(VISITS - 1).copied();
        let by_days = baseline.on.checked_add(DAYS.days()).ok();
        by_visits.into_iter().chain(by_days).min()
    }

    pub fn progress(&self, visits: &[Date], today: Date) -> Progress {
        if self.baseline.is_none() {
            return Progress::NoBaseline;
        }
        match self.stuck_on(visits) {
            None => Progress::Gained,
            Some(day) if day > today => Progress::OnTheWay,
            Some(_) if self.latest().is_none() => Progress::NotAskedAgain,
            Some(_) => Progress::Fails,
        }
    }

    /// Worse than the baseline by as much as would have mattered.
    fn is_worse(&self, change: &Change, baseline: f64) -> bool {
        let by = change.by.abs();
        change.way == Way::Worse
            && match self.instrument.definition().scale.mcid {
                Mcid::Points(points) => by >= points,
                Mcid::ShareOfBaseline(share) => by >= share * baseline,
                Mcid::Answer { neutral, cut } => by >= (cut - neutral).abs(),
                Mcid::Unknown => false,
            }
    }
}

fn gained(change: &Change) -> bool {
    change.mcid_reached.unwrap_or(change.way == Way::Better)
}

#[cfg(test)]
mod tests {
    use super::super::course::Point;
    use super::super::scoring::Instrument;
    use super::*;
    use jiff::civil::date;

    /// A course by the KOOS JR (higher is better, 14 points matter) or another: scores by day of March, the first is the
    /// baseline.
    fn course(instrument: &str, scores: &[(i8, f64)]) -> Course {
        let point = |(day, score): &(i8, f64)| {
            let on = date(2026, 3, *day);
            Point { at: on.at(12, 0, 0, 0).in_tz("UTC").unwrap().timestamp(), on, score: *score }
        };
        let points: Vec<Point> = scores.iter().map(point).collect();
        Course {
            episode: None,
            content: format!("questionnaire/{instrument}"),
            instrument: Instrument::parse(instrument).unwrap(),
            baseline: points.first().copied(),
            asked: points.len(),
            answered: points.len(),
            points,
        }
    }

    fn on(days: std::ops::RangeInclusive<i8>) -> Vec<Date> {
        days.map(|day| date(2026, 3, day)).collect()
    }

    #[test]
    fn a_gain_that_matters_is_never_stuck() {
        let course = course("koos-jr", &[(1, 50.0), (20, 66.0)]);
        assert_eq!(course.stuck_on(&on(2..=31)), None);
        assert_eq!(course.progress(&[], date(2027, 1, 1)), Progress::Gained);
    }

    #[test]
    fn a_smaller_gain_counts_as_none_after_thirty_days() {
        let course = course("koos-jr", &[(1, 50.0), (20, 60.0)]);
        assert_eq!(course.progress(&[], date(2026, 3, 30)), Progress::OnTheWay);
        assert_eq!(course.progress(&[], date(2026, 3, 31)), Progress::Fails);
    }

    #[test]
    fn or_at_the_tenth_visit_if_that_is_sooner() {
        let course = course("koos-jr", &[(1, 50.0), (12, 49.0)]);
        assert_eq!(course.stuck_on(&on(1..=10)), Some(date(2026, 3, 31)), "that of the baseline does not count");
        assert_eq!(course.stuck_on(&on(1..=11)), Some(date(2026, 3, 11)));
    }

    #[test]
    fn worse_by_as_much_as_matters_is_said_at_once() {
        assert_eq!(course("koos-jr", &[(1, 50.0), (8, 34.0)]).stuck_on(&[]), Some(date(2026, 3, 8)));
        assert_eq!(course("nprs", &[(1, 5.0), (8, 7.0)]).stuck_on(&[]), Some(date(2026, 3, 8)), "lower is better");
        assert_eq!(course("nprs", &[(1, 5.0), (8, 6.0)]).stuck_on(&[]), Some(date(2026, 3, 31)));
    }

    #[test]
    fn without_a_second_score_nobody_fails_but_somebody_should_ask() {
        let course = course("koos-jr", &[(1, 50.0)]);
        assert_eq!(course.progress(&[], date(2026, 3, 30)), Progress::OnTheWay);
        assert_eq!(course.progress(&[], date(2026, 3, 31)), Progress::NotAskedAgain);
        let none = Course { baseline: None, ..course };
        assert_eq!((none.stuck_on(&[]), none.progress(&[], date(2026, 4, 30))), (None, Progress::NoBaseline));
    }
}
