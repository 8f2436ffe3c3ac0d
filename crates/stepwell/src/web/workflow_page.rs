//! One workflow: what it is set to do, what it did, and its switch.

use care::workflow::{Activation, Workflow};
use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{Html, Response};
use care::chart::Clinic;
use care::id::PatientId;
use pages::Nav;
use pages::charts::timeline;
use pages::staff::{DecisionRow, RunCounts, WorkflowPage};
use store::StepCounts;

use super::actor::Actor;
use super::error::WebError;
use super::flash::Said;
use super::permission::Permission;
use super::{Web, enrolments, render, times, words, workflow_words, workflows};

/// Decisions shown, newest first.
const RECENT: i64 = 50;

pub async fn show(State(web): State<Web>, actor: Actor, Path(key): Path<String>) -> Result<Html<String>, WebError> {
    actor.may(Permission::SeeWorkflows)?;
    let mut tx = actor.begin(&web).await?;
    let clinic = tx.clinic().await?.clinic;
    let all = web.roof.workflows(&mut tx).await?;
    let published = all.0.get(&key).ok_or(WebError::not_found("workflow"))?;
    let (version, workflow) = published.current().ok_or(WebError::not_found("workflow"))?;
    let status = workflows::status(published, web.roof.now());
    let counts = tx.step_counts(&key).await?;
    let decisions = tx.decisions(None, Some(&key), RECENT).await?;
    let patients: Vec<PatientId> = decisions.iter().map(|d| d.patient).collect();
    let names = tx.patient_names(&patients).await?;
    let names: BTreeMap<_, _> =
        names.into_iter().map(|(id, given, family)| (id, words::full_name(&given, &family))).collect();
    let number = |n: i64| u64::try_from(n).unwrap_or(0);
    render::html(&WorkflowPage {
        frame: actor.frame(&web, &clinic, &workflow.title, Nav::Workflows),
        title: workflow.title.clone(),
        about: workflow.summary.clone().unwrap_or_default(),
        kind: workflow_words::kind(workflow.kind),
        fit: workflow_words::fit(workflow.serves),
        scope: workflows::scope(&key),
        version: version.to_string(),
        status,
        switch_effect: switch_effect(status.is_active(), counts),
        patient_group: workflow_words::group_lines(&workflow.group),
        trigger: workflow_words::trigger_events(&workflow.trigger),
        trigger_filter: workflow_words::trigger_filter(&workflow.trigger),
        repeat: workflow_words::repeat(workflow),
        timeline: timeline(&workflow_words::marked(workflow), &workflow_words::labels(&workflow.trigger)),
        steps: workflow.steps.iter().map(|step| workflow_words::step_row(workflow, step)).collect(),
        counts: RunCounts {
            open: number(counts.open_runs),
            performed: number(counts.performed),
            skipped: number(counts.skipped),
        },
        decisions: decisions.iter().map(|row| decision_row(row, &names, &clinic)).collect(),
        enrol: enrol_path(&key, workflow, &actor),
        id: key,
    })
}

/// For those who may make lists.
fn enrol_path(key: &str, workflow: &Workflow, actor: &Actor) -> Option<String> {
    let may = enrolments::is_by_hand(workflow) && actor.may(Permission::EnrolLists).is_ok();
    may.then(|| format!("/workflows/{key}/enrol"))
}

fn switch_effect(is_active: bool, counts: StepCounts) -> String {
    let steps = match counts.pending {
        1 => "1 planned step".to_owned(),
        some => format!("{some} planned steps"),
    };
    match (is_active, counts.pending) {
        (true, 0) => "The next event of its kind starts it. Nothing is planned at the moment.".into(),
        (true, _) => format!("If you switch it off, {steps} wait and nothing goes out until it is switched on again."),
        (false, 0) => "It starts with the next event of its kind. What happened before starts nothing.".into(),
        (false, _) => {
            format!("{steps} wait. If you switch it on, each is looked at again; what is too late is skipped.")
        }
    }
}

fn decision_row(row: &store::DecisionRow, names: &BTreeMap<PatientId, String>, clinic: &Clinic) -> DecisionRow {
    DecisionRow {
        at: times::stamp(row.at, &clinic.zone, &clinic.zone),
        patient: names.get(&row.patient).cloned().unwrap_or_else(|| words::full_name("", "")),
        patient_href: format!("/patients/{}", row.patient),
        step: row.step.clone(),
        verdict: words::verdict(&row.verdict, row.step.is_some()),
        reason: words::reason(row.reason.as_deref()),
        detail: words::detail(&row.detail, &row.tasks, &clinic.zone),
    }
}

/// `POST /workflows/{key}/activation`
pub async fn activate(
    State(web): State<Web>,
    actor: Actor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Result<Response, WebError> {
    switch(&web, &actor, &headers, &key, true).await
}

/// `DELETE /workflows/{key}/activation`
pub async fn deactivate(
    State(web): State<Web>,
    actor: Actor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Result<Response, WebError> {
    switch(&web, &actor, &headers, &key, false).await
}

async fn switch(web: &Web, actor: &Actor, headers: &HeaderMap, key: &str, on: bool) -> Result<Response, WebError> {
    actor.may(Permission::SwitchWorkflows)?;
    web.let_time_pass().await?;
    let mut tx = actor.begin(web).await?;
    if !tx.workflow_bodies().await?.iter().any(|body| body.key == key) {
        return Err(WebError::not_found("workflow"));
    }
    let (by, now) = (Some(actor.staff), web.roof.now());
    // Pressed twice it stays as it is: what is asked for is the state, not the change.
    if on {
        tx.activate(key, web.roof.new_id(), by, &Activation::open(now)).await?;
    } else {
        tx.deactivate(key, by, now).await?;
    }
    tx.commit().await?;
    web.settle().await?;
    let from_its_page = super::clock::back(headers).starts_with(&format!("/workflows/{key}"));
    let path = if from_its_page { format!("/workflows/{key}") } else { "/workflows".to_owned() };
    Ok(render::see(&path, Some(if on { &Said::SwitchedOn } else { &Said::SwitchedOff })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_switch_says_how_many_steps_it_touches() {
        let counts = StepCounts { pending: 31, ..StepCounts::default() };
        assert!(switch_effect(true, counts).contains("31 planned steps wait"));
        assert!(switch_effect(false, StepCounts { pending: 1, ..counts }).starts_with("1 planned step wait"));
        assert!(!switch_effect(true, StepCounts::default()).contains('0'));
    }
}
