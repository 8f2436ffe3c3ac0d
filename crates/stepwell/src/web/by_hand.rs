//! What staff do by hand beside visits: stop a run, take back what was given, record a yes or no, record STOP. Each goes
//! through the one door, and for a minute the one who did it can take it back.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use care::chart::{AssignmentAct, Category, Change, Channel, SaidBy, Source, UNDO, What};
use care::id::{AssignmentId, ChangeId, PatientId, RunId};
use serde::Deserialize;
use store::OrgTx;

use super::actor::Actor;
use super::error::WebError;
use super::flash::Said;
use super::form::{self, Posted};
use super::may_send::Place;
use super::permission::Permission;
use super::{Web, clock, outcome, render};
use crate::runner::record::Outcome;
use crate::runner::{self, Context, Known, NewChange};

/// What was done, as far as it can be taken back by its change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandAct {
    Answered,
    Given,
    RunStopped,
    Withdrawn,
    Consent,
    Details,
}

impl HandAct {
    pub const ALL: [HandAct; 6] = [
        HandAct::Answered,
        HandAct::Given,
        HandAct::RunStopped,
        HandAct::Withdrawn,
        HandAct::Consent,
        HandAct::Details,
    ];

    pub fn word(self) -> &'static str {
        match self {
            HandAct::Answered => "answered",
            HandAct::Given => "given",
            HandAct::RunStopped => "run-stopped",
            HandAct::Withdrawn => "withdrawn",
            HandAct::Consent => "consent",
            HandAct::Details => "details",
        }
    }

    pub fn of_word(word: &str) -> Option<HandAct> {
        HandAct::ALL.into_iter().find(|act| act.word() == word)
    }

    pub fn done(self) -> &'static str {
        match self {
            HandAct::Answered => "The answers are recorded.",
            HandAct::Given => "It is given.",
            HandAct::RunStopped => "The run is stopped. What it had planned is cancelled.",
            HandAct::Withdrawn => "It is taken back from the patient.",
            HandAct::Consent => "The answer is recorded.",
            HandAct::Details => "The details are saved.",
        }
    }

    /// Which of them a change is, if it is one.
    fn of(what: &What) -> Option<HandAct> {
        match what {
            What::RunStopped { .. } => Some(HandAct::RunStopped),
            What::Assignment { act: AssignmentAct::Withdraw, .. } => Some(HandAct::Withdrawn),
            What::Assignment { act: AssignmentAct::Give { .. }, .. } => Some(HandAct::Given),
            What::Assignment { act: AssignmentAct::Complete { .. }, .. } => Some(HandAct::Answered),
            What::Consent { .. } => Some(HandAct::Consent),
            // Adding a patient is not undone: then there would be a patient without a name.
            What::Patient(change) => change.given.is_keep().then_some(HandAct::Details),
            What::Encounter(_) | What::Episode(_) | What::OptOut { .. } | What::Enrolment { .. } | What::LoggedIn => {
                None
            }
        }
    }
}

/// What was said of an address, and what takes that back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopAct {
    Stopped,
    Lifted,
    UndoStopped,
    UndoLifted,
}

/// One patient, held, with all that is known.
pub struct Held {
    pub tx: OrgTx,
    pub context: Context,
    pub known: Known,
}

impl Held {
    pub async fn take(web: &Web, actor: &Actor, patient: &str) -> Result<Held, WebError> {
        actor.may(Permission::ChangePatients)?;
        let patient: PatientId = form::id(patient, "patient")?;
        web.let_time_pass().await?;
        let mut tx = actor.begin(web).await?;
        let context = Context::load(&web.roof, &mut tx).await?;
        let patient = store::patient_lock(&mut tx, patient).await?.ok_or(WebError::not_found("patient"))?;
        let known = Known::load(&web.roof, &context, &mut tx, patient).await?;
        Ok(Held { tx, context, known })
    }

    /// The same, only to be looked at.
    pub async fn look(web: &Web, actor: &Actor, patient: &str) -> Result<Held, WebError> {
        let patient: PatientId = form::id(patient, "patient")?;
        let mut tx = actor.begin(web).await?;
        let patient = tx.patient_now(patient).await?.ok_or(WebError::not_found("patient"))?;
        let context = Context::load(&web.roof, &mut tx).await?;
        let known = Known::load(&web.roof, &context, &mut tx, patient).await?;
        Ok(Held { tx, context, known })
    }

    /// Records it and goes on to a page that offers to take it back.
    pub async fn record(
        self,
        web: &Web,
        actor: &Actor,
        what: What,
        act: HandAct,
        to: &str,
    ) -> Result<Response, WebError> {
        self.record_all(web, actor, vec![what], act, to).await
    }

