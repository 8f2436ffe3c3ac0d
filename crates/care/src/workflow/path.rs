//! The drawn way of a workflow: how far each step lies from its trigger, for the timeline.

use super::definition::Step;
use super::schedule::{Schedule, Side, Unit};

/// Minutes between the trigger and a step, before it negative; a month counts as 30 days.
pub fn offset_minutes(step: &Step) -> i64 {
    match &step.schedule {
        Schedule::Immediately { .. } => 0,
        Schedule::Offset(offset) => {
            let unit = match offset.length().unit() {
                Unit::Hours => 60,
                Unit::Days => 1440,
                Unit::Weeks => 7 * 1440,
                Unit::Months => 30 * 1440,
            };
            let minutes = i64::from(offset.length().count()) * unit;
            match offset.side() {
                Side::BeforeAnchor => -minutes,
                Side::AfterAnchor | Side::AfterEvent => minutes,
            }
        }
    }
}
