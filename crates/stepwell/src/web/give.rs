//! Staff give a patient something of the library by hand: a care plan, exercises, a form, an article.

use axum::extract::{Path, State};
use axum::response::{Html, Response};
use care::chart::{AssignmentAct, What};
use care::id::{AssignmentId, PatientId};
use care::library::{Kind, Reference};
use jiff::SignedDuration;
use pages::Nav;
use pages::staff::{GiveChoice, GiveGroup, GivePage};
use serde::Deserialize;
use store::LibraryRow;

use super::actor::Actor;
use super::by_hand::{HandAct, Held};
use super::error::WebError;
use super::form::Posted;
use super::permission::Permission;
use super::{Web, form, render, words};
use crate::runner::{Context, Known};

/// Messages are sent by workflows, not given.
const GIVEN: [(Kind, &str); 4] = [
    (Kind::CarePlan, "Care plans"),
    (Kind::Exercise, "Exercises"),
    (Kind::Questionnaire, "Forms"),
    (Kind::Education, "Articles"),
];
const MOST_DAYS: i64 = 365;

#[derive(Deserialize)]
pub struct Given {
    content: String,
    days: String,
}

pub async fn form(State(web): State<Web>, actor: Actor, Path(patient): Path<String>) -> Result<Html<String>, WebError> {
    actor.may(Permission::ChangePatients)?;
    let asked: PatientId = form::id(&patient, "patient")?;
    let mut tx = actor.begin(&web).await?;
    let id = tx.patient_now(asked).await?.ok_or_else(|| WebError::not_found("patient"))?;
    let context = Context::load(&web.roof, &mut tx).await?;
    let known = Known::load(&web.roof, &context, &mut tx, id).await?;
    let library = tx.newest().await?;
    let (given, family) = (known.chart().patient.given.as_deref(), known.chart().patient.family.as_deref());
    render::html(&GivePage {
        frame: actor.frame(&web, &context.organization.clinic, "Give something", Nav::Patients),
        patient: words::full_name(given.unwrap_or_default(), family.unwrap_or_default()),
        home: format!("/patients/{id}"),
        action: format!("/patients/{id}/assignments"),
        groups: GIVEN.iter().map(|(kind, title)| group(*kind, title, &library)).collect(),
    })
}

fn group(kind: Kind, title: &str, library: &[LibraryRow]) -> GiveGroup {
    let rows = library.iter().filter(|r| r.name.kind == kind);
    let choice = |row: &LibraryRow| GiveChoice { name: row.name.to_string(), title: row.title.clone() };
    GiveGroup { title: title.to_owned(), choices: rows.map(choice).collect() }
}

pub async fn give(
    State(web): State<Web>,
    actor: Actor,
    Path(patient): Path<String>,
    Posted(given): Posted<Given>,
) -> Result<Response, WebError> {
    let mut held = Held::take(&web, &actor, &patient).await?;
    let unknown = || WebError::bad_form("Choose something of the library.");
    let name: Reference = given.content.parse().map_err(|_| unknown())?;
    let is_there = held.tx.library().await?.into_iter().any(|row| row.name == name);
    if !is_there || name.kind == Kind::Message {
        return Err(unknown());
    }
    let days: i64 = given.days.trim().parse().ok().filter(|days| (1..=MOST_DAYS).contains(days)).ok_or_else(|| {
        WebError::bad_form(format!("Say in how many days it is due: a whole number from 1 to {MOST_DAYS}."))
    })?;
    let now = web.roof.now();
    let due = now.checked_add(SignedDuration::from_hours(24 * days)).unwrap_or(now);
    let episode = held.known.chart().episodes.iter().rev().find(|e| e.is_open()).map(|e| e.key);
    let act = AssignmentAct::Give { content: name.to_string(), due, run: None, episode, depth: 0 };
    let assignment = AssignmentId(web.roof.new_id());
    let home = format!("/patients/{}", held.known.patient);
    held.record(&web, &actor, What::Assignment { assignment, act }, HandAct::Given, &home).await
}
