//! Values: FHIR's typed ones and the texts that a form's answers are.

use care::questionnaire::{Form, Item, ItemKind, Value as Answer};
use serde_json::{Map, Value, json};

use super::node::Node;
use super::refusal::{Cause, Refusal};

/// A value as the text of an answer: a coding as its code.
pub(super) fn read(kind: &str, node: &Node<'_>) -> Result<String, Refusal> {
    match kind {
        "Boolean" => Ok(node.as_flag()?.to_string()),
        "Integer" => {
            let number = node.value.as_i64().and_then(|n| i32::try_from(n).ok());
            number.map(|n| n.to_string()).ok_or_else(|| node.refuse(Cause::WrongShape, "write a whole number"))
        }
        "Decimal" => node.as_number().map(|number| number.to_string()),
        "Coding" => node.needed_text("code").map(str::to_owned),
        "String" | "Date" | "Time" => node.as_text().map(str::to_owned),
        "DateTime" => date_time(node),
        _ => Err(node.refuse(Cause::NotUnderstood, "only numbers, texts, days, times, yes or no and codings are read")),
    }
}

/// Answers are in the clinic's own time: an offset would have to be dropped.
fn date_time(node: &Node<'_>) -> Result<String, Refusal> {
    let text = node.as_text()?;
    let time = text.split_once('T').map_or("", |(_, time)| time);
    if time.contains(['Z', 'z', '+', '-']) {
        return Err(node.refuse(Cause::NotUnderstood, "write the time of the clinic, without an offset"));
    }
    Ok(text.to_owned())
}

/// The same, checked to be an answer to the question.
pub(super) fn answer(item: &Item, kind: &str, node: &Node<'_>) -> Result<String, Refusal> {
    let text = read(kind, node)?;
    match Answer::read(item.kind, &text) {
        Ok(_) => Ok(text),
        Err(_) => Err(node
            .refuse(Cause::Contradiction, format!("this is no answer to a question of kind {}", type_of(item.kind)))),
    }
}

/// An answer under `stem` with its type: `valueInteger`. What cannot be read as one stays a text.
pub(super) fn write(into: &mut Map<String, Value>, stem: &str, form: &Form, item: &Item, text: &str) {
    let (kind, value) = typed(form, item, text);
    into.insert(format!("{stem}{kind}"), value);
}

fn typed(form: &Form, item: &Item, text: &str) -> (&'static str, Value) {
    if item.kind.has_options() {
        let choice = form.choices(item).iter().find(|choice| choice.code == text);
        return match choice {
            Some(choice) => ("Coding", json!({ "code": text, "display": choice.text.en })),
            None => ("String", json!(text)),
        };
    }
    match (item.kind, Answer::read(item.kind, text)) {
        (_, Ok(Answer::Flag(yes))) => ("Boolean", json!(yes)),
        #[expect(clippy::cast_possible_truncation, reason = "an integer's answer was read as an i32")]
        (ItemKind::Integer, Ok(Answer::Number(number))) => ("Integer", json!(number as i32)),
        (_, Ok(Answer::Number(number))) => ("Decimal", json!(number)),
        (_, Ok(Answer::Date(day))) => ("Date", json!(day.to_string())),
        (_, Ok(Answer::DateTime(at))) => ("DateTime", json!(at.to_string())),
        (_, Ok(Answer::Time(time))) => ("Time", json!(time.to_string())),
        (_, Ok(Answer::Words(_)) | Err(_)) => ("String", json!(text)),
    }
}

/// FHIR R4's code for the kind of an item.
pub(super) fn type_of(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Group => "group",
        ItemKind::Display => "display",
        ItemKind::Boolean => "boolean",
        ItemKind::Integer => "integer",
        ItemKind::Decimal => "decimal",
        ItemKind::Date => "date",
        ItemKind::DateTime => "dateTime",
        ItemKind::Time => "time",
        ItemKind::String => "string",
        ItemKind::Text => "text",
        ItemKind::Choice => "choice",
        ItemKind::OpenChoice => "open-choice",
    }
}

pub(super) fn kind_of(node: &Node<'_>) -> Result<ItemKind, Refusal> {
    Ok(match node.needed_text("type")? {
        "group" => ItemKind::Group,
        "display" => ItemKind::Display,
        "boolean" => ItemKind::Boolean,
        "integer" => ItemKind::Integer,
        "decimal" => ItemKind::Decimal,
        "date" => ItemKind::Date,
        "dateTime" => ItemKind::DateTime,
        "time" => ItemKind::Time,
        "string" => ItemKind::String,
        "text" => ItemKind::Text,
        "choice" => ItemKind::Choice,
        "open-choice" => ItemKind::OpenChoice,
        other => {
            let cure = match other {
                "quantity" => "ask for a decimal, with the unit in its text",
                "attachment" => "files cannot be asked for: remove the question",
                "reference" => "ask for a choice, or for a text",
                "url" => "ask for a string",
                "coding" | "question" => "this is not FHIR R4: ask for a choice",
                _ => "FHIR R4 has no such type of item",
            };
            let path = format!("{}.type", node.path);
            return Err(Refusal::new(Cause::NotUnderstood, path, cure));
        }
    })
}
