//! Texts in English and Spanish: the value, and the translation beside it.

use care::library::In;
use serde_json::{Map, Value, json};

use super::extension::{self, TRANSLATION};
use super::node::Node;
use super::refusal::{Cause, Refusal};

/// What the texts of a resource are written in, where nothing else is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base {
    English,
    Spanish,
    Other,
}

impl Base {
    pub fn of(tag: Option<&str>) -> Self {
        match primary(tag.unwrap_or("en")).as_str() {
            "en" => Base::English,
            "es" => Base::Spanish,
            _ => Base::Other,
        }
    }
}

fn primary(tag: &str) -> String {
    tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase()
}

/// The text under `key` with its translations; nothing where there is no text.
pub(super) fn read(
    node: &Node<'_>,
    key: &str,
    base: Base,
    left_out: &mut Vec<String>,
) -> Result<Option<In<String>>, Refusal> {
    let Some(text) = node.text(key)?.map(str::to_owned) else { return Ok(None) };
    let (mut en, mut es) = (None, None);
    if let Some(beside) = node.get(&format!("_{key}")) {
        beside.check_keys(&["extension"], &[], left_out)?;
        for (_, extension) in extension::of(&beside, &[TRANSLATION], left_out)? {
            let parts = extension::of(&extension, &["lang", "content"], left_out)?;
            let part = |name: &str| {
                let missing = || extension.refuse(Cause::Missing, "a translation has `lang` and `content`");
                extension::first(&parts, name).ok_or_else(missing).and_then(extension::text)
            };
            let content = part("content")?.to_owned();
            match primary(part("lang")?).as_str() {
                "en" => en = en.or(Some(content)),
                "es" => es = es.or(Some(content)),
                _ => left_out.push(extension.path),
            }
        }
    }
    match base {
        Base::English => en = Some(text),
        Base::Spanish => es = Some(text),
        Base::Other => {}
    }
    let missing = || Refusal::new(Cause::Missing, format!("{}.{key}", node.path), "every text is needed in English");
    Ok(Some(In { en: en.ok_or_else(missing)?, es }))
}

pub(super) fn write(into: &mut Map<String, Value>, key: &str, said: &In<String>) {
    if !said.en.is_empty() {
        into.insert(key.into(), json!(said.en));
    }
    if let Some(es) = &said.es {
        let parts = [extension::written("lang", "Code", "es"), extension::written("content", "String", es.as_str())];
        into.insert(format!("_{key}"), json!({ "extension": [{ "url": TRANSLATION, "extension": parts }] }));
    }
}
