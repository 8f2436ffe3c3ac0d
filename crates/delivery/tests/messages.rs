//! What a mail looks like when it has arrived.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use delivery::email::sink::Parsed;
use delivery::email::{BadMail, CalendarFile, CalendarMethod, Mail, Mailbox, Message, Unsubscribe, message_id};
use proptest::prelude::*;
use support::{ALMA, mail_to};

const VISIT: &str = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Próxima visita\r\nEND:VCALENDAR\r\n";

fn parsed(mail: &Mail) -> Parsed {
    Parsed::read(mail.message().unwrap().bytes()).unwrap()
}

fn headers(mail: &Mail) -> String {
    let bytes = mail.message().unwrap().bytes().to_vec();
    let text = String::from_utf8(bytes).unwrap();
    text.split_once("\r\n\r\n").unwrap().0.to_owned()
}

#[test]
fn accents_survive_in_names_subject_and_both_bodies() {
    let mail = mail_to(ALMA);
    let read = parsed(&mail);
    assert_eq!(read.subject, mail.subject);
    assert_eq!(read.from, "Clínica Ñandú <clinic@clinic.example>");
    assert_eq!(read.to, "Alma Pérez <alma@patient.example>");
    assert_eq!(read.text.as_deref(), Some(mail.text.as_str()));
    assert_eq!(read.html, mail.html);
    assert_eq!(read.date, Some(1_790_000_000));
    assert_eq!(read.message_id.as_deref(), Some(mail.message_id.as_str()));
    assert!(mail.message().unwrap().bytes().is_ascii());
}

#[test]
fn a_mail_without_html_is_plain_text() {
    let mail = Mail { html: None, ..mail_to(ALMA) };
    assert!(headers(&mail).contains("Content-Type: text/plain"));
    assert_eq!((parsed(&mail).html, parsed(&mail).text), (None, Some(mail.text)));
}

#[test]
fn the_same_mail_is_written_the_same_way_every_time() {
    let mail = Mail { calendar: Some(visit(CalendarMethod::Request)), ..mail_to(ALMA) };
    assert_eq!(mail.message(), mail.message());
    assert_eq!(message_id("key", "a.example"), message_id("key", "a.example"));
    assert_ne!(message_id("key", "a.example"), message_id("key 2", "a.example"));
    assert!(!message_id("alma", "a.example").contains("alma"));
}

fn visit(method: CalendarMethod) -> CalendarFile {
    CalendarFile { method, name: "visita médica.ics".to_owned(), body: VISIT.to_owned() }
}

#[test]
fn a_visit_comes_as_a_calendar_entry_and_as_a_file() {
    let methods = [
        (CalendarMethod::Request, "REQUEST"),
        (CalendarMethod::Cancel, "CANCEL"),
        (CalendarMethod::Publish, "PUBLISH"),
    ];
    for (method, word) in methods {
        let mail = Mail { calendar: Some(visit(method)), ..mail_to(ALMA) };
        let read = parsed(&mail);
        let calendar = read.calendar.unwrap();
        assert_eq!((calendar.method.as_deref(), calendar.body.as_str()), (Some(word), VISIT));
        assert_eq!((read.text, read.html), (Some(mail.text.clone()), mail.html.clone()));
        let bytes = mail.message().unwrap().bytes().to_vec();
        let message = mail_parser::MessageParser::default().parse(&bytes).unwrap();
        let file = message
            .attachments()
            .find(|part| mail_parser::MimeHeaders::attachment_name(*part) == Some("visita médica.ics"))
            .unwrap();
        assert_eq!(file.contents(), VISIT.as_bytes());
    }
}

#[test]
fn unsubscribing_is_one_click() {
    let unsubscribe = Unsubscribe {
        url: format!("https://clinic.example/u/{}", "k".repeat(200)),
        mailto: Some("mailto:unsubscribe@clinic.example?subject=k".to_owned()),
    };
    let read = parsed(&Mail { list_unsubscribe: Some(unsubscribe.clone()), ..mail_to(ALMA) });
    let expected = format!("<{}>, <{}>", unsubscribe.url, unsubscribe.mailto.clone().unwrap());
    assert_eq!(read.list_unsubscribe, Some(expected));
    assert_eq!(read.list_unsubscribe_post.as_deref(), Some("List-Unsubscribe=One-Click"));
    let without_mailto = Unsubscribe { mailto: None, ..unsubscribe };
    let read = parsed(&Mail { list_unsubscribe: Some(without_mailto.clone()), ..mail_to(ALMA) });
    assert_eq!(read.list_unsubscribe, Some(format!("<{}>", without_mailto.url)));
    assert_eq!(parsed(&mail_to(ALMA)).list_unsubscribe, None);
}

