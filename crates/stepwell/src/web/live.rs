//! An interface goes live: first what it has brought and what would follow, then the switch.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use care::id::InterfaceId;
use care::rehearsal::TakenUp;
use pages::Nav;
use pages::staff::{InterfaceLive, RunsLine};
use serde::Deserialize;
use store::InterfaceState;

use super::actor::Actor;
use super::error::WebError;
use super::flash::Said;
use super::form::Posted;
use super::permission::Permission;
use super::{Web, form, previews, render};
use crate::runner::preview::{Answer, Question};

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Given {
    cover: Option<String>,
    /// Stands for what was counted.
    preview: String,
    then: String,
}

pub async fn show(
    State(web): State<Web>,
    actor: Actor,
    Path(id): Path<String>,
    Query(given): Query<Given>,
) -> Result<Response, WebError> {
    actor.may(Permission::SwitchInterfaces)?;
    let id: InterfaceId = form::id(&id, "interface")?;
    let mut tx = actor.begin(&web).await?;
    let feeds = tx.interfaces().await?;
    let feed = feeds.into_iter().find(|feed| feed.id == id).ok_or(WebError::not_found("interface"))?;
    if feed.state != InterfaceState::Loading {
        return Err(WebError::conflict("The interface is live already."));
    }
    let waiting = tx.inbox_counts().await?.iter().find(|c| c.interface == id).map_or(0, |c| c.waiting);
    let (patients, with_visit, visits) = tx.loaded_counts(id, web.roof.now()).await?;
    let clinic = tx.clinic().await?.clinic;
    let all = web.roof.workflows(&mut tx).await?.0;
    drop(tx);
    let question = Question::GoLive { interface: id };
    let known = previews::kept(&web, &actor, &given.preview, |asked| *asked == question).await?;
    let shown = match known {
        Some(shown) => shown,
        None => previews::open(&web, &actor, question).await?,
    };
    let taken = if let Some(Answer::TakenUp(taken)) = shown.answer() { taken.clone() } else { TakenUp::default() };
    let title = |key: &str| all.get(key).and_then(|p| p.current()).map(|(_, w)| w.title.clone());
    let runs = taken.runs.iter().map(|(key, runs)| RunsLine {
        workflow: title(key).unwrap_or_else(|| key.clone()),
        href: format!("/workflows/{key}"),
        runs: *runs,
    });
    let page = render::html(&InterfaceLive {
        frame: actor.frame(&web, &clinic, &format!("{} goes live", feed.name), Nav::Refused),
        id: id.to_string(),
        name: feed.name,
        patients,
        with_visit,
        visits,
        waiting,
        preview: shown.id.to_string(),
        covers: given.cover.is_some(),
        counting: shown.counting(&clinic),
        runs: runs.collect(),
        messages: taken.messages.values().sum(),
    })?;
    Ok(page.into_response())
}

pub async fn go(
    State(web): State<Web>,
    actor: Actor,
    Path(id): Path<String>,
    Posted(given): Posted<Given>,
) -> Result<Response, WebError> {
    actor.may(Permission::SwitchInterfaces)?;
    let id: InterfaceId = form::id(&id, "interface")?;
    if !actor.begin(&web).await?.interfaces().await?.iter().any(|feed| feed.id == id) {
        return Err(WebError::not_found("interface"));
    }
    let question = Question::GoLive { interface: id };
    if given.then == "count" {
        let preview = previews::ask(&web, &actor, &question).await?;
        let cover = if given.cover.is_some() { "&cover=yes" } else { "" };
        return Ok(render::see(&format!("/interfaces/{id}/live?preview={preview}{cover}"), None));
    }
    let cover = given.cover.is_some();
    web.let_time_pass().await?;
    let mut tx = actor.begin(&web).await?;
    tx.change_workflows().await?;
    if cover {
        previews::still_holds(&web, &mut tx, &given.preview, |asked| *asked == question).await?;
    }
    if !tx.start_live(id, cover, web.roof.now()).await? {
        return Err(WebError::conflict("The interface is live already."));
    }
    tx.commit().await?;
    web.settle().await?;
    Ok(render::see("/interfaces", Some(if cover { &Said::GoingLive } else { &Said::WentLive })))
}

pub async fn load_again(State(web): State<Web>, actor: Actor, Path(id): Path<String>) -> Result<Response, WebError> {
    actor.may(Permission::SwitchInterfaces)?;
    let mut tx = actor.begin(&web).await?;
    if !tx.load_again(form::id(&id, "interface")?).await? {
        return Err(WebError::not_found("interface"));
    }
    tx.commit().await?;
    Ok(render::see("/interfaces", Some(&Said::LoadsAgain)))
}
