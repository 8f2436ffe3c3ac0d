//! What a form works out of its own answers: sums, means and counts, rounded.

use serde::{Deserialize, Serialize};

use super::answers::{Answers, Value};
use super::form::{Form, Item};

/// FHIR SDC: calculatedExpression, as far as forms need it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calculation {
    pub take: Take,
    /// Ids of the questions.
    pub of: Vec<String>,
    /// Decimal places; as it comes without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Take {
    Sum,
    Mean,
    /// How many were answered.
    Count,
}

impl Calculation {
    /// Nothing to add up: nothing, but a count of 0.
    pub fn result(&self, form: &Form, answers: &Answers) -> Option<f64> {
        let points: Vec<f64> = match self.take {
            Take::Count => self.of.iter().flat_map(|id| answers.get(id)).map(|_| 1.0).collect(),
            Take::Sum | Take::Mean => self.of.iter().flat_map(|id| points(form, answers, id)).collect(),
        };
        if points.is_empty() && self.take != Take::Count {
            return None;
        }
        let sum = points.iter().fold(0.0, |sum, point| sum + point);
        let result = match self.take {
            Take::Sum | Take::Count => sum,
            Take::Mean => sum / points.len() as f64,
        };
        Some(match self.round {
            None => result,
            Some(places) => round_half_up(result, places),
        })
    }
}

/// FHIRPath's `round`: half goes up.
fn round_half_up(value: f64, places: u8) -> f64 {
    let scale = 10f64.powi(i32::from(places));
    (value * scale + 0.5).floor() / scale
}

fn points(form: &Form, answers: &Answers, id: &str) -> Vec<f64> {
    let Some(item) = form.item(id) else { return vec![] };
    answers.get(id).iter().filter_map(|text| points_of(form, item, text)).collect()
}

/// What one answer counts: the weight of the choice, or the number itself.
pub fn points_of(form: &Form, item: &Item, text: &str) -> Option<f64> {
    if item.kind.has_options() {
        return form.choices(item).iter().find(|choice| choice.code == text)?.weight;
    }
    match Value::read(item.kind, text).ok()? {
        Value::Number(number) => Some(number),
        Value::Flag(yes) => Some(f64::from(u8::from(yes))),
        Value::Date(_) | Value::DateTime(_) | Value::Time(_) | Value::Words(_) => None,
    }
}
