//! Systems beside ours that a step may call.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use care::workflow::task::is_webhook_name;
use delivery::Outcome;
use delivery::webhook::Endpoint;
use pages::Nav;
use pages::staff::{Field, WebhookLine, WebhookNews, Webhooks};
use serde::Deserialize;
use store::{WebhookId, WebhookRow};

use super::actor::Actor;
use super::error::WebError;
use super::flash::Said;
use super::form::Posted;
use super::permission::Permission;
use super::{Web, form, render};
use crate::runner::call;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Given {
    name: String,
    url: String,
}

/// What the page says beside the list.
#[derive(Default)]
struct Beside {
    given: Given,
    wrong: [Option<String>; 2],
    news: Option<WebhookNews>,
}

/// `GET /webhooks`
pub async fn list(State(web): State<Web>, actor: Actor) -> Result<Html<String>, WebError> {
    actor.may(Permission::SetUpWebhooks)?;
    page(&web, &actor, Beside::default()).await
}

async fn page(web: &Web, actor: &Actor, beside: Beside) -> Result<Html<String>, WebError> {
    let mut tx = actor.begin(web).await?;
    let clinic = tx.clinic().await?.clinic;
    let [name, url] = beside.wrong;
    let field = |value: String, error: Option<String>| Field { value, error };
    let line = |row: WebhookRow| WebhookLine {
        href: format!("/webhooks/{}", row.id),
        name: row.name,
        url: row.url,
        active: row.active,
    };
    render::html(&Webhooks {
        frame: actor.frame(web, &clinic, "Webhooks", Nav::Workflows),
        rows: tx.webhooks().await?.into_iter().map(line).collect(),
        news: beside.news,
        new_name: field(beside.given.name, name),
        new_url: field(beside.given.url, url),
    })
}

/// `POST /webhooks`: the answer shows the secret, this once.
pub async fn add(State(web): State<Web>, actor: Actor, Posted(given): Posted<Given>) -> Result<Response, WebError> {
    actor.may(Permission::SetUpWebhooks)?;
    let (name, url) = (given.name.trim().to_owned(), given.url.trim().to_owned());
    let plain = web.roof.calls.as_ref().is_some_and(|caller| caller.allows_private());
    let wrong_name =
        (!is_webhook_name(&name)).then(|| "Up to 60 of a-z, 0-9 and -, as in patient-registry.".to_owned());
    let wrong_url = Endpoint::read(&url, plain).err().map(|e| sentence(&e.to_string()));
    let refused = |wrong| Beside { given, wrong, news: None };
    if wrong_name.is_some() || wrong_url.is_some() {
        let page = page(&web, &actor, refused([wrong_name, wrong_url])).await?;
        return Ok((StatusCode::BAD_REQUEST, page).into_response());
    }
    let row = WebhookRow { id: WebhookId(web.roof.new_id()), name: name.clone(), url, active: true };
    let mut tx = actor.begin(&web).await?;
    if !tx.add_webhook(&row, web.roof.now(), Some(actor.staff)).await? {
        drop(tx);
        let taken = "There is a webhook of this name: choose another, or remove that one.".to_owned();
        let page = page(&web, &actor, refused([Some(taken), None])).await?;
        return Ok((StatusCode::CONFLICT, page).into_response());
    }
    tx.commit().await?;
    let secret = call::secret(&web.roof, actor.organization, row.id);
    let news = Some(WebhookNews::Added { name, secret });
    Ok(page(&web, &actor, Beside { news, ..Beside::default() }).await?.into_response())
}

fn sentence(words: &str) -> String {
    let mut signs = words.chars();
    let first = signs.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default();
    format!("{first}{}.", signs.as_str())
}

/// `POST /webhooks/{webhook}/test`: a made-up event, also to one that is off.
pub async fn test(State(web): State<Web>, actor: Actor, Path(webhook): Path<String>) -> Result<Html<String>, WebError> {
    actor.may(Permission::SetUpWebhooks)?;
    let id: WebhookId = form::id(&webhook, "webhook")?;
    let rows = actor.begin(&web).await?.webhooks().await?;
    let row = rows.into_iter().find(|row| row.id == id).ok_or(WebError::not_found("webhook"))?;
    let call = call::test(&web.roof, actor.organization, &row).map_err(|e| WebError::internal(&e))?;
    let caller = web.roof.calls.as_ref().ok_or(WebError::conflict("This server makes no calls."))?;
    let (taken, words) = match caller.call(&call).await {
        Outcome::Sent { reply } => (true, reply),
        Outcome::Temporary { reply, .. } | Outcome::Permanent { reply, .. } => (false, reply),
        Outcome::Unknown => (false, "no answer came in time, or none that is HTTP".into()),
        Outcome::ChannelDown { reason } => (false, reason.to_string()),
    };
    let news = Some(WebhookNews::Tested { name: row.name, taken, words });
    page(&web, &actor, Beside { news, ..Beside::default() }).await
}

/// `POST /webhooks/{webhook}/activation`
pub async fn on(State(web): State<Web>, actor: Actor, Path(webhook): Path<String>) -> Result<Response, WebError> {
    switch(&web, &actor, &webhook, true).await
}

/// `DELETE /webhooks/{webhook}/activation`
pub async fn off(State(web): State<Web>, actor: Actor, Path(webhook): Path<String>) -> Result<Response, WebError> {
    switch(&web, &actor, &webhook, false).await
}

async fn switch(web: &Web, actor: &Actor, webhook: &str, active: bool) -> Result<Response, WebError> {
    actor.may(Permission::SetUpWebhooks)?;
    let id: WebhookId = form::id(webhook, "webhook")?;
    let mut tx = actor.begin(web).await?;
    if !tx.switch_webhook(id, active).await? {
        return Err(WebError::not_found("webhook"));
    }
    tx.commit().await?;
    Ok(render::see("/webhooks", Some(if active { &Said::WebhookOn } else { &Said::WebhookOff })))
}

/// `DELETE /webhooks/{webhook}`
pub async fn remove(State(web): State<Web>, actor: Actor, Path(webhook): Path<String>) -> Result<Response, WebError> {
    actor.may(Permission::SetUpWebhooks)?;
    let id: WebhookId = form::id(&webhook, "webhook")?;
    let mut tx = actor.begin(&web).await?;
    if !tx.remove_webhook(id).await? {
        return Err(WebError::not_found("webhook"));
    }
    tx.commit().await?;
    Ok(render::see("/webhooks", Some(&Said::WebhookRemoved)))
}
