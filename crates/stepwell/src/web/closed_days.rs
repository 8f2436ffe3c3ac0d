//! Days on which a location is closed, and the visits to be moved away from them.

use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Response};
use care::chart::Clinic;
use care::id::LocationId;
use care::zone::{date_in, start_of_day};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use pages::Nav;
use pages::staff::{Choice, CloseForm, ClosedDay, ClosedDayPage, ClosedDays, Field, Notice, Pick, VisitToMove};
use serde::Deserialize;
use store::{ClosedDayRow, Day, OrgTx};

use super::actor::Actor;
use super::error::WebError;
use super::flash::Said;
use super::form::Posted;
use super::permission::Permission;
use super::{Web, form, render, times, words};
use crate::runner::days;

const ALL: &str = "all";
/// Days closed at once.
const MOST: usize = 60;
const LONGEST_REASON: usize = 200;

#[derive(Debug, Default, Deserialize)]
pub struct Typed {
    #[serde(default)]
    location: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    reason: String,
}

/// What was wrong with a field.
#[derive(Debug, Default)]
struct Wrong {
    location: Option<String>,
    from: Option<String>,
    to: Option<String>,
}

pub async fn list(State(web): State<Web>, actor: Actor) -> Result<Html<String>, WebError> {
    actor.may(Permission::SeePatients)?;
    page(&web, &actor, &Typed { location: ALL.into(), ..Typed::default() }, Wrong::default()).await
}

async fn page(web: &Web, actor: &Actor, typed: &Typed, wrong: Wrong) -> Result<Html<String>, WebError> {
    let mut tx = actor.begin(web).await?;
    let clinic = tx.clinic().await?.clinic;
    let mut days = vec![];
    for row in coming(&mut tx, &clinic, web.roof.now()).await? {
        days.push(closed_day(&mut tx, &clinic, &row).await?);
    }
    let field = |value: &str, error: Option<String>| Field { value: value.to_owned(), error };
    let may = actor.may(Permission::CloseDays).is_ok();
    let form = may.then(|| CloseForm {
        location: Pick { error: wrong.location, ..Pick::of(choices(&clinic), &typed.location) },
        from: field(&typed.from, wrong.from),
        to: field(&typed.to, wrong.to),
        reason: Field::value(&typed.reason),
    });
    render::html(&ClosedDays { frame: actor.frame(web, &clinic, "Closed days", Nav::ClosedDays), days, form })
}

fn choices(clinic: &Clinic) -> Vec<Choice> {
    let each = clinic.locations.values().map(|l| Choice::new(&l.id.to_string(), &l.name));
    let all = (clinic.locations.len() > 1).then(|| Choice::new(ALL, "All locations"));
    all.into_iter().chain(each).collect()
}

/// Closed days that are not over where they are.
async fn coming(tx: &mut OrgTx, clinic: &Clinic, now: Timestamp) -> Result<Vec<ClosedDayRow>, WebError> {
    // No zone is further than a day away.
    let from = date_in(now, &clinic.zone).saturating_sub(1.day());
    let mut rows = tx.closed_days_from(from).await?;
    rows.retain(|row| row.day >= date_in(now, clinic.zone_at(Some(row.location))));
    rows.sort_by_key(|row| (row.day, clinic.location(Some(row.location)).map(|l| l.name.clone())));
    Ok(rows)
}

fn span(clinic: &Clinic, (location, day): Day) -> (Timestamp, Timestamp) {
    let zone = clinic.zone_at(Some(location));
    (start_of_day(day, zone), start_of_day(day.saturating_add(1.day()), zone))
}

async fn closed_day(tx: &mut OrgTx, clinic: &Clinic, row: &ClosedDayRow) -> Result<ClosedDay, WebError> {
    let (from, until) = span(clinic, (row.location, row.day));
    Ok(ClosedDay {
        href: format!("/closed-days/{}/{}", row.location, row.day),
        day: times::long_date(row.day),
        location: clinic.location(Some(row.location)).map(|l| l.name.clone()).unwrap_or_default(),
        reason: row.reason.clone(),
        reminders: tx.reminders_pending(row.location, from, until).await?,
        visits: tx.visits_to_move(row.location, from, until).await?.len(),
        opens_soon: row.opens_at.is_some(),
    })
}

fn day(location: &str, day: &str) -> Result<Day, WebError> {
    Ok((form::id(location, "closed day")?, times::read_date(day).ok_or(WebError::not_found("closed day"))?))
}

/// `GET /closed-days/{place}/{day}`
pub async fn show(
    State(web): State<Web>,
    actor: Actor,
    Path((location, date)): Path<(String, String)>,
) -> Result<Html<String>, WebError> {
    actor.may(Permission::SeePatients)?;
    let (location, date) = day(&location, &date)?;
    let mut tx = actor.begin(&web).await?;
    let clinic = tx.clinic().await?.clinic;
    let rows = tx.closed_days_from(date).await?;
    let row = rows.iter().find(|row| row.location == location && row.day == date);
    let row = row.ok_or(WebError::not_found("closed day"))?;
    let (from, until) = span(&clinic, (location, date));
    let zone = clinic.zone_at(Some(location));
    let visits = tx.visits_to_move(location, from, until).await?;
    let visits = visits.into_iter().map(|visit| VisitToMove {
        time: times::time_words(visit.starts_at, zone),
        patient: words::full_name(&visit.given, &visit.family),
        patient_href: format!("/patients/{}", visit.patient),
        phone: visit.mobile,
        email: visit.email,
        practitioner: visit.practitioner.unwrap_or_default(),
    });
    render::html(&ClosedDayPage {
        frame: actor.frame(&web, &clinic, "Closed day", Nav::ClosedDays),
        closed: closed_day(&mut tx, &clinic, row).await?,
        zone: (zone != clinic.zone).then(|| times::zone_words(zone)),
        by_emr: clinic.has_emr_at(Some(location)),
        visits: visits.collect(),
        may_open: actor.may(Permission::CloseDays).is_ok(),
    })
}

