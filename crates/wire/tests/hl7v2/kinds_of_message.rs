//! What each event says of a visit, a patient, a case.

use crate::common::{self, MAIN, interface, read, update, update_by, visit};
use care::chart::{Act, EncounterKey, Sex, VisitType, Write};
use care::zone::CivilMoment;
use jiff::civil::{date, datetime};
use wire::hl7v2::{AppointmentNumber, Content, DischargeMeans, EpisodeAct, MappedType, PatientKey, StampFrom};

fn new_york(civil: jiff::civil::DateTime) -> Write<CivilMoment> {
    Write::Set(CivilMoment { civil, zone: "America/New_York".into() })
}

fn half_past_two() -> Write<CivilMoment> {
    new_york(datetime(2026, 3, 9, 14, 30, 0, 0))
}

fn key(value: &str) -> PatientKey {
    PatientKey { authority: "STONES".into(), value: value.into() }
}

#[test]
fn a_booking_is_read_with_all_its_fields() {
    let visit = visit("s12");
    assert_eq!(visit.key(), Some((EncounterKey::Appointment, "STONES/F88", None)));
    assert_eq!(visit.act, Act::Book);
    assert_eq!(visit.start, half_past_two());
    assert_eq!(visit.minutes, Write::Set(45));
    assert_eq!(visit.type_seen.as_deref(), Some("IE"));
    assert_eq!(visit.practitioner, Write::Set("Ben Okafor".into()));
    assert_eq!(visit.practitioner_code, Write::Set("204".into()));
    assert_eq!((visit.location, visit.location_seen), (Write::Set(MAIN), None));
}

#[test]
fn the_header_and_the_stamp_come_along() {
    let reading = read("s12").unwrap();
    let h = &reading.header;
    assert_eq!((h.sending_app.as_str(), h.sending_facility.as_str()), ("PRACTICE", "STONES"));
    assert_eq!((h.kind.as_str(), h.event.as_str(), h.control_id.as_str()), ("SIU", "S12", "M1"));
    assert_eq!((h.version.as_str(), h.processing_id.as_str()), ("2.5.1", "P"));
    assert_eq!(reading.stamp_at.to_string(), "2026-03-02T15:15:00Z");
    assert_eq!(reading.remarks, []);
}

#[test]
fn a_patient_is_read_with_all_their_fields() {
    let update = update("a28");
    assert_eq!(update.patient, key("1001"));
    let who = update.demographics;
    assert_eq!((who.given, who.family), (Write::Set("Alma".into()), Write::Set("Reyes".into())));
    assert_eq!((who.birth_date, who.sex), (Write::Set(date(1984, 2, 29)), Write::Set(Sex::Female)));
    assert_eq!(who.language, Write::Set("es".into()));
    assert_eq!((who.mobile, who.phone), (Write::Set("(555)201-3344".into()), Write::Keep));
    assert_eq!(who.email, Write::Set("alma@example.org".into()));
    assert_eq!((who.deceased, who.inactive), (Write::Keep, Write::Keep));
    assert_eq!((update.visit, update.episode), (None, None));
}

#[test]
fn each_schedule_event_does_its_act() {
    let acts = [
        ("s12", Act::Book),
        ("s13", Act::Modify),
        ("s14", Act::Modify),
        ("s15", Act::Cancel),
        ("s16", Act::Cancel),
        ("s17", Act::Delete),
        ("s26", Act::NoShow),
        ("s18", Act::Note),
    ];
    for (file, act) in acts {
        assert_eq!(visit(file).act, act, "{file}");
    }
}

#[test]
fn the_status_decides_over_a_modification() {
    let acts = [
        ("s14_started", Act::Arrive),
        ("s14_arrived", Act::Arrive),
        ("s14_complete", Act::Finish),
        ("s14_no_show", Act::NoShow),
        ("s14_cancelled", Act::Cancel),
        ("s14_dc", Act::Cancel),
        ("s14_deleted", Act::Delete),
        ("s14_waitlist", Act::Cancel),
        ("s14_pending", Act::Modify),
    ];
    for (file, act) in acts {
        assert_eq!(visit(file).act, act, "{file}");
    }
}

#[test]
fn the_event_decides_over_a_cancellation() {
    assert_eq!(visit("s15_says_booked").act, Act::Cancel);
    assert_eq!(visit("s15_says_complete").act, Act::Cancel);
    assert_eq!(read("s15_says_complete").unwrap().remarks[0].place, "SCH-25");
}

#[test]
fn who_waits_for_a_place_has_no_visit_yet() {
    let update = update("s12_waitlist");
    assert_eq!(update.visit, None);
    assert_eq!(update.patient, key("1001"));
}

