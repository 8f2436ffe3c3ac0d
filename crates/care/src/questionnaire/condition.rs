//! What shows or hides an item: FHIR's enableWhen, with all its operators and both behaviours.

use serde::{Deserialize, Serialize};

use super::answers::{Answers, Value};
use super::form::{Form, Item};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Id of the question that is looked at.
    pub item: String,
    pub op: Operator,
    /// As an answer is written down: a code, a number, `true`, `2026-03-01`. For `exists`: `true` or `false`.
    pub value: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operator {
    #[serde(rename = "exists")]
    Exists,
    #[serde(rename = "=")]
    Equal,
    #[serde(rename = "!=")]
    NotEqual,
    #[serde(rename = ">")]
    More,
    #[serde(rename = "<")]
    Less,
    #[serde(rename = ">=")]
    AtLeast,
    #[serde(rename = "<=")]
    AtMost,
}

impl Operator {
    pub const ALL: [Operator; 7] = [
        Operator::Exists,
        Operator::Equal,
        Operator::NotEqual,
        Operator::More,
        Operator::Less,
        Operator::AtLeast,
        Operator::AtMost,
    ];

    /// FHIR's code.
    pub fn code(self) -> &'static str {
        match self {
            Operator::Exists => "exists",
            Operator::Equal => "=",
            Operator::NotEqual => "!=",
            Operator::More => ">",
            Operator::Less => "<",
            Operator::AtLeast => ">=",
            Operator::AtMost => "<=",
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Enable {
    #[default]
    All,
    Any,
}

impl Enable {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
    pub(super) fn is_all(&self) -> bool {
        *self == Enable::All
    }
}

impl Condition {
    /// With several answers one that fits is enough; without an answer only "exists = false" holds (FHIR R4,
    /// Questionnaire.item.enableWhen.operator).
    fn holds(&self, form: &Form, shown: &Answers, place: &str) -> bool {
        let Some(question) = form.item(&self.item) else { return false };
        let answers = shown.near(&self.item, place);
        if self.op == Operator::Exists {
            return answers.is_empty() != (self.value == "true");
        }
        let Ok(wanted) = Value::read(question.kind, &self.value) else { return false };
        answers
            .iter()
            .filter_map(|text| Value::read(question.kind, text).ok())
            .any(|seen| self.compares(&seen, &wanted))
    }

    fn compares(&self, seen: &Value, wanted: &Value) -> bool {
        let Some(order) = seen.partial_cmp(wanted) else { return false };
        match self.op {
            Operator::Exists => false,
            Operator::Equal => order.is_eq(),
            Operator::NotEqual => order.is_ne(),
            Operator::More => order.is_gt(),
            Operator::Less => order.is_lt(),
            Operator::AtLeast => order.is_ge(),
            Operator::AtMost => order.is_le(),
        }
    }
}

/// Whether the item is asked, given the answers of what is shown before it.
pub(super) fn is_enabled(form: &Form, item: &Item, shown: &Answers, place: &str) -> bool {
    let mut conditions = item.when.iter().map(|condition| condition.holds(form, shown, place));
    match item.enable {
        _ if item.when.is_empty() => true,
        Enable::All => conditions.all(|holds| holds),
        Enable::Any => conditions.any(|holds| holds),
    }
}
