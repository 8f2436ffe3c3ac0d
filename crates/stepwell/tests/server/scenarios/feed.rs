//! Tells the server what happens, each change by its door: one arm for each word of the vocabulary.

use care::chart::{Act, AssignmentAct, EnrolmentAct, EpisodeChange, PatientChange, Source, Subject, What, Write};
use care::id::{ChangeId, LocationId, PatientId};
use care::rehearsal::Gateway;
use care::scenario::{Happens, PatientFields};
use jiff::Timestamp;
use stepwell::ids::id_of_number;
use uuid::Uuid;

use super::stage::Stage;
use super::story::{Listed, Story, When};
use super::{Door, by_hand, desk, emr, person, switches};

pub async fn tell(stage: &mut Stage, story: &Story, nth: usize) -> Result<(), String> {
    let (at, when) = &story.events[nth];
    let told = Told { story, at: *at, when, happens: &story.scenario.events[nth].happens };
    let labelled = when.label.clone().map(|label| (label, when.patient().map(str::to_owned)));
    let before = changes_of(stage, when).await;
    for door in by_its_door(stage, &told).await? {
        *stage.doors.entry(door).or_default() += 1;
    }
    if let Some((label, patient)) = labelled {
        let new = changes_of(stage, when).await.into_iter().find(|id| !before.contains(id));
        let change = new.ok_or_else(|| format!("nothing is recorded that `{label}` could take back"))?;
        stage.labels.insert(label, (stage.people[&patient?], change));
    }
    stage.work_is_done().await;
    Ok(())
}

/// What happens, as it stands in the file and as the simulator reads it.
struct Told<'a> {
    story: &'a Story,
    at: Timestamp,
    when: &'a When,
    happens: &'a Happens,
}

async fn by_its_door(stage: &mut Stage, told: &Told<'_>) -> Result<Vec<Door>, String> {
    let one = |door| Ok(vec![door]);
    match told.when.change.as_str() {
        "patient.created" | "patient.updated" => one(update(stage, told).await?),
        "patient.registered" => one(register(stage, told).await?),
        "patient.merged" | "patient.unmerged" => one(merge(stage, told).await?),
        "patient.logged_in" | "patient.enrolled" | "patient.enrolment_stopped" => one(record(stage, told).await?),
        "encounter.planned" => visit(stage, Act::Book, told).await,
        "encounter.rescheduled" => visit(stage, Act::Modify, told).await,
        "encounter.cancelled" => visit(stage, Act::Cancel, told).await,
        "encounter.no_show" => visit(stage, Act::NoShow, told).await,
        "encounter.arrived" => visit(stage, Act::Arrive, told).await,
        "encounter.finished" => visit(stage, Act::Finish, told).await,
        "encounter.reinstated" => visit(stage, Act::Reinstate, told).await,
        "episode.opened" => one(opens_case(stage, told).await?),
        "episode.discharged" => one(case(stage, "A03", told).await?),
        "episode.reopened" => one(case(stage, "A13", told).await?),
        "assignment.given" => one(record(stage, told).await?),
        "assignment.completed" | "assignment.withdrawn" => one(assignment(stage, told).await?),
        "consent.given" | "consent.withdrawn" | "run.stopped" => one(record(stage, told).await?),
        "stop.received" => one(stop(stage, told).await?),
        "undone" => one(undo(stage, told).await?),
        _ => to_the_clinic(stage, told).await,
    }
}

