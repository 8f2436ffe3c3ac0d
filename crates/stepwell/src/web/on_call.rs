//! Who acts on an answer that may mean harm: the page on which an administrator says so, and what depends on it.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use care::feed::OpenHours;
use care::id::StaffId;
use care::library::In;
use care::questionnaire::HarmPlan;
use care::workflow::Workflow;
use care::workflow::task::{Gives, Task};
use jiff::Timestamp;
use pages::Nav;
use pages::staff::{Choice, Field, OnCallLine, OnCallPage, Pick};
use store::{HarmPlanRow, OrgTx};

use super::actor::Actor;
use super::error::WebError;
use super::flash::Said;
use super::form::{Posted, filled};
use super::permission::Permission;
use super::{Web, hours, render, times};
use crate::library;

type Fields = BTreeMap<String, String>;

/// Rows of the history that are shown.
const HISTORY: i64 = 20;
const LONGEST: usize = 1000;

/// What is wrong, by field.
#[derive(Default)]
struct Wrong {
    on_call: Option<String>,
    cover: Option<String>,
    hours: Option<String>,
    crisis_en: Option<String>,
}

/// `GET /settings/on-call`
pub async fn show(State(web): State<Web>, actor: Actor) -> Result<Html<String>, WebError> {
    actor.may(Permission::SeeWorkflows)?;
    render::html(&page(&web, &actor, None).await?)
}

/// `POST /settings/on-call`
pub async fn save(State(web): State<Web>, actor: Actor, Posted(fields): Posted<Fields>) -> Result<Response, WebError> {
    actor.may(Permission::SetOnCall)?;
    web.let_time_pass().await?;
    let mut tx = actor.begin(&web).await?;
    let people: Vec<StaffId> = tx.staff_list().await?.into_iter().map(|(id, _)| id).collect();
    let plan = match read(&fields, &people) {
        Ok(plan) => plan,
        Err(wrong) => {
            drop(tx);
            let page = page(&web, &actor, Some((&fields, wrong))).await?;
            return Ok((StatusCode::BAD_REQUEST, render::html(&page)?).into_response());
        }
    };
    say(&web, &actor, tx, Some(plan)).await?;
    Ok(render::see("/settings/on-call", Some(&Said::OnCallKept)))
}

/// `DELETE /settings/on-call`
pub async fn remove(State(web): State<Web>, actor: Actor) -> Result<Response, WebError> {
    actor.may(Permission::SetOnCall)?;
    web.let_time_pass().await?;
    let tx = actor.begin(&web).await?;
    say(&web, &actor, tx, None).await?;
    Ok(render::see("/settings/on-call", Some(&Said::OnCallRemoved)))
}

async fn say(web: &Web, actor: &Actor, mut tx: OrgTx, plan: Option<HarmPlan>) -> Result<(), WebError> {
    if tx.harm_plan().await? != plan {
        let row = HarmPlanRow { at: web.roof.now(), said_by: actor.staff, plan };
        tx.say_harm_plan(web.roof.new_id(), &row).await?;
        tx.commit().await?;
    }
    web.settle().await
}

fn read(fields: &Fields, people: &[StaffId]) -> Result<HarmPlan, Wrong> {
    let text = |name: &str| {
        fields
            .get(name)
            .map(|text| text.replace("\r\n", "\n"))
            .and_then(|text| Some(filled(&text)?.chars().take(LONGEST).collect()))
    };
    let person = |name: &str| {
        let id: Option<StaffId> = fields.get(name).and_then(|id| id.parse().ok());
        id.filter(|id| people.contains(id))
    };
    let (on_call, cover) = (person("on_call"), person("cover"));
    let open = hours::read(fields).and_then(|open| match open.is_never() {
        true => Err("Say on which days and when the person on call is there.".to_owned()),
        false => Ok(open),
    });
    let en: Option<String> = text("crisis_en");
    let wrong = Wrong {
        on_call: on_call.is_none().then(|| "Choose a person.".into()),
        cover: match (on_call, cover) {
            (_, None) => Some("Choose a person.".into()),
            (one, other) if one == other => Some("Choose somebody else than the person on call.".into()),
            _ => None,
        },
        hours: open.as_ref().err().cloned(),
        crisis_en: en.is_none().then(|| "Write what the patient is to read, with a number to call.".into()),
    };
    match (on_call, cover.filter(|_| wrong.cover.is_none()), open, en) {
        (Some(on_call), Some(cover), Ok(hours), Some(en)) => {
            let by_link = fields.contains_key("by_link");
            Ok(HarmPlan { on_call, cover, hours, crisis: In { en, es: text("crisis_es") }, by_link })
        }
        _ => Err(wrong),
    }
}

