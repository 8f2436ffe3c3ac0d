//! From a due step to a verdict: do, wait, or skip with the reason.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::decide::{invalid, is_late, out_of_reach};
use super::decision::{Detail, TaskResult, Verdict};
use super::definition::{Goal, Late, OnCancel, OnLeave, Step, Workflow};
use super::facts::Facts;
use super::group::Field;
use super::ledger::{Effect, Ledger, PlannedStep, Run, StepState};
use super::plan;
use super::reason::Reason;
use super::schedule::{Schedule, next_opening};
use super::send;
use super::work::Work;
use crate::chart::Occurrence;
use crate::id::{PlannedStepId, RunId};
use crate::zone;

/// Performs one due step. A step that is no longer pending, or not yet due, is a stale timer: it does nothing.
pub fn perform(facts: &Facts, ledger: &mut Ledger, step: PlannedStepId, ids: &mut dyn FnMut() -> Uuid) -> Vec<Effect> {
    let mut work = Work { facts, ledger, effects: vec![], ids };
    let found = work.ledger.step(step).map(|(run, step)| (run.clone(), step.clone()));
    if let Some((run, planned)) = found
        && matches!(planned.state, StepState::Pending { at: Some(at) } if at <= facts.now)
    {
        work.perform(&run, &planned);
    }
    work.effects
}

/// What the checks before the tasks say.
enum Gate {
    Go,
    /// Waits for something that nobody can date: a switch, a feed, a closed day.
    Hold(Reason),
    Skip(Reason, Detail),
    /// Ends the whole run.
    Stop(Reason, Detail),
}

