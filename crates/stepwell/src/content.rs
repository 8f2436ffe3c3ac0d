//! What ships with Stepwell: the files of content/, embedded, and the templates made ready once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use care::library::{Header, Letter, Problem};
use pages::email::{Compiled, TemplateError};
use rust_embed::RustEmbed;

use crate::library::files;

#[derive(RustEmbed)]
#[folder = "../../content"]
struct Content;

/// A message in one language.
pub struct Template {
    pub mail: Compiled,
}

/// Every template by (name, language): ("message/welcome", "es"). Cheap to clone.
#[derive(Clone, Default)]
pub struct Templates {
    texts: BTreeMap<(String, String), Arc<Template>>,
    /// By what right each is here, by its name.
    headers: BTreeMap<String, Header>,
}

/// Why a template does not load.
#[derive(Debug, thiserror::Error)]
pub enum BadTemplate {
    #[error("template {name} ({language}): {error}")]
    Text { name: String, language: String, error: TemplateError },
    #[error("{0}")]
    About(#[from] Problem),
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

/// Every file that ships, by its path under content/.
pub fn files() -> BTreeMap<String, String> {
    Content::iter().filter_map(|path| Some((path.to_string(), text(&path)?))).collect()
}

/// The files under content/templates, path and text.
fn shipped() -> BTreeMap<String, String> {
    Content::iter()
        .filter(|path| path.starts_with("templates/"))
        .filter_map(|path| Some((path.to_string(), text(&path)?)))
        .collect()
}

impl Templates {
    /// Compiles all templates that ship. A broken one is named; the rest load.
    pub fn load() -> (Self, Vec<BadTemplate>) {
        Self::read(&shipped())
    }

    fn read(files: &BTreeMap<String, String>) -> (Self, Vec<BadTemplate>) {
        let (mut good, mut bad) = (Self::default(), vec![]);
        let folders = files.keys().filter_map(|path| path.strip_prefix("templates/")?.strip_suffix("/body.mjml"));
        let folders: Vec<_> = folders.filter_map(|folder| folder.rsplit_once('/')).collect();
        let names: BTreeSet<_> = folders.iter().map(|(name, _)| *name).collect();
        for name in names {
            match header(files, name) {
                Ok(header) => _ = good.headers.insert(name.to_owned(), header),
                Err(problem) => bad.push(problem.into()),
            }
        }
        for (name, language) in folders {
            if !good.headers.contains_key(name) {
                continue;
            }
            match compiled(&folder(files, &format!("templates/{name}/{language}"))) {
                Ok(mail) => good.add(name, language, Arc::new(Template { mail })),
                Err(error) => bad.push(BadTemplate::Text { name: name.into(), language: language.into(), error }),
            }
        }
        (good, bad)
    }

    /// Version, licence and attribution of a template that ships.
    pub fn header(&self, name: &str) -> Option<&Header> {
        self.headers.get(name)
    }

    /// Adds a template that does not ship, or puts it in the place of one that does.
    pub fn add(&mut self, name: &str, language: &str, template: Arc<Template>) {
        self.texts.insert((name.to_owned(), language.to_owned()), template);
    }

    /// The template in the patient's language, else in English.
    pub fn get(&self, name: &str, language: &str) -> Option<&Template> {
        let key = |language: &str| (name.to_owned(), language.to_owned());
        self.texts.get(&key(language)).or_else(|| self.texts.get(&key("en"))).map(Arc::as_ref)
    }

    pub fn names(&self) -> impl Iterator<Item = &(String, String)> {
        self.texts.keys()
    }
}

/// What about.toml says. A file that is not there says no licence.
fn header(files: &BTreeMap<String, String>, name: &str) -> Result<Header, Problem> {
    let file = format!("templates/{name}/about.toml");
    let about = files.get(&file).map(String::as_str).unwrap_or_default();
    files::about(&format!("content/{file}"), about)
}

/// A folder's message in one language. A part that is missing is empty, and said so.
fn folder(files: &BTreeMap<String, String>, folder: &str) -> Letter {
    let part = |file: &str| files.get(&format!("{folder}/{file}")).cloned();
    let of = |file: &str| part(file).unwrap_or_default();
    let (subject, mjml, body) = (of("subject.txt"), of("body.mjml"), of("body.txt"));
    Letter { subject, mjml, body, text: part("text.txt") }
}

/// A message in one language, ready to be filled in.
pub fn compiled(letter: &Letter) -> Result<Compiled, TemplateError> {
    let mail = Compiled::new(letter.subject.trim(), &letter.mjml, &letter.body)?;
    match &letter.text {
        Some(short) => mail.with_text_message(short),
        None => Ok(mail),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WELCOME: &str = "templates/message/welcome/about.toml";

    /// What is said when welcome's about.toml is this, or is missing.
    fn said_of(about: Option<&str>) -> Vec<String> {
        let mut files = shipped();
        match about {
            Some(text) => _ = files.insert(WELCOME.into(), text.into()),
            None => _ = files.remove(WELCOME),
        }
        let (templates, bad) = Templates::read(&files);
        assert!(templates.get("message/invite", "es").is_some(), "the rest loads");
        assert_eq!(templates.get("message/welcome", "en").is_none(), !bad.is_empty());
        bad.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_template_that_ships_loads_and_says_by_what_right() {
        let (templates, bad) = Templates::load();
        assert!(bad.is_empty(), "{bad:?}");
        for (name, language) in templates.names() {
            assert!(templates.header(name).is_some(), "{name} {language}");
        }
    }

    #[test]
    fn without_licence_or_attribution_a_template_does_not_load_and_file_and_field_are_named() {
        let file = "content/templates/message/welcome/about.toml";
        let missing = said_of(None);
        assert!(missing.len() == 1 && missing[0].starts_with(&format!("{file}: licence: missing")), "{missing:?}");
        let nobody = said_of(Some("version = 1\nlicence = \"CC-BY-4.0\""));
        assert!(nobody.len() == 1 && nobody[0].starts_with(&format!("{file}: attribution: missing")), "{nobody:?}");
        let strange = said_of(Some("version = 1\nlicence = \"CC-BY-4.0\"\nattribution = \"A\"\ncolour = \"red\""));
        assert!(strange.len() == 1 && strange[0].starts_with(&format!("{file}: colour: ")), "{strange:?}");
        let good = said_of(Some("version = 1\npermission = \"All uses, by A\"\nattribution = \"A\""));
        assert_eq!(good, Vec::<String>::new());
    }

    #[test]
    fn a_text_that_is_broken_is_named_and_the_rest_loads() {
        let mut files = shipped();
        files.insert("templates/message/welcome/es/subject.txt".into(), "{{ patient.diagnosis }}".into());
        let (templates, bad) = Templates::read(&files);
        assert_eq!(bad.len(), 1);
        assert!(bad[0].to_string().starts_with("template message/welcome (es): subject.txt"), "{}", bad[0]);
        assert!(templates.get("message/welcome", "en").is_some());
    }
}
