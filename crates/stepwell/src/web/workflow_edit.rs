//! A workflow edited on a page: look at the text, see what publishing does, publish.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use care::chart::Clinic;
use care::workflow::{InFlight, Workflow};
use pages::Nav;
use pages::staff::{EditWorkflow, EffectChoice, Field, Findings, PublishWorkflow};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use store::{OrgTx, WorkflowBody};

use super::actor::Actor;
use super::error::WebError;
use super::flash::Said;
use super::form::Posted;
use super::permission::Permission;
use super::workflow_check::{self, Checked};
use super::{Web, effects, render};
use crate::runner::outlook::{Outlook, WhatIf, outlooks};
use crate::runner::publish::{Own, publish_own};

/// What a new workflow begins from.
const BLANK: &str = include_str!("workflow_blank.toml");

/// The form as it is sent.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Edited {
    key: String,
    text: String,
    base: u32,
    then: String,
    /// Stands for the text whose effects were shown.
    checked: String,
    in_flight: String,
}

impl Edited {
    /// A browser ends lines in its own way.
    fn text(&self) -> String {
        self.text.replace("\r\n", "\n")
    }
}

/// The newest version of a workflow.
async fn newest(tx: &mut OrgTx, key: &str) -> Result<Option<WorkflowBody>, WebError> {
    Ok(tx.workflow_bodies().await?.into_iter().rfind(|body| body.key == key))
}

pub async fn show(State(web): State<Web>, actor: Actor, Path(key): Path<String>) -> Result<Html<String>, WebError> {
    actor.may(Permission::EditWorkflows)?;
    let mut tx = actor.begin(&web).await?;
    let clinic = tx.clinic().await?.clinic;
    let body = newest(&mut tx, &key).await?.ok_or(WebError::not_found("workflow"))?;
    render::html(&edit_page(&web, &actor, &clinic, &body, None))
}

fn edit_page(
    web: &Web,
    actor: &Actor,
    clinic: &Clinic,
    body: &WorkflowBody,
    findings: Option<Findings>,
) -> EditWorkflow {
    let title = Workflow::parse(&body.body).map_or_else(|_| body.key.clone(), |w| w.title);
    EditWorkflow {
        frame: actor.frame(web, clinic, &format!("Edit {title}"), Nav::Workflows),
        key: Some(body.key.clone()),
        key_field: Field::default(),
        title,
        base: body.version,
        shipped: body.shipped,
        text: body.body.clone(),
        findings,
    }
}

/// `POST /workflows/{key}/edit`: looks at the text; if it is fine and that was asked for, at what publishing it does.
pub async fn check(
    State(web): State<Web>,
    actor: Actor,
    Path(key): Path<String>,
    Posted(edited): Posted<Edited>,
) -> Result<Response, WebError> {
    actor.may(Permission::EditWorkflows)?;
    let text = edited.text();
    let mut tx = actor.begin(&web).await?;
    let clinic = tx.clinic().await?.clinic;
    let body = newest(&mut tx, &key).await?.ok_or(WebError::not_found("workflow"))?;
    let checked = checked(&web, &mut tx, &key, &text).await?;
    drop(tx);
    let (fine, workflow) = (checked.findings.is_fine(), checked.workflow);
    if let Some(workflow) = workflow.filter(|_| fine && edited.then == "publish") {
        still_newest(edited.base, &body)?;
        return Ok(publish_page(&web, &actor, &clinic, &body, &text, workflow).await?.into_response());
    }
    let page = edit_page(&web, &actor, &clinic, &body, Some(checked.findings));
    let status = if fine { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, render::html(&EditWorkflow { text, base: edited.base, ..page })?).into_response())
}

async fn checked(web: &Web, tx: &mut OrgTx, key: &str, text: &str) -> Result<Checked, WebError> {
    let mut checked = workflow_check::check(&web.roof, key, text).await;
    if let Some(workflow) = &checked.workflow {
        let circle = workflow_check::circle(&web.roof.workflows(tx).await?, key, workflow);
        checked.findings.problem = checked.findings.problem.or(circle);
    }
    Ok(checked)
}

