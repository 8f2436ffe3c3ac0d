//! The library on the server: what ships is published into each organization's own, and what a patient was given is
//! looked up there in the version of that moment.

use care::library::{Article, CarePlan, Exercise, Header, Item, Kind, Language, Problem, Reference, Scope};
use care::questionnaire::Form;
use jiff::Timestamp;
use store::{Error, LibraryRow, NewItem, OrgTx};

use crate::content;

/// One item of the library, by its kind.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    Questionnaire(Form),
    Exercise(Box<Exercise>),
    Education(Article),
    CarePlan(CarePlan),
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
        Kind::Message => Err(Problem {
            file: file.into(),
            field: "file".into(),
            cure: "a message is a folder of templates, not a file of the library: see docs/LIBRARY.md".into(),
        }),
    }
}

impl Content {
    pub fn title(&self, language: Language) -> &str {
        match self {
            Content::Questionnaire(form) => form.title.get(language),
            Content::Exercise(exercise) => &exercise.words.get(language).title,
            Content::Education(article) => &article.words(language).title,
            Content::CarePlan(plan) => &plan.words.get(language).title,
        }
    }

    fn languages(&self) -> Vec<Language> {
        match self {
            Content::Questionnaire(form) => form.title.languages().collect(),
            Content::Exercise(exercise) => exercise.words.languages().collect(),
            Content::Education(article) => article.languages().map(|(language, _)| language).collect(),
            Content::CarePlan(plan) => plan.words.languages().collect(),
        }
    }

    fn instrument(&self) -> Option<String> {
        match self {
            Content::Questionnaire(form) => form.instrument.clone(),
            Content::Exercise(_) | Content::Education(_) | Content::CarePlan(_) => None,
        }
    }
}

/// What ships, and which files of it do not load.
pub fn shipped(now: Timestamp) -> (Vec<NewItem>, Vec<Problem>) {
    let (mut items, mut problems) = (vec![], vec![]);
    for (kind, id, text) in content::library() {
        let file = format!("content/{}/{id}.toml", kind.folder());
        let name = Reference::new(kind, &id).map_err(|cure| Problem { file: file.clone(), field: "name".into(), cure });
        match name.and_then(|name| Ok((name, read(kind, &file, &text)?))) {
            Ok((name, (header, item))) => items.push(new_item(name, header, &item, text, Scope::Global, now)),
            Err(problem) => problems.push(problem),
        }
    }
    (items, problems)
}

fn new_item(name: Reference, header: Header, item: &Content, body: String, scope: Scope, now: Timestamp) -> NewItem {
    let row = LibraryRow {
        name,
        version: header.version,
        scope,
        title: item.title(Language::En).into(),
        licence: header.licence.to_string(),
        attribution: header.attribution,
        source: header.source,
        languages: item.languages().into_iter().map(|language| language.code().to_owned()).collect(),
        instrument: item.instrument(),
        published_at: now,
    };
    NewItem { row, body, by: None }
}

/// Publishes what ships. A version that is there already stays as it is.
pub async fn publish_shipped(tx: &mut OrgTx, now: Timestamp) -> Result<(), Error> {
    let (items, problems) = shipped(now);
    for problem in problems {
        tracing::error!("{problem}");
    }
    tx.publish_items(&items).await?;
    Ok(())
}

/// What a patient was given at a moment; `None` if the library has nothing of this name.
pub async fn given(tx: &mut OrgTx, name: &Reference, at: Timestamp) -> Result<Option<(Header, Content)>, Error> {
    let Some((_, text)) = tx.item_body_at(name, at).await? else { return Ok(None) };
    let item = read(name.kind, "", &text).map_err(|_| Error::unreadable("library_items", "body"))?;
    Ok(Some(item))
}

/// The form a patient was given at a moment.
pub async fn form(tx: &mut OrgTx, name: &str, at: Timestamp) -> Result<Option<Form>, Error> {
    let Ok(name) = name.parse::<Reference>() else { return Ok(None) };
    Ok(match given(tx, &name, at).await? {
        Some((_, Content::Questionnaire(form))) => Some(form),
        Some(_) | None => None,
    })
}
