//! The visit a mail was about: when, where, and a file for the calendar.

use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use care::chart::Encounter;
use care::zone;
use jiff::{SignedDuration, Timestamp};
use pages::patient::{LandingVisit, Language, PatientLanding};
use store::LocationRow;

use super::super::error::WebError;
use super::super::{Web, render, times};
use super::{Opened, does_not_work, open};
use crate::runner::letter::{date_words, time_words};
use crate::runner::links::Purpose;
use crate::runner::visit_file;

pub async fn show(State(web): State<Web>, Path(token): Path<String>) -> Result<Response, WebError> {
    let Some(opened) = open(&web, Purpose::Visit, &token, false).await? else { return does_not_work() };
    let now = web.roof.now();
    let page = PatientLanding {
        frame: opened.frame(),
        first_name: opened.known.snapshot.chart.patient.given.clone().unwrap_or_default(),
        visit: visit_of(&opened, now).and_then(|visit| landing(&opened, visit, &token)),
    };
    Ok(render::html(&page)?.into_response())
}

pub async fn calendar_file(State(web): State<Web>, Path(token): Path<String>) -> Result<Response, WebError> {
    let Some(opened) = open(&web, Purpose::Visit, &token, false).await? else { return does_not_work() };
    let now = web.roof.now();
    let organization = &opened.context.organization;
    let text = |visit| visit_file::text(organization, visit, place_of(&opened, visit), now);
    let file = visit_of(&opened, now).and_then(text);
    let file = file.ok_or(WebError::not_found("visit"))?;
    let headers =
        [(CONTENT_TYPE, "text/calendar; charset=utf-8"), (CONTENT_DISPOSITION, "attachment; filename=\"visit.ics\"")];
    Ok((headers, file).into_response())
}

/// The mail's own visit while it stands and is not over, else the next one; else its own, cancelled.
fn visit_of(opened: &Opened, now: Timestamp) -> Option<&Encounter> {
    let facts = opened.known.facts(&opened.context, now);
    let chart = &opened.known.snapshot.chart;
    let own = facts.occurrence(opened.delivery.anchor).and_then(|o| o.encounter).and_then(|id| chart.encounter(id));
    // Who is on the way still looks at the page.
    let over = now.checked_sub(SignedDuration::from_hours(12)).unwrap_or(now);
    let is_ahead = |visit: &&Encounter| visit.state.stands() && visit.starts_at().is_some_and(|at| at > over);
    let next = chart.encounters.iter().filter(is_ahead).min_by_key(|visit| visit.starts_at());
    own.filter(is_ahead).or(next).or(own.filter(|visit| !visit.state.stands() && visit.start.is_some()))
}

fn place_of<'a>(opened: &'a Opened, visit: &Encounter) -> Option<&'a LocationRow> {
    let id = visit.location.or(opened.known.snapshot.chart.patient.home_location)?;
    opened.context.organization.locations.iter().find(|place| place.id == id)
}

fn landing(opened: &Opened, visit: &Encounter, token: &str) -> Option<LandingVisit> {
    let organization = &opened.context.organization;
    let place = place_of(opened, visit);
    let zone_name = organization.clinic.zone_at(visit.location);
    let language = opened.language();
    let civil = |at: Timestamp| zone::of(zone_name).to_datetime(at);
    let elsewhere = opened.known.snapshot.chart.home_zone(&organization.clinic) != zone_name;
    let filled = |text: &String| (!text.is_empty()).then(|| text.clone());
    Some(LandingVisit {
        date: date_words(civil(visit.starts_at()?), language.code()),
        times: times_of_day(opened, visit).into_iter().map(|at| time_words(civil(at), language.code())).collect(),
        zone_note: elsewhere.then(|| zone_note(zone_name, language)),
        location: place.map(|p| p.name.clone()).unwrap_or_default(),
        address: place.map(|p| p.address.clone()).unwrap_or_default(),
        map_url: place.and_then(|p| filled(&p.map_url)),
        phone: place.and_then(|p| filled(&p.phone)).unwrap_or_else(|| organization.phone.clone()),
        calendar_href: format!("/p/visit/{token}/calendar.ics"),
        cancelled: !visit.state.stands(),
    })
}

fn zone_note(zone_name: &str, language: Language) -> String {
    match language {
        Language::English => times::zone_words(zone_name),
        Language::Spanish => format!("hora de {}", times::city(zone_name)),
    }
}

/// Several visits of one day at one location are one to the patient: all their times.
fn times_of_day(opened: &Opened, visit: &Encounter) -> Vec<Timestamp> {
    let zone_name = opened.context.organization.clinic.zone_at(visit.location);
    let day = visit.starts_at().map(|at| zone::date_in(at, zone_name));
    let same_day = |other: &&Encounter| {
        let is_it = other.id == visit.id;
        is_it || (visit.state.stands() && other.state.stands() && other.location == visit.location)
    };
    let mut times: Vec<_> =
        opened.known.snapshot.chart.encounters.iter().filter(same_day).filter_map(Encounter::starts_at).collect();
    times.retain(|at| Some(zone::date_in(*at, zone_name)) == day);
    times.sort();
    times
}
