//! The library on the server: what ships is published into each organization's own, and what a patient was given is
//! looked up there in the version of that moment.

use care::library::{Header, Kind, Language, Problem, Reference, Scope};
use care::questionnaire::Form;
use jiff::Timestamp;
use store::{Error, LibraryRow, NewItem, OrgTx};

use crate::content;

/// One file, read and checked.
pub struct Checked {
    pub header: Header,
    /// In English.
    pub title: String,
    pub languages: Vec<Language>,
    /// Of a questionnaire: what scores it.
    pub instrument: Option<String>,
}

/// Reads one file of the library: what makes it fit to be published.
pub fn check(kind: Kind, file: &str, text: &str) -> Result<Checked, Problem> {
    match kind {
        Kind::Questionnaire => {
            let item = Form::read(file, text)?;
            let languages = item.body.title.languages().collect();
            let instrument = item.body.instrument;
            Ok(Checked { header: item.header, title: item.body.title.en, languages, instrument })
        }
        Kind::Exercise | Kind::Education | Kind::CarePlan | Kind::Message => Err(Problem {
            file: file.into(),
            field: "file".into(),
            cure: format!("a {} is not kept in the library yet", kind.code()),
        }),
    }
}

/// What ships, and which files of it do not load.
pub fn shipped(now: Timestamp) -> (Vec<NewItem>, Vec<Problem>) {
    let (mut items, mut problems) = (vec![], vec![]);
    for (kind, id, text) in content::library() {
        let file = format!("content/{}/{id}.toml", kind.folder());
        let name = Reference::new(kind, &id).map_err(|cure| Problem { file: file.clone(), field: "name".into(), cure });
        match name.and_then(|name| Ok((name, check(kind, &file, &text)?))) {
            Ok((name, checked)) => items.push(new_item(name, checked, text, Scope::Global, now)),
            Err(problem) => problems.push(problem),
        }
    }
    (items, problems)
}

fn new_item(name: Reference, checked: Checked, body: String, scope: Scope, now: Timestamp) -> NewItem {
    let Checked { header, title, languages, instrument } = checked;
    let row = LibraryRow {
        name,
        version: header.version,
        scope,
        title,
        licence: header.licence.to_string(),
        attribution: header.attribution,
        source: header.source,
        languages: languages.into_iter().map(|language| language.code().to_owned()).collect(),
        instrument,
        published_at: now,
        withdrawn_at: None,
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

/// The form a patient was given at a moment; `None` if the library has none of this name.
pub async fn form(tx: &mut OrgTx, name: &str, given_at: Timestamp) -> Result<Option<Form>, Error> {
    let Ok(name) = name.parse::<Reference>() else { return Ok(None) };
    let Some((_, text)) = tx.item_body_at(&name, given_at).await? else { return Ok(None) };
    let item = Form::read("", &text).map_err(|_| Error::unreadable("library_items", "body"))?;
    Ok(Some(item.body))
}
