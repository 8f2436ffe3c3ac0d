//! A folder that somebody brings: everything is checked before anything is published, and what is good goes in.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use care::id::StaffId;
use care::library::{Kind, Problem, Reference, Scope};
use care::questionnaire::Form;
use jiff::Timestamp;
use pages::email::{every_sample, indiscreet};
use store::Error;

use super::files::{self, Found};
use super::publish::{Outcome, publish};
use super::shelves::Shelves;
use super::video::{self, Videos};
use super::{Content, read};
use crate::content;

/// A file of the library; the largest that ships has a tenth of it.
const LARGEST: u64 = 256 * 1024;
/// Folders that may stand beside the library's: what is in them is not imported.
const BESIDE: [&str; 1] = ["workflows"];

/// The files of a folder, by their path in it, and which cannot be the library's.
#[derive(Debug, Default)]
pub struct Folder {
    pub texts: BTreeMap<String, String>,
    pub videos: Videos,
    pub problems: Vec<Problem>,
}

impl Folder {
    /// Reads a folder laid out as content/ is. Files at its top, such as a README, are passed over.
    pub fn read(dir: &Path) -> std::io::Result<Self> {
        let mut folder = Folder::default();
        folder.add(dir, "")?;
        Ok(folder)
    }

    fn add(&mut self, dir: &Path, within: &str) -> std::io::Result<()> {
        for entry in std::fs::read_dir(dir)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{within}{name}");
            if name.starts_with('.') || BESIDE.contains(&path.as_str()) {
                continue;
            }
            let kind = entry.file_type()?;
            if kind.is_dir() {
                self.add(&entry.path(), &format!("{path}/"))?;
            } else if kind.is_file() && !within.is_empty() {
                self.add_file(&entry.path(), path)?;
            }
        }
        Ok(())
    }

    fn add_file(&mut self, file: &Path, path: String) -> std::io::Result<()> {
        let refused = |cure: &str| Problem { file: path.clone(), field: "file".into(), cure: cure.into() };
        let size = std::fs::metadata(file)?.len();
        if video::is_video(&path) {
            if size > video::LARGEST {
                self.problems.push(refused(&format!("larger than {} MB: make it shorter", video::LARGEST >> 20)));
            } else {
                self.videos.insert(path, std::fs::read(file)?);
            }
        } else if !is_ours(&path) {
            self.problems.push(refused(&format!("not a file of the library: its folders are {}", folders())));
        } else if size > LARGEST {
            self.problems.push(refused(&format!("larger than {} kB: make it shorter", LARGEST / 1024)));
        } else {
            match String::from_utf8(std::fs::read(file)?) {
                Ok(text) => _ = self.texts.insert(path, text),
                Err(_) => self.problems.push(refused("not UTF-8: save it as UTF-8 text")),
            }
        }
        Ok(())
    }
}

fn folders() -> String {
    Kind::ALL.map(Kind::folder).join(", ")
}

fn is_ours(path: &str) -> bool {
    let Some((folder, name)) = path.rsplit_once('/') else { return false };
    let message = folder.strip_prefix("templates/message/").map(|rest| rest.split('/').count());
    match message {
        Some(1) => name == "about.toml",
        Some(2) => ["subject.txt", "body.mjml", "body.txt", "text.txt"].contains(&name),
        Some(_) => false,
        None => Kind::ALL.into_iter().any(|kind| {
            let json = kind == Kind::Questionnaire && name.ends_with(".json");
            kind != Kind::Message && kind.folder() == folder && (json || name.ends_with(".toml"))
        }),
    }
}

/// Publishes what is good of a folder, and says of every file what became of it. A dry run is this, and no commit.
pub async fn import(
    shelves: &mut impl Shelves,
    folder: &Folder,
    scope: Scope,
    now: Timestamp,
    by: Option<StaffId>,
) -> Result<Vec<Outcome>, Error> {
    let (known, licensed) = (shelves.known().await?, shelves.licensed().await?);
    let mut named = BTreeMap::new();
    let found = files::found(&folder.texts, "").into_iter();
    let found = found.map(|found| checked(found, (&known, &licensed), &folder.videos, &mut named)).collect();
    let mut outcomes = publish(shelves, linked(found, &known), scope, now, by).await?;
    video::keep(shelves, &mut outcomes, &named, &folder.videos).await?;
    let unnamed = video::unnamed(&named, &folder.videos);
    outcomes
        .extend(folder.problems.iter().chain(&unnamed).map(|p| Outcome { file: p.file.clone(), said: Err(p.clone()) }));
    outcomes.sort_by(|a, b| a.file.cmp(&b.file));
    Ok(outcomes)
}

