//! From what a message says, in its sender's numbers, to changes of a chart, in our ids.

use care::chart::{Clinic, EncounterChange, EncounterKey, EpisodeChange, PatientChange, Source, What, Write};
use care::id::{EncounterId, EpisodeId, InterfaceId, MessageId, PatientId};
use store::{Error, KeyKind, OrgTx, OrganizationRow, code_key};
use wire::hl7v2::{EpisodeAct, PatientKey, Reading, Update, VisitReading};

use super::record::NewChange;
use crate::Roof;
use crate::ids::id_of_number;

/// Something for the work list: (kind, what about).
pub type Notice = (&'static str, String);

pub struct Changes {
    pub patient: PatientId,
    /// The record that the number was of, before it was merged into this one.
    pub alias: Option<PatientId>,
    pub changes: Vec<NewChange>,
    pub notices: Vec<Notice>,
}

/// Finds or makes the ids behind an update's numbers.
pub async fn changes_of(
    roof: &Roof,
    tx: &mut OrgTx,
    clinic: &OrganizationRow,
    interface: InterfaceId,
    message: impl Into<Option<MessageId>>,
    reading: &Reading,
    update: &Update,
) -> Result<Changes, Error> {
    let (facility, message) = (reading.header.sending_facility.as_str(), message.into());
    let (patient, alias) = patient_of(roof, tx, facility, &update.patient).await?;
    for other in &update.other_ids {
        tx.key(KeyKind::Patient, scope(facility, other), &other.value, patient, patient.0).await?;
    }
    let mut made = Changes { patient, alias, changes: vec![], notices: vec![] };
    let mut push = |at, what| {
        made.changes.push(NewChange { at, source: Source::Emr(interface), what, message });
    };
    if update.demographics != PatientChange::default() || update.visit.is_none() {
        push(reading.stamp_at, What::Patient(Box::new(update.demographics.clone())));
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
                push(reading.stamp_at, What::Episode(EpisodeChange::Open { episode: id, on: episode.on, title }));
            }
            (EpisodeAct::Discharged, episode_id) => {
                push(reading.stamp_at, What::Episode(EpisodeChange::Discharge { episode: episode_id, on: episode.on }));
            }
            (EpisodeAct::Reopened, episode_id) => {
                push(reading.stamp_at, What::Episode(EpisodeChange::Reopen { episode: episode_id }))
            }
        }
    }
    if let Some(visit) = &update.visit
        && let Some(change) = visit_of(tx, clinic, interface, facility, patient, visit, case).await?
    {
        push(visit.happened.unwrap_or(reading.stamp_at), What::Encounter(change));
        made.notices = notices_of(visit, interface, &clinic.clinic);
    }
    Ok(made)
}

fn scope<'a>(facility: &'a str, key: &'a PatientKey) -> &'a str {
    if key.authority.is_empty() { facility } else { &key.authority }
}

/// The patient behind a number, and whose it was before a merge; a new one if the number was never seen: a booking may
/// come before the patient's record.
pub async fn patient_of(
    roof: &Roof,
    tx: &mut OrgTx,
    facility: &str,
    key: &PatientKey,
) -> Result<(PatientId, Option<PatientId>), Error> {
    let scope = scope(facility, key);
    if let Some(found) = tx.find_patient(scope, &key.value).await? {
        return Ok(found);
    }
    let new = PatientId(roof.new_id());
    tx.create_patient(new, roof.now()).await?;
    let (id, _) = tx.key(KeyKind::Patient, scope, &key.value, new, new.0).await?;
    Ok((PatientId(id), None))
}

async fn visit_of(
    tx: &mut OrgTx,
    clinic: &OrganizationRow,
    interface: InterfaceId,
    facility: &str,
    patient: PatientId,
    visit: &VisitReading,
    case: Option<EpisodeId>,
) -> Result<Option<EncounterChange>, Error> {
    if visit.by_charge && !charge_counts(tx, clinic, facility, visit).await? {
        return Ok(None);
    }
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
    Ok(Some(EncounterChange {
        same_as,
        start: visit.start.clone(),
        minutes: visit.minutes.clone(),
        // What it means is asked whenever the chart is folded, so that a later mapping counts.
        visit_code: Write::some(visit.type_seen.as_ref().map(|code| code_of(interface, code))),
        practitioner: visit.practitioner.clone(),
        practitioner_code: match &visit.practitioner_code {
            Write::Set(code) => Write::Set(code_of(interface, code)),
            Write::Keep => Write::Keep,
            Write::Clear => Write::Clear,
        },
        location: visit.location.clone(),
        episode: Write::some(case),
        ..EncounterChange::new(id, key, visit.act)
    }))
}

/// Whether a charge says "arrived" where the visit is; and it must be told which visit it was, by its time or its number.
async fn charge_counts(
    tx: &mut OrgTx,
    clinic: &OrganizationRow,
    facility: &str,
    visit: &VisitReading,
) -> Result<bool, Error> {
    let mut places = clinic.locations.iter();
    let counts = match &visit.location {
        Write::Set(id) => places.any(|l| l.id == *id && l.rules.charge_is_arrival),
        Write::Keep | Write::Clear => places.any(|l| l.rules.charge_is_arrival),
    };
    if !counts || !visit.start.is_keep() {
        return Ok(counts);
    }
    let Some(number) = &visit.visit else { return Ok(false) };
    Ok(tx.find_key(KeyKind::Visit, facility, number).await?.is_some())
}

/// An EMR's own word, as the clinic's mappings know it.
pub fn code_of(interface: InterfaceId, code: &str) -> String {
    format!("{interface}/{}", code_key(code))
}

fn notices_of(visit: &VisitReading, interface: InterfaceId, clinic: &Clinic) -> Vec<Notice> {
    let meaning = visit.type_seen.as_ref().map(|seen| (seen, clinic.visit_types.get(&code_of(interface, seen))));
    if matches!(meaning, Some((_, Some(mapped))) if mapped.is.is_none()) {
        return vec![];
    }
    let unmapped = meaning.filter(|(_, mapped)| mapped.is_none()).map(|(seen, _)| ("unmapped_type", code_key(seen)));
    let who = if let Write::Set(code) = &visit.practitioner_code { Some(code) } else { None };
    let unknown_one = who.filter(|code| !clinic.practitioners.contains_key(&code_of(interface, code)));
    let unclaimed = unknown_one.map(|code| ("unclaimed_practitioner", code_key(code)));
    let unknown = visit.location_seen.as_ref().map(|seen| ("unknown_location", seen.clone()));
    [unmapped, unclaimed, unknown].into_iter().flatten().collect()
}
