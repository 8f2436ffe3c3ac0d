//! Drawings as inline SVG: geometry in attributes, colour by class, never a style attribute.

mod content_kind;
mod course;
mod lane;
mod outcomes;
mod scale;
mod sends;
mod svg;
mod timeline;

pub use content_kind::ContentKind;
pub use course::{CoursePlot, CoursePoint, course};
pub use lane::lane;
pub use outcomes::{Leap, Standing, leap, shares};
pub use sends::{SendDay, sends};
pub use svg::Svg;
pub(crate) use svg::escape;
pub use timeline::timeline;

/// One step on a drawing, `offset_minutes` from its zero (negative = before).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkedStep {
    pub offset_minutes: i64,
    /// What it gives: "Email: your visit in 2 days".
    pub label: String,
    pub content_kind: ContentKind,
    pub repeats: bool,
    /// Its zero is the event (the booking), not the anchor (the visit).
    pub from_event: bool,
}

/// The two zeros of a workflow. Where the anchor's moment is the event itself, `anchor` is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriggerLabels {
    /// "Visit booked".
    pub event: String,
    /// "The visit".
    pub anchor: Option<String>,
}

impl TriggerLabels {
    /// Event and anchor are one moment.
    pub fn one(event: &str) -> TriggerLabels {
        TriggerLabels { event: event.to_owned(), anchor: None }
    }

    pub fn two(event: &str, anchor: &str) -> TriggerLabels {
        TriggerLabels { event: event.to_owned(), anchor: Some(anchor.to_owned()) }
    }
}

/// Steps by the zero they count from. Only zeros that have steps are drawn.
struct Sides<'a> {
    event: Vec<&'a MarkedStep>,
    anchor: Vec<&'a MarkedStep>,
}

fn sides<'a>(steps: &'a [MarkedStep], trigger: &TriggerLabels) -> Sides<'a> {
    let one_moment = trigger.anchor.is_none();
    let (mut event, mut anchor): (Vec<_>, Vec<_>) = steps.iter().partition(|step| one_moment || step.from_event);
    event.sort_by_key(|step| step.offset_minutes);
    anchor.sort_by_key(|step| step.offset_minutes);
    Sides { event, anchor }
}
