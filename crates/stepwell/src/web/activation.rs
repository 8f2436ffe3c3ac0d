//! A workflow switched on and off, and what that does, counted beforehand.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use care::chart::{Clinic, EventKind};
use care::id::{LocationId, PatientId};
use care::workflow::{Activation, For, Published, Workflow};
use pages::Nav;
use pages::staff::{ActivationPage, Choice, Cover, EffectRow};
use store::OrgTx;

use super::actor::Actor;
use super::error::WebError;
use super::flash::Said;
use super::form::Posted;
use super::permission::Permission;
use super::{Web, clock, effects, render};
use crate::runner::outlook::{Outlook, WhatIf, outlooks};

/// What is asked for.
#[derive(Debug, Clone, Default)]
struct Wish {
    cover: bool,
    /// `None`: all that fit.
    locations: Option<BTreeSet<LocationId>>,
}

impl Wish {
    /// Of a form; `choose` says that it had locations to tick.
    fn read(fields: &[(String, String)], fitting: &[(LocationId, String)]) -> Result<Self, &'static str> {
        let has = |key: &str| fields.iter().any(|(k, _)| k == key);
        let ticked: BTreeSet<LocationId> = fields
            .iter()
            .filter(|(key, _)| key == "location")
            .filter_map(|(_, id)| id.parse().ok().filter(|id| fitting.iter().any(|(fits, _)| fits == id)))
            .collect();
        let all = !has("choose") || fitting.len() < 2 || ticked.len() == fitting.len();
        if !all && ticked.is_empty() {
            return Err("Tick at least one location.");
        }
        Ok(Wish { cover: has("cover"), locations: (!all).then_some(ticked) })
    }
}

/// The locations it may run at, by name.
fn fitting(clinic: &Clinic, serves: For) -> Vec<(LocationId, String)> {
    let fits = |has_emr| match serves {
        For::Both => true,
        For::Emr => has_emr,
        For::NoEmr => !has_emr,
    };
    let mut all: Vec<_> =
        clinic.locations.values().filter(|l| fits(l.has_emr)).map(|l| (l.id, l.name.clone())).collect();
    all.sort_by(|a, b| a.1.cmp(&b.1));
    all
}

/// Whether it goes by visits that may be booked long before it is switched on.
pub fn looks_ahead(workflow: &Workflow) -> bool {
    workflow.trigger.events.iter().any(|event| event.is_of_a_visit_ahead())
}

/// `GET /workflows/{key}/activation`
pub async fn show(State(web): State<Web>, actor: Actor, Path(key): Path<String>) -> Result<Html<String>, WebError> {
    actor.may(Permission::SwitchWorkflows)?;
    render::html(&page(&web, &actor, &key, Wish::default(), None).await?)
}

