//! What "arrived" and "ended" mean at a location.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use care::chart::Clinic;
use care::id::LocationId;
use pages::Nav;
use pages::staff::{Choice, Field, LocationPage, Pick};
use serde::Deserialize;
use store::{LocationRow, LocationRules, OrganizationRow};

use super::actor::Actor;
use super::error::WebError;
use super::flash::Said;
use super::form::Posted;
use super::permission::Permission;
use super::{Web, form, render};

/// The form as it is sent.
#[derive(Debug, Deserialize, Default, Clone)]
#[serde(default)]
pub struct Given {
    arrived: String,
    hours: String,
    ended: String,
    days: String,
}

impl Given {
    fn of(rules: LocationRules) -> Self {
        let arrived = match (rules.arrived_after_hours, rules.charge_is_arrival) {
            (Some(_), _) => "start",
            (None, true) => "charge",
            (None, false) => "message",
        };
        let number = |n: Option<i32>| n.map(|n| n.to_string()).unwrap_or_default();
        Self {
            arrived: arrived.into(),
            hours: number(rules.arrived_after_hours),
            ended: if rules.ended_after_days.is_some() { "quiet" } else { "message" }.into(),
            days: number(rules.ended_after_days),
        }
    }

    /// The rules, or what is wrong with the hours and with the days.
    fn read(&self) -> Result<LocationRules, [Option<&'static str>; 2]> {
        let number = |text: &str, least: i32, most: i32| {
            text.trim().parse().ok().filter(|n| (least..=most).contains(n)).ok_or(())
        };
        let hours = if self.arrived == "start" { number(&self.hours, 1, 72).map(Some) } else { Ok(None) };
        let days = if self.ended == "quiet" { number(&self.days, 7, 730).map(Some) } else { Ok(None) };
        match (hours, days) {
            (Ok(arrived_after_hours), Ok(ended_after_days)) => {
                Ok(LocationRules { charge_is_arrival: self.arrived == "charge", arrived_after_hours, ended_after_days })
            }
            (hours, days) => Err([
                hours.err().map(|()| "Write a whole number of hours, from 1 to 72"),
                days.err().map(|()| "Write a whole number of days, from 7 to 730"),
            ]),
        }
    }
}

pub async fn show(State(web): State<Web>, actor: Actor, Path(id): Path<String>) -> Result<Html<String>, WebError> {
    actor.may(Permission::SeeRefusedMessages)?;
    let organization = actor.begin(&web).await?.clinic().await?;
    let row = location(&organization, &id)?;
    render::html(&page(&web, &actor, &organization.clinic, row, &Given::of(row.rules), [None, None]))
}

pub async fn save(
    State(web): State<Web>,
    actor: Actor,
    Path(id): Path<String>,
    Posted(given): Posted<Given>,
) -> Result<Response, WebError> {
    actor.may(Permission::MapInterfaces)?;
    web.let_time_pass().await?;
    let mut tx = actor.begin(&web).await?;
    let organization = tx.clinic().await?;
    let row = location(&organization, &id)?;
    let rules = match given.read() {
        Ok(rules) => rules,
        Err(wrong) => {
            let page = page(&web, &actor, &organization.clinic, row, &given, wrong);
            return Ok((StatusCode::BAD_REQUEST, render::html(&page)?).into_response());
        }
    };
    if rules != row.rules {
        tx.set_location_rules(row.id, rules, web.roof.now()).await?;
    }
    tx.commit().await?;
    web.settle().await?;
    Ok(render::see(&format!("/locations/{}", row.id), Some(&Said::PlaceSaved)))
}

fn location<'a>(organization: &'a OrganizationRow, id: &str) -> Result<&'a LocationRow, WebError> {
    let id: LocationId = form::id(id, "location")?;
    organization.locations.iter().find(|l| l.id == id).ok_or(WebError::not_found("location"))
}

fn page(
    web: &Web,
    actor: &Actor,
    clinic: &Clinic,
    row: &LocationRow,
    given: &Given,
    wrong: [Option<&str>; 2],
) -> LocationPage {
    let pick = |choices: &[(&str, &str)], chosen: &str| {
        Pick::of(choices.iter().map(|(value, label)| Choice::new(value, label)).collect(), chosen)
    };
    let field = |value: &str, wrong: Option<&str>| match wrong {
        Some(error) => Field::wrong(value, error),
        None => Field::value(value),
    };
    let arrived = [
        ("message", "the EMR says so"),
        ("charge", "the EMR says so, or charges for the visit"),
        ("start", "the start has passed and nobody cancelled"),
    ];
    let ended = [("message", "the EMR says so"), ("quiet", "nothing is planned and none was for so many days")];
    LocationPage {
        frame: actor.frame(web, clinic, &row.name, Nav::Refused),
        id: row.id.to_string(),
        name: row.name.clone(),
        arrived: pick(&arrived, &given.arrived),
        hours: field(&given.hours, wrong[0]),
        ended: pick(&ended, &given.ended),
        days: field(&given.days, wrong[1]),
        may_change: actor.may(Permission::MapInterfaces).is_ok(),
    }
}
