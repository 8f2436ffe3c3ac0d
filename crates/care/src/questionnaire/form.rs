//! A form: questions in groups, with what shows and hides them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::calculation::Calculation;
use super::condition::{Condition, Enable};
use super::scoring::promis::Calibration;
use crate::library::In;

/// A questionnaire as it was published. Its version and rights stand in the library's header.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    pub title: In<String>,
    /// What the patient reads before the first question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intro: Option<In<String>>,
    #[serde(default)]
    pub audience: Audience,
    /// Where it may be answered, unless the clinic says otherwise.
    #[serde(default)]
    pub setting: Setting,
    /// What scores it: see [`super::scoring`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instrument: Option<String>,
    /// The questions that are scored, in the instrument's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scored: Vec<String>,
    /// Of a PROMIS form: the parameters of its scored questions, from an item bank.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<Calibration>,
    /// Lists of answers that several questions share, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, Vec<Choice>>,
    pub items: Vec<Item>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    #[default]
    Patient,
    /// Internal: filled in by staff.
    Staff,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// At home, by a link, or anywhere.
    #[default]
    Anywhere,
    /// Only at the clinic, where somebody is there to act on an answer.
    Clinic,
}

/// A question, a group of questions, or words between them. FHIR calls its id the linkId.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    pub id: String,
    pub kind: ItemKind,
    pub text: In<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<In<String>>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    /// Several answers to a question, or a group asked several times.
    #[serde(default, skip_serializing_if = "is_false")]
    pub repeats: bool,
    /// Never shown; calculated, or filled in before.
    #[serde(default, skip_serializing_if = "is_false")]
    pub hidden: bool,
    /// A number on a line instead of in a box.
    #[serde(default, skip_serializing_if = "is_false")]
    pub slider: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// Longest text, in characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<usize>,
    /// What stands there before anything was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initial: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<Options>,
    /// Shown only when these hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub when: Vec<Condition>,
    #[serde(default, skip_serializing_if = "Enable::is_all")]
    pub enable: Enable,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calculated: Option<Calculation>,
    /// The answer comes back at follow-up and is not asked again: the activities a patient named.
    #[serde(default, skip_serializing_if = "is_false")]
    pub returns: bool,
    /// Asked about the answer to that question, which is shown with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ItemKind {
    Group,
    /// Words only.
    Display,
    /// Yes or no.
    Boolean,
    Integer,
    Decimal,
    Date,
    DateTime,
    Time,
    /// One line.
    String,
    /// Several lines.
    Text,
    Choice,
    /// One of the options, or words of one's own.
    OpenChoice,
}

impl ItemKind {
    pub fn asks(self) -> bool {
        !matches!(self, ItemKind::Group | ItemKind::Display)
    }

    pub fn has_options(self) -> bool {
        matches!(self, ItemKind::Choice | ItemKind::OpenChoice)
    }
}

/// The answers to choose from: a list of the form's by its name, or the question's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Options {
    Shared(String),
    Own(Vec<Choice>),
}

/// One answer to choose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    pub code: String,
    pub text: In<String>,
    /// What it counts in a score (FHIR: itemWeight, formerly ordinalValue).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<f64>,
}

impl Form {
    /// Every item, each before its own, in the order they are asked.
    pub fn all(&self) -> Vec<&Item> {
        flat(&self.items)
    }

    pub fn item(&self, id: &str) -> Option<&Item> {
        self.all().into_iter().find(|item| item.id == id)
    }

    /// What can be chosen as an answer to this question; nothing where one writes.
    pub fn choices<'a>(&'a self, item: &'a Item) -> &'a [Choice] {
        match &item.options {
            None => &[],
            Some(Options::Own(choices)) => choices,
            Some(Options::Shared(name)) => self.options.get(name).map_or(&[], Vec::as_slice),
        }
    }
}

impl Item {
    /// A person answers it: no group, no words, nothing calculated, nothing hidden.
    pub fn is_answered(&self) -> bool {
        self.kind.asks() && self.calculated.is_none() && !self.hidden
    }

    /// Everything inside it, in order.
    pub fn within(&self) -> Vec<&Item> {
        flat(&self.items)
    }
}

fn flat(items: &[Item]) -> Vec<&Item> {
    items.iter().flat_map(|item| std::iter::once(item).chain(item.within())).collect()
}
