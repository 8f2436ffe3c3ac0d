//! When a step is due, computed for the first time and anew.

use jiff::{SignedDuration, Timestamp};

use super::decide::is_late;
use super::decision::{Detail, StepRef, Verdict};
use super::definition::{Late, Step};
use super::ledger::{Effect, PlannedStep, Run, StepState};
use super::plan;
use super::reason::Reason;
use super::schedule::Schedule;
use super::work::Work;
use crate::chart::Occurrence;
use crate::id::PlannedStepId;

/// A moved visit is told once it has stood still this long.
const QUIET: SignedDuration = SignedDuration::from_mins(10);

impl Work<'_> {
    /// A step given again because the visit moved: an `immediately` step is due at the move itself, any other where its
    /// schedule puts it now; what is not late already waits until the visit has stood still for a while.
    pub fn due(&self, run: &Run, step: &Step, o: &Occurrence, nth: u32, generation: u32) -> Option<plan::Due> {
        if let Some((of, after)) = &step.reminds {
            let own = |s: &&PlannedStep| s.step == *of && (s.occurrence, s.generation) == (nth, generation);
            let Some(StepState::Performed { at }) = run.steps.iter().find(own).map(|s| s.state) else { return None };
            return plan::after(at, *after);
        }
        let due = plan::due(self.facts, step, o, nth)?;
        let Some(moved) = self.moved(o).filter(|_| generation > 1) else { return Some(due) };
        let at = if matches!(step.schedule, Schedule::Immediately { .. }) { moved } else { due.at };
        let rested = moved.checked_add(QUIET).ok()?;
        // Late by its own schedule: what may go all the same waits for the visit to stand still, too.
        let lost = is_late(at, moved) && matches!(step.late_rule(), Late::Skip);
        Some(plan::Due { at: if lost { at } else { at.max(rested) }, ..due })
    }

    /// When the visit came to have the start and the place it has.
    fn moved(&self, o: &Occurrence) -> Option<Timestamp> {
        o.encounter.and_then(|id| self.facts.chart.encounter(id)).and_then(|visit| visit.start_since)
    }

    /// From when a step may be late. One given again counts from its own schedule if that was too late when the visit
    /// moved, and not from when the visit stood still.
    pub fn counts_from(&self, step: &Step, planned: &PlannedStep, o: &Occurrence) -> Timestamp {
        let at_the_move = matches!(step.schedule, Schedule::Immediately { .. }) || step.reminds.is_some();
        let moved = self.moved(o).filter(|_| planned.generation > 1 && !at_the_move);
        let own = moved.and_then(|moved| {
            plan::due(self.facts, step, o, planned.occurrence).map(|due| due.at).filter(|at| is_late(*at, moved))
        });
        own.unwrap_or(planned.due)
    }

    /// Plans an occurrence of a step that was not planned before.
    pub fn plan(&mut self, run: &Run, step: &Step, o: &Occurrence, nth: u32, generation: u32) {
        let Some(due) = self.due(run, step, o, nth, generation) else { return };
        let at = due.at;
        let planned = PlannedStep {
            id: PlannedStepId((self.ids)()),
            step: step.id.clone(),
            occurrence: nth,
            generation,
            due: at,
            expires: due.expires,
            moment: o.moment.instant(),
            place: o.location,
            state: StepState::Pending { at: Some(at) },
            waited: None,
        };
        self.set_planned(run, step, o, planned);
    }

    /// Computes a step anew; says so only if something changed.
    pub fn replan(&mut self, run: &Run, step: &Step, o: &Occurrence, last: &PlannedStep) {
        let Some(due) = self.due(run, step, o, last.occurrence, last.generation) else {
            if last.state.is_pending() {
                self.end_step(run, last, StepState::Cancelled { at: self.facts.now, reason: Reason::AnchorMoved });
            }
            return;
        };
        let at = due.at;
        // A later generation stands only as long as the one before it calls for it: the visit may have moved back.
        let earlier = run
            .steps
            .iter()
            .find(|s| (&s.step, s.occurrence, s.generation + 1) == (&last.step, last.occurrence, last.generation));
        let earlier = earlier.filter(|_| step.reminds.is_none());
        if earlier.is_some_and(|e| !self.again(step, e, o, at > self.facts.now || at == last.due)) {
            if last.state.is_pending() {
                self.end_step(run, last, StepState::Cancelled { at: self.facts.now, reason: Reason::AnchorMoved });
            }
            return;
        }
        if last.state.is_pending() && at == last.due && due.expires == last.expires {
            if last.has_moved(o) {
                let step = PlannedStep { moment: o.moment.instant(), place: o.location, ..last.clone() };
                self.put(Effect::StepSet { run: run.id, step });
            }
            return;
        }
        // Called off and on again for the same instant, it waits on.
        let waits = last.told_to_wait().filter(|_| at == last.due);
        let state = StepState::Pending { at: Some(waits.unwrap_or(at)) };
        let planned = PlannedStep {
            due: at,
            expires: due.expires,
            moment: o.moment.instant(),
            place: o.location,
            state,
            waited: None,
            ..last.clone()
        };
        self.set_planned(run, step, o, planned);
    }

    fn wait_on(&mut self, run: &Run, step: &Step, planned: &PlannedStep) {
        let StepState::Pending { at: Some(at) } = planned.state else { return };
        // A wait that ended just now may have been ended by a message of the same story.
        if at < self.facts.now {
            return;
        }
        let (until, reason) = self.wait_anew(run, step, planned);
        let state = StepState::Pending { at: Some(until) };
        match reason {
            _ if until == at => {}
            None => self.put(Effect::StepSet { run: run.id, step: PlannedStep { state, ..planned.clone() } }),
            Some(reason) => {
                let detail = Detail { until: Some(until), ..Detail::none() };
                self.end_step_with(run, planned, state, (Verdict::Deferred, Some(reason)), detail, vec![]);
            }
        }
    }

    fn set_planned(&mut self, run: &Run, step: &Step, o: &Occurrence, planned: PlannedStep) {
        let at = StepRef::of(&planned);
        self.put(Effect::StepSet { run: run.id, step: planned });
        let detail = Detail { sum: Some(plan::sum(self.facts, step, o)), ..Detail::none() };
        self.decide(&run.workflow, run.version, o, Some(run.id), Some(at), (Verdict::Planned, None), detail);
    }

    /// What waits for the morning or for a day with room waits for what these are now: asked when all else is settled.
    pub fn wait_on_all(&mut self) {
        let later = |s: &PlannedStep| s.state.is_pending() && s.told_to_wait().is_some();
        let waiting: Vec<Run> = self.ledger.runs.values().filter(|r| r.steps.iter().any(later)).cloned().collect();
        for run in &waiting {
            let Some(workflow) = self.facts.workflows.version(&run.workflow, run.version).cloned() else { continue };
            for planned in run.steps.iter().filter(|s| later(s)) {
                if let Some(step) = workflow.step(&planned.step) {
                    self.wait_on(run, step, planned);
                }
            }
        }
    }
}
