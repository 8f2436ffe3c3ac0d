//! Security headers on every answer.

use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

/// A handler's own policy stands; everything it did not say is strict.
pub async fn add(request: Request, next: Next) -> Response {
    // Behind a link in a mail the address is a key: it is told to nobody. Staff pages tell it to themselves only, without
    // which browsers would not say where a form came from.
    let referrer = if request.uri().path().starts_with("/p/") { "no-referrer" } else { "same-origin" };
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    set_if_missing(headers, CONTENT_SECURITY_POLICY, pages::STAFF_CSP);
    set_if_missing(headers, X_CONTENT_TYPE_OPTIONS, "nosniff");
    set_if_missing(headers, REFERRER_POLICY, referrer);
    set_if_missing(headers, CACHE_CONTROL, "no-store");
    set_if_missing(headers, X_FRAME_OPTIONS, "SAMEORIGIN");
    set_if_missing(headers, HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()");
    set_if_missing(headers, HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    response
}

fn set_if_missing(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}
