//! What the desk does with a visit. Each goes through the one door, and for a minute it can be taken back.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use care::chart::{Act, Change, Encounter, EncounterChange, EncounterKey, Source, What, Write};
use care::id::{ChangeId, EncounterId, PatientId};
use jiff::{SignedDuration, Timestamp};
use pages::staff::{VisitActions, VisitState};
use serde::Deserialize;
use store::OrgTx;

use super::actor::Actor;
use super::error::WebError;
use super::flash::Said;
use super::form::{self, Posted};
use super::permission::Permission;
use super::{Web, patient_page, render, times, visit_form, words};
use crate::runner::record::Outcome;
use crate::runner::{self, Context, Known, NewChange};

/// For how long a person can take back what they did.
pub const UNDO: SignedDuration = SignedDuration::from_secs(60);

/// What can be done to a visit, by its route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VisitAct {
    /// Logged by hand; here only to be taken back.
    Booking,
    Arrival,
    NoShow,
    Cancellation,
    Move,
    Reinstatement,
}

impl VisitAct {
    pub const ALL: [VisitAct; 6] = [
        VisitAct::Booking,
        VisitAct::Arrival,
        VisitAct::NoShow,
        VisitAct::Cancellation,
        VisitAct::Move,
        VisitAct::Reinstatement,
    ];

    pub fn route(self) -> &'static str {
        match self {
            VisitAct::Booking => "booking",
            VisitAct::Arrival => "arrival",
            VisitAct::NoShow => "no-show",
            VisitAct::Cancellation => "cancellation",
            VisitAct::Move => "move",
            VisitAct::Reinstatement => "reinstatement",
        }
    }

    pub fn of_route(route: &str) -> Option<VisitAct> {
        VisitAct::ALL.into_iter().find(|act| act.route() == route)
    }

    pub fn done(self) -> &'static str {
        match self {
            VisitAct::Booking => "The visit is logged.",
            VisitAct::Arrival => "The patient has arrived.",
            VisitAct::NoShow => "The visit is marked as a no-show.",
            VisitAct::Cancellation => "The visit is cancelled.",
            VisitAct::Move => "The visit is moved.",
            VisitAct::Reinstatement => "The visit is planned again.",
        }
    }

    fn act(self) -> Act {
        match self {
            VisitAct::Booking => Act::Book,
            VisitAct::Arrival => Act::Arrive,
            VisitAct::NoShow => Act::NoShow,
            VisitAct::Cancellation => Act::Cancel,
            VisitAct::Move => Act::Modify,
            VisitAct::Reinstatement => Act::Reinstate,
        }
    }

    /// Whether a visit in this state lets itself be changed so.
    fn fits(self, state: VisitState) -> bool {
        use VisitState as S;
        match self {
            VisitAct::Booking => false,
            VisitAct::Arrival => matches!(state, S::Planned | S::NoShow),
            VisitAct::NoShow => matches!(state, S::Planned | S::Arrived),
            VisitAct::Cancellation => matches!(state, S::Planned),
            VisitAct::Move => matches!(state, S::Planned | S::NoShow),
            VisitAct::Reinstatement => matches!(state, S::Arrived | S::NoShow | S::Cancelled),
        }
    }
}

