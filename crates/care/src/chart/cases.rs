//! Which episode a visit belongs to, and what became of the episodes.
//!
//! A visit that names its case belongs to that case. Any other belongs to the default episode of its time: the first one
//! until that is discharged, then the next one, which opens with a visit that names none or with a new case. A case that
//! is new while the next one has no name yet is that one. A discharge taken back was none: what had opened behind it
//! is a part of the episode that goes on.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{Act, Change, EncounterChange, EpisodeChange, What, Write};
use super::clinic::Clinic;
use super::encounter::Encounter;
use super::episode::{Episode, EpisodeKey, EpisodeState};
use crate::id::{EncounterId, EpisodeId};
use crate::zone;

pub(super) fn fold_episodes(ordered: &[&Change], encounters: &mut [Encounter], clinic: &Clinic) -> Vec<Episode> {
    let cases = Cases::of(ordered, encounters);
    for visit in encounters.iter_mut() {
        visit.episode = cases.of_visit(visit);
    }
    let mut episodes: BTreeMap<EpisodeKey, Episode> = BTreeMap::new();
    for change in ordered {
        let at = change.stamp.at;
        let (key, on, title) = match &change.what {
            What::Encounter(what) => {
                let Some(visit) = opened_by(what, encounters) else { continue };
                let place = if let Write::Set(id) = what.location { Some(id) } else { None };
                let key = case_of(what, visit).map_or(visit.episode, |id| cases.key(id));
                (key, zone::date_in(at, clinic.zone_at(place)), None)
            }
            What::Episode(EpisodeChange::Open { episode, on, title }) => (cases.key(*episode), *on, title.clone()),
            _ => continue,
        };
        let episode = episodes.entry(key).or_insert_with(|| Episode {
            key,
            named: cases.name(key),
            title: None,
            opened_on: on,
            opened_at: at,
            state: EpisodeState::Open,
            discharges: vec![],
        });
        if title.is_some() {
            episode.title = title;
        }
    }
    for (nth, change) in ordered.iter().enumerate() {
        let episode = cases.meant.get(&nth).and_then(|key| episodes.get_mut(key));
        if let (What::Episode(what), Some(episode)) = (&change.what, episode) {
            close_or_reopen(episode, what, change);
        }
    }
    episodes.into_values().collect()
}

fn close_or_reopen(episode: &mut Episode, what: &EpisodeChange, change: &Change) {
    match what {
        EpisodeChange::Open { .. } | EpisodeChange::Reopen { .. } => episode.state = EpisodeState::Open,
        EpisodeChange::Discharge { on, .. } if episode.is_open() => {
            let at = change.stamp.at;
            episode.state = EpisodeState::Discharged { on: *on, at };
            episode.discharges.push((*on, at));
        }
        EpisodeChange::Discharge { .. } => {}
    }
}

/// The visit that a message tells of, if there is one that opens an episode. A type mapped to no visit at all opens none.
fn opened_by<'a>(what: &EncounterChange, encounters: &'a [Encounter]) -> Option<&'a Encounter> {
    let tells = what.act != Act::Cancel && what.act != Act::Delete;
    encounters.iter().find(|e| tells && e.ids.contains(&what.encounter))
}

/// The case a message is about: the one it names, else the one its visit has.
fn case_of(what: &EncounterChange, visit: &Encounter) -> Option<EpisodeId> {
    if let Write::Set(id) = what.episode { Some(id) } else { visit.named_episode }
}

/// The case the EMR named first: it adopts the default episode.
fn first_case(ordered: &[&Change], encounters: &[Encounter]) -> Option<EpisodeId> {
    let is_visit = |id| encounters.iter().any(|e| e.ids.contains(&id));
    ordered.iter().find_map(|change| match &change.what {
        What::Episode(EpisodeChange::Open { episode, .. }) => Some(*episode),
        What::Encounter(what) if is_visit(what.encounter) => match what.episode {
            Write::Set(id) => Some(id),
            Write::Keep | Write::Clear => None,
        },
        _ => None,
    })
}

/// Which episode is meant, by whom.
struct Cases {
    adopted: BTreeMap<EpisodeId, EpisodeKey>,
    /// Visits that name no case.
    placed: BTreeMap<EncounterId, EpisodeKey>,
    /// What the openings, discharges and re-openings are about, by their number in the order of stamps.
    meant: BTreeMap<usize, EpisodeKey>,
}

