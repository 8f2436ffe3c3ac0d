//! Deliveries whose end nobody knows: a person decides whether they go out again.

use axum::extract::{Path, State};
use axum::response::{Html, Response};
use care::chart::Channel;
use care::id::DeliveryId;
use care::workflow::Ground;
use care::workflow::work::said;
use pages::Nav;
use pages::staff::{Settle, Way};

use super::actor::Actor;
use super::error::WebError;
use super::flash::Said;
use super::permission::Permission;
use super::{Web, form, render, times, words};

pub async fn show(
    State(web): State<Web>,
    actor: Actor,
    Path(delivery): Path<String>,
) -> Result<Html<String>, WebError> {
    actor.may(Permission::SettleWork)?;
    let id: DeliveryId = form::id(&delivery, "delivery")?;
    let mut tx = actor.begin(&web).await?;
    let clinic = tx.clinic().await?.clinic;
    let held = tx.uncertain_deliveries().await?;
    let row = held.iter().find(|row| row.id == id).ok_or(WebError::not_found("delivery that waits for a decision"))?;
    let way = |route: &str, words: &str, effect: &str, primary| Way {
        action: format!("/deliveries/{id}/{route}"),
        words: words.into(),
        effect: effect.into(),
        primary,
    };
    let is_call = row.channel == Channel::Webhook.code();
    let whoever = if is_call { "The receiver" } else { "The patient" };
    let heading = "It may or may not have been sent";
    render::html(&Settle {
        frame: actor.frame(&web, &clinic, heading, Nav::Today),
        heading: heading.into(),
        since: format!("Queued {}", times::short_words(row.queued_at, &clinic.zone)),
        detail: format!(
            "{} “{}” {} {}. The connection to the {} broke after it was handed over and before the answer.",
            words::content(&row.channel),
            words::content(&row.template),
            if is_call { "about" } else { "to" },
            words::full_name(&row.given, &row.family),
            if is_call { "receiver" } else { "mail server" }
        ),
        look: Some((format!("/patients/{}", row.patient), "Open the patient".into())),
        ways: vec![
            way("resend", "Send it again", &format!("{whoever} may get it twice."), true),
            way("leave", "Leave it", &format!("{whoever} may not get it at all."), false),
        ],
    })
}

pub async fn resend(State(web): State<Web>, actor: Actor, Path(delivery): Path<String>) -> Result<Response, WebError> {
    decide(&web, &actor, &delivery, true).await
}

pub async fn leave(State(web): State<Web>, actor: Actor, Path(delivery): Path<String>) -> Result<Response, WebError> {
    decide(&web, &actor, &delivery, false).await
}

async fn decide(web: &Web, actor: &Actor, delivery: &str, again: bool) -> Result<Response, WebError> {
    actor.may(Permission::SettleWork)?;
    let id: DeliveryId = form::id(delivery, "delivery")?;
    let mut tx = actor.begin(web).await?;
    let patient = tx.delivery_patient(id).await?.ok_or(WebError::not_found("delivery"))?;
    let patient = store::patient_lock(&mut tx, patient).await?.ok_or(WebError::not_found("patient"))?;
    if !tx.decide_uncertain(id, again, web.roof.now()).await? {
        return Err(WebError::conflict("Somebody decided this already."));
    }
    if let Some(delivery) = tx.delivery(id).await?.filter(|_| !again) {
        let left = said(&delivery, vec![Ground::Left { again }], web.roof.now());
        if let Some(left) = left {
            tx.write_decision(patient, web.roof.new_id(), &left).await?;
        }
    }
    tx.commit().await?;
    web.settle().await?;
    Ok(render::see("/", Some(if again { &Said::WillResend } else { &Said::WillLeave })))
}
