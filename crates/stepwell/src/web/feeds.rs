//! The guard of a feed: how it stands, what it holds up, and what staff do about it.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Response};
use care::chart::Clinic;
use care::feed::Guard;
use care::id::{InterfaceId, LocationId};
use care::workflow::Workflows;
use jiff::{SignedDuration, Timestamp};
use pages::Nav;
use pages::staff::{DayHours, FeedPage, FeedState, Field, HeldStep, Notice};
use store::{FeedRow, HeldRow, InterfaceRow, InterfaceState, OrgTx};
use wire::hl7v2::Interface;

use super::actor::Actor;
use super::error::WebError;
use super::flash::Said;
use super::form::Posted;
use super::permission::Permission;
use super::{Web, form, hours, render, times, words};
use crate::runner::feeds;

/// Held steps shown; all are counted.
const SHOWN: i64 = 200;

/// What was typed that could not be kept, and why.
struct Wrong {
    fields: BTreeMap<String, String>,
    minutes: Option<String>,
    hours: Option<String>,
}

pub async fn show(State(web): State<Web>, actor: Actor, Path(id): Path<String>) -> Result<Html<String>, WebError> {
    actor.may(Permission::SeeRefusedMessages)?;
    page(&web, &actor, form::id(&id, "interface")?, None).await
}

async fn page(web: &Web, actor: &Actor, id: InterfaceId, wrong: Option<Wrong>) -> Result<Html<String>, WebError> {
    let mut tx = actor.begin(web).await?;
    let clinic = tx.clinic().await?.clinic;
    let (row, settings) = interface(&mut tx, id).await?;
    let feed = tx.feeds().await?.into_iter().find(|(of, _)| *of == id).map(|(_, feed)| feed).unwrap_or_default();
    let locations = feeds::fed_by(&settings, &clinic);
    let held = tx.held_for_feed(&locations, SHOWN).await?;
    let held_count = usize::try_from(tx.count_held_for_feed(&locations).await?).unwrap_or(0);
    let workflows = web.roof.workflows(&mut tx).await?;
    let zone = &settings.zone;
    let state = state(&row, &settings, &feed);
    let stamp = |at: Timestamp| times::stamp(at, zone, &clinic.zone);
    let quiet = |at: Timestamp| long_words(web.roof.now().duration_since(at));
    let (silent_after, days) = fields(settings.guard.as_ref(), wrong.as_ref());
    render::html(&FeedPage {
        frame: actor.frame(web, &clinic, &format!("The feed of {}", row.name), Nav::Refused),
        id: id.to_string(),
        name: row.name.clone(),
        state,
        said: said(state, &feed, settings.guard.as_ref(), zone),
        last_message: feed.heard_at.map(stamp),
        quiet_for: feed.heard_at.map(quiet).unwrap_or_default(),
        newest: feed.newest_at.map(stamp),
        locations: names(&locations, &clinic),
        held_count,
        held: held.iter().map(|row| held_step(row, &clinic, &workflows)).collect(),
        may_decide: state == FeedState::Silent && actor.may(Permission::SettleWork).is_ok(),
        silent_after,
        days,
        zone: zone.clone(),
        hours_error: wrong.and_then(|wrong| wrong.hours),
        may_change: actor.may(Permission::SwitchInterfaces).is_ok(),
    })
}

async fn interface(tx: &mut OrgTx, id: InterfaceId) -> Result<(InterfaceRow, Interface), WebError> {
    let row = tx.interfaces().await?.into_iter().find(|row| row.id == id).ok_or(WebError::not_found("interface"))?;
    let settings = read(&row)?;
    Ok((row, settings))
}

fn read(row: &InterfaceRow) -> Result<Interface, WebError> {
    Ok(serde_json::from_value(row.settings.clone()).map_err(|_| store::Error::unreadable("interfaces", "settings"))?)
}

pub fn state(row: &InterfaceRow, settings: &Interface, feed: &FeedRow) -> FeedState {
    match (&settings.guard, row.state, feed.silent_since, feed.released_at) {
        (None, ..) => FeedState::Unguarded,
        (Some(_), InterfaceState::Loading | InterfaceState::GoingLive, ..) => FeedState::Loading,
        (Some(_), InterfaceState::Live, None, _) => FeedState::Speaks,
        (Some(_), InterfaceState::Live, Some(_), None) => FeedState::Silent,
        (Some(_), InterfaceState::Live, Some(_), Some(_)) => FeedState::Released,
    }
}

