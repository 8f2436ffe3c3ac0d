//! From what a message says, in its sender's numbers, to changes of a chart, in our ids.

use care::chart::{EncounterChange, EncounterKey, EpisodeChange, PatientChange, Source, What, Write};
use care::id::{EncounterId, EpisodeId, InterfaceId, MessageId, PatientId};
use store::{Error, KeyKind, OrgTx};
use wire::hl7v2::{EpisodeAct, PatientKey, Reading, Update, VisitReading};

use super::record::NewChange;
use crate::Roof;
use crate::ids::id_of_number;

/// Something for the work list: (kind, what about).
pub type Notice = (&'static str, String);

pub struct Changes {
    pub patient: PatientId,
    pub changes: Vec<NewChange>,
    pub notices: Vec<Notice>,
}

/// Finds or makes the ids behind an update's numbers.
pub async fn changes_of(
    roof: &Roof,
    tx: &mut OrgTx,
    interface: InterfaceId,
    message: impl Into<Option<MessageId>>,
    reading: &Reading,
    update: &Update,
) -> Result<Changes, Error> {
    let (facility, message) = (reading.header.sending_facility.as_str(), message.into());
    let patient = patient_of(roof, tx, facility, &update.patient).await?;
    for other in &update.other_ids {
        tx.key(KeyKind::Patient, scope(facility, other), &other.value, patient, patient.0).await?;
    }
    let mut made = Changes { patient, changes: vec![], notices: vec![] };
    let mut push = |what| {
        made.changes.push(NewChange { at: reading.stamp_at, source: Source::Emr(interface), what, message });
    };
    if update.demographics != PatientChange::default() || update.visit.is_none() {
        push(What::Patient(Box::new(update.demographics.clone())));
    }
    let mut case = None;
    if let Some(episode) = &update.episode {
        if let Some(number) = &episode.number {
            let (id, _) =
                tx.key(KeyKind::Episode, facility, number, patient, id_of_number("episode", facility, number)).await?;
            case = Some(EpisodeId(id));
        }
        match (episode.act, case) {
            // Naming a case opens it the first time only; the fold keeps a discharged case closed.
            (EpisodeAct::Seen, _) | (EpisodeAct::Opened, None) => {}
            (EpisodeAct::Opened, Some(id)) => {
                let title = episode.title.clone();
                push(What::Episode(EpisodeChange::Open { episode: id, on: episode.on, title }));
            }
            (EpisodeAct::Discharged, episode_id) => {
                push(What::Episode(EpisodeChange::Discharge { episode: episode_id, on: episode.on }));
            }
            (EpisodeAct::Reopened, episode_id) => push(What::Episode(EpisodeChange::Reopen { episode: episode_id })),
        }
    }
    if let Some(visit) = &update.visit {
        let change = visit_of(tx, facility, patient, visit, case).await?;
        push(What::Encounter(change));
        made.notices = notices_of(visit);
    }
    Ok(made)
}

fn scope<'a>(facility: &'a str, key: &'a PatientKey) -> &'a str {
    if key.authority.is_empty() { facility } else { &key.authority }
}

/// The patient behind a number; a new one if the number was never seen: a booking may come before the patient's record.
pub async fn patient_of(roof: &Roof, tx: &mut OrgTx, facility: &str, key: &PatientKey) -> Result<PatientId, Error> {
    let scope = scope(facility, key);
    if let Some((id, _)) = tx.find_key(KeyKind::Patient, scope, &key.value).await? {
        return Ok(PatientId(id));
    }
    let new = PatientId(roof.new_id());
    tx.create_patient(new, roof.now()).await?;
    let (id, _) = tx.key(KeyKind::Patient, scope, &key.value, new, new.0).await?;
    Ok(PatientId(id))
}

async fn visit_of(
    tx: &mut OrgTx,
    facility: &str,
    patient: PatientId,
    visit: &VisitReading,
    case: Option<EpisodeId>,
) -> Result<EncounterChange, Error> {
    let mut id = None;
    let mut same_as = None;
    for (kind, number) in [(KeyKind::Appointment, &visit.appointment), (KeyKind::Visit, &visit.visit)] {
        if let Some(number) = number {
            let word = if kind == KeyKind::Appointment { "appointment" } else { "visit" };
            let new = id_of_number(word, facility, number);
            let (found, _) = tx.key(kind, facility, number, patient, new).await?;
            if id.is_none() { id = Some(EncounterId(found)) } else { same_as = Some(EncounterId(found)) }
        }
    }
    let key = if visit.appointment.is_some() { EncounterKey::Appointment } else { EncounterKey::Visit };
    let id = id.ok_or_else(|| Error::Refused("the message names a visit without a number".into()))?;
    Ok(EncounterChange {
        same_as,
        start: visit.start.clone(),
        minutes: visit.minutes.clone(),
        visit_type: visit.visit_type.clone(),
        practitioner: visit.practitioner.clone(),
        location: visit.location.clone(),
        episode: Write::some(case),
        ..EncounterChange::new(id, key, visit.act)
    })
}

fn notices_of(visit: &VisitReading) -> Vec<Notice> {
    let unmapped = visit.type_seen.as_ref().filter(|_| visit.unmapped).map(|seen| ("unmapped_type", seen.clone()));
    let unclaimed = visit.practitioner_seen.as_ref().map(|seen| ("unclaimed_practitioner", seen.clone()));
    let unknown = visit.location_seen.as_ref().map(|seen| ("unknown_location", seen.clone()));
    [unmapped, unclaimed, unknown].into_iter().flatten().collect()
}
