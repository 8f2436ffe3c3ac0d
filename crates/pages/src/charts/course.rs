//! A score over the days of an episode, with the region in which the change matters.

use std::fmt::Write;

use super::svg::{Svg, escape};

const WIDTH: f64 = 420.0;
const HEIGHT: f64 = 150.0;
const LEFT: f64 = 36.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 12.0;
const FLOOR: f64 = 122.0;

/// One score, `day` days after the first.
#[derive(Debug, Clone, PartialEq)]
pub struct CoursePoint {
    pub day: i32,
    pub score: f64,
    /// "4 Mar".
    pub date: String,
}

/// What is drawn. The scale's ends are the instrument's own.
#[derive(Debug, Clone, PartialEq)]
pub struct CoursePlot {
    pub points: Vec<CoursePoint>,
    pub low: f64,
    pub high: f64,
    /// From which score on the change since the baseline matters: the region from here to the better end is shaded.
    pub matters: Option<(f64, f64)>,
}

/// Draws the scores; the words beside it say the same.
pub fn course(plot: &CoursePlot, title: &str) -> Svg {
    let last = plot.points.iter().map(|point| point.day).max().unwrap_or(0).max(1);
    let span = (plot.high - plot.low).max(f64::EPSILON);
    let x = |day: i32| LEFT + (WIDTH - LEFT - RIGHT) * f64::from(day) / f64::from(last);
    let y = |score: f64| FLOOR - (FLOOR - TOP) * ((score - plot.low) / span).clamp(0.0, 1.0);
    let mut out = String::new();
    let _ = write!(
        out,
        "<svg class=\"course\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\">",
        escape(title)
    );
    if let Some((from, to)) = plot.matters {
        let (top, bottom) = (y(from.max(to)), y(from.min(to)));
        let _ = write!(
            out,
            "<rect class=\"matters\" x=\"{LEFT}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{:.1}\"/>",
            WIDTH - LEFT - RIGHT,
            bottom - top
        );
    }
    for end in [plot.low, plot.high] {
        let _ = write!(
            out,
            "<line class=\"tick\" x1=\"{LEFT}\" y1=\"{0:.1}\" x2=\"{1}\" y2=\"{0:.1}\"/>\
             <text class=\"tick-label\" x=\"{2:.1}\" y=\"{3:.1}\" text-anchor=\"end\">{end}</text>",
            y(end),
            WIDTH - RIGHT,
            LEFT - 6.0,
            y(end) + 4.0
        );
    }
    let line: Vec<String> = plot.points.iter().map(|p| format!("{:.1},{:.1}", x(p.day), y(p.score))).collect();
    let _ = write!(out, "<polyline class=\"score\" points=\"{}\"/>", line.join(" "));
    for point in &plot.points {
        let _ = write!(
            out,
            "<circle class=\"score-point\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"4\"/>",
            x(point.day),
            y(point.score)
        );
    }
    for (point, anchor) in plot.points.first().into_iter().zip(["start"]).chain(last_of(plot)) {
        let _ = write!(
            out,
            "<text class=\"tick-label\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>",
            x(point.day),
            FLOOR + 18.0,
            escape(&point.date)
        );
    }
    out.push_str("</svg>");
    Svg::new(out)
}

/// The last point's date, where there is more than one.
fn last_of(plot: &CoursePlot) -> Option<(&CoursePoint, &'static str)> {
    plot.points.last().filter(|_| plot.points.len() > 1).map(|point| (point, "end"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn better_scores_stand_in_the_region_that_matters() {
        let point = |day, score| CoursePoint { day, score, date: "4 <Mar>".into() };
        let plot = CoursePlot {
            points: vec![point(0, 40.0), point(30, 60.0)],
            low: 0.0,
            high: 100.0,
            matters: Some((56.0, 100.0)),
        };
        let drawn = course(&plot, "Knee").to_string();
        assert!(drawn.contains("points=\"36.0,78.0 408.0,56.0\""), "{drawn}");
        assert!(drawn.contains("y=\"12.0\" width=\"372.0\" height=\"48.4\""), "{drawn}");
        assert_eq!(drawn.matches("4 &lt;Mar&gt;").count(), 2);
    }

    #[test]
    fn one_score_is_one_point_and_one_date() {
        let points = vec![CoursePoint { day: 0, score: 4.0, date: "4 Mar".into() }];
        let drawn = course(&CoursePlot { points, low: 0.0, high: 10.0, matters: None }, "Pain").to_string();
        assert_eq!((drawn.matches("<circle").count(), drawn.matches("4 Mar").count()), (1, 1));
    }
}