fn said(state: FeedState, feed: &FeedRow, guard: Option<&Guard>, zone: &str) -> String {
    let since = feed.silent_since.map(|at| times::short_words(at, zone)).unwrap_or_default();
    match state {
        FeedState::Unguarded => "Nobody looks whether it speaks: should it break, reminders go out as before.".into(),
        FeedState::Loading => "While it loads, nobody expects it to speak.".into(),
        FeedState::Speaks => format!(
            "It may be silent for {} of open hours.",
            long_words(SignedDuration::from_mins(guard.map_or(0, |g| i64::from(g.silent_after))))
        ),
        FeedState::Silent => format!(
            "Silent since {since}. What rests on what it says is held until a message comes that was sent within \
             10 minutes of now and no message waits to be read."
        ),
        FeedState::Released => {
            let released = feed.released_at.map(|at| times::short_words(at, zone)).unwrap_or_default();
            format!(
                "Silent since {since}. Released {released}: reminders go out until it has caught up or falls silent anew."
            )
        }
    }
}

fn names(locations: &[LocationId], clinic: &Clinic) -> String {
    let names = locations.iter().filter_map(|id| clinic.locations.get(id)).map(|l| l.name.as_str());
    names.collect::<Vec<_>>().join(", ")
}

fn held_step(row: &HeldRow, clinic: &Clinic, workflows: &Workflows) -> HeldStep {
    let zone = clinic.zone_at(row.place);
    let current = workflows.0.get(&row.workflow).and_then(|published| published.current());
    HeldStep {
        patient: words::full_name(&row.given, &row.family),
        patient_href: format!("/patients/{}", row.patient),
        workflow: current.map_or_else(|| row.workflow.clone(), |(_, workflow)| workflow.title.clone()),
        step: row.step.clone(),
        location: clinic.location(row.place).map(|l| l.name.clone()).unwrap_or_default(),
        due: times::stamp(row.due, zone, &clinic.zone),
        expires: times::stamp(row.expires, zone, &clinic.zone),
    }
}

/// "1 hour 12 minutes", "3 days".
fn long_words(span: SignedDuration) -> String {
    let part =
        |count: i64, one: &str| (count > 0).then(|| format!("{count} {one}{}", if count == 1 { "" } else { "s" }));
    let (days, hours, minutes) = (span.as_hours() / 24, span.as_hours() % 24, span.as_mins() % 60);
    let parts = [part(days, "day"), part(hours, "hour"), part(minutes, "minute").filter(|_| days == 0)];
    let said: Vec<String> = parts.into_iter().flatten().collect();
    if said.is_empty() { "less than a minute".into() } else { said.join(" ") }
}

/// The settings as fields: what was typed, where that was wrong, else what is kept.
fn fields(guard: Option<&Guard>, wrong: Option<&Wrong>) -> (Field, Vec<DayHours>) {
    let typed = |name: &str| wrong.and_then(|wrong| wrong.fields.get(name).cloned());
    let kept = guard.map(|guard| guard.silent_after.to_string()).unwrap_or_default();
    let minutes = typed("silent_after").unwrap_or(kept);
    let error = wrong.and_then(|wrong| wrong.minutes.clone());
    let kept = guard.map(|guard| guard.open.clone()).unwrap_or_default();
    (Field { value: minutes, error }, hours::rows(&kept, wrong.map(|wrong| &wrong.fields)))
}

/// `POST /interfaces/{id}/feed`
pub async fn guard(
    State(web): State<Web>,
    actor: Actor,
    Path(id): Path<String>,
    Posted(fields): Posted<BTreeMap<String, String>>,
) -> Result<Response, WebError> {
    actor.may(Permission::SwitchInterfaces)?;
    let id: InterfaceId = form::id(&id, "interface")?;
    let guard = match typed_guard(&fields) {
        Ok(guard) => guard,
        Err((minutes, hours)) => {
            let wrong = Wrong { fields, minutes, hours };
            return Ok(page(&web, &actor, id, Some(wrong)).await?.into_response());
        }
    };
    web.let_time_pass().await?;
    let mut tx = actor.begin(&web).await?;
    let row = tx.lock_interface(id).await?.ok_or(WebError::not_found("interface"))?;
    let settings = Interface { guard, ..read(&row)? };
    let settings = serde_json::to_value(&settings).map_err(|e| WebError::internal(&e))?;
    tx.put_interface(&InterfaceRow { settings, ..row }).await?;
    tx.commit().await?;
    web.settle().await?;
    Ok(render::see(&format!("/interfaces/{id}/feed"), Some(&Said::GuardKept)))
}

type Errors = (Option<String>, Option<String>);

/// The guard that was typed; else what is wrong with the minutes, or with the hours.
fn typed_guard(fields: &BTreeMap<String, String>) -> Result<Option<Guard>, Errors> {
    let Some(minutes) = fields.get("silent_after").and_then(|text| form::filled(text)) else { return Ok(None) };
    let silent_after = minutes.parse().map_err(|_| (Some("Write minutes as a number, as in 60.".to_owned()), None))?;
    let open = hours::read(fields).map_err(|why| (None, Some(why)))?;
    if open.is_never() {
        return Err((None, Some("Say on which days and when it is expected to speak.".into())));
    }
    let guard = Guard { silent_after, open };
    guard.check().map_err(|why| (Some(format!("{why}.")), None))?;
    Ok(Some(guard))
}

