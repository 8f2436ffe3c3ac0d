//! The EMR feeds: what each reads, what waits, and going live.

use axum::extract::{Path, State};
use axum::response::{Html, Response};
use care::id::InterfaceId;
use pages::Nav;
use pages::staff::{FeedState, InterfaceRow, Interfaces};
use store::{FeedRow, InboxCounts, InterfaceState};
use wire::hl7v2::Interface;

use super::actor::Actor;
use super::error::WebError;
use super::permission::Permission;
use super::{Web, feeds, form, render};

pub async fn list(State(web): State<Web>, actor: Actor) -> Result<Html<String>, WebError> {
    actor.may(Permission::SeeRefusedMessages)?;
    let mut tx = actor.begin(&web).await?;
    let clinic = tx.clinic().await?.clinic;
    let counts = tx.inbox_counts().await?;
    let heard = tx.feeds().await?;
    let rows = tx.interfaces().await?.iter().map(|feed| row(feed, &counts, &heard)).collect();
    let may_switch = actor.may(Permission::SwitchInterfaces).is_ok();
    render::html(&Interfaces { frame: actor.frame(&web, &clinic, "Interfaces", Nav::Refused), rows, may_switch })
}

pub async fn go_live(state: State<Web>, actor: Actor, id: Path<String>) -> Result<Response, WebError> {
    switch(&state.0, &actor, &id.0, InterfaceState::Live).await
}

pub async fn load_again(state: State<Web>, actor: Actor, id: Path<String>) -> Result<Response, WebError> {
    switch(&state.0, &actor, &id.0, InterfaceState::Loading).await
}

async fn switch(web: &Web, actor: &Actor, id: &str, to: InterfaceState) -> Result<Response, WebError> {
    actor.may(Permission::SwitchInterfaces)?;
    let id: InterfaceId = form::id(id, "interface")?;
    let mut tx = actor.begin(web).await?;
    if !tx.set_interface_state(id, to).await? {
        return Err(WebError::not_found("interface"));
    }
    tx.commit().await?;
    web.settle().await?;
    Ok(render::see("/interfaces", None))
}

fn row(feed: &store::InterfaceRow, counts: &[InboxCounts], heard: &[(InterfaceId, FeedRow)]) -> InterfaceRow {
    let settings: Option<Interface> = serde_json::from_value(feed.settings.clone()).ok();
    let counted = counts.iter().find(|c| c.interface == feed.id);
    let mapped = settings.as_ref().map_or_else(String::new, |s| {
        let part = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
        [
            part(s.appointment_types.len(), "appointment type"),
            part(s.providers.len(), "practitioner"),
            part(s.locations.len(), "place"),
        ]
        .join(", ")
    });
    let unheard = FeedRow::default();
    let heard = heard.iter().find(|(id, _)| *id == feed.id).map_or(&unheard, |(_, row)| row);
    let state = settings.as_ref().map_or(FeedState::Unguarded, |s| feeds::state(feed, s, heard));
    let trusts = settings.as_ref().is_some_and(|s| s.trust_offset);
    InterfaceRow {
        id: feed.id.to_string(),
        name: feed.name.clone(),
        address: feed.listen.clone(),
        live: feed.state == InterfaceState::Live,
        zone: settings.as_ref().map(|s| s.zone.clone()).unwrap_or_default(),
        offsets: if trusts { "Time offsets are trusted" } else { "Time offsets are not trusted" }.into(),
        authority: settings.and_then(|s| s.authority),
        mapped,
        waiting: counted.map_or(0, |c| c.waiting),
        refused: counted.map_or(0, |c| c.refused),
        feed: state,
    }
}
