//! Stands before every route: refuses changes that another site asks for, and reads the method that a form cannot say.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Form, FromRequest, Request};
use axum::http::header::{HOST, ORIGIN, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::actor;
use super::error::{OfStaff, WebError};
use super::flash;
use super::portal;
use super::upload;

/// No form without a file is anywhere near this large.
const LARGEST_FORM: usize = 64 * 1024;

/// The fields of a form that are not for its handler.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Hidden {
    csrf: String,
    _method: String,
}

pub async fn gate(request: Request, next: Next) -> Response {
    let had_said = flash::is_there(request.headers());
    let of_patient = request.uri().path().starts_with("/p/");
    let came_in = portal::token(request.headers()).is_some();
    let admitted = if request.method().is_safe() { Ok(request) } else { admit(request).await };
    let mut response = match admitted {
        Ok(request) => next.run(request).await,
        Err(refused) => refused.into_response(),
    };
    if of_patient && response.extensions().get::<OfStaff>().is_some() {
        response = portal::trouble(response.status(), came_in);
    }
    // Said once: the page that showed it takes it back, unless it is a redirect that said something new.
    if had_said && response.status() != StatusCode::SEE_OTHER {
        response.headers_mut().append(SET_COOKIE, HeaderValue::from_static(flash::GONE));
    }
    response
}

async fn admit(request: Request) -> Result<Request, WebError> {
    let (mut parts, body) = request.into_parts();
    // Who has no session is not listened to for long.
    let with_file = upload::boundary(&parts.headers).filter(|_| {
        ["/imports", "/library/import"].contains(&parts.uri.path()) && actor::token(&parts.headers).is_some()
    });
    let largest = if with_file.is_some() { upload::LARGEST_FORM } else { LARGEST_FORM };
    let bytes =
        to_bytes(body, largest).await.map_err(|_| WebError::bad_form("What was sent is too long for a form."))?;
    // Links in mails carry their own key and no cookie counts there; mail programs unsubscribe without an origin.
    let hidden = match with_file {
        Some(boundary) => hidden_beside_file(&boundary, &bytes),
        None => hidden(&parts, &bytes).await,
    };
    if portal::is_inside(parts.uri.path()) {
        let known = portal::token(&parts.headers).is_some_and(|token| actor::csrf_of(&token) == hidden.csrf);
        if !known || !is_same_origin(&parts.headers) {
            return Err(WebError::forbidden("The page was too old. Go back, load it again, then try once more."));
        }
    } else if !parts.uri.path().starts_with("/p/") {
        if !is_same_origin(&parts.headers) {
            return Err(WebError::forbidden("This did not come from a page of this server, so it was not done."));
        }
        let signing_in = parts.method == Method::POST && hidden._method.is_empty() && is_sign_in(parts.uri.path());
        let token = actor::token(&parts.headers).filter(|_| !signing_in);
        if token.is_some_and(|token| actor::csrf_of(&token) != hidden.csrf) {
            return Err(WebError::forbidden("The page was too old. Go back, load it again, then try once more."));
        }
    }
    if parts.method == Method::POST && hidden._method == "DELETE" {
        parts.method = Method::DELETE;
    }
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

fn is_sign_in(path: &str) -> bool {
    matches!(path, "/sign-in" | "/session")
}

async fn hidden(parts: &Parts, bytes: &Bytes) -> Hidden {
    let copy = Request::from_parts(parts.clone(), Body::from(bytes.clone()));
    Form::<Hidden>::from_request(copy, &()).await.map(|Form(hidden)| hidden).unwrap_or_default()
}

fn hidden_beside_file(boundary: &str, bytes: &[u8]) -> Hidden {
    let parts = upload::parts(boundary, bytes);
    let csrf =
        parts.iter().find(|part| part.name == "csrf").map(|part| String::from_utf8_lossy(part.body).into_owned());
    Hidden { csrf: csrf.unwrap_or_default(), _method: String::new() }
}

/// What the browser itself says about where a request came from; a request that says nothing is refused.
fn is_same_origin(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text(ORIGIN.as_str()), text(HOST.as_str())) {
        (Some(site), _, _) => site == "same-origin",
        (None, Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, origin)| origin == host),
        (None, _, _) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (axum::http::HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn a_form_of_our_own_page_is_admitted() {
        assert!(is_same_origin(&headers(&[("sec-fetch-site", "same-origin")])));
        assert!(is_same_origin(&headers(&[("origin", "https://clinic.example"), ("host", "clinic.example")])));
        assert!(is_same_origin(&headers(&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")])));
    }

    #[test]
    fn a_form_of_another_site_or_of_nobody_is_refused() {
        for pairs in [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            &[("sec-fetch-site", "cross-site"), ("origin", "https://clinic.example"), ("host", "clinic.example")],
            &[("origin", "https://evil.example"), ("host", "clinic.example")],
            &[("origin", "null"), ("host", "clinic.example")],
            &[("host", "clinic.example")],
            &[],
        ] {
            assert!(!is_same_origin(&headers(pairs)), "{pairs:?}");
        }
    }
}
