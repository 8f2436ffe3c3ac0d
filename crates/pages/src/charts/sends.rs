//! Messages a day, as columns: this workflow's by channel, those of others on top.

use super::svg::{Svg, escape};
use std::fmt::Write;

const HEIGHT: f64 = 150.0;
const FLOOR: f64 = 122.0;
const TOP: f64 = 12.0;
const LEFT: f64 = 34.0;
const WIDTH: f64 = 760.0;

/// One day of a rehearsal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SendDay {
    /// "Tue 4 Mar".
    pub date: String,
    pub emails: usize,
    pub texts: usize,
    pub others: usize,
}

impl SendDay {
    fn total(&self) -> usize {
        self.emails + self.texts + self.others
    }
}

/// Draws the days; the table beside it says the same in numbers.
pub fn sends(days: &[SendDay], title: &str) -> Svg {
    let most = days.iter().map(SendDay::total).max().unwrap_or(0).max(1);
    let slot = (WIDTH - LEFT) / days.len().max(1) as f64;
    let scale = (FLOOR - TOP) / most as f64;
    let mut out = String::new();
    let _ = write!(
        out,
        "<svg class=\"sends\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}. At most {most} on one day.\">",
        escape(title)
    );
    for (at, label) in [(TOP, most.to_string()), (FLOOR, "0".to_owned())] {
        let _ = write!(
            out,
            "<line class=\"tick\" x1=\"{LEFT}\" y1=\"{at}\" x2=\"{WIDTH}\" y2=\"{at}\"/>\
             <text class=\"tick-label\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>",
            LEFT - 6.0,
            at + 4.0
        );
    }
    for (n, day) in days.iter().enumerate() {
        let x = LEFT + slot * n as f64;
        let mut y = FLOOR;
        for (class, count) in [("k-email", day.emails), ("k-text", day.texts), ("k-other", day.others)] {
            let height = scale * count as f64;
            y -= height;
            if count > 0 {
                let _ = write!(
                    out,
                    "<rect class=\"bar {class}\" x=\"{:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{height:.1}\"/>",
                    x + slot * 0.12,
                    slot * 0.76
                );
            }
        }
    }
    // As many dates as there is room for; the last only where it does not run into the one before.
    let every = days.len().div_ceil(8).max(1);
    for (n, day) in days.iter().enumerate().step_by(every) {
        let x = LEFT + slot * (n as f64 + 0.5);
        let anchor = if n == 0 { "start" } else { "middle" };
        let x = if n == 0 { LEFT } else { x.min(WIDTH - 30.0) };
        let _ = write!(
            out,
            "<text class=\"tick-label\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>",
            FLOOR + 18.0,
            escape(&day.date)
        );
    }
    out.push_str("</svg>");
    Svg::new(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(emails: usize, texts: usize, others: usize) -> SendDay {
        SendDay { date: "Tue 4 <Mar>".into(), emails, texts, others }
    }

    #[test]
    fn each_channel_of_a_day_is_a_column_and_an_empty_day_is_none() {
        let drawn = sends(&[day(2, 1, 0), day(0, 0, 0), day(0, 0, 3)], "Messages").to_string();
        assert_eq!(drawn.matches("<rect").count(), 3);
        assert!(drawn.contains("At most 3 on one day.") && drawn.contains("Tue 4 &lt;Mar&gt;"));
        assert!(drawn.contains("height=\"110.0\""), "the fullest day reaches the top: {drawn}");
    }

    #[test]
    fn no_days_are_an_empty_drawing() {
        assert_eq!(sends(&[], "Messages").to_string().matches("<rect").count(), 0);
    }
}
