//! What the writer writes, the reader reads.

use care::chart::{Act, Write};
use jiff::civil::{date, datetime};
use proptest::prelude::*;
use wire::hl7v2::write::{Outgoing, Patient, Visit, adt, siu};
use wire::hl7v2::{self, Content, Update};

use crate::common::{MAIN, interface};

fn outgoing(event: &str) -> Outgoing {
    Outgoing {
        event: event.into(),
        sending_app: "DEMO".into(),
        sending_facility: "STONES".into(),
        control_id: "42".into(),
        sent_at: "20260302101500".into(),
        processing_id: "P".into(),
        patient: Patient {
            mrn: "1001".into(),
            authority: "STONES".into(),
            given: "Alma".into(),
            family: "Reyes".into(),
            birth: "19840229".into(),
            sex: "F".into(),
            email: "alma@example.org".into(),
            mobile: "+15552013344".into(),
            language: "es".into(),
            deceased: false,
        },
        visit: Some(Visit {
            appointment: "F88".into(),
            number: "V500".into(),
            case: "C9".into(),
            start: "202603091430".into(),
            minutes: Some(45),
            type_code: "IE".into(),
            location: "MAIN".into(),
            provider: "204".into(),
            provider_given: "Ben".into(),
            provider_family: "Okafor".into(),
        }),
        merged: None,
        status: "Booked".into(),
    }
}

fn reading(raw: &[u8]) -> Content {
    let mut interface = interface();
    interface.episode_from = Some("PV1-54".parse().unwrap());
    hl7v2::read(raw, &interface).unwrap().what
}

fn update(raw: &[u8]) -> Update {
    match reading(raw) {
        Content::Updates(mut updates) if updates.len() == 1 => updates.remove(0),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_booking_is_read_as_written() {
    let update = update(&siu(&outgoing("S12")));
    assert_eq!((update.patient.authority.as_str(), update.patient.value.as_str()), ("STONES", "1001"));
    let who = update.demographics;
    assert_eq!(who.email, Write::Set("alma@example.org".into()));
    assert_eq!(who.mobile, Write::Set("+15552013344".into()));
    assert_eq!((who.birth_date, who.deceased), (Write::Set(date(1984, 2, 29)), Write::Keep));
    assert_eq!(who.language, Write::Set("es".into()));
    let visit = update.visit.unwrap();
    assert_eq!((visit.appointment.as_deref(), visit.visit.as_deref()), (Some("STONES/F88"), Some("STONES/V500")));
    assert_eq!((visit.act, visit.minutes), (Act::Book, Write::Set(45)));
    let Write::Set(start) = visit.start else { panic!() };
    assert_eq!((start.civil, start.zone.as_str()), (datetime(2026, 3, 9, 14, 30, 0, 0), "America/New_York"));
    assert_eq!((visit.type_seen.as_deref(), visit.location), (Some("IE"), Write::Set(MAIN)));
    assert_eq!(visit.practitioner_code, Write::Set("204".into()));
    assert_eq!(update.episode.unwrap().number.as_deref(), Some("STONES/C9"));
}

#[test]
fn a_registration_is_read_as_written() {
    for (event, act) in [("A04", Act::Arrive), ("A03", Act::Finish), ("A11", Act::Cancel), ("A08", Act::Note)] {
        let visit = update(&adt(&outgoing(event))).visit.unwrap();
        assert_eq!((visit.visit.as_deref(), visit.act), (Some("STONES/V500"), act), "{event}");
        assert_eq!(visit.location, Write::Set(MAIN), "{event}");
    }
}

#[test]
fn a_merge_and_a_death_are_read_as_written() {
    let mut merge = outgoing("A40");
    merge.merged = Some("0999".into());
    merge.patient.deceased = true;
    let Content::Merges(merges) = reading(&adt(&merge)) else { panic!() };
    assert_eq!((merges[0].gone.value.as_str(), merges[0].update.patient.value.as_str()), ("0999", "1001"));
    assert_eq!(merges[0].update.demographics.deceased, Write::Set(true));
}

#[test]
fn what_is_left_out_is_kept() {
    let bare = Outgoing { patient: Patient { mrn: "7".into(), ..Patient::default() }, visit: None, ..outgoing("A28") };
    let update = update(&adt(&bare));
    assert_eq!(update.demographics, care::chart::PatientChange::default());
}

/// Text that is something once trimmed, and not the sign for deleting.
fn name() -> impl Strategy<Value = String> {
    any::<String>().prop_map(|text| text.trim().to_string()).prop_filter("a name", |t| !t.is_empty() && t != "\"\"")
}

proptest! {
    #[test]
    fn any_name_and_number_come_back(given in name(), family in name(), mrn in name(), appointment in name()) {
        let mut message = outgoing("S13");
        message.patient.given.clone_from(&given);
        message.patient.family.clone_from(&family);
        message.patient.mrn.clone_from(&mrn);
        message.visit.as_mut().unwrap().appointment.clone_from(&appointment);
        let update = update(&siu(&message));
        prop_assert_eq!(update.demographics.given, Write::Set(given));
        prop_assert_eq!(update.demographics.family, Write::Set(family));
        prop_assert_eq!(update.patient.value, mrn);
        prop_assert_eq!(update.visit.unwrap().appointment, Some(format!("STONES/{appointment}")));
    }
}
