//! A workflow tried on the clinic's own patients, before it is switched on.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Path, Query, State};
use axum::response::{Html, Response};
use care::chart::Channel;
use care::id::PatientId;
use care::rehearsal::{Day, Kind, Number, Report, Sample};
use care::workflow::Reason;
use jiff::Timestamp;
use pages::charts::{SendDay, sends};
use pages::staff::{
    RehearsalCount, RehearsalLine, RehearsalPage, RehearsalPart, RehearsalRow, RehearsalSample, RehearsalState,
};
use pages::{Nav, Reason as Words};
use serde::Deserialize;

use super::actor::Actor;
use super::error::WebError;
use super::form::Posted;
use super::permission::Permission;
use super::{Web, previews, render, times, words};
use crate::runner::preview::{self, Answer, Question, State as State_};
use crate::runner::rehearse::Outcome;

/// Rows of a list, and patients named for one reason.
const ROWS: usize = 25;
const NAMED: usize = 8;

#[derive(Deserialize, Default)]
pub struct Choice {
    which: Option<String>,
    cover: Option<String>,
    alone: Option<String>,
}

impl Choice {
    fn question(&self, key: &str) -> Question {
        let which = self.which();
        Question::Rehearse {
            key: key.to_owned(),
            past: which != "next",
            next: which != "past",
            cover: self.cover.is_some(),
            alone: self.alone.is_some(),
        }
    }

    fn which(&self) -> &'static str {
        match self.which.as_deref() {
            Some("past") => "past",
            Some("both") => "both",
            _ => "next",
        }
    }
}

/// `GET /workflows/{key}/rehearsal`
pub async fn show(
    State(web): State<Web>,
    actor: Actor,
    Path(key): Path<String>,
    Query(choice): Query<Choice>,
) -> Result<Html<String>, WebError> {
    actor.may(Permission::RehearseWorkflows)?;
    let mut tx = actor.begin(&web).await?;
    let clinic = tx.clinic().await?.clinic;
    let all = web.roof.workflows(&mut tx).await?;
    let (_, workflow) = all.0.get(&key).and_then(|p| p.current()).ok_or(WebError::not_found("workflow"))?;
    let title = workflow.title.clone();
    let id = preview::id_of(&web.roof, &mut tx, &choice.question(&key)).await?;
    let state = match previews::look(&web, &actor, id).await?.map(|shown| shown.state) {
        None => RehearsalState::NotBegun,
        Some(State_::Running { done, of }) => RehearsalState::Running { done, of },
        Some(State_::Answered { at, answer: Answer::Rehearsed(outcome), .. }) => {
            let ids: Vec<PatientId> = shown(&outcome).into_iter().collect();
            let names = tx.patient_names(&ids).await?;
            let names = names.into_iter().map(|(id, given, family)| (id, words::full_name(&given, &family))).collect();
            let view = View { names, zone: clinic.zone.clone() };
            RehearsalState::Done { at: view.stamp(at), parts: view.parts(&outcome) }
        }
        Some(State_::Failed | State_::Answered { .. }) => {
            RehearsalState::Failed("The log says why. Press Rehearse to try again.".into())
        }
    };
    render::html(&RehearsalPage {
        frame: actor.frame(&web, &clinic, &format!("Rehearsal: {title}"), Nav::Workflows),
        id: key,
        title,
        which: choice.which(),
        cover: choice.cover.is_some(),
        alone: choice.alone.is_some(),
        state,
    })
}

/// `POST /workflows/{key}/rehearsal`
pub async fn begin(
    State(web): State<Web>,
    actor: Actor,
    Path(key): Path<String>,
    Posted(choice): Posted<Choice>,
) -> Result<Response, WebError> {
    actor.may(Permission::RehearseWorkflows)?;
    let mut tx = actor.begin(&web).await?;
    if !web.roof.workflows(&mut tx).await?.0.contains_key(&key) {
        return Err(WebError::not_found("workflow"));
    }
    drop(tx);
    previews::ask(&web, &actor, &choice.question(&key)).await?;
    let box_of = |name: &str, on: bool| if on { format!("&{name}=on") } else { String::new() };
    let (cover, alone) = (box_of("cover", choice.cover.is_some()), box_of("alone", choice.alone.is_some()));
    Ok(render::see(&format!("/workflows/{key}/rehearsal?which={}{cover}{alone}", choice.which()), None))
}

/// Whose names the page needs.
fn shown(outcome: &Outcome) -> BTreeSet<PatientId> {
    let mut ids = BTreeSet::new();
    for report in [&outcome.past, &outcome.next].into_iter().flatten() {
        ids.extend(report.samples.iter().map(|s| s.patient));
        ids.extend(report.late.first.iter().take(ROWS).map(|l| l.patient));
        ids.extend(report.collisions.first.iter().take(ROWS).map(|c| c.patient));
        let numbers = report.not_started.values().chain(report.not_given.values()).map(|n| &n.patients);
        ids.extend(numbers.chain(report.unreachable.values()).flat_map(|all| all.iter().take(NAMED)));
    }
    ids
}

struct View {
    names: BTreeMap<PatientId, String>,
    zone: String,
}

impl View {
    fn stamp(&self, at: Timestamp) -> pages::Stamp {
        times::stamp(at, &self.zone, &self.zone)
    }

