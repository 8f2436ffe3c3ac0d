//! The patient group: a tree of all / any / not over clauses, each evaluated by itself, so that a "no" names the clause
//! and the value it saw.

use serde::{Deserialize, Serialize};

use super::facts::Facts;
use crate::chart::{Channel, EncounterState, Occurrence, Reach};
use crate::zone;

#[derive(Debug, Clone, PartialEq)]
pub enum Group {
    All(Vec<Group>),
    Any(Vec<Group>),
    Not(Box<Group>),
    Clause(Clause),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Clause {
    pub field: Field,
    pub op: Op,
    pub value: Value,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $what:literal { $($variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($variant),* }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word),* }
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                $name::ALL.iter().copied().find(|x| x.word() == text).ok_or_else(|| {
                    let all: Vec<_> = $name::ALL.iter().map(|x| x.word()).collect();
                    format!("`{text}` is not {}; allowed: {}", $what, all.join(" "))
                })
            }
        }
    };
}
pub(crate) use words;

words! { Field, "a field of a patient group" {
    Age = "age",
    Sex = "sex",
    Language = "language",
    Registered = "registered",
    Tags = "tags",
    Location = "location",
    EpisodeOpen = "episode_open",
    VisitsBooked = "visits_booked",
    HoursToVisit = "hours_to_visit",
    HasEmail = "has_email",
    HasMobile = "has_mobile",
}}

words! { Op, "an operator" {
    Eq = "=", Ne = "!=", Gt = ">", Ge = ">=", Lt = "<", Le = "<=", In = "in", Has = "has",
}}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<String>),
    Unknown,
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Bool(b) => write!(f, "{}", if *b { "yes" } else { "no" }),
            Value::Number(n) => write!(f, "{n}"),
            Value::Text(t) => f.write_str(t),
            Value::List(l) => write!(f, "{}", l.join(", ")),
            Value::Unknown => f.write_str("not known"),
        }
    }
}

impl std::fmt::Display for Clause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.field.word(), self.op.word(), self.value)
    }
}

/// The clause that decided a "no", and the value it saw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Saw {
    pub clause: String,
    pub value: String,
}

impl Group {
    /// `Ok` when the patient belongs to the group now.
    pub fn holds(&self, facts: &Facts, occurrence: &Occurrence) -> Result<(), Saw> {
        match self {
            Group::All(parts) => parts.iter().try_for_each(|part| part.holds(facts, occurrence)),
            Group::Any(parts) => {
                let mut first = None;
                for part in parts {
                    match part.holds(facts, occurrence) {
                        Ok(()) => return Ok(()),
                        Err(saw) => first = first.or(Some(saw)),
                    }
                }
                first.map_or(Ok(()), Err)
            }
            Group::Not(part) => match part.holds(facts, occurrence) {
                Ok(()) => Err(Saw { clause: format!("not ({part})"), value: "it is so".into() }),
                Err(_) => Ok(()),
            },
            Group::Clause(clause) => clause.holds(facts, occurrence),
        }
    }
}

impl Clause {
    fn holds(&self, facts: &Facts, occurrence: &Occurrence) -> Result<(), Saw> {
        let seen = value_of(self.field, facts, occurrence);
        let holds = match (&seen, &self.value, self.op) {
            (Value::Unknown, _, op) => op == Op::Ne,
            (Value::Bool(a), Value::Bool(b), Op::Eq) => a == b,
            (Value::Bool(a), Value::Bool(b), Op::Ne) => a != b,
            (Value::Number(a), Value::Number(b), op) => compares(op, a.partial_cmp(b)),
            (Value::Text(a), Value::Text(b), op) => compares(op, Some(a.cmp(b))),
            (Value::Text(a), Value::List(b), Op::In) => b.contains(a),
            (Value::List(a), Value::Text(b), Op::Has) => a.contains(b),
            _ => false,
        };
        if holds { Ok(()) } else { Err(Saw { clause: self.to_string(), value: seen.to_string() }) }
    }
}

pub(super) fn compares(op: Op, order: Option<std::cmp::Ordering>) -> bool {
    use std::cmp::Ordering::{Equal, Greater, Less};
    match (op, order) {
        (Op::Eq, Some(Equal)) | (Op::Ge, Some(Equal | Greater)) | (Op::Le, Some(Equal | Less)) => true,
        (Op::Gt, Some(Greater)) | (Op::Lt, Some(Less)) => true,
        (Op::Ne, order) => order != Some(Equal),
        _ => false,
    }
}

