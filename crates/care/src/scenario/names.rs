//! The scenario's own names for what the engine knows by id.

use std::borrow::Cow;
use std::collections::BTreeMap;

use uuid::Uuid;

use crate::chart::{Anchor, Chart, EpisodeKey, Idle, Subject};

#[derive(Default)]
pub struct Names {
    known: BTreeMap<(&'static str, String), Uuid>,
}

impl Names {
    /// The id behind a name; a new one the first time.
    pub fn id(&mut self, kind: &'static str, name: &str) -> Uuid {
        let next = Uuid::from_u128(self.known.len() as u128 + 1);
        *self.known.entry((kind, name.to_owned())).or_insert(next)
    }

    pub fn find(&self, kind: &'static str, name: &str) -> Option<Uuid> {
        self.known.get(&(kind, name.to_owned())).copied()
    }

    pub fn name(&self, id: Uuid) -> &str {
        self.known.iter().find(|(_, known)| **known == id).map_or("?", |((_, name), _)| name)
    }

    /// "encounter:v1", "visit_day:main:2026-03-05", "episode:knee", "patient:alma", "assignment:questionnaire/lefs".
    pub fn anchor(&self, patient: &str, chart: &Chart, anchor: Anchor) -> String {
        let name = match anchor.subject {
            Subject::Patient => format!("patient:{patient}"),
            Subject::Encounter(id) => format!("encounter:{}", self.name(id.0)),
            Subject::Episode(key) => format!("episode:{}", self.episode(chart, key)),
            Subject::VisitDay { location, date } => {
                format!("visit_day:{}:{date}", location.map_or("-", |id| self.name(id.0)))
            }
            Subject::Assignment(id) => {
                let content = chart.assignment(id).map_or("?", |a| &a.content);
                format!("assignment:{content}")
            }
            Subject::Enrolment(id) => format!("enrolment:{}", self.name(id.0)),
            Subject::Birthday { year } => format!("birthday:{year}"),
            Subject::Idle { of: Idle::Login, days, since, .. } => format!("no-login:{days}:{since}"),
            Subject::Idle { of: Idle::Visits, days, since, episode } => {
                format!("no-visits:{}:{days}:{since}", episode.map_or("-".into(), |key| self.episode(chart, key)))
            }
            Subject::PresumedEnd { episode, on } => format!("presumed-end:{}:{on}", self.episode(chart, episode)),
        };
        if anchor.nth > 1 { format!("{name}#{}", anchor.nth) } else { name }
    }

    fn episode<'a>(&'a self, chart: &Chart, key: EpisodeKey) -> Cow<'a, str> {
        let named = match key {
            EpisodeKey::Named(id) => Some(id),
            EpisodeKey::First | EpisodeKey::Next(_) => chart.episode(key).and_then(|e| e.named),
        };
        match (named, key) {
            (Some(id), _) => self.name(id.0).into(),
            (None, EpisodeKey::Next(nth)) => format!("default-{}", nth.saturating_add(1)).into(),
            (None, EpisodeKey::First | EpisodeKey::Named(_)) => "default".into(),
        }
    }
}