async fn to_the_clinic(stage: &mut Stage, told: &Told<'_>) -> Result<Vec<Door>, String> {
    let place = |stage: &Stage, id: &LocationId| stage.places[told.story.scenario.names.name(id.0)].id;
    match told.happens {
        Happens::Activated { workflow, cover, locations } => {
            let locations = locations.as_ref().map(|ids| ids.iter().map(|id| place(stage, id)).collect());
            switches::activates(stage, workflow, *cover, locations).await?;
        }
        Happens::Deactivated { workflow } => switches::deactivates(stage, workflow).await?,
        Happens::Published { workflow, version, in_flight } => {
            switches::publishes(stage, told.story, workflow, *version, *in_flight).await?;
        }
        Happens::Day { location, date, closed } => {
            switches::sets_day(stage, place(stage, location), *date, *closed).await;
        }
        Happens::Loading => switches::loads(stage).await?,
        Happens::Live { cover } => switches::is_live(stage, *cover).await?,
        Happens::Mapped { code, is } => switches::maps(stage, code, *is).await?,
        Happens::Claimed { code, name } => switches::claims(stage, code, name).await?,
        Happens::Feed { location, feed } => {
            switches::feed(stage, place(stage, location), *feed).await;
            return Ok(vec![Door::Runner]);
        }
        Happens::ChannelDown { channel, down } => {
            let gateway = if *down { Gateway::Down } else { Gateway::Takes };
            switches::gateway(stage, told.story, *channel, gateway).await;
            return Ok(vec![Door::Runner]);
        }
        Happens::Gateway { channel, gateway } => {
            switches::gateway(stage, told.story, *channel, *gateway).await;
            return Ok(vec![Door::Runner]);
        }
        // The stage was set up without it.
        Happens::ContentWithdrawn { .. } => return Ok(vec![Door::Runner]),
        Happens::Change { .. }
        | Happens::Newest { .. }
        | Happens::Undone { .. }
        | Happens::Stop { .. }
        | Happens::Merged { .. } => {
            return Err(format!("no door is known for `{}`: give it an arm in feed.rs", told.when.change));
        }
    }
    Ok(vec![Door::Form])
}

/// By id, oldest first; nothing before the patient is there.
async fn changes_of(stage: &Stage, when: &When) -> Vec<ChangeId> {
    let Some(patient) = when.patient.as_ref().and_then(|name| stage.people.get(name)) else { return vec![] };
    if when.label.is_none() {
        return vec![];
    }
    stage.tx().await.changes(*patient).await.unwrap().into_iter().map(|change| change.id).collect()
}

/// Whose word it is, and when they say it happened.
fn word_of(stage: &Stage, told: &Told<'_>) -> (Source, Timestamp) {
    let Happens::Change { source, stamped, .. } = told.happens else { return (Source::System, told.at) };
    let source = match source {
        Source::Staff(_) => Source::Staff(stage.staff),
        Source::Emr(_) => Source::Emr(stage.interface),
        // What comes while only facts are taken in comes from the interface that loads.
        Source::System if stage.loading => Source::Emr(stage.interface),
        Source::Patient | Source::System => *source,
    };
    (source, *stamped)
}

/// A word without a form or a message, as the simulator reads it.
async fn record(stage: &mut Stage, told: &Told<'_>) -> Result<Door, String> {
    let patient = known(stage, told.story, told.when).await?;
    let Happens::Change { what, .. } = told.happens else { return Err("the simulator reads no change in it".into()) };
    let mut what = what.clone();
    let names = &told.story.scenario.names;
    let mut ours = |kind, theirs: Uuid| {
        let name = names.name(theirs).to_owned();
        let id = id_of_number(kind, emr::FACILITY, &name);
        stage.called.insert(id, name);
        id
    };
    match &mut what {
        What::Assignment { assignment, .. } => assignment.0 = ours("assignment", assignment.0),
        What::Enrolment { enrolment, .. } => enrolment.0 = ours("enrolment", enrolment.0),
        What::RunStopped { subject: Some(Subject::Encounter(id)), .. } => *id = desk::visit_of(stage, told.when)?,
        What::RunStopped { .. } | What::Consent { .. } | What::LoggedIn => {}
        What::Patient(_) | What::Encounter(_) | What::Episode(_) | What::OptOut { .. } => {
            return Err("it names what only another door can name".into());
        }
    }
    if let What::Enrolment { enrolment, act: EnrolmentAct::Stop } = &mut what
        && let Some(name) = stage.called.get(&enrolment.0)
        && let Some(known) = by_hand::enrolment_of(stage, desk::known(stage, patient).await.chart(), name)
    {
        *enrolment = known;
    }
    let (source, at) = word_of(stage, told);
    if staff_may_say_it(stage, told) && by_hand::says(stage, patient, &what).await {
        return Ok(Door::Form);
    }
    desk::records(stage, patient, source, at, what).await;
    Ok(Door::Record)
}

