//! Reads a Questionnaire: all of it is understood, or named as left out, or refused with its path.

use std::collections::BTreeMap;

use care::library::{Header, Wrong};
use care::questionnaire::{Audience, Choice, Form, Item, Setting, Take};
use serde_json::Value;

use super::expression::{Expression, Points, is_number};
use super::extension::{self, AUDIENCE, INSTRUMENT, LICENCE, SCORED, SETTING, SOURCE};
use super::item::Found;
use super::node::Node;
use super::refusal::{Cause, Refusal};
use super::rights::{self, Rights};
use super::words::Base;
use super::{item, words};

/// A form with what a Questionnaire says of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Questionnaire {
    /// Its canonical address and the version there, as they were written.
    pub url: Option<String>,
    pub version: Option<String>,
    pub header: Header,
    pub form: Form,
    /// Paths of what was read and is not kept, because it changes nothing for who answers.
    pub left_out: Vec<String>,
}

const KNOWN: &[&str] = &[
    "resourceType",
    "extension",
    "contained",
    "copyright",
    "item",
    "language",
    "name",
    "publisher",
    "status",
    "title",
    "url",
    "version",
    // What is said beside these is read with them.
    "_name",
    "_title",
];
const HARMLESS: &[&str] = &[
    "approvalDate",
    "code",
    "contact",
    "date",
    "derivedFrom",
    "description",
    "effectivePeriod",
    "experimental",
    "identifier",
    "implicitRules",
    "jurisdiction",
    "lastReviewDate",
    "meta",
    "purpose",
    "subjectType",
    "text",
    "useContext",
];
const EXTENSIONS: &[&str] = &[AUDIENCE, INSTRUMENT, LICENCE, SCORED, SETTING, SOURCE];

/// What is gathered on the way through.
pub(super) struct Reader<'a> {
    pub base: Base,
    pub contained: BTreeMap<String, Node<'a>>,
    pub shared: BTreeMap<String, Vec<Choice>>,
    pub left_out: Vec<String>,
    /// Where each linkId stands.
    pub paths: BTreeMap<String, String>,
    /// Item, path and expression of what is calculated.
    pub expressions: Vec<(String, String, Expression)>,
}

/// Reads a Questionnaire of FHIR R4. What `given` says of the rights goes before what the resource says.
pub fn read(json: &str, given: &Rights) -> Result<Questionnaire, Refusal> {
    let value: Value = serde_json::from_str(json).map_err(|e| not_json(&e))?;
    let node = Node { value: &value, path: "Questionnaire".into() };
    is_a(&node, "Questionnaire")?;
    let mut left_out = vec![];
    node.check_keys(KNOWN, HARMLESS, &mut left_out)?;
    let found = extension::of(&node, EXTENSIONS, &mut left_out)?;
    let header = rights::read(&node, given, &found)?;
    let mut reader = Reader {
        base: Base::of(node.text("language")?),
        contained: contained(&node)?,
        shared: BTreeMap::new(),
        left_out,
        paths: BTreeMap::new(),
        expressions: vec![],
    };
    let mut form = head(&node, &found, &mut reader)?;
    items(&node, &mut form, &mut reader)?;
    form.options = std::mem::take(&mut reader.shared);
    form.check().map_err(|wrong| placed(wrong, &reader))?;
    for (id, path, expression) in &reader.expressions {
        check_points(&form, id, path, expression)?;
    }
    let own = |key| Ok(node.text(key)?.map(str::to_owned));
    Ok(Questionnaire { url: own("url")?, version: own("version")?, header, form, left_out: reader.left_out })
}

pub(super) fn not_json(error: &serde_json::Error) -> Refusal {
    let path = format!("line {}, column {}", error.line(), error.column());
    Refusal::new(Cause::NotJson, path, "export it as FHIR R4 in JSON")
}

pub(super) fn is_a(node: &Node<'_>, kind: &str) -> Result<(), Refusal> {
    if node.object()?.get("resourceType").and_then(Value::as_str) == Some(kind) {
        return Ok(());
    }
    Err(Refusal::new(
        Cause::OtherResource,
        format!("{kind}.resourceType"),
        format!("give one whose resourceType is {kind}"),
    ))
}