/// The buttons of a visit.
pub fn actions(
    patient: PatientId,
    visit: EncounterId,
    state: VisitState,
    start: Option<Timestamp>,
    zone: &str,
) -> VisitActions {
    VisitActions {
        base: format!("/patients/{patient}/visits/{visit}"),
        arrive: VisitAct::Arrival.fits(state),
        no_show: VisitAct::NoShow.fits(state),
        cancel: VisitAct::Cancellation.fits(state),
        move_from: start.filter(|_| VisitAct::Move.fits(state)).map(|at| times::fields(at, zone)),
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Given {
    back: String,
    date: String,
    time: String,
    change: String,
}

impl Given {
    fn is_from_today(&self) -> bool {
        self.back == "today"
    }

    fn path(&self, patient: PatientId) -> String {
        if self.is_from_today() { "/".into() } else { format!("/patients/{patient}") }
    }
}

/// `POST /patients/{patient}/visits`
pub async fn log(
    State(web): State<Web>,
    actor: Actor,
    Path(patient): Path<String>,
    Posted(given): Posted<visit_form::Given>,
) -> Result<Response, WebError> {
    actor.may(Permission::ChangeVisits)?;
    let patient = form::id(&patient, "patient")?;
    web.let_time_pass().await?;
    let mut tx = actor.begin(&web).await?;
    let context = Context::load(&web.roof, &mut tx).await?;
    let now = web.roof.now();
    let logged = match visit_form::read(&given, &context.organization.clinic, patient, now) {
        Ok(logged) => logged,
        Err(again) => {
            drop(tx);
            let page = patient_page::page(&web, &actor, patient, Some(*again), None).await?;
            return Ok((StatusCode::BAD_REQUEST, page).into_response());
        }
    };
    let patient = lock(&mut tx, patient).await?;
    let visit = EncounterId(web.roof.new_id());
    let new = |act| EncounterChange::new(visit, EncounterKey::Appointment, act);
    let mut whats = vec![What::Encounter(EncounterChange {
        start: Write::Set(logged.start),
        visit_type: Write::Set(logged.visit_type),
        location: Write::Set(logged.location),
        ..new(Act::Book)
    })];
    if logged.arrived {
        whats.push(What::Encounter(new(Act::Arrive)));
    }
    let recorded = record(&web, &actor, &mut tx, &context, patient, whats).await?;
    tx.commit().await?;
    web.settle().await?;
    let said = match recorded {
        // Two changes cannot be taken back with one button.
        Outcome::Recorded { last: Some(change) } if !logged.arrived => {
            Said::Visit { act: VisitAct::Booking, patient, visit, change, today: false }
        }
        _ => Said::VisitLogged,
    };
    Ok(render::see(&format!("/patients/{patient}"), Some(&said)))
}

/// `POST /patients/{patient}/visits/{visit}/{act}`
pub async fn act(
    State(web): State<Web>,
    actor: Actor,
    Path((patient, visit, act)): Path<(String, String, String)>,
    Posted(given): Posted<Given>,
) -> Result<Response, WebError> {
    actor.may(Permission::ChangeVisits)?;
    let act = VisitAct::of_route(&act).filter(|act| *act != VisitAct::Booking).ok_or(WebError::not_found("page"))?;
    let (patient, visit): (PatientId, EncounterId) = (form::id(&patient, "patient")?, form::id(&visit, "visit")?);
    web.let_time_pass().await?;
    let mut tx = actor.begin(&web).await?;
    let patient = lock(&mut tx, patient).await?;
    let context = Context::load(&web.roof, &mut tx).await?;
    let known = Known::load(&web.roof, &context, &mut tx, patient).await?;
    let encounter = known.snapshot.chart.encounter(visit).ok_or(WebError::not_found("visit"))?;
    let state = words::visit_state(encounter.state).ok_or(WebError::not_found("visit"))?;
    if !act.fits(state) {
        let state = state.label().to_lowercase();
        return Err(WebError::conflict(format!("The visit is now “{state}”, so this cannot be done.")));
    }
    let mut change = EncounterChange::new(encounter.id, key_of(&known.changes, encounter, act), act.act());
    if act == VisitAct::Move {
        let zone = context.organization.clinic.zone_at(encounter.location);
        let start = visit_form::read_start(&given.date, &given.time, zone, web.roof.now());
        change.start = Write::Set(start.map_err(|(date, time)| {
            WebError::bad_form(date.or(time).unwrap_or_else(|| "Give the new date and time.".into()))
        })?);
    }
    let visit = encounter.id;
    let recorded = record(&web, &actor, &mut tx, &context, patient, vec![What::Encounter(change)]).await?;
    tx.commit().await?;
    web.settle().await?;
    let said = match recorded {
        Outcome::Recorded { last: Some(change) } => {
            Some(Said::Visit { act, patient, visit, change, today: given.is_from_today() })
        }
        Outcome::Recorded { last: None } | Outcome::Known => None,
    };
    Ok(render::see(&given.path(patient), said.as_ref()))
}

/// `DELETE /patients/{patient}/visits/{visit}/{act}`: within a minute, by the one who did it.
pub async fn take_back(
    State(web): State<Web>,
    actor: Actor,
    Path((patient, visit, act)): Path<(String, String, String)>,
    Posted(given): Posted<Given>,
) -> Result<Response, WebError> {
    actor.may(Permission::ChangeVisits)?;
    let act = VisitAct::of_route(&act).ok_or(WebError::not_found("page"))?;
    let (patient, visit): (PatientId, EncounterId) = (form::id(&patient, "patient")?, form::id(&visit, "visit")?);
    let change: ChangeId = form::id(&given.change, "change")?;
    let mut tx = actor.begin(&web).await?;
    let patient = lock(&mut tx, patient).await?;
    let changes = tx.changes(patient).await?;
    let done = changes.iter().find(|done| done.id == change);
    let own = |done: &&Change| {
        let of_visit = matches!(&done.what, What::Encounter(e) if e.encounter == visit && e.act == act.act());
        of_visit && done.source == Source::Staff(actor.staff)
    };
    let Some(done) = done.filter(own) else {
        return Err(WebError::conflict("There is nothing of yours to undo here. Perhaps it was undone already."));
    };
    if web.roof.now().duration_since(done.received_at) > UNDO {
        return Err(WebError::conflict("The 60 seconds to undo this are over. Correct the visit instead."));
    }
    let context = Context::load(&web.roof, &mut tx).await?;
    runner::record::take_back(&web.roof, &mut tx, &context, patient, change).await?;
    tx.commit().await?;
    web.settle().await?;
    Ok(render::see(&given.path(patient), Some(&Said::TakenBack)))
}

pub async fn lock(tx: &mut OrgTx, patient: PatientId) -> Result<PatientId, WebError> {
    store::patient_lock(tx, patient).await?.ok_or(WebError::not_found("patient"))
}

/// What a person says of a patient, through the one door.
pub async fn record(
    web: &Web,
    actor: &Actor,
    tx: &mut OrgTx,
    context: &Context,
    patient: PatientId,
    whats: Vec<What>,
) -> Result<Outcome, WebError> {
    let at = web.roof.now();
    let new = |what| NewChange { at, source: Source::Staff(actor.staff), what, message: None };
    let changes = whats.into_iter().map(new).collect();
    Ok(runner::record(&web.roof, tx, context, patient, changes, false).await?)
}

/// By which number the visit is named: one that the EMR knows by its registration only goes on being joined by day. A
/// move names it as an appointment, since a registration's time never moves a visit.
fn key_of(changes: &[Change], encounter: &Encounter, act: VisitAct) -> EncounterKey {
    let by_appointment = changes.iter().any(|change| {
        matches!(&change.what, What::Encounter(e) if e.encounter == encounter.id && e.key == EncounterKey::Appointment)
    });
    if by_appointment || act == VisitAct::Move { EncounterKey::Appointment } else { EncounterKey::Visit }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_and_acts_are_one_to_one() {
        for act in VisitAct::ALL {
            assert_eq!(VisitAct::of_route(act.route()), Some(act));
        }
        assert_eq!(VisitAct::of_route("deletion"), None);
    }

    #[test]
    fn a_finished_or_wrongly_entered_visit_has_no_buttons() {
        for state in [VisitState::Finished, VisitState::EnteredInError] {
            assert!(VisitAct::ALL.into_iter().all(|act| !act.fits(state)));
        }
    }

    #[test]
    fn a_planned_visit_can_arrive_be_missed_cancelled_and_moved() {
        let id = uuid::Uuid::nil();
        let start = "2025-03-04T17:00:00Z".parse().ok();
        let actions = actions(PatientId(id), EncounterId(id), VisitState::Planned, start, "America/Denver");
        assert!(actions.arrive && actions.no_show && actions.cancel);
        assert_eq!(actions.move_from, Some(("2025-03-04".into(), "10:00".into())));
    }
}
