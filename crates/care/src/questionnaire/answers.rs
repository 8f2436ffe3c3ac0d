//! What was answered: by the question's id, as text that reads the same in every language.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};

use super::form::ItemKind;

/// Answers by place. The place of a question is its id; within the second time a group is asked, `id#2`, and so on
/// inwards: `id#2.1`. Choices stand as codes, numbers with a point, days as 2026-03-01, yes and no as true and false.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Answers(BTreeMap<String, Said>);

/// A group is asked at most so often: places come from outside too.
pub const MOST_ROUNDS: usize = 100;

/// One answer is written as a text, several as a list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
enum Said {
    Once(String),
    Often(Vec<String>),
}

impl Said {
    fn all(&self) -> &[String] {
        match self {
            Said::Once(text) => std::slice::from_ref(text),
            Said::Often(texts) => texts,
        }
    }
}

impl Answers {
    pub fn get(&self, place: &str) -> &[String] {
        self.0.get(place).map_or(&[], Said::all)
    }

    pub fn first(&self, place: &str) -> Option<&str> {
        self.get(place).first().map(String::as_str)
    }

    /// Blank answers are none.
    pub fn set(&mut self, place: impl Into<String>, texts: impl IntoIterator<Item = impl Into<String>>) {
        let mut texts: Vec<String> = texts.into_iter().map(Into::into).filter(|t| !t.trim().is_empty()).collect();
        let place = place.into();
        match texts.len() {
            0 => self.0.remove(&place),
            1 => self.0.insert(place, Said::Once(texts.remove(0))),
            _ => self.0.insert(place, Said::Often(texts)),
        };
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn places(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.0.iter().map(|(place, said)| (place.as_str(), said.all()))
    }

    /// The answers to `id` as somebody at `place` sees them: of the same time round, else of the next one outwards.
    pub(super) fn near(&self, id: &str, place: &str) -> &[String] {
        let mut round = place.split_once('#').map(|(_, round)| round);
        while let Some(inner) = round {
            let found = self.get(&format!("{id}#{inner}"));
            if !found.is_empty() {
                return found;
            }
            round = inner.rsplit_once('.').map(|(outer, _)| outer);
        }
        self.get(id)
    }

    /// The highest time round in which anything under `id` was answered.
    pub fn rounds(&self, id: &str, within: &str) -> usize {
        self.0.keys().filter_map(|place| round_of(place, id, within)).max().unwrap_or(0)
    }
}

/// Which time round, within those around it, a place of `id` is.
pub(super) fn round_of(place: &str, id: &str, within: &str) -> Option<usize> {
    let round = place.strip_prefix(id)?.strip_prefix('#')?;
    let round = if within.is_empty() { round } else { round.strip_prefix(within)?.strip_prefix('.')? };
    round.split('.').next()?.parse().ok().filter(|nth| (1..=MOST_ROUNDS).contains(nth))
}

impl<P: Into<String>, T: Into<String>> FromIterator<(P, T)> for Answers {
    fn from_iter<I: IntoIterator<Item = (P, T)>>(pairs: I) -> Self {
        let mut answers = Answers::default();
        for (place, text) in pairs {
            answers.set(place, [text]);
        }
        answers
    }
}

/// An answer as what it is. Values of different kinds cannot be compared.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
pub enum Value {
    Flag(bool),
    Number(f64),
    Date(Date),
    DateTime(DateTime),
    Time(Time),
    Words(String),
}

impl Value {
    /// Reads an answer, or says what one to such a question looks like.
    pub fn read(kind: ItemKind, text: &str) -> Result<Self, Unreadable> {
        let text = text.trim();
        let read = match kind {
            ItemKind::Group | ItemKind::Display => None,
            ItemKind::Boolean => text.parse().ok().map(Value::Flag),
            ItemKind::Integer => text.parse::<i32>().ok().map(|n| Value::Number(f64::from(n))),
            ItemKind::Decimal => text.parse::<f64>().ok().filter(|n| n.is_finite()).map(Value::Number),
            ItemKind::Date => text.parse().ok().map(Value::Date),
            ItemKind::DateTime => text.parse().ok().map(Value::DateTime),
            ItemKind::Time => text.parse().ok().map(Value::Time),
            ItemKind::String | ItemKind::Text | ItemKind::Choice | ItemKind::OpenChoice => {
                Some(Value::Words(text.into()))
            }
        };
        read.ok_or(Unreadable(kind))
    }
}

/// An answer that is none to a question of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an answer to a question of kind {0:?}")]
pub struct Unreadable(pub ItemKind);
