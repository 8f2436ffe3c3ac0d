//! Tells the server what happens, each change by its door: one arm for each word of the vocabulary.

use care::chart::{Act, EpisodeChange, PatientChange, Source, What, Write};
use care::id::PatientId;
use jiff::Timestamp;

use super::person::Person;
use super::stage::Stage;
use super::story::{Listed, Story, When};
use super::{Door, desk, emr};

pub async fn tell(stage: &mut Stage, story: &Story, at: Timestamp, when: &When) -> Result<(), String> {
    let doors = match when.change.as_str() {
        "patient.created" | "patient.updated" => vec![update(stage, story, at, when).await?],
        "patient.registered" => vec![register(stage, story, when).await?],
        "encounter.planned" => visit(stage, story, at, Act::Book, when).await?,
        "encounter.rescheduled" => visit(stage, story, at, Act::Modify, when).await?,
        "encounter.cancelled" => visit(stage, story, at, Act::Cancel, when).await?,
        "encounter.no_show" => visit(stage, story, at, Act::NoShow, when).await?,
        "encounter.arrived" => visit(stage, story, at, Act::Arrive, when).await?,
        "encounter.finished" => visit(stage, story, at, Act::Finish, when).await?,
        "encounter.reinstated" => visit(stage, story, at, Act::Reinstate, when).await?,
        "episode.opened" => vec![opens_case(stage, story, at, when).await?],
        "episode.discharged" => vec![case(stage, story, at, "A03", when).await?],
        "episode.reopened" => vec![case(stage, story, at, "A13", when).await?],
        "workflow.activated" | "workflow.deactivated" => {
            desk::switches(stage, when.workflow()?, when.change == "workflow.activated").await?;
            vec![Door::Form]
        }
        other => return Err(format!("no door is known for `{other}`: give it an arm in feed.rs")),
    };
    for door in doors {
        *stage.doors.entry(door).or_default() += 1;
    }
    stage.work_is_done().await;
    Ok(())
}

/// Somebody who was there before any workflow was on. What the EMR cannot say of them is recorded.
pub async fn is_there_already(stage: &mut Stage, listed: &Listed) -> Result<(), String> {
    let door = arrives(stage, listed, true).await?;
    *stage.doors.entry(door).or_default() += 1;
    Ok(())
}

/// A person's record is made. `before`: no workflow is on, so that it may be said in two breaths.
async fn arrives(stage: &mut Stage, listed: &Listed, before: bool) -> Result<Door, String> {
    let (name, person, at) = (&listed.id, &listed.person, stage.roof.now());
    let (said, left) = person.split_for_emr();
    let mut door = Door::Message;
    if has_emr(stage, person.location.as_deref()) && (before || left.says_nothing()) {
        stage.emr.tells_of(at, "A28", name, &said).await?;
        stage.work_is_done().await;
        let mut tx = stage.tx().await;
        let found = tx.find_key(store::KeyKind::Patient, emr::FACILITY, name).await.unwrap();
        let (_, patient) = found.ok_or_else(|| format!("the EMR's {name} is not there"))?;
        stage.people.insert(name.clone(), patient);
        if !left.says_nothing() {
            recorded(stage, patient, &left).await;
        }
    } else {
        // What staff did is held for a minute: who was there before was not entered just now.
        let added = if before { None } else { desk::adds(stage, person).await };
        let patient = match added {
            Some(patient) => patient,
            None => desk::makes(stage).await,
        };
        door = Door::Form;
        let mut tx = stage.tx().await;
        emr::number_means(&mut tx, name, patient).await;
        tx.commit().await.unwrap();
        stage.people.insert(name.clone(), patient);
        if !is_charted(stage, patient).await {
            door = Door::Record;
            recorded(stage, patient, person).await;
        }
    }
    stage.work_is_done().await;
    Ok(door)
}

/// A patient that is named for the first time is made first, as the simulator does.
async fn known(stage: &mut Stage, story: &Story, when: &When) -> Result<PatientId, String> {
    let name = when.patient()?;
    if let Some(known) = stage.people.get(name) {
        return Ok(*known);
    }
    let listed = story.people.iter().find(|listed| listed.id == name).ok_or_else(|| format!("who is {name}?"))?;
    let door = arrives(stage, listed, false).await?;
    *stage.doors.entry(door).or_default() += 1;
    stage.people.get(name).copied().ok_or_else(|| format!("{name} was not made"))
}