/// Now, and not while only facts are taken in.
fn staff_may_say_it(stage: &Stage, told: &Told<'_>) -> bool {
    let (source, at) = word_of(stage, told);
    matches!(source, Source::System | Source::Staff(_)) && at == told.at && !stage.loading
}

/// Done or taken back: the one that is named, or the newest of its content, which a workflow may have given.
async fn assignment(stage: &mut Stage, told: &Told<'_>) -> Result<Door, String> {
    let Happens::Newest { content, act, .. } = told.happens else { return record(stage, told).await };
    let patient = known(stage, told.story, told.when).await?;
    let known = desk::known(stage, patient).await;
    let of_content = known.chart().assignments.iter().filter(|a| a.content == *content && a.withdrawn_at.is_none());
    let newest = of_content.clone().rfind(|a| a.is_open()).or_else(|| of_content.clone().next_back());
    let closed = newest.is_some_and(|a| a.is_expired() && matches!(act, AssignmentAct::Complete { .. }));
    let Some(assignment) = newest.map(|a| a.id).filter(|_| !closed) else { return Ok(Door::Record) };
    if desk::answers(stage, patient, assignment, act).await {
        return Ok(Door::Form);
    }
    let what = What::Assignment { assignment, act: act.clone() };
    desk::records(stage, patient, Source::Patient, told.at, what).await;
    Ok(Door::Record)
}

async fn stop(stage: &mut Stage, told: &Told<'_>) -> Result<Door, String> {
    let patient = known(stage, told.story, told.when).await?;
    let Happens::Stop { channel, .. } = told.happens else { return Err("the simulator reads no STOP in it".into()) };
    if by_hand::stops(stage, patient, *channel).await {
        Ok(Door::Form)
    } else {
        Err("there is no address that could be stopped".into())
    }
}

async fn undo(stage: &mut Stage, told: &Told<'_>) -> Result<Door, String> {
    let label = told.when.undoes()?;
    let (patient, change) = *stage.labels.get(label).ok_or_else(|| format!("nothing is called `{label}`"))?;
    if by_hand::takes_back(stage, patient, change).await {
        return Ok(Door::Form);
    }
    desk::takes_back(stage, patient, change).await;
    Ok(Door::Record)
}

