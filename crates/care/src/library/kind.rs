//! What kinds of content there are, and how one item is named.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Questionnaire,
    Exercise,
    Education,
    CarePlan,
    /// An email and a text.
    Message,
}

impl Kind {
    pub const ALL: [Kind; 5] = [Kind::Questionnaire, Kind::Exercise, Kind::Education, Kind::CarePlan, Kind::Message];

    /// The first half of a name: "care-plan" of "care-plan/knee-early".
    pub fn code(self) -> &'static str {
        match self {
            Kind::Questionnaire => "questionnaire",
            Kind::Exercise => "exercise",
            Kind::Education => "education",
            Kind::CarePlan => "care-plan",
            Kind::Message => "message",
        }
    }

    /// The folder its files stand in.
    pub fn folder(self) -> &'static str {
        match self {
            Kind::Questionnaire => "questionnaires",
            Kind::Exercise => "exercises",
            Kind::Education => "education",
            Kind::CarePlan => "care-plans",
            Kind::Message => "templates/message",
        }
    }
}

impl std::str::FromStr for Kind {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let found = Kind::ALL.into_iter().find(|kind| kind.code() == text);
        found.ok_or_else(|| {
            format!("`{text}` is no kind of content: questionnaire, exercise, education, care-plan, message")
        })
    }
}

/// An item by its name, as tasks and templates write it: "exercise/bridge".
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Reference {
    pub kind: Kind,
    /// Small letters, digits and hyphens; the name of its file.
    pub id: String,
}

impl Reference {
    pub fn new(kind: Kind, id: &str) -> Result<Self, String> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if id.is_empty() || !id.chars().all(plain) {
            return Err(format!("`{id}` is not a name: small letters, digits and hyphens"));
        }
        Ok(Self { kind, id: id.into() })
    }
}

impl std::fmt::Display for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.kind.code(), self.id)
    }
}

impl From<Reference> for String {
    fn from(reference: Reference) -> String {
        reference.to_string()
    }
}

impl TryFrom<String> for Reference {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl std::str::FromStr for Reference {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, id) = text.split_once('/').ok_or_else(|| {
            format!("`{text}` names no content: write the kind, a slash and the name, as in \"exercise/bridge\"")
        })?;
        Reference::new(kind.parse()?, id)
    }
}

/// Who may use an item and who may change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Ships with Stepwell; nobody changes it here.
    Global,
    /// Of an account: all its organizations have it, and none of them changes it.
    Account,
    /// One clinic's own.
    Organization,
}

impl Scope {
    pub const ALL: [Scope; 3] = [Scope::Global, Scope::Account, Scope::Organization];

    pub fn code(self) -> &'static str {
        match self {
            Scope::Global => "global",
            Scope::Account => "account",
            Scope::Organization => "organization",
        }
    }
}

impl std::str::FromStr for Scope {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let found = Scope::ALL.into_iter().find(|s| s.code() == text);
        found.ok_or_else(|| format!("`{text}` is no scope: global, account, organization"))
    }
}