    /// The same of several; what is offered to be taken back is the last.
    pub async fn record_all(
        mut self,
        web: &Web,
        actor: &Actor,
        all: Vec<What>,
        act: HandAct,
        to: &str,
    ) -> Result<Response, WebError> {
        let (patient, at, source) = (self.known.patient, web.roof.now(), Source::Staff(actor.staff));
        let new = all.into_iter().map(|what| NewChange { at, source, what, message: None }).collect();
        let recorded = runner::record(&web.roof, &mut self.tx, &self.context, patient, new, false).await?;
        self.tx.commit().await?;
        web.settle().await?;
        let said = match recorded {
            Outcome::Recorded { last: Some(change) } => Some(Said::Hand { act, patient, change }),
            Outcome::Recorded { last: None } | Outcome::Known => None,
        };
        Ok(render::see(to, said.as_ref()))
    }
}

/// The page the button was on, if it is one of this patient's.
fn back(headers: &HeaderMap, patient: PatientId) -> String {
    let home = format!("/patients/{patient}");
    let from = clock::back(headers);
    let is_there = from == home || from.starts_with(&format!("{home}/why/"));
    if is_there { from } else { home }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct WhichRun {
    run: String,
}

/// `POST /patients/{patient}/why/{workflow}/stop`
pub async fn stop_run(
    State(web): State<Web>,
    actor: Actor,
    headers: HeaderMap,
    Path((patient, workflow)): Path<(String, String)>,
    Posted(given): Posted<WhichRun>,
) -> Result<Response, WebError> {
    let held = Held::take(&web, &actor, &patient).await?;
    let id: RunId = form::id(&given.run, "run")?;
    let run = held.known.ledger.runs.get(&id).filter(|run| run.workflow == workflow);
    let run = run.ok_or(WebError::not_found("run"))?;
    if !outcome::is_open(&held.known.ledger, run) {
        return Err(WebError::conflict("The run is over already. There is nothing left to stop."));
    }
    let what = What::RunStopped { workflow, subject: Some(run.anchor.subject) };
    let to = back(&headers, held.known.patient);
    held.record(&web, &actor, what, HandAct::RunStopped, &to).await
}

/// `POST /patients/{patient}/assignments/{assignment}/withdrawal`
pub async fn withdraw(
    State(web): State<Web>,
    actor: Actor,
    headers: HeaderMap,
    Path((patient, assignment)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let held = Held::take(&web, &actor, &patient).await?;
    let id: AssignmentId = form::id(&assignment, "assignment")?;
    let assignment = held.known.chart().assignment(id).ok_or(WebError::not_found("assignment"))?;
    if !assignment.is_open() {
        return Err(WebError::conflict("It was done or taken back, or it expired meanwhile. Nothing was changed."));
    }
    let what = What::Assignment { assignment: id, act: AssignmentAct::Withdraw };
    let to = back(&headers, held.known.patient);
    held.record(&web, &actor, what, HandAct::Withdrawn, &to).await
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Answered {
    channel: String,
    category: String,
    given: String,
    said_by: String,
}

/// `POST /patients/{patient}/consents`
pub async fn consent(
    State(web): State<Web>,
    actor: Actor,
    Path(patient): Path<String>,
    Posted(form): Posted<Answered>,
) -> Result<Response, WebError> {
    let held = Held::take(&web, &actor, &patient).await?;
    let wrong = |_| WebError::bad_form("Choose what the answer is about, the answer, and who gave it.");
    let channel: Channel = form.channel.parse().map_err(wrong)?;
    let category: Category = form.category.parse().map_err(wrong)?;
    let said_by: SaidBy = form.said_by.parse().map_err(wrong)?;
    let given = match form.given.as_str() {
        "yes" => true,
        "no" => false,
        _ => return Err(wrong(String::new())),
    };
    let what = What::Consent { channel, category, given, said_by: Some(said_by) };
    let to = format!("/patients/{}", held.known.patient);
    held.record(&web, &actor, what, HandAct::Consent, &to).await
}

/// `DELETE /patients/{patient}/changes/{change}`: within a minute, by the one who did it.
pub async fn take_back(
    State(web): State<Web>,
    actor: Actor,
    headers: HeaderMap,
    Path((patient, change)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let mut held = Held::take(&web, &actor, &patient).await?;
    let id: ChangeId = form::id(&change, "change")?;
    let patient = held.known.patient;
    let own = |done: &&Change| {
        done.id == id && done.source == Source::Staff(actor.staff) && HandAct::of(&done.what).is_some()
    };
    let Some(done) = held.known.changes.iter().find(own) else {
        return Err(WebError::conflict("There is nothing of yours to undo here. Perhaps it was undone already."));
    };
    if web.roof.now().duration_since(done.received_at) > UNDO {
        return Err(WebError::conflict("The 60 seconds to undo this are over. Do the opposite instead."));
    }
    if let What::Assignment { assignment, act: AssignmentAct::Complete { answers, .. } } = &done.what
        && held.known.chart().assignment(*assignment).is_some_and(|a| a.responses.len() == 1)
    {
        // What somebody said is not asked a second time: the form is open again, and filled in.
        held.tx.save_draft(patient, *assignment, answers, web.roof.now()).await?;
    }
    let with: Vec<ChangeId> = given_with(&held, done).map(|change| change.id).collect();
    for change in with.into_iter().chain([id]) {
        runner::record::take_back(&web.roof, &mut held.tx, &held.context, patient, change).await?;
    }
    held.tx.commit().await?;
    web.settle().await?;
    Ok(render::see(&back(&headers, patient), Some(&Said::TakenBack)))
}

/// The forms that were given with a care plan.
fn given_with<'a>(held: &'a Held, done: &'a Change) -> impl Iterator<Item = &'a Change> {
    let given = |change: &'a Change| match &change.what {
        What::Assignment { act: AssignmentAct::Give { content, due, .. }, .. } => Some((content, *due)),
        _ => None,
    };
    let plan = given(done);
    let forms = plan.and_then(|(content, _)| held.context.organization.clinic.plan_forms.get(content));
    held.known.changes.iter().filter(move |change| {
        let together = change.received_at == done.received_at && change.source == done.source;
        let is_its_form = given(change).is_some_and(|(form, due)| {
            plan.is_some_and(|(_, of)| of == due) && forms.is_some_and(|f| f.contains(form))
        });
        together && is_its_form
    })
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct OfStop {
    /// Takes the last word back instead.
    undo: String,
}

/// `POST /patients/{patient}/stops/{place}`: somebody said STOP for this address.
pub async fn stop_address(
    State(web): State<Web>,
    actor: Actor,
    Path((patient, place)): Path<(String, String)>,
    Posted(given): Posted<OfStop>,
) -> Result<Response, WebError> {
    say(&web, &actor, &patient, &place, if given.undo.is_empty() { StopAct::Stopped } else { StopAct::UndoLifted })
        .await
}

/// `DELETE /patients/{patient}/stops/{place}`: it may be written to again. Who recorded a STOP by mistake may undo it;
/// otherwise that takes an administrator, since the address belongs to everyone who shares it.
pub async fn lift_stop(
    State(web): State<Web>,
    actor: Actor,
    Path((patient, place)): Path<(String, String)>,
    Posted(given): Posted<OfStop>,
) -> Result<Response, WebError> {
    if given.undo.is_empty() {
        actor.may(Permission::LiftStops)?;
    }
    say(&web, &actor, &patient, &place, if given.undo.is_empty() { StopAct::Lifted } else { StopAct::UndoStopped })
        .await
}

async fn say(web: &Web, actor: &Actor, patient: &str, place: &str, act: StopAct) -> Result<Response, WebError> {
    let mut held = Held::take(web, actor, patient).await?;
    let place = Place::of_word(place).ok_or(WebError::not_found("address"))?;
    let point = place.point(&held.known.chart().patient).ok_or(WebError::not_found("address"))?;
    let (now, by, patient) = (web.roof.now(), actor.staff, held.known.patient);
    let since = now.checked_sub(UNDO).unwrap_or(now);
    let changed = match act {
        StopAct::Stopped => held.tx.stop_address(&point, by, now).await?,
        StopAct::Lifted => held.tx.lift_stop(&point, by, now).await?,
        StopAct::UndoStopped => held.tx.undo_stop(&point, by, since).await?,
        StopAct::UndoLifted => held.tx.undo_lift(&point, by, since).await?,
    };
    if !changed {
        return Err(WebError::conflict("That is so already, or the 60 seconds to undo it are over."));
    }
    held.tx.commit().await?;
    web.settle().await?;
    let said = match act {
        StopAct::Stopped | StopAct::Lifted => Said::Stop { act, patient, place },
        StopAct::UndoStopped | StopAct::UndoLifted => Said::TakenBack,
    };
    Ok(render::see(&format!("/patients/{patient}"), Some(&said)))
}
