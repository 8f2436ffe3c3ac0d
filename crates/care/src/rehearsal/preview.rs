//! What an edit, or switching a workflow on, would do: tried on a copy of the clinic, and counted.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::stage::{Said, Stage};
use crate::id::PlannedStepId;
use crate::workflow::{Activation, Decision, InFlight, Reason, Run, StepState, Verdict, Workflow};

/// What would become of the runs of a workflow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edited {
    /// Under way now.
    pub runs: usize,
    /// Of these, stopped by the edit.
    pub stopped: usize,
    /// By the id of the step.
    pub steps: BTreeMap<String, Steps>,
}

/// What would become of the planned steps of one id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Steps {
    /// Wait on as they are.
    pub stay: usize,
    /// Wait on, for another moment or until another one.
    pub moves: usize,
    /// No longer called for.
    pub dropped: usize,
    /// Given already, and in the new version too: not given again.
    pub suppressed: usize,
    /// Not planned before.
    pub new: usize,
    /// Of those that wait then: due already. The late rule of the step decides.
    pub late: usize,
}

/// What switching a workflow on would do at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SwitchedOn {
    /// Runs that would start.
    pub starts: usize,
    /// Steps that would be given now.
    pub given: usize,
    /// Steps that would be passed over because it is too late for them.
    pub late: usize,
    /// The same because they are worth nothing any more.
    pub expired: usize,
    /// Steps of runs under way that wait for a moment to come, or for the next day with room.
    pub waiting: usize,
}

/// What publishing `new` would do to what is under way.
pub fn edit(stage: &Stage, key: &str, new: Arc<Workflow>, in_flight: InFlight) -> Edited {
    let mut after = stage.clone();
    let kept = if in_flight == InFlight::Move { Some(Arc::clone(&new)) } else { None };
    after.publish(key, next_version(stage, key), new, in_flight);
    let planned = planned_of(&after, key);
    let mut edited = Edited::default();
    for run in runs_of(stage, key).filter(|run| run.ended.is_none()) {
        edited.runs += 1;
        edited.stopped += usize::from(run_of(&after, run).is_some_and(|run| run.ended.is_some()));
        for step in &run.steps {
            let counts = edited.steps.entry(step.step.clone()).or_default();
            let again = kept.as_ref().is_some_and(|new| new.step(&step.step).is_some());
            counts.suppressed += usize::from(matches!(step.state, StepState::Performed { .. }) && again);
        }
    }
    let before = planned_of(stage, key);
    for (id, (step, state, due)) in &before {
        let counts = edited.steps.entry(step.clone()).or_default();
        match planned.get(id).filter(|_| state.is_pending()) {
            Some((_, then, then_due)) if then.is_pending() && then_due == due => counts.stay += 1,
            Some((_, then, _)) if then.is_pending() => counts.moves += 1,
            Some(_) => counts.dropped += 1,
            None => {}
        }
    }
    for (id, (step, state, (due, _))) in planned.iter().filter(|(_, (_, state, _))| state.is_pending()) {
        let was_pending = before.get(id).is_some_and(|(_, state, _)| state.is_pending());
        let counts = edited.steps.entry(step.clone()).or_default();
        counts.new += usize::from(!was_pending);
        counts.late += usize::from(*due < after.now && state.is_pending());
    }
    edited
}

/// What switching it on would do.
pub fn switch_on(stage: &Stage, key: &str, activation: Activation) -> SwitchedOn {
    let mut after = stage.clone();
    let (heard, now) = (after.said.len(), after.now);
    after.activate(key, activation);
    after.play_until(now);
    let said = after.said.iter().skip(heard).filter_map(|said| match said {
        Said::Decided(_, decision) if decision.workflow == key && decision.step.is_some() => Some(decision),
        Said::Decided(..) | Said::Told(..) | Said::Sent(..) => None,
    });
    let said: Vec<&Decision> = said.collect();
    let ended = |verdict, reason| said.iter().filter(|d| (d.verdict, d.reason) == (verdict, reason)).count();
    SwitchedOn {
        starts: runs_of(&after, key).count().saturating_sub(runs_of(stage, key).count()),
        given: ended(Verdict::Performed, None),
        late: ended(Verdict::Skipped, Some(Reason::Late)) + ended(Verdict::Skipped, Some(Reason::Collapsed)),
        expired: ended(Verdict::Skipped, Some(Reason::Expired)),
        waiting: planned_of(&after, key).values().filter(|(_, state, _)| state.is_pending()).count(),
    }
}

/// The number of the version that comes next.
pub fn next_version(stage: &Stage, key: &str) -> u32 {
    let published = stage.workflows.0.get(key).and_then(|p| p.current());
    published.map_or(1, |(version, _)| version.saturating_add(1))
}

fn runs_of<'a>(stage: &'a Stage, key: &'a str) -> impl Iterator<Item = &'a Run> {
    stage.patients.values().flat_map(|p| p.ledger.runs.values()).filter(move |run| run.workflow == key)
}

fn run_of<'a>(stage: &'a Stage, run: &Run) -> Option<&'a Run> {
    stage.patients.values().find_map(|p| p.ledger.runs.get(&run.id))
}

/// A planned step: which, how it stands, and when it is due and expires.
type Planned = (String, StepState, (jiff::Timestamp, jiff::Timestamp));

fn planned_of(stage: &Stage, key: &str) -> BTreeMap<PlannedStepId, Planned> {
    let steps = runs_of(stage, key).flat_map(|run| &run.steps);
    steps.map(|s| (s.id, (s.step.clone(), s.state, (s.due, s.expires)))).collect()
}
