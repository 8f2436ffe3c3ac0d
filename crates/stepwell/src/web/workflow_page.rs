//! One workflow: what it is set to do, what it did, and its switch.

use care::workflow::Workflow;
use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::Html;
use care::chart::Clinic;
use care::id::PatientId;
use pages::Nav;
use pages::charts::timeline;
use pages::staff::{DecisionRow, RunCounts, WorkflowPage};
use store::StepCounts;

use super::actor::Actor;
use super::error::WebError;
use super::permission::Permission;
use super::{Web, enrolments, history, render, times, words, workflow_words, workflows};

/// Decisions shown, newest first.
const RECENT: i64 = 50;

pub async fn show(State(web): State<Web>, actor: Actor, Path(key): Path<String>) -> Result<Html<String>, WebError> {
    actor.may(Permission::SeeWorkflows)?;
    let mut tx = actor.begin(&web).await?;
    let clinic = tx.clinic().await?.clinic;
    let all = web.roof.workflows(&mut tx).await?;
    let published = all.0.get(&key).ok_or(WebError::not_found("workflow"))?;
    let (version, workflow) = published.current().ok_or(WebError::not_found("workflow"))?;
    let now = web.roof.now();
    let status = workflows::status(published, now);
    let bodies: Vec<_> = tx.workflow_bodies().await?.into_iter().filter(|body| body.key == key).collect();
    let shipped = bodies.last().is_some_and(|body| body.shipped);
    let history = history::of(&mut tx, &clinic, &key, &bodies).await?;
    let still = tx.still_to_wake(&key, now).await?;
    let ahead = !status.is_active() && workflows::may_cover(&mut tx, workflow, now).await?;
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
        scope: workflows::scope(shipped),
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
        may_edit: actor.may(Permission::EditWorkflows).is_ok(),
        decide: counts.pending > 0 || ahead,
        still: (still > 0).then(|| still_words(still)),
        versions: history.versions,
        spans: history.spans,
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

fn still_words(patients: i64) -> String {
    let who = if patients == 1 { "1 patient is".into() } else { format!("{patients} patients are") };
    format!("{who} still to be looked at after an edit or a switch. It goes on by itself; load this page again.")
}

fn decision_row(row: &store::DecisionRow, names: &BTreeMap<PatientId, String>, clinic: &Clinic) -> DecisionRow {
    DecisionRow {
        at: times::stamp(row.at, &clinic.zone, &clinic.zone),
        patient: names.get(&row.patient).cloned().unwrap_or_else(|| words::full_name("", "")),
        patient_href: format!("/patients/{}", row.patient),
        step: row.step.clone(),
        verdict: words::verdict(&row.verdict, row.step.is_some()),
        reason: words::reason(row.reason.as_deref()),
        detail: words::detail(&row.detail, &row.tasks, row.at, &clinic.zone, "en"),
    }
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
