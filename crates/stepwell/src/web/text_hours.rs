//! When texts may go out: narrower than the law has it, never wider.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use care::chart::Clinic;
use care::workflow::schedule::{OpenHours, OpenHoursError};
use pages::Nav;
use pages::staff::{Field, TextHoursPage};
use serde::Deserialize;

use super::actor::Actor;
use super::error::WebError;
use super::flash::Said;
use super::form::Posted;
use super::permission::Permission;
use super::{Web, render};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Given {
    from: String,
    until: String,
}

/// `GET /text-hours`
pub async fn show(State(web): State<Web>, actor: Actor) -> Result<Html<String>, WebError> {
    actor.may(Permission::SeeWorkflows)?;
    let clinic = actor.begin(&web).await?.clinic().await?.clinic;
    let (from, until) = (clock(clinic.text_hours.open()), clock(clinic.text_hours.close()));
    render::html(&page(&web, &actor, &clinic, &Given { from, until }, None))
}

fn clock(time: jiff::civil::Time) -> String {
    time.strftime("%H:%M").to_string()
}

/// `POST /text-hours`
pub async fn save(State(web): State<Web>, actor: Actor, Posted(given): Posted<Given>) -> Result<Response, WebError> {
    actor.may(Permission::SetTextHours)?;
    web.let_time_pass().await?;
    let mut tx = actor.begin(&web).await?;
    let clinic = tx.clinic().await?.clinic;
    let hours: OpenHours = match format!("{}-{}", given.from.trim(), given.until.trim()).parse() {
        Ok(hours) => hours,
        Err(wrong) => {
            let page = page(&web, &actor, &clinic, &given, Some(&wrong));
            return Ok((StatusCode::BAD_REQUEST, render::html(&page)?).into_response());
        }
    };
    if hours != clinic.text_hours {
        tx.set_text_hours(hours, web.roof.now()).await?;
    }
    tx.commit().await?;
    web.settle().await?;
    Ok(render::see("/text-hours", Some(&Said::TextHoursKept)))
}

fn page(web: &Web, actor: &Actor, clinic: &Clinic, given: &Given, wrong: Option<&OpenHoursError>) -> TextHoursPage {
    let words = |wrong: &OpenHoursError| match wrong {
        OpenHoursError::NotOpen { .. } => "The end has to come after the beginning, on the same day.",
        OpenHoursError::Wider(_) => "Texts go out from 08:00 to 21:00 at the most: choose hours within these.",
        OpenHoursError::Unreadable(_) => "Write both times as in 09:00 and 18:00.",
    };
    let from = match wrong {
        Some(wrong) => Field::wrong(&given.from, words(wrong)),
        None => Field::value(&given.from),
    };
    TextHoursPage {
        frame: actor.frame(web, clinic, "When texts go out", Nav::Workflows),
        from,
        until: Field::value(&given.until),
        may_change: actor.may(Permission::SetTextHours).is_ok(),
    }
}
