//! What publishing a version does, counted, and then the publishing.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use care::chart::Clinic;
use care::rehearsal::Outlook;
use care::workflow::{InFlight, Workflow};
use pages::Nav;
use pages::staff::{EditWorkflow, EffectChoice, PublishWorkflow};
use serde::Deserialize;
use store::PreviewId;

use super::actor::Actor;
use super::error::WebError;
use super::flash::Said;
use super::form::Posted;
use super::permission::Permission;
use super::previews::{self, Shown};
use super::workflow_edit::{checked, edit_page, newest, still_newest};
use super::{Web, effects, form, on_call, render, workflow_check};
use crate::runner::preview::{Answer, Question};
use crate::runner::publish::{Own, publish_own};

/// The form of the page that was counted for.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Confirmed {
    preview: String,
    then: String,
    in_flight: String,
}

/// Counts what publishing this text does, and goes on to the page that says it.
pub(super) async fn count(web: &Web, actor: &Actor, key: &str, base: u32, text: String) -> Result<Response, WebError> {
    let question = Question::Publish { key: key.to_owned(), base, text };
    let id = previews::ask(web, actor, &question).await?;
    Ok(render::see(&format!("/workflows/{key}/previews/{id}"), None))
}

/// What was asked about a text of this workflow: the version it begins from, and the text.
async fn asked(web: &Web, actor: &Actor, key: &str, id: &str) -> Result<(Shown, u32, String), WebError> {
    let id: PreviewId = form::id(id, "preview")?;
    let shown = previews::look(web, actor, id).await?.ok_or(WebError::not_found("preview"))?;
    match &shown.question {
        Question::Publish { key: of, base, text } if of == key => {
            let (base, text) = (*base, text.clone());
            Ok((shown, base, text))
        }
        Question::Publish { .. }
        | Question::SwitchOn { .. }
        | Question::SwitchOff { .. }
        | Question::GoLive { .. }
        | Question::Rehearse { .. } => Err(WebError::not_found("preview")),
    }
}

/// `GET /workflows/{key}/previews/{preview}`
pub async fn show(
    State(web): State<Web>,
    actor: Actor,
    Path((key, id)): Path<(String, String)>,
) -> Result<Html<String>, WebError> {
    actor.may(Permission::EditWorkflows)?;
    let (shown, base, text) = asked(&web, &actor, &key, &id).await?;
    let mut tx = actor.begin(&web).await?;
    let clinic = tx.clinic().await?.clinic;
    let is_active = web.roof.workflows(&mut tx).await?.is_active(&key, web.roof.now());
    drop(tx);
    let version = base.saturating_add(1);
    let workflow = Workflow::parse(&text).map_err(|error| WebError::internal(&error))?;
    let order: Vec<&str> = workflow.steps.iter().map(|s| s.id.as_str()).collect();
    let looks = if let Some(Answer::Outlooks(looks)) = shown.answer() { looks.as_slice() } else { &[] };
    let (runs, waiting) = looks.first().map_or((0, 0), |look| (look.runs, look.waiting));
    let choices = InFlight::ALL.into_iter().zip(looks).filter(|_| runs > 0);
    let choices = choices.map(|(in_flight, look)| choice(&clinic, in_flight, look, version, &order)).collect();
    let title = workflow.title.clone();
    render::html(&PublishWorkflow {
        frame: actor.frame(&web, &clinic, &format!("Publish version {version} of {title}"), Nav::Workflows),
        key,
        title,
        version,
        text,
        preview: id,
        counting: shown.counting(&clinic),
        runs: match runs {
            _ if looks.is_empty() => String::new(),
            0 => "No run is in flight.".to_owned(),
            1 => format!("1 run is in flight, {waiting} of them with steps to come."),
            _ => format!("{runs} runs are in flight, {waiting} of them with steps to come."),
        },
        is_active,
        choices,
    })
}

