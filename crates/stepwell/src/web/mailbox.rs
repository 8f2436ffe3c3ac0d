//! The demo's mailbox. A mail's HTML is shown in a frame that may do nothing.

use axum::extract::{Path, State};
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::{Html, IntoResponse, Response};
use pages::Nav;
use pages::staff::{MailRow, Mailbox, OpenMail};

use super::actor::Actor;
use super::error::WebError;
use super::permission::Permission;
use super::{Web, render, times};
use crate::demo::StoredMail;

pub async fn list(State(web): State<Web>, actor: Actor) -> Result<Response, WebError> {
    page(&web, &actor, None).await
}

pub async fn read(State(web): State<Web>, actor: Actor, Path(number): Path<String>) -> Result<Response, WebError> {
    let mail = find(&web, &number)?;
    page(&web, &actor, Some(mail)).await
}

pub async fn body(State(web): State<Web>, actor: Actor, Path(number): Path<String>) -> Result<Response, WebError> {
    actor.may(Permission::PlayDemo)?;
    let mail = find(&web, &number)?;
    let html = mail.mail.html.clone().ok_or(WebError::not_found("mail with HTML"))?;
    Ok(([(CONTENT_SECURITY_POLICY, pages::MAIL_BODY_CSP)], Html(html)).into_response())
}

fn all(web: &Web) -> Vec<StoredMail> {
    web.demo.as_ref().map(|demo| demo.mailbox.mails()).unwrap_or_default()
}

fn find(web: &Web, number: &str) -> Result<StoredMail, WebError> {
    let found = all(web).into_iter().find(|mail| mail.number.to_string() == number);
    found.ok_or(WebError::not_found("mail"))
}

async fn page(web: &Web, actor: &Actor, reading: Option<StoredMail>) -> Result<Response, WebError> {
    actor.may(Permission::PlayDemo)?;
    let clinic = actor.begin(web).await?.clinic().await?.clinic;
    let row = |mail: &StoredMail| MailRow {
        id: mail.number.to_string(),
        to: mail.to.clone(),
        subject: mail.mail.subject.clone(),
        when: times::short_words(mail.at, &clinic.zone),
    };
    let open = |mail: StoredMail| OpenMail {
        id: mail.number.to_string(),
        from: mail.mail.from.clone(),
        to: mail.to.clone(),
        subject: mail.mail.subject.clone(),
        when: times::clock_words(mail.at, &clinic.zone),
        text: mail.mail.text.clone().unwrap_or_default(),
        has_html: mail.mail.html.is_some(),
    };
    let page = Mailbox {
        frame: actor.frame(web, &clinic, "Mailbox", Nav::Mailbox),
        mails: all(web).iter().rev().map(row).collect(),
        reading: reading.map(open),
    };
    Ok(([(CONTENT_SECURITY_POLICY, pages::MAILBOX_CSP)], render::html(&page)?).into_response())
}
