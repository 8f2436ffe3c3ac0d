//! One item of a Questionnaire, with what stands in it.

use care::library::In;
use care::questionnaire::{Enable, Item, ItemKind, Options};

use super::expression::{self, Expression};
use super::extension::{self, ABOUT, CALCULATED, HIDDEN, INTRO, ITEM_CONTROL, MAX_VALUE, MIN_VALUE, RETURNS};
use super::node::Node;
use super::read::Reader;
use super::refusal::{Cause, Refusal};
use super::{condition, options, value, words};

const KNOWN: &[&str] = &[
    "extension",
    "linkId",
    "prefix",
    "text",
    "_text",
    "type",
    "enableWhen",
    "enableBehavior",
    "required",
    "repeats",
    "readOnly",
    "maxLength",
    "answerValueSet",
    "answerOption",
    "initial",
    "item",
];
const HARMLESS: &[&str] = &["definition", "code"];
const EXTENSIONS: &[&str] = &[ABOUT, CALCULATED, HIDDEN, INTRO, ITEM_CONTROL, MAX_VALUE, MIN_VALUE, RETURNS];

/// What an item of FHIR turns out to be.
pub(super) enum Found {
    Item(Box<Item>),
    /// Words that belong to the item around it.
    Help(In<String>),
    /// What stands before the first question.
    Intro(In<String>),
}

/// What an item shows itself as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Control {
    Plain,
    Slider,
    Help,
}

pub(super) fn read(node: &Node<'_>, reader: &mut Reader<'_>) -> Result<Found, Refusal> {
    node.check_keys(KNOWN, HARMLESS, &mut reader.left_out)?;
    let found = extension::of(node, EXTENSIONS, &mut reader.left_out)?;
    let (control, kind) = (control(extension::first(&found, ITEM_CONTROL), reader)?, value::kind_of(node)?);
    let text = words::read(node, "text", reader.base, &mut reader.left_out)?;
    if kind == ItemKind::Display && node.get("enableWhen").is_none() {
        let says = text.clone().filter(|_| node.get("item").is_none());
        match says {
            Some(text) if extension::first(&found, INTRO).is_some() => return Ok(Found::Intro(text)),
            Some(text) if control == Control::Help => return Ok(Found::Help(text)),
            Some(_) | None => {}
        }
    }
    let mut item = question(node, kind, with_prefix(node, text)?, reader)?;
    item.hidden = extension::flag(extension::first(&found, HIDDEN))?;
    item.returns = extension::flag(extension::first(&found, RETURNS))?;
    item.about = extension::first(&found, ABOUT).map(extension::text).transpose()?.map(str::to_owned);
    item.slider = control == Control::Slider;
    item.min = extension::number(extension::first(&found, MIN_VALUE))?;
    item.max = extension::number(extension::first(&found, MAX_VALUE))?;
    if let Some(expression) = extension::first(&found, CALCULATED) {
        item.calculated = Some(calculated(expression, &item.id, reader)?.calculation);
    }
    let writable = !node.flag("readOnly")? || item.calculated.is_some() || item.hidden || !kind.asks();
    if !writable {
        let path = format!("{}.readOnly", node.path);
        return Err(Refusal::new(Cause::NotUnderstood, path, "hide the question, or calculate its answer"));
    }
    within(node, &mut item, reader)?;
    Ok(Found::Item(Box::new(item)))
}

fn question(node: &Node<'_>, kind: ItemKind, text: In<String>, reader: &mut Reader<'_>) -> Result<Item, Refusal> {
    let id = node.needed_text("linkId")?.to_owned();
    if reader.paths.insert(id.clone(), node.path.clone()).is_some() {
        let path = format!("{}.linkId", node.path);
        return Err(Refusal::new(
            Cause::Contradiction,
            path,
            "another item has it too: each needs a linkId of its own",
        ));
    }
    let when = condition::read(node, &mut reader.left_out)?;
    let behavior = condition::behavior(node, when.len())?;
    // How conditions go together says nothing where there is none.
    let enable = if when.is_empty() { Enable::All } else { behavior };
    let (options, chosen) = options::read(node, reader)?;
    // A number or a text to be picked from a list is a choice.
    let kind = if options.is_some() && kind.asks() && !kind.has_options() { ItemKind::Choice } else { kind };
    let mut item = Item {
        id,
        kind,
        text,
        help: None,
        required: node.flag("required")?,
        repeats: node.flag("repeats")?,
        hidden: false,
        slider: false,
        min: None,
        max: None,
        max_length: max_length(node)?,
        initial: None,
        options: options.filter(|options| !is_empty(options)),
        when,
        enable,
        calculated: None,
        returns: false,
        about: None,
        items: vec![],
    };
    item.initial = initial(node, &item)?.or(chosen);
    Ok(item)
}

