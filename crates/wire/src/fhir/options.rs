//! The answers to choose from: with the question, or shared in a contained value set.

use std::collections::BTreeMap;

use care::library::In;
use care::questionnaire::{Choice, Form, Item, Options};
use serde_json::{Map, Value, json};

use super::extension::{self, ITEM_WEIGHT, ORDINAL_VALUE};
use super::node::Node;
use super::read::Reader;
use super::refusal::{Cause, Refusal};
use super::{value, words};

/// The options of an item, and which of them is chosen to begin with.
pub(super) fn read(node: &Node<'_>, reader: &mut Reader<'_>) -> Result<(Option<Options>, Option<String>), Refusal> {
    if let Some(set) = node.get("answerValueSet") {
        if !node.list("answerOption")?.is_empty() {
            return Err(set.refuse(Cause::Contradiction, "use answerOption or answerValueSet, not both"));
        }
        return Ok((Some(shared(&set, reader)?), None));
    }
    let (mut choices, mut initial) = (vec![], None);
    for option in node.list("answerOption")? {
        option.check_keys(
            &[
                "extension",
                "valueCoding",
                "valueString",
                "valueInteger",
                "valueDate",
                "valueTime",
                "valueReference",
                "initialSelected",
            ],
            &[],
            &mut reader.left_out,
        )?;
        let choice = one(&option, reader)?;
        if option.flag("initialSelected")? && initial.replace(choice.code.clone()).is_some() {
            let path = format!("{}.initialSelected", option.path);
            return Err(Refusal::new(Cause::NotUnderstood, path, "only one option can be chosen to begin with"));
        }
        choices.push(choice);
    }
    Ok((Some(Options::Own(choices)).filter(|_| node.get("answerOption").is_some()), initial))
}

fn one(option: &Node<'_>, reader: &mut Reader<'_>) -> Result<Choice, Refusal> {
    let Some((kind, said)) = option.choice("value")? else {
        return Err(option.refuse(Cause::Missing, "write valueCoding, valueString or valueInteger"));
    };
    let on_option = weight(option, reader)?;
    if kind != "Coding" {
        let code = value::read(kind, &said)?;
        return Ok(Choice { text: In { en: code.clone(), es: None }, code, weight: on_option });
    }
    said.check_keys(
        &["extension", "code", "display", "_display"],
        &["system", "version", "userSelected"],
        &mut reader.left_out,
    )?;
    let on_coding = weight(&said, reader)?;
    Ok(Choice { weight: agreed(option, on_option, on_coding)?, ..coded(&said, reader)? })
}

fn coded(node: &Node<'_>, reader: &mut Reader<'_>) -> Result<Choice, Refusal> {
    let code = node.needed_text("code")?.to_owned();
    let text = words::read(node, "display", reader.base, &mut reader.left_out)?;
    Ok(Choice { text: text.unwrap_or_else(|| In { en: code.clone(), es: None }), code, weight: None })
}

/// What it counts, by the new extension or the old one.
fn weight(node: &Node<'_>, reader: &mut Reader<'_>) -> Result<Option<f64>, Refusal> {
    let found = extension::of(node, &[ITEM_WEIGHT, ORDINAL_VALUE], &mut reader.left_out)?;
    let new = extension::number(extension::first(&found, ITEM_WEIGHT))?;
    let old = extension::number(extension::first(&found, ORDINAL_VALUE))?;
    agreed(node, new, old)
}

#[expect(clippy::float_cmp, reason = "the same number written twice")]
fn agreed(node: &Node<'_>, one: Option<f64>, other: Option<f64>) -> Result<Option<f64>, Refusal> {
    if one.zip(other).is_some_and(|(one, other)| one != other) {
        return Err(node.refuse(Cause::Contradiction, "itemWeight and ordinalValue must be the same number"));
    }
    Ok(one.or(other))
}

/// A value set of the resource's own; by canonical address it would have to be fetched.
fn shared(set: &Node<'_>, reader: &mut Reader<'_>) -> Result<Options, Refusal> {
    let refused = |cure| Err(set.refuse(Cause::NotUnderstood, cure));
    let Some(name) = set.as_text()?.strip_prefix('#').map(str::to_owned) else {
        return refused("list the answers as answerOption, or put the value set under `contained` and write #id");
    };
    if !reader.shared.contains_key(&name) {
        let Some(contained) = reader.contained.get(&name).cloned() else {
            return refused("no contained value set has this id");
        };
        let choices = value_set(&contained, reader)?;
        reader.shared.insert(name.clone(), choices);
    }
    Ok(Options::Shared(name))
}

