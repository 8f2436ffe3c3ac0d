//! The front desk: the staff's forms over HTTP where there is one that says it, and `record` where there is none.

use care::chart::{Act, AssignmentAct, EncounterChange, EncounterKey, PatientChange, Source, What, Write};
use care::id::{AssignmentId, ChangeId, EncounterId, PatientId};
use care::scenario::PatientFields;
use care::zone::{self, CivilMoment};
use jiff::Timestamp;
use stepwell::runner::links::Purpose;
use stepwell::runner::record::take_back;
use stepwell::runner::{Context, Known, NewChange, record};

use super::emr;
use super::person;
use super::stage::Stage;
use super::story::When;
use super::switches;

/// `POST` of a form; true when it was taken.
pub async fn posts(stage: &Stage, path: &str, fields: &[(&str, String)]) -> (bool, String) {
    let answer = stage.desk.posts(path, &form_of(fields)).await;
    (answer.status == 303, answer.header("location").unwrap_or_default().to_owned())
}

pub fn form_of(fields: &[(&str, String)]) -> String {
    let pairs: Vec<_> = fields.iter().map(|(key, value)| format!("{key}={}", encoded(value))).collect();
    pairs.join("&")
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// The form "new patient"; `None` when it cannot say all of it.
pub async fn adds(stage: &mut Stage, person: &PatientFields) -> Option<PatientId> {
    if stage.loading {
        return None;
    }
    let location = person.location.as_ref().map(|name| stage.places[name].id);
    let (taken, page) = posts(stage, "/patients", &person::as_form(person, location)?).await;
    stage.by_form |= taken;
    taken.then(|| page.rsplit('/').next().unwrap().parse().unwrap())
}

/// A patient of whom nothing is known yet.
pub async fn makes(stage: &Stage) -> PatientId {
    let patient = PatientId(stage.roof.new_id());
    let mut tx = stage.tx().await;
    tx.create_patient(patient, stage.roof.now()).await.unwrap();
    tx.commit().await.unwrap();
    patient
}

/// What no form says, through the function that every handler calls.
pub async fn records(stage: &Stage, patient: PatientId, source: Source, at: Timestamp, what: What) {
    let mut tx = stage.tx().await;
    let context = Context::load(&stage.roof, &mut tx).await.unwrap();
    let patient = store::patient_lock(&mut tx, patient).await.unwrap().unwrap();
    let change = NewChange { at, source, what, message: None };
    record(&stage.roof, &mut tx, &context, patient, vec![change], stage.loading).await.unwrap();
    tx.commit().await.unwrap();
}

/// As the button "undo" does, for what it is not shown for.
pub async fn takes_back(stage: &Stage, patient: PatientId, change: ChangeId) {
    let mut tx = stage.tx().await;
    let context = Context::load(&stage.roof, &mut tx).await.unwrap();
    let patient = store::patient_lock(&mut tx, patient).await.unwrap().unwrap();
    assert!(take_back(&stage.roof, &mut tx, &context, patient, change).await.unwrap());
    tx.commit().await.unwrap();
}

/// The patient follows the link of the newest message and gives the birth date. False: there is no such message.
pub async fn registers(stage: &Stage, patient: PatientId) -> bool {
    let mut tx = stage.tx().await;
    let context = Context::load(&stage.roof, &mut tx).await.unwrap();
    let known = Known::load(&stage.roof, &context, &mut tx, patient).await.unwrap();
    let deliveries = tx.deliveries(Some(patient)).await.unwrap();
    drop(tx);
    let (Some(born), Some(row)) = (known.chart().patient.birth_date, deliveries.last()) else { return false };
    let link = stage.roof.link(Purpose::Register, stage.organization, row.id);
    let path = link.strip_prefix(&stage.roof.base_url).unwrap();
    stage.desk.posts(path, &format!("birth_date={born}")).await.status == 200
}

/// The page behind the link in the message that asks, with a number from 0 to 10 and a comment. False: there is no such
/// message, or that page cannot say it.
pub async fn answers(stage: &Stage, patient: PatientId, assignment: AssignmentId, act: &AssignmentAct) -> bool {
    let AssignmentAct::Complete { score: Some(score), answers } = act else { return false };
    let points = score.points();
    if points.fract() != 0.0 || !(0.0..=10.0).contains(&points) || answers.places().any(|(place, _)| place != "comment")
    {
        return false;
    }
    let known = known(stage, patient).await;
    let Some(asks) = known.ledger.deliveries.values().find(|d| d.assignment == Some(assignment)) else { return false };
    if !known.chart().assignment(assignment).is_some_and(|a| a.is_open() && a.content == "questionnaire/recommendation")
    {
        return false;
    }
    let link = stage.roof.link(Purpose::Answer, stage.organization, asks.id);
    let path = link.strip_prefix(&stage.roof.base_url).unwrap();
    let comment = answers.first("comment").unwrap_or_default();
    stage.desk.posts(path, &format!("score={points}&comment={}", encoded(comment))).await.status == 200
}

/// The forms "log a visit" and the buttons of a visit. False: there is no form for it.
pub async fn does(stage: &mut Stage, act: Act, patient: PatientId, when: &When) -> Result<bool, String> {
    let start = when.start(&stage.zone)?;
    let place = when.person.location.as_ref().map(|name| stage.places[name].clone());
    let visit = visit_of(stage, when)?;
    let plain = when.minutes.is_none() && when.practitioner.is_none() && when.episode.is_none();
    let bare = plain && when.visit_type.is_none() && place.is_none();
    let base = format!("/patients/{patient}/visits");
    let button = match (act, start) {
        (Act::Book, Some(start)) if plain && !is_known(stage, patient, visit).await => {
            let (Some(place), Some(kind)) = (place, &when.visit_type) else { return Ok(false) };
            let Some((date, time)) = on_the_clock(&start, &place.zone) else { return Ok(false) };
            let form = [
                ("state", "planned".to_owned()),
                ("date", date),
                ("time", time),
                ("location", place.id.to_string()),
                ("visit_type", kind.clone()),
            ];
            if !posts(stage, &base, &form).await.0 {
                return Ok(false);
            }
            let new = newest_visit(stage, patient).await.ok_or("the visit that was logged is not there")?;
            stage.called.insert(new.0, when.encounter()?.to_owned());
            stage.by_form = true;
            return Ok(true);
        }
        (Act::Modify, Some(start)) if bare => {
            let zone = zone_of_visit(stage, patient, visit).await;
            let Some((date, time)) = on_the_clock(&start, &zone) else { return Ok(false) };
            let (taken, _) = posts(stage, &format!("{base}/{visit}/move"), &[("date", date), ("time", time)]).await;
            stage.by_form |= taken;
            return Ok(taken);
        }
        (Act::Arrive, None) if bare => "arrival",
        (Act::NoShow, None) if bare => "no-show",
        (Act::Cancel, None) if bare => "cancellation",
        (Act::Reinstate, None) if bare => "reinstatement",
        _ => return Ok(false),
    };
    // A button that the page would not show in this state is refused: then there is no form for it.
    let (taken, _) = posts(stage, &format!("{base}/{visit}/{button}"), &[]).await;
    stage.by_form |= taken;
    Ok(taken)
}

/// Any act, with any fields.
pub async fn records_visit(
    stage: &mut Stage,
    act: Act,
    patient: PatientId,
    (source, at): (Source, Timestamp),
    when: &When,
) -> Result<(), String> {
    let visit = visit_of(stage, when)?;
    let change = EncounterChange {
        start: Write::some(when.start(&stage.zone)?),
        minutes: Write::some(when.minutes),
        visit_type: Write::some(when.visit_type.as_ref().map(|word| word.parse()).transpose()?),
        visit_code: Write::some(when.visit_code.as_deref().map(|code| switches::code_of(stage, code))),
        practitioner: Write::some(when.practitioner.clone()),
        practitioner_code: Write::some(when.practitioner_code.as_deref().map(|code| switches::code_of(stage, code))),
        location: Write::some(when.person.location.as_ref().map(|name| stage.places[name].id)),
        episode: Write::some(when.episode.as_deref().map(emr::case_id)),
        ..EncounterChange::new(visit, EncounterKey::Appointment, act)
    };
    records(stage, patient, source, at, What::Encounter(change)).await;
    Ok(())
}

pub fn of_person(change: PatientChange) -> What {
    What::Patient(Box::new(change))
}

/// The id the visit has: the one the log gave it, else that of the EMR's number.
pub fn visit_of(stage: &Stage, when: &When) -> Result<EncounterId, String> {
    let (patient, encounter) = (when.patient()?, when.encounter()?);
    let ids = emr::visit_ids(patient, encounter);
    let mut logged = stage.called.iter().filter(|(id, name)| *name == encounter && !ids.contains(&EncounterId(**id)));
    Ok(logged.next().map_or(ids[0], |(id, _)| EncounterId(*id)))
}

/// Whether it stands in the log under an id that no EMR's number has.
pub fn is_logged(stage: &Stage, patient: &str, encounter: &str) -> bool {
    let ids = emr::visit_ids(patient, encounter).map(|id| id.0);
    stage.called.iter().any(|(id, name)| name == encounter && !ids.contains(id))
}

pub async fn known(stage: &Stage, patient: PatientId) -> Known {
    let mut tx = stage.tx().await;
    let context = Context::load(&stage.roof, &mut tx).await.unwrap();
    Known::load(&stage.roof, &context, &mut tx, patient).await.unwrap()
}

async fn is_known(stage: &Stage, patient: PatientId, visit: EncounterId) -> bool {
    known(stage, patient).await.chart().encounter(visit).is_some()
}

async fn newest_visit(stage: &Stage, patient: PatientId) -> Option<EncounterId> {
    let known = known(stage, patient).await;
    known.chart().encounters.iter().map(|visit| visit.id).find(|id| !stage.called.contains_key(&id.0))
}

async fn zone_of_visit(stage: &Stage, patient: PatientId, visit: EncounterId) -> String {
    let place = known(stage, patient).await.chart().encounter(visit).and_then(|visit| visit.location);
    let place = stage.places.values().find(|known| Some(known.id) == place);
    place.map_or_else(|| stage.zone.clone(), |place| place.zone.clone())
}

/// Date and time as the form takes them; `None` when that clock cannot say this instant to the minute.
pub fn on_the_clock(start: &CivilMoment, zone: &str) -> Option<(String, String)> {
    let civil = zone::of(zone).to_datetime(start.instant());
    let said = CivilMoment { civil: civil.date().at(civil.hour(), civil.minute(), 0, 0), zone: zone.into() };
    let exact = said.instant() == start.instant();
    exact.then(|| (said.civil.date().to_string(), said.civil.strftime("%H:%M").to_string()))
}

/// When the case is opened or ended, for what no message says.
pub fn day(stage: &Stage, at: Timestamp) -> jiff::civil::Date {
    zone::date_in(at, &stage.zone)
}
