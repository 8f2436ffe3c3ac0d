//! A folder of the library, as content/ is one: which item each file is, and its text as the library keeps it.

use std::collections::{BTreeMap, BTreeSet};

use care::library::{Header, In, Item, Kind, Letter, MessageWords, Problem, Wrong};
use wire::fhir::{self, Rights};

/// One item of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub kind: Kind,
    pub id: String,
    /// Its file, or its folder's about.toml.
    pub file: String,
    /// What the library keeps; what a kind asks of its text is not checked here.
    pub text: Result<String, Problem>,
}

const MESSAGES: &str = "templates/message/";
const ABOUT: &str = ".about.toml";

/// Nothing but the header is said in about.toml.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct About {}

/// By what right something is here, where its own file has no room for it.
pub fn about(file: &str, text: &str) -> Result<Header, Problem> {
    Ok(Item::<About>::read(file, text)?.header)
}

/// An about.toml that says this.
pub fn about_text(header: &Header) -> Result<String, Wrong> {
    Item { header: header.clone(), body: About {} }.write()
}

/// The items among files, given by path. `root` stands before the paths in what is said of them.
pub fn found(files: &BTreeMap<String, String>, root: &str) -> Vec<Found> {
    let mut items: Vec<Found> = files.iter().filter_map(|(path, text)| single(files, root, path, text)).collect();
    let messages: BTreeSet<&str> =
        files.keys().filter_map(|path| Some(path.strip_prefix(MESSAGES)?.split_once('/')?.0)).collect();
    items.extend(messages.into_iter().map(|id| message(files, root, id)));
    items
}

/// What is one file: TOML, or a Questionnaire in JSON.
fn single(files: &BTreeMap<String, String>, root: &str, path: &str, text: &str) -> Option<Found> {
    let (folder, name) = path.rsplit_once('/')?;
    let kind = Kind::ALL.into_iter().find(|kind| *kind != Kind::Message && kind.folder() == folder)?;
    let file = format!("{root}{path}");
    if let (Kind::Questionnaire, Some(id)) = (kind, name.strip_suffix(".json")) {
        let text = if files.contains_key(&format!("{folder}/{id}.toml")) {
            let cure = format!("{id}.toml is the same questionnaire: keep one of the two");
            Err(Problem { file: file.clone(), field: "name".into(), cure })
        } else {
            let rights = format!("{folder}/{id}{ABOUT}");
            questionnaire(&file, text, files.get(&rights).map(|text| (format!("{root}{rights}"), text.as_str())))
        };
        return Some(Found { kind, id: id.into(), file, text });
    }
    let id = name.strip_suffix(".toml").filter(|_| !name.ends_with(ABOUT))?;
    Some(Found { kind, id: id.into(), file, text: Ok(text.to_owned()) })
}

/// A FHIR Questionnaire as a file of ours. What its about.toml says goes before what it says itself.
fn questionnaire(file: &str, json: &str, about_it: Option<(String, &str)>) -> Result<String, Problem> {
    let given = about_it.map(|(file, text)| about(&file, text)).transpose()?;
    let rights = given.as_ref().map_or_else(Rights::default, |header| Rights {
        licence: Some(header.licence.clone()),
        attribution: Some(header.attribution.clone()),
    });
    let refused = |refusal: fhir::Refusal| Problem {
        file: file.into(),
        cure: format!("{}: {}", refusal.cause.words(), refusal.cure),
        field: refusal.path,
    };
    let read = fhir::read(json, &rights).map_err(refused)?;
    let item = Item { header: given.unwrap_or(read.header), body: read.form };
    item.write().map_err(|wrong| wrong.in_file(file))
}

/// A message's folder as the one text that the library keeps.
fn message(files: &BTreeMap<String, String>, root: &str, id: &str) -> Found {
    let file = format!("{root}{MESSAGES}{id}/about.toml");
    let part = |name: &str| files.get(&format!("{MESSAGES}{id}/{name}"));
    let letter = |language: &str| {
        let of = |name: &str| part(&format!("{language}/{name}")).cloned();
        let named = ["subject.txt", "body.mjml", "body.txt"].map(of);
        let written = named.iter().any(Option::is_some);
        let [subject, mjml, body] = named.map(Option::unwrap_or_default);
        written.then(|| Letter { subject: subject.trim().to_owned(), mjml, body, text: of("text.txt") })
    };
    let said = || {
        let header = about(&file, part("about.toml").map(String::as_str).unwrap_or_default())?;
        let en = letter("en").ok_or_else(|| Wrong::at("en", "missing: write it in English at least").in_file(&file))?;
        let item = Item { header, body: MessageWords(In { en, es: letter("es") }) };
        item.write().map_err(|wrong| wrong.in_file(&file))
    };
    let text = said();
    Found { kind: Kind::Message, id: id.into(), file, text }
}
