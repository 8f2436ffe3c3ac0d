//! What an edit or a switch would do, counted beforehand: the same engine does it on a stage, and the plans before and
//! after are held against each other.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use care::chart::Channel;
use care::id::{OrganizationId, PatientId, PlannedStepId, RunId};
use care::rehearsal::{Said, Stage};
use care::workflow::{Activation, DeliveryState, InFlight, PlannedStep, Reason, Run, StepState, Workflow};
use jiff::{SignedDuration, Timestamp};
use store::Error;

use super::stage::stage;
use crate::Roof;

/// Patients looked at together.
const TOGETHER: usize = 100;

/// How far ahead messages are counted.
pub const AHEAD: SignedDuration = SignedDuration::from_hours(30 * 24);

#[derive(Debug, Clone)]
pub enum WhatIf {
    Published { version: u32, workflow: Arc<Workflow>, in_flight: InFlight },
    Activated(Activation),
}

/// What becomes of one step over all runs. Each planned step counts once, but for `not_repeated`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Still due when it was.
    pub stay: usize,
    /// Due at another time.
    pub move_to: usize,
    /// Was not planned before.
    pub new: usize,
    /// The first and the last due of what moves or is new.
    pub due: Option<(Timestamp, Timestamp)>,
    /// Due at once.
    pub now: usize,
    /// Too late: is skipped, by its late rule or because it has expired.
    pub late: usize,
    /// The step is gone, or its run is stopped.
    pub dropped: usize,
    /// Ends for another reason.
    pub ended: usize,
    /// Runs that have given it; it is not given again.
    pub not_repeated: usize,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outlook {
    /// Runs that had begun and not ended, and those of them with steps to come.
    pub runs: usize,
    pub waiting: usize,
    /// Runs that begin.
    pub begin: usize,
    /// Messages that had not gone out and are withdrawn.
    pub withdrawn: usize,
    /// Steps of the runs that had begun, and of those that begin.
    pub steps: BTreeMap<String, Tally>,
    pub begun: BTreeMap<String, Tally>,
    /// Messages of the runs that begin, over the next days.
    pub messages: BTreeMap<Channel, usize>,
}

/// What would become of these patients' runs of one workflow, for each "what if".
pub async fn outlooks(
    roof: &Roof,
    organization: OrganizationId,
    key: &str,
    cast: &[PatientId],
    ifs: &[WhatIf],
) -> Result<Vec<Outlook>, Error> {
    let mut all = vec![Outlook::default(); ifs.len()];
    for some in cast.chunks(TOGETHER) {
        let mut tx = roof.app.begin(organization).await?;
        let stage = stage(roof, &mut tx, some).await?;
        drop(tx);
        let (key, ifs) = (key.to_owned(), ifs.to_vec());
        let played = tokio::task::spawn_blocking(move || play(stage, &key, &ifs)).await;
        let played = played.map_err(|_| Error::unreadable("runs", "outlook"))?;
        for (sum, part) in all.iter_mut().zip(played) {
            sum.add(part);
        }
    }
    Ok(all)
}

fn play(mut stage: Stage, key: &str, ifs: &[WhatIf]) -> Vec<Outlook> {
    let now = stage.now;
    stage.play_until(now);
    stage.said.clear();
    ifs.iter().map(|what_if| look(&stage, key, what_if)).collect()
}

fn look(before: &Stage, key: &str, what_if: &WhatIf) -> Outlook {
    let mut after = before.clone();
    match what_if.clone() {
        WhatIf::Published { version, workflow, in_flight } => after.publish(key, version, workflow, in_flight),
        WhatIf::Activated(activation) => after.activate(key, activation),
    }
    after.play_until(before.now);
    let (mut outlook, mut begun) = (Outlook::default(), BTreeSet::new());
    for (patient, player) in &after.patients {
        let runs_before = before.patients.get(patient).map(|p| &p.ledger.runs);
        for run in player.ledger.runs.values().filter(|run| run.workflow == key) {
            match runs_before.and_then(|runs| runs.get(&run.id)) {
                Some(was) if was.ended.is_none() => outlook.go_on(was, run),
                Some(_) => {}
                None => {
                    begun.insert(run.id);
                    outlook.begins(run);
                }
            }
        }
        let Some(was) = before.patients.get(patient).map(|p| &p.ledger) else { continue };
        let unsent = was.deliveries.values().filter(|d| d.workflow == key && was.is_unsent(d));
        let ended = |id| player.ledger.deliveries.get(&id).is_some_and(|d| is_withdrawn(d.state));
        outlook.withdrawn += unsent.filter(|d| ended(d.id)).count();
    }
    if !begun.is_empty() {
        outlook.count_messages(&begun, after);
    }
    outlook
}

