//! From a page's view model to an answer.

use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use pages::Template;

use super::asset;
use super::error::WebError;
use super::flash::Said;

/// The page, with the address of this version's style sheet.
pub fn html(page: &impl Template) -> Result<Html<String>, WebError> {
    let text = page.render().map_err(|error| WebError::internal(&error))?;
    Ok(Html(text.replacen(pages::APP_CSS_PATH, asset::app_css_href(), 1)))
}

/// After a change: go on to a page of this server, which says what was done.
pub fn see(path: &str, said: Option<&Said>) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(path) = HeaderValue::from_str(path) {
        response.headers_mut().insert(LOCATION, path);
    }
    if let Some(cookie) = said.and_then(|said| HeaderValue::from_str(&said.cookie()).ok()) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}
