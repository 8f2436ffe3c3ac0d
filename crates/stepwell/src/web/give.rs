//! Staff give a patient something of the library by hand: a care plan, exercises, a form, an article.

use axum::extract::{Path, State};
use axum::response::{Html, Response};
use care::chart::{AssignmentAct, What};
use care::id::{AssignmentId, PatientId};
use care::library::{Kind, Reference};
use jiff::{SignedDuration, Timestamp};
use pages::Nav;
use pages::staff::{GiveChoice, GiveGroup, GivePage};
use serde::Deserialize;
use store::{LibraryRow, OrgTx};

use super::actor::Actor;
use super::by_hand::{HandAct, Held};
use super::error::WebError;
use super::form::Posted;
use super::permission::Permission;
use super::{Web, form, on_call, render, words};
use crate::library::import::may_be_used;
use crate::library::{self, Content};
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
    /// "here": it is answered at the clinic.
    #[serde(default)]
    place: String,
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
    let is_there = held.tx.newest().await?.into_iter().any(|row| row.name == name);
    if !is_there || name.kind == Kind::Message {
        return Err(unknown());
    }
    let days: i64 = given.days.trim().parse().ok().filter(|days| (1..=MOST_DAYS).contains(days)).ok_or_else(|| {
        WebError::bad_form(format!("Say in how many days it is due: a whole number from 1 to {MOST_DAYS}."))
    })?;
    let now = web.roof.now();
    let here = given.place == "here";
    if let Some(Content::Questionnaire(form)) = library::given(&mut held.tx, &name, now).await?.map(|(_, item)| item) {
        let licensed = held.tx.licensed().await?;
        may_be_used("", &form, &licensed).map_err(|problem| WebError::bad_form(problem.cure))?;
    }
    if !here && let Some(refused) = not_at_home(&mut held.tx, &name, now).await? {
        return Err(WebError::bad_form(refused));
    }
    let due = now.checked_add(SignedDuration::from_hours(24 * days)).unwrap_or(now);
    let episode = held.known.chart().episodes.iter().rev().find(|e| e.is_open()).map(|e| e.key);
    let give = |content: String, assignment| {
        let act = AssignmentAct::Give { content, due, run: None, episode, depth: 0 };
        What::Assignment { assignment, act }
    };
    let assignment = AssignmentId(web.roof.new_id());
    let clinic = &held.context.organization.clinic;
    let with = held.known.chart().given_with(clinic, &name.to_string(), now);
    let with = with.into_iter().map(|form| give(form, AssignmentId(web.roof.new_id())));
    let all: Vec<_> = with.chain([give(name.to_string(), assignment)]).collect();
    let mut home = format!("/patients/{}", held.known.patient);
    if here && name.kind == Kind::Questionnaire {
        home = format!("{home}/forms/{assignment}");
    }
    held.record_all(&web, &actor, all, HandAct::Given, &home).await
}

/// Why a form cannot go on the patient's own list, with the cure.
async fn not_at_home(tx: &mut OrgTx, name: &Reference, now: Timestamp) -> Result<Option<String>, WebError> {
    let Some(form) = library::form(tx, &name.to_string(), now).await? else { return Ok(None) };
    if form.is_for_home(on_call::may_ask_by_link(tx).await?) {
        return Ok(None);
    }
    Ok(Some(if form.harm_item().is_some() {
        "This form asks about harm. It cannot be answered at home until an administrator has named who is on call, a \
         cover, hours and the words for a crisis (Workflows, On call). Choose “Here, at the clinic” instead."
            .to_owned()
    } else {
        "This form is answered at the clinic only. Choose “Here, at the clinic”.".to_owned()
    }))
}
