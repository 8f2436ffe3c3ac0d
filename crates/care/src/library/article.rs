//! An article: something to read, in each language.

use serde::{Deserialize, Serialize};

use super::{Item, Language, Problem, Region, Wrong, grade};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Article {
    /// Which parts of the body it is about; none for what concerns everyone.
    #[serde(default)]
    pub regions: Vec<Region>,
    pub en: Words,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub es: Option<Words>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    pub title: String,
    /// One sentence for lists.
    pub summary: String,
    /// Markdown: paragraphs, `##` headings, lists, emphasis, links; no HTML and no pictures.
    pub body: String,
}

impl Article {
    /// Reads one file of content/education and checks what a type cannot.
    pub fn read(file: &str, text: &str) -> Result<Item<Article>, Problem> {
        let item = Item::<Article>::read(file, text)?;
        item.body.check().map_err(|wrong| wrong.in_file(file))?;
        Ok(item)
    }

    /// In the language asked for, else in English.
    pub fn words(&self, language: Language) -> &Words {
        match language {
            Language::En => &self.en,
            Language::Es => self.es.as_ref().unwrap_or(&self.en),
        }
    }

    /// The languages it is written in, each with its words.
    pub fn languages(&self) -> impl Iterator<Item = (Language, &Words)> {
        [Some((Language::En, &self.en)), self.es.as_ref().map(|words| (Language::Es, words))].into_iter().flatten()
    }

    fn check(&self) -> Result<(), Wrong> {
        for (language, words) in self.languages() {
            let at = |key: &str, cure: &str| Wrong::at(format!("{}.{key}", language.code()), cure);
            let parts = [("title", &words.title), ("summary", &words.summary), ("body", &words.body)];
            if let Some((key, _)) = parts.iter().find(|(_, said)| said.trim().is_empty()) {
                return Err(at(key, "is empty: write it, or leave the language out"));
            }
            if let Some((key, _)) = parts.iter().find(|(_, said)| has_tag(said)) {
                return Err(at(key, "holds an HTML tag: write markdown, or put a space after the <"));
            }
            if words.body.contains("![") {
                return Err(at("body", "holds a picture: an article is words only"));
            }
            if words.body.lines().any(|line| line.starts_with("# ")) {
                return Err(at("body", "has a heading of the first level: that is the title's, begin with ##"));
            }
        }
        Ok(())
    }
}

impl Words {
    /// The reading grade of its body.
    pub fn grade(&self, language: Language) -> f64 {
        grade::of(&self.body, language)
    }
}

fn has_tag(text: &str) -> bool {
    text.match_indices('<').any(|(at, _)| text[at + 1..].starts_with(|c: char| c.is_alphabetic() || "/!?".contains(c)))
}
