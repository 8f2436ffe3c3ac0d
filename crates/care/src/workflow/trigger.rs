//! The trigger: event kinds and a filter on the event.

use serde::Deserialize;

use super::facts::Facts;
use super::group::Saw;
use crate::chart::{EventKind, Occurrence, VisitType};

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    #[serde(rename = "event", deserialize_with = "one_or_many")]
    pub events: Vec<EventKind>,
    #[serde(rename = "visit_type", default, deserialize_with = "one_or_many")]
    pub visit_types: Vec<VisitType>,
    /// Only the first such visit of the episode.
    #[serde(default)]
    pub first_in: Option<FirstIn>,
    /// Location names.
    #[serde(rename = "location", default, deserialize_with = "strings")]
    pub locations: Vec<String>,
    /// Only patients whose record was made with "send invite".
    #[serde(default)]
    pub send_invite: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FirstIn {
    Episode,
}

impl Trigger {
    /// `Ok` when the filter lets this event through; else the filter that did not, and what it saw.
    pub fn lets_through(&self, facts: &Facts, occurrence: &Occurrence) -> Result<(), Saw> {
        let visit = occurrence.encounter.and_then(|id| facts.chart.encounter(id));
        if !self.visit_types.is_empty() {
            let seen = visit.and_then(|v| v.visit_type);
            if !seen.is_some_and(|t| self.visit_types.contains(&t)) {
                let allowed: Vec<_> = self.visit_types.iter().map(|t| t.code()).collect();
                return no(format!("visit_type = {}", allowed.join(" or ")), seen.map_or("not known", |t| t.code()));
            }
        }
        if self.first_in == Some(FirstIn::Episode) {
            let number = visit.map(|v| {
                let before = |e: &&crate::chart::Encounter| {
                    e.episode == v.episode
                        && e.state.stands()
                        && e.id != v.id
                        && (self.visit_types.is_empty() || e.visit_type.is_some_and(|t| self.visit_types.contains(&t)))
                        && (e.starts_at(), e.id) < (v.starts_at(), v.id)
                };
                facts.chart.encounters.iter().filter(before).count() + 1
            });
            if number != Some(1) {
                let seen = number.map_or("no visit".to_owned(), |n| format!("number {n}"));
                return no("first_in = episode".into(), &seen);
            }
        }
        if !self.locations.is_empty() {
            let seen = occurrence.location.and_then(|id| facts.clinic.locations.get(&id)).map(|l| l.name.as_str());
            if !seen.is_some_and(|name| self.locations.iter().any(|l| l == name)) {
                return no(format!("location = {}", self.locations.join(" or ")), seen.unwrap_or("not known"));
            }
        }
        if let Some(wanted) = self.send_invite
            && facts.chart.patient.send_invite != wanted
        {
            return no(format!("send_invite = {wanted}"), if wanted { "no" } else { "yes" });
        }
        Ok(())
    }
}

fn no(clause: String, value: &str) -> Result<(), Saw> {
    Err(Saw { clause, value: value.into() })
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

fn strings<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Vec<String>, D::Error> {
    Ok(match OneOrMany::deserialize(d)? {
        OneOrMany::One(text) => vec![text],
        OneOrMany::Many(texts) => texts,
    })
}

fn one_or_many<'de, D, T>(d: D) -> Result<Vec<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: std::str::FromStr<Err = String>,
{
    use serde::de::Error;
    strings(d)?.iter().map(|text| text.parse().map_err(D::Error::custom)).collect()
}
