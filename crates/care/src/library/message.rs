//! A message as its author wrote it: an email in three parts and, where there is one, a text message.

use serde::{Deserialize, Serialize};

use super::item::{Item, Problem, Wrong};
use super::language::{In, Language};

/// In each language. Whether the templates can be filled in is for the pages room to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageWords(pub In<Letter>);

/// The files of one language: subject.txt, body.mjml, body.txt, text.txt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letter {
    pub subject: String,
    pub mjml: String,
    pub body: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl MessageWords {
    /// Reads a message in the one file that the library keeps of its folder.
    pub fn read(file: &str, text: &str) -> Result<Item<MessageWords>, Problem> {
        let item = Item::<MessageWords>::read(file, text)?;
        item.body.check().map_err(|wrong| wrong.in_file(file))?;
        Ok(item)
    }

    pub fn letters(&self) -> impl Iterator<Item = (Language, &Letter)> {
        self.0.languages().map(|language| (language, self.0.get(language)))
    }

    fn check(&self) -> Result<(), Wrong> {
        for (language, letter) in self.letters() {
            let parts = [("subject.txt", &letter.subject), ("body.mjml", &letter.mjml), ("body.txt", &letter.body)];
            if let Some((part, _)) = parts.iter().find(|(_, words)| words.trim().is_empty()) {
                return Err(Wrong::at(format!("{}/{part}", language.code()), "missing or empty: write it"));
            }
        }
        Ok(())
    }
}