async fn page(
    web: &Web,
    actor: &Actor,
    key: &str,
    wish: Wish,
    error: Option<&str>,
) -> Result<ActivationPage, WebError> {
    let mut tx = actor.begin(web).await?;
    let clinic = tx.clinic().await?.clinic;
    let all = web.roof.workflows(&mut tx).await?;
    let published = all.0.get(key).ok_or(WebError::not_found("workflow"))?;
    let (_, workflow) = published.current().ok_or(WebError::not_found("workflow"))?;
    let is_active = published.activation_at(web.roof.now()).is_some();
    let pending = tx.step_counts(key).await?.pending;
    let since = if is_active { None } else { since(&mut tx, published, workflow).await? };
    let cast = cast(web, &mut tx, key, workflow).await?;
    drop(tx);
    let (rows, cover) =
        if is_active { (vec![], None) } else { counts(web, actor, &clinic, key, workflow, &wish, &cast).await? };
    let waits = usize::try_from(pending).unwrap_or(0);
    let waiting = effects::count(waits, "planned step");
    let verb = if waits == 1 { "waits" } else { "wait" };
    let places = fitting(&clinic, workflow.serves);
    let ticked = |id| wish.locations.as_ref().is_none_or(|list| list.contains(id));
    let title = workflow.title.clone();
    Ok(ActivationPage {
        frame: actor.frame(
            web,
            &clinic,
            &format!("Switch {} {title}", if is_active { "off" } else { "on" }),
            Nav::Workflows,
        ),
        key: key.to_owned(),
        title,
        is_active,
        waits: match (waits, is_active) {
            (0, true) => "Nothing is planned at the moment. What happens while it is off starts nothing.".into(),
            (0, false) => "Nothing waits. It starts with the next event of its kind.".into(),
            (_, true) => format!(
                "{waiting} {verb} until it is switched on again: nothing goes out. What is then too late is skipped."
            ),
            (_, false) => format!("{waiting} {verb}. Each is looked at as it is switched on:"),
        },
        rows,
        since,
        cover,
        locations: if is_active || places.len() < 2 {
            vec![]
        } else {
            places
                .iter()
                .map(|(id, name)| Choice { chosen: ticked(id), ..Choice::new(&id.to_string(), name) })
                .collect()
        },
        error: error.map(str::to_owned),
    })
}

/// Whose plans could change.
async fn cast(web: &Web, tx: &mut OrgTx, key: &str, workflow: &Workflow) -> Result<Vec<PatientId>, WebError> {
    let mut cast: BTreeSet<PatientId> = tx.patients_in_flight(key).await?.into_iter().collect();
    if looks_ahead(workflow) {
        cast.extend(tx.patients_with_visits_ahead(web.roof.now()).await?);
    }
    Ok(cast.into_iter().collect())
}

/// What becomes of what waits, and what covering the visits already booked would bring.
async fn counts(
    web: &Web,
    actor: &Actor,
    clinic: &Clinic,
    key: &str,
    workflow: &Workflow,
    wish: &Wish,
    cast: &[PatientId],
) -> Result<(Vec<EffectRow>, Option<Cover>), WebError> {
    let with = |cover| {
        let locations = wish.locations.clone();
        WhatIf::Activated(Activation { cover, locations, ..Activation::open(web.roof.now()) })
    };
    let looks = outlooks(&web.roof, actor.organization, key, cast, &[with(false), with(true)]).await?;
    let order = || workflow.steps.iter().map(|s| s.id.as_str());
    let (plain, covered) = (looks.first().cloned().unwrap_or_default(), looks.get(1).cloned().unwrap_or_default());
    let rows = effects::rows(clinic, &plain, order());
    let cover = looks_ahead(workflow).then(|| {
        let more = Outlook { steps: covered.begun.clone(), ..covered.clone() };
        Cover {
            chosen: wish.cover,
            runs: match covered.begin {
                0 => "No visit is booked that it could cover.".into(),
                1 => "1 run would begin for a visit that is already booked.".into(),
                some => format!("{some} runs would begin for visits that are already booked."),
            },
            messages: effects::messages(&covered),
            rows: effects::rows(clinic, &more, order()),
        }
    });
    Ok((rows, cover))
}

/// What happened while it was off.
async fn since(tx: &mut OrgTx, published: &Published, workflow: &Workflow) -> Result<Option<String>, WebError> {
    let Some(off) = published.activations.iter().filter_map(|a| a.until).max() else { return Ok(None) };
    let kinds: Vec<String> = workflow.trigger.events.iter().map(|e: &EventKind| e.code().to_owned()).collect();
    let events = usize::try_from(tx.events_since(&kinds, off).await?).unwrap_or(0);
    Ok((events > 0).then(|| {
        let these = if events == 1 { "It starts" } else { "They start" };
        format!("{} of its kind came since it was switched off. {these} nothing.", effects::count(events, "event"))
    }))
}

