//! What real feeds do, and what we make of it.

use crate::common::{self, interface, read, update, visit};
use care::chart::{Act, Write};
use jiff::civil::datetime;
use wire::hl7v2::{self, Cause, Content};

#[test]
fn marks_line_ends_and_delimiters_do_not_change_what_is_said() {
    let plain = read("s12").unwrap();
    for file in [
        "mess_bom",
        "mess_lf",
        "mess_crlf",
        "mess_trailing_junk",
        "mess_sixteen_digits",
        "mess_brace",
        "mess_five_characters",
        "mess_other_delimiters",
        "mess_line_break_in_text",
    ] {
        let messy = read(file).unwrap_or_else(|e| panic!("{file}: {e}"));
        assert_eq!(messy.what, plain.what, "{file}");
        assert_eq!(messy.stamp_at, plain.stamp_at, "{file}");
    }
}

#[test]
fn digits_too_many_are_dropped_and_remarked() {
    assert_eq!(read("mess_sixteen_digits").unwrap().remarks[0].place, "MSH-7");
}

#[test]
fn accents_survive_every_charset() {
    for file in ["mess_windows_1252", "mess_utf8", "mess_latin1_declared"] {
        let who = update(file).demographics;
        assert_eq!((who.family, who.given), (Write::Set("Núñez".into()), Write::Set("Zoë".into())), "{file}");
    }
}

#[test]
fn the_default_charset_is_used_when_none_is_declared() {
    let mut greek = interface();
    greek.default_charset = Some("ISO-8859-7".into());
    // 0xFA is the fifth byte of the family name: ú in the west, ϊ's neighbour in Greek.
    let who = common::update_by("mess_windows_1252", &greek).demographics;
    assert_eq!(who.family, Write::Set("Nϊρez".into()));
    let declared = common::update_by("mess_latin1_declared", &greek).demographics;
    assert_eq!(declared.family, Write::Set("Núñez".into()));
}

#[test]
fn offsets_are_looked_at_only_when_trusted() {
    let start = datetime(2026, 3, 9, 14, 30, 0, 0);
    let Write::Set(moment) = visit("mess_offsets").start else { panic!() };
    assert_eq!((moment.civil, moment.zone.as_str()), (start, "America/New_York"));
    let mut trusting = interface();
    trusting.trust_offset = true;
    let Write::Set(moment) = common::update_by("mess_offsets", &trusting).visit.unwrap().start else { panic!() };
    assert_eq!(moment.instant().to_string(), "2026-03-09T12:15:00Z");
    assert_eq!(moment.zone, "UTC");
}

#[test]
fn a_reason_is_no_event() {
    assert_eq!(visit("mess_s15_reason_add").act, Act::Cancel);
}

#[test]
fn the_duration_counts_not_the_end_eight_days_later() {
    assert_eq!(visit("mess_end_eight_days_apart").minutes, Write::Set(120));
}

#[test]
fn an_unclear_duration_falls_back_to_the_service() {
    assert_eq!(visit("mess_duration_sixty_or_seventy").minutes, Write::Set(60));
    assert_eq!(read("mess_duration_sixty_or_seventy").unwrap().remarks[0].place, "SCH-9");
}

#[test]
fn a_type_without_event_takes_the_events_segment() {
    assert_eq!(read("mess_type_alone").unwrap().header.event, "A28");
    assert_eq!(update("mess_type_alone").patient.value, "1001");
}

#[test]
fn an_unreadable_birth_date_stays_as_it_was_and_is_remarked() {
    assert_eq!(update("mess_birth_date").demographics.birth_date, Write::Keep);
    assert_eq!(read("mess_birth_date").unwrap().remarks[0].place, "PID-7");
}

