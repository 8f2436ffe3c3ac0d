//! The EMR feeds: what each reads, what waits.

use axum::extract::State;
use axum::response::Html;
use care::chart::Clinic;
use pages::Nav;
use pages::staff::{InterfaceRow, Interfaces, PlaceRow};
use store::{InboxCounts, InterfaceState, LocationRow};
use wire::hl7v2::Interface;

use super::actor::Actor;
use super::error::WebError;
use super::permission::Permission;
use super::{Web, render};

pub async fn list(State(web): State<Web>, actor: Actor) -> Result<Html<String>, WebError> {
    actor.may(Permission::SeeRefusedMessages)?;
    let mut tx = actor.begin(&web).await?;
    let organization = tx.clinic().await?;
    let clinic = &organization.clinic;
    let counts = tx.inbox_counts().await?;
    let rows = tx.interfaces().await?.iter().map(|feed| row(feed, clinic, &counts)).collect();
    let places = organization.locations.iter().filter(|l| l.has_emr).map(place).collect();
    let may_switch = actor.may(Permission::SwitchInterfaces).is_ok();
    render::html(&Interfaces { frame: actor.frame(&web, clinic, "Interfaces", Nav::Refused), rows, places, may_switch })
}

/// A place and what says there that a patient came, and that an episode ended.
fn place(row: &LocationRow) -> PlaceRow {
    let rules = row.rules;
    let by_message = "when the EMR says so".to_owned();
    PlaceRow {
        name: row.name.clone(),
        href: format!("/locations/{}", row.id),
        arrived: match (rules.arrived_after_hours, rules.charge_is_arrival) {
            (Some(hours), _) => format!("{hours} hours after the start, unless cancelled"),
            (None, true) => "when the visit is charged".into(),
            (None, false) => by_message.clone(),
        },
        ended: rules.ended_after_days.map_or(by_message, |days| format!("nothing planned and none for {days} days")),
    }
}

fn row(feed: &store::InterfaceRow, clinic: &Clinic, counts: &[InboxCounts]) -> InterfaceRow {
    let settings: Option<Interface> = serde_json::from_value(feed.settings.clone()).ok();
    let counted = counts.iter().find(|c| c.interface == feed.id);
    let prefix = format!("{}/", feed.id);
    let part = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    let types = clinic.visit_types.keys().filter(|key| key.starts_with(&prefix)).count();
    let people = clinic.practitioners.keys().filter(|key| key.starts_with(&prefix)).count();
    let places = settings.as_ref().map_or(0, |s| s.locations.len());
    let mapped = [part(types, "visit type"), part(people, "practitioner"), part(places, "place")].join(", ");
    let trusts = settings.as_ref().is_some_and(|s| s.trust_offset);
    InterfaceRow {
        id: feed.id.to_string(),
        name: feed.name.clone(),
        address: feed.listen.clone(),
        live: feed.state == InterfaceState::Live,
        going: feed.state == InterfaceState::GoingLive,
        zone: settings.as_ref().map(|s| s.zone.clone()).unwrap_or_default(),
        offsets: if trusts { "Time offsets are trusted" } else { "Time offsets are not trusted" }.into(),
        authority: settings.and_then(|s| s.authority),
        mapped,
        waiting: counted.map_or(0, |c| c.waiting),
        refused: counted.map_or(0, |c| c.refused),
    }
}