#[test]
fn the_first_filled_time_counts() {
    assert_eq!(visit("s12_times_in_tq1").start, half_past_two());
    assert_eq!(visit("s12_times_in_ais").start, half_past_two());
    assert_eq!(visit("s12_times_in_aip").start, new_york(datetime(2026, 3, 9, 14, 45, 0, 0)));
}

#[test]
fn durations_are_read_with_their_unit() {
    assert_eq!(visit("s12_times_in_tq1").minutes, Write::Set(60));
    assert_eq!(visit("s12_times_in_ais").minutes, Write::Set(45));
    assert_eq!(visit("s12_times_in_aip").minutes, Write::Keep);
}

#[test]
fn a_cancellation_with_an_unreadable_time_still_cancels() {
    let visit = visit("s15_bad_time");
    assert_eq!((visit.act, visit.start), (Act::Cancel, Write::Keep));
    assert_eq!(read("s15_bad_time").unwrap().remarks[0].place, "SCH-11.4");
}

#[test]
fn the_interface_says_which_appointment_number_counts() {
    assert_eq!(visit("s12_placer_only").appointment.as_deref(), Some("STONES/P77"));
    let mut placer = interface();
    placer.appointment_number = AppointmentNumber::Placer;
    assert_eq!(update_by("s12", &placer).visit.unwrap().appointment.as_deref(), Some("STONES/P77"));
}

#[test]
fn a_schedule_message_with_a_visit_number_names_the_visit_twice() {
    let visit = visit("s12_with_visit_number");
    assert_eq!(visit.key(), Some((EncounterKey::Appointment, "STONES/F88", Some("STONES/V500"))));
}

#[test]
fn a_group_class_is_one_update_per_patient() {
    let Content::Updates(updates) = read("s12_group_class").unwrap().what else { panic!() };
    let seen: Vec<_> = updates
        .iter()
        .map(|u| {
            (u.patient.value.as_str(), u.visit.as_ref().and_then(|v| v.visit.as_deref()), u.visit.as_ref().unwrap().act)
        })
        .collect();
    assert_eq!(seen, [("1001", Some("STONES/V500"), Act::Book), ("2002", Some("STONES/V501"), Act::Book)]);
}

#[test]
fn an_unmapped_type_stands_and_is_shown() {
    let mut bare = interface();
    bare.appointment_types.clear();
    let visit = update_by("s12", &bare).visit.unwrap();
    assert_eq!(visit.type_seen.as_deref(), Some("IE"));
}

#[test]
fn types_are_found_by_code_by_name_and_by_reason() {
    for (known, seen) in [("iE", "IE"), ("initial evaluation", "Initial Evaluation"), ("EVALUATION", "EVALUATION")] {
        let mut one = interface();
        one.appointment_types = [(known.to_string(), MappedType::Type(VisitType::ReEvaluation))].into();
        let said = update_by("s12", &one).visit.unwrap().type_seen.unwrap();
        assert!(said.eq_ignore_ascii_case(seen), "{known}: {said}");
    }
}

#[test]
fn an_ignored_type_is_read_all_the_same_so_that_it_may_be_mapped_later() {
    let mut ignoring = interface();
    ignoring.appointment_types.insert("ie".into(), MappedType::Ignore);
    let update = update_by("s12", &ignoring);
    assert_eq!(update.visit.unwrap().type_seen.as_deref(), Some("IE"));
    assert_eq!(update.demographics.given, Write::Set("Alma".into()));
}

#[test]
fn a_practitioner_without_a_code_is_known_by_name_and_one_without_a_name_by_code() {
    let text = String::from_utf8(common::file("s12")).unwrap();
    for (xcn, name, code) in [("^Okafor^Ben", "Ben Okafor", "Ben Okafor"), ("204", "204", "204")] {
        let raw = text.replace("204^Okafor^Ben", xcn);
        assert_ne!(raw, text);
        let Content::Updates(updates) = wire::hl7v2::read(raw.as_bytes(), &interface()).unwrap().what else { panic!() };
        let visit = updates[0].visit.as_ref().unwrap();
        assert_eq!(visit.practitioner, Write::Set(name.into()), "{xcn}");
        assert_eq!(visit.practitioner_code, Write::Set(code.into()), "{xcn}");
    }
}