/// What its kind asks of it: of a message that it can be filled in and says nothing it should not, of a video that it
/// comes along. What is there already, letter by letter, is not asked again. `named`: which video each exercise has.
fn checked(
    found: Found,
    (known, licensed): (&BTreeMap<Reference, String>, &BTreeSet<String>),
    videos: &Videos,
    named: &mut BTreeMap<String, String>,
) -> (Found, Vec<Reference>) {
    let item = found.text.clone().and_then(|text| read(found.kind, &found.file, &text));
    let Ok((_, content)) = item else {
        return (Found { text: item.and(found.text), ..found }, vec![]);
    };
    if let Content::Exercise(exercise) = &content {
        named.extend(video::path_of(exercise).map(|path| (found.file.clone(), path)));
    }
    let there = Reference::new(found.kind, &found.id).ok().and_then(|name| known.get(&name));
    if there.is_some() && there == found.text.as_ref().ok() {
        return (found, vec![]);
    }
    let fine = match &content {
        Content::Message(message) => message_is_fine(&found.file, message),
        Content::Exercise(exercise) => video::check(&found.file, exercise, videos),
        Content::Questionnaire(form) => may_be_used(&found.file, form, licensed),
        Content::Education(_) | Content::CarePlan(_) => Ok(()),
    };
    let text = fine.and(found.text);
    (Found { text, ..found }, content.links().into_iter().cloned().collect())
}

/// Words that are not free need a licence on record before patients see them.
pub fn may_be_used(file: &str, form: &Form, licensed: &BTreeSet<String>) -> Result<(), Problem> {
    let needs = form
        .scored_by()
        .and_then(|instrument| Some((instrument.id(), instrument.licence_id(), instrument.licensed_by()?)));
    match needs {
        Some((id, licence, owner)) if !licensed.contains(licence.as_ref()) => Err(Problem {
            file: file.into(),
            field: "instrument".into(),
            cure: format!(
                "The words of {id} need a licence, from {owner}: an administrator of the clinic records it (Library, \
                 Instruments), then bring the file again"
            ),
        }),
        Some(_) | None => Ok(()),
    }
}

fn message_is_fine(file: &str, message: &care::library::MessageWords) -> Result<(), Problem> {
    for (language, letter) in message.letters() {
        let refused = |field: String, cure: String| Problem { file: file.into(), field, cure };
        let code = language.code();
        let mail = content::compiled(letter).map_err(|e| refused(code.into(), e.to_string()))?;
        for (_, sample) in every_sample(code) {
            let rendered = mail.render(&sample).map_err(|e| refused(code.into(), e.to_string()))?;
            let text = mail.render_text_message(&sample).map_err(|e| refused(code.into(), e.to_string()))?;
            let said = [("subject.txt", rendered.subject), ("body.txt", rendered.text), ("body.mjml", rendered.html)];
            let said = said.into_iter().chain(text.map(|text| ("text.txt", text)));
            for (part, words) in said {
                if let Some(word) = indiscreet(&words) {
                    let cure = format!("says \"{word}\": a message names no diagnosis, score or instrument");
                    return Err(refused(format!("{code}/{part}"), cure));
                }
            }
        }
    }
    Ok(())
}

/// Refuses what names an item that is neither there nor comes along; what is refused comes along for nobody.
fn linked(mut found: Vec<(Found, Vec<Reference>)>, known: &BTreeMap<Reference, String>) -> Vec<Found> {
    let name = |found: &Found| Reference::new(found.kind, &found.id).ok();
    loop {
        let coming: BTreeSet<Reference> =
            found.iter().filter(|(found, _)| found.text.is_ok()).filter_map(|(found, _)| name(found)).collect();
        let lost = found.iter_mut().filter(|(found, _)| found.text.is_ok()).find_map(|(found, links)| {
            let missing = links.iter().find(|link| !coming.contains(link) && !known.contains_key(link))?;
            Some((found, missing.clone()))
        });
        let Some((found, missing)) = lost else { break };
        let cure = format!("{missing} is not in the library, and does not come along: add it, or leave it out");
        found.text = Err(Problem { file: found.file.clone(), field: missing.kind.code().into(), cure });
    }
    found.into_iter().map(|(found, _)| found).collect()
}
