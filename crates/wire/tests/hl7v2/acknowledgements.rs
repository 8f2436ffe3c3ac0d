use jiff::Timestamp;
use proptest::prelude::*;
use wire::hl7v2::Header;
use wire::hl7v2::ack::{Verdict, ack, later_ack};

use crate::common;

fn now() -> Timestamp {
    "2026-03-02T15:20:00Z".parse().unwrap()
}

fn error() -> Verdict {
    Verdict::Error { location: "SCH-11.4".into(), code: 102, text: "a time cannot be read".into() }
}

fn rejected() -> Verdict {
    Verdict::Rejected { location: "MSH-11".into(), code: 202, text: "a test message".into() }
}

/// MSH with these values of MSH-15 and MSH-16.
fn asking(commit: &str, application: &str) -> Header {
    let msh = format!(
        "MSH|^~\\&|EMR|CLINIC|STEPWELL|HERE|20260302101500||SIU^S12^SIU_S12|77|P|2.5.1|||{commit}|{application}\r"
    );
    Header::of(msh.as_bytes())
}

fn lines(answer: Option<Vec<u8>>) -> Vec<String> {
    let text = String::from_utf8(answer.expect("an answer")).unwrap();
    assert!(text.ends_with('\r'));
    text.trim_end().split('\r').map(String::from).collect()
}

/// MSA-1, or nothing when no answer is due.
fn code(commit: &str, application: &str, verdict: &Verdict) -> Option<String> {
    let answer = ack(&asking(commit, application), verdict, now(), "1")?;
    Some(lines(Some(answer))[1].split('|').nth(1).unwrap().to_string())
}

#[test]
fn an_accepted_message_is_answered_to_its_sender() {
    let answer = lines(ack(&asking("", ""), &Verdict::Accepted, now(), "A9"));
    assert_eq!(
        answer,
        ["MSH|^~\\&|STEPWELL|HERE|EMR|CLINIC|20260302152000+0000||ACK^S12^ACK|A9|P|2.5.1", "MSA|AA|77",]
    );
}

#[test]
fn an_error_names_place_and_code() {
    let answer = lines(ack(&asking("", ""), &error(), now(), "A9"));
    assert_eq!(answer[1], "MSA|AE|77");
    assert_eq!(answer[2], "ERR||SCH^1^11^1^4|102^a time cannot be read^HL70357|E");
}

#[test]
fn before_2_5_the_words_stand_in_msa() {
    let old = Header::of(b"MSH|^~\\&|EMR|CLINIC|||20260302||ADT^A08|77|P|2.3");
    let answer = lines(ack(&old, &rejected(), now(), "A9"));
    assert_eq!(answer.len(), 2);
    assert_eq!(answer[1], "MSA|AR|77|a test message");
}

#[test]
fn the_original_mode_answers_with_an_application_code() {
    assert_eq!(code("", "", &Verdict::Accepted).as_deref(), Some("AA"));
    assert_eq!(code("", "", &error()).as_deref(), Some("AE"));
    assert_eq!(code("", "", &rejected()).as_deref(), Some("AR"));
}

#[test]
fn the_enhanced_mode_answers_as_asked() {
    let (yes, error, rejected) = (Verdict::Accepted, error(), rejected());
    let expected = [
        ("AL", "NE", ["CA", "CE", "CR"]),
        ("AL", "AL", ["CA", "CE", "CR"]),
        ("AL", "", ["CA", "CE", "CR"]),
        ("ER", "NE", ["", "CE", "CR"]),
        ("SU", "NE", ["CA", "", ""]),
        ("NE", "NE", ["", "", ""]),
        ("NE", "", ["", "", ""]),
        ("NE", "AL", ["AA", "AE", "AR"]),
        ("NE", "ER", ["", "AE", "AR"]),
        ("", "AL", ["AA", "AE", "AR"]),
        ("", "SU", ["AA", "", ""]),
        ("", "NE", ["CA", "CE", "CR"]),
        (" al ", "ne", ["CA", "CE", "CR"]),
        ("??", "", ["CA", "CE", "CR"]),
    ];
    for (commit, application, codes) in expected {
        let seen = [&yes, &error, &rejected].map(|verdict| code(commit, application, verdict).unwrap_or_default());
        assert_eq!(seen, codes, "MSH-15 `{commit}`, MSH-16 `{application}`");
    }
}