/// Two people may edit at once: the second is told.
fn still_newest(base: u32, newest: &WorkflowBody) -> Result<(), WebError> {
    if base == newest.version {
        return Ok(());
    }
    Err(WebError::conflict(format!(
        "Version {} was published meanwhile. Copy your text, open the workflow's editor again, and bring the two together.",
        newest.version
    )))
}

/// Stands for a text: what was looked at is what is published.
fn mark(text: &str, base: u32) -> String {
    let digest = Sha256::new().chain_update(base.to_be_bytes()).chain_update(text).finalize();
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

async fn publish_page(
    web: &Web,
    actor: &Actor,
    clinic: &Clinic,
    body: &WorkflowBody,
    text: &str,
    workflow: Arc<Workflow>,
) -> Result<Html<String>, WebError> {
    let version = body.version + 1;
    let mut tx = actor.begin(web).await?;
    let cast = tx.patients_in_flight(&body.key).await?;
    let is_active = web.roof.workflows(&mut tx).await?.is_active(&body.key, web.roof.now());
    drop(tx);
    let ifs = InFlight::ALL.map(|in_flight| WhatIf::Published { version, workflow: workflow.clone(), in_flight });
    let looks = outlooks(&web.roof, actor.organization, &body.key, &cast, &ifs).await?;
    let order: Vec<&str> = workflow.steps.iter().map(|s| s.id.as_str()).collect();
    let runs = looks.first().map_or(0, |l| l.runs);
    let waiting = looks.first().map_or(0, |l| l.waiting);
    let choices = InFlight::ALL.into_iter().zip(&looks).filter(|_| runs > 0);
    let choices = choices.map(|(in_flight, look)| choice(clinic, in_flight, look, version, &order)).collect();
    let title = workflow.title.clone();
    render::html(&PublishWorkflow {
        frame: actor.frame(web, clinic, &format!("Publish version {version} of {title}"), Nav::Workflows),
        key: body.key.clone(),
        title,
        base: body.version,
        version,
        text: text.to_owned(),
        checked: mark(text, body.version),
        runs: match runs {
            0 => "No run is in flight.".to_owned(),
            1 => format!("1 run is in flight, {waiting} of them with steps to come."),
            _ => format!("{runs} runs are in flight, {waiting} of them with steps to come."),
        },
        is_active,
        choices,
    })
}

fn choice(clinic: &Clinic, in_flight: InFlight, look: &Outlook, version: u32, order: &[&str]) -> EffectChoice {
    let withdrawn = match look.withdrawn {
        0 => String::new(),
        some => format!(" {} that had not gone out: withdrawn.", effects::count(some, "message")),
    };
    let runs = effects::count(look.runs, "run");
    let (label, about) = match in_flight {
        InFlight::Stay => ("They stay with their version", format!("{runs}: each goes on as it began.")),
        InFlight::Move => (
            "They move to the new version",
            format!(
                "{runs}: from now on by version {version}. Steps are matched by their id; what was given is not given again.{withdrawn}"
            ),
        ),
        InFlight::Stop => ("They stop", format!("{runs}: nothing more of them goes out.{withdrawn}")),
    };
    EffectChoice {
        code: in_flight.code(),
        label,
        about,
        rows: effects::rows(clinic, look, order.iter().copied()),
        chosen: in_flight == InFlight::Stay,
    }
}

/// `POST /workflows/{key}/versions`
pub async fn publish(
    State(web): State<Web>,
    actor: Actor,
    Path(key): Path<String>,
    Posted(edited): Posted<Edited>,
) -> Result<Response, WebError> {
    actor.may(Permission::EditWorkflows)?;
    let text = edited.text();
    web.let_time_pass().await?;
    let mut tx = actor.begin(&web).await?;
    let clinic = tx.clinic().await?.clinic;
    let body = newest(&mut tx, &key).await?.ok_or(WebError::not_found("workflow"))?;
    let shown = EditWorkflow { text: text.clone(), base: edited.base, ..edit_page(&web, &actor, &clinic, &body, None) };
    if edited.then == "edit" {
        return Ok(render::html(&shown)?.into_response());
    }
    still_newest(edited.base, &body)?;
    let checked = checked(&web, &mut tx, &key, &text).await?;
    let Some(workflow) = checked.workflow.filter(|_| checked.findings.is_fine()) else {
        let page = EditWorkflow { findings: Some(checked.findings), ..shown };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, render::html(&page)?).into_response());
    };
    if edited.checked != mark(&text, body.version) {
        drop(tx);
        return Ok(publish_page(&web, &actor, &clinic, &body, &text, workflow).await?.into_response());
    }
    let in_flight = edited.in_flight.parse().map_err(WebError::bad_form)?;
    drop(tx);
    put(&web, &actor, &key, &text, workflow, body.version, in_flight).await
}