fn is_withdrawn(state: DeliveryState) -> bool {
    matches!(state, DeliveryState::Ended { reason: Reason::SupersededByVersion, .. })
}

impl Outlook {
    fn go_on(&mut self, was: &Run, is: &Run) {
        self.runs += 1;
        let pending: BTreeMap<PlannedStepId, &PlannedStep> =
            was.steps.iter().filter(|s| s.state.is_pending()).map(|s| (s.id, s)).collect();
        self.waiting += usize::from(!pending.is_empty());
        let known: BTreeSet<PlannedStepId> = was.steps.iter().map(|s| s.id).collect();
        for step in is.steps.iter().filter(|s| pending.contains_key(&s.id) || !known.contains(&s.id)) {
            self.steps.entry(step.step.clone()).or_default().count(step, pending.get(&step.id).map(|was| was.due));
        }
        if is.version == was.version {
            return;
        }
        let given = was.steps.iter().filter(|s| matches!(s.state, StepState::Performed { .. })).map(|s| &s.step);
        for id in given.collect::<BTreeSet<_>>() {
            let again = is.steps.iter().any(|s| s.step == *id && (!known.contains(&s.id) || s.state.is_pending()));
            if !again {
                self.steps.entry(id.clone()).or_default().not_repeated += 1;
            }
        }
    }

    fn begins(&mut self, run: &Run) {
        self.begin += 1;
        for step in &run.steps {
            self.begun.entry(step.step.clone()).or_default().count(step, None);
        }
    }

    /// Plays on and counts what the runs that begin send.
    fn count_messages(&mut self, begun: &BTreeSet<RunId>, mut after: Stage) {
        after.play_until(after.now.checked_add(AHEAD).unwrap_or(after.now));
        for said in &after.said {
            if let Said::Sent(_, _, delivery) = said
                && begun.contains(&delivery.run)
            {
                *self.messages.entry(delivery.key.channel).or_default() += 1;
            }
        }
    }

    fn add(&mut self, other: Outlook) {
        self.runs += other.runs;
        self.waiting += other.waiting;
        self.begin += other.begin;
        self.withdrawn += other.withdrawn;
        for (step, tally) in other.steps {
            self.steps.entry(step).or_default().add(&tally);
        }
        for (step, tally) in other.begun {
            self.begun.entry(step).or_default().add(&tally);
        }
        for (channel, count) in other.messages {
            *self.messages.entry(channel).or_default() += count;
        }
    }
}

impl Tally {
    /// `was`: when it was due, if it was planned before.
    fn count(&mut self, step: &PlannedStep, was: Option<Timestamp>) {
        match step.state {
            StepState::Pending { .. } if was == Some(step.due) => self.stay += 1,
            StepState::Pending { .. } => {
                let place = if was.is_some() { &mut self.move_to } else { &mut self.new };
                *place += 1;
                self.due = join(self.due, Some((step.due, step.due)));
            }
            StepState::Performed { .. } => self.now += 1,
            StepState::Skipped { reason: Reason::Late | Reason::Expired | Reason::Collapsed, .. } => self.late += 1,
            StepState::Cancelled { reason: Reason::SupersededByVersion, .. } => self.dropped += 1,
            StepState::Skipped { .. } | StepState::Cancelled { .. } => self.ended += 1,
        }
    }

    fn add(&mut self, other: &Tally) {
        self.stay += other.stay;
        self.move_to += other.move_to;
        self.new += other.new;
        self.due = join(self.due, other.due);
        self.now += other.now;
        self.late += other.late;
        self.dropped += other.dropped;
        self.ended += other.ended;
        self.not_repeated += other.not_repeated;
    }
}

fn join(a: Option<(Timestamp, Timestamp)>, b: Option<(Timestamp, Timestamp)>) -> Option<(Timestamp, Timestamp)> {
    match (a, b) {
        (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
        (a, b) => a.or(b),
    }
}
