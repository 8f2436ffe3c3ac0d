//! `facts(patient, at)`: everything the engine may know of a patient's chart at one moment, from the stored changes.

use jiff::{SignedDuration, Timestamp};

use super::assignment::Assignment;
use super::change::{Change, Source};
use super::clinic::Clinic;
use super::event::Occurrence;
use super::fold::{Chart, fold};
use super::timed::Watch;

#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    pub chart: Chart,
    pub occurrences: Vec<Occurrence>,
    /// When time alone will change what is known: the chart is to be looked at again then.
    pub next: Option<Timestamp>,
    /// When the first open form expires. Nothing follows from that by itself, so nobody need look then.
    pub expires: Option<Timestamp>,
    /// Until when staff may still take back what they did last: nothing goes out before.
    pub undo_until: Option<Timestamp>,
}

/// How long staff may take back what they did to a visit.
pub const UNDO: SignedDuration = SignedDuration::from_secs(60);

impl Snapshot {
    /// From all changes that are stored.
    pub fn of(changes: &[Change], clinic: &Clinic, watch: &Watch, now: Timestamp) -> Self {
        let mut chart = fold(changes, clinic);
        let presumptions = chart.presumptions(clinic);
        chart.presume(clinic, now);
        chart.expire(now);
        let mut occurrences = chart.occurrences(clinic);
        let (came, coming): (Vec<_>, Vec<_>) =
            chart.timed(clinic, watch, now).into_iter().partition(|o| o.event_at <= now);
        occurrences.extend(came);
        occurrences.sort_by_key(|o| (o.event_at, o.anchor));
        let expire = chart.assignments.iter().filter(|a| a.is_open()).filter_map(Assignment::expires_at);
        let ahead = presumptions.into_iter().chain(coming.iter().map(|o| o.event_at)).filter(|at| *at > now);
        Self { next: ahead.min(), expires: expire.min(), undo_until: undo_until(changes, now), chart, occurrences }
    }

    /// As it was known at a moment of the past: what came later is left out.
    pub fn at(changes: &[Change], clinic: &Clinic, watch: &Watch, at: Timestamp) -> Self {
        let known: Vec<Change> = changes.iter().filter(|c| c.received_at <= at).cloned().collect();
        Self::of(&known, clinic, watch, at)
    }
}

fn undo_until(changes: &[Change], now: Timestamp) -> Option<Timestamp> {
    let by_staff = changes.iter().filter(|c| matches!(c.source, Source::Staff(_))).map(|c| c.received_at);
    by_staff.max().and_then(|at| at.checked_add(UNDO).ok()).filter(|until| *until > now)
}