impl Cases {
    fn of(ordered: &[&Change], encounters: &[Encounter]) -> Self {
        let first = first_case(ordered, encounters);
        let mut walk = Walk::from(first);
        for (nth, change) in ordered.iter().enumerate() {
            match &change.what {
                What::Encounter(what) => {
                    if let Some(visit) = opened_by(what, encounters) {
                        walk.visit(what, visit);
                    }
                }
                What::Episode(what) => walk.episode(nth, what),
                _ => {}
            }
        }
        walk.found
    }

    fn key(&self, case: EpisodeId) -> EpisodeKey {
        self.adopted.get(&case).copied().unwrap_or(EpisodeKey::Named(case))
    }

    fn name(&self, key: EpisodeKey) -> Option<EpisodeId> {
        match key {
            EpisodeKey::Named(id) => Some(id),
            EpisodeKey::First | EpisodeKey::Next(_) => {
                self.adopted.iter().find(|(_, adopted)| **adopted == key).map(|(id, _)| *id)
            }
        }
    }

    fn of_visit(&self, visit: &Encounter) -> EpisodeKey {
        let placed = || self.placed.get(&visit.id).copied().unwrap_or(EpisodeKey::First);
        visit.named_episode.map_or_else(placed, |id| self.key(id))
    }
}

/// A default episode.
#[derive(Clone, Copy)]
struct Link {
    key: EpisodeKey,
    opened: bool,
    named: bool,
    closed: bool,
}

/// The default episodes in the order of stamps.
struct Walk {
    found: Cases,
    seen: BTreeSet<EpisodeId>,
    before: Vec<Link>,
    current: Link,
}

impl Walk {
    fn from(first: Option<EpisodeId>) -> Self {
        let adopted = first.map(|id| (id, EpisodeKey::First)).into_iter().collect();
        Self {
            found: Cases { adopted, placed: BTreeMap::new(), meant: BTreeMap::new() },
            seen: first.into_iter().collect(),
            before: vec![],
            current: Link { key: EpisodeKey::First, opened: false, named: true, closed: false },
        }
    }

    fn visit(&mut self, what: &EncounterChange, visit: &Encounter) {
        if let Some(id) = case_of(what, visit) {
            return self.case(id);
        }
        if self.found.placed.contains_key(&visit.id) {
            return;
        }
        if self.current.closed {
            self.go_on(false);
        }
        self.current.opened = true;
        self.found.placed.insert(visit.id, self.current.key);
    }

    fn case(&mut self, id: EpisodeId) {
        let is_first = self.found.adopted.get(&id) == Some(&EpisodeKey::First);
        self.current.opened |= is_first;
        if !self.seen.insert(id) {
            return;
        }
        if self.current.closed {
            self.go_on(true);
        } else if self.current.named {
            return;
        }
        self.current.named = true;
        self.found.adopted.insert(id, self.current.key);
    }

    fn go_on(&mut self, named: bool) {
        self.before.push(self.current);
        let nth = u32::try_from(self.before.len()).unwrap_or(u32::MAX);
        self.current = Link { key: EpisodeKey::Next(nth), opened: true, named, closed: false };
    }

    fn episode(&mut self, nth: usize, what: &EpisodeChange) {
        let key = match what {
            EpisodeChange::Open { episode, .. } => {
                self.case(*episode);
                let key = self.found.key(*episode);
                self.reopen(key);
                key
            }
            EpisodeChange::Discharge { episode, .. } => {
                // Of whom nothing was known there was nothing to discharge.
                let current = self.current.opened.then_some(self.current.key);
                let Some(key) = episode.map(|id| self.found.key(id)).or(current) else { return };
                let links = self.before.iter_mut().chain([&mut self.current]);
                links.filter(|link| link.key == key && link.opened).for_each(|link| link.closed = true);
                key
            }
            EpisodeChange::Reopen { episode } => {
                let closed = [self.current].into_iter().chain(self.before.iter().rev().copied()).find(|l| l.closed);
                let key = episode.map_or(closed.unwrap_or(self.current).key, |id| self.found.key(id));
                self.reopen(key);
                key
            }
        };
        self.found.meant.insert(nth, key);
    }

    fn reopen(&mut self, key: EpisodeKey) {
        let last = self.before.last().copied().filter(|last| last.key == key && last.closed);
        if let Some(last) = last.filter(|_| !self.current.named && !self.current.closed) {
            let gone = std::mem::replace(&mut self.current, Link { closed: false, ..last }).key;
            self.before.pop();
            self.found.placed.values_mut().filter(|of| **of == gone).for_each(|of| *of = key);
            self.found.meant.retain(|_, of| *of != gone);
            return;
        }
        let links = self.before.iter_mut().chain([&mut self.current]);
        links.filter(|link| link.key == key).for_each(|link| link.closed = false);
    }
}
