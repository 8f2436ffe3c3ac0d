//! One patient and one workflow: every event that could have started it, what was decided then, what the same questions
//! say now, and what became of the run, down to the gateway's answer.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use care::id::PatientId;
use care::workflow::decide::DEPTH;
use care::workflow::why::{Judgement, judgements};
use care::workflow::{Facts, Published, Run, Workflow};
use jiff::Timestamp;
use pages::staff::{Check, Recorded, WhyEvent, WhyPage};
use pages::{Nav, Verdict, reason_words};
use serde::Deserialize;
use store::{AttemptRow, DecisionRow};

use super::actor::Actor;
use super::error::WebError;
use super::permission::Permission;
use super::{Web, form, render, thread, times, why, why_run, words, workflow_words};
use crate::runner::{Context, Known};

/// Decisions of one workflow about one patient that are read.
const DECISIONS: i64 = 2000;

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Asked {
    lang: String,
}

pub async fn show(
    State(web): State<Web>,
    actor: Actor,
    Path((patient, key)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    actor.may(Permission::SeePatients)?;
    let asked_for: PatientId = form::id(&patient, "patient")?;
    let mut tx = actor.begin(&web).await?;
    let patient = tx.patient_now(asked_for).await?.ok_or(WebError::not_found("patient"))?;
    let context = Context::load(&web.roof, &mut tx).await?;
    let published = context.workflows.0.get(&key).ok_or(WebError::not_found("workflow"))?;
    let (_, workflow) = published.current().ok_or(WebError::not_found("workflow"))?;
    if patient != asked_for {
        return Ok(Redirect::to(&format!("/patients/{patient}/why/{key}")).into_response());
    }
    let known = Known::load(&web.roof, &context, &mut tx, patient).await?;
    let decisions = tx.decisions(Some(patient), Some(&key), DECISIONS).await?;
    let attempts = tx.attempts(patient, &key).await?;
    let language = if asked.lang == "es" { "es" } else { "en" };
    let now = web.roof.now();
    let teller = Teller {
        context: &context,
        known: &known,
        facts: known.facts(&context, now),
        decisions: &decisions,
        attempts: &attempts,
        language,
    };
    let clinic = &context.organization.clinic;
    let p = &known.snapshot.chart.patient;
    let full = words::full_name(p.given.as_deref().unwrap_or(""), p.family.as_deref().unwrap_or(""));
    let title = why::name(workflow);
    let heading = format!("Why {} did, or did not, get {title}", p.given.as_deref().unwrap_or(&full));
    Ok(render::html(&WhyPage {
        frame: actor.frame(&web, clinic, &heading, Nav::Patients),
        heading,
        patient: full,
        patient_href: format!("/patients/{patient}"),
        workflow: title,
        workflow_href: format!("/workflows/{key}"),
        language,
        as_of: times::clock_words(now, &clinic.zone),
        history: history(&context, published),
        trigger: workflow_words::trigger(&workflow.trigger),
        group: workflow_words::group(&workflow.group),
        nothing: nothing(&context, published, workflow, now),
        events: teller.events(&key, published, workflow),
    })?
    .into_response())
}

/// When it was on, the newest first.
fn history(context: &Context, published: &Published) -> Vec<String> {
    let clinic = &context.organization.clinic;
    let words = |at| times::clock_words(at, &clinic.zone);
    let line = |a: &care::workflow::Activation| {
        let span = match a.until {
            None => format!("On since {}", words(a.from)),
            Some(until) => format!("On from {} until {}", words(a.from), words(until)),
        };
        let names = |ids: &std::collections::BTreeSet<_>| {
            let names: Vec<_> = ids.iter().filter_map(|id| clinic.locations.get(id)).map(|l| l.name.clone()).collect();
            format!(", only at {}", names.join(" and "))
        };
        let at = a.locations.as_ref().map(names).unwrap_or_default();
        format!("{span}{at}{}", if a.cover { ", visits already booked too" } else { "" })
    };
    let mut lines: Vec<String> = published.activations.iter().rev().map(line).collect();
    match published.activations.last().map(|last| last.until) {
        None => lines.push("It was never switched on.".into()),
        Some(Some(until)) => lines.insert(0, format!("Off since {}", words(until))),
        Some(None) => {}
    }
    lines
}

/// For a workflow none of whose events ever came.
fn nothing(context: &Context, published: &Published, workflow: &Workflow, now: Timestamp) -> String {
    let (_, since) = why::never_asked(context, published, workflow, now);
    let events: Vec<_> = workflow.trigger.events.iter().map(|e| words::event(*e).to_lowercase()).collect();
    format!(
        "Nothing that starts it has ever happened here: no “{}” is on record. It is {since}.",
        events.join("” or “")
    )
}

/// What is needed to tell of one workflow and one patient.
pub struct Teller<'a> {
    pub context: &'a Context,
    pub known: &'a Known,
    pub facts: Facts<'a>,
    /// Newest first.
    pub decisions: &'a [DecisionRow],
    pub attempts: &'a [AttemptRow],
    pub language: &'static str,
}

