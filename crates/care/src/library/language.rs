//! The same thing said in each language.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    En,
    Es,
}

impl Language {
    pub const ALL: [Language; 2] = [Language::En, Language::Es];

    /// BCP 47 primary tag.
    pub fn code(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::Es => "es",
        }
    }

    /// The language of content for somebody who speaks `tag`: English where theirs is none of ours.
    pub fn of(tag: Option<&str>) -> Self {
        let primary = tag.unwrap_or_default().split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("es") { Language::Es } else { Language::En }
    }
}

/// Said in English, and in Spanish where there is a Spanish text that may be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct In<T> {
    pub en: T,
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    pub es: Option<T>,
}

impl<T> In<T> {
    /// In the language asked for, else in English.
    pub fn get(&self, language: Language) -> &T {
        match language {
            Language::En => &self.en,
            Language::Es => self.es.as_ref().unwrap_or(&self.en),
        }
    }

    pub fn languages(&self) -> impl Iterator<Item = Language> {
        [Some(Language::En), self.es.as_ref().map(|_| Language::Es)].into_iter().flatten()
    }
}
