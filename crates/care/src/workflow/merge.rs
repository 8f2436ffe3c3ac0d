//! docs/SEMANTICS.md section 4, "Merged patients": two ledgers become one; or two again.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::facts::Facts;
use super::ground::{Asked, Ground};
use super::ledger::{Effect, Ledger, Run, StepState};
use super::work::Work;
use crate::chart::{Anchor, Category, Channel, Chart, Snapshot};

/// Closes what the gone patient has and the survivor has too: the run of one workflow on one anchor.
pub fn close_doubles(facts: &Facts, gone: &mut Ledger, kept: &Ledger, ids: &mut dyn FnMut() -> Uuid) -> Vec<Effect> {
    let of = |run: &Run| Some((run.clone(), twin(facts, kept, run)?.id));
    let doubles: Vec<_> = gone.runs.values().filter_map(of).collect();
    let mut work = Work { facts, ledger: gone, effects: vec![], ids };
    for (run, kept) in &doubles {
        work.cancel_run(run, &Ground::Twin { run: run.id, kept: *kept });
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
            if let Some(StepState::Performed { at }) = given {
                work.end_step(run, step, Asked::Step, vec![Ground::Given { by: double.id, at }]);
            }
        }
    }
    work.effects
}

/// What either record says no to and the united one no longer does: the stricter answer is to be written down.
pub fn stricter(before: [&Chart; 2], united: &Chart) -> BTreeSet<(Channel, Category)> {
    let said = before.into_iter().flat_map(|chart| chart.patient.refusals.iter().copied());
    said.filter(|refused| !united.patient.refusals.contains(refused)).collect()
}

/// When the two are told apart again: the events of the one that goes back alone. What was begun on them meanwhile goes
/// along.
pub fn of_one_alone(back: &Snapshot, kept: &Snapshot) -> BTreeSet<Anchor> {
    let of = |s: &Snapshot| s.occurrences.iter().flat_map(|o| s.chart.names_of(o.anchor)).collect::<BTreeSet<_>>();
    &of(back) - &of(kept)
}

fn twin<'a>(facts: &Facts, other: &'a Ledger, run: &Run) -> Option<&'a Run> {
    let anchor = facts.chart.canonical(run.anchor);
    other.runs.values().find(|r| r.workflow == run.workflow && facts.chart.canonical(r.anchor) == anchor)
}
