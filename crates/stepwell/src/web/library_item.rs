//! One item of the library, as the patient sees it, and what is known of it.

use axum::extract::{Path, Query, State};
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::{Html, IntoResponse, Response};
use care::chart::{BodyRegion, Clinic};
use care::library::{CarePlan, Exercise, Kind, Language, Letter, Reference, Scope};
use care::workflow::task::{Gives, Task};
use care::workflow::{Workflow, Workflows};
use care::zone;
use pages::Nav;
use pages::Prose;
use pages::email::{Alphabet, Segments, every_sample};
use pages::staff::{ItemBody, ItemLink, ItemVersion, LibraryItem, LibraryTab, ShownExercise, ShownLetter};
use serde::Deserialize;
use store::{LibraryRow, OrgTx};

use super::actor::Actor;
use super::error::WebError;
use super::library::{href, language_words, scope, unreadable};
use super::permission::Permission;
use super::portal::items::pictures;
use super::portal::words::{dose_words, equipment_words};
use super::{Web, library_form, render, times, videos};
use crate::content;
use crate::library::notice::kind_words;
use crate::library::{Content, read};

/// Where it is said which instrument scores an own form.
fn scored_by(held: &Held, actor: &Actor) -> Option<String> {
    let own = held.row.scope == Scope::Organization && held.row.name.kind == Kind::Questionnaire;
    (own && actor.may(Permission::EditLibrary).is_ok()).then(|| format!("{}/instrument", href(&held.row.name)))
}

#[derive(Deserialize)]
pub struct Wanted {
    #[serde(default)]
    language: String,
    #[serde(default)]
    version: String,
}

impl Wanted {
    /// What is no number is a version that is not there.
    fn version(&self) -> Option<u32> {
        (!self.version.is_empty()).then(|| self.version.parse().unwrap_or(0))
    }
}

/// An item in the version that is asked for.
struct Held {
    row: LibraryRow,
    versions: Vec<LibraryRow>,
    content: Content,
}

impl Held {
    async fn find(tx: &mut OrgTx, kind: &str, id: &str, version: Option<u32>) -> Result<Self, WebError> {
        let none = || WebError::not_found("item of the library");
        let name = kind.parse::<Kind>().and_then(|kind| Reference::new(kind, id)).map_err(|_| none())?;
        let versions: Vec<LibraryRow> = tx.library().await?.into_iter().filter(|row| row.name == name).collect();
        let wanted = versions.iter().find(|row| version.is_none_or(|version| row.version == version));
        let row = wanted.cloned().ok_or_else(none)?;
        let body = tx.item_body(&name, row.version).await?.ok_or_else(none)?;
        let (_, content) = read(name.kind, "", &body).map_err(|_| unreadable())?;
        Ok(Self { row, versions, content })
    }

    /// The address of another version or language of it.
    fn at(&self, version: u32, language: Language) -> String {
        format!("{}?language={}&version={version}", href(&self.row.name), language.code())
    }
}