    fn parts(&self, outcome: &Outcome) -> Vec<RehearsalPart> {
        let next = outcome.next.as_ref().map(|report| self.part("next", "The next 30 days", report));
        let past = outcome.past.as_ref().map(|report| self.part("past", "The last 90 days, once more", report));
        next.into_iter().chain(past).collect()
    }

    fn part(&self, id: &'static str, heading: &str, report: &Report) -> RehearsalPart {
        let days: Vec<SendDay> = report.days.iter().map(|(date, day)| send_day(*date, day)).collect();
        let messages: usize = days.iter().map(|d| d.emails + d.texts + d.others).sum();
        let unreachable = report.unreachable.iter().map(|(reason, patients)| {
            self.count(*reason, &Number { times: patients.len(), patients: patients.clone() })
        });
        let counts = |all: &BTreeMap<Reason, Number>| all.iter().map(|(reason, n)| self.count(*reason, n)).collect();
        let late = report.late.first.iter().take(ROWS);
        let collisions = report.collisions.first.iter().take(ROWS);
        RehearsalPart {
            id,
            heading: heading.into(),
            numbers: vec![
                (report.concerned.len(), "patients"),
                (report.sent(), "messages"),
                (report.unreachable_patients().len(), "unreachable"),
                (report.late.count, "late steps"),
                (report.collisions.count, "collisions"),
            ],
            nothing: (messages == 0).then_some("No message goes out on these days."),
            chart: sends(&days, &format!("Messages a day, {heading}")),
            days,
            unreachable: unreachable.collect(),
            not_started: counts(&report.not_started),
            not_given: counts(&report.not_given),
            late: late.map(|l| self.row(l.at, l.patient, &l.step, self.lateness(l))).collect(),
            late_beyond: report.late.count.saturating_sub(ROWS),
            collisions: collisions
                .map(|c| {
                    let step = if c.workflow == report.workflow {
                        c.step.clone()
                    } else {
                        format!("{}/{}", c.workflow, c.step)
                    };
                    self.row(c.at, c.patient, &step, self.kind(&c.kind))
                })
                .collect(),
            collisions_beyond: report.collisions.count.saturating_sub(ROWS),
            samples: report.samples.iter().map(|s| self.sample(s)).collect(),
        }
    }

    fn name(&self, id: PatientId) -> String {
        self.names.get(&id).cloned().unwrap_or_else(|| words::full_name("", ""))
    }

    fn count(&self, reason: Reason, number: &Number) -> RehearsalCount {
        let named = number.patients.iter().take(NAMED).map(|id| (self.name(*id), format!("/patients/{id}")));
        RehearsalCount {
            reason: Words::from_code(reason.code(), "en"),
            times: number.times,
            patients: named.collect(),
            more: number.patients.len().saturating_sub(NAMED),
        }
    }

    fn row(&self, at: Timestamp, patient: PatientId, step: &str, what: String) -> RehearsalRow {
        let (name, patient_href) = (self.name(patient), format!("/patients/{patient}"));
        RehearsalRow { at: self.stamp(at), patient: name, patient_href, step: step.to_owned(), what }
    }

    fn lateness(&self, late: &care::rehearsal::Late) -> String {
        let due = times::short_words(late.due, &self.zone);
        match late.passed_over {
            Some(reason) => format!("Due {due}, passed over. {}.", Words::from_code(reason.code(), "en").words),
            None => format!("Due {due}, given late."),
        }
    }

    fn kind(&self, kind: &Kind) -> String {
        match kind {
            Kind::OverBudget { channel, messages, budget } => {
                format!("{messages} by {} that day; the budget is {budget}.", channel.code())
            }
            Kind::Waited { until } => format!("Waits for room until {}.", times::short_words(*until, &self.zone)),
            Kind::LostItsPlace { reason } => format!("{}.", Words::from_code(reason.code(), "en").words),
            Kind::WithinAnHour { after } => format!("Less than an hour after {after}."),
        }
    }

    fn sample(&self, sample: &Sample) -> RehearsalSample {
        let line = |l: &care::rehearsal::SampleLine| {
            let json = |value: Result<serde_json::Value, _>| value.unwrap_or_default();
            let (detail, tasks) = (json(serde_json::to_value(&l.detail)), json(serde_json::to_value(&l.tasks)));
            RehearsalLine {
                at: self.stamp(l.at),
                step: l.step.clone(),
                verdict: words::verdict(l.verdict.code(), l.step.is_some()),
                reason: words::reason(l.reason.map(Reason::code)),
                detail: words::detail(&detail, &tasks, l.at, &self.zone, "en"),
            }
        };
        RehearsalSample {
            patient: self.name(sample.patient),
            patient_href: format!("/patients/{}", sample.patient),
            lines: sample.lines.iter().map(line).collect(),
        }
    }
}

fn send_day(date: jiff::civil::Date, day: &Day) -> SendDay {
    let own = |channel| day.own.get(&channel).copied().unwrap_or(0);
    SendDay {
        date: date.strftime("%a %-d %b").to_string(),
        emails: own(Channel::Email),
        texts: own(Channel::Text),
        others: day.others.values().sum(),
    }
}
