//! A clinic of two places and a family: few addresses, and some of them shared.

use std::collections::BTreeMap;
use std::sync::Arc;

use care::chart::{Channel, Clinic, Location, PatientChange, Source, What, Write};
use care::id::{LocationId, PatientId};
use care::rehearsal::{Player, Stage};
use care::workflow::{Activation, Published, Workflow, Workflows};
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

pub const MAIN_STREET: LocationId = LocationId(Uuid::from_u128(1));
pub const LAKESIDE: LocationId = LocationId(Uuid::from_u128(2));
pub const PEOPLE: u128 = 4;

pub fn person(n: u128) -> PatientId {
    PatientId(Uuid::from_u128(100 + n % PEOPLE))
}

/// A Tuesday evening, eleven days before the American clocks move.
pub fn start() -> Timestamp {
    "2026-02-25T01:30:00Z".parse().unwrap()
}

pub fn rooms() -> Clinic {
    let mut clinic = Clinic::new("Stepping Stones", "America/New_York");
    clinic.locations.insert(MAIN_STREET, Location::new(MAIN_STREET, "Main Street", "America/New_York", true));
    let mut lakeside = Location::new(LAKESIDE, "Lakeside", "America/Los_Angeles", false);
    lakeside.arrived_after = Some(SignedDuration::from_hours(4));
    lakeside.ended_after = Some(12);
    clinic.locations.insert(LAKESIDE, lakeside);
    clinic
}

pub fn workflows(texts: &BTreeMap<String, String>, from: Timestamp) -> Workflows {
    let published = |(key, text): (&String, &String)| {
        let versions = [(1, Arc::new(Workflow::parse(text).unwrap()))].into();
        (key.clone(), Published { versions, activations: vec![Activation::open(from)], edits: vec![] })
    };
    Workflows(texts.iter().map(published).collect())
}

pub fn set(text: &str) -> Write<String> {
    Write::Set(text.into())
}

/// Alma and her husband share an email address; her mother reads texts on Alma's phone; the boy is twelve.
fn family() -> Vec<PatientChange> {
    let born = |year, month, day| Write::Set(date(year, month, day));
    vec![
        PatientChange {
            email: set("family@example.org"),
            mobile: set("+15555550101"),
            birth_date: born(1985, 3, 20),
            home_location: Write::Set(MAIN_STREET),
            ..PatientChange::default()
        },
        PatientChange {
            email: set("family@example.org"),
            mobile: set("+15555550102"),
            zone: set("America/Los_Angeles"),
            birth_date: born(1984, 4, 1),
            ..PatientChange::default()
        },
        PatientChange {
            email: set("mother@example.org"),
            mobile: set("+15555550101"),
            zone: set("Europe/Berlin"),
            birth_date: born(1956, 2, 29),
            ..PatientChange::default()
        },
        PatientChange {
            email: set("boy@example.org"),
            mobile: set("+15555550104"),
            birth_date: born(2013, 7, 7),
            home_location: Write::Set(LAKESIDE),
            guardian: Write::Set(care::chart::Guardian {
                name: "Alma".into(),
                email: Some("family@example.org".into()),
                mobile: Some("+15555550101".into()),
            }),
            ..PatientChange::default()
        },
    ]
}

/// The curtain rises: everything is on, and everybody is there.
pub fn stage(texts: &BTreeMap<String, String>) -> Stage {
    let before = start() - SignedDuration::from_secs(60);
    let mut stage = Stage::new(rooms(), workflows(texts, before), Channel::ALL.into(), before);
    for (n, change) in (0..).zip(family()) {
        stage.enter(person(n), Player::default());
        stage.record(person(n), Source::System, before, What::Patient(Box::new(change)));
    }
    stage
}
