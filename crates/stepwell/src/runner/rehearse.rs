//! A workflow rehearsed on a clinic's own patients, some at a time, so that a large clinic needs no more memory than a
//! small one. Every transaction here is read-only.

use std::collections::BTreeSet;
use std::sync::Arc;

use care::chart::Channel;
use care::id::{OrganizationId, PatientId};
use care::rehearsal::{Candidate, Report, Stage, families, future, past};
use jiff::{SignedDuration, Timestamp};
use store::OrgTx;

use super::stage::stage;
use crate::Roof;

/// Patients on the stage at once, unless more than these share an address.
const TOGETHER: usize = 200;

#[derive(Debug, Clone)]
pub struct Wanted {
    pub candidate: Candidate,
    /// Days to look back, and ahead; `None`: not at all.
    pub past: Option<i64>,
    pub next: Option<i64>,
    /// What counts as set up; `None`: what is.
    pub channels: Option<BTreeSet<Channel>>,
}

#[derive(Debug, Clone, Default)]
pub struct Outcome {
    pub past: Option<Report>,
    pub next: Option<Report>,
}

#[derive(Debug, thiserror::Error)]
pub enum RehearseError {
    #[error("there is no workflow `{0}` in this clinic; there are: {1}; a new one needs its file")]
    NoSuchWorkflow(String, String),
    #[error("the rehearsal was broken off; the log says where")]
    BrokenOff,
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// How far it is: patients done, of how many.
pub type Progress<'a> = &'a (dyn Fn(usize, usize) + Sync);

pub async fn rehearse(
    roof: &Roof,
    organization: OrganizationId,
    wanted: &Wanted,
    progress: Progress<'_>,
) -> Result<Outcome, RehearseError> {
    let now = roof.now();
    let mut tx = begin(roof, organization).await?;
    let key = &wanted.candidate.key;
    let known = roof.workflows(&mut tx).await?.0;
    if wanted.candidate.new.is_none() && !known.contains_key(key) {
        let known: Vec<_> = known.into_keys().collect();
        return Err(RehearseError::NoSuchWorkflow(key.clone(), known.join(", ")));
    }
    let patients = tx.patient_ids().await?;
    let groups = families(&patients, &tx.contact_points_ever().await?, TOGETHER);
    drop(tx);
    let mut outcome = Outcome::default();
    let mut done = 0;
    progress(done, patients.len());
    // A clinic that has no patients yet has an empty rehearsal.
    let nobody = [vec![]];
    let groups = if groups.is_empty() { &nobody[..] } else { &groups[..] };
    for group in groups {
        let part = of_some(roof, organization, wanted, group, now).await?;
        add(&mut outcome.past, part.past);
        add(&mut outcome.next, part.next);
        done += group.len();
        progress(done, patients.len());
    }
    Ok(outcome)
}

async fn of_some(
    roof: &Roof,
    organization: OrganizationId,
    wanted: &Wanted,
    patients: &[PatientId],
    now: Timestamp,
) -> Result<Outcome, RehearseError> {
    let mut tx = begin(roof, organization).await?;
    let mut stage = stage(roof, &mut tx, patients).await?;
    drop(tx);
    stage.now = now;
    stage.channels = wanted.channels.clone().unwrap_or(stage.channels);
    let wanted = wanted.clone();
    // Pages and runner go on meanwhile.
    tokio::task::spawn_blocking(move || play(stage, &wanted)).await.map_err(|_| RehearseError::BrokenOff)
}

fn play(stage: Stage, wanted: &Wanted) -> Outcome {
    let now = stage.now;
    let days = |n: i64| SignedDuration::from_hours(24 * n);
    let from = |n| now.checked_sub(days(n)).unwrap_or(now);
    let until = |n| now.checked_add(days(n)).unwrap_or(now);
    let past = wanted.past.map(|n| past(&stage, &wanted.candidate, from(n), now).report);
    let next = wanted.next.map(|n| future(stage, &wanted.candidate, until(n)).report);
    Outcome { past, next }
}

fn add(sum: &mut Option<Report>, part: Option<Report>) {
    match (sum.as_mut(), part) {
        (Some(sum), Some(part)) => sum.add(part),
        (None, Some(part)) => *sum = Some(part),
        (_, None) => {}
    }
}

async fn begin(roof: &Roof, organization: OrganizationId) -> Result<OrgTx, store::Error> {
    let mut tx = roof.app.begin(organization).await?;
    tx.read_only().await?;
    Ok(tx)
}

/// A workflow as it stands in a file, under the name it would have.
pub fn candidate_of(key: &str, text: Option<&str>) -> Result<Candidate, String> {
    let new = text.map(|text| care::workflow::Workflow::parse(text).map(Arc::new).map_err(|e| e.to_string()));
    Ok(Candidate { new: new.transpose()?, ..Candidate::of(key) })
}
