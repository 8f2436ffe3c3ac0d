//! Mails that tell what became of other mails, as mail servers write them, and what only looks like one.

#![expect(clippy::unwrap_used, reason = "a test says what it cannot go on without")]

use delivery::EnhancedCode;
use delivery::email::{Came, Report};
use proptest::prelude::*;

const ORIGINAL: &str = "0123456789abcdef0123456789abcdef@riverbend.example";

const ALL: [&str; 8] = [
    include_str!("reports/hard.eml"),
    include_str!("reports/headers-only.eml"),
    include_str!("reports/policy.eml"),
    include_str!("reports/delayed.eml"),
    include_str!("reports/delivered.eml"),
    include_str!("reports/complaint.eml"),
    include_str!("reports/out-of-office.eml"),
    include_str!("reports/without-original.eml"),
];

/// A pipe may hand a mail over with either end of line: both read the same.
fn read(mail: &str) -> Option<Report> {
    let (unix, wire) = (Report::read(mail.as_bytes()), Report::read(mail.replace('\n', "\r\n").as_bytes()));
    assert_eq!(unix, wire);
    unix
}

fn code(text: &str) -> EnhancedCode {
    EnhancedCode::read(text).unwrap()
}

#[track_caller]
fn says(mail: &str, came: Came, recipients: &[&str]) {
    let report = read(mail).unwrap();
    assert_eq!((report.came, report.message_id.as_str()), (came, ORIGINAL));
    assert_eq!(report.recipients, recipients);
}

#[test]
fn a_mail_that_came_back_names_itself_its_recipient_and_the_cause() {
    let twice = ["alma@example.org", "alma@example.org"];
    says(ALL[0], Came::Back { code: code("5.1.1") }, &twice);
    says(ALL[1], Came::Back { code: code("5.2.2") }, &twice[..1]);
    says(ALL[2], Came::Back { code: code("5.7.1") }, &twice[..1]);
}

#[test]
fn a_mail_that_is_late_has_not_come_back() {
    says(ALL[3], Came::Late { code: code("4.4.1") }, &["alma@example.org"]);
}

#[test]
fn a_complaint_names_the_mail_it_is_about() {
    says(ALL[5], Came::Complained, &["alma@example.org"]);
    let not_spam = ALL[5].replace("Feedback-Type: abuse", "Feedback-Type: not-spam");
    assert_eq!(read(&not_spam), None);
}

#[test]
fn what_says_nothing_of_that_kind_is_no_report() {
    for other in [ALL[4], ALL[6], ALL[7], "", "\n", "no mail at all", "Content-Type: multipart/report\n\n"] {
        assert_eq!(read(other), None, "{other}");
    }
}

#[test]
fn what_is_printed_of_a_report_is_no_address() {
    let shown = format!("{:?}", read(ALL[0]).unwrap());
    assert!(!shown.contains("alma"), "{shown}");
}

#[test]
fn a_report_cut_off_anywhere_is_read_or_not_and_never_stops_us() {
    for mail in ALL {
        for end in 0..mail.len() {
            let _ = Report::read(&mail.as_bytes()[..end]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn no_bytes_stop_us(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let _ = Report::read(&bytes);
    }

    #[test]
    fn no_damage_to_a_report_stops_us(
        which in 0..ALL.len(),
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
    ) {
        let mut bytes = ALL[which].as_bytes().to_vec();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = Report::read(&bytes);
    }
}
