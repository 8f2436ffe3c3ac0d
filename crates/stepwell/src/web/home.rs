//! The day page: who comes today, and what only a person can settle.

use axum::extract::State;
use axum::response::Html;
use care::chart::Clinic;
use care::zone::{date_in, start_of_day};
use jiff::{Timestamp, ToSpan};
use pages::Nav;
use pages::staff::{Count, Home, HomeVisit, Notice};
use store::{DayCounts, NoticeRow, OrgTx, OrganizationRow, UncertainRow, VisitRow};

use super::actor::Actor;
use super::error::WebError;
use super::permission::Permission;
use super::{Web, closed_days, feeds, notices, render, times, visits, words};

pub async fn show(State(web): State<Web>, actor: Actor) -> Result<Html<String>, WebError> {
    actor.may(Permission::SeePatients)?;
    let mut tx = actor.begin(&web).await?;
    let organization = tx.clinic().await?;
    let clinic = &organization.clinic;
    let now = web.roof.now();
    let visits = visits_of_today(&mut tx, clinic, now).await?;
    let counts = tx.day_counts(start_of_day(date_in(now, &clinic.zone), &clinic.zone), now).await?;
    let uncertain = tx.uncertain_deliveries().await?;
    let open = tx.open_notices().await?;
    let mut notices = feeds::notices(&mut tx, clinic).await?;
    notices.extend(work_list(&uncertain, &open, &organization, now));
    notices.extend(closed_days::notices(&mut tx, clinic, now).await?);
    let mail = web.demo.as_ref().map(|_| "/demo/mailbox".to_owned());
    let page = Home {
        frame: actor.frame(&web, clinic, "Today", Nav::Today),
        date: times::long_date(date_in(now, &clinic.zone)),
        several_locations: clinic.locations.len() > 1,
        counts: numbers(&visits, counts, mail),
        visits: visits.iter().filter_map(|visit| home_visit(visit, &organization)).collect(),
        notices,
    };
    render::html(&page)
}

/// Visits that are today where they take place.
async fn visits_of_today(tx: &mut OrgTx, clinic: &Clinic, now: Timestamp) -> Result<Vec<VisitRow>, WebError> {
    // No zone is further than a day away.
    let (from, until) = (now.checked_sub(48.hours()), now.checked_add(48.hours()));
    let mut visits = tx.visits_between(from.unwrap_or(now), until.unwrap_or(now)).await?;
    visits.retain(|visit| {
        let zone = clinic.zone_at(visit.location);
        date_in(visit.starts_at, zone) == date_in(now, zone)
    });
    Ok(visits)
}

fn numbers(visits: &[VisitRow], counts: DayCounts, mail: Option<String>) -> Vec<Count> {
    let of = |states: &[&str]| visits.iter().filter(|visit| states.contains(&visit.state.as_str())).count() as u64;
    let count = |label: &str, value: u64, href: Option<String>| Count { label: label.into(), value, href };
    let number = |n: i64| u64::try_from(n).unwrap_or(0);
    vec![
        count("visits today", of(&["planned", "arrived", "finished", "no_show"]), None),
        count("arrived", of(&["arrived", "finished"]), None),
        count("cannot be reached", number(counts.without_address), None),
        count("messages refused", number(counts.refused_messages), Some("/refused-messages".into())),
        count("sent since midnight", number(counts.sent), mail),
    ]
}

fn home_visit(visit: &VisitRow, organization: &OrganizationRow) -> Option<HomeVisit> {
    let state = words::visit_state_named(&visit.state)?;
    let clinic = &organization.clinic;
    let zone = clinic.zone_at(visit.location);
    let location = visit.location.and_then(|id| clinic.locations.get(&id));
    Some(HomeVisit {
        time: times::time_words(visit.starts_at, zone),
        patient: words::full_name(&visit.given, &visit.family),
        patient_href: format!("/patients/{}", visit.patient),
        visit_type: words::visit_type(visit.visit_type.as_deref().and_then(|t| t.parse().ok())).to_owned(),
        location: location.map(|l| l.name.clone()).unwrap_or_default(),
        practitioner: visit.practitioner.clone(),
        state,
        note: String::new(),
        actions: visits::actions(visit.patient, visit.encounter, state, Some(visit.starts_at), zone),
    })
}

/// Since when it waits, and until when it may.
fn since(row: &NoticeRow, zone: &str) -> String {
    let since = format!("since {}", times::short_words(row.at, zone));
    row.due_by.map_or(since.clone(), |by| format!("{since}, due by {}", times::short_words(by, zone)))
}

fn work_list(
    uncertain: &[UncertainRow],
    open: &[NoticeRow],
    organization: &OrganizationRow,
    now: Timestamp,
) -> Vec<Notice> {
    let zone = &organization.clinic.zone;
    let held = uncertain.iter().map(|row| Notice {
        title: "It may or may not have been sent".into(),
        detail: format!(
            "{} “{}” to {}: the connection broke before the answer.",
            words::content(&row.channel),
            words::content(&row.template),
            words::full_name(&row.given, &row.family)
        ),
        since: format!("since {}", times::short_words(row.queued_at, zone)),
        way_on: Some((format!("/deliveries/{}", row.id), "Decide".into())),
        urgent: true,
    });
    let noticed = open.iter().map(|row| Notice {
        title: notices::title(&row.kind).into(),
        detail: notices::detail(row),
        since: since(row, zone),
        way_on: Some((format!("/notices/{}", row.id), "Settle it".into())),
        urgent: row.kind == "safety_answer" || row.due_by.is_some_and(|by| by <= now),
    });
    held.chain(noticed).collect()
}
