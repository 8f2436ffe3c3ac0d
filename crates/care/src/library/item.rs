//! One item of the library as its file says it.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::header::Header;

/// An item: its header, and what is particular to its kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Item<T> {
    pub header: Header,
    pub body: T,
}

/// Why a file does not load: where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {field}: {cure}")]
pub struct Problem {
    pub file: String,
    pub field: String,
    pub cure: String,
}

/// A problem before it is known in which file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    pub field: String,
    pub cure: String,
}

impl Wrong {
    pub fn at(field: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { field: field.into(), cure: cure.into() }
    }

    pub fn in_file(self, file: &str) -> Problem {
        Problem { file: file.into(), field: self.field, cure: self.cure }
    }
}

impl<T: DeserializeOwned> Item<T> {
    /// Reads a TOML file. The body's type should refuse unknown fields, so that a misspelt key is named.
    pub fn read(file: &str, text: &str) -> Result<Self, Problem> {
        Self::take(text).map_err(|wrong| wrong.in_file(file))
    }

    fn take(text: &str) -> Result<Self, Wrong> {
        let mut table: toml::Table = text.parse().map_err(|e: toml::de::Error| not_toml(&e, text))?;
        let header = Header::take(&mut table)?;
        let body = T::deserialize(toml::Value::Table(table)).map_err(|e| Wrong::at(path_of(&e), e.message()))?;
        Ok(Self { header, body })
    }
}

impl<T: Serialize> Item<T> {
    /// The item as a file that reads back as it was. The same item is always the same text.
    pub fn write(&self) -> Result<String, Wrong> {
        let said = |e: toml::ser::Error| Wrong::at("file", e.to_string());
        let mut table = toml::Table::try_from(&self.body).map_err(said)?;
        self.header.put(&mut table);
        toml::to_string_pretty(&table).map_err(said)
    }
}

fn not_toml(error: &toml::de::Error, text: &str) -> Wrong {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    Wrong::at(format!("line {}", before.matches('\n').count() + 1), error.message())
}

/// The key a message of toml's names in backticks, as far as it names one.
fn path_of(error: &toml::de::Error) -> String {
    let shown = error.to_string();
    let within = shown.lines().find_map(|line| line.strip_prefix("in `").and_then(|rest| rest.strip_suffix('`')));
    let named = error.message().split('`').nth(1).filter(|_| error.message().contains("field"));
    match (within, named) {
        (Some(within), Some(field)) => format!("{within}.{field}"),
        (Some(within), None) => within.into(),
        (None, Some(field)) => field.into(),
        (None, None) => "file".into(),
    }
}
