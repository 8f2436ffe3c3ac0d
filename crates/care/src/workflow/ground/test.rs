//! What a trigger's filter and a patient group asked, and what they saw.

use serde::{Deserialize, Serialize};

use crate::chart::Occurrence;
use crate::workflow::facts::Facts;
use crate::workflow::group::{Field, Group, Saw, Value, value_of};
use crate::workflow::number::NumberTest;

/// One test of a trigger's filter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    OneOf {
        what: String,
        allowed: Vec<String>,
        seen: Option<String>,
    },
    Number {
        what: String,
        test: NumberTest,
        seen: Option<f64>,
    },
    /// What was answered to a question of a form.
    Answer {
        question: String,
        wanted: Vec<String>,
        seen: Vec<String>,
    },
    Invite {
        wanted: bool,
        seen: bool,
    },
    /// The how-manieth visit of its episode.
    FirstInEpisode {
        number: Option<usize>,
    },
}

impl Test {
    /// The "no" in words, if it is one.
    pub fn fails(&self) -> Option<Saw> {
        match self {
            Test::OneOf { what, allowed, seen } => {
                let passes = seen.as_ref().is_some_and(|seen| allowed.contains(seen));
                let value = seen.clone().unwrap_or_else(|| "not known".into());
                (!passes).then(|| Saw { clause: format!("{what} = {}", allowed.join(" or ")), value })
            }
            Test::Number { what, test, seen } => test.holds(what, *seen).err(),
            Test::Answer { question, wanted, seen } => (!seen.iter().any(|seen| wanted.contains(seen))).then(|| {
                let value = if seen.is_empty() { "not known".into() } else { seen.join(", ") };
                Saw { clause: format!("{question} = {}", wanted.join(" or ")), value }
            }),
            Test::Invite { wanted, seen } => (wanted != seen).then(|| {
                let value = if *seen { "yes" } else { "no" };
                Saw { clause: format!("send_invite = {wanted}"), value: value.into() }
            }),
            Test::FirstInEpisode { number } => (*number != Some(1)).then(|| {
                let value = number.map_or("no visit".to_owned(), |n| format!("number {n}"));
                Saw { clause: "first_in = episode".into(), value }
            }),
        }
    }
}

/// A patient group with what each of its fields was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupSeen {
    pub group: Group,
    pub values: Vec<(Field, Value)>,
}

impl GroupSeen {
    pub fn of(group: &Group, facts: &Facts, occurrence: &Occurrence) -> Self {
        let mut values: Vec<(Field, Value)> = vec![];
        for clause in group.leaves() {
            if values.iter().all(|(field, _)| *field != clause.field) {
                values.push((clause.field, value_of(clause.field, facts, Some(occurrence))));
            }
        }
        Self { group: group.clone(), values }
    }

    /// The clause that decides a "no", if it is one.
    pub fn fails(&self) -> Option<Saw> {
        let seen = |field| self.values.iter().find(|(of, _)| *of == field).map_or(Value::Unknown, |(_, v)| v.clone());
        self.group.judge(&seen).err()
    }
}