#[test]
fn a_charge_says_that_the_patient_came_at_the_visits_time() {
    let charge = "MSH|^~\\&|PRACTICE|STONES|||20260302180000||DFT^P03|M9|P|2.5.1\rEVN|P03|20260302175500\r\
                  PID|1||1001^^^STONES^MR||Reyes^Alma\rPV1|1|O|MAIN||||||||||||||||V500\r\
                  FT1|1|||202603091430||CG|97110\r";
    let Content::Updates(updates) = wire::hl7v2::read(charge.as_bytes(), &interface()).unwrap().what else { panic!() };
    let visit = updates[0].visit.as_ref().unwrap();
    assert_eq!((visit.act, visit.by_charge), (Act::Arrive, true));
    assert_eq!(visit.visit.as_deref(), Some("STONES/V500"));
    assert_eq!(visit.start, half_past_two());
    let Write::Set(start) = &visit.start else { panic!() };
    assert_eq!(visit.happened, Some(start.instant()), "not when it was billed");
}

#[test]
fn a_charge_that_says_no_time_of_day_says_no_start() {
    let charge = "MSH|^~\\&|PRACTICE|STONES|||20260302180000||DFT^P03|M9|P|2.5.1\rEVN|P03|20260302175500\r\
                  PID|1||1001^^^STONES^MR||Reyes^Alma\rPV1|1|O|MAIN||||||||||||||||V500\r\
                  FT1|1|||20260302||CG|97110\r";
    let Content::Updates(updates) = wire::hl7v2::read(charge.as_bytes(), &interface()).unwrap().what else { panic!() };
    let visit = updates[0].visit.as_ref().unwrap();
    assert_eq!((&visit.start, visit.happened), (&Write::Keep, None));
}

#[test]
fn an_unknown_place_goes_to_the_default_only_when_booked() {
    let mut elsewhere = interface();
    elsewhere.locations = [("OTHER".to_string(), common::MAIN)].into();
    elsewhere.default_location = Some(MAIN);
    let booked = update_by("s12", &elsewhere).visit.unwrap();
    assert_eq!((booked.location, booked.location_seen.as_deref()), (Write::Set(MAIN), Some("MAIN")));
    let moved = update_by("s13", &elsewhere).visit.unwrap();
    assert_eq!((moved.location, moved.location_seen.as_deref()), (Write::Keep, Some("MAIN")));
}

#[test]
fn with_one_place_only_everything_is_there() {
    let mut single = interface();
    single.locations.clear();
    single.default_location = Some(MAIN);
    let update = update_by("a04", &single);
    assert_eq!(update.demographics.home_location, Write::Set(MAIN));
    let visit = update.visit.unwrap();
    assert_eq!((visit.location, visit.location_seen), (Write::Set(MAIN), None));
}

#[test]
fn each_registration_event_does_its_act() {
    let acts = [
        ("a01", Act::Arrive),
        ("a04", Act::Arrive),
        ("a04_with_discharge_time", Act::Arrive),
        ("a03", Act::Finish),
        ("a05", Act::Book),
        ("a11", Act::Cancel),
        ("a13", Act::Unfinish),
        ("a38", Act::Cancel),
        ("a23", Act::Delete),
        ("a08_with_visit", Act::Note),
        ("mess_evn_says_a01", Act::Arrive),
    ];
    for (file, act) in acts {
        let visit = visit(file);
        assert_eq!(visit.key(), Some((EncounterKey::Visit, "STONES/V500", None)), "{file}");
        assert_eq!(visit.act, act, "{file}");
    }
}

#[test]
fn an_arrival_starts_when_registration_says() {
    assert_eq!(visit("a04").start, new_york(datetime(2026, 3, 9, 14, 28, 0, 0)));
    let raw = String::from_utf8(common::file("a04")).unwrap();
    let without = raw.replace("20260309142800", "");
    assert_ne!(raw, without);
    let reading = wire::hl7v2::read(without.as_bytes(), &interface()).unwrap();
    let Content::Updates(updates) = reading.what else { panic!() };
    assert_eq!(updates[0].visit.as_ref().unwrap().start, new_york(datetime(2026, 3, 2, 10, 14, 0, 0)));
}

#[test]
fn a_visit_to_come_starts_when_expected() {
    assert_eq!(visit("a05").start, half_past_two());
}

#[test]
fn a_registration_without_a_visit_is_of_the_person() {
    assert_eq!(update("a04_person_only").visit, None);
    assert_eq!(read("a04_person_only").unwrap().remarks[0].place, "PV1-19");
}

#[test]
fn demographics_alone_touch_no_visit() {
    for file in ["a08_without_visit", "a28", "a31", "a29"] {
        assert_eq!(update(file).visit, None, "{file}");
    }
}

#[test]
fn a_deleted_person_becomes_inactive() {
    assert_eq!(update("a29").demographics.inactive, Write::Set(true));
}