fn is_empty(options: &Options) -> bool {
    matches!(options, Options::Own(choices) if choices.is_empty())
}

fn with_prefix(node: &Node<'_>, text: Option<In<String>>) -> Result<In<String>, Refusal> {
    let text = text.unwrap_or(In { en: String::new(), es: None });
    let Some(prefix) = node.text("prefix")? else { return Ok(text) };
    let before = |text: String| format!("{prefix} {text}").trim_end().to_owned();
    Ok(In { en: before(text.en), es: text.es.map(before) })
}

fn control(node: Option<&Node<'_>>, reader: &mut Reader<'_>) -> Result<Control, Refusal> {
    let Some(node) = node else { return Ok(Control::Plain) };
    let mut seen = Control::Plain;
    let concept = node.get("valueCodeableConcept");
    for coding in concept.map_or(Ok(vec![]), |concept| concept.list("coding"))? {
        match coding.text("code")? {
            Some("slider") => seen = Control::Slider,
            Some("help") => seen = Control::Help,
            // How a choice looks is decided by the page.
            Some("radio-button" | "check-box" | "drop-down" | "list" | "text-box" | "spinner") => {}
            Some(_) | None => reader.left_out.push(coding.path.clone()),
        }
    }
    Ok(seen)
}

fn max_length(node: &Node<'_>) -> Result<Option<usize>, Refusal> {
    let Some(longest) = node.get("maxLength") else { return Ok(None) };
    let whole = longest.value.as_u64().and_then(|n| usize::try_from(n).ok());
    whole.map(Some).ok_or_else(|| longest.refuse(Cause::WrongShape, "write a whole number"))
}

fn initial(node: &Node<'_>, item: &Item) -> Result<Option<String>, Refusal> {
    let given = node.list("initial")?;
    if let Some(second) = given.get(1) {
        return Err(second.refuse(Cause::NotUnderstood, "only one value can stand there to begin with"));
    }
    let Some(first) = given.first() else { return Ok(None) };
    match first.choice("value")? {
        Some((kind, value)) => value::answer(item, kind, &value).map(Some),
        None => Err(first.refuse(Cause::Missing, "write valueInteger, valueString or their like")),
    }
}

fn calculated(node: &Node<'_>, id: &str, reader: &mut Reader<'_>) -> Result<Expression, Refusal> {
    let value = node.get("valueExpression");
    let refused = || {
        node.refuse(
            Cause::NotUnderstood,
            "write it in FHIRPath as %resource.descendants().where(linkId = 'a' or linkId = 'b').answer.value.weight().sum(), \
             with avg() or count() for sum(), and .round(1) behind it",
        )
    };
    let text = value.as_ref().map(|value| value.needed_text("expression")).transpose()?.ok_or_else(refused)?;
    let expression = expression::read(text).ok_or_else(refused)?;
    reader.expressions.push((id.to_owned(), node.path.clone(), expression.clone()));
    Ok(expression)
}

fn within(node: &Node<'_>, item: &mut Item, reader: &mut Reader<'_>) -> Result<(), Refusal> {
    for child in node.list("item")? {
        match read(&child, reader)? {
            Found::Item(inner) => item.items.push(*inner),
            Found::Help(text) if item.help.is_none() => item.help = Some(text),
            Found::Help(_) => return Err(child.refuse(Cause::NotUnderstood, "write all of the help in one item")),
            Found::Intro(_) => {
                return Err(child.refuse(Cause::NotUnderstood, "an introduction stands before all items"));
            }
        }
    }
    Ok(())
}