fn contained<'a>(node: &Node<'a>) -> Result<BTreeMap<String, Node<'a>>, Refusal> {
    let mut sets = BTreeMap::new();
    for resource in node.list("contained")? {
        if resource.text("resourceType")? == Some("ValueSet") {
            sets.insert(resource.needed_text("id")?.to_owned(), resource);
        }
    }
    Ok(sets)
}

fn head(node: &Node<'_>, found: &[(String, Node<'_>)], reader: &mut Reader<'_>) -> Result<Form, Refusal> {
    let titled = if node.get("title").is_some() { "title" } else { "name" };
    let title = words::read(node, titled, reader.base, &mut reader.left_out)?;
    let missing = || Refusal::new(Cause::Missing, "Questionnaire.title", "give it a title");
    let one = |url| extension::first(found, url);
    let audience = match one(AUDIENCE).map(|node| Ok((node, extension::text(node)?))).transpose()? {
        None | Some((_, "patient")) => Audience::Patient,
        Some((_, "staff")) => Audience::Staff,
        Some((node, _)) => return Err(node.refuse(Cause::NotUnderstood, "write patient or staff")),
    };
    let setting = match one(SETTING).map(|node| Ok((node, extension::text(node)?))).transpose()? {
        None | Some((_, "anywhere")) => Setting::Anywhere,
        Some((_, "clinic")) => Setting::Clinic,
        Some((node, _)) => return Err(node.refuse(Cause::NotUnderstood, "write anywhere or clinic")),
    };
    let scored =
        found.iter().filter(|(url, _)| url == SCORED).map(|(_, node)| extension::text(node).map(str::to_owned));
    Ok(Form {
        calibration: None,
        title: title.ok_or_else(missing)?,
        intro: None,
        audience,
        setting,
        instrument: one(INSTRUMENT).map(extension::text).transpose()?.map(str::to_owned),
        scored: scored.collect::<Result<_, _>>()?,
        options: BTreeMap::new(),
        items: vec![],
    })
}

fn items(node: &Node<'_>, form: &mut Form, reader: &mut Reader<'_>) -> Result<(), Refusal> {
    for child in node.list("item")? {
        match item::read(&child, reader)? {
            Found::Item(item) => form.items.push(*item),
            Found::Intro(text) if form.intro.is_none() && form.items.is_empty() => form.intro = Some(text),
            Found::Intro(_) => {
                return Err(child.refuse(Cause::NotUnderstood, "one introduction stands before all items"));
            }
            Found::Help(_) => {
                return Err(child.refuse(Cause::NotUnderstood, "put help inside the item that it helps with"));
            }
        }
    }
    Ok(())
}

/// What a form finds wrong with itself, where the Questionnaire says it.
fn placed(wrong: Wrong, reader: &Reader<'_>) -> Refusal {
    let path = wrong.field.strip_prefix("items.").and_then(|id| reader.paths.get(id)).cloned();
    Refusal::new(Cause::Contradiction, path.unwrap_or_else(|| "Questionnaire".into()), wrong.cure)
}

/// Options count by their weight and numbers for themselves; another reading would be another sum.
fn check_points(form: &Form, id: &str, path: &str, expression: &Expression) -> Result<(), Refusal> {
    let refused = |cure: String| Err(Refusal::new(Cause::NotUnderstood, path, cure));
    let Expression { calculation, points } = expression;
    for of in &calculation.of {
        let Some(item) = form.item(of) else { continue };
        if calculation.take != Take::Count && *points == Points::Weight && !item.kind.has_options() {
            return refused(format!("`{of}` has no options to weigh: leave out weight()"));
        }
        if calculation.take != Take::Count && *points == Points::Value && !is_number(item.kind) {
            return refused(format!("`{of}` is no number: write weight() for the weights of its options"));
        }
        if is_asked_again(&form.items, of, false) {
            return refused(format!("`{of}` is asked several times, and `{id}` would take only one of them"));
        }
    }
    Ok(())
}

fn is_asked_again(items: &[Item], id: &str, again: bool) -> bool {
    items.iter().any(|item| {
        (again && item.id == id) || is_asked_again(&item.items, id, again || item.repeats && !item.kind.asks())
    })
}
