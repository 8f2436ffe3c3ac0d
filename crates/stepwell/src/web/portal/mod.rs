//! The portal: a patient's own pages. A link in a message leads to the [`door`]; who gives the right birth date there gets
//! a session, and sees under the portal's role nobody's rows but their own.

mod door;
mod forms;
pub mod items;
mod question;
mod today;
pub mod words;

use std::convert::Infallible;

use axum::Router;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use care::chart::{Assignment, AssignmentAct, Snapshot, Source, Watch, What};
use care::id::{AssignmentId, OrganizationId, PatientId};
pub use door::lets_in;
use jiff::Timestamp;
use pages::patient::portal::{HandedBack, Outside, Trouble, TroubleKind};
use pages::patient::{Language, PatientFrame};
use store::{Handover, HarmSaid, OrgTx, OrganizationRow, patient_lock};

use super::actor::{cookie, csrf_of, hash_of};
use super::error::WebError;
use super::{Web, library_notice, render, videos};
use crate::runner::{Context, Known, NewChange, record};

pub const COOKIE: &str = "stepwell_portal";

/// Paths behind the door: there a cookie counts, so forms are asked for their secret.
const INSIDE: [&str; 5] = ["/p/today", "/p/forms/", "/p/exercises/", "/p/articles/", "/p/leave"];

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/p/open/{token}", get(door::show).post(door::enter))
        .route("/p/open/{token}/renewal", post(door::renew))
        .route("/p/leave", post(door::leave))
        .route("/p/notice", get(library_notice::for_patients))
        .route("/p/today", get(today::show))
        .route("/p/exercises/{assignment}/{exercise}", get(items::exercise))
        .route("/p/exercises/{assignment}/{exercise}/today", post(items::done).delete(items::not_done))
        .route("/p/exercises/{assignment}/{exercise}/video", get(videos::for_patients))
        .route("/p/articles/{assignment}/{article}", get(items::article))
        .route("/p/articles/{assignment}/{article}/today", post(items::read))
        .route("/p/forms/{assignment}", get(forms::ask).post(forms::answer))
        .route("/p/forms/{assignment}/answers", get(forms::review).post(forms::hand_in))
        .route("/p/forms/{assignment}/help", get(forms::help))
        .route("/p/forms/{assignment}/correction", post(forms::correct))
}

pub fn is_inside(path: &str) -> bool {
    INSIDE.iter().any(|inside| path.starts_with(inside))
}

/// A patient who came through the door.
pub struct Visitor {
    pub organization: OrganizationId,
    pub patient: PatientId,
    /// The device is the clinic's: this form, and nothing else.
    pub handover: Option<Handover>,
    csrf: String,
    token_hash: [u8; 32],
}

impl OptionalFromRequestParts<Web> for Visitor {
    type Rejection = Infallible;

    /// Nobody is asked to come in for what is for everybody.
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Option<Self>, Infallible> {
        Ok(<Self as FromRequestParts<Web>>::from_request_parts(parts, web).await.ok())
    }
}

impl FromRequestParts<Web> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Response> {
        let token = token(&parts.headers).ok_or_else(outside)?;
        let found = web.roof.app.find_portal_session(&hash_of(&token), web.roof.now()).await;
        let session = found.map_err(failed)?.ok_or_else(outside)?;
        let organization = session.organization;
        if let Some(handover) = session.handover
            && !is_of(parts.uri.path(), handover.assignment)
        {
            return Err(render::see(&form_path(handover.assignment), None));
        }
        // Two records may have become one since the door was opened.
        let mut tx = web.roof.app.begin(organization).await.map_err(failed)?;
        let patient = tx.patient_now(session.patient).await.map_err(failed)?.ok_or_else(outside)?;
        let (csrf, token_hash) = (csrf_of(&token), hash_of(&token));
        Ok(Visitor { organization, patient, handover: session.handover, csrf, token_hash })
    }
}

fn form_path(assignment: AssignmentId) -> String {
    format!("/p/forms/{assignment}")
}

/// Whether a path is of this form and of nothing else.
fn is_of(path: &str, assignment: AssignmentId) -> bool {
    let form = form_path(assignment);
    path == form || path.strip_prefix(&form).is_some_and(|rest| rest.starts_with('/'))
}

fn failed(error: store::Error) -> Response {
    WebError::from(error).into_response()
}

/// What went wrong, in the patient's words. Who has no session any more is told how to come in.
pub fn trouble(status: StatusCode, came_in: bool) -> Response {
    let what = match status {
        StatusCode::FORBIDDEN if !came_in => return outside(),
        StatusCode::FORBIDDEN => TroubleKind::TooOld,
        StatusCode::NOT_FOUND => TroubleKind::NotThere,
        _ if status.is_client_error() => TroubleKind::NotTaken,
        _ => TroubleKind::Failed,
    };
    match render::html(&Trouble { frame: outside_frame(), what }) {
        Ok(page) => (status, page).into_response(),
        Err(_) => status.into_response(),
    }
}

