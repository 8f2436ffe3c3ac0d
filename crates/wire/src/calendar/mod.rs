//! **calendar** — a visit as an RFC 5545 file for the patient's calendar.
//!
//! Instants are in UTC: every calendar shows them in its owner's zone and no VTIMEZONE can be wrong. No diagnosis and no
//! visit type belongs in it: calendars are shared, and a title lights up on locked screens.

use care::zone::CivilMoment;
use jiff::{Timestamp, ToSpan};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// A booking, or a move of one: same `uid`, larger `sequence`.
    Request,
    Cancel,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarVisit {
    /// The same for one visit for ever.
    pub uid: String,
    /// Larger with every move or cancellation.
    pub sequence: u32,
    pub start: CivilMoment,
    /// `None`: the calendar shows a moment without an end.
    pub minutes: Option<u32>,
    pub title: String,
    pub location_name: String,
    pub address: String,
    pub description: String,
    pub organizer_email: Option<String>,
    pub method: Method,
    /// When this file was made.
    pub stamp: Timestamp,
}

/// The file: CRLF lines of at most 75 octets.
pub fn event(visit: &CalendarVisit) -> String {
    let start = visit.start.instant();
    let (method, status) = match visit.method {
        Method::Request => ("REQUEST", "CONFIRMED"),
        Method::Cancel => ("CANCEL", "CANCELLED"),
    };
    let mut file = File::default();
    file.line("BEGIN", "VCALENDAR");
    file.line("VERSION", "2.0");
    file.line("PRODID", "-//Stepwell//Visits//EN");
    file.line("METHOD", method);
    file.line("BEGIN", "VEVENT");
    file.text("UID", &visit.uid);
    file.line("SEQUENCE", &visit.sequence.to_string());
    file.line("DTSTAMP", &utc(visit.stamp));
    file.line("DTSTART", &utc(start));
    if let Some(end) = visit.minutes.and_then(|minutes| start.checked_add(i64::from(minutes).minutes()).ok()) {
        file.line("DTEND", &utc(end));
    }
    file.text("SUMMARY", &visit.title);
    let place: Vec<&str> =
        [visit.location_name.trim(), visit.address.trim()].into_iter().filter(|p| !p.is_empty()).collect();
    file.text("LOCATION", &place.join(", "));
    file.text("DESCRIPTION", &visit.description);
    if let Some(organizer) = visit.organizer_email.as_deref().filter(|email| is_plain_address(email)) {
        file.line("ORGANIZER", &format!("mailto:{organizer}"));
    }
    file.line("STATUS", status);
    file.line("CLASS", "PRIVATE");
    file.line("TRANSP", "OPAQUE");
    file.line("END", "VEVENT");
    file.line("END", "VCALENDAR");
    file.text
}

fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Nothing that could end the line or begin another parameter.
fn is_plain_address(email: &str) -> bool {
    email.contains('@') && email.chars().all(|c| c.is_ascii_graphic() && !"\"<>;:,".contains(c))
}

#[derive(Default)]
struct File {
    text: String,
}

impl File {
    /// A property whose value needs no escaping.
    fn line(&mut self, name: &str, value: &str) {
        self.fold(&format!("{name}:{value}"));
    }

    /// A TEXT property; left out when empty.
    fn text(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.fold(&format!("{name}:{}", escape(value)));
        }
    }

    /// At most 75 octets a line, a continued line begins with a space, no character is cut.
    fn fold(&mut self, line: &str) {
        let mut octets = 0;
        for c in line.chars() {
            if octets + c.len_utf8() > 75 {
                self.text.push_str("\r\n ");
                octets = 1;
            }
            self.text.push(c);
            octets += c.len_utf8();
        }
        self.text.push_str("\r\n");
    }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' | '\r' => out.push_str("\\n"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
