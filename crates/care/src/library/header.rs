//! What every item says of itself: its version, and by what right it is here.

use serde::{Deserialize, Serialize};

use super::item::Wrong;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// A published version never changes: a new text is a new number.
    pub version: u32,
    pub licence: Licence,
    /// Who is to be named.
    pub attribution: String,
    /// The public source it rests on, or where the wording was taken from.
    pub source: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Licence {
    /// An SPDX expression: "CC-BY-4.0".
    Spdx(String),
    /// What was allowed, by whom: "All uses, without permission (Pfizer Inc.)".
    Permission(String),
}

impl Licence {
    pub fn spdx(id: &str) -> Result<Self, Wrong> {
        let known = spdx::Expression::parse(id).map_err(|_| {
            Wrong::at("licence", "not an SPDX id: see spdx.org/licenses, or use `permission` for words of your own")
        })?;
        Ok(Licence::Spdx(known.to_string()))
    }
}

impl std::fmt::Display for Licence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Licence::Spdx(text) | Licence::Permission(text) => f.write_str(text),
        }
    }
}

impl Header {
    /// Takes the header's keys out of an item's table.
    pub(super) fn take(table: &mut toml::Table) -> Result<Self, Wrong> {
        let licence = match (words(table, "licence")?, words(table, "permission")?) {
            (Some(id), None) => Licence::spdx(&id)?,
            (None, Some(permission)) => Licence::Permission(permission),
            (Some(_), Some(_)) => return Err(Wrong::at("permission", "say either `licence` or `permission`")),
            (None, None) => {
                let cure = "missing: write an SPDX id such as licence = \"CC-BY-4.0\", or permission = \"what was \
                            allowed, and by whom\"";
                return Err(Wrong::at("licence", cure));
            }
        };
        let attribution = words(table, "attribution")?
            .ok_or_else(|| Wrong::at("attribution", "missing: name who made it, as they want to be named"))?;
        Ok(Self { version: version(table)?, licence, attribution, source: words(table, "source")? })
    }
}

impl Header {
    /// Puts the header's keys into an item's table.
    pub(super) fn put(&self, table: &mut toml::Table) {
        let (right, words) = match &self.licence {
            Licence::Spdx(id) => ("licence", id),
            Licence::Permission(permission) => ("permission", permission),
        };
        let keys = [(right, Some(words)), ("attribution", Some(&self.attribution)), ("source", self.source.as_ref())];
        table.insert("version".into(), i64::from(self.version).into());
        for (key, said) in keys {
            if let Some(said) = said {
                table.insert(key.into(), said.clone().into());
            }
        }
    }
}

fn words(table: &mut toml::Table, key: &str) -> Result<Option<String>, Wrong> {
    match table.remove(key) {
        None => Ok(None),
        Some(toml::Value::String(text)) if !text.trim().is_empty() => Ok(Some(text)),
        Some(_) => Err(Wrong::at(key, "must be a text that is not empty")),
    }
}

fn version(table: &mut toml::Table) -> Result<u32, Wrong> {
    let number = table.remove("version").and_then(|v| v.as_integer()).and_then(|v| u32::try_from(v).ok());
    number
        .filter(|version| *version > 0)
        .ok_or_else(|| Wrong::at("version", "missing: a whole number from 1, one higher for each change"))
}
