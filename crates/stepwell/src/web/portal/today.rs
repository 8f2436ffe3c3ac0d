//! The patient's list: what there is to do today.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use care::chart::{Assignment, Encounter};
use care::zone;
use jiff::{SignedDuration, Timestamp};
use pages::patient::portal::{FormCard, NextVisit, Today};

use super::super::error::WebError;
use super::super::{Web, render};
use super::{Seen, Visitor};
use crate::library;
use crate::runner::letter::{date_words, time_words};

pub async fn show(State(web): State<Web>, visitor: Visitor) -> Result<Response, WebError> {
    let mut seen = visitor.sees(&web).await?;
    let now = web.roof.now();
    let zone_name = seen.snapshot.chart.home_zone(&seen.organization.clinic).to_owned();
    let page = Today {
        first_name: seen.snapshot.chart.patient.given.clone().unwrap_or_default(),
        date: date_words(zone::of(&zone_name).to_datetime(now), seen.language().code()),
        said: None,
        forms: forms(&mut seen, visitor.patient, &zone_name).await?,
        exercises: vec![],
        articles: vec![],
        visit: next_visit(&seen, now),
        week: vec![],
        frame: seen.frame(),
    };
    Ok(render::html(&page)?.into_response())
}

/// Forms that wait for an answer, by when they are due.
async fn forms(seen: &mut Seen, patient: care::id::PatientId, zone: &str) -> Result<Vec<FormCard>, WebError> {
    let begun: Vec<_> = seen.tx.drafts(patient).await?.into_iter().map(|(assignment, _)| assignment).collect();
    let is_open = |a: &&Assignment| a.is_a("questionnaire") && a.is_open();
    let mut open: Vec<Assignment> = seen.snapshot.chart.assignments.iter().filter(is_open).cloned().collect();
    open.sort_by_key(|a| (a.due, a.id));
    let mut cards = vec![];
    for assignment in open {
        let Some(form) = library::form(&mut seen.tx, &assignment.content, assignment.given_at).await? else { continue };
        let due = date_words(zone::of(zone).to_datetime(assignment.due), seen.language().code());
        cards.push(FormCard {
            href: format!("/p/forms/{}", assignment.id),
            title: form.title.get(seen.library_language()).clone(),
            due: Some(seen.say(&format!("by {due}"), &format!("hasta el {due}"))),
            begun: begun.contains(&assignment.id),
        });
    }
    Ok(cards)
}

fn next_visit(seen: &Seen, now: Timestamp) -> Option<NextVisit> {
    // Who is on the way still looks at the page.
    let over = now.checked_sub(SignedDuration::from_hours(1)).unwrap_or(now);
    let is_ahead = |visit: &&Encounter| visit.state.stands() && visit.starts_at().is_some_and(|at| at > over);
    let visits = || seen.snapshot.chart.encounters.iter().filter(is_ahead);
    let next = visits().min_by_key(|visit| visit.starts_at())?;
    let zone_name = seen.organization.clinic.zone_at(next.location);
    let day = |visit: &Encounter| visit.starts_at().map(|at| zone::date_in(at, zone_name));
    let mut times: Vec<_> = visits()
        .filter(|visit| visit.location == next.location && day(visit) == day(next))
        .filter_map(Encounter::starts_at)
        .collect();
    times.sort();
    let civil = |at: Timestamp| zone::of(zone_name).to_datetime(at);
    let place = seen.organization.locations.iter().find(|place| Some(place.id) == next.location);
    Some(NextVisit {
        date: date_words(civil(next.starts_at()?), seen.language().code()),
        times: times.into_iter().map(|at| time_words(civil(at), seen.language().code())).collect(),
        location: place.map(|place| place.name.clone()).unwrap_or_default(),
    })
}
