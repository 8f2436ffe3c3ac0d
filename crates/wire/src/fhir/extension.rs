//! The extensions that are read and written, by their addresses.

use serde_json::{Value, json};

use super::node::Node;
use super::refusal::{Cause, Refusal};

pub(super) const ITEM_WEIGHT: &str = "http://hl7.org/fhir/StructureDefinition/itemWeight";
pub(super) const ORDINAL_VALUE: &str = "http://hl7.org/fhir/StructureDefinition/ordinalValue";
pub(super) const TRANSLATION: &str = "http://hl7.org/fhir/StructureDefinition/translation";
pub(super) const MIN_VALUE: &str = "http://hl7.org/fhir/StructureDefinition/minValue";
pub(super) const MAX_VALUE: &str = "http://hl7.org/fhir/StructureDefinition/maxValue";
pub(super) const ITEM_CONTROL: &str = "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl";
pub(super) const HIDDEN: &str = "http://hl7.org/fhir/StructureDefinition/questionnaire-hidden";
pub(super) const CALCULATED: &str =
    "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression";

// Our own: what a form of ours says and FHIR has no word for.
pub(super) const LICENCE: &str = "urn:stepwell:fhir:licence";
pub(super) const SOURCE: &str = "urn:stepwell:fhir:source";
pub(super) const INTRO: &str = "urn:stepwell:fhir:intro";
pub(super) const AUDIENCE: &str = "urn:stepwell:fhir:audience";
pub(super) const SETTING: &str = "urn:stepwell:fhir:setting";
pub(super) const INSTRUMENT: &str = "urn:stepwell:fhir:instrument";
pub(super) const SCORED: &str = "urn:stepwell:fhir:scored";
pub(super) const RETURNS: &str = "urn:stepwell:fhir:returns";
pub(super) const ABOUT: &str = "urn:stepwell:fhir:about";

/// What would be asked or answered differently if it were passed over, by the last part of the address.
const CHANGES_THE_FORM: &[(&str, &str)] = &[
    ("sdc-questionnaire-enableWhenExpression", "say it with enableWhen"),
    ("sdc-questionnaire-initialExpression", "give a fixed `initial`, or none"),
    ("sdc-questionnaire-answerExpression", "list the answers as answerOption"),
    ("sdc-questionnaire-candidateExpression", "list the answers as answerOption"),
    ("sdc-questionnaire-answerOptionsToggleExpression", "list the answers as answerOption"),
    ("sdc-questionnaire-contextExpression", "say it with enableWhen"),
    ("sdc-questionnaire-subQuestionnaire", "put the questions of the other form here"),
    ("sdc-questionnaire-questionnaireAdaptive", "adaptive forms cannot be imported"),
    ("variable", "write calculatedExpression over linkIds, without variables"),
    ("targetConstraint", "say it with required, maxLength, minValue and maxValue"),
    ("questionnaire-constraint", "say it with required, maxLength, minValue and maxValue"),
    ("questionnaire-optionExclusive", "make it a question of its own before this one"),
    ("questionnaire-minOccurs", "say it with required"),
    ("questionnaire-maxOccurs", "say it with repeats"),
    ("questionnaire-unitOption", "ask for a decimal, with the unit in its text"),
    ("minLength", "say it with required"),
    ("regex", "say it with maxLength, or in the question's help"),
];

/// The extensions of a place that are among `known`; those that would change the form are refused, others left out.
pub(super) fn of<'a>(
    node: &Node<'a>,
    known: &[&str],
    left_out: &mut Vec<String>,
) -> Result<Vec<(String, Node<'a>)>, Refusal> {
    let mut found = vec![];
    for extension in node.list("extension")? {
        let url = extension.needed_text("url")?;
        if known.contains(&url) {
            found.push((url.to_owned(), extension));
            continue;
        }
        let name = url.rsplit('/').next().unwrap_or(url);
        if let Some((_, cure)) = CHANGES_THE_FORM.iter().find(|(changes, _)| *changes == name) {
            let path = format!("{}.extension('{url}')", node.path);
            return Err(Refusal::new(Cause::NotUnderstood, path, *cure));
        }
        left_out.push(extension.path);
    }
    Ok(found)
}

/// The first of one kind.
pub(super) fn first<'n, 'a>(found: &'n [(String, Node<'a>)], url: &str) -> Option<&'n Node<'a>> {
    found.iter().find(|(of, _)| of == url).map(|(_, node)| node)
}

/// The text of a simple extension: a string, a code or a markdown.
pub(super) fn text<'a>(node: &Node<'a>) -> Result<&'a str, Refusal> {
    match node.choice("value")? {
        Some((_, value)) => value.as_text(),
        None => Err(node.refuse(Cause::Missing, "write its value")),
    }
}

pub(super) fn flag(node: Option<&Node<'_>>) -> Result<bool, Refusal> {
    let Some(node) = node else { return Ok(false) };
    match node.choice("value")? {
        Some((_, value)) => value.as_flag(),
        None => Err(node.refuse(Cause::Missing, "write true or false")),
    }
}

pub(super) fn number(node: Option<&Node<'_>>) -> Result<Option<f64>, Refusal> {
    let Some(node) = node else { return Ok(None) };
    match node.choice("value")? {
        Some(("Integer" | "Decimal" | "PositiveInt" | "UnsignedInt", value)) => value.as_number().map(Some),
        Some((_, value)) => Err(value.refuse(Cause::NotUnderstood, "only numbers can be limits and weights")),
        None => Err(node.refuse(Cause::Missing, "write a number")),
    }
}

pub(super) fn written(url: &str, kind: &str, value: impl Into<Value>) -> Value {
    json!({ "url": url, format!("value{kind}"): value.into() })
}
