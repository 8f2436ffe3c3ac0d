//! One file brought into the library from a browser: tried first, published when somebody says so.

use std::collections::BTreeMap;

use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use care::library::{Header, Kind, Licence, Reference, Scope};
use pages::Nav;
use pages::staff::{Choice, ImportItemPage, Pick, TriedFile};
use store::Published;

use super::actor::Actor;
use super::error::WebError;
use super::flash::Said;
use super::form::filled;
use super::permission::Permission;
use super::upload::{LARGEST_FORM, boundary, parts};
use super::{Web, library, render};
use crate::library::Outcome;
use crate::library::files::about_text;
use crate::library::import::{Folder, import};
use crate::library::notice::kind_words;

/// What is one file; messages are folders.
const KINDS: [Kind; 4] = [Kind::Questionnaire, Kind::Exercise, Kind::Education, Kind::CarePlan];

/// What was said of the file.
#[derive(Default)]
struct Given {
    name: String,
    text: String,
    kind: String,
    licence: String,
    attribution: String,
    publish: bool,
}

/// `GET /library/import`
pub async fn form(State(web): State<Web>, actor: Actor) -> Result<Html<String>, WebError> {
    actor.may(Permission::EditLibrary)?;
    render::html(&page(&web, &actor, &Given::default(), None, None).await?)
}

/// `POST /library/import`
pub async fn bring(State(web): State<Web>, actor: Actor, request: Request) -> Result<Response, WebError> {
    actor.may(Permission::EditLibrary)?;
    let missing = || WebError::bad_form("No file came with the form. Choose one, then try it.");
    let boundary = boundary(request.headers()).ok_or_else(missing)?;
    let body =
        to_bytes(request.into_body(), LARGEST_FORM).await.map_err(|_| WebError::bad_form("The file is too large."))?;
    let given = match read(&boundary, &body) {
        Ok(given) => given,
        Err(said) => return wrong(&web, &actor, &Given::default(), &said).await,
    };
    let folder = match folder(&given) {
        Ok(folder) => folder,
        Err(said) => return wrong(&web, &actor, &given, &said).await,
    };
    web.let_time_pass().await?;
    let mut tx = actor.begin(&web).await?;
    let outcomes = import(&mut tx, &folder, Scope::Organization, web.roof.now(), Some(actor.staff)).await?;
    let outcome = outcomes.into_iter().next().ok_or_else(missing)?;
    if let (true, Ok((name, ..))) = (given.publish, &outcome.said) {
        tx.commit().await?;
        web.settle().await?;
        return Ok(render::see(&library::href(name), Some(&Said::ItemPublished)));
    }
    drop(tx);
    let status = if outcome.said.is_ok() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    let page = page(&web, &actor, &given, Some(&outcome), None).await?;
    Ok((status, render::html(&page)?).into_response())
}

async fn wrong(web: &Web, actor: &Actor, given: &Given, said: &str) -> Result<Response, WebError> {
    let page = page(web, actor, given, None, Some(said.to_owned())).await?;
    Ok((StatusCode::BAD_REQUEST, render::html(&page)?).into_response())
}

fn read(boundary: &str, body: &[u8]) -> Result<Given, String> {
    let parts = parts(boundary, body);
    let text = |name: &str| {
        let part = parts.iter().find(|part| part.name == name && part.file_name.is_none());
        part.map(|part| String::from_utf8_lossy(part.body).into_owned()).unwrap_or_default()
    };
    let mut given = Given {
        name: text("name"),
        text: text("text"),
        kind: text("kind"),
        licence: text("licence"),
        attribution: text("attribution"),
        publish: text("then") == "publish",
    };
    let file = parts.iter().find(|part| part.name == "file" && !part.body.is_empty());
    if let Some(file) = file {
        let name = file.file_name.as_deref().and_then(|name| name.rsplit(['/', '\\']).next()).and_then(filled);
        name.unwrap_or("file.json").clone_into(&mut given.name);
        match std::str::from_utf8(file.body) {
            Ok(text) => text.clone_into(&mut given.text),
            Err(_) => return Err("The file is not UTF-8: save it as UTF-8 text.".into()),
        }
    }
    // Browsers send the lines of a field with CRLF.
    given.text = given.text.replace("\r\n", "\n");
    if given.text.trim().is_empty() {
        return Err("The file is empty. Choose another one.".into());
    }
    Ok(given)
}

/// The file where a folder of the library has it, with its rights beside it.
fn folder(given: &Given) -> Result<Folder, String> {
    let kind = KINDS.into_iter().find(|kind| kind.code() == given.kind).ok_or("Say what it is.")?;
    let (id, ending) = given.name.rsplit_once('.').unwrap_or((&given.name, ""));
    Reference::new(kind, id)?;
    if ending != "toml" && !(ending == "json" && kind == Kind::Questionnaire) {
        return Err("The file's name has to end in .toml, or in .json for a FHIR Questionnaire.".into());
    }
    let path = format!("{}/{}", kind.folder(), given.name);
    let mut texts = BTreeMap::from([(path, given.text.clone())]);
    if let (Some(licence), Some(attribution), "json") = (filled(&given.licence), filled(&given.attribution), ending) {
        let licence = Licence::spdx(licence).unwrap_or_else(|_| Licence::Permission(licence.to_owned()));
        let header = Header { version: 1, licence, attribution: attribution.to_owned(), source: None };
        let about = about_text(&header).map_err(|wrong| wrong.cure)?;
        texts.insert(format!("{}/{id}.about.toml", kind.folder()), about);
    }
    Ok(Folder { texts, ..Folder::default() })
}

async fn page(
    web: &Web,
    actor: &Actor,
    given: &Given,
    outcome: Option<&Outcome>,
    error: Option<String>,
) -> Result<ImportItemPage, WebError> {
    let clinic = actor.begin(web).await?.clinic().await?.clinic;
    let kinds = KINDS.map(|kind| Choice::new(kind.code(), kind_words(kind)));
    let tried = outcome.map(|outcome| TriedFile {
        name: given.name.clone(),
        text: given.text.clone(),
        words: words(outcome),
        good: matches!(outcome.said, Ok((_, _, Published::New | Published::NewVersion(_)))),
    });
    Ok(ImportItemPage {
        frame: actor.frame(web, &clinic, "Bring in an item", Nav::Library),
        kind: Pick::of(kinds.into(), if given.kind.is_empty() { KINDS[0].code() } else { &given.kind }),
        licence: given.licence.clone(),
        attribution: given.attribution.clone(),
        error,
        tried,
    })
}

fn words(outcome: &Outcome) -> String {
    match &outcome.said {
        Ok((name, version, Published::New)) => format!("New: it would be {name}, version {version}."),
        Ok((name, version, Published::NewVersion(before))) => {
            format!("A new version: {name} would go from version {before} to {version}.")
        }
        Ok((name, version, Published::Unchanged | Published::Refused(_))) => {
            format!("Nothing changes: version {version} of {name} is this, letter by letter.")
        }
        Err(problem) => format!("Refused. {}: {}", problem.field, problem.cure),
    }
}