async fn merge(stage: &mut Stage, told: &Told<'_>) -> Result<Door, String> {
    let gone = told.when.gone.as_deref().ok_or("a merge needs `gone`")?.to_owned();
    let survivor = told.when.patient()?.to_owned();
    let undone = matches!(told.happens, Happens::Merged { undone: true, .. });
    // An EMR has no word for parting them again.
    let by_emr = !undone && has_emr(stage, home(told.story, told.when));
    if by_emr {
        stage.emr.merges(told.at, &survivor, &gone).await?;
    } else if !by_hand::merges(stage, stage.people[&survivor], stage.people[&gone], undone).await {
        return Err("the page of the merge refused it".into());
    }
    if undone {
        stage.merged.retain(|two| *two != (survivor.clone(), gone.clone()));
    } else {
        stage.merged.push((survivor, gone));
    }
    Ok(if by_emr { Door::Message } else { Door::Form })
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
    let (said, left) = person::split_for_emr(person);
    let mut door = Door::Message;
    if has_emr(stage, person.location.as_deref()) && (before || says_nothing(&left)) {
        stage.emr.tells_of(at, "A28", name, &said).await?;
        stage.work_is_done().await;
        let mut tx = stage.tx().await;
        let found = tx.find_key(store::KeyKind::Patient, emr::FACILITY, name).await.unwrap();
        let (_, patient) = found.ok_or_else(|| format!("the EMR's {name} is not there"))?;
        stage.people.insert(name.clone(), patient);
        if !says_nothing(&left) {
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

async fn update(stage: &mut Stage, told: &Told<'_>) -> Result<Door, String> {
    let patient = known(stage, told.story, told.when).await?;
    let (said, left) = person::split_for_emr(&told.when.person);
    let (source, at) = word_of(stage, told);
    if may_be_the_emr(source) && says_nothing(&left) && has_emr(stage, home(told.story, told.when)) {
        stage.emr.tells_of(at, "A31", told.when.patient()?, &said).await?;
        return Ok(Door::Message);
    }
    said_of(stage, patient, (source, at), &told.when.person).await;
    Ok(Door::Record)
}

async fn register(stage: &mut Stage, told: &Told<'_>) -> Result<Door, String> {
    let patient = known(stage, told.story, told.when).await?;
    if desk::registers(stage, patient).await {
        return Ok(Door::Form);
    }
    let change = PatientChange { registered: Write::Set(true), ..PatientChange::default() };
    desk::records(stage, patient, Source::Patient, told.at, desk::of_person(change)).await;
    Ok(Door::Record)
}

async fn visit(stage: &mut Stage, act: Act, told: &Told<'_>) -> Result<Vec<Door>, String> {
    let when = told.when;
    let patient = known(stage, told.story, when).await?;
    let (name, encounter) = (when.patient()?, when.encounter()?);
    for id in emr::visit_ids(name, encounter) {
        stage.called.insert(id.0, encounter.to_owned());
    }
    if let Some(case) = &when.episode {
        stage.called.insert(emr::case_id(case).0, case.clone());
    }
    let (source, at) = word_of(stage, told);
    // Only what the clinic has mapped can be said in its EMR's words.
    let plain = when.visit_code.is_none() && when.practitioner_code.is_none();
    let of_emr = stage.emr.knows_visit(name, encounter)
        || (!desk::is_logged(stage, name, encounter) && has_emr(stage, when.person.location.as_deref()));
    if plain && may_be_the_emr(source) && of_emr && stage.emr.tells_of_visit(at, act, when).await? {
        return Ok(vec![Door::Message]);
    }
    if plain && staff_may_say_it(stage, told) && desk::does(stage, act, patient, when).await? {
        return Ok(vec![Door::Form]);
    }
    desk::records_visit(stage, act, patient, (source, at), when).await?;
    Ok(vec![Door::Record])
}

fn may_be_the_emr(source: Source) -> bool {
    matches!(source, Source::System | Source::Emr(_))
}

/// A case is opened by no message: HL7 names it with a visit.
async fn opens_case(stage: &mut Stage, told: &Told<'_>) -> Result<Door, String> {
    let patient = known(stage, told.story, told.when).await?;
    let name = told.when.episode.as_deref().ok_or("episode.opened needs `episode`")?;
    let episode = emr::case_id(name);
    stage.called.insert(episode.0, name.to_owned());
    let what = What::Episode(EpisodeChange::Open { episode, on: desk::day(stage, told.at), title: None });
    let (source, at) = word_of(stage, told);
    desk::records(stage, patient, source, at, what).await;
    Ok(Door::Record)
}

async fn case(stage: &mut Stage, event: &str, told: &Told<'_>) -> Result<Door, String> {
    let patient = known(stage, told.story, told.when).await?;
    let name = told.when.episode.as_deref();
    let (source, at) = word_of(stage, told);
    if may_be_the_emr(source) && has_emr(stage, home(told.story, told.when)) {
        stage.emr.tells_of_case(at, event, told.when.patient()?, name).await?;
        return Ok(Door::Message);
    }
    let episode = name.map(emr::case_id);
    let change = match event {
        "A03" => EpisodeChange::Discharge { episode, on: desk::day(stage, told.at) },
        _ => EpisodeChange::Reopen { episode },
    };
    desk::records(stage, patient, source, at, What::Episode(change)).await;
    Ok(Door::Record)
}

async fn recorded(stage: &Stage, patient: PatientId, person: &PatientFields) {
    said_of(stage, patient, (Source::System, stage.roof.now()), person).await;
}

async fn said_of(stage: &Stage, patient: PatientId, (source, at): (Source, Timestamp), person: &PatientFields) {
    let location = person.location.as_ref().map(|name| stage.places[name].id);
    desk::records(stage, patient, source, at, desk::of_person(person.change(Write::some(location)).unwrap())).await;
    for (channel, category) in person::consents(person) {
        let what = What::Consent { channel, category, given: true, said_by: None };
        desk::records(stage, patient, source, at, what).await;
    }
}

fn says_nothing(left: &PatientFields) -> bool {
    *left == PatientFields::default()
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
