//! The patient's list: what there is to do today.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use care::chart::{Assignment, Encounter};
use care::id::AssignmentId;
use care::library::{Article, Exercise};
use care::zone;
use jiff::civil::{Date, Weekday};
use jiff::{SignedDuration, Span, Timestamp};
use pages::patient::Language;
use pages::patient::portal::{ArticleCard, ExerciseCard, FormCard, NextVisit, Today, WeekDay};

use super::super::error::WebError;
use super::super::{Web, render};
use super::items::{self, Had, Items};
use super::words::dose_words;
use super::{Seen, Visitor};
use crate::library;
use crate::runner::letter::{date_words, time_words};

pub async fn show(State(web): State<Web>, visitor: Visitor) -> Result<Response, WebError> {
    let mut seen = visitor.sees(&web).await?;
    let now = web.roof.now();
    let zone_name = seen.snapshot.chart.home_zone(&seen.organization.clinic).to_owned();
    let items = Items::load(&mut seen).await?;
    let (day, marks) = (items::today(&seen, now), seen.tx.done_marks(visitor.patient, items::EVER).await?);
    let exercises = exercises(&seen, &items, &marks, day);
    let articles = articles(&seen, &items, &marks);
    let week = week(&seen, &items, &marks, day);
    let page = Today {
        first_name: seen.snapshot.chart.patient.given.clone().unwrap_or_default(),
        date: date_words(zone::of(&zone_name).to_datetime(now), seen.language().code()),
        forms: forms(&mut seen, visitor.patient, &zone_name).await?,
        exercises,
        articles,
        visit: next_visit(&seen, now),
        week,
        frame: seen.frame(),
    };
    Ok(render::html(&page)?.into_response())
}

type Mark = (AssignmentId, String, Date);

fn exercises(seen: &Seen, items: &Items, marks: &[Mark], day: Date) -> Vec<ExerciseCard> {
    let card = |had: &Had<Exercise>| ExerciseCard {
        href: format!("/p/exercises/{}/{}", had.assignment, had.id),
        title: had.item.words.get(seen.library_language()).title.clone(),
        dose: dose_words(&had.dose, seen.language()),
        done: marks.iter().any(|(of, item, on)| *of == had.assignment && *item == had.id && *on == day),
    };
    items.exercises.iter().map(card).collect()
}

/// What was read stays on the list, below what was not.
fn articles(seen: &Seen, items: &Items, marks: &[Mark]) -> Vec<ArticleCard> {
    let card = |had: &Had<Article>| ArticleCard {
        href: format!("/p/articles/{}/{}", had.assignment, had.id),
        title: had.item.words(seen.library_language()).title.clone(),
        read: marks.iter().any(|(of, item, _)| *of == had.assignment && *item == had.id),
    };
    let mut cards: Vec<_> = items.articles.iter().map(card).collect();
    cards.sort_by_key(|card| card.read);
    cards
}

/// The last seven days: on which any exercise was done.
fn week(seen: &Seen, items: &Items, marks: &[Mark], day: Date) -> Vec<WeekDay> {
    let is_exercise = |mark: &&Mark| items.exercises.iter().any(|had| had.assignment == mark.0 && had.id == mark.1);
    let days = (0..7).rev().filter_map(|back| day.checked_sub(Span::new().days(back)).ok());
    let entry = |on: Date| WeekDay {
        name: day_short(on.weekday(), seen.language()).to_owned(),
        done: marks.iter().filter(is_exercise).any(|(_, _, done)| *done == on),
        today: on == day,
    };
    days.map(entry).collect()
}

fn day_short(day: Weekday, language: Language) -> &'static str {
    let (english, spanish) = match day {
        Weekday::Monday => ("Mon", "lun"),
        Weekday::Tuesday => ("Tue", "mar"),
        Weekday::Wednesday => ("Wed", "mié"),
        Weekday::Thursday => ("Thu", "jue"),
        Weekday::Friday => ("Fri", "vie"),
        Weekday::Saturday => ("Sat", "sáb"),
        Weekday::Sunday => ("Sun", "dom"),
    };
    match language {
        Language::English => english,
        Language::Spanish => spanish,
    }
}

/// Forms that wait for an answer, by when they are due.
async fn forms(seen: &mut Seen, patient: care::id::PatientId, zone: &str) -> Result<Vec<FormCard>, WebError> {
    let begun: Vec<_> = seen.tx.drafts(patient).await?.into_iter().map(|(assignment, _)| assignment).collect();
    let waits = |a: &&Assignment| a.is_a("questionnaire") && (a.is_open() || seen.may_correct(a));
    let mut open: Vec<Assignment> = seen.snapshot.chart.assignments.iter().filter(waits).cloned().collect();
    // What was answered stands last, for as long as it can be corrected.
    open.sort_by_key(|a| (!a.is_open(), a.due, a.id));
    let by_link = seen.tx.harm_plan().await?.is_some_and(|plan| plan.by_link);
    let mut cards = vec![];
    for assignment in open {
        let Some(form) = library::form(&mut seen.tx, &assignment.content, assignment.given_at).await? else { continue };
        if !form.is_for_home(by_link) {
            continue;
        }
        let due = date_words(zone::of(zone).to_datetime(assignment.due), seen.language().code());
        cards.push(FormCard {
            href: format!("/p/forms/{}", assignment.id),
            title: form.title.get(seen.library_language()).clone(),
            due: assignment.is_open().then(|| seen.say(&format!("by {due}"), &format!("hasta el {due}"))),
            begun: begun.contains(&assignment.id),
            answered: !assignment.is_open(),
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
