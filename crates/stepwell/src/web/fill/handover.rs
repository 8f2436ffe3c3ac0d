//! A device is handed to the patient: it shows this one form and nothing else, and nobody of staff is signed in on it any
//! more.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::SignedDuration;
use store::Handover;

use super::super::actor::{self, Actor};
use super::super::error::WebError;
use super::super::permission::Permission;
use super::super::{Web, portal, render, session};
use super::sheet::Sheet;
use crate::ids;

/// Long enough for a form, too short for a device that was left lying about.
const LASTS: SignedDuration = SignedDuration::from_hours(1);

/// `POST /patients/{patient}/forms/{assignment}/handover`
pub async fn hand_over(
    State(web): State<Web>,
    actor: Actor,
    headers: HeaderMap,
    Path((patient, assignment)): Path<(String, String)>,
) -> Result<Response, WebError> {
    actor.may(Permission::ChangePatients)?;
    let mut sheet = Sheet::take(&web, &actor, &patient, &assignment).await?;
    if sheet.is_for_staff() {
        return Err(WebError::conflict("This form is for staff: it is not handed to a patient."));
    }
    sheet.must_be_open()?;
    let (now, token) = (web.roof.now(), ids::hex(&ids::random::<32>()));
    let handover = Handover { assignment: sheet.assignment.id, by: actor.staff };
    let (tx, patient) = (&mut sheet.held.tx, sheet.held.known.patient);
    let expires = now.checked_add(LASTS).unwrap_or(now);
    tx.start_portal_session(patient, &actor::hash_of(&token), (now, expires), Some(handover)).await?;
    if let Some(own) = actor::token(&headers) {
        tx.end_session(&actor::hash_of(&own)).await?;
    }
    sheet.held.tx.commit().await?;
    let answer = render::see(&format!("/p/forms/{}", handover.assignment), None);
    Ok(session::signs_out(&web, portal::lets_in(&web, answer, &token, LASTS)))
}
