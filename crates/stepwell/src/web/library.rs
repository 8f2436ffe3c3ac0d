//! The library's shelves: what there is, by kind, found by words, region and language.

use axum::extract::{Query, State};
use axum::response::Html;
use care::library::{Kind, Language, Reference, Region, Scope};
use pages::Nav;
use pages::staff::{Choice, LibraryPage, LibraryTab, Pick, Shelf, ShelfRow};
use serde::Deserialize;
use store::LibraryRow;

use super::actor::Actor;
use super::error::WebError;
use super::permission::Permission;
use super::{Web, form, render};
use crate::library::notice::kind_words;
use crate::library::{Content, read};

#[derive(Deserialize)]
pub struct Wanted {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    q: String,
    #[serde(default)]
    region: String,
    #[serde(default)]
    language: String,
    #[serde(default)]
    scope: String,
}

/// In the order in which people look for them.
const KINDS: [Kind; 5] = [Kind::Questionnaire, Kind::Exercise, Kind::Education, Kind::CarePlan, Kind::Message];

pub async fn list(
    State(web): State<Web>,
    actor: Actor,
    Query(wanted): Query<Wanted>,
) -> Result<Html<String>, WebError> {
    actor.may(Permission::SeeLibrary)?;
    let mut tx = actor.begin(&web).await?;
    let clinic = tx.clinic().await?.clinic;
    let mut found = vec![];
    for (row, body) in tx.shelf(None).await? {
        let Ok((_, content)) = read(row.name.kind, "", &body) else {
            // One item that this Stepwell cannot read does not take the others along.
            tracing::error!(item = %row.name, version = row.version, "an item of the library cannot be read");
            continue;
        };
        if wanted.fits(&row, &content) {
            let about = about(&content);
            found.push((row, about));
        }
    }
    found.sort_by_key(|(row, _)| row.title.to_lowercase());
    let of = |kind: Kind| found.iter().filter(move |(row, _)| row.name.kind == kind);
    let shown = KINDS.into_iter().filter(|kind| wanted.kind.is_empty() || wanted.kind == kind.code());
    let shelves = shown.map(|kind| Shelf {
        title: kind_words(kind).to_owned(),
        rows: of(kind).map(|(row, about)| shelf_row(row, about)).collect(),
    });
    let all = LibraryTab { label: "All".into(), count: Some(found.len()), ..wanted.tab("") };
    let tabs = KINDS.into_iter().map(|kind| LibraryTab {
        label: kind_words(kind).to_owned(),
        count: Some(of(kind).count()),
        ..wanted.tab(kind.code())
    });
    render::html(&LibraryPage {
        frame: actor.frame(&web, &clinic, "Library", Nav::Library),
        tabs: std::iter::once(all).chain(tabs).collect(),
        shelves: shelves.filter(|shelf| !shelf.rows.is_empty()).collect(),
        region: regions(&wanted.region),
        language: languages(&wanted.language),
        scope: scopes(&wanted.scope),
        kind: wanted.kind,
        q: wanted.q,
    })
}

pub fn unreadable() -> WebError {
    store::Error::unreadable("library_items", "body").into()
}

impl Wanted {
    fn fits(&self, row: &LibraryRow, content: &Content) -> bool {
        let regions = regions_of(content);
        let in_region = self.region.is_empty() || regions.iter().any(|region| region_code(*region) == self.region);
        let in_language = self.language.is_empty() || row.languages.contains(&self.language);
        let of_scope = self.scope.is_empty() || row.scope.code() == self.scope;
        let said = || format!("{} {} {}", row.title, row.name.id, words_of(content)).to_lowercase();
        let asked = self.q.to_lowercase();
        in_region
            && in_language
            && of_scope
            && (asked.trim().is_empty() || {
                let said = said();
                asked.split_whitespace().all(|word| said.contains(word))
            })
    }

    /// The same search on another shelf.
    fn tab(&self, kind: &str) -> LibraryTab {
        let more = [("q", &self.q), ("region", &self.region), ("language", &self.language), ("scope", &self.scope)];
        let asked = std::iter::once(("kind", kind)).chain(more.map(|(key, value)| (key, value.as_str())));
        let pairs = asked.filter(|(_, value)| !value.is_empty());
        let query: Vec<String> = pairs.map(|(key, value)| format!("{key}={}", form::escape(value))).collect();
        let href = if query.is_empty() { "/library".into() } else { format!("/library?{}", query.join("&")) };
        LibraryTab { href, label: String::new(), count: None, here: self.kind == kind }
    }
}

