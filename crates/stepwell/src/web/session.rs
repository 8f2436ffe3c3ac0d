//! Signing in and out.

use axum::extract::{Query, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use care::id::{OrganizationId, StaffId};
use jiff::SignedDuration;
use pages::staff::{Field, SignIn};
use pages::{Flash, Frame, Nav, Tone};
use serde::Deserialize;

use super::actor::{SESSION_COOKIE, hash_of, token};
use super::error::WebError;
use super::form::{Posted, local_path};
use super::{Web, password, render};
use crate::demo;
use crate::ids;

/// A working day.
const LASTS: SignedDuration = SignedDuration::from_hours(12);

/// In the demo a week goes by with one button: nobody wants to sign in after each.
const LASTS_IN_DEMO: SignedDuration = SignedDuration::from_hours(24 * 1000);

#[derive(Deserialize)]
pub struct Wanted {
    next: Option<String>,
}

#[derive(Deserialize)]
pub struct Credentials {
    email: String,
    password: String,
    next: Option<String>,
}

pub async fn form(State(web): State<Web>, Query(wanted): Query<Wanted>) -> Result<Response, WebError> {
    let next = wanted.next.as_deref().and_then(local_path);
    page(&web, StatusCode::OK, "", None, next).await
}

pub async fn start(State(web): State<Web>, Posted(given): Posted<Credentials>) -> Result<Response, WebError> {
    let email = given.email.trim().to_lowercase();
    let next = given.next.as_deref().and_then(local_path);
    let now = web.roof.now();
    if web.sign_ins.are_used_up(&email, now) {
        let error = "Too many tries with this email. Wait 15 minutes, then try again.";
        return page(&web, StatusCode::TOO_MANY_REQUESTS, &given.email, Some(error), next).await;
    }
    let Some((organization, staff)) = who(&web, &email, given.password).await? else {
        web.sign_ins.note_failure(&email, now);
        let error = "Email or password is wrong. Check both and try again.";
        return page(&web, StatusCode::UNAUTHORIZED, &given.email, Some(error), next).await;
    };
    web.sign_ins.forget(&email);
    let token = ids::hex(&ids::random::<32>());
    let lasts = if web.demo.is_some() { LASTS_IN_DEMO } else { LASTS };
    let expires = now.checked_add(lasts).unwrap_or(now);
    let mut tx = web.roof.app.begin(organization).await?;
    tx.start_session(staff, &hash_of(&token), now, expires).await?;
    tx.commit().await?;
    Ok(with_cookie(render::see(next.unwrap_or("/"), None), &cookie(&web, &token, lasts.as_secs())))
}

pub async fn end(State(web): State<Web>, headers: HeaderMap) -> Result<Response, WebError> {
    if let Some(token) = token(&headers)
        && let Some((organization, _)) = web.roof.app.find_session(&hash_of(&token), web.roof.now()).await?
    {
        let mut tx = web.roof.app.begin(organization).await?;
        tx.end_session(&hash_of(&token)).await?;
        tx.commit().await?;
    }
    Ok(with_cookie(render::see("/sign-in", None), &cookie(&web, "", 0)))
}

/// The person with this email and password. Whether the email or the password was wrong shows neither in the answer nor
/// in the time it takes.
async fn who(web: &Web, email: &str, password: String) -> Result<Option<(OrganizationId, StaffId)>, WebError> {
    let found = web.roof.app.find_staff(email).await?;
    let mut hash = None;
    if let Some((organization, staff)) = found {
        let mut tx = web.roof.app.begin(organization).await?;
        hash = tx.staff(staff).await?.map(|row| row.password_hash);
    }
    let right = password::is_right(password, hash).await?;
    Ok(found.filter(|_| right))
}

/// Nobody is signed in with this browser any more; its session has to be ended beside.
pub fn signs_out(web: &Web, response: Response) -> Response {
    with_cookie(response, &cookie(web, "", 0))
}

/// The session of this browser is another one from now on.
pub fn with_session(web: &Web, response: Response, token: &str, seconds: i64) -> Response {
    with_cookie(response, &cookie(web, token, seconds))
}

fn cookie(web: &Web, token: &str, seconds: i64) -> String {
    // Over plain http a browser would not send a secure cookie back.
    let secure = if web.roof.base_url.starts_with("http://") { "" } else { "; Secure" };
    format!("{SESSION_COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}")
}

fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(cookie) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

async fn page(
    web: &Web,
    status: StatusCode,
    email: &str,
    error: Option<&str>,
    next: Option<&str>,
) -> Result<Response, WebError> {
    let hint = web.demo.as_ref().map(|_| Flash {
        tone: Tone::Note,
        text: format!("This is a made-up clinic. Sign in as {} with the password “{}”.", demo::EMAIL, demo::PASSWORD),
        undo: None,
    });
    let page = SignIn {
        frame: Frame::new("Sign in", &clinic_name(web).await?, Nav::None, "").with_flash(hint),
        email: Field::value(email),
        error: error.map(str::to_owned),
        next: next.map(str::to_owned),
    };
    Ok((status, render::html(&page)?).into_response())
}

/// With one clinic on this server its name is no secret; with several nobody learns which.
async fn clinic_name(web: &Web) -> Result<String, WebError> {
    match web.roof.app.organizations().await?[..] {
        [only] => Ok(web.roof.app.begin(only).await?.clinic().await?.clinic.name),
        _ => Ok("Stepwell".into()),
    }
}
