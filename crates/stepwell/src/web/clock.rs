//! The demo's clock, moved by an hour, a day or a week.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{HOST, REFERER};
use axum::response::Response;
use care::zone;
use jiff::{Timestamp, ToSpan};
use serde::Deserialize;

use super::actor::Actor;
use super::error::WebError;
use super::form::{Posted, local_path};
use super::permission::Permission;
use super::{Web, render};

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub enum By {
    Hour,
    Day,
    Week,
}

#[derive(Deserialize)]
pub struct Given {
    by: By,
}

pub async fn advance(
    State(web): State<Web>,
    actor: Actor,
    headers: HeaderMap,
    Posted(given): Posted<Given>,
) -> Result<Response, WebError> {
    actor.may(Permission::PlayDemo)?;
    let clinic = actor.begin(&web).await?.clinic().await?.clinic;
    if let Some(demo) = &web.demo {
        demo.move_clock(&web.roof, moved(web.roof.now(), given.by, &clinic.zone)).await?;
    }
    Ok(render::see(&back(&headers), None))
}

/// A day later it is the same time by the clinic's clock, even when the clocks changed.
fn moved(now: Timestamp, by: By, zone_name: &str) -> Timestamp {
    let here = now.to_zoned(zone::of(zone_name));
    let then = match by {
        By::Hour => here.checked_add(1.hour()),
        By::Day => here.checked_add(1.day()),
        By::Week => here.checked_add(1.week()),
    };
    then.map_or(now, |then| then.timestamp())
}

/// The page the button was on, if it is one of this server.
pub fn back(headers: &HeaderMap) -> String {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let path = text(REFERER).zip(text(HOST)).and_then(|(from, host)| {
        let (_, rest) = from.split_once("://")?;
        local_path(rest.strip_prefix(host)?)
    });
    path.unwrap_or("/").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn a_day_later_the_clinics_clock_shows_the_same_time_over_a_clock_change() {
        let now: Timestamp = "2025-03-08T17:00:00Z".parse().unwrap();
        assert_eq!(moved(now, By::Day, "America/Denver").to_string(), "2025-03-09T16:00:00Z");
        assert_eq!(moved(now, By::Hour, "America/Denver").to_string(), "2025-03-08T18:00:00Z");
    }

    #[test]
    fn one_goes_back_to_pages_of_this_server_only() {
        let from = |referer: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, HeaderValue::from_static("127.0.0.1:8080"));
            headers.insert(REFERER, HeaderValue::from_static(referer));
            back(&headers)
        };
        assert_eq!(from("http://127.0.0.1:8080/patients?q=ri"), "/patients?q=ri");
        assert_eq!(from("http://evil.example/patients"), "/");
        assert_eq!(from("http://127.0.0.1:8080@evil.example/"), "/");
        assert_eq!(back(&HeaderMap::new()), "/");
    }
}
