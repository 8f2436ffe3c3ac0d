//! A workflow rehearsed on a clinic's own patients. Every transaction here is read-only.

use std::collections::BTreeSet;
use std::sync::Arc;

use care::chart::Channel;
use care::id::OrganizationId;
use care::rehearsal::{Candidate, Report, Stage, families, future, past};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::stage::{Progress, StageError, TOGETHER, play_each};
use crate::Roof;

#[derive(Debug, Clone)]
pub struct Wanted {
    pub candidate: Candidate,
    /// Days to look back, and ahead; `None`: not at all.
    pub past: Option<i64>,
    pub next: Option<i64>,
    /// What counts as set up; `None`: what is.
    pub channels: Option<BTreeSet<Channel>>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Outcome {
    pub past: Option<Report>,
    pub next: Option<Report>,
}

#[derive(Debug, thiserror::Error)]
pub enum RehearseError {
    #[error("there is no workflow `{0}` in this clinic; there are: {1}; a new one needs its file")]
    NoSuchWorkflow(String, String),
    #[error(transparent)]
    Stage(#[from] StageError),
    #[error(transparent)]
    Store(#[from] store::Error),
}

pub async fn rehearse(
    roof: &Roof,
    organization: OrganizationId,
    wanted: &Wanted,
    progress: Progress<'_>,
) -> Result<Outcome, RehearseError> {
    let now = roof.now();
    let mut tx = roof.app.begin(organization).await?;
    tx.read_only().await?;
    let key = &wanted.candidate.key;
    let known = roof.workflows(&mut tx).await?.0;
    if wanted.candidate.new.is_none() && !known.contains_key(key) {
        let known: Vec<_> = known.into_keys().collect();
        return Err(RehearseError::NoSuchWorkflow(key.clone(), known.join(", ")));
    }
    let patients = tx.patient_ids().await?;
    let mut groups = families(&patients, &tx.contact_points_ever().await?, TOGETHER);
    drop(tx);
    // A clinic that has no patients yet has an empty rehearsal.
    if groups.is_empty() {
        groups.push(vec![]);
    }
    let asked = wanted.clone();
    let parts = play_each(roof, organization, &groups, now, progress, move |stage| play(stage, &asked)).await?;
    let mut outcome = Outcome::default();
    for part in parts {
        add(&mut outcome.past, part.past);
        add(&mut outcome.next, part.next);
    }
    Ok(outcome)
}

fn play(mut stage: Stage, wanted: &Wanted) -> Outcome {
    let now = stage.now;
    stage.channels = wanted.channels.clone().unwrap_or(stage.channels);
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

/// A workflow as it stands in a file, under the name it would have.
pub fn candidate_of(key: &str, text: Option<&str>) -> Result<Candidate, String> {
    let new = text.map(|text| care::workflow::Workflow::parse(text).map(Arc::new).map_err(|e| e.to_string()));
    Ok(Candidate { new: new.transpose()?, ..Candidate::of(key) })
}