async fn update(stage: &mut Stage, story: &Story, at: Timestamp, when: &When) -> Result<Door, String> {
    let patient = known(stage, story, when).await?;
    let (said, left) = when.person.split_for_emr();
    if left.says_nothing() && has_emr(stage, home(story, when)) {
        stage.emr.tells_of(at, "A31", when.patient()?, &said).await?;
        return Ok(Door::Message);
    }
    recorded(stage, patient, &when.person).await;
    Ok(Door::Record)
}

async fn register(stage: &mut Stage, story: &Story, when: &When) -> Result<Door, String> {
    let patient = known(stage, story, when).await?;
    if desk::registers(stage, patient).await {
        return Ok(Door::Form);
    }
    let change = PatientChange { registered: Write::Set(true), ..PatientChange::default() };
    desk::records(stage, patient, Source::Patient, desk::person(change)).await;
    Ok(Door::Record)
}

async fn visit(stage: &mut Stage, story: &Story, at: Timestamp, act: Act, when: &When) -> Result<Vec<Door>, String> {
    let patient = known(stage, story, when).await?;
    let (name, encounter) = (when.patient()?, when.encounter()?);
    for id in emr::visit_ids(name, encounter) {
        stage.called.insert(id.0, encounter.to_owned());
    }
    if let Some(case) = &when.episode {
        stage.called.insert(emr::case_id(case).0, case.clone());
    }
    let of_emr = stage.emr.knows_visit(name, encounter)
        || (!desk::is_logged(stage, name, encounter) && has_emr(stage, when.person.location.as_deref()));
    if of_emr && stage.emr.tells_of_visit(at, act, when).await? {
        return Ok(vec![Door::Message]);
    }
    if desk::does(stage, act, patient, when).await? {
        return Ok(vec![Door::Form]);
    }
    desk::records_visit(stage, act, patient, when).await?;
    Ok(vec![Door::Record])
}

/// A case is opened by no message: HL7 names it with a visit.
async fn opens_case(stage: &mut Stage, story: &Story, at: Timestamp, when: &When) -> Result<Door, String> {
    let patient = known(stage, story, when).await?;
    let name = when.episode.as_deref().ok_or("episode.opened needs `episode`")?;
    let episode = emr::case_id(name);
    stage.called.insert(episode.0, name.to_owned());
    let what = What::Episode(EpisodeChange::Open { episode, on: desk::day(stage, at), title: None });
    desk::records(stage, patient, Source::System, what).await;
    Ok(Door::Record)
}

async fn case(stage: &mut Stage, story: &Story, at: Timestamp, event: &str, when: &When) -> Result<Door, String> {
    let patient = known(stage, story, when).await?;
    if has_emr(stage, home(story, when)) {
        stage.emr.tells_of_case(at, event, when.patient()?, when.episode.as_deref()).await?;
        return Ok(Door::Message);
    }
    let episode = when.episode.as_deref().map(emr::case_id);
    let change = match event {
        "A03" => EpisodeChange::Discharge { episode, on: desk::day(stage, at) },
        _ => EpisodeChange::Reopen { episode },
    };
    desk::records(stage, patient, Source::System, What::Episode(change)).await;
    Ok(Door::Record)
}

async fn recorded(stage: &Stage, patient: PatientId, person: &Person) {
    let location = person.location.as_ref().map(|name| stage.places[name].id);
    let change = desk::person(person.change(location));
    desk::records(stage, patient, Source::System, change).await;
}

async fn is_charted(stage: &Stage, patient: PatientId) -> bool {
    !stage.tx().await.changes(patient).await.unwrap().is_empty()
}

fn home<'a>(story: &'a Story, when: &'a When) -> Option<&'a str> {
    let listed = story.people.iter().find(|listed| Some(&listed.id) == when.patient.as_ref());
    listed.and_then(|listed| listed.person.location.as_deref())
}

/// A place that is not named has an EMR where all have one.
fn has_emr(stage: &Stage, place: Option<&str>) -> bool {
    match place.and_then(|name| stage.places.get(name)) {
        Some(place) => place.has_emr,
        None => stage.places.values().all(|place| place.has_emr),
    }
}