#[test]
fn every_refusal_has_its_cause_and_place() {
    let expected = [
        ("refused_not_hl7", Cause::NotHl7, "message"),
        ("refused_no_msh", Cause::NoMsh, "MSH"),
        ("refused_several_messages", Cause::SeveralMessages, "MSH"),
        ("mess_unknown_charset", Cause::UnknownEncoding, "MSH-18"),
        ("refused_test_message", Cause::TestMessageInProduction, "MSH-11"),
        ("refused_no_event", Cause::NoEvent, "MSH-9"),
        ("refused_no_pid", Cause::MissingSegment, "PID"),
        ("refused_no_sch", Cause::MissingSegment, "SCH"),
        ("refused_no_mrg", Cause::MissingSegment, "MRG"),
        ("refused_no_patient_id", Cause::NoPatientId, "PID-3"),
        ("refused_no_merge_id", Cause::NoMergeId, "MRG-1"),
        ("refused_merge_with_itself", Cause::NoMergeId, "MRG-1"),
        ("refused_no_visit_id", Cause::NoVisitId, "PV1-19"),
        ("refused_no_appointment_id", Cause::NoVisitId, "SCH-2"),
        ("refused_bad_time", Cause::BadTime, "SCH-11.4"),
        ("refused_date_without_time", Cause::BadTime, "SCH-11.4"),
        ("refused_no_sending_time", Cause::BadTime, "MSH-7"),
        ("s12_no_start", Cause::NoStart, "SCH-11.4"),
    ];
    for (file, cause, place) in expected {
        let refusal = read(file).expect_err(file);
        assert_eq!((refusal.cause, refusal.place.as_str()), (cause, place), "{file}");
        assert!(!refusal.cure.is_empty(), "{file}");
    }
    let by_settings = [Cause::VersionNotAccepted, Cause::UnknownZone];
    for cause in Cause::ALL {
        assert!(
            by_settings.contains(&cause) || expected.iter().any(|(_, c, _)| *c == cause),
            "{cause:?} is not shown here"
        );
    }
}

#[test]
fn settings_refuse_versions_and_test_messages() {
    let mut strict = interface();
    strict.accept_versions = vec!["2.5".into(), "2.3".into()];
    let refusal = hl7v2::read(&common::file("refused_version"), &strict).unwrap_err();
    assert_eq!((refusal.cause, refusal.place.as_str()), (Cause::VersionNotAccepted, "MSH-12"));
    assert!(hl7v2::read(&common::file("a28"), &strict).is_ok(), "2.5 accepts 2.5.1");
    strict.production = false;
    assert!(hl7v2::read(&common::file("refused_test_message"), &strict).is_ok());
}

#[test]
fn an_unknown_zone_or_charset_in_the_settings_is_told() {
    let mut wrong = interface();
    assert_eq!(wrong.check(), Ok(()));
    wrong.zone = "Eastern".into();
    assert!(wrong.check().unwrap_err().contains("Eastern"));
    let refusal = hl7v2::read(&common::file("a28"), &wrong).unwrap_err();
    assert_eq!((refusal.cause, refusal.place.as_str()), (Cause::UnknownZone, "interface"));
    wrong.zone = "America/New_York".into();
    wrong.default_charset = Some("Klingon".into());
    assert!(wrong.check().unwrap_err().contains("Klingon"));
    let refusal = hl7v2::read(&common::file("mess_windows_1252"), &wrong).unwrap_err();
    assert_eq!(refusal.cause, Cause::UnknownEncoding);
}

#[test]
fn an_authority_in_the_settings_decides_which_number_counts() {
    let ids = "7^^^LAB^PI~8^^^STONES&1.2.3&ISO^MR~9^^^OTHER^MR~123-45-6789^^^USA^SS";
    let raw = String::from_utf8(common::file("a28")).unwrap().replace("1001^^^STONES^MR", ids);
    let key = |authority: Option<&str>| {
        let mut by = interface();
        by.authority = authority.map(Into::into);
        match hl7v2::read(raw.as_bytes(), &by)?.what {
            Content::Updates(u) => Ok((u[0].patient.clone(), u[0].other_ids.clone())),
            _ => panic!(),
        }
    };
    assert_eq!(key(None).unwrap().0.value, "8", "the first of type MR");
    assert_eq!(key(Some("other")).unwrap().0.value, "9");
    let (by_oid, others) = key(Some("1.2.3")).unwrap();
    assert_eq!((by_oid.value.as_str(), by_oid.authority.as_str()), ("8", "1.2.3"));
    let others: Vec<_> = others.iter().map(|o| o.value.as_str()).collect();
    assert_eq!(others, ["7", "9"], "never the social security number");
    let refused: Result<_, hl7v2::Refusal> = key(Some("NOBODY"));
    assert_eq!(refused.unwrap_err().cause, Cause::NoPatientId);
}

#[test]
fn a_refusal_shows_the_shape_of_a_time_and_nothing_of_the_patient() {
    let refusal = read("refused_bad_time").unwrap_err();
    assert!(refusal.cure.contains("`AAA 9AA AAAAA`"), "{}", refusal.cure);
    assert!(!refusal.to_string().contains("Reyes"));
}