/// What a field is for this patient at this moment.
pub fn value_of(field: Field, facts: &Facts, occurrence: &Occurrence) -> Value {
    let patient = &facts.chart.patient;
    let text = |t: Option<&str>| t.map_or(Value::Unknown, |t| Value::Text(t.into()));
    let number = |n: f64| Value::Number(n);
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
            let location = occurrence.location.or(patient.home_location);
            text(location.and_then(|id| facts.clinic.locations.get(&id)).map(|l| l.name.as_str()))
        }
        Field::EpisodeOpen => {
            let open = match occurrence.episode {
                Some(key) => facts.chart.episode(key).is_some_and(|e| e.is_open()),
                None => facts.chart.episodes.iter().any(|e| e.is_open()),
            };
            Value::Bool(open)
        }
        Field::VisitsBooked => number(visits_booked(facts) as f64),
        Field::HoursToVisit => {
            match occurrence.encounter.and_then(|id| facts.chart.encounter(id)).and_then(|e| e.starts_at()) {
                Some(start) => number((start.as_second() - facts.now.as_second()) as f64 / 3600.0),
                None => Value::Unknown,
            }
        }
        Field::HasEmail => Value::Bool(matches!(patient.reach(Channel::Email), Reach::At(_))),
        Field::HasMobile => Value::Bool(matches!(patient.reach(Channel::Text), Reach::At(_))),
    }
}

/// Planned visits that have not begun.
pub fn visits_booked(facts: &Facts) -> usize {
    let ahead = |e: &&crate::chart::Encounter| {
        e.state == EncounterState::Planned && e.starts_at().is_some_and(|start| start > facts.now)
    };
    facts.chart.encounters.iter().filter(ahead).count()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    all: Option<Vec<Group>>,
    any: Option<Vec<Group>>,
    not: Option<Box<Group>>,
    field: Option<String>,
    op: Option<String>,
    value: Option<Value>,
}

impl<'de> Deserialize<'de> for Group {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let raw = Raw::deserialize(d)?;
        match raw {
            Raw { all: Some(parts), any: None, not: None, field: None, op: None, value: None } => Ok(Group::All(parts)),
            Raw { any: Some(parts), all: None, not: None, field: None, op: None, value: None } => Ok(Group::Any(parts)),
            Raw { not: Some(part), all: None, any: None, field: None, op: None, value: None } => Ok(Group::Not(part)),
            Raw { field: Some(field), op: Some(op), value: Some(value), all: None, any: None, not: None } => {
                let clause = Clause {
                    field: field.parse().map_err(D::Error::custom)?,
                    op: op.parse().map_err(D::Error::custom)?,
                    value,
                };
                clause.check().map_err(D::Error::custom)?;
                Ok(Group::Clause(clause))
            }
            _ => Err(D::Error::custom(
                "a patient group is one of { all = [...] }, { any = [...] }, { not = {...} } or { field, op, value }",
            )),
        }
    }
}

impl Clause {
    /// A clause that could never hold is refused when it is written, not found out when nobody gets anything.
    fn check(&self) -> Result<(), String> {
        let needs = match self.field {
            Field::Age | Field::VisitsBooked | Field::HoursToVisit => "a number, with = != > >= < <=",
            Field::Registered | Field::EpisodeOpen | Field::HasEmail | Field::HasMobile => {
                "true or false, with = or !="
            }
            Field::Sex | Field::Language | Field::Location => "a text with = or !=, or a list with in",
            Field::Tags => "a text, with has",
        };
        let fits = match (self.field, self.op, &self.value) {
            (Field::Age | Field::VisitsBooked | Field::HoursToVisit, op, Value::Number(_)) => {
                !matches!(op, Op::In | Op::Has)
            }
            (
                Field::Registered | Field::EpisodeOpen | Field::HasEmail | Field::HasMobile,
                Op::Eq | Op::Ne,
                Value::Bool(_),
            ) => true,
            (Field::Sex | Field::Language | Field::Location, Op::Eq | Op::Ne, Value::Text(_)) => true,
            (Field::Sex | Field::Language | Field::Location, Op::In, Value::List(_)) => true,
            (Field::Tags, Op::Has, Value::Text(_)) => true,
            _ => false,
        };
        if fits { Ok(()) } else { Err(format!("`{}` takes {needs}", self.field.word())) }
    }
}

impl std::fmt::Display for Group {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let join = |f: &mut std::fmt::Formatter<'_>, parts: &[Group], word: &str| {
            for (i, part) in parts.iter().enumerate() {
                if i > 0 {
                    write!(f, " {word} ")?;
                }
                match part {
                    Group::Clause(clause) => write!(f, "{clause}")?,
                    tree => write!(f, "({tree})")?,
                }
            }
            Ok(())
        };
        match self {
            Group::All(parts) if parts.is_empty() => f.write_str("everyone"),
            Group::All(parts) => join(f, parts, "and"),
            Group::Any(parts) => join(f, parts, "or"),
            Group::Not(part) => write!(f, "not ({part})"),
            Group::Clause(clause) => write!(f, "{clause}"),
        }
    }
}