/// Publishes in a transaction of its own, which asks about circles once more: nobody else publishes meanwhile.
async fn put(
    web: &Web,
    actor: &Actor,
    key: &str,
    text: &str,
    workflow: Arc<Workflow>,
    base: u32,
    in_flight: InFlight,
) -> Result<Response, WebError> {
    let mut tx = actor.begin(web).await?;
    tx.change_workflows().await?;
    if let Some(circle) = workflow_check::circle(&web.roof.workflows(&mut tx).await?, key, &workflow) {
        return Err(WebError::conflict(circle));
    }
    let own = Own { key, text, workflow, base, in_flight, by: Some(actor.staff) };
    if publish_own(&web.roof, &mut tx, own).await?.is_none() {
        return Err(WebError::conflict("Another version was published meanwhile. Open the workflow's editor again."));
    }
    tx.commit().await?;
    web.settle().await?;
    Ok(render::see(&format!("/workflows/{key}"), Some(&Said::Published)))
}

pub async fn new(State(web): State<Web>, actor: Actor) -> Result<Html<String>, WebError> {
    actor.may(Permission::EditWorkflows)?;
    let clinic = actor.begin(&web).await?.clinic().await?.clinic;
    render::html(&new_page(&web, &actor, &clinic, BLANK, Field::default(), None))
}

fn new_page(
    web: &Web,
    actor: &Actor,
    clinic: &Clinic,
    text: &str,
    key_field: Field,
    findings: Option<Findings>,
) -> EditWorkflow {
    EditWorkflow {
        frame: actor.frame(web, clinic, "New workflow", Nav::Workflows),
        key: None,
        key_field,
        title: String::new(),
        base: 0,
        shipped: false,
        text: text.to_owned(),
        findings,
    }
}

/// `POST /workflows/new`
pub async fn create(
    State(web): State<Web>,
    actor: Actor,
    Posted(edited): Posted<Edited>,
) -> Result<Response, WebError> {
    actor.may(Permission::EditWorkflows)?;
    let text = edited.text();
    let mut tx = actor.begin(&web).await?;
    let clinic = tx.clinic().await?.clinic;
    let key = edited.key.trim();
    let taken = newest(&mut tx, key).await?.is_some();
    let wrong = match () {
        () if !is_key(key) => Some("Write the key with lower-case letters, digits and hyphens, 2 to 60 of them."),
        () if taken => Some("There is a workflow of that key. Choose another, or edit that one."),
        () => None,
    };
    let checked = checked(&web, &mut tx, key, &text).await?;
    drop(tx);
    let fine = wrong.is_none() && checked.findings.is_fine();
    if let Some(workflow) = checked.workflow.filter(|_| fine && edited.then == "publish") {
        web.let_time_pass().await?;
        return put(&web, &actor, key, &text, workflow, 0, InFlight::Stay).await;
    }
    let field = wrong.map_or_else(|| Field::value(key), |wrong| Field::wrong(key, wrong));
    let page = new_page(&web, &actor, &clinic, &text, field, Some(checked.findings));
    let status = if fine { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, render::html(&page)?).into_response())
}

/// A key is part of an address, and stands in files.
fn is_key(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (2..=60).contains(&text.len()) && text.bytes().all(plain) && !["new", "schematic"].contains(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_lower_case_and_no_page_of_its_own() {
        assert!(is_key("knee-check-2"));
        for bad in ["", "k", "Knee", "knee check", "knee/check", "new", "schematic", "knéé"] {
            assert!(!is_key(bad), "{bad}");
        }
    }

    #[test]
    fn what_a_new_workflow_begins_from_is_a_workflow() {
        assert!(Workflow::parse(BLANK).is_ok());
    }
}
