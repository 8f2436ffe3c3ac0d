//! When a step is due, computed for the first time and anew.

use jiff::Timestamp;

use super::decide::is_late;
use super::decision::{Decision, Detail, StepRef, Verdict};
use super::definition::Step;
use super::ground::{Asked, Ground, Says, Shift, Sum};
use super::ledger::{Effect, PlannedStep, Run, StepState};
use super::plan;
use super::reason::Reason;
use super::schedule::Schedule;
use super::work::Work;
use crate::chart::Occurrence;
use crate::id::PlannedStepId;

impl Work<'_> {
    pub fn due(&self, run: &Run, step: &Step, o: &Occurrence, nth: u32, generation: u32) -> Option<plan::Due> {
        self.sum(run, step, o, nth, generation).due()
    }

    fn sum(&self, run: &Run, step: &Step, o: &Occurrence, nth: u32, generation: u32) -> Sum {
        let mut sum = plan::sum(self.facts, step, o, nth);
        if let Some(after) = &mut sum.after {
            let own = |s: &&PlannedStep| s.step == after.step && (s.occurrence, s.generation) == (nth, generation);
            let state = run.steps.iter().find(own).map(|s| s.state);
            after.given = if let Some(StepState::Performed { at }) = state { Some(at) } else { None };
        }
        Sum { moved: self.moved(o, generation), ..sum }
    }

    /// Of what is given again: when the visit came to have the start and the place it has.
    fn moved(&self, o: &Occurrence, generation: u32) -> Option<Timestamp> {
        let visit = o.encounter.and_then(|id| self.facts.chart.encounter(id)).filter(|_| generation > 1);
        visit.and_then(|visit| visit.start_since)
    }

    /// From when a step may be late. One given again counts from its own schedule if that was too late when the visit
    /// moved, and not from when the visit stood still.
    pub fn counts_from(&self, step: &Step, planned: &PlannedStep, o: &Occurrence) -> Timestamp {
        let at_the_move = matches!(step.schedule, Schedule::Immediately { .. }) || step.reminds.is_some();
        let moved = self.moved(o, planned.generation).filter(|_| !at_the_move);
        let own = moved.and_then(|moved| {
            let due = plan::sum(self.facts, step, o, planned.occurrence).due();
            due.map(|due| due.at).filter(|at| is_late(*at, moved))
        });
        own.unwrap_or(planned.due)
    }

    /// Plans an occurrence of a step that was not planned before.
    pub fn plan(&mut self, run: &Run, step: &Step, o: &Occurrence, nth: u32, generation: u32) {
        let sum = self.sum(run, step, o, nth, generation);
        let Some(due) = sum.due() else { return };
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
        self.set_planned(run, o, planned, sum);
    }

    /// Computes a step anew; says so only if something changed.
    pub fn replan(&mut self, run: &Run, step: &Step, o: &Occurrence, last: &PlannedStep) {
        let sum = self.sum(run, step, o, last.occurrence, last.generation);
        let Some(due) = sum.due() else {
            if last.state.is_pending() {
                self.end_step(run, last, Asked::Run, vec![Ground::Sum(Box::new(sum))]);
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
        let stands = earlier.map(|e| shift(step, e, o, at > self.facts.now || at == last.due));
        if let Some(shift) = stands.filter(|shift| !shift.calls_again()) {
            if last.state.is_pending() {
                self.end_step(run, last, Asked::Run, vec![Ground::Again(shift)]);
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
        self.set_planned(run, o, planned, sum);
    }

    fn wait_on(&mut self, run: &Run, step: &Step, planned: &PlannedStep) {
        let StepState::Pending { at: Some(at) } = planned.state else { return };
        // A wait that ended just now may have been ended by a message of the same story.
        if at < self.facts.now {
            return;
        }
        let ground = self.wait_anew(run, step, planned);
        match ground.as_ref().map(|ground| ground.says(self.facts.now)) {
            Some(Says::Wait(until, _)) if until == at => {}
            Some(Says::Wait(..)) => self.end_step(run, planned, Asked::Run, ground.into_iter().collect()),
            Some(Says::Yes | Says::No(_) | Says::Hold(_) | Says::Due(_)) | None if at == self.facts.now => {}
            Some(Says::Yes | Says::No(_) | Says::Hold(_) | Says::Due(_)) | None => {
                let state = StepState::Pending { at: Some(self.facts.now) };
                self.put(Effect::StepSet { run: run.id, step: PlannedStep { state, ..planned.clone() } });
            }
        }
    }

    fn set_planned(&mut self, run: &Run, o: &Occurrence, planned: PlannedStep, sum: Sum) {
        let at = self.facts.now;
        let step = StepRef::of(&planned);
        self.put(Effect::StepSet { run: run.id, step: planned });
        let (_, detail) = Detail::of(Asked::Run, vec![Ground::Sum(Box::new(sum))], at);
        self.put(Effect::Decided(Decision {
            at,
            workflow: run.workflow.clone(),
            version: run.version,
            anchor: o.anchor,
            run: Some(run.id),
            step: Some(step),
            verdict: Verdict::Planned,
            reason: None,
            detail,
            tasks: vec![],
        }));
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

/// How a step that ended stands to its visit now.
pub fn shift(step: &Step, ended: &PlannedStep, o: &Occurrence, ahead: bool) -> Shift {
    Shift {
        given: matches!(ended.state, StepState::Performed { .. }),
        // It was too late for the old time; the new one may leave room.
        too_late: matches!(ended.state, StepState::Skipped { reason: Reason::Late | Reason::Expired, .. }),
        rule: step.move_rule(),
        ahead,
        ..ended.shift(o)
    }
}
