//! What an edit, a switch, an interface that goes live or a rehearsal would do: asked once, worked out beside the pages, and
//! kept with its time.
//!
//! Protects: the answer is written as a whole or not at all; it stands for the versions and switches it was asked under, so
//! that who confirms can be refused when these have changed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use care::id::{InterfaceId, LocationId, OrganizationId, PatientId};
use care::rehearsal::preview::{WhatIf, outlook, taken_up};
use care::rehearsal::{Candidate, Outlook, Stage, TakenUp, families_of};
use care::workflow::{Activation, InFlight, Published, Workflow};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Error, OrgTx, PreviewId, PreviewRow};
use tokio::sync::watch;

use super::rehearse::{Outcome, RehearseError, Wanted, rehearse};
use super::stage::{Progress, TOGETHER, play_each};
use crate::{Roof, ids};

/// Answers are kept so long after they were asked for.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// A new version after `base`; one answer for each thing that may become of the runs in flight.
    Publish {
        key: String,
        base: u32,
        text: String,
    },
    /// Two answers: without and with the visits already booked.
    SwitchOn {
        key: String,
        locations: Option<BTreeSet<LocationId>>,
    },
    SwitchOff {
        key: String,
    },
    GoLive {
        interface: InterfaceId,
    },
    Rehearse {
        key: String,
        past: bool,
        next: bool,
        cover: bool,
        alone: bool,
    },
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Outlooks(Vec<Outlook>),
    TakenUp(TakenUp),
    Rehearsed(Box<Outcome>),
}

/// How it stands with a question.
#[derive(Debug, Clone)]
pub enum State {
    /// Patients done, of how many.
    Running {
        done: usize,
        of: usize,
    },
    Failed,
    /// As of when, and for how many patients.
    Answered {
        at: Timestamp,
        patients: usize,
        answer: Answer,
    },
}

/// Stands for a question as things are: after an edit or a switch of what it is about the same question is another.
pub async fn id_of(roof: &Roof, tx: &mut OrgTx, question: &Question) -> Result<PreviewId, Error> {
    let all = roof.workflows(tx).await?.0;
    let stamp: Vec<String> = match question {
        Question::Publish { key, .. } | Question::SwitchOn { key, .. } | Question::SwitchOff { key } => {
            all.get(key).map(|published| stamp(key, published)).into_iter().collect()
        }
        // What starts is a matter of all of them.
        Question::GoLive { .. } | Question::Rehearse { .. } => all.iter().map(|(key, p)| stamp(key, p)).collect(),
    };
    let question = serde_json::to_string(question).map_err(|_| Error::unreadable("previews", "question"))?;
    Ok(PreviewId(ids::id_of_number("preview", &stamp.join(" "), &question)))
}

/// Versions, edits and switches only ever become more.
fn stamp(key: &str, published: &Published) -> String {
    let version = published.current().map_or(0, |(version, _)| version);
    let off = published.activations.iter().filter(|a| a.until.is_some()).count();
    format!("{key}:{version}:{}:{}:{off}", published.edits.len(), published.activations.len())
}

/// The question, and how it stands with it; `None`: nobody asked, or too long ago.
pub async fn look(tx: &mut OrgTx, id: PreviewId) -> Result<Option<(Question, State)>, Error> {
    let Some(row) = tx.preview(id).await? else { return Ok(None) };
    let state = match row.answer {
        // An answer that an older program wrote in another form is asked for anew.
        Some((at, answer)) => serde_json::from_value(answer).map_or(State::Failed, |answer| State::Answered {
            at,
            patients: row.patients,
            answer,
        }),
        None if row.failed => State::Failed,
        None => State::Running { done: row.done, of: row.patients },
    };
    Ok(Some((read(row.question)?, state)))
}

fn read(question: serde_json::Value) -> Result<Question, Error> {
    serde_json::from_value(question).map_err(|_| Error::unreadable("previews", "question"))
}

/// Asks, or asks again; [`work_out`] finds the answer.
pub async fn ask(roof: &Roof, tx: &mut OrgTx, question: &Question) -> Result<PreviewId, Error> {
    let (id, now) = (id_of(roof, tx, question).await?, roof.now());
    let body = serde_json::to_value(question).map_err(|_| Error::unreadable("previews", "question"))?;
    tx.ask_preview(id, &body, now, now.checked_sub(KEPT).unwrap_or(now)).await?;
    Ok(id)
}

/// Finds the answer, unless there is one or somebody is at it. Whoever crashes lets go of it, and the next begins anew.
pub async fn work_out(roof: &Roof, organization: OrganizationId, id: PreviewId) -> Result<(), Error> {
    let mut held = roof.app.begin(organization).await?;
    if !held.hold_preview(id).await? {
        return Ok(());
    }
    let open = held.preview(id).await?.filter(|row| row.answer.is_none() && !row.failed);
    let Some(PreviewRow { question, asked_at, .. }) = open else { return Ok(()) };
    let question = read(question)?;
    let (tell, mut heard) = watch::channel((0, 0));
    let answering = async {
        let found = answer(roof, organization, &question, &|done, of| _ = tell.send_replace((done, of))).await;
        drop(tell);
        found
    };
    let telling = async {
        while heard.changed().await.is_ok() {
            let (done, of) = *heard.borrow_and_update();
            let mut tx = roof.app.begin(organization).await?;
            tx.preview_goes_on(id, done, of).await?;
            tx.commit().await?;
        }
        Ok::<(), Error>(())
    };
    let (found, told) = tokio::join!(answering, telling);
    told?;
    let found = found.inspect_err(|error| tracing::error!(%organization, preview = %id, %error, "a preview broke off"));
    let found = found.ok().and_then(|answer| serde_json::to_value(answer).ok());
    held.answer_preview(id, asked_at, found.as_ref(), roof.now()).await?;
    held.commit().await
}