/// `POST /workflows/{key}/activation`
pub async fn on(
    State(web): State<Web>,
    actor: Actor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Posted(fields): Posted<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    actor.may(Permission::SwitchWorkflows)?;
    web.let_time_pass().await?;
    let mut tx = actor.begin(&web).await?;
    tx.change_workflows().await?;
    let clinic = tx.clinic().await?.clinic;
    let all = web.roof.workflows(&mut tx).await?;
    let (_, workflow) = all.0.get(&key).and_then(Published::current).ok_or(WebError::not_found("workflow"))?;
    let wish = match Wish::read(&fields, &fitting(&clinic, workflow.serves)) {
        Ok(wish) => wish,
        Err(error) => {
            drop(tx);
            let page = page(&web, &actor, &key, Wish::default(), Some(error)).await?;
            return Ok((StatusCode::BAD_REQUEST, render::html(&page)?).into_response());
        }
    };
    if fields.iter().any(|(key, value)| key == "then" && value == "count") {
        drop(tx);
        return Ok(render::html(&page(&web, &actor, &key, wish, None).await?)?.into_response());
    }
    let now = web.roof.now();
    let cover = wish.cover && looks_ahead(workflow);
    let activation = Activation { cover, locations: wish.locations, ..Activation::open(now) };
    // Pressed twice it stays as it is: what is asked for is the state, not the change.
    let turned = tx.activate(&key, web.roof.new_id(), Some(actor.staff), &activation).await?;
    if turned && cover {
        let ahead = tx.patients_with_visits_ahead(now).await?;
        tx.wake_patients(&ahead, now).await?;
    }
    tx.commit().await?;
    web.settle().await?;
    Ok(see_on(&headers, &key, &Said::SwitchedOn))
}

/// `DELETE /workflows/{key}/activation`
pub async fn off(
    State(web): State<Web>,
    actor: Actor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Result<Response, WebError> {
    actor.may(Permission::SwitchWorkflows)?;
    web.let_time_pass().await?;
    let mut tx = actor.begin(&web).await?;
    if !tx.workflow_bodies().await?.iter().any(|body| body.key == key) {
        return Err(WebError::not_found("workflow"));
    }
    tx.deactivate(&key, Some(actor.staff), web.roof.now()).await?;
    tx.commit().await?;
    web.settle().await?;
    Ok(see_on(&headers, &key, &Said::SwitchedOff))
}

/// Back to the list or to the workflow's page, whichever it came from.
fn see_on(headers: &HeaderMap, key: &str, said: &Said) -> Response {
    let own = format!("/workflows/{key}");
    let from_its_page = clock::back(headers).starts_with(&own);
    render::see(if from_its_page { &own } else { "/workflows" }, Some(said))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn place(number: u128) -> LocationId {
        LocationId(Uuid::from_u128(number))
    }

    fn wish(fields: &[(&str, &str)]) -> Result<Wish, &'static str> {
        let fields: Vec<_> = fields.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        Wish::read(&fields, &[(place(1), "Main Street".into()), (place(2), "Lakeside".into())])
    }

    #[test]
    fn the_switch_of_the_list_means_every_location() {
        assert_eq!(wish(&[("csrf", "x")]).unwrap().locations, None);
    }

    #[test]
    fn all_ticked_means_those_to_come_too_and_some_means_these() {
        let (one, two) = (place(1).to_string(), place(2).to_string());
        let all = wish(&[("choose", "yes"), ("location", &one), ("location", &two)]).unwrap();
        assert_eq!(all.locations, None);
        let some = wish(&[("choose", "yes"), ("location", &two), ("cover", "yes")]).unwrap();
        assert_eq!((some.locations, some.cover), (Some([place(2)].into()), true));
    }

    #[test]
    fn none_ticked_or_only_one_that_does_not_fit_is_refused() {
        assert!(wish(&[("choose", "yes")]).is_err());
        assert!(wish(&[("choose", "yes"), ("location", &place(9).to_string())]).is_err());
    }
}