/// `POST /closed-days`
pub async fn close(State(web): State<Web>, actor: Actor, Posted(typed): Posted<Typed>) -> Result<Response, WebError> {
    actor.may(Permission::CloseDays)?;
    let clinic = actor.begin(&web).await?.clinic().await?.clinic;
    let days = match read(&typed, &clinic, web.roof.now()) {
        Ok(days) => days,
        Err(wrong) => return Ok(page(&web, &actor, &typed, wrong).await?.into_response()),
    };
    web.let_time_pass().await?;
    let reason: String = typed.reason.trim().chars().filter(|c| !c.is_control()).take(LONGEST_REASON).collect();
    days::close(&web.roof, actor.organization, &days, &reason, Some(actor.staff)).await?;
    web.settle().await?;
    let path = match days.as_slice() {
        [(location, day)] => format!("/closed-days/{location}/{day}"),
        _ => "/closed-days".to_owned(),
    };
    Ok(render::see(&path, Some(&Said::DaysClosed)))
}

fn read(typed: &Typed, clinic: &Clinic, now: Timestamp) -> Result<Vec<Day>, Wrong> {
    let one: Option<LocationId> = typed.location.parse().ok();
    let locations: Vec<LocationId> =
        clinic.locations.keys().copied().filter(|id| typed.location == ALL || one == Some(*id)).collect();
    if locations.is_empty() {
        return Err(Wrong { location: Some("Choose a location.".into()), ..Wrong::default() });
    }
    let from_is = |error: &str| Wrong { from: Some(error.into()), ..Wrong::default() };
    let to_is = |error: String| Wrong { to: Some(error), ..Wrong::default() };
    let from = times::read_date(&typed.from).ok_or_else(|| from_is("Write the day as 2026-12-25."))?;
    let to = match form::filled(&typed.to) {
        Some(text) => times::read_date(text).ok_or_else(|| to_is("Write the day as 2026-12-25.".into()))?,
        None => from,
    };
    if locations.iter().any(|id| from < date_in(now, clinic.zone_at(Some(*id)))) {
        return Err(from_is("This day is over."));
    }
    if to < from {
        return Err(to_is("This is before the first day.".into()));
    }
    let dates: Vec<Date> = from.series(1.day()).take_while(|day| *day <= to).take(MOST + 1).collect();
    if dates.len() > MOST {
        return Err(to_is(format!("Close at most {MOST} days at once.")));
    }
    Ok(dates.iter().flat_map(|day| locations.iter().map(|location| (*location, *day))).collect())
}

/// `DELETE /closed-days/{place}/{day}`: opens it again, in a minute.
pub async fn open(
    State(web): State<Web>,
    actor: Actor,
    Path((location, date)): Path<(String, String)>,
) -> Result<Response, WebError> {
    actor.may(Permission::CloseDays)?;
    let (location, day) = day(&location, &date)?;
    web.let_time_pass().await?;
    if !days::open_soon(&web.roof, actor.organization, (location, day)).await? {
        return Err(WebError::conflict("This day is open, or will be in a minute."));
    }
    web.settle().await?;
    Ok(render::see("/closed-days", Some(&Said::DayOpened { location, day })))
}

/// `POST /closed-days/{place}/{day}`: it stays closed after all.
pub async fn keep(
    State(web): State<Web>,
    actor: Actor,
    Path((location, date)): Path<(String, String)>,
) -> Result<Response, WebError> {
    actor.may(Permission::CloseDays)?;
    let day = day(&location, &date)?;
    if !days::keep_closed(&web.roof, actor.organization, day).await? {
        return Err(WebError::conflict("The minute is over: the day is open. Close it again if it is to be closed."));
    }
    Ok(render::see("/closed-days", Some(&Said::DayStaysClosed)))
}

/// Closed days with visits still on them, for the work list.
pub async fn notices(tx: &mut OrgTx, clinic: &Clinic, now: Timestamp) -> Result<Vec<Notice>, WebError> {
    let mut notices = vec![];
    for row in coming(tx, clinic, now).await?.iter().filter(|row| row.opens_at.is_none()) {
        let closed = closed_day(tx, clinic, row).await?;
        let visits = match closed.visits {
            0 => continue,
            1 => "1 visit is to be moved".to_owned(),
            some => format!("{some} visits are to be moved"),
        };
        notices.push(Notice {
            title: format!("{visits}: {} is closed", closed.location),
            detail: format!("Their reminders for {} are held.", closed.day),
            since: format!("closed on {}", times::plain_date(row.day)),
            way_on: Some((closed.href, "See the list".into())),
            urgent: false,
        });
    }
    Ok(notices)
}