async fn answer(
    roof: &Roof,
    organization: OrganizationId,
    question: &Question,
    progress: Progress<'_>,
) -> Result<Answer, RehearseError> {
    let now = roof.now();
    match question {
        Question::Publish { key, text, .. } => {
            let workflow = Workflow::parse(text).map_err(|_| Error::unreadable("previews", "question"))?;
            let workflow = Arc::new(workflow);
            let ifs = InFlight::ALL.map(|in_flight| WhatIf::Published { workflow: workflow.clone(), in_flight });
            outlooks(roof, organization, key, ifs.into(), false, progress).await
        }
        Question::SwitchOn { key, locations } => {
            let with =
                |cover| WhatIf::SwitchedOn(Activation { cover, locations: locations.clone(), ..Activation::open(now) });
            outlooks(roof, organization, key, vec![with(false), with(true)], true, progress).await
        }
        Question::SwitchOff { key } => {
            outlooks(roof, organization, key, vec![WhatIf::SwitchedOff], false, progress).await
        }
        Question::GoLive { interface } => {
            let mut tx = roof.app.begin(organization).await?;
            let cast: BTreeSet<PatientId> =
                tx.loaded_patients(*interface, None, now, i64::MAX).await?.into_iter().collect();
            let groups = groups_of(&mut tx, &cast).await?;
            drop(tx);
            let parts = play_each(roof, organization, &groups, now, progress, move |stage| {
                let here = stage.patients.keys().filter(|id| cast.contains(id)).copied().collect();
                taken_up(&stage, &here)
            });
            let mut sum = TakenUp::default();
            parts.await?.into_iter().for_each(|part| sum.add(part));
            Ok(Answer::TakenUp(sum))
        }
        Question::Rehearse { key, past, next, cover, alone } => {
            let candidate = Candidate { cover: *cover, alone: *alone, ..Candidate::of(key) };
            let wanted = Wanted { candidate, past: past.then_some(90), next: next.then_some(30), channels: None };
            let outcome = rehearse(roof, organization, &wanted, progress).await?;
            Ok(Answer::Rehearsed(Box::new(without_each_send(outcome))))
        }
    }
}

/// The page shows the days' sums: each message by itself would only take room.
fn without_each_send(mut outcome: Outcome) -> Outcome {
    for report in [&mut outcome.past, &mut outcome.next].into_iter().flatten() {
        report.sends = vec![];
    }
    outcome
}

/// What would become of the runs of one workflow, for each "what if". `ahead`: whose visits are booked already are asked too,
/// if it goes by visits.
async fn outlooks(
    roof: &Roof,
    organization: OrganizationId,
    key: &str,
    ifs: Vec<WhatIf>,
    ahead: bool,
    progress: Progress<'_>,
) -> Result<Answer, RehearseError> {
    let now = roof.now();
    let mut tx = roof.app.begin(organization).await?;
    let mut cast: BTreeSet<PatientId> = tx.patients_in_flight(key).await?.into_iter().collect();
    let all = roof.workflows(&mut tx).await?.0;
    let current = all.get(key).and_then(Published::current).map(|(_, workflow)| workflow);
    if ahead && current.is_some_and(|workflow| looks_ahead(workflow)) {
        cast.extend(tx.patients_with_visits_ahead(now).await?);
    }
    let groups = groups_of(&mut tx, &cast).await?;
    drop(tx);
    let (key, count) = (key.to_owned(), ifs.len());
    let play = move |stage: Stage| look_ahead(stage, &key, &ifs);
    let mut sums = vec![Outlook::default(); count];
    for parts in play_each(roof, organization, &groups, now, progress, play).await? {
        sums.iter_mut().zip(parts).for_each(|(sum, part)| sum.add(part));
    }
    Ok(Answer::Outlooks(sums))
}

fn look_ahead(mut stage: Stage, key: &str, ifs: &[WhatIf]) -> Vec<Outlook> {
    // What is due now is due whatever is done.
    stage.play_until(stage.now);
    stage.said.clear();
    ifs.iter().map(|what_if| outlook(&stage, key, what_if)).collect()
}

/// The cast, and with them who shares an address with one of them.
async fn groups_of(tx: &mut OrgTx, cast: &BTreeSet<PatientId>) -> Result<Vec<Vec<PatientId>>, Error> {
    if cast.is_empty() {
        return Ok(vec![]);
    }
    let points: BTreeMap<_, _> = tx.contact_points_ever().await?;
    Ok(families_of(cast, &tx.patient_ids().await?, &points, TOGETHER))
}

/// Whether it goes by visits that may be booked long before it is switched on.
pub fn looks_ahead(workflow: &Workflow) -> bool {
    workflow.trigger.events.iter().any(|event| event.is_of_a_visit_ahead())
}
