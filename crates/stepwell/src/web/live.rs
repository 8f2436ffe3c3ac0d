//! An interface goes live: first what it has brought and what would follow, then the switch.

use axum::extract::{Path, State};
use axum::response::{Html, Response};
use care::id::InterfaceId;
use pages::Nav;
use pages::staff::{InterfaceLive, RunsLine};
use serde::Deserialize;
use store::InterfaceState;

use super::actor::Actor;
use super::error::WebError;
use super::flash::Said;
use super::form::Posted;
use super::permission::Permission;
use super::{Web, form, render};
use crate::runner::{Context, live};

pub async fn show(State(web): State<Web>, actor: Actor, Path(id): Path<String>) -> Result<Html<String>, WebError> {
    actor.may(Permission::SwitchInterfaces)?;
    let id: InterfaceId = form::id(&id, "interface")?;
    let mut tx = actor.begin(&web).await?;
    let feeds = tx.interfaces().await?;
    let feed = feeds.into_iter().find(|feed| feed.id == id).ok_or(WebError::not_found("interface"))?;
    if feed.state != InterfaceState::Loading {
        return Err(WebError::conflict("The interface is live already."));
    }
    let waiting = tx.inbox_counts().await?.iter().find(|c| c.interface == id).map_or(0, |c| c.waiting);
    let preview = live::preview(&web.roof, &mut tx, id).await?;
    let context = Context::load(&web.roof, &mut tx).await?;
    let title = |key: &str| context.workflows.0.get(key).and_then(|p| p.current()).map(|(_, w)| w.title.clone());
    let runs = preview.runs.iter().map(|(key, runs)| RunsLine {
        workflow: title(key).unwrap_or_else(|| key.clone()),
        href: format!("/workflows/{key}"),
        runs: *runs,
    });
    let all = i64::try_from(preview.counted).is_ok_and(|counted| counted >= preview.with_visit);
    let partly = format!("Counted on {} of the {} patients with a visit ahead.", preview.counted, preview.with_visit);
    render::html(&InterfaceLive {
        frame: actor.frame(&web, &context.organization.clinic, &format!("{} goes live", feed.name), Nav::Refused),
        id: id.to_string(),
        name: feed.name,
        patients: preview.patients,
        with_visit: preview.with_visit,
        visits: preview.visits,
        waiting,
        runs: runs.collect(),
        messages: preview.messages,
        partly: (!all).then_some(partly),
    })
}

#[derive(Deserialize)]
pub struct Given {
    #[serde(default)]
    cover: Option<String>,
}

pub async fn go(
    State(web): State<Web>,
    actor: Actor,
    Path(id): Path<String>,
    Posted(given): Posted<Given>,
) -> Result<Response, WebError> {
    actor.may(Permission::SwitchInterfaces)?;
    let id: InterfaceId = form::id(&id, "interface")?;
    web.let_time_pass().await?;
    let cover = given.cover.is_some();
    let mut tx = actor.begin(&web).await?;
    if !tx.interfaces().await?.iter().any(|feed| feed.id == id) {
        return Err(WebError::not_found("interface"));
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
