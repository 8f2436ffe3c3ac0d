//! The library on the server: what ships is published into each organization's own, and what a patient was given is
//! looked up there in the version of that moment. [`files`] reads a folder of it, [`publish`] puts it there.

pub mod account;
pub mod export;
pub mod files;
pub mod import;
pub mod notice;
mod publish;
pub mod shelves;
pub mod video;

use std::collections::BTreeMap;

use care::library::{Article, CarePlan, Exercise, Header, Item, Kind, Language, MessageWords, Problem, Reference};
use care::questionnaire::Form;
use jiff::Timestamp;
use store::{Error, OrgTx};

pub use publish::{Outcome, publish, publish_shipped, shipped};

/// One item of the library, by its kind.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    Questionnaire(Form),
    Exercise(Box<Exercise>),
    Education(Article),
    CarePlan(CarePlan),
    Message(MessageWords),
}

/// Reads and checks one file.
pub fn read(kind: Kind, file: &str, text: &str) -> Result<(Header, Content), Problem> {
    fn named<T>(item: Item<T>, of: fn(T) -> Content) -> (Header, Content) {
        (item.header, of(item.body))
    }
    match kind {
        Kind::Questionnaire => Form::read(file, text).map(|item| named(item, Content::Questionnaire)),
        Kind::Exercise => {
            Exercise::read(file, text).map(|item| named(item, |exercise| Content::Exercise(Box::new(exercise))))
        }
        Kind::Education => Article::read(file, text).map(|item| named(item, Content::Education)),
        Kind::CarePlan => CarePlan::read(file, text).map(|item| named(item, Content::CarePlan)),
        Kind::Message => MessageWords::read(file, text).map(|item| named(item, Content::Message)),
    }
}

impl Content {
    pub fn title(&self, language: Language) -> &str {
        match self {
            Content::Questionnaire(form) => form.title.get(language),
            Content::Exercise(exercise) => &exercise.words.get(language).title,
            Content::Education(article) => &article.words(language).title,
            Content::CarePlan(plan) => &plan.words.get(language).title,
            Content::Message(message) => &message.0.get(language).subject,
        }
    }

    pub fn languages(&self) -> Vec<Language> {
        match self {
            Content::Questionnaire(form) => form.title.languages().collect(),
            Content::Exercise(exercise) => exercise.words.languages().collect(),
            Content::Education(article) => article.languages().map(|(language, _)| language).collect(),
            Content::CarePlan(plan) => plan.words.languages().collect(),
            Content::Message(message) => message.0.languages().collect(),
        }
    }

    /// The other items it names.
    pub fn links(&self) -> Vec<&Reference> {
        match self {
            Content::Exercise(exercise) => exercise.links().collect(),
            Content::CarePlan(plan) => plan.links().collect(),
            Content::Questionnaire(_) | Content::Education(_) | Content::Message(_) => vec![],
        }
    }

    fn instrument(&self) -> Option<String> {
        match self {
            Content::Questionnaire(form) => form.instrument.clone(),
            Content::Exercise(_) | Content::Education(_) | Content::CarePlan(_) | Content::Message(_) => None,
        }
    }
}

/// What a patient was given at a moment; `None` if the library has nothing of this name.
pub async fn given(tx: &mut OrgTx, name: &Reference, at: Timestamp) -> Result<Option<(Header, Content)>, Error> {
    let Some((_, text)) = tx.item_body_at(name, at).await? else { return Ok(None) };
    let item = read(name.kind, "", &text).map_err(|_| Error::unreadable("library_items", "body"))?;
    Ok(Some(item))
}

/// What everything in it is called now, by name.
pub async fn titles(tx: &mut OrgTx) -> Result<BTreeMap<String, String>, Error> {
    Ok(tx.newest().await?.into_iter().map(|row| (row.name.to_string(), row.title)).collect())
}

/// The form a patient was given at a moment.
pub async fn form(tx: &mut OrgTx, name: &str, at: Timestamp) -> Result<Option<Form>, Error> {
    let Ok(name) = name.parse::<Reference>() else { return Ok(None) };
    Ok(match given(tx, &name, at).await? {
        Some((_, Content::Questionnaire(form))) => Some(form),
        Some(_) | None => None,
    })
}