fn choice(clinic: &Clinic, in_flight: InFlight, look: &Outlook, version: u32, order: &[&str]) -> EffectChoice {
    let mut more = match look.withdrawn {
        0 => String::new(),
        some => format!(" {} that had not gone out: withdrawn.", effects::count(some, "message")),
    };
    if look.resumed > 0 {
        more += &format!(" {} that had ended: goes on again.", effects::count(look.resumed, "run"));
    }
    let runs = effects::count(look.runs, "run");
    let (label, about) = match in_flight {
        InFlight::Stay => ("They stay with their version", format!("{runs}: each goes on as it began.{more}")),
        InFlight::Move => (
            "They move to the new version",
            format!(
                "{runs}: from now on by version {version}. Steps are matched by their id; what was given is not given again.{more}"
            ),
        ),
        InFlight::Stop => {
            ("They stop", format!("{}: nothing more of them goes out.{more}", effects::count(look.stopped, "run")))
        }
    };
    EffectChoice {
        code: in_flight.code(),
        label,
        about,
        rows: effects::rows(clinic, look, order.iter().copied()),
        chosen: in_flight == InFlight::Stay,
    }
}

/// `POST /workflows/{key}/previews/{preview}`: counts the same text again, after the version it began from.
pub async fn count_again(
    State(web): State<Web>,
    actor: Actor,
    Path((key, id)): Path<(String, String)>,
) -> Result<Response, WebError> {
    actor.may(Permission::EditWorkflows)?;
    let (_, base, text) = asked(&web, &actor, &key, &id).await?;
    count(&web, &actor, &key, base, text).await
}

/// `POST /workflows/{key}/versions`
pub async fn publish(
    State(web): State<Web>,
    actor: Actor,
    Path(key): Path<String>,
    Posted(confirmed): Posted<Confirmed>,
) -> Result<Response, WebError> {
    actor.may(Permission::EditWorkflows)?;
    let (_, base, text) = asked(&web, &actor, &key, &confirmed.preview).await?;
    web.let_time_pass().await?;
    let mut tx = actor.begin(&web).await?;
    let clinic = tx.clinic().await?.clinic;
    let body = newest(&mut tx, &key).await?.ok_or(WebError::not_found("workflow"))?;
    let shown = EditWorkflow { text: text.clone(), base, ..edit_page(&web, &actor, &clinic, &body, None) };
    if confirmed.then == "edit" {
        return Ok(render::html(&shown)?.into_response());
    }
    still_newest(base, &body)?;
    let checked = checked(&web, &mut tx, &key, &text).await?;
    drop(tx);
    let Some(workflow) = checked.workflow.filter(|_| checked.findings.is_fine()) else {
        let page = EditWorkflow { findings: Some(checked.findings), ..shown };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, render::html(&page)?).into_response());
    };
    if confirmed.then == "count" {
        return count(&web, &actor, &key, base, text).await;
    }
    let in_flight = confirmed.in_flight.parse().map_err(WebError::bad_form)?;
    let own = Own { key: &key, text: &text, workflow, base, in_flight, by: Some(actor.staff) };
    put(&web, &actor, own, Some(&confirmed.preview)).await
}

/// Publishes in a transaction of its own, which asks about circles once more: nobody else publishes meanwhile.
pub(super) async fn put(web: &Web, actor: &Actor, own: Own<'_>, counted: Option<&str>) -> Result<Response, WebError> {
    let mut tx = actor.begin(web).await?;
    tx.change_workflows().await?;
    if let Some(counted) = counted {
        previews::still_holds(web, &mut tx, counted, |_| true).await?;
    }
    if let Some(circle) = workflow_check::circle(&web.roof.workflows(&mut tx).await?, own.key, &own.workflow) {
        return Err(WebError::conflict(circle));
    }
    if let Some(harm) = on_call::refusal(&mut tx, &own.workflow, web.roof.now()).await? {
        return Err(WebError::conflict(harm));
    }
    let key = own.key;
    if publish_own(&web.roof, &mut tx, own).await?.is_none() {
        return Err(WebError::conflict("Another version was published meanwhile. Open the workflow's editor again."));
    }
    tx.commit().await?;
    web.settle().await?;
    Ok(render::see(&format!("/workflows/{key}"), Some(&Said::Published)))
}
