//! The organization of a scenario: its locations, the interface of its EMR, its workflows, and who works there.

use std::collections::BTreeMap;

use care::id::{InterfaceId, LocationId, OrganizationId, StaffId};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use sqlx::postgres::PgPool;
use stepwell::ids;
use store::{
    ClaimRow, InterfaceRow, InterfaceState, LocationRow, LocationRules, NewOrganization, NewStaff, OrgTx, SaidBy,
    StaffRole,
};
use wire::hl7v2::{DischargeMeans, Interface, MappedType};

use super::emr::FACILITY;
use super::stage::Place;
use super::story::Story;

/// The organization with all that the scenario says of it.
pub async fn found(tx: &mut OrgTx, story: &Story, id: OrganizationId, now: Timestamp) -> BTreeMap<String, Place> {
    let clinic = &story.scenario.clinic;
    let (name, zone) = (clinic.name.clone(), clinic.zone.clone());
    let mail_from = "hello@clinic.example".to_owned();
    let new = NewOrganization {
        id,
        name,
        zone,
        phone: String::new(),
        mail_from,
        created_at: now,
        budget: care::chart::Budget::default(),
        text_hours: clinic.text_hours,
    };
    tx.create_organization(&new).await.unwrap();
    let mut places = BTreeMap::new();
    for (theirs, location) in &clinic.locations {
        let place = Place {
            id: LocationId(ids::new_id(now)),
            zone: location.zone.clone(),
            has_emr: clinic.has_emr_at(Some(*theirs)),
        };
        tx.put_location(&row(&place, &location.name)).await.unwrap();
        places.insert(story.scenario.names.name(theirs.0).to_owned(), place);
    }
    let feed = interface(story, &places, now);
    tx.put_interface(&feed).await.unwrap();
    for when in story.events.iter().map(|(_, when)| when) {
        if let Some(word) = when.visit_type.as_deref().filter(|word| *word != "unmapped") {
            tx.put_visit_type(feed.id, word, word.parse().ok(), SaidBy::default()).await.unwrap();
        }
        if let Some(name) = &when.practitioner {
            let claim = ClaimRow { code: name.clone(), name: name.clone(), staff: None };
            tx.put_claim(feed.id, &claim, SaidBy::default()).await.unwrap();
        }
    }
    for first in story.workflows.iter().filter(|w| w.version == 1) {
        tx.publish_workflow(&first.key, &first.body, now).await.unwrap();
    }
    places
}

/// What no form says of a location yet: its closed days, and what time alone makes of a visit or a case.
pub async fn has_rules(sees_all: &PgPool, story: &Story, id: OrganizationId, places: &BTreeMap<String, Place>) {
    for (theirs, location) in &story.scenario.clinic.locations {
        let place = &places[story.scenario.names.name(theirs.0)];
        let hours = location.arrived_after.map(|after| i32::try_from(after.as_hours()).unwrap());
        let days = location.ended_after.map(u32::cast_signed);
        let rules = sqlx::query(
            "update locations set arrived_after_hours = $3, ended_after_days = $4 where organization = $1 and id = $2",
        );
        rules.bind(id.0).bind(place.id.0).bind(hours).bind(days).execute(sees_all).await.unwrap();
        for day in &location.closed {
            let closed =
                sqlx::query("insert into closed_days (organization, location, day) values ($1, $2, $3::text::date)");
            closed.bind(id.0).bind(place.id.0).bind(day.to_string()).execute(sees_all).await.unwrap();
        }
    }
}

fn row(place: &Place, name: &str) -> LocationRow {
    LocationRow {
        id: place.id,
        name: name.to_owned(),
        zone: place.zone.clone(),
        has_emr: place.has_emr,
        address: String::new(),
        phone: String::new(),
        map_url: String::new(),
        booking_url: String::new(),
        first_visit_info: String::new(),
        review_links: vec![],
        rules: LocationRules::default(),
    }
}

/// One interface for the clinic; every code is the scenario's own word.
fn interface(story: &Story, places: &BTreeMap<String, Place>, now: Timestamp) -> InterfaceRow {
    let id = InterfaceId(ids::new_id(now));
    let whens = || story.events.iter().map(|(_, when)| when);
    let of_visits = whens().filter(|when| when.encounter.is_some());
    let types = of_visits.filter_map(|when| when.visit_type.clone()).filter(|word| word != "unmapped");
    let settings = Interface {
        trust_offset: true,
        authority: Some(FACILITY.into()),
        appointment_types: types.map(|word| (word.clone(), MappedType::Type(word.parse().unwrap()))).collect(),
        providers: whens().filter_map(|when| when.practitioner.clone()).map(|name| (name.clone(), name)).collect(),
        locations: places.iter().map(|(name, place)| (name.clone(), place.id)).collect(),
        discharge_means: DischargeMeans::Case,
        episode_from: "PV1-54".parse().ok(),
        ..Interface::new(id, &story.scenario.clinic.zone)
    };
    settings.check().unwrap();
    let settings = serde_json::to_value(&settings).unwrap();
    InterfaceRow {
        id,
        name: "EMR".into(),
        listen: Some("127.0.0.1:0".into()),
        state: InterfaceState::Live,
        live_since: None,
        settings,
    }
}

pub async fn hire(tx: &mut OrgTx, now: Timestamp) -> StaffId {
    let id = StaffId(ids::new_id(now));
    // Nobody signs in with it: the session is there from the start, for the years that a story may take.
    let (email, name, password_hash) = ("ben@clinic.example".into(), "Ben Adler".into(), "none".into());
    tx.create_staff(&NewStaff { id, email, name, role: StaffRole::Admin, password_hash }).await.unwrap();
    id
}

pub async fn session(tx: &mut OrgTx, staff: StaffId, now: Timestamp, until: Timestamp) -> String {
    let token = ids::hex(&ids::random::<32>());
    let expires = until + SignedDuration::from_hours(24);
    tx.start_session(staff, &Sha256::digest(token.as_bytes()), now, expires).await.unwrap();
    format!("stepwell={token}")
}
