//! Writes answers as a QuestionnaireResponse.

use care::questionnaire::{Answers, Form, Item, ItemKind};
use serde_json::{Map, Value, json};

use super::super::value;
use super::{Response, inner, place};

/// The resource. Answers to what is no question of the form are not written.
pub fn write(form: &Form, response: &Response) -> Value {
    let mut written = Map::new();
    written.insert("resourceType".into(), json!("QuestionnaireResponse"));
    if let Some(questionnaire) = &response.questionnaire {
        written.insert("questionnaire".into(), json!(questionnaire));
    }
    written.insert("status".into(), json!(response.status.code()));
    let items = Writer { form, answers: &response.answers }.items(&form.items, "");
    if !items.is_empty() {
        written.insert("item".into(), items.into());
    }
    Value::Object(written)
}

struct Writer<'a> {
    form: &'a Form,
    answers: &'a Answers,
}

impl Writer<'_> {
    fn items(&self, items: &[Item], round: &str) -> Vec<Value> {
        items.iter().flat_map(|item| self.item(item, round)).collect()
    }

    fn item(&self, item: &Item, round: &str) -> Vec<Value> {
        match item.kind {
            ItemKind::Display => vec![],
            ItemKind::Group if item.repeats => {
                let rounds = item.within().into_iter().map(|inner| self.answers.rounds(&inner.id, round)).max();
                let one = |nth| written(item, self.items(&item.items, &inner(round, nth)), "item");
                // A round without answers keeps its place before one that has some.
                (1..=rounds.unwrap_or(0)).map(one).collect()
            }
            ItemKind::Group => {
                let items = self.items(&item.items, round);
                if items.is_empty() { vec![] } else { vec![written(item, items, "item")] }
            }
            ItemKind::Boolean
            | ItemKind::Integer
            | ItemKind::Decimal
            | ItemKind::Date
            | ItemKind::DateTime
            | ItemKind::Time
            | ItemKind::String
            | ItemKind::Text
            | ItemKind::Choice
            | ItemKind::OpenChoice => self.question(item, round).into_iter().collect(),
        }
    }

    /// FHIR puts what hangs on a question inside its answer: the first, or one without a value.
    fn question(&self, item: &Item, round: &str) -> Option<Value> {
        let texts = self.answers.get(&place(&item.id, round));
        let value = |text: &String| {
            let mut answer = Map::new();
            value::write(&mut answer, "value", self.form, item, text);
            answer
        };
        let mut answers: Vec<Map<String, Value>> = texts.iter().map(value).collect();
        let items = self.items(&item.items, round);
        if !items.is_empty() {
            if answers.is_empty() {
                answers.push(Map::new());
            }
            answers[0].insert("item".into(), items.into());
        }
        (!answers.is_empty()).then(|| written(item, answers.into_iter().map(Value::Object).collect(), "answer"))
    }
}

fn written(item: &Item, inner: Vec<Value>, key: &str) -> Value {
    let mut written = Map::from_iter([("linkId".to_owned(), json!(item.id))]);
    if !item.text.en.is_empty() {
        written.insert("text".into(), json!(item.text.en));
    }
    if !inner.is_empty() {
        written.insert(key.into(), inner.into());
    }
    Value::Object(written)
}