impl Work<'_> {
    fn perform(&mut self, run: &Run, planned: &PlannedStep) {
        let found = self.facts.workflows.version(&run.workflow, run.version).cloned();
        let (Some(workflow), Some(o)) = (found, self.facts.occurrence(run.anchor).cloned()) else {
            let state = StepState::Cancelled { at: self.facts.now, reason: Reason::AnchorNoLongerValid };
            return self.end_step(run, planned, state);
        };
        let Some(step) = workflow.step(&planned.step).cloned() else {
            let state = StepState::Cancelled { at: self.facts.now, reason: Reason::SupersededByVersion };
            return self.end_step(run, planned, state);
        };
        match self.gate(&workflow, &step, run, planned, &o) {
            Gate::Go => self.give(&workflow, &step, run, planned, &o),
            Gate::Hold(reason) => {
                let verdict = (Verdict::Deferred, Some(reason));
                self.end_step_with(run, planned, StepState::Pending { at: None }, verdict, Detail::none(), vec![]);
            }
            Gate::Skip(reason, detail) => {
                self.skip(run, planned, reason, detail, vec![]);
                self.plan_next(&step, run, planned, &o);
            }
            Gate::Stop(reason, detail) => {
                self.skip(run, planned, reason, detail, vec![]);
                self.stop(run.id, reason);
            }
        }
    }

    /// docs/SEMANTICS.md section 5, rules 1 and 2, with the late rule of section 4.
    fn gate(&self, workflow: &Workflow, step: &Step, run: &Run, planned: &PlannedStep, o: &Occurrence) -> Gate {
        if let Some(gate) = self.barred(workflow, step, run, o) {
            return gate;
        }
        let skip = |reason| Gate::Skip(reason, Detail::none());
        if run.covered && planned.generation == 1 && matches!(step.schedule, Schedule::Immediately { .. }) {
            return skip(Reason::Late);
        }
        if let Some(reason) = self.untimely(step, planned, o) {
            return skip(reason);
        }
        let reached = |goal: &&Goal| send::reached(goal, self.facts, run.id, o);
        if let Some(goal) = workflow.until.iter().find(reached) {
            return if goal.is_permanent() {
                Gate::Stop(Reason::GoalReached, Detail::none())
            } else {
                skip(Reason::GoalReached)
            };
        }
        if step.until.iter().any(|goal| reached(&goal)) {
            return skip(Reason::GoalReached);
        }
        match (workflow.group.holds(self.facts, o), workflow.on_leave) {
            (Ok(()), _) | (Err(_), OnLeave::Finish) => Gate::Go,
            (Err(saw), OnLeave::Skip) => Gate::Skip(Reason::LeftGroup, Detail::saw(saw)),
            (Err(saw), OnLeave::Stop) => Gate::Stop(Reason::LeftGroup, Detail::saw(saw)),
        }
    }

    /// Rule 1: whom it is for, whether it is on, whether its anchor stands, and whether what we know can be trusted.
    fn barred(&self, workflow: &Workflow, step: &Step, run: &Run, o: &Occurrence) -> Option<Gate> {
        if let Some(reason) = out_of_reach(self.facts) {
            return Some(Gate::Stop(reason, Detail::none()));
        }
        if !self.facts.workflows.is_active(&run.workflow, self.facts.now) {
            return Some(Gate::Hold(Reason::WorkflowInactive));
        }
        match invalid(o.validity) {
            Some(Reason::AnchorCancelled) if workflow.on_cancel == OnCancel::Continue && !step.is_before() => {}
            Some(reason) => return Some(Gate::Stop(reason, Detail::none())),
            None => {}
        }
        held(self.facts, workflow, o).map(Gate::Hold)
    }

    /// Collapsed, expired or late.
    fn untimely(&self, step: &Step, planned: &PlannedStep, o: &Occurrence) -> Option<Reason> {
        let now = self.facts.now;
        let late = is_late(self.could_go_from(step, planned), now);
        // Said before "expired": that a later occurrence took its place tells more.
        if late && self.collapses(step, planned, o) {
            return Some(Reason::Collapsed);
        }
        if planned.expires <= now {
            return Some(Reason::Expired);
        }
        if !late || (self.waited_for_room(planned) && !self.moved_too_late(planned, o)) {
            return None;
        }
        let until = |end: Option<Timestamp>| end.is_none_or(|end| now > end).then_some(Reason::Late);
        match step.late_rule() {
            Late::Skip => Some(Reason::Late),
            Late::SendUntilExpiry | Late::Collapse => None,
            Late::SendUntil(span) => until(planned.due.checked_add(SignedDuration::from_secs(span.seconds)).ok()),
            Late::SendUntilAnchor => until(Some(o.moment.instant())),
        }
    }

    /// A text due at night could go from the morning on: that wait is not lateness.
    fn could_go_from(&self, step: &Step, planned: &PlannedStep) -> Timestamp {
        if !plan::only_texts(step) {
            return planned.due;
        }
        next_opening(planned.due, self.facts.text_hours(), &self.facts.patient_zone())
    }

    /// It was looked at in time, and told to come back now.
    fn waited_for_room(&self, planned: &PlannedStep) -> bool {
        matches!(planned.state, StepState::Pending { at: Some(at) } if at > planned.due && !is_late(at, self.facts.now))
    }

    /// Only the latest occurrence that is due is worth giving.
    fn collapses(&self, step: &Step, planned: &PlannedStep, o: &Occurrence) -> bool {
        let next = || plan::due(self.facts, step, o, planned.occurrence + 1);
        step.late_rule() == Late::Collapse && next().is_some_and(|next| next.at <= self.facts.now)
    }

    pub fn skip(&mut self, run: &Run, planned: &PlannedStep, reason: Reason, detail: Detail, results: Vec<TaskResult>) {
        let state = StepState::Skipped { at: self.facts.now, reason };
        self.end_step_with(run, planned, state, (Verdict::Skipped, Some(reason)), detail, results);
    }

    /// Ends a run: what is still pending is cancelled for the same reason.
    fn stop(&mut self, run: RunId, reason: Reason) {
        let Some(run) = self.ledger.runs.get(&run).cloned() else { return };
        self.put(Effect::RunSet(Run { ended: Some(reason), ..run.clone() }));
        for step in run.steps.iter().filter(|s| s.state.is_pending()) {
            self.end_step(&run, step, StepState::Cancelled { at: self.facts.now, reason });
        }
    }

    /// Only the next occurrence of a repeating step is planned.
    pub fn plan_next(&mut self, step: &Step, run: &Run, planned: &PlannedStep, o: &Occurrence) {
        let last = self.ledger.step(planned.id).map_or(planned.clone(), |(_, step)| step.clone());
        if step.schedule.repeat().is_some() && !self.is_through(run, step, &last, o) {
            self.plan(run, step, o, planned.occurrence + 1, 1);
        }
    }
}

/// Why nothing may be given just now although nothing speaks against it: the feed is silent, or the day is closed.
pub fn held(facts: &Facts, workflow: &Workflow, o: &Occurrence) -> Option<Reason> {
    let of_a_visit = o.anchor.event.is_of_a_visit_ahead();
    let trusts_the_feed = of_a_visit || o.anchor.event.rests_on_absence() || asks_for_absence(workflow);
    if trusts_the_feed && facts.clinic.is_silent(o.location) {
        return Some(Reason::StaleFeed);
    }
    let day = zone::date_in(o.moment.instant(), facts.clinic.zone_at(o.location));
    let closed = facts.clinic.location(o.location).is_some_and(|l| l.closed.contains(&day));
    (of_a_visit && closed && facts.now < o.moment.instant()).then_some(Reason::ClosedDay)
}

/// Whether it goes by what is booked: that nothing is, may only be something nobody told us.
fn asks_for_absence(workflow: &Workflow) -> bool {
    let goals = workflow.until.iter().chain(workflow.steps.iter().flat_map(|s| &s.until));
    goals.into_iter().any(|goal| *goal == Goal::VisitBooked)
        || workflow.group.leaves().iter().any(|c| matches!(c.field, Field::VisitsBooked | Field::HoursToVisit))
}