async fn page(web: &Web, actor: &Actor, typed: Option<(&Fields, Wrong)>) -> Result<OnCallPage, WebError> {
    let mut tx = actor.begin(web).await?;
    let clinic = tx.clinic().await?.clinic;
    let people = tx.staff_list().await?;
    let rows = tx.harm_plans(HISTORY).await?;
    let plan = rows.first().and_then(|row| row.plan.as_ref());
    let (fields, wrong) = typed.map_or((None, Wrong::default()), |(fields, wrong)| (Some(fields), wrong));
    let value = |name: &str, kept: Option<String>| match fields {
        Some(fields) => fields.get(name).cloned().unwrap_or_default(),
        None => kept.unwrap_or_default(),
    };
    let pick = |name: &str, kept: Option<StaffId>, error| {
        let each = people.iter().map(|(id, name)| Choice::new(&id.to_string(), name));
        let choices = [Choice::new("", "Choose…")].into_iter().chain(each).collect();
        Pick { error, ..Pick::of(choices, &value(name, kept.map(|id| id.to_string()))) }
    };
    let kept_hours: OpenHours = plan.map(|plan| plan.hours.clone()).unwrap_or_default();
    let name = |id: StaffId| people.iter().find(|(of, _)| *of == id).map_or(String::new(), |(_, name)| name.clone());
    Ok(OnCallPage {
        frame: actor.frame(web, &clinic, "On call", Nav::Workflows),
        on_call: pick("on_call", plan.map(|plan| plan.on_call), wrong.on_call),
        cover: pick("cover", plan.map(|plan| plan.cover), wrong.cover),
        days: hours::rows(&kept_hours, fields),
        hours_error: wrong.hours,
        zone: times::zone_words(&clinic.zone),
        crisis_en: Field { value: value("crisis_en", plan.map(|p| p.crisis.en.clone())), error: wrong.crisis_en },
        crisis_es: Field::value(&value("crisis_es", plan.and_then(|p| p.crisis.es.clone()))),
        by_link: fields.map_or(plan.is_some_and(|plan| plan.by_link), |fields| fields.contains_key("by_link")),
        stands: plan.is_some(),
        is_on: plan.is_some_and(|plan| plan.by_link),
        may_change: actor.may(Permission::SetOnCall).is_ok(),
        history: rows
            .iter()
            .map(|row| OnCallLine {
                at: times::stamp(row.at, &clinic.zone, &clinic.zone),
                by: name(row.said_by),
                words: match &row.plan {
                    None => "taken back".to_owned(),
                    Some(plan) => format!(
                        "{} on call, {} covers; by link: {}",
                        name(plan.on_call),
                        name(plan.cover),
                        if plan.by_link { "yes" } else { "no" }
                    ),
                },
            })
            .collect(),
    })
}

/// Whether forms that ask about harm may be asked by a link.
pub async fn may_ask_by_link(tx: &mut OrgTx) -> Result<bool, WebError> {
    Ok(tx.harm_plan().await?.is_some_and(|plan| plan.by_link))
}

/// What a workflow would ask by a link although nobody is named who acts on the answer, in words with the cure.
pub async fn refusal(tx: &mut OrgTx, workflow: &Workflow, now: Timestamp) -> Result<Option<String>, WebError> {
    let tasks = workflow.steps.iter().flat_map(|step| &step.tasks);
    let asked: Vec<String> = tasks.flat_map(|task| asked_by_link(task, workflow)).collect();
    if asked.is_empty() || may_ask_by_link(tx).await? {
        return Ok(None);
    }
    for content in asked {
        let form = library::form(tx, &content, now).await?;
        if form.is_some_and(|form| form.harm_item().is_some()) {
            return Ok(Some(format!(
                "`{content}` asks about harm, and this workflow would ask it by a link. That waits until an administrator \
                 has named who is on call, a cover, hours and the words for a crisis (Workflows, On call). At the clinic \
                 it can be asked now: assign it without a message."
            )));
        }
    }
    Ok(None)
}

/// The forms that a task gives and writes about.
fn asked_by_link(task: &Task, workflow: &Workflow) -> Vec<String> {
    let Task::Assign { gives, message, remind, .. } = task else { return vec![] };
    if message.is_none() && remind.is_none() {
        return vec![];
    }
    match gives {
        Gives::Item(content) if content.starts_with("questionnaire/") => vec![content.clone()],
        Gives::Baseline => workflow.trigger.baseline.iter().map(|name| format!("questionnaire/{name}")).collect(),
        // What a clinic may choose for a part of the body measures what somebody can do, and asks about nothing else.
        Gives::Item(_) | Gives::OfRegion => vec![],
    }
}
