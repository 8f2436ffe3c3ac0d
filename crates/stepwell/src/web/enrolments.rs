//! One patient put on a workflow by hand, and taken off again. Like a visit's changes it can be undone for a minute.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use care::chart::{Change, Clinic, EnrolmentAct, EventKind, Source, What};
use care::id::{ChangeId, EnrolmentId, PatientId};
use care::workflow::{Workflow, Workflows};
use care::zone::CivilMoment;
use jiff::Timestamp;
use pages::staff::{ByHand, Choice, Enrolled, Field, Pick};
use serde::Deserialize;

use super::actor::Actor;
use super::error::WebError;
use super::flash::Said;
use super::form::{self, Posted};
use super::permission::Permission;
use super::visits::{self, UNDO};
use super::{Web, patient_page, render, times, visit_form, words};
use crate::runner::record::Outcome;
use crate::runner::{self, Context, Known};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnrolAct {
    Beginning,
    End,
}

impl EnrolAct {
    pub fn route(self) -> &'static str {
        match self {
            EnrolAct::Beginning => "beginning",
            EnrolAct::End => "end",
        }
    }

    pub fn of_route(route: &str) -> Option<EnrolAct> {
        [EnrolAct::Beginning, EnrolAct::End].into_iter().find(|act| act.route() == route)
    }

    pub fn done(self) -> &'static str {
        match self {
            EnrolAct::Beginning => "The patient is on the workflow.",
            EnrolAct::End => "Stopped: what it had planned for the patient is cancelled.",
        }
    }

    fn is(self, act: &EnrolmentAct) -> bool {
        match (self, act) {
            (EnrolAct::Beginning, EnrolmentAct::Enrol { .. }) | (EnrolAct::End, EnrolmentAct::Stop) => true,
            (EnrolAct::Beginning, EnrolmentAct::Stop) | (EnrolAct::End, EnrolmentAct::Enrol { .. }) => false,
        }
    }
}

/// Whether staff can put patients on it.
pub fn is_by_hand(workflow: &Workflow) -> bool {
    workflow.trigger.events.contains(&EventKind::Manual)
}

/// Workflows that can be begun by hand now: key and title.
fn choices(workflows: &Workflows, now: Timestamp) -> Vec<Choice> {
    let active = workflows.0.iter().filter(|(_, published)| published.activation_at(now).is_some());
    let current = active.filter_map(|(key, published)| Some((key, published.current()?.1)));
    current.filter(|(_, workflow)| is_by_hand(workflow)).map(|(key, w)| Choice::new(key, &w.title)).collect()
}

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct Given {
    workflow: String,
    #[serde(rename = "enrol-date")]
    date: String,
    #[serde(rename = "enrol-time")]
    time: String,
}

/// The card of the patient's page; `again` is the form as it comes back.
pub fn by_hand(context: &Context, known: &Known, patient: PatientId, now: Timestamp, again: Option<&Given>) -> ByHand {
    let clinic = &context.organization.clinic;
    let chart = known.chart();
    let zone = chart.home_zone(clinic);
    let (date, time) = times::fields(now, zone);
    let blank = Given { workflow: String::new(), date, time };
    let given = again.unwrap_or(&blank);
    let mut page = ByHand {
        action: format!("/patients/{patient}/enrolments"),
        workflow: Pick::of(choices(&context.workflows, now), &given.workflow),
        date: Field::value(&given.date),
        time: Field::value(&given.time),
        zone: times::zone_words(zone),
        open: again.is_some(),
        rows: rows(context, known, clinic, patient),
    };
    if again.is_some() {
        let is_there = page.workflow.choices.iter().any(|choice| choice.chosen);
        page.workflow.error = (!is_there).then(|| "Choose an active workflow".into());
        let read = visit_form::read_start(&given.date, &given.time, zone, now);
        (page.date.error, page.time.error) = read.err().unwrap_or_default();
    }
    page
}

/// The newest first.
fn rows(context: &Context, known: &Known, clinic: &Clinic, patient: PatientId) -> Vec<Enrolled> {
    let zone = known.chart().home_zone(clinic);
    let stamp = |at| times::stamp(at, zone, &clinic.zone);
    let mut all: Vec<_> = known.chart().enrolments.iter().collect();
    all.sort_by_key(|enrolment| std::cmp::Reverse((enrolment.at, enrolment.id)));
    let row = |enrolment: &&care::chart::Enrolment| {
        let published = context.workflows.0.get(&enrolment.workflow).and_then(|published| published.current());
        let title = published.map_or_else(|| words::content(&enrolment.workflow), |(_, w)| w.title.clone());
        Enrolled {
            workflow: title,
            href: format!("/workflows/{}", enrolment.workflow),
            at: stamp(enrolment.at),
            moment: stamp(enrolment.moment.instant()),
            end: (!enrolment.stopped).then(|| format!("/patients/{patient}/enrolments/{}/end", enrolment.id)),
        }
    };
    all.iter().map(row).collect()
}