fn value_set(node: &Node<'_>, reader: &mut Reader<'_>) -> Result<Vec<Choice>, Refusal> {
    if let Some(expansion) = node.get("expansion") {
        return concepts(&expansion.list("contains")?, reader);
    }
    let Some(compose) = node.get("compose") else {
        return Err(node.refuse(Cause::NotUnderstood, "write its codes under compose.include.concept"));
    };
    compose.check_keys(&["include", "extension"], &["inactive", "lockedDate"], &mut reader.left_out)?;
    let mut choices = vec![];
    for include in compose.list("include")? {
        include.check_keys(&["concept", "extension", "system"], &["version"], &mut reader.left_out)?;
        let listed = include.list("concept")?;
        if listed.is_empty() {
            return Err(include
                .refuse(Cause::NotUnderstood, "write its codes under `concept`: whole code systems are not read"));
        }
        choices.extend(concepts(&listed, reader)?);
    }
    Ok(choices)
}

fn concepts(nodes: &[Node<'_>], reader: &mut Reader<'_>) -> Result<Vec<Choice>, Refusal> {
    let mut choices = vec![];
    for node in nodes {
        let known = ["extension", "code", "display", "_display"];
        let harmless = ["system", "version", "designation", "abstract", "inactive"];
        node.check_keys(&known, &harmless, &mut reader.left_out)?;
        let weight = weight(node, reader)?;
        choices.push(Choice { weight, ..coded(node, reader)? });
    }
    Ok(choices)
}

/// Writes an item's options; a shared list whose name FHIR takes for an id stands under `contained`.
pub(super) fn write(into: &mut Map<String, Value>, form: &Form, item: &Item) {
    match &item.options {
        None => {}
        Some(Options::Shared(name)) if is_id(name) => {
            into.insert("answerValueSet".into(), json!(format!("#{name}")));
        }
        Some(Options::Shared(_) | Options::Own(_)) => {
            let option = |choice: &Choice| {
                let mut option = Map::from_iter([("valueCoding".to_owned(), Value::Object(written(choice)))]);
                weights(&mut option, choice);
                Value::Object(option)
            };
            into.insert("answerOption".into(), form.choices(item).iter().map(option).collect());
        }
    }
}

/// The shared lists that are used.
pub(super) fn contained(form: &Form) -> Vec<Value> {
    let used = form.all().into_iter().filter_map(|item| match &item.options {
        Some(Options::Shared(name)) if is_id(name) => Some((name, form.choices(item))),
        Some(Options::Shared(_) | Options::Own(_)) | None => None,
    });
    let set = |(name, choices): (&String, &[Choice])| {
        let concept = |choice: &Choice| {
            let mut concept = written(choice);
            weights(&mut concept, choice);
            Value::Object(concept)
        };
        let concepts: Vec<Value> = choices.iter().map(concept).collect();
        // An include without concepts would mean the whole code system; a list without choices includes nothing.
        let system = format!("urn:stepwell:fhir:options:{name}");
        let listed = (!concepts.is_empty()).then(|| json!({ "system": system, "concept": concepts }));
        let include: Vec<Value> = listed.into_iter().collect();
        json!({ "resourceType": "ValueSet", "id": name, "status": "active", "compose": { "include": include } })
    };
    used.collect::<BTreeMap<_, _>>().into_iter().map(set).collect()
}

fn written(choice: &Choice) -> Map<String, Value> {
    let mut coding = Map::from_iter([("code".to_owned(), json!(choice.code))]);
    words::write(&mut coding, "display", &choice.text);
    coding
}

fn weights(into: &mut Map<String, Value>, choice: &Choice) {
    let Some(weight) = choice.weight else { return };
    let both = [ITEM_WEIGHT, ORDINAL_VALUE].map(|url| extension::written(url, "Decimal", weight));
    into.insert("extension".into(), json!(both));
}

fn is_id(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    (1..=64).contains(&name.len()) && name.chars().all(plain)
}
