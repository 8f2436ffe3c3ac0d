//! One workflow as a lane of the schematic. All lanes share one scale and one place for the trigger, so that a column
//! of them reads like a calendar.

use super::scale::{Scale, short_offset, spread};
use super::svg::{Svg, escape};
use super::timeline::in_words;
use super::{MarkedStep, TriggerLabels, sides};
use std::fmt::Write;

const WIDTH: f64 = 340.0;
const HEIGHT: f64 = 40.0;
const AXIS: f64 = 14.0;
const ZERO: f64 = 88.0;
/// The event's place on a lane that also has an anchor.
const EVENT: f64 = 12.0;
const APART: f64 = 30.0;
const DAY: i64 = 24 * 60;

/// Draws a lane; `title` begins its description.
pub fn lane(steps: &[MarkedStep], trigger: &TriggerLabels, title: &str) -> Svg {
    let sides = sides(steps, trigger);
    let mut out = String::new();
    let _ = write!(
        out,
        "<svg class=\"lane\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}. {}\">\
         <line class=\"axis\" x1=\"4\" y1=\"{AXIS}\" x2=\"{}\" y2=\"{AXIS}\"/>",
        escape(title),
        escape(&in_words(steps, trigger)),
        WIDTH - 4.0,
    );
    let both = !sides.event.is_empty() && !sides.anchor.is_empty();
    let mut left = 0.0;
    if both {
        draw_trigger(&mut out, EVENT, "trigger-mark hollow");
        let places: Vec<f64> = (1..=sides.event.len()).map(|at| EVENT + APART * at as f64).collect();
        draw_marks(&mut out, &sides.event, &places);
        left = EVENT + APART * sides.event.len() as f64;
    }
    let around_zero = if sides.anchor.is_empty() { &sides.event } else { &sides.anchor };
    let zero = zero(around_zero, left);
    draw_trigger(&mut out, zero, "trigger-mark");
    draw_marks(&mut out, around_zero, &places(around_zero, left, zero));
    out.push_str("</svg>");
    Svg::new(out)
}

/// The common place, unless what stands left of it needs more room.
fn zero(steps: &[&MarkedStep], left: f64) -> f64 {
    let before = steps.iter().filter(|step| step.offset_minutes < 0).count();
    ZERO.max(left + APART * (before + 1) as f64)
}

fn places(steps: &[&MarkedStep], left: f64, zero: f64) -> Vec<f64> {
    let before = Scale::new(left.max(14.0), zero, -30 * DAY, 0);
    let after = Scale::new(zero, WIDTH - 26.0, 0, 180 * DAY);
    let wanted: Vec<(i64, f64)> = steps
        .iter()
        .map(|step| {
            let minutes = step.offset_minutes.clamp(-30 * DAY, 180 * DAY);
            (step.offset_minutes, if minutes < 0 { before.x(minutes) } else { after.x(minutes) })
        })
        .collect();
    spread(&wanted, zero, APART)
}

fn draw_trigger(out: &mut String, x: f64, class: &str) {
    let _ = write!(out, "<path class=\"{class}\" d=\"M{x:.1} {:.1}l7 7-7 7-7-7z\"/>", AXIS - 7.0);
}

fn draw_marks(out: &mut String, steps: &[&MarkedStep], places: &[f64]) {
    for (step, x) in steps.iter().zip(places) {
        if step.repeats {
            let _ = write!(
                out,
                "<g class=\"mark {}\"><circle class=\"echo\" cx=\"{:.1}\" cy=\"{AXIS}\" r=\"10\"/></g>",
                step.content_kind.class(),
                x + 4.5
            );
        }
        let _ = write!(
            out,
            "<g class=\"mark {}\"><title>{}</title><circle class=\"disc\" cx=\"{x:.1}\" cy=\"{AXIS}\" r=\"10\"/>\
             <path class=\"sign\" transform=\"translate({x:.1} {AXIS})\" d=\"{}\"/>\
             <text class=\"offset\" x=\"{x:.1}\" y=\"36\" text-anchor=\"middle\">{}</text></g>",
            step.content_kind.class(),
            escape(&step.label),
            step.content_kind.path(),
            short_offset(step.offset_minutes),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::ContentKind;

    #[test]
    fn steps_before_the_trigger_stand_left_of_it_and_say_when() {
        let step = |offset_minutes| MarkedStep {
            offset_minutes,
            label: "Email".to_owned(),
            content_kind: ContentKind::Email,
            repeats: false,
            from_event: false,
        };
        let steps = [step(-2 * DAY), step(-180), step(DAY), step(900 * DAY)];
        let refs: Vec<_> = steps.iter().collect();
        let places = places(&refs, 0.0, ZERO);
        assert!(places[0] < places[1] && places[1] < ZERO && ZERO < places[2] && places[3] < WIDTH);
        let drawing = lane(&steps, &TriggerLabels::two("Visit booked", "The visit"), "Visit <reminder>");
        assert!(drawing.as_str().contains("−2 d") && drawing.as_str().contains("Visit &lt;reminder&gt;."));
    }
}
