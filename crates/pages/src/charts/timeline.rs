//! The drawing of one workflow: its steps around the moments they count from.

use super::scale::{Scale, long_offset, reach, spread, units};
use super::svg::{Svg, escape, shorten};
use super::{MarkedStep, TriggerLabels, sides};
use std::fmt::Write;

const WIDTH: f64 = 960.0;
const MARGIN: f64 = 40.0;
/// Between the event's stretch and the anchor's.
const BREAK: f64 = 64.0;
const ROW: f64 = 24.0;
/// Neighbouring marks and the trigger.
const APART: f64 = 27.0;
/// Of one character of a label, a little generous.
const SIGN_WIDTH: f64 = 6.7;
const LONGEST_LABEL: usize = 44;

struct Mark<'a> {
    step: &'a MarkedStep,
    x: f64,
    /// 0 = nearest to the axis.
    row: usize,
}

/// One zero with its steps and its stretch of the axis.
struct Stretch<'a> {
    label: &'a str,
    scale: Scale,
    left: f64,
    right: f64,
    low: i64,
    high: i64,
    marks: Vec<Mark<'a>>,
}

/// Draws `steps` around their trigger. Labels never overlap; each mark has a `<title>`; the whole has an `aria-label`.
pub fn timeline(steps: &[MarkedStep], trigger: &TriggerLabels) -> Svg {
    let mut stretches = stretches(steps, trigger);
    place_labels(&mut stretches);
    let marks = || stretches.iter().flat_map(|stretch| &stretch.marks);
    let rows = marks().map(|mark| mark.row + 1).max().unwrap_or(0);
    let width = marks().map(|mark| mark.x + label_width(mark.step) + 16.0).fold(WIDTH, f64::max);
    let axis = 34.0 + rows as f64 * ROW;
    let height = axis + 78.0;

    let mut out = String::new();
    let _ = write!(
        out,
        "<svg class=\"timeline\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" height=\"{height:.0}\" \
         role=\"img\" aria-label=\"{}\">",
        escape(&in_words(steps, trigger))
    );
    for stretch in &stretches {
        draw_axis(&mut out, stretch, axis);
    }
    if let [event, anchor] = stretches.as_slice() {
        draw_break(&mut out, event.right, anchor.left, axis);
    }
    for stretch in &stretches {
        draw_trigger(&mut out, stretch, axis, width);
        for mark in stretch.marks.iter().rev() {
            draw_mark(&mut out, mark, axis);
        }
    }
    out.push_str("</svg>");
    Svg::new(out)
}

fn stretches<'a>(steps: &'a [MarkedStep], trigger: &'a TriggerLabels) -> Vec<Stretch<'a>> {
    let sides = sides(steps, trigger);
    let mut parts: Vec<(&str, Vec<&MarkedStep>)> = Vec::new();
    if !sides.event.is_empty() || sides.anchor.is_empty() {
        parts.push((&trigger.event, sides.event));
    }
    if let (Some(anchor), false) = (&trigger.anchor, sides.anchor.is_empty()) {
        parts.push((anchor, sides.anchor));
    }
    let reaches: Vec<(i64, i64)> = parts.iter().map(|(_, steps)| reaches(steps)).collect();
    // A square root evens out: a stretch with one step "at once" still gets room for its label.
    let weights: Vec<f64> = reaches.iter().map(|(low, high)| (units(*high) - units(*low) + 0.4).sqrt()).collect();
    let room = WIDTH - 2.0 * MARGIN - last_label_room(&parts) - BREAK * (parts.len() as f64 - 1.0);
    let whole: f64 = weights.iter().sum();
    let mut left = MARGIN;
    let mut stretches = Vec::new();
    for (((label, steps), (low, high)), weight) in parts.into_iter().zip(reaches).zip(weights) {
        let right = left + room * weight / whole;
        stretches.push(stretch(label, &steps, left, right, (low, high)));
        left = right + BREAK;
    }
    stretches
}

fn stretch<'a>(
    label: &'a str,
    steps: &[&'a MarkedStep],
    left: f64,
    right: f64,
    (low, high): (i64, i64),
) -> Stretch<'a> {
    let inner_left = if low < 0 { left + 14.0 } else { left + 24.0 };
    let scale = Scale::new(inner_left, right - 24.0, low, high);
    let wanted: Vec<(i64, f64)> =
        steps.iter().map(|step| (step.offset_minutes, scale.x(step.offset_minutes))).collect();
    let places = spread(&wanted, scale.x(0), APART);
    let marks = steps.iter().zip(places).map(|(step, x)| Mark { step, x, row: 0 }).collect();
    Stretch { label, scale, left, right, low, high, marks }
}