#[test]
fn automatic_mail_says_so() {
    assert!(headers(&mail_to(ALMA)).contains("\r\nAuto-Submitted: auto-generated"));
    assert!(!headers(&Mail { auto_submitted: false, ..mail_to(ALMA) }).contains("Auto-Submitted"));
}

#[test]
fn a_header_cannot_be_smuggled_in() {
    let evil = "x\r\nBcc: eve@evil.example";
    let control = |field| Err(BadMail::ControlCharacter { field });
    let subject = Mail { subject: evil.into(), ..mail_to(ALMA) };
    assert_eq!(subject.message(), control("the subject"));
    let name = Mail { to: Mailbox::new(Some(evil), ALMA), ..mail_to(ALMA) };
    assert_eq!(name.message(), control("the recipient"));
    let from = Mail { from: Mailbox::new(Some("a\u{2028}b"), ALMA), ..mail_to(ALMA) };
    assert_eq!(from.message(), control("the sender"));
    let file = CalendarFile { name: "a\nb".into(), ..visit(CalendarMethod::Publish) };
    let file = Mail { calendar: Some(file), ..mail_to(ALMA) };
    assert_eq!(file.message(), control("the calendar file's name"));
    for address in [format!("alma@{evil}"), format!("{evil}@a.example"), "a>, <b@c.example".to_owned()] {
        assert!(matches!(mail_to(&address).message(), Err(BadMail::Address { .. })), "{address}");
        let reply_to = Some(Mailbox::new(None, &address));
        assert!(matches!(Mail { reply_to, ..mail_to(ALMA) }.message(), Err(BadMail::Address { .. })), "{address}");
        assert!(Message::new(&address, ALMA, Vec::new()).is_err());
        assert!(Message::new(ALMA, &address, Vec::new()).is_err());
    }
    for message_id in ["", "x", "@x", "x@", "a@b\r\nX: y", "a@b>", "a@b@c", "á@b"] {
        assert_eq!(Mail { message_id: message_id.into(), ..mail_to(ALMA) }.message(), Err(BadMail::MessageId));
    }
    for url in [
        "http://clinic.example/",
        "https://a.example/>, <mailto:x@y",
        "https://a.example/\r\nX: y",
        "",
        "https://a/b c",
    ] {
        let list_unsubscribe = Some(Unsubscribe { url: url.into(), mailto: None });
        assert_eq!(Mail { list_unsubscribe, ..mail_to(ALMA) }.message(), Err(BadMail::UnsubscribeUrl), "{url}");
    }
    let list_unsubscribe = Some(Unsubscribe { url: "https://a.example/".into(), mailto: Some("a@b.example".into()) });
    assert_eq!(Mail { list_unsubscribe, ..mail_to(ALMA) }.message(), Err(BadMail::UnsubscribeMailto));
}

#[test]
fn errors_do_not_repeat_what_was_typed() {
    let error = mail_to("alma perez@patient.example").message().unwrap_err().to_string();
    assert!(!error.contains("alma") && error.contains("the recipient"), "{error}");
}

#[test]
fn debug_output_shows_nothing_of_the_patient() {
    let mail = Mail { calendar: Some(visit(CalendarMethod::Request)), ..mail_to(ALMA) };
    let shown = format!("{mail:?} {:?} {:?} {:?}", mail.to, mail.calendar, mail.message());
    assert!(!["alma", "Alma", "P\u{e9}rez", "espalda", "visita"].iter().any(|word| shown.contains(word)), "{shown}");
    assert!(shown.contains(&mail.message_id));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_typed_adds_no_header(subject in any::<String>(), name in any::<String>(), text in any::<String>()) {
        let to = Mailbox::new(Some(&name), ALMA);
        let mail = Mail { subject: subject.clone(), to, text, ..mail_to(ALMA) };
        let Ok(message) = mail.message() else { return Ok(()) };
        let parsed = mail_parser::MessageParser::default().parse(message.bytes()).unwrap();
        let names: Vec<&str> = parsed.headers_raw().map(|(name, _)| name).collect();
        prop_assert_eq!(names, ["Message-ID", "Date", "From", "To", "Subject", "Auto-Submitted", "MIME-Version", "Content-Type"]);
        prop_assert!(message.bytes().split(|byte| *byte == b'\n').all(|line| line.len() <= 999));
    }

    #[test]
    fn reading_never_panics(start in "(Content-Type: multipart/mixed; boundary=b|Subject: =\\?utf-8\\?Q\\?)?", rest in any::<Vec<u8>>()) {
        let mut raw = start.into_bytes();
        raw.extend(rest);
        let _ = Parsed::read(&raw);
    }

    #[test]
    fn a_readable_subject_arrives_as_written(words in proptest::collection::vec("[a-zA-Zñáéü¿?,.0-9日本]{1,12}", 1..20)) {
        let mail = Mail { subject: words.join(" "), ..mail_to(ALMA) };
        prop_assert_eq!(parsed(&mail).subject, mail.subject);
    }
}
