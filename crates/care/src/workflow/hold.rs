//! What is held because the feed is silent, and what staff may do about it.

use uuid::Uuid;

use super::facts::Facts;
use super::ground::Asked;
use super::ledger::{Effect, Ledger, StepState};
use super::work::Work;
use crate::id::LocationId;

/// Staff drop what is held for a location: each step that waits there ends, with the reason for which it waited.
pub fn drop_held(
    facts: &Facts,
    ledger: &mut Ledger,
    location: LocationId,
    ids: &mut dyn FnMut() -> Uuid,
) -> Vec<Effect> {
    let mut work = Work { facts, ledger, effects: vec![], ids };
    let runs: Vec<_> = work.ledger.runs.values().cloned().collect();
    for run in &runs {
        let Some(workflow) = facts.workflows.version(&run.workflow, run.version) else { continue };
        // What waits for its workflow waits on.
        if !facts.workflows.is_active(&run.workflow, facts.now) {
            continue;
        }
        let here = facts.occurrence(run.anchor).filter(|o| o.location == Some(location));
        let Some(feed) = here.map(|o| super::perform::feed(facts, workflow, o)) else { continue };
        if feed.reason(facts.now).is_none() {
            continue;
        }
        let dropped = feed.dropped();
        for step in run.steps.iter().filter(|s| s.state == (StepState::Pending { at: None })) {
            work.end_step(run, step, Asked::Step, vec![dropped.clone()]);
        }
    }
    work.effects
}
