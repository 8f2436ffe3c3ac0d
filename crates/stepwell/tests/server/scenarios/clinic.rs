//! The organization of a scenario: its locations, the interface of its EMR, its workflows, and who works there.

use std::collections::BTreeMap;

use care::id::{InterfaceId, LocationId, OrganizationId, StaffId};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use stepwell::ids;
use store::{
    ClaimRow, InterfaceRow, InterfaceState, LocationRow, LocationRules, NewOrganization, NewStaff, OrgTx, SaidBy,
    StaffRole,
};
use wire::hl7v2::{DischargeMeans, Interface, MappedType};

use super::emr::FACILITY;
use super::stage::{Place, Stage};
use super::story::Story;
use super::switches;

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
    tx.set_outcome_forms(&clinic.outcome_forms).await.unwrap();
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
    places
}

/// What its pages say of a location: closed days, and what time alone makes of a visit or a case.
pub async fn has_rules(stage: &Stage, story: &Story) -> Result<(), String> {
    for (theirs, location) in &story.scenario.clinic.locations {
        let place = stage.places[story.scenario.names.name(theirs.0)].id;
        let hours = location.arrived_after.map(|after| after.as_hours());
        switches::sets_rules(stage, place, hours, location.ended_after).await?;
        for day in &location.closed {
            switches::sets_day(stage, place, *day, true).await;
        }
    }
    Ok(())
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
