//! When a step is due, and until when it is worth doing.

use jiff::{SignedDuration, Timestamp};

use super::definition::{Late, Step};
use super::facts::Facts;
use super::ground::{After, AtVisit, Sum};
use crate::chart::{Channel, Encounter, EventKind, Occurrence};

/// When a planned step is due and when it expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    pub at: Timestamp,
    pub expires: Timestamp,
}

/// What the due instant of a step comes from, when it is given for the first time.
pub fn sum(facts: &Facts, step: &Step, o: &Occurrence, nth: u32) -> Sum {
    let theirs = || facts.chart.home_zone(facts.clinic).to_owned();
    Sum {
        schedule: step.schedule,
        nth,
        moment: o.moment.instant(),
        event_at: o.event_at,
        at_visit: step.or_at_visit.map(|nth| AtVisit { nth, at: visit_of_episode(facts, o, nth) }),
        zone: facts.zone_of(o).iana_name().unwrap_or("UTC").to_owned(),
        open: (step.is_before() && only_texts(step)).then(|| (theirs(), facts.text_hours())),
        moved: None,
        skips_late: matches!(step.late_rule(), Late::Skip),
        visit_ends: visit_end(facts, o),
        expires: step.expires.map(|span| span.seconds),
        after: step.reminds.as_ref().map(|(of, span)| After { step: of.clone(), given: None, seconds: span.seconds }),
    }
}

/// The start of the how-manieth visit of the episode that took place; `None` if that was before the event.
fn visit_of_episode(facts: &Facts, o: &Occurrence, nth: u32) -> Option<Timestamp> {
    let of_these = facts.chart.encounters.iter().filter(|e| Some(e.episode) == o.episode && e.state.has_arrived());
    let mut starts: Vec<_> = of_these.filter_map(Encounter::starts_at).collect();
    starts.sort();
    starts.get(usize::try_from(nth).ok()?.checked_sub(1)?).copied().filter(|at| *at > o.event_at)
}

/// A step whose only messages are texts is planned inside the hours in which texts may go out.
pub fn only_texts(step: &Step) -> bool {
    let mut ladders = step.tasks.iter().filter_map(|t| t.to_patient()).map(|m| m.ladder.as_slice()).peekable();
    ladders.peek().is_some() && ladders.all(|ladder| ladder == [Channel::Text])
}

/// Of a step on a visit or a visit day.
fn visit_end(facts: &Facts, o: &Occurrence) -> Option<Timestamp> {
    if !matches!(o.anchor.event, EventKind::EncounterPlanned | EventKind::VisitDayPlanned) {
        return None;
    }
    let minutes = o.encounter.and_then(|id| facts.chart.encounter(id)).and_then(|e| e.minutes).unwrap_or(60);
    let end = o.moment.instant().checked_add(SignedDuration::from_mins(i64::from(minutes)));
    Some(end.unwrap_or(Timestamp::MAX))
}