#[test]
fn a_discharge_ends_the_case_where_the_clinic_says_so() {
    let mut by_case = interface();
    by_case.discharge_means = DischargeMeans::Case;
    by_case.episode_from = Some("PV1-19".parse().unwrap());
    let update = update_by("a03", &by_case);
    let episode = update.episode.unwrap();
    assert_eq!(update.visit, None);
    assert_eq!((episode.number.as_deref(), episode.act), (Some("STONES/V500"), EpisodeAct::Discharged));
    assert_eq!(episode.on, date(2026, 3, 9));
    assert_eq!(update_by("a13", &by_case).episode.unwrap().act, EpisodeAct::Reopened);
    by_case.episode_from = None;
    assert_eq!(update_by("a03", &by_case).episode.unwrap().number, None);
}

#[test]
fn a_case_is_seen_where_the_interface_looks() {
    let mut by_segment = interface();
    by_segment.episode_from = Some("ZXX-5.2".parse().unwrap());
    let raw = [common::file("s12"), b"ZXX|||||x^C9\r".to_vec()].concat();
    let Content::Updates(updates) = wire::hl7v2::read(&raw, &by_segment).unwrap().what else { panic!() };
    let episode = updates[0].episode.as_ref().unwrap();
    assert_eq!((episode.number.as_deref(), episode.act), (Some("STONES/C9"), EpisodeAct::Seen));
    assert_eq!(episode.on, date(2026, 3, 2));
    assert_eq!(update_by("s12", &by_segment).episode, None);
}

#[test]
fn a_number_that_is_the_case_is_not_the_visit() {
    let mut by_case = interface();
    by_case.episode_from = Some("PV1-19".parse().unwrap());
    let visit = update_by("s12_with_visit_number", &by_case).visit.unwrap();
    assert_eq!(visit.visit, None);
}

#[test]
fn a_merge_names_who_is_gone_and_who_survives() {
    let Content::Merges(merges) = read("a40").unwrap().what else { panic!() };
    assert_eq!((&merges[0].gone, &merges[0].update.patient), (&key("0999"), &key("1001")));
    let Content::Merges(merges) = read("a40_twice").unwrap().what else { panic!() };
    let pairs: Vec<_> = merges.iter().map(|m| (m.gone.value.as_str(), m.update.patient.value.as_str())).collect();
    assert_eq!(pairs, [("0999", "1001"), ("0888", "2002")]);
}

#[test]
fn what_is_nothing_to_us_is_ignored_with_a_reason() {
    for file in ["a02", "s20", "s23", "oru", "ack", "mess_siu_named_a60"] {
        assert!(matches!(read(file).unwrap().what, Content::Ignored(why) if !why.is_empty()), "{file}");
    }
}

#[test]
fn the_stamp_comes_from_the_time_the_interface_declares_reliable() {
    let mut by = interface();
    let stamp = |by: &wire::hl7v2::Interface| wire::hl7v2::read(&common::file("a28"), by).unwrap().stamp_at.to_string();
    assert_eq!(stamp(&by), "2026-03-02T15:14:00Z");
    by.stamp_from = StampFrom::Message;
    assert_eq!(stamp(&by), "2026-03-02T15:15:00Z");
    by.stamp_from = StampFrom::PatientUpdate;
    assert_eq!(stamp(&by), "2026-03-02T15:14:00Z");
    let raw = String::from_utf8(common::file("a28")).unwrap().replace("|SPA", "|SPA||||||||||||||||||20260301080000");
    let reading = wire::hl7v2::read(raw.as_bytes(), &by).unwrap();
    assert_eq!(reading.stamp_at.to_string(), "2026-03-01T13:00:00Z");
}

#[test]
fn a_message_sent_again_has_the_same_hash_and_another_has_not() {
    let first = read("s12").unwrap().body_hash;
    let raw = String::from_utf8(common::file("s12")).unwrap();
    let hash = |text: String| wire::hl7v2::read(text.as_bytes(), &interface()).unwrap().body_hash;
    assert_eq!(hash(raw.replace("|M1|", "|M2|").replace("20260302101500", "20260302103000")), first);
    assert_eq!(hash(raw.replace('\r', "\r\n")), first);
    assert_ne!(hash(raw.replace("ROUTINE^Booked", "ROUTINE^Moved")), first, "the first segment counts");
    assert_ne!(hash(raw.replace("MAIN^^^", "WEST^^^")), first, "the last one too");
    assert_ne!(hash(raw.replace("SIU^S12^", "SIU^S13^")), first);
}
