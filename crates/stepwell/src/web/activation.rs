//! A workflow switched on and off, and what that does, counted beforehand.

use std::collections::BTreeSet;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use care::chart::{Clinic, EventKind};
use care::id::LocationId;
use care::rehearsal::Outlook;
use care::workflow::{Activation, For, Published, Workflow};
use pages::Nav;
use pages::staff::{ActivationPage, Choice, Cover, EffectRow};
use serde::Deserialize;
use store::OrgTx;

use super::actor::Actor;
use super::error::WebError;
use super::flash::Said;
use super::form::Posted;
use super::permission::Permission;
use super::{Web, clock, effects, on_call, previews, render};
use crate::runner::preview::{Answer, Question, looks_ahead};

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

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Kept {
    /// What was counted, with the locations it was counted for.
    preview: String,
    cover: Option<String>,
}

/// `GET /workflows/{key}/activation`
pub async fn show(
    State(web): State<Web>,
    actor: Actor,
    Path(key): Path<String>,
    Query(kept): Query<Kept>,
) -> Result<Html<String>, WebError> {
    actor.may(Permission::SwitchWorkflows)?;
    render::html(&page(&web, &actor, &key, &kept, None).await?)
}

/// The question of a switch of this workflow, and the locations.
fn is_of(asked: &Question, key: &str, active: bool) -> bool {
    match asked {
        Question::SwitchOn { key: of, .. } => of == key && !active,
        Question::SwitchOff { key: of } => of == key && active,
        Question::Publish { .. } | Question::GoLive { .. } | Question::Rehearse { .. } => false,
    }
}

async fn page(
    web: &Web,
    actor: &Actor,
    key: &str,
    kept: &Kept,
    error: Option<&str>,
) -> Result<ActivationPage, WebError> {
    let mut tx = actor.begin(web).await?;
    let clinic = tx.clinic().await?.clinic;
    let all = web.roof.workflows(&mut tx).await?;
    let published = all.0.get(key).ok_or(WebError::not_found("workflow"))?;
    let (_, workflow) = published.current().ok_or(WebError::not_found("workflow"))?;
    let is_active = published.activation_at(web.roof.now()).is_some();
    let since = if is_active { None } else { since(&mut tx, published, workflow).await? };
    drop(tx);
    let shown = match previews::kept(web, actor, &kept.preview, |asked| is_of(asked, key, is_active)).await? {
        Some(shown) => shown,
        None if is_active => previews::open(web, actor, Question::SwitchOff { key: key.to_owned() }).await?,
        None => previews::open(web, actor, Question::SwitchOn { key: key.to_owned(), locations: None }).await?,
    };
    let looks = if let Some(Answer::Outlooks(looks)) = shown.answer() { looks.as_slice() } else { &[] };
    let locations = if let Question::SwitchOn { locations, .. } = &shown.question { locations.clone() } else { None };
    let places = fitting(&clinic, workflow.serves);
    let ticked = |id| locations.as_ref().is_none_or(|list| list.contains(id));
    let order = || workflow.steps.iter().map(|s| s.id.as_str());
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
        preview: shown.id.to_string(),
        counting: shown.counting(&clinic),
        is_active,
        waits: looks.first().map(|look| waits(look, is_active)).unwrap_or_default(),
        rows: looks.first().map(|look| effects::rows(&clinic, look, order())).unwrap_or_default(),
        since,
        covers: kept.cover.is_some(),
        cover: looks.get(1).filter(|_| looks_ahead(workflow)).map(|covered| {
            let begun = Outlook { steps: covered.begun.clone(), ..Outlook::default() };
            cover(covered, kept.cover.is_some(), effects::rows(&clinic, &begun, order()))
        }),
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

/// What waits, in words.
fn waits(look: &Outlook, is_active: bool) -> String {
    let steps: usize = look.steps.values().map(|s| s.stay + s.move_to + s.now + s.late + s.dropped + s.ended).sum();
    let waiting = effects::count(steps, "planned step");
    let verb = if steps == 1 { "waits" } else { "wait" };
    let unsent = match look.unsent {
        0 => String::new(),
        1 => " 1 message is about to go out; if it is still off then, it ends unsent.".to_owned(),
        some => format!(" {some} messages are about to go out; those for which it is still off then end unsent."),
    };
    match (steps, is_active) {
        (0, true) => format!("Nothing is planned at the moment. What happens while it is off starts nothing.{unsent}"),
        (0, false) => "Nothing waits. It starts with the next event of its kind.".into(),
        (_, true) => format!(
            "{waiting} {verb} until it is switched on again: nothing goes out. What is then too late is skipped.{unsent}"
        ),
        (_, false) => format!("{waiting} {verb}. Each is looked at as it is switched on:"),
    }
}

/// What covering the visits already booked would bring.
fn cover(covered: &Outlook, chosen: bool, rows: Vec<EffectRow>) -> Cover {
    Cover {
        chosen,
        runs: match covered.begin {
            0 => "No visit is booked that it could cover.".into(),
            1 => "1 run would begin for a visit that is already booked.".into(),
            some => format!("{some} runs would begin for visits that are already booked."),
        },
        messages: effects::messages(&covered.messages),
        rows,
    }
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
    let clinic = tx.clinic().await?.clinic;
    let all = web.roof.workflows(&mut tx).await?;
    let (_, workflow) = all.0.get(&key).and_then(Published::current).ok_or(WebError::not_found("workflow"))?;
    let wish = match Wish::read(&fields, &fitting(&clinic, workflow.serves)) {
        Ok(wish) => wish,
        Err(error) => {
            drop(tx);
            let page = page(&web, &actor, &key, &Kept::default(), Some(error)).await?;
            return Ok((StatusCode::BAD_REQUEST, render::html(&page)?).into_response());
        }
    };
    drop(tx);
    let field = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let question = Question::SwitchOn { key: key.clone(), locations: wish.locations.clone() };
    if field("then") == Some("count") {
        let preview = previews::ask(&web, &actor, &question).await?;
        let cover = if wish.cover { "&cover=yes" } else { "" };
        return Ok(render::see(&format!("/workflows/{key}/activation?preview={preview}{cover}"), None));
    }
    let mut tx = actor.begin(&web).await?;
    tx.change_workflows().await?;
    // The list switches on what has nothing to count.
    if let Some(counted) = field("preview") {
        previews::still_holds(&web, &mut tx, counted, |asked| *asked == question).await?;
    }
    let now = web.roof.now();
    if let Some(harm) = on_call::refusal(&mut tx, workflow, now).await? {
        return Err(WebError::conflict(harm));
    }
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