/// `POST /patients/{patient}/enrolments`
pub async fn begin(
    State(web): State<Web>,
    actor: Actor,
    Path(patient): Path<String>,
    Posted(given): Posted<Given>,
) -> Result<Response, WebError> {
    actor.may(Permission::EnrolPatients)?;
    let patient = form::id(&patient, "patient")?;
    web.let_time_pass().await?;
    let mut tx = actor.begin(&web).await?;
    let patient = visits::lock(&mut tx, patient).await?;
    let context = Context::load(&web.roof, &mut tx).await?;
    let known = Known::load(&web.roof, &context, &mut tx, patient).await?;
    let Some((workflow, moment)) = read(&context, &known, &given, web.roof.now()) else {
        drop(tx);
        let page = patient_page::page(&web, &actor, patient, None, Some(&given)).await?;
        return Ok((StatusCode::BAD_REQUEST, page).into_response());
    };
    let path = format!("/patients/{patient}");
    // Pressed twice it is once.
    let same = |e: &&care::chart::Enrolment| !e.stopped && e.workflow == workflow && e.moment == moment;
    if known.chart().enrolments.iter().any(|e| same(&e)) {
        return Ok(render::see(&path, None));
    }
    let enrolment = EnrolmentId(web.roof.new_id());
    let what = What::Enrolment { enrolment, act: EnrolmentAct::Enrol { workflow, moment } };
    let recorded = visits::record(&web, &actor, &mut tx, &context, patient, vec![what]).await?;
    tx.commit().await?;
    web.settle().await?;
    Ok(render::see(&path, said(recorded, EnrolAct::Beginning, patient, enrolment).as_ref()))
}

fn read(context: &Context, known: &Known, given: &Given, now: Timestamp) -> Option<(String, CivilMoment)> {
    let choice = choices(&context.workflows, now).into_iter().find(|choice| choice.value == given.workflow)?;
    let zone = known.chart().home_zone(&context.organization.clinic);
    let moment = visit_form::read_start(&given.date, &given.time, zone, now).ok()?;
    Some((choice.value, moment))
}

fn said(recorded: Outcome, act: EnrolAct, patient: PatientId, enrolment: EnrolmentId) -> Option<Said> {
    match recorded {
        Outcome::Recorded { last: Some(change) } => Some(Said::Enrolment { act, patient, enrolment, change }),
        Outcome::Recorded { last: None } | Outcome::Known => None,
    }
}

/// `POST /patients/{patient}/enrolments/{enrolment}/end`
pub async fn end(
    State(web): State<Web>,
    actor: Actor,
    Path((patient, enrolment, act)): Path<(String, String, String)>,
) -> Result<Response, WebError> {
    actor.may(Permission::EnrolPatients)?;
    if EnrolAct::of_route(&act) != Some(EnrolAct::End) {
        return Err(WebError::not_found("page"));
    }
    let enrolment: EnrolmentId = form::id(&enrolment, "enrolment")?;
    let patient = form::id(&patient, "patient")?;
    web.let_time_pass().await?;
    let mut tx = actor.begin(&web).await?;
    let patient = visits::lock(&mut tx, patient).await?;
    let context = Context::load(&web.roof, &mut tx).await?;
    let known = Known::load(&web.roof, &context, &mut tx, patient).await?;
    let found = known.chart().enrolments.iter().find(|e| e.id == enrolment).ok_or(WebError::not_found("enrolment"))?;
    if found.stopped {
        return Err(WebError::conflict("Somebody stopped this already."));
    }
    let what = What::Enrolment { enrolment, act: EnrolmentAct::Stop };
    let recorded = visits::record(&web, &actor, &mut tx, &context, patient, vec![what]).await?;
    tx.commit().await?;
    web.settle().await?;
    let path = format!("/patients/{patient}");
    Ok(render::see(&path, said(recorded, EnrolAct::End, patient, enrolment).as_ref()))
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Undone {
    change: String,
}

/// `DELETE /patients/{patient}/enrolments/{enrolment}/{act}`: within a minute, by the one who did it.
pub async fn take_back(
    State(web): State<Web>,
    actor: Actor,
    Path((patient, enrolment, act)): Path<(String, String, String)>,
    Posted(given): Posted<Undone>,
) -> Result<Response, WebError> {
    actor.may(Permission::EnrolPatients)?;
    let act = EnrolAct::of_route(&act).ok_or(WebError::not_found("page"))?;
    let enrolment: EnrolmentId = form::id(&enrolment, "enrolment")?;
    let change: ChangeId = form::id(&given.change, "change")?;
    let mut tx = actor.begin(&web).await?;
    let patient = visits::lock(&mut tx, form::id(&patient, "patient")?).await?;
    let own = |done: &&Change| {
        let of_it = matches!(&done.what, What::Enrolment { enrolment: e, act: a } if *e == enrolment && act.is(a));
        done.id == change && of_it && done.source == Source::Staff(actor.staff)
    };
    let changes = tx.changes(patient).await?;
    let Some(done) = changes.iter().find(own) else {
        return Err(WebError::conflict("There is nothing of yours to undo here. Perhaps it was undone already."));
    };
    if web.roof.now().duration_since(done.received_at) > UNDO {
        return Err(WebError::conflict("The 60 seconds to undo this are over. Stop it, or enrol the patient anew."));
    }
    let context = Context::load(&web.roof, &mut tx).await?;
    runner::record::take_back(&web.roof, &mut tx, &context, patient, change).await?;
    tx.commit().await?;
    web.settle().await?;
    Ok(render::see(&format!("/patients/{patient}"), Some(&Said::TakenBack)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_enrolment_has_a_beginning_and_an_end_and_nothing_else() {
        assert_eq!(EnrolAct::of_route("beginning"), Some(EnrolAct::Beginning));
        assert_eq!(EnrolAct::of_route("end"), Some(EnrolAct::End));
        assert_eq!(EnrolAct::of_route("arrival"), None);
        assert!(EnrolAct::End.is(&EnrolmentAct::Stop) && !EnrolAct::Beginning.is(&EnrolmentAct::Stop));
    }
}
