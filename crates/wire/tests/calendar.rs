//! A visit as a calendar file.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use care::zone::CivilMoment;
use jiff::civil::datetime;
use proptest::prelude::*;
use wire::calendar::{CalendarVisit, Method, event};

fn visit() -> CalendarVisit {
    CalendarVisit {
        uid: "visit-7@clinic.example".into(),
        sequence: 2,
        start: CivilMoment { civil: datetime(2026, 3, 9, 14, 30, 0, 0), zone: "America/New_York".into() },
        minutes: Some(45),
        title: "Stepping Stones".into(),
        location_name: "Main Street".into(),
        address: "12 Mill Rd; Springfield, NY".into(),
        description: "Please bring:\r\n- shoes\n- C:\\list".into(),
        organizer_email: Some("desk@clinic.example".into()),
        method: Method::Request,
        stamp: "2026-03-02T15:15:00Z".parse().unwrap(),
    }
}

fn unfold(file: &str) -> Vec<String> {
    file.replace("\r\n ", "").split_terminator("\r\n").map(String::from).collect()
}

#[test]
fn a_visit_is_an_event_in_utc() {
    assert_eq!(
        unfold(&event(&visit())),
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Stepwell//Visits//EN",
            "METHOD:REQUEST",
            "BEGIN:VEVENT",
            "UID:visit-7@clinic.example",
            "SEQUENCE:2",
            "DTSTAMP:20260302T151500Z",
            "DTSTART:20260309T183000Z",
            "DTEND:20260309T191500Z",
            "SUMMARY:Stepping Stones",
            "LOCATION:Main Street\\, 12 Mill Rd\\; Springfield\\, NY",
            "DESCRIPTION:Please bring:\\n- shoes\\n- C:\\\\list",
            "ORGANIZER:mailto:desk@clinic.example",
            "STATUS:CONFIRMED",
            "CLASS:PRIVATE",
            "TRANSP:OPAQUE",
            "END:VEVENT",
            "END:VCALENDAR",
        ]
    );
}

#[test]
fn a_cancellation_is_of_the_same_event() {
    let file = event(&CalendarVisit { method: Method::Cancel, sequence: 3, ..visit() });
    for line in ["METHOD:CANCEL", "STATUS:CANCELLED", "UID:visit-7@clinic.example", "SEQUENCE:3"] {
        assert!(unfold(&file).iter().any(|l| l == line), "{line}");
    }
}

#[test]
fn what_is_not_known_is_left_out() {
    let bare = CalendarVisit { minutes: None, description: String::new(), organizer_email: None, ..visit() };
    let file = event(&bare);
    assert!(!file.contains("DTEND") && !file.contains("DESCRIPTION") && !file.contains("ORGANIZER"));
}

#[test]
fn an_organizer_cannot_bring_lines_of_its_own() {
    let file = event(&CalendarVisit { organizer_email: Some("a@b.c\r\nATTENDEE:x".into()), ..visit() });
    assert!(!file.contains("ATTENDEE"));
}

proptest! {
    #[test]
    fn any_text_makes_short_whole_lines(title in any::<String>(), description in "[a-zé漢🙂,;\\\\\r\n]{0,200}") {
        let file = event(&CalendarVisit { title, description: description.clone(), ..visit() });
        for line in file.split_terminator("\r\n") {
            prop_assert!(line.len() <= 75 && !line.contains(['\r', '\n']), "{:?}", line);
        }
        let lines = unfold(&file);
        prop_assert_eq!(lines.iter().filter(|l| l.starts_with("BEGIN:")).count(), 2);
        let shown = lines.iter().find_map(|l| l.strip_prefix("DESCRIPTION:")).unwrap_or("");
        let mut read = String::new();
        let mut rest = shown.chars();
        while let Some(c) = rest.next() {
            match (c, if c == '\\' { rest.next() } else { None }) {
                (_, Some('n')) => read.push('\n'),
                (_, Some(escaped)) => read.push(escaped),
                (c, None) => read.push(c),
            }
        }
        prop_assert_eq!(read, description.replace("\r\n", "\n").replace('\r', "\n"));
    }
}
