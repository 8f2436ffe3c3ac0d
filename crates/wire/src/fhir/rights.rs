//! By what right a form is here: nothing is imported without a licence and an attribution.

use care::library::{Header, Licence};
use serde_json::{Map, Value, json};

use super::extension::{self, LICENCE, SOURCE};
use super::node::Node;
use super::refusal::{Cause, Refusal};

/// What the person who imports says of the rights; it goes before what the resource says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rights {
    pub licence: Option<Licence>,
    pub attribution: Option<String>,
}

pub(super) fn read(node: &Node<'_>, given: &Rights, found: &[(String, Node<'_>)]) -> Result<Header, Refusal> {
    let none = |key: &str, cure| Refusal::new(Cause::NoRights, format!("Questionnaire.{key}"), cure);
    let copyright = node.text("copyright")?;
    let spdx = extension::first(found, LICENCE).map(|node| {
        let known = Licence::spdx(extension::text(node)?);
        known.map_err(|wrong| node.refuse(Cause::NoRights, wrong.cure))
    });
    let said = spdx.transpose()?.or_else(|| copyright.map(|text| Licence::Permission(text.into())));
    let licence = given.licence.clone().or(said);
    let licence = licence.ok_or_else(|| none("copyright", "it names no licence: say what is allowed, and by whom"))?;
    let attribution = given.attribution.clone().or(node.text("publisher")?.map(str::to_owned));
    let attribution = attribution.ok_or_else(|| none("publisher", "it names nobody: say who made it"))?;
    let version = node.text("version")?.and_then(|text| text.parse().ok()).filter(|version| *version > 0).unwrap_or(1);
    let source = extension::first(found, SOURCE).map(extension::text).transpose()?;
    let source = source.or(node.text("url")?).map(str::to_owned);
    Ok(Header { version, licence, attribution, source })
}

pub(super) fn write(into: &mut Map<String, Value>, extensions: &mut Vec<Value>, header: &Header) {
    into.insert("publisher".into(), json!(header.attribution));
    into.insert("copyright".into(), json!(header.licence.to_string()));
    if let Licence::Spdx(id) = &header.licence {
        extensions.push(extension::written(LICENCE, "String", id.as_str()));
    }
    if let Some(source) = &header.source {
        extensions.push(extension::written(SOURCE, "String", source.as_str()));
    }
}
