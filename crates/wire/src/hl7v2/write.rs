//! Makes messages: for the demo's made-up EMR and for tests. Not framed: see [`super::frame::frame`].

use std::fmt::Write as _;

use super::escape::escape;

/// What a message says; what is empty is left out. Times are HL7's own, as in "202603021015".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outgoing {
    /// "A04", "S12".
    pub event: String,
    pub sending_app: String,
    pub sending_facility: String,
    pub control_id: String,
    pub sent_at: String,
    /// MSH-11, as a rule "P".
    pub processing_id: String,
    pub patient: Patient,
    pub visit: Option<Visit>,
    /// MRG-1: the number that is merged away.
    pub merged: Option<String>,
    /// SCH-25.
    pub status: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Patient {
    pub mrn: String,
    pub authority: String,
    pub given: String,
    pub family: String,
    /// YYYYMMDD.
    pub birth: String,
    pub sex: String,
    pub email: String,
    pub mobile: String,
    pub language: String,
    pub deceased: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Visit {
    /// SCH-2.
    pub appointment: String,
    /// PV1-19.
    pub number: String,
    /// PV1-54.
    pub case: String,
    pub start: String,
    pub minutes: Option<u32>,
    pub type_code: String,
    pub location: String,
    pub provider: String,
    pub provider_given: String,
    pub provider_family: String,
}

/// An ADT message: PV1-44 is the visit's start, PV1-45 that of an A03.
pub fn adt(message: &Outgoing) -> Vec<u8> {
    let mut out = msh(message, "ADT", adt_structure(&message.event));
    line(&mut out, "EVN", &[(1, escape(&message.event)), (2, escape(&message.sent_at))]);
    pid(&mut out, &message.patient);
    if let Some(gone) = &message.merged {
        line(&mut out, "MRG", &[(1, number(gone, &message.patient.authority))]);
    }
    if let Some(visit) = &message.visit {
        let ended = if message.event == "A03" { message.sent_at.as_str() } else { "" };
        pv1(&mut out, visit, &visit.start, ended);
    }
    out.into_bytes()
}

/// An SIU message, the start in SCH-11.4 and AIS-4.
pub fn siu(message: &Outgoing) -> Vec<u8> {
    let visit = message.visit.clone().unwrap_or_default();
    let mut out = msh(message, "SIU", "SIU_S12");
    let (minutes, unit) = match visit.minutes {
        Some(minutes) => (minutes.to_string(), "MIN".to_string()),
        None => (String::new(), String::new()),
    };
    let timing = if visit.start.is_empty() { String::new() } else { format!("^^^{}", escape(&visit.start)) };
    let sch = [
        (2, escape(&visit.appointment)),
        (8, escape(&visit.type_code)),
        (9, minutes.clone()),
        (10, unit.clone()),
        (11, timing),
        (25, escape(&message.status)),
    ];
    line(&mut out, "SCH", &sch);
    pid(&mut out, &message.patient);
    if !visit.number.is_empty() || !visit.case.is_empty() {
        pv1(&mut out, &visit, "", "");
    }
    line(&mut out, "RGS", &[(1, "1".into())]);
    let service = [(1, "1".into()), (3, escape(&visit.type_code)), (4, escape(&visit.start)), (7, minutes), (8, unit)];
    line(&mut out, "AIS", &service);
    if !visit.provider.is_empty() {
        line(&mut out, "AIP", &[(1, "1".into()), (3, provider(&visit))]);
    }
    if !visit.location.is_empty() {
        line(&mut out, "AIL", &[(1, "1".into()), (3, escape(&visit.location))]);
    }
    out.into_bytes()
}

fn adt_structure(event: &str) -> &'static str {
    match event {
        "A03" => "ADT_A03",
        "A05" | "A14" | "A28" | "A31" => "ADT_A05",
        "A11" | "A23" | "A27" | "A29" => "ADT_A09",
        "A38" => "ADT_A38",
        "A40" => "ADT_A39",
        _ => "ADT_A01",
    }
}

fn msh(message: &Outgoing, kind: &str, structure: &str) -> String {
    // UTF-8 is said, so that no reader has to guess.
    format!(
        "MSH|^~\\&|{}|{}|STEPWELL||{}||{kind}^{}^{structure}|{}|{}|2.5.1||||||UNICODE UTF-8\r",
        escape(&message.sending_app),
        escape(&message.sending_facility),
        escape(&message.sent_at),
        escape(&message.event),
        escape(&message.control_id),
        escape(&message.processing_id),
    )
}

fn pid(out: &mut String, patient: &Patient) {
    let mut contacts = vec![];
    if !patient.mobile.is_empty() {
        contacts.push(format!("^PRN^CP^^^^^^^^^{}", escape(&patient.mobile)));
    }
    if !patient.email.is_empty() {
        contacts.push(format!("^NET^Internet^{}", escape(&patient.email)));
    }
    let fields = [
        (3, number(&patient.mrn, &patient.authority)),
        (5, format!("{}^{}^^^^^L", escape(&patient.family), escape(&patient.given))),
        (7, escape(&patient.birth)),
        (8, escape(&patient.sex)),
        (13, contacts.join("~")),
        (15, escape(&patient.language)),
        (30, if patient.deceased { "Y".into() } else { String::new() }),
    ];
    line(out, "PID", &fields);
}

fn pv1(out: &mut String, visit: &Visit, start: &str, ended: &str) {
    let fields = [
        (2, "O".into()),
        (3, escape(&visit.location)),
        (7, if visit.provider.is_empty() { String::new() } else { provider(visit) }),
        (19, escape(&visit.number)),
        (44, escape(start)),
        (45, escape(ended)),
        (54, escape(&visit.case)),
    ];
    line(out, "PV1", &fields);
}

fn number(number: &str, authority: &str) -> String {
    format!("{}^^^{}^MR", escape(number), escape(authority))
}

fn provider(visit: &Visit) -> String {
    format!("{}^{}^{}", escape(&visit.provider), escape(&visit.provider_family), escape(&visit.provider_given))
}

/// A segment of numbered fields, in rising order.
fn line(out: &mut String, name: &str, fields: &[(usize, String)]) {
    out.push_str(name);
    let last = fields.iter().filter(|(_, text)| !text.is_empty()).map(|(n, _)| *n).max().unwrap_or(0);
    for number in 1..=last {
        let text = fields.iter().find(|(n, _)| *n == number).map_or("", |(_, text)| text.as_str());
        // Writing to a string does not fail.
        let _ = write!(out, "|{text}");
    }
    out.push('\r');
}
