//! What is taken to have happened because nobody said otherwise: where the EMR never says "arrived" or "ended", the
//! clinic says how long a silence means it.

use jiff::{SignedDuration, Timestamp};

use super::clinic::Clinic;
use super::encounter::{Encounter, EncounterState};
use super::episode::{Episode, EpisodeState};
use super::fold::Chart;
use crate::zone;

impl Chart {
    /// Writes into the chart what is presumed at `now`.
    pub(super) fn presume(&mut self, clinic: &Clinic, now: Timestamp) {
        for visit in &mut self.encounters {
            if arrives_at(visit, clinic).is_some_and(|at| at <= now)
                && let Some(start) = visit.starts_at()
            {
                visit.state = EncounterState::Arrived { at: start };
                visit.arrived_at = Some(start);
            }
            if visit.arrived_at.is_none() && was_presumed(visit, clinic) {
                visit.arrived_at = visit.starts_at();
            }
        }
        let ended: Vec<_> = self.episodes.iter().map(|e| self.ends_at(e, clinic).filter(|at| *at <= now)).collect();
        let zone = self.home_zone(clinic).to_owned();
        for (episode, at) in self.episodes.iter_mut().zip(ended) {
            if let Some(at) = at {
                episode.state = EpisodeState::PresumedEnded { on: zone::date_in(at, &zone), at };
            }
        }
    }

    /// When something may be presumed that is not yet.
    pub(super) fn presumptions(&self, clinic: &Clinic) -> Vec<Timestamp> {
        let arrivals = self.encounters.iter().filter_map(|visit| arrives_at(visit, clinic));
        arrivals.chain(self.episodes.iter().filter_map(|e| self.ends_at(e, clinic))).collect()
    }

    fn ends_at(&self, episode: &Episode, clinic: &Clinic) -> Option<Timestamp> {
        let last = self.encounters.iter().rev().find(|e| e.episode == episode.key).and_then(|e| e.location);
        let location = clinic.location(last.or(self.patient.home_location)).filter(|l| !l.silent)?;
        let days = location.ended_after.filter(|_| matches!(episode.state, EpisodeState::Open))?;
        self.quiet_for(episode, days, self.home_zone(clinic))
    }

    /// When an episode was presumed to have ended, if it was: also when a discharge has said so since.
    pub(super) fn presumed_end(&self, episode: &Episode, clinic: &Clinic) -> Option<Timestamp> {
        match episode.state {
            EpisodeState::Open => None,
            EpisodeState::PresumedEnded { at, .. } => Some(at),
            EpisodeState::Discharged { at: discharged, .. } => {
                let before = Episode { state: EpisodeState::Open, ..episode.clone() };
                self.ends_at(&before, clinic).filter(|at| *at < discharged)
            }
        }
    }

    /// When an episode has had no visit for so many days and none is planned. In the future if something is planned.
    pub(super) fn quiet_for(&self, episode: &Episode, days: u32, zone: &str) -> Option<Timestamp> {
        let own = || self.encounters.iter().filter(|e| e.episode == episode.key);
        let last = own().filter(|e| e.state.stands()).filter_map(Encounter::starts_at).max();
        let quiet = days_on(last.unwrap_or(episode.opened_at).max(episode.opened_at), days, zone)?;
        // Until it fell, something was planned.
        let fell = own().filter_map(|e| match e.state {
            EncounterState::NoShow { at } | EncounterState::Cancelled { at } => Some(at),
            EncounterState::Planned
            | EncounterState::Arrived { .. }
            | EncounterState::Finished { .. }
            | EncounterState::EnteredInError { .. }
            | EncounterState::Unknown => None,
        });
        Some(fell.fold(quiet, Timestamp::max))
    }
}

/// It had been taken for arrived before somebody said otherwise: that was an event, and is one no longer.
fn was_presumed(visit: &Encounter, clinic: &Clinic) -> bool {
    let (EncounterState::NoShow { at } | EncounterState::Cancelled { at }) = visit.state else { return false };
    let before = Encounter { state: EncounterState::Planned, ..visit.clone() };
    arrives_at(&before, clinic).is_some_and(|presumed| presumed <= at)
}

fn arrives_at(visit: &Encounter, clinic: &Clinic) -> Option<Timestamp> {
    let location = clinic.location(visit.location).filter(|l| !l.silent)?;
    let after: SignedDuration = location.arrived_after.filter(|_| visit.state == EncounterState::Planned)?;
    visit.starts_at()?.checked_add(after).ok()
}

/// So many calendar days later at the same time of day.
pub(super) fn days_on(from: Timestamp, days: u32, zone: &str) -> Option<Timestamp> {
    let zone = zone::of(zone);
    let civil = zone.to_datetime(from).checked_add(jiff::Span::new().try_days(i64::from(days)).ok()?).ok()?;
    zone.to_ambiguous_timestamp(civil).compatible().ok()
}
