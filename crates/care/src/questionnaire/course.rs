//! The course of an episode by one form: baseline, latest, and whether what changed matters.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::outcome::{Change, change};
use super::scoring::Instrument;
use crate::chart::{Assignment, Chart, Clinic, EpisodeKey, Score, VisitType};
use crate::zone;

/// PRODUCT: a baseline is the first score from 14 days before to 7 days after the initial evaluation.
const BASELINE_BEFORE: SignedDuration = SignedDuration::from_hours(14 * 24);
const BASELINE_AFTER: SignedDuration = SignedDuration::from_hours(7 * 24);

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    pub at: Timestamp,
    /// In the zone of the episode's clinic.
    pub on: Date,
    pub score: f64,
}

/// How one episode went by one form.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    pub episode: Option<EpisodeKey>,
    /// "questionnaire/koos-jr".
    pub content: String,
    pub instrument: Instrument,
    /// Every score, by time; amended ones are gone.
    pub points: Vec<Point>,
    pub baseline: Option<Point>,
    /// How often it was asked, and how often answered.
    pub asked: usize,
    pub answered: usize,
}

impl Course {
    /// The last score after the baseline.
    pub fn latest(&self) -> Option<Point> {
        let baseline = self.baseline?;
        self.points.last().copied().filter(|last| last.at > baseline.at)
    }

    /// What became of it since the baseline.
    pub fn change(&self) -> Option<Change> {
        Some(change(self.instrument, self.baseline?.score, self.latest()?.score))
    }

    /// Days from the baseline to the latest score.
    pub fn days(&self) -> Option<i32> {
        let (baseline, latest) = (self.baseline?, self.latest()?);
        baseline.on.until(latest.on).ok().map(|span| span.get_days())
    }
}

/// The courses of a chart, by episode and form. `scored_by`: what scores a form, by its name.
pub fn courses(chart: &Chart, clinic: &Clinic, scored_by: impl Fn(&str) -> Option<Instrument>) -> Vec<Course> {
    let mut by_form: BTreeMap<(Option<EpisodeKey>, &str), Vec<&Assignment>> = BTreeMap::new();
    let forms = chart.assignments.iter().filter(|a| a.is_a("questionnaire") && a.withdrawn_at.is_none());
    for assignment in forms {
        by_form.entry((assignment.episode, &assignment.content)).or_default().push(assignment);
    }
    let zone_name = chart.home_zone(clinic);
    let course = |((episode, content), given): ((Option<EpisodeKey>, &str), Vec<&Assignment>)| {
        let point = |at: Timestamp, score: Score| Point { at, on: zone::date_in(at, zone_name), score: score.points() };
        // What was corrected later was true when it was asked.
        let last = |a: &&Assignment| Some(point(a.completed_at()?, a.responses.last()?.score?));
        let mut points: Vec<Point> = given.iter().filter_map(last).collect();
        points.sort_by_key(|point| point.at);
        Some(Course {
            episode,
            content: content.to_owned(),
            instrument: scored_by(content)?,
            baseline: baseline(chart, episode, &points),
            points,
            asked: given.len(),
            answered: given.iter().filter(|a| !a.responses.is_empty()).count(),
        })
    };
    by_form.into_iter().filter_map(course).collect()
}

/// The answered form with which an episode's course by it begins: the one whose score is the baseline.
pub fn baseline_form<'a>(chart: &'a Chart, episode: Option<EpisodeKey>, content: &str) -> Option<&'a Assignment> {
    let these = chart.assignments.iter().filter(|a| a.content == content && a.episode == episode);
    let scored = |a: &'a Assignment| {
        Some((a.completed_at()?, a)).filter(|(_, a)| a.responses.last().is_some_and(|r| r.score.is_some()))
    };
    let begins = begins_within(chart, episode);
    let fits = |at: Timestamp| begins.is_none_or(|(from, until)| at >= from && at <= until);
    let within = these.filter(|a| a.withdrawn_at.is_none()).filter_map(scored).filter(|(at, _)| fits(*at));
    within.min_by_key(|(at, a)| (*at, a.id)).map(|(_, a)| a)
}

/// Without an initial evaluation in the episode the first score is where it began.
fn baseline(chart: &Chart, episode: Option<EpisodeKey>, points: &[Point]) -> Option<Point> {
    let Some((from, until)) = begins_within(chart, episode) else { return points.first().copied() };
    points.iter().copied().find(|point| point.at >= from && point.at <= until)
}

/// Within what time of the initial evaluation a course begins; `None` without one.
fn begins_within(chart: &Chart, episode: Option<EpisodeKey>) -> Option<(Timestamp, Timestamp)> {
    let evaluation = |e: &&crate::chart::Encounter| {
        Some(e.episode) == episode && e.state.stands() && e.visit_type == Some(VisitType::InitialEvaluation)
    };
    let evaluated = chart.encounters.iter().filter(evaluation).filter_map(|e| e.starts_at()).min();
    let at = evaluated?;
    let from = at.checked_sub(BASELINE_BEFORE).unwrap_or(Timestamp::MIN);
    Some((from, at.checked_add(BASELINE_AFTER).unwrap_or(Timestamp::MAX)))
}