#[test]
fn the_second_answer_follows_a_commit_only_when_asked_for() {
    let later = |commit, application| {
        later_ack(&asking(commit, application), &Verdict::Accepted, now(), "2").map(|a| lines(Some(a))[1].clone())
    };
    assert_eq!(later("AL", "AL").as_deref(), Some("MSA|AA|77"));
    assert_eq!(later("ER", "AL").as_deref(), Some("MSA|AA|77"));
    assert_eq!(
        [later("", ""), later("AL", "NE"), later("AL", ""), later("NE", "AL"), later("", "AL")],
        [const { None }; 5]
    );
}

#[test]
fn an_acknowledgement_is_never_acknowledged() {
    let by_type = Header::of(b"MSH|^~\\&|A|B|||2026||ACK|1|P|2.5\rMSA|AA|7");
    let by_segment = Header::of(b"MSH|^~\\&|A|B|||2026||ADR^A19|1|P|2.5|||AL|AL\rSFT|x\rMSA|AA|7");
    for header in [by_type, by_segment, Header::of(&common::file("ack"))] {
        assert_eq!(ack(&header, &Verdict::Accepted, now(), "1"), None);
        assert_eq!(later_ack(&header, &Verdict::Accepted, now(), "1"), None);
    }
}

#[test]
fn the_control_id_comes_back_byte_for_byte() {
    let mut raw = b"MSH|^~\\&|EMR|CLINIC|||20260302||ADT^A08|\\T\\ ".to_vec();
    raw.extend(b"\xE9 x|P|2.5||||||8859/1\r");
    let answer = ack(&Header::of(&raw), &Verdict::Accepted, now(), "1").unwrap();
    let msa = answer.split(|b| *b == b'\r').nth(1).unwrap();
    assert_eq!(msa, b"MSA|AA|\\T\\ \xE9 x");
    assert!(answer.windows(7).any(|w| w == b"|8859/1"), "its character set is said too");
}

#[test]
fn the_senders_own_delimiters_are_used() {
    let answer = lines(ack(&Header::of(b"MSH!*~\\}!EMR!CLINIC!!!2026!!ADT*A08!9!P!2.5"), &error(), now(), "1"));
    assert!(answer[0].starts_with("MSH!*~\\}!!!EMR!CLINIC!"), "{}", answer[0]);
    assert!(answer[0].contains("!ACK*A08*ACK!1!P!2.5"), "{}", answer[0]);
    assert_eq!(answer[2], "ERR!!SCH*1*11*1*4!102*a time cannot be read*HL70357!E");
}

#[test]
fn a_broken_header_is_answered_with_what_is_known() {
    let answer = lines(ack(&Header::of(b"MSH|^~\\&|EMR"), &rejected(), now(), "1"));
    assert_eq!(answer[0], "MSH|^~\\&|||EMR||20260302152000+0000||ACK|1|P|2.5");
    assert_eq!(answer[1], "MSA|AR|");
    for nothing in [b"".as_slice(), b"MSH", b"hello", b"\xFF\xFE", b"PID|1"] {
        let answer = lines(ack(&Header::of(nothing), &Verdict::Accepted, now(), "1"));
        assert_eq!(answer[1], "MSA|AR|");
    }
}

#[test]
fn a_refusal_becomes_the_answer_it_deserves() {
    let verdict = |name: &str| common::read(name).unwrap_err().verdict();
    assert!(
        matches!(verdict("refused_bad_time"), Verdict::Error { code: 102, location, .. } if location == "SCH-11.4")
    );
    assert!(matches!(verdict("refused_test_message"), Verdict::Rejected { code: 202, .. }));
}

proptest! {
    #[test]
    fn any_bytes_get_an_answer_or_none_without_panic(raw in prop::collection::vec(any::<u8>(), 0..200)) {
        for raw in [raw.clone(), [b"MSH|^~\\&".as_slice(), &raw].concat()] {
            let header = Header::of(&raw);
            for verdict in [Verdict::Accepted, error(), rejected()] {
                if let Some(answer) = ack(&header, &verdict, now(), "1") {
                    prop_assert!(answer.starts_with(b"MSH"));
                }
            }
        }
    }
}
