//! Which instrument scores a form: every question is held against the instrument's item, and what fits becomes the form's
//! next version.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use care::library::{Header, Item, Kind, Language, Reference, Scope};
use care::questionnaire::scoring::Instrument;
use care::questionnaire::scoring::promis::Bank;
use care::questionnaire::{FitLine, Form};
use pages::Nav;
use pages::staff::{AttachPage, Choice, FitRow, Pick};
use serde::Deserialize;
use store::OrgTx;

use super::actor::Actor;
use super::error::WebError;
use super::flash::Said;
use super::form::{Posted, filled};
use super::permission::Permission;
use super::{Web, instruments, library, render};
use crate::library::import::{Folder, import};
use crate::library::{Content, read};

/// The clinic's own form, in its newest version.
struct Own {
    name: Reference,
    header: Header,
    form: Form,
}

impl Own {
    async fn find(tx: &mut OrgTx, id: &str) -> Result<Self, WebError> {
        let none = || WebError::not_found("form of the library");
        let name = Reference::new(Kind::Questionnaire, id).map_err(|_| none())?;
        let row = tx.newest().await?.into_iter().find(|row| row.name == name).ok_or_else(none)?;
        if row.scope != Scope::Organization {
            return Err(WebError::conflict(
                "This form is not your own. Export it, give the copy a name of its own, and bring it in.",
            ));
        }
        let body = tx.item_body(&name, row.version).await?.ok_or_else(none)?;
        match read(Kind::Questionnaire, "", &body).map_err(|_| library::unreadable())? {
            (header, Content::Questionnaire(form)) => Ok(Self { name, header, form }),
            (_, Content::Exercise(_) | Content::Education(_) | Content::CarePlan(_) | Content::Message(_)) => {
                Err(none())
            }
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Given {
    instrument: String,
    scored: String,
    bank: String,
    then: String,
}

/// `GET /library/questionnaire/{id}/instrument`
pub async fn show(State(web): State<Web>, actor: Actor, Path(id): Path<String>) -> Result<Html<String>, WebError> {
    actor.may(Permission::EditLibrary)?;
    let mut tx = actor.begin(&web).await?;
    let own = Own::find(&mut tx, &id).await?;
    let scored: Vec<_> = own.form.scored_items().iter().map(|item| item.id.clone()).collect();
    let given = Given {
        instrument: own.form.instrument.clone().unwrap_or_default(),
        scored: scored.join("\n"),
        ..Given::default()
    };
    render::html(&page(&web, &actor, &mut tx, &own, &given, None).await?)
}

/// `POST /library/questionnaire/{id}/instrument`: holds them against each other, or publishes.
pub async fn save(
    State(web): State<Web>,
    actor: Actor,
    Path(id): Path<String>,
    Posted(given): Posted<Given>,
) -> Result<Response, WebError> {
    actor.may(Permission::EditLibrary)?;
    web.let_time_pass().await?;
    let mut tx = actor.begin(&web).await?;
    let mut own = Own::find(&mut tx, &id).await?;
    let checked = attach(&mut own, &given);
    let next = own.header.version.saturating_add(1);
    let tried = match checked {
        Ok(()) => tried(&web, &actor, &mut tx, &own, next).await?,
        Err(said) => Err(said),
    };
    match tried {
        Ok(()) if given.then == "publish" => {
            tx.commit().await?;
            web.settle().await?;
            Ok(render::see(&library::href(&own.name), Some(&Said::ItemPublished)))
        }
        outcome => {
            drop(tx);
            let mut tx = actor.begin(&web).await?;
            let status = if outcome.is_ok() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
            let page = page(&web, &actor, &mut tx, &own, &given, Some(outcome.map(|()| next))).await?;
            Ok((status, render::html(&page)?).into_response())
        }
    }
}

/// The form with what was said of it; what does not fit, in words.
fn attach(own: &mut Own, given: &Given) -> Result<(), String> {
    let instrument = Instrument::parse(given.instrument.trim()).map_err(|e| e.to_string())?;
    own.form.instrument = Some(instrument.id().into_owned());
    own.form.scored = given.scored.lines().filter_map(filled).map(str::to_owned).collect();
    if let Some(text) = filled(&given.bank) {
        let bank = Bank::parse(text).map_err(|e| format!("Item bank: {e}"))?;
        let Instrument::Promis(form) = instrument else {
            return Err(format!("{} is not scored by an item bank: leave it empty.", instrument.id()));
        };
        let kept = bank.calibration(form).ok_or_else(|| format!("The item bank has no form {form}."))?;
        own.form.calibration = Some(kept);
    }
    own.form.check().map_err(|wrong| format!("{}: {}", wrong.field, wrong.cure))
}

/// Publishes the next version, up to the commit; a licence that is missing is said too.
async fn tried(web: &Web, actor: &Actor, tx: &mut OrgTx, own: &Own, next: u32) -> Result<Result<(), String>, WebError> {
    let header = Header { version: next, ..own.header.clone() };
    let text = Item { header, body: own.form.clone() }
        .write()
        .map_err(|wrong| WebError::bad_form(wrong.in_file("").to_string()))?;
    let path = format!("{}/{}.toml", Kind::Questionnaire.folder(), own.name.id);
    let folder = Folder { texts: BTreeMap::from([(path, text)]), ..Folder::default() };
    let outcomes = import(tx, &folder, Scope::Organization, web.roof.now(), Some(actor.staff)).await?;
    Ok(outcomes.into_iter().try_for_each(|outcome| outcome.said.map(|_| ()).map_err(|problem| problem.cure)))
}

async fn page(
    web: &Web,
    actor: &Actor,
    tx: &mut OrgTx,
    own: &Own,
    given: &Given,
    checked: Option<Result<u32, String>>,
) -> Result<AttachPage, WebError> {
    let clinic = tx.clinic().await?.clinic;
    let title = own.form.title.get(Language::En).clone();
    let choices = instruments::all().map(|one| Choice::new(&one.id(), one.definition().title));
    let mut choices: Vec<_> = choices.collect();
    // Any PROMIS form can be scored by a bank: it is kept as it was written.
    if !given.instrument.is_empty() && choices.iter().all(|choice| choice.value != given.instrument) {
        choices.push(Choice::new(&given.instrument, &given.instrument));
    }
    let fit = own.form.scored_by().filter(|_| checked.is_some()).map(|instrument| own.form.fit(instrument));
    Ok(AttachPage {
        frame: actor.frame(web, &clinic, &title, Nav::Library),
        home: library::href(&own.name),
        action: format!("{}/instrument", library::href(&own.name)),
        instrument: Pick::of(choices, &given.instrument),
        scored: given.scored.clone(),
        bank: given.bank.clone(),
        lines: fit.iter().flat_map(|fit| fit.lines.iter().map(line)).collect(),
        next: checked.as_ref().and_then(|checked| checked.as_ref().ok().copied()),
        error: checked.and_then(Result::err),
        title,
    })
}

fn line(line: &FitLine) -> FitRow {
    let range = |(low, high): (f64, f64)| format!("{low} to {high}");
    FitRow {
        number: line.number,
        question: line.item.text.get(Language::En).clone(),
        wanted: range(line.wanted),
        has: match line.has {
            Some(has) if line.gaps => format!("{}, with gaps", range(has)),
            Some(has) => range(has),
            None => "no points".to_owned(),
        },
        fits: line.fits(),
    }
}
