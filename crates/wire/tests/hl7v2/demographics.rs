//! PID, field by field: empty keeps, `""` clears.

use care::chart::{PatientChange, Sex, Write};
use jiff::civil::date;
use proptest::prelude::*;
use wire::hl7v2::{self, Content};

/// The patient of a message with these PID fields beside the number.
fn pid(fields: &[(usize, &str)]) -> PatientChange {
    let mut line = "PID|||1001".to_string();
    for number in 4..=40 {
        line.push('|');
        line.push_str(fields.iter().find(|(n, _)| *n == number).map_or("", |(_, text)| text));
    }
    let raw = format!("MSH|^~\\&|A|B|||20260302101500||ADT^A31|1|P|2.5\r{line}\r");
    match hl7v2::read(raw.as_bytes(), &crate::common::interface()).unwrap().what {
        Content::Updates(mut updates) => updates.remove(0).demographics,
        other => panic!("{other:?}"),
    }
}

fn set(text: &str) -> Write<String> {
    Write::Set(text.into())
}

#[test]
fn an_empty_pid_writes_nothing() {
    assert_eq!(pid(&[]), PatientChange::default());
}

#[test]
fn two_quotes_clear() {
    let null = "\"\"";
    let who = pid(&[5, 7, 8, 13, 14, 15, 30].map(|n| (n, null)));
    assert_eq!((who.given, who.family, who.birth_date), (Write::Clear, Write::Clear, Write::Clear));
    assert_eq!((who.sex, who.language, who.deceased), (Write::Clear, Write::Clear, Write::Clear));
    assert_eq!((who.mobile, who.phone, who.email), (Write::Clear, Write::Clear, Write::Clear));
}

#[test]
fn the_legal_name_comes_first() {
    let family = |names: &str| pid(&[(5, names)]).family;
    assert_eq!(family("Nick^Al^^^^^N~Legal^Alma^^^^^L"), set("Legal"));
    assert_eq!(family("Maiden^Alma^^^^^M~Plain^Alma"), set("Plain"));
    assert_eq!(family("Maiden^Alma^^^^^M~Shown^Alma^^^^^D"), set("Shown"));
    assert_eq!(family("van der Berg&van der&Berg^Alma"), set("van der Berg"));
}

#[test]
fn a_birth_date_needs_a_day_and_has_no_zone() {
    let born = |text: &str| pid(&[(7, text)]).birth_date;
    assert_eq!(born("19840229"), Write::Set(date(1984, 2, 29)));
    assert_eq!(born("19840229233000-0500"), Write::Set(date(1984, 2, 29)));
    assert_eq!(born("1984"), Write::Keep);
    assert_eq!(born("198402"), Write::Keep);
}

#[test]
fn an_unknown_sex_keeps() {
    let sex = |text: &str| pid(&[(8, text)]).sex;
    assert_eq!([sex("F"), sex("m"), sex("O")], [Sex::Female, Sex::Male, Sex::Other].map(Write::Set));
    assert_eq!([sex("U"), sex("N"), sex("?")], [Write::Keep, Write::Keep, Write::Keep]);
}

#[test]
fn languages_become_primary_tags() {
    for (said, tag) in [("SPA", "es"), ("es", "es"), ("ENG", "en"), ("en-US", "en"), ("x9^Spanish", "es"), ("sw", "sw")]
    {
        assert_eq!(pid(&[(15, said)]).language, set(tag), "{said}");
    }
    assert_eq!(pid(&[(15, "declined")]).language, Write::Keep);
}

#[test]
fn a_mobile_is_a_cell_phone_else_the_home_phone() {
    let who = pid(&[(13, "555-0100^PRN^PH~555-0101^PRN^CP"), (14, "555-0102^WPN")]);
    assert_eq!((who.mobile, who.phone), (set("555-0101"), set("555-0100")));
    let who = pid(&[(13, "555-0100^PRN^PH"), (14, "555-0102^WPN")]);
    assert_eq!((who.mobile, who.phone), (set("555-0100"), set("555-0102")));
    let who = pid(&[(13, "555-0100^PRN^PH"), (40, "555-0103^PRS^CP~555-0104^WPN^PH")]);
    assert_eq!((who.mobile, who.phone), (set("555-0103"), set("555-0100")));
    let who = pid(&[(14, "555-0102^WPN^PH")]);
    assert_eq!((who.mobile, who.phone), (Write::Keep, set("555-0102")));
    let who = pid(&[(13, "555-0105^PRN^FX")]);
    assert_eq!((who.mobile, who.phone), (Write::Keep, Write::Keep));
}

#[test]
fn phone_numbers_are_put_together_from_their_parts() {
    let mobile = |xtn: &str| pid(&[(13, xtn)]).mobile;
    assert_eq!(mobile("^PRN^CP^^1^555^2013344"), set("+15552013344"));
    assert_eq!(mobile("^PRN^CP^^^555^201-3344"), set("555201-3344"));
    assert_eq!(mobile("^PRN^CP^^1^555^2013344^^^^^+15550009999"), set("+15550009999"));
    assert_eq!(mobile("(555)201-3344X12CEvenings"), set("(555)201-3344"));
    assert_eq!(mobile("none"), Write::Keep);
}

#[test]
fn an_email_is_found_wherever_it_was_put() {
    let email = |number: usize, xtn: &str| pid(&[(number, xtn)]).email;
    assert_eq!(email(13, "^NET^Internet^a@example.org"), set("a@example.org"));
    assert_eq!(email(13, "a@example.org"), set("a@example.org"));
    assert_eq!(email(13, "555-0100^PRN^PH~a@example.org^NET"), set("a@example.org"));
    assert_eq!(email(14, "^WPN^X.400^a@example.org"), set("a@example.org"));
    assert_eq!(email(40, "^NET^Internet^a@example.org"), set("a@example.org"));
    assert_eq!(email(13, "555-0100^PRN^PH~^NET^Internet^\"\""), Write::Clear);
    assert_eq!(email(13, "555-0100^PRN^PH"), Write::Keep);
}

#[test]
fn a_deleted_home_phone_does_not_delete_the_email_beside_it() {
    let who = pid(&[(13, "\"\""), (40, "^NET^Internet^a@example.org")]);
    assert_eq!((who.mobile, who.email), (Write::Clear, set("a@example.org")));
}

#[test]
fn a_death_date_counts_whatever_the_flag_says() {
    let deceased = |date: &str, flag: &str| pid(&[(29, date), (30, flag)]).deceased;
    assert_eq!(deceased("", "Y"), Write::Set(true));
    assert_eq!(deceased("20260101", ""), Write::Set(true));
    assert_eq!(deceased("20260101", "N"), Write::Set(true));
    assert_eq!(deceased("", "N"), Write::Set(false));
    assert_eq!(deceased("", ""), Write::Keep);
}

proptest! {
    #[test]
    fn any_text_in_a_field_is_taken_or_kept_without_panic(number in 4usize..=40, text in "[^\r\n|]{0,40}") {
        pid(&[(number, &text)]);
    }
}
