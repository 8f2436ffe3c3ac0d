//! What the clinic's EMR says, in its own numbers. Times are its wall clock's, New York.

use wire::hl7v2::write::{Outgoing, Patient, Visit, adt, siu};

pub const ALMA: &str = "alma@mail.example";

pub fn alma() -> Patient {
    patient("1000", "Alma", ALMA, "en")
}

pub fn elena() -> Patient {
    patient("1001", "Elena", "elena@mail.example", "es")
}

pub fn patient(mrn: &str, given: &str, email: &str, language: &str) -> Patient {
    Patient {
        mrn: mrn.into(),
        authority: "RIVER".into(),
        given: given.into(),
        family: "Reyes".into(),
        birth: "19800524".into(),
        sex: "F".into(),
        email: email.into(),
        mobile: "555-0145-8684".into(),
        language: language.into(),
        deceased: false,
    }
}

/// An initial evaluation ("IE"), a follow-up ("FU") or whatever the EMR calls it.
pub fn visit(appointment: &str, type_code: &str, start: &str) -> Visit {
    Visit {
        appointment: appointment.into(),
        start: start.into(),
        minutes: Some(45),
        type_code: type_code.into(),
        location: "RIV".into(),
        provider: "77".into(),
        ..Visit::default()
    }
}

pub fn outgoing(event: &str, sent_at: &str, patient: &Patient, visit: Option<&Visit>) -> Outgoing {
    Outgoing {
        event: event.into(),
        sending_app: "RIVEREMR".into(),
        sending_facility: "RIVERSIDE".into(),
        control_id: format!("{event}-{sent_at}"),
        sent_at: sent_at.into(),
        processing_id: "P".into(),
        patient: patient.clone(),
        visit: visit.cloned(),
        ..Outgoing::default()
    }
}

/// One message: "S12" books, "S13" moves, "S15" cancels, "S26" says no-show, "A04" says arrived, "A28" tells of a person.
pub fn message(event: &str, sent_at: &str, patient: &Patient, visit: Option<&Visit>) -> Vec<u8> {
    write(&outgoing(event, sent_at, patient, visit))
}

pub fn write(message: &Outgoing) -> Vec<u8> {
    if message.event.starts_with('S') { siu(message) } else { adt(message) }
}
