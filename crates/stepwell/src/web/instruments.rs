//! What scores forms, and by what right a clinic uses the words of those that are not free.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use care::library::Reference;
use care::questionnaire::scoring::Instrument;
use care::questionnaire::scoring::promis::Form;
use care::zone;
use pages::Nav;
use pages::staff::{Field, InstrumentRow, InstrumentsPage, ItemLink};
use serde::Deserialize;
use store::{Grant, LicenceRow};

use super::actor::Actor;
use super::error::WebError;
use super::flash::Said;
use super::form::{Posted, filled};
use super::permission::Permission;
use super::{Web, library, render, times};

/// Longest words of a grant.
const LONGEST: usize = 500;

/// Every instrument with rules of its own, and the PROMIS forms that have a public table.
pub fn all() -> impl Iterator<Item = Instrument> {
    Instrument::NAMED.iter().copied().chain(Form::published().map(Instrument::Promis))
}

/// `GET /library/instruments`
pub async fn show(State(web): State<Web>, actor: Actor) -> Result<Html<String>, WebError> {
    actor.may(Permission::SeeLibrary)?;
    render::html(&page(&web, &actor, None).await?)
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Given {
    by: String,
    reference: String,
}

/// `POST /library/instruments/{id}`: a licence is recorded.
pub async fn record(
    State(web): State<Web>,
    actor: Actor,
    Path(id): Path<String>,
    Posted(given): Posted<Given>,
) -> Result<Response, WebError> {
    let instrument = found(&id)?;
    let short = |text: &&str| text.chars().count() <= LONGEST;
    let grant = filled(&given.by).filter(short).zip(filled(&given.reference).filter(short));
    let Some((by, reference)) = grant else {
        actor.may(Permission::EditLibrary)?;
        let wrong = (action(instrument), Field::value(&given.by), Field::value(&given.reference));
        let page = page(&web, &actor, Some(wrong)).await?;
        return Ok((StatusCode::BAD_REQUEST, render::html(&page)?).into_response());
    };
    say(&web, &actor, instrument, Some(Grant { by: by.into(), reference: reference.into() })).await?;
    Ok(render::see("/library/instruments", Some(&Said::LicenceKept)))
}

/// `DELETE /library/instruments/{id}`: it is taken back.
pub async fn take_back(State(web): State<Web>, actor: Actor, Path(id): Path<String>) -> Result<Response, WebError> {
    say(&web, &actor, found(&id)?, None).await?;
    Ok(render::see("/library/instruments", Some(&Said::LicenceRemoved)))
}

/// Any instrument of those that are licensed together.
fn found(id: &str) -> Result<Instrument, WebError> {
    let instrument = all().find(|one| one.licence_id() == id).ok_or_else(|| WebError::not_found("instrument"))?;
    match instrument.licensed_by() {
        Some(_) => Ok(instrument),
        None => Err(WebError::conflict("The words of this instrument are free: nothing is to be recorded.")),
    }
}

fn action(instrument: Instrument) -> String {
    format!("/library/instruments/{}", instrument.licence_id())
}

async fn say(web: &Web, actor: &Actor, instrument: Instrument, grant: Option<Grant>) -> Result<(), WebError> {
    actor.may(Permission::EditLibrary)?;
    web.let_time_pass().await?;
    let mut tx = actor.begin(web).await?;
    let row = LicenceRow {
        instrument: instrument.licence_id().into_owned(),
        grant,
        at: web.roof.now(),
        said_by: actor.staff,
    };
    let last = tx.licences().await?.into_iter().find(|said| said.instrument == row.instrument);
    if last.and_then(|said| said.grant) != row.grant {
        tx.say_licence(&row).await?;
        tx.commit().await?;
    }
    web.settle().await
}

async fn page(web: &Web, actor: &Actor, wrong: Option<(String, Field, Field)>) -> Result<InstrumentsPage, WebError> {
    let mut tx = actor.begin(web).await?;
    let clinic = tx.clinic().await?.clinic;
    let (names, titles) = (tx.staff_names().await?, crate::library::titles(&mut tx).await?);
    let mut last: BTreeMap<String, LicenceRow> = BTreeMap::new();
    for said in tx.licences().await? {
        last.entry(said.instrument.clone()).or_insert(said);
    }
    let scored = tx.instruments().await?;
    let grant = |id: &str| {
        let said = last.get(id)?;
        let grant = said.grant.as_ref()?;
        let who = names.get(&said.said_by).map_or("somebody of the clinic", String::as_str);
        let day = times::plain_date(zone::date_in(said.at, &clinic.zone));
        Some(format!("Granted by {}: {}. Recorded by {who} on {day}.", grant.by, grant.reference))
    };
    let row = |instrument: Instrument| {
        let id = instrument.licence_id().into_owned();
        let of_this = |by: &str| Instrument::parse(by).is_ok_and(|by| by.licence_id() == id);
        let forms = scored.iter().filter(|(_, by)| of_this(by)).filter_map(|(form, _)| {
            let name: Reference = form.parse().ok()?;
            Some(ItemLink { href: library::href(&name), title: titles.get(form)?.clone() })
        });
        InstrumentRow {
            title: if id == instrument.id() { instrument.definition().title } else { "PROMIS, all forms" }.to_owned(),
            action: action(instrument),
            owner: instrument.licensed_by(),
            grant: grant(&id),
            forms: forms.collect(),
            id,
        }
    };
    let mut rows: Vec<InstrumentRow> = all().map(row).collect();
    rows.sort_by(|one, other| one.title.cmp(&other.title));
    rows.dedup_by(|one, other| one.id == other.id);
    let (licensed, free) = rows.into_iter().partition(|row| row.owner.is_some());
    Ok(InstrumentsPage {
        frame: actor.frame(web, &clinic, "Instruments", Nav::Library),
        licensed,
        free,
        may_change: actor.may(Permission::EditLibrary).is_ok(),
        wrong,
    })
}
