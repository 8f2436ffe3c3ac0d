//! docs/SEMANTICS.md section 4, "Rebooked": which cancelled visit a new one stands in for.

use jiff::{SignedDuration, Timestamp};

use super::facts::Facts;
use crate::chart::{Encounter, EncounterState, Occurrence};
use crate::id::EncounterId;

const WITHIN: SignedDuration = SignedDuration::from_hours(14 * 24);

/// The cancelled visit of the same episode and type that this one was booked in place of: recorded within 14 days of
/// the cancellation, and no other new visit nearer to it.
pub fn replaced_by(facts: &Facts, o: &Occurrence) -> Option<EncounterId> {
    let new = o.encounter.and_then(|id| facts.chart.encounter(id))?;
    let booked = new.planned_at?;
    let alike = |e: &&Encounter| e.id != new.id && e.episode == new.episode && e.visit_type == new.visit_type;
    let cancelled =
        facts.chart.encounters.iter().filter(alike).filter_map(|e| Some((apart(booked, cancelled_at(e)?)?, e)));
    cancelled
        .filter(|(near, old)| nearest(facts, old) == Some((*near, new.id)))
        .min_by_key(|(near, _)| *near)
        .map(|(_, e)| e.id)
}

/// The visit that stands booked nearest to a cancellation.
fn nearest(facts: &Facts, old: &Encounter) -> Option<(SignedDuration, EncounterId)> {
    let at = cancelled_at(old)?;
    let alike =
        facts.chart.encounters.iter().filter(|e| {
            e.id != old.id && e.episode == old.episode && e.visit_type == old.visit_type && e.state.stands()
        });
    alike.filter_map(|e| Some((apart(e.planned_at?, at)?, e.id))).min()
}

fn cancelled_at(visit: &Encounter) -> Option<Timestamp> {
    if let EncounterState::Cancelled { at } = visit.state { Some(at) } else { None }
}

fn apart(a: Timestamp, b: Timestamp) -> Option<SignedDuration> {
    let apart = a.duration_since(b).abs();
    (apart <= WITHIN).then_some(apart)
}
