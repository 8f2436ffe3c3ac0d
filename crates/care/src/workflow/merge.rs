//! docs/SEMANTICS.md section 4, "Merged patients": two ledgers become one.

use uuid::Uuid;

use super::facts::Facts;
use super::ledger::{Effect, Ledger, Run, StepState};
use super::reason::Reason;
use super::work::Work;

/// Closes what the gone patient has and the survivor has too: the run of one workflow on one anchor.
pub fn close_doubles(facts: &Facts, gone: &mut Ledger, kept: &Ledger, ids: &mut dyn FnMut() -> Uuid) -> Vec<Effect> {
    let doubles: Vec<Run> = gone.runs.values().filter(|r| twin(facts, kept, r).is_some()).cloned().collect();
    let mut work = Work { facts, ledger: gone, effects: vec![], ids };
    for run in &doubles {
        work.cancel_run(run, Reason::PatientMerged);
    }
    work.effects
}

/// Performed in either is performed: what a closed double had given is not given again.
pub fn mark_given(facts: &Facts, kept: &mut Ledger, gone: &Ledger, ids: &mut dyn FnMut() -> Uuid) -> Vec<Effect> {
    let runs: Vec<Run> = kept.runs.values().cloned().collect();
    let mut work = Work { facts, ledger: kept, effects: vec![], ids };
    for run in &runs {
        let Some(double) = twin(facts, gone, run) else { continue };
        for step in run.steps.iter().filter(|s| s.state.is_pending()) {
            let same = |s: &&super::PlannedStep| {
                (&s.step, s.occurrence, s.generation) == (&step.step, step.occurrence, step.generation)
            };
            let given = double.steps.iter().find(same).map(|s| s.state);
            if matches!(given, Some(StepState::Performed { .. })) {
                work.end_step(run, step, StepState::Skipped { at: facts.now, reason: Reason::AlreadyGiven });
            }
        }
    }
    work.effects
}

fn twin<'a>(facts: &Facts, other: &'a Ledger, run: &Run) -> Option<&'a Run> {
    let anchor = facts.chart.canonical(run.anchor);
    other.runs.values().find(|r| r.workflow == run.workflow && facts.chart.canonical(r.anchor) == anchor)
}