pub async fn show(
    State(web): State<Web>,
    actor: Actor,
    Path((kind, id)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Result<Html<String>, WebError> {
    actor.may(Permission::SeeLibrary)?;
    let mut tx = actor.begin(&web).await?;
    let clinic = tx.clinic().await?.clinic;
    let held = Held::find(&mut tx, &kind, &id, wanted.version()).await?;
    let spoken = held.content.languages();
    let language = Language::of(Some(&wanted.language));
    let language = if spoken.contains(&language) { language } else { Language::En };
    let titles = tx.newest().await?;
    let workflows = web.roof.workflows(&mut tx).await?;
    let version = |row: &LibraryRow| ItemVersion {
        version: row.version,
        published: times::plain_date(zone::date_in(row.published_at, &clinic.zone)),
        href: held.at(row.version, language),
        here: row.version == held.row.version,
    };
    let tab = |of: Language| LibraryTab {
        href: held.at(held.row.version, of),
        label: language_words(of).to_owned(),
        count: None,
        here: of == language,
    };
    let is_message = held.row.name.kind == Kind::Message;
    render::html(&LibraryItem {
        frame: actor.frame(&web, &clinic, &held.row.title, Nav::Library),
        title: if is_message { held.row.title.clone() } else { held.content.title(language).to_owned() },
        kind: ItemLink {
            href: format!("/library?kind={}", held.row.name.kind.code()),
            title: kind_words(held.row.name.kind).to_owned(),
        },
        scope: scope(held.row.scope),
        language: if is_message { Language::En } else { language }.code().to_owned(),
        languages: if is_message { vec![] } else { spoken.into_iter().map(tab).collect() },
        version: held.row.version,
        newer: held.versions.iter().map(|row| row.version).max().filter(|newest| *newest > held.row.version),
        licence: held.row.licence.clone(),
        attribution: held.row.attribution.clone(),
        source: held.row.source.clone(),
        versions: held.versions.iter().map(version).collect(),
        workflows: workflows_with(&workflows, &clinic, &held.row.name),
        plans: plans_with(&mut tx, &held.row.name).await?,
        body: body(&held, language, &titles)?,
        scored_by: scored_by(&held, &actor),
    })
}

/// The workflows whose newest version gives or sends it.
fn workflows_with(all: &Workflows, clinic: &Clinic, name: &Reference) -> Vec<ItemLink> {
    let name = name.to_string();
    let given = |workflow: &Workflow, gives: &Gives| match gives {
        Gives::Item(content) => *content == name,
        Gives::Baseline => workflow.trigger.baseline.iter().any(|form| format!("questionnaire/{form}") == name),
        Gives::OfRegion => BodyRegion::ALL.into_iter().any(|region| clinic.outcome_form(Some(region)) == name),
    };
    let uses = |workflow: &Workflow, task: &Task| {
        let by_itself = match task {
            Task::Assign { gives, remind, .. } => {
                given(workflow, gives) || remind.as_ref().is_some_and(|remind| remind.message.template == name)
            }
            Task::Send(_) | Task::Call(_) | Task::Tell { .. } => false,
        };
        by_itself || task.message().is_some_and(|message| message.template == name)
    };
    let newest = all.0.iter().filter_map(|(key, published)| Some((key, published.current()?.1)));
    newest
        .filter(|(_, workflow)| workflow.steps.iter().flat_map(|step| &step.tasks).any(|task| uses(workflow, task)))
        .map(|(key, workflow)| ItemLink { href: format!("/workflows/{key}"), title: workflow.title.clone() })
        .collect()
}

async fn plans_with(tx: &mut OrgTx, name: &Reference) -> Result<Vec<ItemLink>, WebError> {
    let mut plans = vec![];
    for (row, body) in tx.shelf(Some(Kind::CarePlan)).await? {
        let Ok((_, content)) = read(Kind::CarePlan, "", &body) else { continue };
        if content.links().contains(&name) {
            plans.push(ItemLink { href: href(&row.name), title: row.title });
        }
    }
    Ok(plans)
}

fn body(held: &Held, language: Language, titles: &[LibraryRow]) -> Result<ItemBody, WebError> {
    Ok(match &held.content {
        Content::Exercise(item) => {
            let video = format!("{}/video?version={}", href(&held.row.name), held.row.version);
            ItemBody::Exercise(Box::new(exercise(item, language, titles, video)))
        }
        Content::Education(article) => {
            let words = article.words(language);
            ItemBody::Article { summary: words.summary.clone(), body: Prose::of(&words.body) }
        }
        Content::Questionnaire(form) => library_form::shown(form, language),
        Content::CarePlan(item) => plan(item, language, titles),
        Content::Message(message) => {
            let letters = message.letters().map(|(language, words)| letter(held, language, words));
            ItemBody::Message(letters.collect::<Result<_, _>>()?)
        }
    })
}

/// Links to items by the titles they have now; a name that is not in the library is shown without one.
fn link(name: &Reference, titles: &[LibraryRow]) -> ItemLink {
    let row = titles.iter().find(|row| row.name == *name);
    ItemLink { href: href(name), title: row.map_or_else(|| name.to_string(), |row| row.title.clone()) }
}

fn patients(language: Language) -> pages::patient::Language {
    match language {
        Language::En => pages::patient::Language::English,
        Language::Es => pages::patient::Language::Spanish,
    }
}

fn exercise(item: &Exercise, language: Language, titles: &[LibraryRow], video: String) -> ShownExercise {
    let words = item.words.get(language);
    let links = |names: &[Reference]| names.iter().map(|name| link(name, titles)).collect();
    ShownExercise {
        purpose: words.purpose.clone(),
        position: words.position.clone(),
        steps: words.steps.clone(),
        cautions: words.cautions.clone(),
        dose: dose_words(&item.dose, patients(language)),
        equipment: item.equipment.iter().map(|e| equipment_words(*e, patients(language)).to_owned()).collect(),
        pictures: pictures(item, words),
        video: videos::shown(item, video),
        easier: links(&item.easier),
        harder: links(&item.harder),
    }
}

fn plan(item: &CarePlan, language: Language, titles: &[LibraryRow]) -> ItemBody {
    let links = |names: &[Reference]| names.iter().map(|name| link(name, titles)).collect();
    let planned = item.exercises.iter().map(|planned| {
        let dose = dose_words(&planned.dose, patients(language));
        (link(&planned.exercise, titles), if dose.is_empty() { "its own dose".into() } else { dose })
    });
    ItemBody::Plan {
        summary: item.words.get(language).summary.clone(),
        exercises: planned.collect(),
        articles: links(&item.education),
        forms: links(&item.questionnaires),
    }
}

fn letter(held: &Held, language: Language, words: &Letter) -> Result<ShownLetter, WebError> {
    let said = |e| WebError::internal(&e);
    let mail = content::compiled(words).map_err(said)?;
    let sample = sample(language);
    let rendered = mail.render(&sample).map_err(said)?;
    let short = mail.render_text_message(&sample).map_err(said)?;
    Ok(ShownLetter {
        language: language_words(language).to_owned(),
        code: language.code().to_owned(),
        subject: rendered.subject,
        text: rendered.text,
        mail: format!("{}/mail?language={}&version={}", href(&held.row.name), language.code(), held.row.version),
        segments: short.as_deref().map(segment_words).unwrap_or_default(),
        short,
    })
}

/// Everything is known.
fn sample(language: Language) -> serde_json::Value {
    every_sample(language.code()).into_iter().next().map(|(_, sample)| sample).unwrap_or_default()
}

/// "98 of 160 signs in GSM-7, 1 segment".
fn segment_words(text: &str) -> String {
    let Segments { alphabet, units, count } = Segments::of(text);
    let (letters, alone, part) = match alphabet {
        Alphabet::Gsm7 => ("GSM-7", 160, 153),
        Alphabet::Ucs2 => ("UCS-2", 70, 67),
    };
    match count {
        0 | 1 => format!("{units} of {alone} signs in {letters}: 1 segment"),
        more => format!("{units} signs in {letters}: {more} segments of {part}"),
    }
}

/// A message's mail as a mail program shows it, filled in with samples.
pub async fn mail(
    State(web): State<Web>,
    actor: Actor,
    Path((kind, id)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, WebError> {
    actor.may(Permission::SeeLibrary)?;
    let mut tx = actor.begin(&web).await?;
    let held = Held::find(&mut tx, &kind, &id, wanted.version()).await?;
    let Content::Message(message) = &held.content else { return Err(WebError::not_found("mail")) };
    let language = Language::of(Some(&wanted.language));
    let said = |e| WebError::internal(&e);
    let mail = content::compiled(message.0.get(language)).map_err(said)?;
    let html = mail.render(&sample(language)).map_err(said)?.html;
    Ok(([(CONTENT_SECURITY_POLICY, pages::MAIL_BODY_CSP)], Html(html)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_said_as_networks_count_them() {
        assert_eq!(segment_words("See you."), "8 of 160 signs in GSM-7: 1 segment");
        assert_eq!(segment_words(&"a".repeat(161)), "161 signs in GSM-7: 2 segments of 153");
        assert_eq!(segment_words("sábado"), "6 of 70 signs in UCS-2: 1 segment");
    }
}
