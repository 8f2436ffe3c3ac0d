//! How episodes stand: the shares of all by one form, and the way of a single one from its baseline to its latest score.

use std::fmt::Write;

use super::svg::{Svg, escape};

/// Where an episode stands by a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Fails,
    NotAskedAgain,
    OnTheWay,
    Gained,
    NoBaseline,
}

impl Standing {
    pub const ALL: [Standing; 5] =
        [Standing::Fails, Standing::NotAskedAgain, Standing::OnTheWay, Standing::Gained, Standing::NoBaseline];

    pub fn label(self) -> &'static str {
        match self {
            Standing::Fails => "fails to progress",
            Standing::NotAskedAgain => "not asked again",
            Standing::OnTheWay => "on the way",
            Standing::Gained => "a gain that matters",
            Standing::NoBaseline => "no baseline",
        }
    }

    /// Of badges and bars.
    pub fn class(self) -> &'static str {
        match self {
            Standing::Fails => "problem",
            Standing::NotAskedAgain => "wait",
            Standing::OnTheWay => "note",
            Standing::Gained => "good",
            Standing::NoBaseline => "quiet",
        }
    }
}

const WIDTH: f64 = 420.0;
const BAR: f64 = 22.0;

/// One bar, parted as the episodes are; each part as wide as its share, with its number where there is room.
pub fn shares(parts: &[(Standing, i64)], title: &str) -> Svg {
    let all: i64 = parts.iter().map(|(_, count)| *count).sum::<i64>().max(1);
    let mut out = String::new();
    let _ = write!(
        out,
        "<svg class=\"shares\" viewBox=\"0 0 {WIDTH} {BAR}\" role=\"img\" aria-label=\"{}\">",
        escape(title)
    );
    let mut x = 0.0;
    for (standing, count) in parts.iter().filter(|(_, count)| *count > 0) {
        let width = WIDTH * *count as f64 / all as f64;
        let _ = write!(
            out,
            "<rect class=\"{}\" x=\"{x:.1}\" y=\"0\" width=\"{:.1}\" height=\"{BAR}\"/>",
            standing.class(),
            (width - 1.5).max(1.0)
        );
        if width > 20.0 {
            let _ = write!(
                out,
                "<text class=\"{}\" x=\"{:.1}\" y=\"15.5\" text-anchor=\"middle\">{count}</text>",
                standing.class(),
                x + (width - 1.5) / 2.0
            );
        }
        x += width;
    }
    out.push_str("</svg>");
    Svg::new(out)
}

/// From the baseline to the latest score on the instrument's own scale; the better end is always on the right.
#[derive(Debug, Clone, PartialEq)]
pub struct Leap {
    /// The scale from its worse end to its better one.
    pub worse: f64,
    pub better: f64,
    pub baseline: f64,
    pub latest: Option<f64>,
    /// The score from which on the change matters.
    pub goal: Option<f64>,
    pub standing: Standing,
}

const LEAP: f64 = 160.0;
const EDGE: f64 = 8.0;
const MIDDLE: f64 = 12.0;

pub fn leap(plot: &Leap, title: &str) -> Svg {
    let span = plot.better - plot.worse;
    let share = |score: f64| if span == 0.0 { 0.0 } else { ((score - plot.worse) / span).clamp(0.0, 1.0) };
    let x = |score: f64| EDGE + (LEAP - 2.0 * EDGE) * share(score);
    let mut out = String::new();
    let _ = write!(
        out,
        "<svg class=\"leap {}\" viewBox=\"0 0 {LEAP} {}\" role=\"img\" aria-label=\"{}\">\
         <line class=\"track\" x1=\"{EDGE}\" y1=\"{MIDDLE}\" x2=\"{}\" y2=\"{MIDDLE}\"/>",
        plot.standing.class(),
        2.0 * MIDDLE,
        escape(title),
        LEAP - EDGE
    );
    if let Some(goal) = plot.goal {
        let _ = write!(out, "<line class=\"goal\" x1=\"{0:.1}\" y1=\"4\" x2=\"{0:.1}\" y2=\"20\"/>", x(goal));
    }
    if let Some(latest) = plot.latest {
        let _ = write!(
            out,
            "<line class=\"way\" x1=\"{:.1}\" y1=\"{MIDDLE}\" x2=\"{:.1}\" y2=\"{MIDDLE}\"/>\
             <circle class=\"latest\" cx=\"{1:.1}\" cy=\"{MIDDLE}\" r=\"5\"/>",
            x(plot.baseline),
            x(latest)
        );
    }
    let _ = write!(out, "<circle class=\"baseline\" cx=\"{:.1}\" cy=\"{MIDDLE}\" r=\"4\"/></svg>", x(plot.baseline));
    Svg::new(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_parted_as_the_episodes_are() {
        let drawn = shares(&[(Standing::Fails, 1), (Standing::OnTheWay, 0), (Standing::Gained, 3)], "KOOS <JR>");
        let drawn = drawn.to_string();
        assert!(drawn.contains("class=\"problem\" x=\"0.0\" y=\"0\" width=\"103.5\""), "{drawn}");
        assert!(drawn.contains("class=\"good\" x=\"105.0\" y=\"0\" width=\"313.5\""), "{drawn}");
        assert!(!drawn.contains("note") && drawn.contains("KOOS &lt;JR&gt;"), "{drawn}");
    }

    #[test]
    fn the_better_end_is_on_the_right_whichever_way_the_scale_goes() {
        let pain = Leap {
            worse: 10.0,
            better: 0.0,
            baseline: 10.0,
            latest: Some(0.0),
            goal: Some(5.0),
            standing: Standing::Gained,
        };
        let drawn = leap(&pain, "Pain").to_string();
        assert!(drawn.contains("class=\"baseline\" cx=\"8.0\"") && drawn.contains("class=\"latest\" cx=\"152.0\""));
        assert!(drawn.contains("class=\"goal\" x1=\"80.0\""), "{drawn}");
    }
}
