use care::chart::Write;
use care::zone::CivilMoment;
use jiff::civil::datetime;
use jiff::tz::Offset;
use proptest::prelude::*;
use wire::hl7v2::{self, Content, Dtm, Precision};

use crate::common;

fn dtm(text: &str) -> Dtm {
    text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
}

/// The start of a booking, when MSH-7 and SCH-11.4 say this.
fn start(sent: &str, start: &str, trust: bool) -> CivilMoment {
    let mut interface = common::interface();
    interface.trust_offset = trust;
    let raw = String::from_utf8(common::file("s12")).unwrap();
    let raw = raw.replace("20260302101500", sent).replace("20260309143000^", &format!("{start}^"));
    let Content::Updates(updates) = hl7v2::read(raw.as_bytes(), &interface).unwrap().what else { panic!() };
    match &updates[0].visit.as_ref().unwrap().start {
        Write::Set(moment) => moment.clone(),
        other => panic!("{other:?}"),
    }
}

fn instant(sent: &str, text: &str, trust: bool) -> String {
    start(sent, text, trust).instant().to_string()
}

#[test]
fn length_is_precision() {
    let expected = [
        ("2026", Precision::Year),
        ("202603", Precision::Month),
        ("20260309", Precision::Day),
        ("2026030914", Precision::Hour),
        ("202603091430", Precision::Minute),
        ("20260309143015", Precision::Second),
        ("20260309143015.5", Precision::Fraction),
    ];
    for (text, precision) in expected {
        assert_eq!(dtm(text).precision, precision, "{text}");
    }
    assert_eq!(dtm("2026").civil, datetime(2026, 1, 1, 0, 0, 0, 0));
    assert_eq!(dtm("20260309143015.5").civil, datetime(2026, 3, 9, 14, 30, 15, 500_000_000));
}

#[test]
fn offsets_are_kept_and_the_unknown_one_is_utc() {
    let offset = |text: &str| dtm(text).offset.map(Offset::seconds);
    assert_eq!(offset("20260309143000-0500"), Some(-18000));
    assert_eq!(offset("20260309143000.25+0215"), Some(8100));
    assert_eq!(offset("20260309+0100"), Some(3600));
    assert_eq!((offset("2026030914-0000"), offset("2026030914+0000")), (Some(0), Some(0)));
    assert_eq!(offset("20260309143000"), None);
}

#[test]
fn sixteen_digits_lose_two() {
    let time = dtm("2010052711090000");
    assert_eq!((time.civil, time.truncated), (datetime(2010, 5, 27, 11, 9, 0, 0), true));
}

#[test]
fn what_is_no_time_is_refused_by_its_shape() {
    for text in [
        "",
        "20",
        "20260",
        "20261301",
        "20260230",
        "2026030925",
        "202603091460",
        "20260309143000.",
        "20260309143000+5",
        "20260309143000+9900",
        "0026030914",
        "2026-03-09",
        "2026030914300000.1",
        "٢٠٢٦",
        "20260309T1430",
    ] {
        assert!(text.parse::<Dtm>().is_err(), "{text}");
    }
    assert_eq!("Reyes 1984".parse::<Dtm>().unwrap_err().to_string(), "`AAAAA 9999` is not a time");
}

#[test]
fn without_an_offset_the_zone_of_the_interface_is_meant() {
    let moment = start("20260302101500", "20260309143000", false);
    assert_eq!(moment, CivilMoment { civil: datetime(2026, 3, 9, 14, 30, 0, 0), zone: "America/New_York".into() });
}

#[test]
fn a_gap_moves_forward_and_an_overlap_takes_the_first() {
    assert_eq!(instant("20260302101500", "20260308023000", false), "2026-03-08T07:30:00Z");
    assert_eq!(instant("20260302101500", "20261101013000", false), "2026-11-01T05:30:00Z");
}

#[test]
fn an_offset_of_its_own_counts_when_trusted() {
    assert_eq!(instant("20260302101500", "20260309143000+0000", true), "2026-03-09T14:30:00Z");
    assert_eq!(instant("20260302101500", "20260309143000-0000", true), "2026-03-09T14:30:00Z");
    assert_eq!(instant("20260302101500", "20260309143000+0000", false), "2026-03-09T18:30:00Z");
}

#[test]
fn the_headers_offset_counts_when_trusted_and_foreign_to_the_zone() {
    assert_eq!(instant("20260302101500+0200", "20260309143000", true), "2026-03-09T12:30:00Z");
    assert_eq!(instant("20260302101500+0200", "20260309143000", false), "2026-03-09T18:30:00Z");
}

#[test]
fn the_headers_own_winter_offset_is_not_laid_on_a_summer_visit() {
    // Sent on 2 March at -0500; on 9 March New York is at -0400, and 14:30 is 14:30.
    assert_eq!(instant("20260302101500-0500", "20260309143000", true), "2026-03-09T18:30:00Z");
}

proptest! {
    #[test]
    fn any_text_is_a_time_or_none_without_panic(text in any::<String>(), near in "[0-9.+\\-]{0,24}") {
        let _ = text.parse::<Dtm>();
        let _ = near.parse::<Dtm>();
    }

    #[test]
    fn a_written_time_is_read_back(minutes in 0i64..200 * 365 * 1440) {
        let civil = datetime(1900, 1, 1, 0, 0, 0, 0).checked_add(jiff::Span::new().minutes(minutes)).unwrap();
        let read = dtm(&civil.strftime("%Y%m%d%H%M").to_string());
        prop_assert_eq!((read.civil, read.precision, read.offset), (civil, Precision::Minute, None));
    }

    #[test]
    fn a_bad_time_never_shows_its_letters_or_digits(text in "[B-Zb-z0-8 ]{1,20}") {
        if let Err(bad) = text.parse::<Dtm>() {
            let shown = bad.to_string().replace(" is not a time", "");
            prop_assert!(shown.chars().all(|c| "9A `".contains(c)), "{}", shown);
        }
    }
}