/// Nobody is in: whose page it would be is not known, so both languages are spoken.
fn outside() -> Response {
    match render::html(&Outside { frame: outside_frame(), left: false }) {
        Ok(page) => (StatusCode::UNAUTHORIZED, page).into_response(),
        Err(error) => error.into_response(),
    }
}

/// The end of what a device was handed over for. `frame`: of the patient who answered.
fn hand_back(frame: Option<PatientFrame>) -> Result<Response, WebError> {
    let answered = frame.is_some();
    let nobody = || PatientFrame { on_loan: true, ..outside_frame() };
    Ok(render::html(&HandedBack { frame: frame.unwrap_or_else(nobody), answered })?.into_response())
}

/// Of a page that belongs to no clinic.
pub fn outside_frame() -> PatientFrame {
    PatientFrame {
        language: Language::English,
        clinic_name: "Stepwell".into(),
        clinic_phone: String::new(),
        csrf: String::new(),
        on_loan: false,
    }
}

pub fn token(headers: &axum::http::HeaderMap) -> Option<String> {
    let token = cookie(headers, COOKIE)?;
    (token.len() == 64 && token.bytes().all(|b| b.is_ascii_hexdigit())).then(|| token.to_owned())
}

/// What a patient sees of themselves, read under the portal's role.
pub struct Seen {
    pub tx: OrgTx,
    organization: OrganizationRow,
    snapshot: Snapshot,
    now: Timestamp,
    csrf: String,
    on_loan: bool,
}

impl Visitor {
    pub async fn sees(&self, web: &Web) -> Result<Seen, WebError> {
        let portal = web.roof.portal.as_ref().ok_or_else(|| WebError::internal(&"the portal has no database role"))?;
        let mut tx = portal.begin_for_patient(self.organization, self.patient).await?;
        let organization = tx.clinic().await?;
        let changes = tx.changes(self.patient).await?;
        let snapshot = Snapshot::of(&changes, &organization.clinic, &Watch::default(), web.roof.now());
        let on_loan = self.handover.is_some();
        Ok(Seen { tx, organization, snapshot, now: web.roof.now(), csrf: self.csrf.clone(), on_loan })
    }

    /// Records what the patient says through the one door.
    async fn says(&self, web: &Web, what: What) -> Result<(), WebError> {
        let (mut tx, context, patient) = self.held(web).await?;
        let new = NewChange { at: web.roof.now(), source: Source::Patient, what, message: None };
        record(&web.roof, &mut tx, &context, patient, vec![new], false).await?;
        tx.commit().await?;
        web.settle().await
    }

    /// Hands a form in as it stood when the answers were read. False if it was answered or taken back meanwhile: by
    /// somebody else, or by pressing twice.
    async fn hands_in(
        &self,
        web: &Web,
        stood: &Assignment,
        act: AssignmentAct,
        harm: Option<HarmSaid>,
    ) -> Result<bool, WebError> {
        let (mut tx, context, patient) = self.held(web).await?;
        let known = Known::load(&web.roof, &context, &mut tx, patient).await?;
        let stands = |a: &Assignment| a.state() == stood.state() && a.responses.len() == stood.responses.len();
        if !known.chart().assignment(stood.id).is_some_and(stands) {
            return Ok(false);
        }
        tx.drop_draft(stood.id).await?;
        if let Some(harm) = harm {
            tx.harm_handed_in(patient, &harm).await?;
        }
        let what = What::Assignment { assignment: stood.id, act };
        let new = NewChange { at: web.roof.now(), source: Source::Patient, what, message: None };
        record(&web.roof, &mut tx, &context, patient, vec![new], false).await?;
        if self.handover.is_some() {
            tx.end_portal_session(&self.token_hash).await?;
        }
        tx.commit().await?;
        web.settle().await?;
        Ok(true)
    }

    /// The patient's own row, held.
    async fn held(&self, web: &Web) -> Result<(OrgTx, Context, PatientId), WebError> {
        let mut tx = web.roof.app.begin(self.organization).await?;
        let context = Context::load(&web.roof, &mut tx).await?;
        let patient = patient_lock(&mut tx, self.patient).await?.ok_or_else(|| WebError::not_found("patient"))?;
        Ok((tx, context, patient))
    }
}

impl Seen {
    fn language(&self) -> Language {
        match self.snapshot.chart.patient.language.as_deref() {
            Some("es") => Language::Spanish,
            _ => Language::English,
        }
    }

    fn library_language(&self) -> care::library::Language {
        care::library::Language::of(self.snapshot.chart.patient.language.as_deref())
    }

    fn say(&self, english: &str, spanish: &str) -> String {
        self.language().say(english, spanish).to_owned()
    }

    pub fn frame(&self) -> PatientFrame {
        PatientFrame {
            language: self.language(),
            clinic_name: self.organization.clinic.name.clone(),
            clinic_phone: self.organization.phone.clone(),
            csrf: self.csrf.clone(),
            on_loan: self.on_loan,
        }
    }

    /// What the patient has of this kind and may still do; nothing of anybody else's.
    pub fn assignment(&self, id: &str) -> Option<&Assignment> {
        let id: AssignmentId = id.parse().ok()?;
        self.snapshot.chart.assignment(id).filter(|a| a.withdrawn_at.is_none())
    }
}
