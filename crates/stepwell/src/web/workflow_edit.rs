//! A workflow edited on a page: look at the text, and go on to what publishing it does.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use care::chart::Clinic;
use care::workflow::{InFlight, Workflow};
use pages::Nav;
use pages::staff::{EditWorkflow, Field, Findings};
use serde::Deserialize;
use store::{OrgTx, WorkflowBody};

use super::actor::Actor;
use super::error::WebError;
use super::form::Posted;
use super::permission::Permission;
use super::workflow_check::{self, Checked};
use super::{Web, on_call, render, workflow_publish};
use crate::runner::publish::Own;

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
}

impl Edited {
    /// A browser ends lines in its own way.
    fn text(&self) -> String {
        self.text.replace("\r\n", "\n")
    }
}

/// The newest version of a workflow.
pub(super) async fn newest(tx: &mut OrgTx, key: &str) -> Result<Option<WorkflowBody>, WebError> {
    Ok(tx.workflow_bodies().await?.into_iter().rfind(|body| body.key == key))
}

pub async fn show(State(web): State<Web>, actor: Actor, Path(key): Path<String>) -> Result<Html<String>, WebError> {
    actor.may(Permission::EditWorkflows)?;
    let mut tx = actor.begin(&web).await?;
    let clinic = tx.clinic().await?.clinic;
    let body = newest(&mut tx, &key).await?.ok_or(WebError::not_found("workflow"))?;
    render::html(&edit_page(&web, &actor, &clinic, &body, None))
}

pub(super) fn edit_page(
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
    if workflow.is_some() && fine && edited.then == "publish" {
        still_newest(edited.base, &body)?;
        return workflow_publish::count(&web, &actor, &key, body.version, text).await;
    }
    let page = edit_page(&web, &actor, &clinic, &body, Some(checked.findings));
    let status = if fine { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, render::html(&EditWorkflow { text, base: edited.base, ..page })?).into_response())
}

pub(super) async fn checked(web: &Web, tx: &mut OrgTx, key: &str, text: &str) -> Result<Checked, WebError> {
    let own = web.roof.own_messages(tx).await?;
    let mut checked = workflow_check::check(&web.roof, &own, key, text).await;
    if let Some(workflow) = &checked.workflow {
        let circle = workflow_check::circle(&web.roof.workflows(tx).await?, key, workflow);
        let harm = on_call::refusal(tx, workflow, web.roof.now()).await?;
        checked.findings.problem = checked.findings.problem.or(circle).or(harm);
    }
    Ok(checked)
}

/// Two people may edit at once: the second is told.
pub(super) fn still_newest(base: u32, newest: &WorkflowBody) -> Result<(), WebError> {
    if base == newest.version {
        return Ok(());
    }
    Err(WebError::conflict(format!(
        "Version {} was published meanwhile. Copy your text, open the workflow's editor again, and bring the two together.",
        newest.version
    )))
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
        let (text, by) = (text.as_str(), Some(actor.staff));
        let own = Own { key, text, workflow, base: 0, in_flight: InFlight::Stay, by };
        return workflow_publish::put(&web, &actor, own, None).await;
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
