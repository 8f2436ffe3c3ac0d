//! enableWhen: all operators, both behaviours.

use care::questionnaire::{Condition, Enable, Form, Item, Operator};
use serde_json::{Map, Value, json};

use super::node::Node;
use super::refusal::{Cause, Refusal};
use super::value;

const ANSWERS: &[&str] = &[
    "answerBoolean",
    "answerDecimal",
    "answerInteger",
    "answerDate",
    "answerDateTime",
    "answerTime",
    "answerString",
    "answerCoding",
    "answerQuantity",
    "answerReference",
];

pub(super) fn read(node: &Node<'_>, left_out: &mut Vec<String>) -> Result<Vec<Condition>, Refusal> {
    node.list("enableWhen")?.iter().map(|condition| one(condition, left_out)).collect()
}

fn one(node: &Node<'_>, left_out: &mut Vec<String>) -> Result<Condition, Refusal> {
    let known = [ANSWERS, &["question", "operator", "extension"]].concat();
    node.check_keys(&known, &[], left_out)?;
    let code = node.needed_text("operator")?;
    let Some(op) = Operator::ALL.into_iter().find(|op| op.code() == code) else {
        let path = format!("{}.operator", node.path);
        return Err(Refusal::new(Cause::NotUnderstood, path, "use exists, =, !=, >, <, >= or <="));
    };
    let Some((kind, answer)) = node.choice("answer")? else {
        return Err(
            node.refuse(Cause::Missing, "write what the answer is compared with, as answerInteger or answerCoding")
        );
    };
    if op == Operator::Exists && kind != "Boolean" {
        return Err(answer.refuse(Cause::Contradiction, "`exists` goes with answerBoolean"));
    }
    Ok(Condition { item: node.needed_text("question")?.to_owned(), op, value: value::read(kind, &answer)? })
}

pub(super) fn behavior(node: &Node<'_>, conditions: usize) -> Result<Enable, Refusal> {
    match node.text("enableBehavior")? {
        Some("all") => Ok(Enable::All),
        Some("any") => Ok(Enable::Any),
        None if conditions < 2 => Ok(Enable::All),
        Some(_) | None => {
            let path = format!("{}.enableBehavior", node.path);
            Err(Refusal::new(Cause::Missing, path, "write `all` or `any`: with several conditions one is needed"))
        }
    }
}

pub(super) fn write(into: &mut Map<String, Value>, form: &Form, item: &Item) {
    if item.when.is_empty() {
        return;
    }
    let one = |condition: &Condition| {
        let mut written = Map::new();
        written.insert("question".into(), json!(condition.item));
        written.insert("operator".into(), json!(condition.op.code()));
        match form.item(&condition.item) {
            Some(question) if condition.op != Operator::Exists => {
                value::write(&mut written, "answer", form, question, &condition.value);
            }
            Some(_) | None => {
                written.insert("answerBoolean".into(), json!(condition.value == "true"));
            }
        }
        Value::Object(written)
    };
    into.insert("enableWhen".into(), item.when.iter().map(one).collect());
    if item.when.len() > 1 || item.enable == Enable::Any {
        let code = match item.enable {
            Enable::All => "all",
            Enable::Any => "any",
        };
        into.insert("enableBehavior".into(), json!(code));
    }
}