impl<'a> Teller<'a> {
    fn events(&self, key: &str, published: &'a Published, workflow: &Workflow) -> Vec<WhyEvent> {
        let chart = self.facts.chart;
        let mut runs: Vec<&Run> = self.known.ledger.runs.values().filter(|run| run.workflow == key).collect();
        let mut told: Vec<(Timestamp, WhyEvent)> = vec![];
        for judgement in judgements(&self.facts, &self.known.ledger, key, published) {
            let run = self.known.ledger.run_of(chart, key, judgement.occurrence.anchor);
            runs.retain(|other| run.is_none_or(|run| run.id != other.id));
            told.push((judgement.occurrence.event_at, self.event(&judgement, run, published, workflow)));
        }
        // What they stood on is on the chart no longer, or has another run that stands for it.
        told.extend(runs.into_iter().map(|run| (run.event_at, self.gone(run, published))));
        told.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        told.into_iter().map(|(_, event)| event).collect()
    }

    fn event(&self, judged: &Judgement, run: Option<&Run>, published: &Published, workflow: &Workflow) -> WhyEvent {
        let o = judged.occurrence;
        let zone = thread::zone_of(self.facts.clinic, self.known, Some(o));
        WhyEvent {
            title: thread::event_title(self.facts.clinic, self.known, o.anchor, Some(o)),
            // Of an event that is no longer so, the run still knows when it happened.
            happened: self.stamp(run.map_or(o.event_at, |run| run.event_at), zone),
            heard: judged.known.map(|known| self.stamp(known.at, zone)),
            gone: false,
            was_on: self.was_on(judged, published),
            then: self.decided_then(judged, run, zone),
            now: self.checks(judged, workflow),
            clauses: self.clauses(judged, workflow),
            run: run.map(|run| why_run::tell(self, run, zone)),
        }
    }

    fn gone(&self, run: &Run, published: &Published) -> WhyEvent {
        let occurrence = self.facts.occurrence(run.anchor);
        let zone = thread::zone_of(self.facts.clinic, self.known, occurrence);
        let activation = published.activation_at(run.started_at);
        let since = activation.map(|a| format!("on since {}", times::short_words(a.from, zone)));
        WhyEvent {
            title: thread::event_title(self.facts.clinic, self.known, run.anchor, occurrence),
            happened: self.stamp(run.event_at, zone),
            heard: self.known.ledger.known(self.facts.chart, run.anchor).map(|known| self.stamp(known.at, zone)),
            gone: occurrence.is_none(),
            was_on: Check { question: String::new(), holds: activation.is_some(), saw: since.unwrap_or_default() },
            then: vec![],
            now: vec![],
            clauses: vec![],
            run: Some(why_run::tell(self, run, zone)),
        }
    }

    pub fn stamp(&self, at: Timestamp, zone: &str) -> pages::Stamp {
        times::stamp(at, zone, &self.facts.clinic.zone)
    }

    fn was_on(&self, judged: &Judgement, published: &Published) -> Check {
        let zone = &self.facts.clinic.zone;
        let heard = judged.known.map_or(self.facts.now, |known| known.at);
        let saw = match (judged.activation, published.activation_at(heard)) {
            (Some(a), _) if a.from > heard => {
                format!("switched on {}, for visits already booked too", times::short_words(a.from, zone))
            }
            (Some(a), _) => format!("on since {}", times::short_words(a.from, zone)),
            (None, Some(_)) => "it was on, but this was so before".into(),
            (None, None) => "what comes while it is off starts nothing".into(),
        };
        Check { question: String::new(), holds: judged.activation.is_some(), saw }
    }