/// `POST /interfaces/{id}/feed/release`
pub async fn release(State(web): State<Web>, actor: Actor, Path(id): Path<String>) -> Result<Response, WebError> {
    actor.may(Permission::SettleWork)?;
    let id: InterfaceId = form::id(&id, "interface")?;
    web.let_time_pass().await?;
    interface(&mut actor.begin(&web).await?, id).await?;
    if !feeds::release_feed(&web.roof, actor.organization, id, actor.staff).await? {
        return Err(WebError::conflict("The feed holds nothing up any more."));
    }
    web.settle().await?;
    Ok(render::see(&format!("/interfaces/{id}/feed"), Some(&Said::Released)))
}

/// `POST /interfaces/{id}/feed/drop`
pub async fn drop_held(State(web): State<Web>, actor: Actor, Path(id): Path<String>) -> Result<Response, WebError> {
    actor.may(Permission::SettleWork)?;
    let id: InterfaceId = form::id(&id, "interface")?;
    web.let_time_pass().await?;
    let mut tx = actor.begin(&web).await?;
    interface(&mut tx, id).await?;
    let feed = tx.feeds().await?.into_iter().find(|(of, _)| *of == id).map(|(_, feed)| feed);
    drop(tx);
    let Some(feed) = feed.filter(|feed| !feed.silenced.is_empty()) else {
        return Err(WebError::conflict("The feed holds nothing up any more."));
    };
    feeds::drop_held(&web.roof, actor.organization, &feed.silenced).await?;
    web.settle().await?;
    Ok(render::see(&format!("/interfaces/{id}/feed"), Some(&Said::Dropped)))
}

/// The silent feeds, for the work list.
pub async fn notices(tx: &mut OrgTx, clinic: &Clinic) -> Result<Vec<Notice>, WebError> {
    let silent: Vec<_> = tx.feeds().await?.into_iter().filter(|(_, feed)| feed.silent_since.is_some()).collect();
    let interfaces = if silent.is_empty() { vec![] } else { tx.interfaces().await? };
    let mut notices = vec![];
    for (id, feed) in silent {
        let Some(row) = interfaces.iter().find(|row| row.id == id) else { continue };
        let since = feed.silent_since.map(|at| times::short_words(at, &clinic.zone)).unwrap_or_default();
        let (title, effect, urgent) = if feed.released_at.is_some() {
            (
                format!("The feed of {} is silent", row.name),
                "Reminders go out all the same: staff released them.".into(),
                false,
            )
        } else {
            let held = match tx.count_held_for_feed(&feed.silenced).await? {
                1 => "1 step is held.".to_owned(),
                some => format!("{some} steps are held."),
            };
            (format!("The feed of {} is silent", row.name), held, true)
        };
        notices.push(Notice {
            title,
            detail: format!("{effect} Look whether the EMR or its connection is down."),
            since: format!("since {since}"),
            way_on: Some((format!("/interfaces/{id}/feed"), "Release or drop".into())),
            urgent,
        });
    }
    Ok(notices)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(fields: &[(&str, &str)]) -> Result<Option<Guard>, Errors> {
        typed_guard(&fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn without_minutes_there_is_no_guard() {
        assert_eq!(typed(&[("silent_after", " "), ("mon_from", "08:00")]), Ok(None));
    }

    #[test]
    fn hours_are_read_from_two_fields_and_midnight_ends_a_day() {
        let guard = typed(&[("silent_after", "60"), ("mon_from", "08:00:00"), ("mon_to", "00:00")]).unwrap().unwrap();
        assert_eq!(serde_json::to_string(&guard.open).unwrap(), r#"{"mon":"08:00-24:00"}"#);
        assert_eq!(fields(Some(&guard), None).1[0].to, "00:00");
    }

    #[test]
    fn what_is_wrong_is_said_where_it_is_wrong() {
        let hours = [("mon_from", "08:00"), ("mon_to", "18:00")];
        let with = |minutes| typed(&[[("silent_after", minutes)].as_slice(), &hours].concat());
        assert!(matches!(with("sixty"), Err((Some(_), None))));
        assert!(matches!(with("5"), Err((Some(_), None))));
        assert!(matches!(typed(&[("silent_after", "60")]), Err((None, Some(_)))));
        let half = typed(&[("silent_after", "60"), ("tue_to", "18:00")]).unwrap_err().1.unwrap();
        assert!(half.starts_with("Tuesday"), "{half}");
    }

    #[test]
    fn a_span_is_said_in_words() {
        let mins = SignedDuration::from_mins;
        assert_eq!(long_words(mins(72)), "1 hour 12 minutes");
        assert_eq!(long_words(mins(24 * 60 * 3 + 61)), "3 days 1 hour");
        assert_eq!(long_words(mins(0)), "less than a minute");
    }
}