/// How far the axis goes on both sides of zero. One-sided stretches keep a stub on the other side.
fn reaches(steps: &[&MarkedStep]) -> (i64, i64) {
    let farthest_before = steps.iter().map(|step| -step.offset_minutes).max().unwrap_or(0).max(0);
    let farthest_after = steps.iter().map(|step| step.offset_minutes).max().unwrap_or(0).max(0);
    match (reach(farthest_before), reach(farthest_after)) {
        (0, 0) => (0, 24 * 60),
        (before, 0) => (-before, 120),
        (before, after) => (-before, after),
    }
}

fn last_label_room(parts: &[(&str, Vec<&MarkedStep>)]) -> f64 {
    let last = parts.last().and_then(|(_, steps)| steps.last());
    last.map_or(0.0, |step| (label_width(step) - 40.0).clamp(0.0, 240.0))
}

fn label_width(step: &MarkedStep) -> f64 {
    let signs = shorten(&step.label, LONGEST_LABEL).chars().count();
    signs as f64 * SIGN_WIDTH + 14.0
}

/// From right to left: a label flies to the right of its mark's line, one row above every label whose line it would
/// cross. So no two labels overlap and no line runs through a label.
fn place_labels(stretches: &mut [Stretch<'_>]) {
    let mut placed: Vec<(f64, usize)> = Vec::new();
    for stretch in stretches.iter_mut().rev() {
        for mark in stretch.marks.iter_mut().rev() {
            let end = mark.x + label_width(mark.step);
            let crossed = placed.iter().filter(|(x, _)| *x < end).map(|(_, row)| row + 1);
            mark.row = crossed.max().unwrap_or(0);
            placed.push((mark.x, mark.row));
        }
    }
}

fn draw_axis(out: &mut String, stretch: &Stretch<'_>, axis: f64) {
    let _ = write!(
        out,
        "<line class=\"axis\" x1=\"{:.1}\" y1=\"{axis:.1}\" x2=\"{:.1}\" y2=\"{axis:.1}\"/>",
        stretch.left, stretch.right
    );
    for tick in stretch.scale.ticks(stretch.low, stretch.high, 58.0) {
        let _ = write!(
            out,
            "<line class=\"tick\" x1=\"{x:.1}\" y1=\"{:.1}\" x2=\"{x:.1}\" y2=\"{:.1}\"/>\
             <text class=\"tick-label\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            axis - 4.0,
            axis + 4.0,
            axis + 28.0,
            tick.words,
            x = tick.x,
        );
    }
}

/// Between the booking and the visit lies a time that nobody knows beforehand.
fn draw_break(out: &mut String, from: f64, to: f64, axis: f64) {
    let middle = (from + to) / 2.0;
    let _ = write!(
        out,
        "<line class=\"axis unknown\" x1=\"{from:.1}\" y1=\"{axis:.1}\" x2=\"{to:.1}\" y2=\"{axis:.1}\"/>\
         <path class=\"axis\" d=\"M{:.1} {:.1}l5-12M{:.1} {:.1}l5-12\"/>",
        middle - 6.0,
        axis + 6.0,
        middle + 1.0,
        axis + 6.0,
    );
}

fn draw_trigger(out: &mut String, stretch: &Stretch<'_>, axis: f64, width: f64) {
    let x = stretch.scale.x(0);
    let label = shorten(stretch.label, LONGEST_LABEL);
    let half = label.chars().count() as f64 * 3.6 + 12.0;
    let middle = x.clamp(half + 2.0, width - half - 2.0);
    let _ = write!(
        out,
        "<g class=\"trigger\"><line class=\"trigger-line\" x1=\"{x:.1}\" y1=\"{axis:.1}\" x2=\"{x:.1}\" y2=\"{:.1}\"/>\
         <path class=\"trigger-mark\" d=\"M{x:.1} {:.1}l9 9-9 9-9-9z\"/>\
         <rect class=\"trigger-box\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"26\" rx=\"13\"/>\
         <text class=\"trigger-label\" x=\"{middle:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text></g>",
        axis + 42.0,
        axis - 9.0,
        middle - half,
        axis + 42.0,
        half * 2.0,
        axis + 59.5,
        escape(&label),
    );
}

fn draw_mark(out: &mut String, mark: &Mark<'_>, axis: f64) {
    let label_y = axis - 26.0 - mark.row as f64 * ROW;
    let kind = mark.step.content_kind;
    let x = mark.x;
    let repeats = if mark.step.repeats { ", repeats" } else { "" };
    let _ = write!(
        out,
        "<g class=\"mark {}\"><title>{}: {}{repeats}</title>\
         <line class=\"leader\" x1=\"{x:.1}\" y1=\"{axis:.1}\" x2=\"{x:.1}\" y2=\"{:.1}\"/>\
         <text class=\"mark-label\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
        kind.class(),
        escape(&long_offset(mark.step.offset_minutes)),
        escape(&mark.step.label),
        label_y - 9.0,
        x + 6.0,
        label_y,
        escape(&shorten(&mark.step.label, LONGEST_LABEL)),
    );
    if mark.step.repeats {
        let _ = write!(out, "<circle class=\"echo\" cx=\"{:.1}\" cy=\"{axis:.1}\" r=\"11\"/>", x + 5.0);
    }
    let _ = write!(
        out,
        "<circle class=\"disc\" cx=\"{x:.1}\" cy=\"{axis:.1}\" r=\"11\"/>\
         <path class=\"sign\" transform=\"translate({x:.1} {axis:.1})\" d=\"{}\"/></g>",
        kind.path()
    );
}

/// The drawing for those who do not see it.
pub(super) fn in_words(steps: &[MarkedStep], trigger: &TriggerLabels) -> String {
    if steps.is_empty() {
        return format!("Starts at: {}. No steps.", trigger.event);
    }
    let mut words = format!("Starts at: {}.", trigger.event);
    let sides = sides(steps, trigger);
    let zeros = [(Some(&trigger.event), sides.event), (trigger.anchor.as_ref(), sides.anchor)];
    for (zero, steps) in zeros.iter().filter_map(|(zero, steps)| zero.map(|zero| (zero, steps))) {
        for step in steps {
            let repeats = if step.repeats { ", repeats" } else { "" };
            let _ = write!(words, " {} ({zero}): {}{repeats}.", long_offset(step.offset_minutes), step.label);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::ContentKind;

    fn step(offset_minutes: i64, label: &str, from_event: bool) -> MarkedStep {
        MarkedStep {
            offset_minutes,
            label: label.to_owned(),
            content_kind: ContentKind::Email,
            repeats: false,
            from_event,
        }
    }

    fn crowded() -> (Vec<MarkedStep>, TriggerLabels) {
        let steps = vec![
            step(0, "Invite to register by email", true),
            step(3 * 1440, "A second invite by email", true),
            step(-2 * 1440, "Email: your visit in two days", false),
            step(-180, "Text: see you in three hours", false),
            step(-120, "Text: the way to the clinic", false),
            step(0, "Questionnaire on the day", false),
            step(180 * 1440, "How are you doing, half a year on", false),
        ];
        (steps, TriggerLabels::two("Visit booked", "The visit"))
    }

    #[test]
    fn no_label_overlaps_another_and_no_line_runs_through_a_label() {
        let (steps, trigger) = crowded();
        let mut stretches = stretches(&steps, &trigger);
        place_labels(&mut stretches);
        let marks: Vec<_> = stretches.iter().flat_map(|stretch| &stretch.marks).collect();
        assert_eq!(marks.len(), steps.len());
        for (at, mark) in marks.iter().enumerate() {
            let end = mark.x + label_width(mark.step);
            for other in &marks[at + 1..] {
                assert!(mark.x < other.x, "marks run from left to right");
                assert!(other.x >= end || other.row < mark.row, "{} / {}", mark.step.label, other.step.label);
            }
        }
    }

    #[test]
    fn booking_and_visit_are_two_zeros_only_where_both_have_steps() {
        let (steps, trigger) = crowded();
        let both = timeline(&steps, &trigger);
        assert_eq!(both.as_str().matches("trigger-mark").count(), 2);
        let visit_only: Vec<_> = steps.into_iter().filter(|step| !step.from_event).collect();
        let one = timeline(&visit_only, &trigger);
        assert_eq!(one.as_str().matches("trigger-mark").count(), 1);
        assert!(one.as_str().contains(">The visit</text>") && !one.as_str().contains(">Visit booked</text>"));
    }

    #[test]
    fn a_hostile_label_is_escaped() {
        let drawing = timeline(&[step(0, "<script>\"&'", true)], &TriggerLabels::one("<b>"));
        assert!(!drawing.as_str().contains("<script") && !drawing.as_str().contains("<b>"));
    }

    #[test]
    fn a_workflow_without_steps_still_draws_its_trigger() {
        let drawing = timeline(&[], &TriggerLabels::one("Visit booked"));
        assert!(drawing.as_str().contains("aria-label=\"Starts at: Visit booked. No steps.\""));
    }
}
