//! Reads the answers of a QuestionnaireResponse to a form.

use std::collections::BTreeMap;

use care::questionnaire::{Answers, Form, Item, ItemKind, MOST_ROUNDS};

use super::super::node::Node;
use super::super::read::{is_a, not_json};
use super::super::refusal::{Cause, Refusal};
use super::super::value;
use super::{Response, Status, inner, place};

const KNOWN: &[&str] = &["resourceType", "questionnaire", "status", "item"];
const HARMLESS: &[&str] = &[
    "author",
    "authored",
    "basedOn",
    "contained",
    "encounter",
    "extension",
    "identifier",
    "implicitRules",
    "language",
    "meta",
    "partOf",
    "source",
    "subject",
    "text",
];

/// Reads a QuestionnaireResponse to `form`; whose it is and when it was given are the caller's to know.
pub fn read(form: &Form, json: &str) -> Result<Response, Refusal> {
    let value: serde_json::Value = serde_json::from_str(json).map_err(|e| not_json(&e))?;
    let node = Node { value: &value, path: "QuestionnaireResponse".into() };
    is_a(&node, "QuestionnaireResponse")?;
    let mut reader = Reader { form, answers: Answers::default(), left_out: vec![] };
    node.check_keys(KNOWN, HARMLESS, &mut reader.left_out)?;
    let code = node.needed_text("status")?;
    let status = Status::ALL.into_iter().find(|status| status.code() == code);
    let unknown = || {
        Refusal::new(
            Cause::NotUnderstood,
            "QuestionnaireResponse.status",
            "write in-progress, completed, amended, entered-in-error or stopped",
        )
    };
    let status = status.ok_or_else(unknown)?;
    let questionnaire = node.text("questionnaire")?.map(str::to_owned);
    reader.items(&node, &form.items, "")?;
    Ok(Response { questionnaire, status, answers: reader.answers, left_out: reader.left_out })
}

struct Reader<'a> {
    form: &'a Form,
    answers: Answers,
    left_out: Vec<String>,
}

impl Reader<'_> {
    fn items(&mut self, node: &Node<'_>, within: &[Item], round: &str) -> Result<(), Refusal> {
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for child in node.list("item")? {
            child.check_keys(
                &["linkId", "answer", "item", "text"],
                &["definition", "extension"],
                &mut self.left_out,
            )?;
            let id = child.needed_text("linkId")?;
            let Some(item) = within.iter().find(|item| item.id == id) else {
                let path = format!("{}.linkId", child.path);
                return Err(Refusal::new(Cause::Contradiction, path, "the form has no such item at this place"));
            };
            let nth = seen.entry(&item.id).or_default();
            *nth += 1;
            let again = item.repeats && item.kind == ItemKind::Group;
            if *nth > 1 && !again {
                return Err(
                    child.refuse(Cause::Contradiction, "the form asks this once: write one item, with all its answers")
                );
            }
            if *nth > MOST_ROUNDS {
                return Err(child.refuse(Cause::NotUnderstood, "a group is asked at most 100 times"));
            }
            let inner = if again { inner(round, *nth) } else { round.to_owned() };
            self.item(&child, item, &inner)?;
        }
        Ok(())
    }

    fn item(&mut self, node: &Node<'_>, item: &Item, round: &str) -> Result<(), Refusal> {
        let answers = node.list("answer")?;
        if !item.kind.asks() {
            if let Some(answer) = answers.first() {
                return Err(
                    answer.refuse(Cause::Contradiction, "this is no question: answers belong to the items inside")
                );
            }
            return self.items(node, &item.items, round);
        }
        if let Some(inside) = node.get("item") {
            return Err(inside.refuse(Cause::Contradiction, "what hangs on a question stands inside its answer"));
        }
        let mut texts = vec![];
        for answer in &answers {
            let values = answer.object()?.keys().filter(|key| key.starts_with("value")).map(String::as_str);
            let known: Vec<&str> = values.chain(["item"]).collect();
            answer.check_keys(&known, &["extension"], &mut self.left_out)?;
            if let Some((kind, said)) = answer.choice("value")? {
                texts.push(self.said(item, kind, &said)?);
            }
        }
        if texts.len() > 1 && !item.repeats {
            return Err(node.refuse(Cause::Contradiction, "the form takes one answer to this"));
        }
        self.answers.set(place(&item.id, round), texts);
        let mut holding = answers.iter().filter(|answer| answer.get("item").is_some());
        if let Some(answer) = holding.next() {
            self.items(answer, &item.items, round)?;
        }
        holding
            .next()
            .map_or(Ok(()), |second| Err(second.refuse(Cause::NotUnderstood, "only one answer can have items inside")))
    }

    fn said(&self, item: &Item, kind: &str, said: &Node<'_>) -> Result<String, Refusal> {
        let text = value::answer(item, kind, said)?;
        let known = self.form.choices(item).iter().any(|choice| choice.code == text);
        if item.kind == ItemKind::Choice && !known {
            return Err(said.refuse(Cause::Contradiction, "this is no option of the question"));
        }
        Ok(text)
    }
}
