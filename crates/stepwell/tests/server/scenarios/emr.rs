//! The clinic's EMR: what it knows of people and visits, said over MLLP as such systems do: each message carries all it
//! knows. Its clock writes the offset, so that a stamp is the instant even in the hour the clocks repeat.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use care::chart::Act;
use care::id::{EncounterId, EpisodeId, PatientId};
use care::scenario::PatientFields;
use care::zone::{self, CivilMoment};
use jiff::Timestamp;
use stepwell::ids::id_of_number;
use wire::hl7v2::write::{Outgoing, Patient, Visit, adt, siu};

use super::story::When;
use crate::wire_client::WireClient;

pub const FACILITY: &str = "CLINIC";

/// Two visits of one patient nearer than this need a message that names the appointment.
const SAME_VISIT_HOURS: i64 = 4;

pub struct Emr {
    line: WireClient,
    zone: String,
    people: BTreeMap<String, Patient>,
    visits: BTreeMap<String, Booked>,
    sent: u32,
}

#[derive(Clone, Default)]
struct Booked {
    patient: String,
    start: Option<Timestamp>,
    visit: Visit,
}

impl Emr {
    pub async fn connect(to: SocketAddr, zone: &str) -> Self {
        let (people, visits) = (BTreeMap::new(), BTreeMap::new());
        Self { line: WireClient::connect(to).await, zone: zone.into(), people, visits, sent: 0 }
    }

    pub fn knows_visit(&self, patient: &str, encounter: &str) -> bool {
        self.visits.contains_key(&number(patient, encounter))
    }

    /// A28 makes a person known, A31 says something new of them.
    pub async fn tells_of(
        &mut self,
        at: Timestamp,
        event: &str,
        patient: &str,
        news: &PatientFields,
    ) -> Result<(), String> {
        let known = self.people.entry(patient.into()).or_insert_with(|| nameless(patient));
        let set = |field: &mut String, news: &Option<String>| {
            if let Some(news) = news {
                field.clone_from(news);
            }
        };
        set(&mut known.given, &news.given);
        set(&mut known.family, &news.family);
        set(&mut known.birth, &news.birth_date.as_ref().map(|date| date.replace('-', "")));
        set(&mut known.sex, &news.sex.as_ref().map(|word| word[..1].to_uppercase()));
        set(&mut known.email, &news.email);
        set(&mut known.mobile, &news.mobile);
        set(&mut known.language, &news.language);
        known.deceased = news.deceased.unwrap_or(known.deceased);
        let mut bytes = adt(&self.message(at, event, patient, None));
        if let Some(home) = &news.location {
            bytes.extend(format!("PD1|||{home}\r").bytes());
        }
        self.says(&bytes).await
    }

    /// False: HL7 cannot say it.
    pub async fn tells_of_visit(&mut self, at: Timestamp, act: Act, when: &When) -> Result<bool, String> {
        let (patient, encounter) = (when.patient()?, when.encounter()?);
        let key = number(patient, encounter);
        let mut booked = self.visits.get(&key).cloned().unwrap_or_default();
        booked.patient = patient.into();
        let visit = &mut booked.visit;
        visit.appointment.clone_from(&key);
        if let Some(start) = when.start(&self.zone)? {
            visit.start = digits(&start);
            booked.start = Some(start.instant());
        }
        visit.minutes = when.minutes.or(visit.minutes);
        for (field, news) in [
            (&mut visit.type_code, &when.visit_type),
            (&mut visit.provider, &when.practitioner),
            (&mut visit.location, &when.person.location),
            (&mut visit.case, &when.episode),
        ] {
            if let Some(news) = news {
                field.clone_from(news);
            }
        }
        let (event, status) = match act {
            Act::Book if visit.start.is_empty() => return Ok(false),
            Act::Book => ("S12", "Booked"),
            Act::Modify => ("S13", ""),
            Act::Cancel => ("S15", "Cancelled"),
            Act::NoShow => ("S26", "Noshow"),
            Act::Finish => ("S14", "Complete"),
            Act::Arrive if self.is_alone(&key, &booked) && when.minutes.is_none() && when.visit_type.is_none() => {
                ("A04", "")
            }
            Act::Arrive => ("S14", "Arrived"),
            Act::Note | Act::Reinstate | Act::Unfinish | Act::Delete => return Ok(false),
        };
        if event == "A04" {
            booked.visit.number = registration(&key);
        }
        // The registration names its own number only, and finds the appointment by the day; what the scheduler says
        // after it names both, so that the visit can move away from that day.
        let mut said = self.message(at, event, patient, Some(booked.visit.clone()));
        status.clone_into(&mut said.status);
        let bytes = if event == "A04" { adt(&said) } else { siu(&said) };
        self.visits.insert(key, booked);
        self.says(&bytes).await.map(|()| true)
    }

