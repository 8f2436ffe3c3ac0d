//! The outcomes on a patient's page: each form's scores over the episode, and whether the change matters.

use std::collections::BTreeMap;

use care::chart::Clinic;
use care::questionnaire::course::{Course, Point, courses};
use care::questionnaire::outcome::{Change, Way};
use care::questionnaire::scoring::{Direction, Instrument, Mcid, Scale};
use pages::charts::{CoursePlot, CoursePoint, course};
use pages::staff::CourseCard;

use super::times;
use crate::runner::Known;

/// `scored_by`: forms and what scores them; `titles`: what they are called.
pub fn cards(
    known: &Known,
    clinic: &Clinic,
    scored_by: &BTreeMap<String, String>,
    titles: &BTreeMap<String, String>,
) -> Vec<CourseCard> {
    let instrument = |content: &str| scored_by.get(content).and_then(|id| Instrument::parse(id).ok());
    let all = courses(known.chart(), clinic, instrument);
    all.iter().filter(|course| !course.points.is_empty()).map(|course| card(course, titles)).collect()
}

fn card(of: &Course, titles: &BTreeMap<String, String>) -> CourseCard {
    let title = titles.get(&of.content).unwrap_or(&of.content).clone();
    let change = of.change();
    let latest = of.latest();
    CourseCard {
        plot: course(&plot(of), &format!("{title}: scores over time")),
        title,
        baseline: of.baseline.map(point_words),
        latest: latest.map(point_words),
        change: change.map(|change| change_words(change, of.days())),
        matters: change.and_then(|change| change.mcid_reached),
        answered: format!("{} of {} answered", of.answered, of.asked),
        band: latest
            .or(of.baseline)
            .and_then(|point| of.instrument.definition().scale.bands.of(point.score))
            .map(str::to_owned),
    }
}

fn point_words(point: Point) -> String {
    format!("{} on {}", number(point.score), times::plain_date(point.on))
}

/// As many decimals as it has, at most one.
pub fn number(score: f64) -> String {
    let rounded = (score * 10.0).round() / 10.0;
    rounded.to_string()
}

pub fn change_words(change: Change, days: Option<i32>) -> String {
    let way = match change.way {
        Way::Better => "better",
        Way::Worse => "worse",
        Way::Same => "the same",
    };
    let sign = match change.by {
        by if by > 0.0 => "+",
        by if by < 0.0 => "−",
        _ => "",
    };
    let days =
        days.map_or(String::new(), |days| if days == 1 { " in 1 day".into() } else { format!(" in {days} days") });
    format!("{sign}{}{days}: {way}", number(change.by.abs()))
}

fn plot(of: &Course) -> CoursePlot {
    let scale = of.instrument.definition().scale;
    let first = of.points.first().map(|point| point.on);
    let day = |point: &Point| first.and_then(|first| first.until(point.on).ok()).map_or(0, |span| span.get_days());
    let points = of.points.iter().map(|point| CoursePoint {
        day: day(point),
        score: point.score,
        date: point.on.strftime("%-d %b").to_string(),
    });
    let end = if scale.higher_is == Direction::Better { scale.high } else { scale.low };
    let matters = of.baseline.and_then(|baseline| goal(&scale, baseline.score)).map(|from| (from, end));
    CoursePlot { points: points.collect(), low: scale.low, high: scale.high, matters }
}

/// The score from which on the change since the baseline matters; one that the scale has no room for is none.
pub fn goal(scale: &Scale, baseline: f64) -> Option<f64> {
    let better = if scale.higher_is == Direction::Better { 1.0 } else { -1.0 };
    let from = match scale.mcid {
        Mcid::Points(points) => Some(baseline + better * points),
        Mcid::ShareOfBaseline(share) => Some(baseline + better * share * baseline),
        Mcid::Answer { cut, .. } => Some(cut),
        Mcid::Unknown => None,
    };
    from.filter(|from| (scale.low..=scale.high).contains(from))
}