    /// The answer on record: the "no" with what it saw, or that a run began.
    fn decided_then(&self, judged: &Judgement, run: Option<&Run>, zone: &str) -> Vec<Recorded> {
        let chart = self.facts.chart;
        let anchor = chart.canonical(judged.occurrence.anchor);
        let of_event = |d: &&DecisionRow| d.step.is_none() && chart.canonical(d.anchor) == anchor;
        let mut rows: Vec<(Timestamp, Recorded)> =
            self.decisions.iter().filter(of_event).map(|d| (d.at, self.recorded(d, false, zone, None))).collect();
        if let Some(run) = run {
            let detail = Some("a run began".to_owned());
            let row =
                Recorded { at: self.stamp(run.started_at, zone), verdict: Verdict::Running, reason: None, detail };
            rows.push((run.started_at, row));
        }
        rows.sort_by_key(|(at, _)| *at);
        rows.into_iter().map(|(_, row)| row).collect()
    }

    /// A decision as it stands on record. `known_sum`: said already, so not said again.
    pub fn recorded(&self, d: &DecisionRow, of_step: bool, zone: &str, known_sum: Option<&str>) -> Recorded {
        let mut detail = d.detail.clone();
        if let Some(object) = detail.as_object_mut()
            && known_sum.is_some()
            && object.get("sum").and_then(serde_json::Value::as_str) == known_sum
        {
            object.remove("sum");
        }
        Recorded {
            at: self.stamp(d.at, zone),
            verdict: words::verdict(&d.verdict, of_step),
            reason: words::reason_in(d.reason.as_deref(), self.language),
            detail: words::detail(&detail, &d.tasks, d.at, zone, self.language),
        }
    }

    fn words_of(&self, reason: care::workflow::Reason) -> String {
        reason_words(reason.code(), self.language).unwrap_or(reason.code()).to_lowercase()
    }

    fn checks(&self, judged: &Judgement, workflow: &Workflow) -> Vec<Check> {
        let check = |question: &str, holds, saw: String| Check { question: question.into(), holds, saw };
        let place = self.facts.clinic.location(judged.occurrence.location).map(|l| l.name.clone());
        let filter = match &judged.filter {
            Ok(()) => workflow_words::trigger_filter(&workflow.trigger).join("; "),
            Err(saw) => words::saw(saw),
        };
        let no = |reason: Option<care::workflow::Reason>| reason.map(|r| self.words_of(r)).unwrap_or_default();
        let mut all = vec![
            check("It is used at this location", judged.fits, place.unwrap_or_else(|| "no location known".into())),
            check("The filter lets it through", judged.filter.is_ok(), filter),
            check("What happened still counts", judged.invalid.is_none(), no(judged.invalid)),
            check("The patient may get messages", judged.out_of_reach.is_none(), no(judged.out_of_reach)),
        ];
        if judged.known.is_some_and(|known| known.loading) {
            all.push(check("It came after the loading", false, no(Some(care::workflow::Reason::Loading))));
        }
        if judged.occurrence.depth > DEPTH {
            all.push(check("It is no loop", false, no(Some(care::workflow::Reason::LoopLimit))));
        }
        let other = judged.re_entry;
        all.push(check("No other run stands in the way", other.is_none(), no(other)));
        all
    }

    fn clauses(&self, judged: &Judgement, workflow: &Workflow) -> Vec<Check> {
        let leaves = workflow.group.leaves();
        let one = |(leaf, judged): (&care::workflow::group::Clause, &care::workflow::group::Judged)| Check {
            question: format!("Group: {}", workflow_words::clause(leaf)),
            holds: judged.holds,
            saw: format!("it is {}", judged.value.replace('_', " ")),
        };
        let mut all: Vec<Check> = leaves.iter().copied().zip(&judged.clauses).map(one).collect();
        match all.len() {
            0 => all.push(Check { question: "Group: every patient".into(), holds: true, saw: String::new() }),
            1 if judged.in_group.is_ok() == all[0].holds => {}
            _ => all.push(Check {
                question: format!("The whole group: {}", workflow_words::group(&workflow.group)),
                holds: judged.in_group.is_ok(),
                saw: judged.in_group.as_ref().err().map(words::saw).unwrap_or_default(),
            }),
        }
        all
    }
}