fn shelf_row(row: &LibraryRow, about: &str) -> ShelfRow {
    let languages: Vec<&str> = row.languages.iter().map(|code| language_words(Language::of(Some(code)))).collect();
    ShelfRow {
        href: href(&row.name),
        title: row.title.clone(),
        about: about.to_owned(),
        languages: languages.join(", "),
        version: row.version,
        licence: row.licence.clone(),
        scope: scope(row.scope),
    }
}

pub fn href(name: &Reference) -> String {
    format!("/library/{name}")
}

pub fn scope(scope: Scope) -> pages::staff::Scope {
    match scope {
        Scope::Global => pages::staff::Scope::Global,
        Scope::Account => pages::staff::Scope::Account,
        Scope::Organization => pages::staff::Scope::Organization,
    }
}

pub fn language_words(language: Language) -> &'static str {
    match language {
        Language::En => "English",
        Language::Es => "Spanish",
    }
}

fn languages(chosen: &str) -> Pick {
    let of = |language: Language| Choice::new(language.code(), language_words(language));
    Pick::of(std::iter::once(Choice::new("", "Any")).chain(Language::ALL.map(of)).collect(), chosen)
}

fn regions(chosen: &str) -> Pick {
    let of = |region: Region| Choice::new(&region_code(region), &region_words(region));
    Pick::of(std::iter::once(Choice::new("", "Any")).chain(Region::ALL.map(of)).collect(), chosen)
}

fn scopes(chosen: &str) -> Pick {
    let of = |scope: Scope| {
        let words = match scope {
            Scope::Global => "Ships with Stepwell",
            Scope::Account => "Your account's",
            Scope::Organization => "Your own",
        };
        Choice::new(scope.code(), words)
    };
    Pick::of(std::iter::once(Choice::new("", "Anybody's")).chain(Scope::ALL.map(of)).collect(), chosen)
}

/// As files write it: "wrist-and-hand".
fn region_code(region: Region) -> String {
    region_words(region).to_lowercase().replace(' ', "-")
}

fn region_words(region: Region) -> String {
    match region {
        Region::Neck => "Neck",
        Region::Shoulder => "Shoulder",
        Region::Elbow => "Elbow",
        Region::WristAndHand => "Wrist and hand",
        Region::Back => "Back",
        Region::Hip => "Hip",
        Region::Knee => "Knee",
        Region::AnkleAndFoot => "Ankle and foot",
        Region::Balance => "Balance",
        Region::Breathing => "Breathing",
    }
    .to_owned()
}

fn regions_of(content: &Content) -> Vec<Region> {
    match content {
        Content::Exercise(exercise) => exercise.regions.clone(),
        Content::Education(article) => article.regions.clone(),
        Content::CarePlan(plan) => vec![plan.region],
        Content::Questionnaire(_) | Content::Message(_) => vec![],
    }
}

/// One sentence for the list.
fn about(content: &Content) -> String {
    match content {
        Content::Questionnaire(form) => form.intro.as_ref().map(|intro| first_sentence(&intro.en)).unwrap_or_default(),
        Content::Exercise(exercise) => exercise.words.en.purpose.clone(),
        Content::Education(article) => article.en.summary.clone(),
        Content::CarePlan(plan) => plan.words.en.summary.clone(),
        Content::Message(_) => String::new(),
    }
}

fn first_sentence(text: &str) -> String {
    text.split_once(". ").map_or_else(|| text.to_owned(), |(first, _)| format!("{first}."))
}

/// Everything that can be looked for, in all its languages.
fn words_of(content: &Content) -> String {
    let mut all = vec![];
    for language in content.languages() {
        all.push(content.title(language).to_owned());
        match content {
            Content::Questionnaire(form) => {
                all.extend(form.intro.as_ref().map(|intro| intro.get(language).clone()));
                all.extend(form.all().into_iter().map(|item| item.text.get(language).clone()));
            }
            Content::Exercise(exercise) => {
                let words = exercise.words.get(language);
                all.extend([words.purpose.clone(), words.position.clone(), words.steps.join(" ")]);
            }
            Content::Education(article) => {
                let words = article.words(language);
                all.extend([words.summary.clone(), words.body.clone()]);
            }
            Content::CarePlan(plan) => all.push(plan.words.get(language).summary.clone()),
            Content::Message(message) => all.push(message.0.get(language).body.clone()),
        }
    }
    all.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_asked_for_as_files_write_it() {
        for region in Region::ALL {
            let written = serde_json::to_value(region).unwrap();
            assert_eq!(written.as_str(), Some(region_code(region).as_str()));
        }
    }
}
