//! What ships with Stepwell: the files of content/, embedded, and the templates made ready once.

use std::collections::BTreeMap;
use std::sync::Arc;

use care::library::Kind;
use pages::email::{Compiled, TemplateError};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../content"]
struct Content;

/// A message in one language.
pub struct Template {
    pub mail: Compiled,
}

/// Every template by (name, language): ("message/welcome", "es"). Cheap to clone.
#[derive(Clone)]
pub struct Templates(BTreeMap<(String, String), Arc<Template>>);

#[derive(Debug, thiserror::Error)]
#[error("template {name} ({language}): {error}")]
pub struct BadTemplate {
    pub name: String,
    pub language: String,
    pub error: TemplateError,
}

fn text(path: &str) -> Option<String> {
    Content::get(path).and_then(|file| String::from_utf8(file.data.into_owned()).ok())
}

/// The global workflows: (key, text of the file).
pub fn workflows() -> Vec<(String, String)> {
    let mut files: Vec<_> = Content::iter()
        .filter_map(|path| {
            let key = path.strip_prefix("workflows/")?.strip_suffix(".toml")?.to_owned();
            Some((key, text(&path)?))
        })
        .collect();
    files.sort();
    files
}

/// Every file of the library: (kind, name, text).
pub fn library() -> Vec<(Kind, String, String)> {
    let mut files: Vec<_> = Content::iter()
        .filter_map(|path| {
            let (folder, name) = path.strip_suffix(".toml")?.rsplit_once('/')?;
            let kind = Kind::ALL.into_iter().find(|kind| kind.folder() == folder)?;
            Some((kind, name.to_owned(), text(&path)?))
        })
        .collect();
    files.sort();
    files
}

impl Templates {
    /// Compiles all templates that ship. A broken one is named; the rest load.
    pub fn load() -> (Self, Vec<BadTemplate>) {
        let (mut good, mut bad) = (BTreeMap::new(), vec![]);
        for path in Content::iter() {
            let Some(folder) = path.strip_prefix("templates/").and_then(|p| p.strip_suffix("/body.mjml")) else {
                continue;
            };
            let Some((name, language)) = folder.rsplit_once('/') else { continue };
            let part = |file: &str| text(&format!("templates/{folder}/{file}")).unwrap_or_default();
            let mail = Compiled::new(part("subject.txt").trim(), &part("body.mjml"), &part("body.txt"));
            let with_text = |mail: Compiled| match text(&format!("templates/{folder}/text.txt")) {
                Some(short) => mail.with_text_message(&short),
                None => Ok(mail),
            };
            match mail.and_then(with_text) {
                Ok(mail) => {
                    good.insert((name.to_owned(), language.to_owned()), Arc::new(Template { mail }));
                }
                Err(error) => bad.push(BadTemplate { name: name.into(), language: language.into(), error }),
            }
        }
        (Self(good), bad)
    }

    /// Adds a template that does not ship, or puts it in the place of one that does.
    pub fn add(&mut self, name: &str, language: &str, template: Arc<Template>) {
        self.0.insert((name.to_owned(), language.to_owned()), template);
    }

    /// The template in the patient's language, else in English.
    pub fn get(&self, name: &str, language: &str) -> Option<&Template> {
        let key = |language: &str| (name.to_owned(), language.to_owned());
        self.0.get(&key(language)).or_else(|| self.0.get(&key("en"))).map(Arc::as_ref)
    }

    pub fn names(&self) -> impl Iterator<Item = &(String, String)> {
        self.0.keys()
    }
}
