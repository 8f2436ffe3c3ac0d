//! Rehearsals that run beside the pages, and their results, kept for an hour. One runs at a time: it takes a core.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use care::id::OrganizationId;
use care::rehearsal::Candidate;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Semaphore;

use crate::Roof;
use crate::runner::rehearse::{Outcome, Wanted, rehearse};

/// Results kept at most, and for how long.
const KEPT: usize = 20;
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(1);

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asked {
    pub organization: OrganizationId,
    pub workflow: String,
    pub past: bool,
    pub next: bool,
    pub cover: bool,
    pub alone: bool,
}

#[derive(Clone)]
pub enum State {
    Running(Arc<Progress>),
    Failed(String),
    Done(Arc<Outcome>),
}

#[derive(Default)]
pub struct Progress {
    pub done: AtomicUsize,
    pub of: AtomicUsize,
}

pub struct Rehearsals {
    known: Mutex<BTreeMap<Asked, (Timestamp, State)>>,
    stage: Semaphore,
}

impl Default for Rehearsals {
    fn default() -> Self {
        Self { known: Mutex::default(), stage: Semaphore::new(1) }
    }
}

impl Rehearsals {
    /// How it stands with one, and since when.
    pub fn get(&self, asked: &Asked, now: Timestamp) -> Option<(Timestamp, State)> {
        let mut known = self.known();
        known.retain(|_, (at, state)| matches!(state, State::Running(_)) || now.duration_since(*at) < KEPT_FOR);
        known.get(asked).cloned()
    }

    /// Begins one, unless it is under way; returns when it is done, which a page need not wait for.
    pub async fn run(&self, roof: &Roof, asked: Asked) {
        let progress = Arc::new(Progress::default());
        {
            let mut known = self.known();
            if matches!(known.get(&asked), Some((_, State::Running(_)))) {
                return;
            }
            known.insert(asked.clone(), (roof.now(), State::Running(Arc::clone(&progress))));
        }
        let candidate = Candidate { cover: asked.cover, alone: asked.alone, ..Candidate::of(&asked.workflow) };
        let days = |asked: bool, n| asked.then_some(n);
        let wanted = Wanted { candidate, past: days(asked.past, 90), next: days(asked.next, 30), channels: None };
        let tell = |done, of| {
            progress.done.store(done, Ordering::Relaxed);
            progress.of.store(of, Ordering::Relaxed);
        };
        let permit = self.stage.acquire().await;
        let state = match rehearse(roof, asked.organization, &wanted, &tell).await {
            Ok(outcome) => State::Done(Arc::new(without_each_send(outcome))),
            Err(error) => {
                tracing::error!(workflow = %asked.workflow, %error, "a rehearsal broke off");
                State::Failed("The log says why. Press Rehearse to try again.".into())
            }
        };
        drop(permit);
        self.keep(asked, roof.now(), state);
    }

    fn keep(&self, asked: Asked, now: Timestamp, state: State) {
        let mut known = self.known();
        known.insert(asked, (now, state));
        while known.len() > KEPT {
            let finished = known.iter().filter(|(_, (_, state))| !matches!(state, State::Running(_)));
            let Some(oldest) = finished.min_by_key(|(_, (at, _))| *at).map(|(asked, _)| asked.clone()) else { return };
            known.remove(&oldest);
        }
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<Asked, (Timestamp, State)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The page shows the days' sums: each message by itself would only take room.
fn without_each_send(mut outcome: Outcome) -> Outcome {
    for report in [&mut outcome.past, &mut outcome.next].into_iter().flatten() {
        report.sends = vec![];
    }
    outcome
}
