//! The door: a link and the right birth date. Opening a link changes nothing, since mail scanners open them all; only a
//! birth date that is right uses it up.

use axum::extract::{Path, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use care::chart::{EnrolmentAct, PatientChange, Source, What, Write};
use care::id::EnrolmentId;
use care::zone::CivilMoment;
use jiff::SignedDuration;
use pages::patient::portal::{Door, DoorState, Outside};
use serde::Deserialize;
use store::PortalSession;

use super::super::error::WebError;
use super::super::form::Posted;
use super::super::link_pages::{Birth, Opened, does_not_work, open};
use super::super::{Web, actor, render};
use super::{COOKIE, token};
use crate::ids;
use crate::runner::links::Purpose;
use crate::runner::{NewChange, record};

/// How long somebody stays in.
const LASTS: SignedDuration = SignedDuration::from_hours(12);
/// How long a link in a message leads somewhere.
const LINK_LASTS: SignedDuration = SignedDuration::from_hours(24 * 30);
/// The workflow that sends somebody a new link when they ask for one.
pub const RENEWAL: &str = "portal-link";

#[derive(Deserialize)]
pub struct Given {
    birth_date: String,
}

pub async fn show(State(web): State<Web>, Path(link): Path<String>, headers: HeaderMap) -> Result<Response, WebError> {
    let Some(mut opened) = open(&web, Purpose::Open, &link, false).await? else { return does_not_work() };
    if is_in(&web, &opened, &headers).await? {
        return Ok(render::see(&target(&opened), None));
    }
    let state = match state_of(&web, &mut opened).await? {
        Some(state) => state,
        None => DoorState::Asks { error: None },
    };
    page(&opened, &link, StatusCode::OK, state)
}

pub async fn enter(
    State(web): State<Web>,
    Path(link): Path<String>,
    Posted(given): Posted<Given>,
) -> Result<Response, WebError> {
    web.let_time_pass().await?;
    let Some(mut opened) = open(&web, Purpose::Open, &link, true).await? else { return does_not_work() };
    if let Some(state) = state_of(&web, &mut opened).await? {
        return page(&opened, &link, StatusCode::FORBIDDEN, state);
    }
    let (now, patient) = (web.roof.now(), opened.patient);
    match opened.try_birth(&given.birth_date, now).await? {
        Birth::Right => {}
        Birth::Wrong => {
            let error = Some(opened.wrong_birth_words());
            let answer = page(&opened, &link, StatusCode::BAD_REQUEST, DoorState::Asks { error })?;
            opened.tx.commit().await?;
            return Ok(answer);
        }
        Birth::Shut => return page(&opened, &link, StatusCode::FORBIDDEN, DoorState::Locked),
    }
    let token = ids::hex(&ids::random::<32>());
    let lasts = if web.demo.is_some() { LINK_LASTS } else { LASTS };
    opened.tx.use_portal_link(opened.delivery.id, now).await?;
    let expires = now.checked_add(lasts).unwrap_or(now);
    opened.tx.start_portal_session(patient, &actor::hash_of(&token), (now, expires), None).await?;
    let answer = lets_in(&web, render::see(&target(&opened), None), &token, lasts);
    comes_in(&web, opened).await?;
    Ok(answer)
}

/// Who comes in has an account from then on.
async fn comes_in(web: &Web, mut opened: Opened) -> Result<(), WebError> {
    let new = |what| NewChange { at: web.roof.now(), source: Source::Patient, what, message: None };
    let mut changes = vec![new(What::LoggedIn)];
    if opened.known.snapshot.chart.patient.registered_at.is_none() {
        let registered = PatientChange { registered: Write::Set(true), ..PatientChange::default() };
        changes.push(new(What::Patient(Box::new(registered))));
    }
    record(&web.roof, &mut opened.tx, &opened.context, opened.patient, changes, false).await?;
    opened.tx.commit().await?;
    web.settle().await
}

/// Sends a new link: the patient puts themselves on the workflow that does.
pub async fn renew(State(web): State<Web>, Path(link): Path<String>) -> Result<Response, WebError> {
    web.let_time_pass().await?;
    let Some(opened) = open(&web, Purpose::Open, &link, true).await? else { return does_not_work() };
    if !can_renew(&web, &opened) {
        return page(&opened, &link, StatusCode::CONFLICT, DoorState::Used { renew: false });
    }
    let answer = page(&opened, &link, StatusCode::OK, DoorState::Renewed)?;
    let (now, zone) = (web.roof.now(), opened.known.snapshot.chart.home_zone(&opened.context.organization.clinic));
    let moment = CivilMoment::at(now, zone);
    let act = EnrolmentAct::Enrol { workflow: RENEWAL.into(), moment };
    let enrolment = EnrolmentId(web.roof.new_id());
    opened.record(&web, What::Enrolment { enrolment, act }).await?;
    Ok(answer)
}

pub async fn leave(State(web): State<Web>, headers: HeaderMap) -> Result<Response, WebError> {
    let mut on_loan = false;
    if let Some(token) = token(&headers)
        && let Some(session) = web.roof.app.find_portal_session(&actor::hash_of(&token), web.roof.now()).await?
    {
        let mut tx = web.roof.app.begin(session.organization).await?;
        tx.end_portal_session(&actor::hash_of(&token)).await?;
        tx.commit().await?;
        on_loan = session.handover.is_some();
    }
    let answer = if on_loan {
        super::hand_back(None)?
    } else {
        render::html(&Outside { frame: super::outside_frame(), left: true })?.into_response()
    };
    Ok(sends_out(&web, answer))
}

/// Why nobody is asked for a birth date just now.
async fn state_of(web: &Web, opened: &mut Opened) -> Result<Option<DoorState>, WebError> {
    let now = web.roof.now();
    if opened.is_shut(now).await? {
        return Ok(Some(DoorState::Locked));
    }
    let is_old = now.duration_since(opened.delivery.queued_at) > LINK_LASTS;
    if is_old || opened.tx.portal_link_is_used(opened.delivery.id).await? {
        return Ok(Some(DoorState::Used { renew: can_renew(web, opened) }));
    }
    Ok(None)
}

fn can_renew(web: &Web, opened: &Opened) -> bool {
    opened.context.workflows.is_active(RENEWAL, web.roof.now())
}

/// Whether this browser is in already, as this patient.
async fn is_in(web: &Web, opened: &Opened, headers: &HeaderMap) -> Result<bool, WebError> {
    let Some(token) = token(headers) else { return Ok(false) };
    let found = web.roof.app.find_portal_session(&actor::hash_of(&token), web.roof.now()).await?;
    let own = |session: PortalSession| {
        let whose = (session.organization, session.patient);
        whose == (opened.tx.organization(), opened.patient) && session.handover.is_none()
    };
    Ok(found.is_some_and(own))
}

/// What the message was about, else the list.
fn target(opened: &Opened) -> String {
    let given = opened.delivery.assignment.and_then(|id| opened.known.chart().assignment(id));
    match given {
        Some(form) if form.is_a("questionnaire") && form.is_open() => format!("/p/forms/{}", form.id),
        Some(given) if given.is_a("exercise") => format!("/p/exercises/{}/{}", given.id, given.instrument()),
        Some(given) if given.is_a("education") => format!("/p/articles/{}/{}", given.id, given.instrument()),
        _ => "/p/today".into(),
    }
}

/// The browser that gets this answer is in from now on.
pub fn lets_in(web: &Web, answer: Response, token: &str, lasts: SignedDuration) -> Response {
    with_cookie(answer, &cookie(web, token, lasts.as_secs()))
}

/// And from now on it is not; its session has to be ended beside.
pub fn sends_out(web: &Web, answer: Response) -> Response {
    with_cookie(answer, &cookie(web, "", 0))
}

fn cookie(web: &Web, token: &str, seconds: i64) -> String {
    // Over plain http a browser would not send a secure cookie back.
    let secure = if web.roof.base_url.starts_with("http://") { "" } else { "; Secure" };
    format!("{COOKIE}={token}; Path=/p/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}")
}

fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(cookie) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

fn page(opened: &Opened, link: &str, status: StatusCode, state: DoorState) -> Result<Response, WebError> {
    let action = match state {
        DoorState::Used { .. } => format!("/p/open/{link}/renewal"),
        DoorState::Asks { .. } | DoorState::Locked | DoorState::Renewed => format!("/p/open/{link}"),
    };
    let page = Door { frame: opened.frame(), action, state };
    Ok((status, render::html(&page)?).into_response())
}