    /// The front desk's registration names its own number only: it is a message for a visit that no other is near.
    fn is_alone(&self, key: &str, booked: &Booked) -> bool {
        let Some(start) = booked.start else { return false };
        let near = |other: Timestamp| (other.as_second() - start.as_second()).abs() <= 2 * SAME_VISIT_HOURS * 3600;
        let others = self.visits.iter().filter(|(other, b)| *other != key && b.patient == booked.patient);
        !others.filter_map(|(_, b)| b.start).any(near)
    }

    /// "A03" ends a case, "A13" takes that back; without a name it is the patient's only one.
    pub async fn tells_of_case(
        &mut self,
        at: Timestamp,
        event: &str,
        patient: &str,
        case: Option<&str>,
    ) -> Result<(), String> {
        let visit = Visit { case: case.unwrap_or_default().into(), ..Visit::default() };
        let message = self.message(at, event, patient, Some(visit));
        self.says(&adt(&message)).await
    }

    /// A40: two numbers, one person.
    pub async fn merges(&mut self, at: Timestamp, survivor: &str, gone: &str) -> Result<(), String> {
        let message = self.message(at, "A40", survivor, None);
        self.says(&adt(&Outgoing { merged: Some(gone.into()), ..message })).await
    }

    fn message(&mut self, at: Timestamp, event: &str, patient: &str, visit: Option<Visit>) -> Outgoing {
        self.sent += 1;
        Outgoing {
            event: event.into(),
            sending_app: "EMR".into(),
            sending_facility: FACILITY.into(),
            control_id: self.sent.to_string(),
            sent_at: at.to_zoned(zone::of(&self.zone)).strftime("%Y%m%d%H%M%S%z").to_string(),
            processing_id: "P".into(),
            patient: self.people.get(patient).cloned().unwrap_or_else(|| nameless(patient)),
            visit,
            ..Outgoing::default()
        }
    }

    async fn says(&mut self, message: &[u8]) -> Result<(), String> {
        self.line.says(message).await;
        match self.line.hears().await {
            Some(answer) if answer.starts_with("AA ") => Ok(()),
            answer => Err(format!("the listener answered {answer:?}")),
        }
    }
}

fn nameless(patient: &str) -> Patient {
    Patient { mrn: patient.into(), authority: FACILITY.into(), ..Patient::default() }
}

fn digits(start: &CivilMoment) -> String {
    start.civil.strftime("%Y%m%d%H%M%S").to_string()
}

fn number(patient: &str, encounter: &str) -> String {
    format!("{patient}.{encounter}")
}

fn registration(appointment: &str) -> String {
    format!("V-{appointment}")
}

fn id(kind: &str, number: &str) -> uuid::Uuid {
    id_of_number(kind, FACILITY, &format!("{FACILITY}/{number}"))
}

/// The ids the server has for what the EMR numbers: the appointment first, then the registration.
pub fn visit_ids(patient: &str, encounter: &str) -> [EncounterId; 2] {
    let number = number(patient, encounter);
    [EncounterId(id("appointment", &number)), EncounterId(id("visit", &registration(&number)))]
}

pub fn case_id(case: &str) -> EpisodeId {
    EpisodeId(id("episode", case))
}

/// From now on the EMR's number means this patient.
pub async fn number_means(tx: &mut store::OrgTx, number: &str, patient: PatientId) {
    tx.key(store::KeyKind::Patient, FACILITY, number, patient, patient.0).await.unwrap();
}
