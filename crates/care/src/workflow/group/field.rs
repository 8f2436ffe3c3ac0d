//! What a group may ask about: a field is a word here, its shape, and its value. Its value in SQL is in
//! `store::group_sql`, its name on the pages in `stepwell::web::workflow_words`.

use super::{Value, words};
use crate::chart::{Channel, Encounter, EncounterState, EventKind, Occurrence, Reach};
use crate::workflow::facts::Facts;
use crate::zone;

words! { Field, "a field of a patient group" {
    Age = "age",
    Sex = "sex",
    Language = "language",
    Registered = "registered",
    Tags = "tags",
    Location = "location",
    EpisodeOpen = "episode_open",
    VisitsBooked = "visits_booked",
    VisitsArrived = "visits_arrived",
    HoursToVisit = "hours_to_visit",
    Practitioner = "practitioner",
    HasEmail = "has_email",
    HasMobile = "has_mobile",
    OpenForms = "open_forms",
    Consents = "consents",
}}

/// What the values of a field look like: it decides which operators go with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    YesNo,
    Number,
    Text,
    List,
}

impl Field {
    pub fn shape(self) -> Shape {
        match self {
            Field::Registered | Field::EpisodeOpen | Field::HasEmail | Field::HasMobile => Shape::YesNo,
            Field::Age | Field::VisitsBooked | Field::VisitsArrived | Field::HoursToVisit | Field::OpenForms => {
                Shape::Number
            }
            Field::Sex | Field::Language | Field::Location | Field::Practitioner => Shape::Text,
            Field::Tags | Field::Consents => Shape::List,
        }
    }
}

/// What a field is for this patient at this moment: of the visit, episode and place of the event, or without an event of
/// the patient alone.
pub fn value_of(field: Field, facts: &Facts, occurrence: Option<&Occurrence>) -> Value {
    let patient = &facts.chart.patient;
    let text = |t: Option<&str>| t.map_or(Value::Unknown, |t| Value::Text(t.into()));
    let number = |n: f64| Value::Number(n);
    let visit = || occurrence.and_then(|o| o.encounter).and_then(|id| facts.chart.encounter(id));
    match field {
        Field::Age => {
            let today = zone::date_in(facts.now, facts.chart.home_zone(facts.clinic));
            patient.age_on(today).map_or(Value::Unknown, |age| number(f64::from(age)))
        }
        Field::Sex => text(patient.sex.map(|s| s.code())),
        Field::Language => text(Some(patient.language.as_deref().unwrap_or("en"))),
        Field::Registered => Value::Bool(patient.registered_at.is_some()),
        Field::Tags => Value::List(patient.tags.clone()),
        Field::Location => {
            let location = occurrence.and_then(|o| o.location).or(patient.home_location);
            text(location.and_then(|id| facts.clinic.locations.get(&id)).map(|l| l.name.as_str()))
        }
        // Of an event that says an episode is over, it asks for any other.
        Field::EpisodeOpen => Value::Bool(match occurrence.filter(|o| !ends_episode(o)).and_then(|o| o.episode) {
            Some(key) => facts.chart.episode(key).is_some_and(|e| e.is_open()),
            None => facts.chart.episodes.iter().any(|e| e.is_open()),
        }),
        Field::VisitsBooked => number(visits_booked(facts) as f64),
        Field::VisitsArrived => number(facts.chart.visits_arrived() as f64),
        Field::HoursToVisit => {
            let start = match occurrence {
                Some(_) => visit().and_then(Encounter::starts_at),
                None => ahead(facts).filter_map(Encounter::starts_at).min(),
            };
            start.map_or(Value::Unknown, |start| number((start.as_second() - facts.now.as_second()) as f64 / 3600.0))
        }
        Field::Practitioner => text(visit().and_then(|e| e.known_practitioner())),
        Field::HasEmail => Value::Bool(matches!(patient.reach(Channel::Email), Reach::At(_))),
        Field::HasMobile => Value::Bool(matches!(patient.reach(Channel::Text), Reach::At(_))),
        Field::OpenForms => number(facts.chart.open_forms() as f64),
        Field::Consents => Value::List(patient.consented()),
    }
}

fn ends_episode(o: &Occurrence) -> bool {
    matches!(o.anchor.event, EventKind::EpisodeDischarged | EventKind::EpisodePresumedEnded)
}

/// Planned visits that have not begun.
fn ahead<'a>(facts: &'a Facts) -> impl Iterator<Item = &'a Encounter> {
    facts
        .chart
        .encounters
        .iter()
        .filter(|e| e.state == EncounterState::Planned && e.starts_at().is_some_and(|start| start > facts.now))
}

pub fn visits_booked(facts: &Facts) -> usize {
    ahead(facts).count()
}
