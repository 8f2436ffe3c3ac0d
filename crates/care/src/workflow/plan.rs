//! When a step is due, and until when it is worth doing.

use jiff::{SignedDuration, Timestamp};

use super::definition::{Span, Step};
use super::facts::Facts;
use super::schedule::{Schedule, Side, before_quiet};
use crate::chart::{Channel, Encounter, EventKind, Occurrence};

/// When a planned step is due and when it expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    pub at: Timestamp,
    /// Not looked at before.
    pub from: Timestamp,
    pub expires: Timestamp,
}

/// How long what is not tied to a visit stays worth sending.
const WORTH: SignedDuration = SignedDuration::from_hours(7 * 24);

/// docs/SEMANTICS.md section 3, and "Expiry" of section 4. `None` when there is no such occurrence.
pub fn due(facts: &Facts, step: &Step, occurrence_of: &Occurrence, nth: u32) -> Option<Due> {
    let moment = occurrence_of.moment.instant();
    let at = instant(facts, step, occurrence_of, nth)?;
    let at = if step.is_before() && only_texts(step) {
        before_quiet(at, moment, facts.text_hours(), &facts.patient_zone())
    } else {
        at
    };
    Some(Due { at, from: at, expires: expiry(facts, step, occurrence_of, at) })
}

/// The schedule's own instant, unless the visit of `or_at_visit` took place before its first: then it counts from there.
fn instant(facts: &Facts, step: &Step, o: &Occurrence, nth: u32) -> Option<Timestamp> {
    let zone = facts.zone_of(o);
    let scheduled = |nth| step.schedule.due(o.moment.instant(), o.event_at, &zone, nth);
    let visit = step.or_at_visit.and_then(|nth| visit_of_episode(facts, o, nth));
    match visit.filter(|at| scheduled(1).is_some_and(|first| *at < first)) {
        Some(at) => Schedule::Immediately { repeat: step.schedule.repeat() }.due(at, at, &zone, nth),
        None => scheduled(nth),
    }
}

/// The start of the how-manieth visit of the episode that took place; `None` if that was before the event.
fn visit_of_episode(facts: &Facts, o: &Occurrence, nth: u32) -> Option<Timestamp> {
    let of_these = facts.chart.encounters.iter().filter(|e| Some(e.episode) == o.episode && e.state.has_arrived());
    let mut starts: Vec<_> = of_these.filter_map(Encounter::starts_at).collect();
    starts.sort();
    starts.get(usize::try_from(nth).ok()?.checked_sub(1)?).copied().filter(|at| *at > o.event_at)
}

/// What is due so long after something was given, and worth doing for as long as what no visit limits.
pub fn after(given: Timestamp, after: Span) -> Option<Due> {
    let at = given.checked_add(SignedDuration::from_secs(after.seconds)).ok()?;
    Some(Due { at, from: at, expires: at.checked_add(WORTH).ok()? })
}

/// A step whose only messages are texts is planned inside the hours in which texts may go out.
pub fn only_texts(step: &Step) -> bool {
    let mut ladders = step.tasks.iter().filter_map(|t| t.message()).map(|m| m.ladder.as_slice()).peekable();
    ladders.peek().is_some() && ladders.all(|ladder| ladder == [Channel::Text])
}

fn expiry(facts: &Facts, step: &Step, occurrence: &Occurrence, due: Timestamp) -> Timestamp {
    let moment = occurrence.moment.instant();
    if let Some(span) = step.expires {
        return due.checked_add(SignedDuration::from_secs(span.seconds)).unwrap_or(Timestamp::MAX);
    }
    let of_visit = matches!(occurrence.anchor.event, EventKind::EncounterPlanned | EventKind::VisitDayPlanned);
    let minutes = occurrence.encounter.and_then(|id| facts.chart.encounter(id)).and_then(|e| e.minutes).unwrap_or(60);
    let end = moment.checked_add(SignedDuration::from_mins(i64::from(minutes))).unwrap_or(Timestamp::MAX);
    if step.is_before() || (of_visit && due < end) {
        return moment;
    }
    due.checked_add(WORTH).unwrap_or(Timestamp::MAX)
}

/// How the due instant came about, for the pages: schedule, moment and zone.
pub fn sum(facts: &Facts, step: &Step, occurrence: &Occurrence) -> String {
    if let Some((of, after)) = &step.reminds {
        return format!("{after} after `{of}` was given");
    }
    let zone = facts.zone_of(occurrence);
    let (word, from) = match &step.schedule {
        Schedule::Immediately { .. } => ("at", occurrence.event_at),
        Schedule::Offset(offset) if offset.side() == Side::AfterEvent => ("of", occurrence.event_at),
        Schedule::Offset(_) => ("of", occurrence.moment.instant()),
    };
    format!(
        "{} {word} {} ({})",
        step.when(),
        zone.to_datetime(from).strftime("%Y-%m-%d %H:%M"),
        zone.iana_name().unwrap_or("UTC")
    )
}
