//! From a due step to tasks: do, wait, or skip with the reason.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::decide::{Work, invalid, is_late, out_of_reach};
use super::decision::{Detail, TaskResult, Verdict};
use super::definition::{Goal, Late, OnCancel, OnLeave, Step, Workflow};
use super::facts::Facts;
use super::ledger::{Assignment, Delivery, DeliveryKey, DeliveryState, Effect, Ledger, PlannedStep, Run, StepState};
use super::reason::Reason;
use super::send;
use super::task::{Message, Task};
use crate::chart::{Channel, ContactPoint, Occurrence};
use crate::id::{AssignmentId, DeliveryId, PlannedStepId};

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
    Hold,
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
            Gate::Hold => {
                let verdict = (Verdict::Deferred, Some(Reason::WorkflowInactive));
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
        let now = self.facts.now;
        let skip = |reason| Gate::Skip(reason, Detail::none());
        if let Some(reason) = out_of_reach(self.facts) {
            return Gate::Stop(reason, Detail::none());
        }
        if !self.facts.workflows.is_active(&run.workflow, now) {
            return Gate::Hold;
        }
        match invalid(o.validity) {
            Some(Reason::AnchorCancelled) if workflow.on_cancel == OnCancel::Continue && !step.is_before() => {}
            Some(reason) => return Gate::Stop(reason, Detail::none()),
            None => {}
        }
        // Said before "expired": that a later occurrence took its place tells more.
        if is_late(planned.due, now) && self.collapses(step, planned, o) {
            return skip(Reason::Collapsed);
        }
        if planned.expires <= now {
            return skip(Reason::Expired);
        }
        if is_late(planned.due, now)
            && let Some(reason) = self.too_late(step, planned, o)
        {
            return skip(reason);
        }
        let reached = |goal: &&Goal| send::reached(**goal, self.facts, self.ledger, run.id);
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

    fn too_late(&self, step: &Step, planned: &PlannedStep, o: &Occurrence) -> Option<Reason> {
        let now = self.facts.now;
        let until = |end: Option<Timestamp>| end.is_none_or(|end| now > end).then_some(Reason::Late);
        // Deferred by quiet hours, not noticed late.
        if matches!(planned.state, StepState::Pending { at: Some(at) } if at > planned.due && !is_late(at, now)) {
            return None;
        }
        match step.late_rule() {
            Late::Skip => Some(Reason::Late),
            Late::SendUntilExpiry => None,
            Late::SendUntil(span) => until(planned.due.checked_add(SignedDuration::from_secs(span.seconds)).ok()),
            Late::SendUntilAnchor => until(Some(o.moment.instant())),
            Late::Collapse => None,
        }
    }

    /// Only the latest occurrence that is due is worth giving.
    fn collapses(&self, step: &Step, planned: &PlannedStep, o: &Occurrence) -> bool {
        let zone = self.facts.zone_of(o);
        let next = || step.schedule.due(o.moment.instant(), o.event_at, &zone, planned.occurrence + 1);
        step.late_rule() == Late::Collapse && next().is_some_and(|next| next <= self.facts.now)
    }

    fn give(&mut self, workflow: &Workflow, step: &Step, run: &Run, planned: &PlannedStep, o: &Occurrence) {
        let routes: Vec<_> = step.tasks.iter().map(|t| t.message().map(|m| self.route(m, workflow, planned))).collect();
        let waits = routes.iter().flatten().filter_map(|r| r.as_ref().ok()).map(|(_, until)| *until);
        // When every message must wait for the opening and nothing else is to be done, the step waits.
        let all_wait = waits.clone().count() == step.tasks.len() && waits.clone().all(|u| u.is_some());
        if let (true, Some(until)) = (all_wait && !step.tasks.iter().any(Task::assigns), waits.flatten().max()) {
            let verdict = (Verdict::Deferred, Some(Reason::QuietHours));
            let detail = Detail { until: Some(until), ..Detail::none() };
            return self.end_step_with(run, planned, StepState::Pending { at: Some(until) }, verdict, detail, vec![]);
        }
        let mut results = vec![];
        let mut done = false;
        for (nth, (task, route)) in (0..).zip(step.tasks.iter().zip(routes)) {
            let assignment = self.assign(task, run, planned, &mut results);
            done |= assignment.is_some();
            let (Some(message), Some(route)) = (task.message(), route) else { continue };
            let (channel, reason) = match &route {
                Ok((point, _)) => (Some(point.channel), None),
                Err(reason) => (None, Some(*reason)),
            };
            results.push(TaskResult { content: message.template.clone(), channel, reason });
            if let Ok((point, until)) = route {
                done = true;
                self.queue(workflow, run, planned, nth, message, point, until, assignment);
            }
        }
        if done {
            let state = StepState::Performed { at: self.facts.now };
            self.end_step_with(run, planned, state, (Verdict::Performed, None), Detail::none(), results);
        } else {
            let reason = results.iter().find_map(|r| r.reason).unwrap_or(Reason::NoAddress);
            self.skip(run, planned, reason, Detail::none(), results);
        }
        self.plan_next(step, run, planned, o);
    }

    /// The first channel of the ladder that leads to the patient, and until when it must wait.
    fn route(
        &self,
        message: &Message,
        workflow: &Workflow,
        planned: &PlannedStep,
    ) -> Result<(ContactPoint, Option<Timestamp>), Reason> {
        let mut first = None;
        for channel in &message.ladder {
            match send::contact(self.facts, *channel, workflow.category) {
                Ok(point) => match send::quiet(self.facts, *channel) {
                    Some(until) if until >= planned.expires => return Err(Reason::QuietHours),
                    until => return Ok((point, until)),
                },
                Err(reason) => first = first.or(Some(reason)),
            }
        }
        Err(first.unwrap_or(Reason::NoAddress))
    }

    fn assign(
        &mut self,
        task: &Task,
        run: &Run,
        planned: &PlannedStep,
        results: &mut Vec<TaskResult>,
    ) -> Option<AssignmentId> {
        let Task::Assign { content, .. } = task else { return None };
        let id = AssignmentId((self.ids)());
        self.put(Effect::Assigned(Assignment {
            id,
            run: run.id,
            step: planned.id,
            content: content.clone(),
            assigned_at: self.facts.now,
            completed_at: None,
        }));
        results.push(TaskResult { content: content.clone(), channel: None, reason: None });
        Some(id)
    }

    #[expect(clippy::too_many_arguments, reason = "these are the columns of the delivery row")]
    fn queue(
        &mut self,
        workflow: &Workflow,
        run: &Run,
        planned: &PlannedStep,
        task: u32,
        message: &Message,
        contact: ContactPoint,
        until: Option<Timestamp>,
        assignment: Option<AssignmentId>,
    ) {
        let channel: Channel = contact.channel;
        let id = DeliveryId((self.ids)());
        self.put(Effect::Queued(Delivery {
            id,
            run: run.id,
            planned_step: planned.id,
            key: DeliveryKey {
                run: run.id,
                step: planned.step.clone(),
                occurrence: planned.occurrence,
                generation: planned.generation,
                task,
                channel,
            },
            workflow: run.workflow.clone(),
            version: run.version,
            anchor: run.anchor,
            template: message.template.clone(),
            calendar: message.calendar,
            category: workflow.category,
            contact,
            assignment,
            uncertain: message.uncertain,
            not_before: until.unwrap_or(self.facts.now),
            expires: planned.expires,
            state: DeliveryState::Queued,
        }));
    }

    fn skip(&mut self, run: &Run, planned: &PlannedStep, reason: Reason, detail: Detail, results: Vec<TaskResult>) {
        let state = StepState::Skipped { at: self.facts.now, reason };
        self.end_step_with(run, planned, state, (Verdict::Skipped, Some(reason)), detail, results);
    }

    /// Ends a run: what is still pending is cancelled for the same reason.
    fn stop(&mut self, run: crate::id::RunId, reason: Reason) {
        let Some(run) = self.ledger.runs.get(&run).cloned() else { return };
        self.put(Effect::RunSet(Run { ended: Some(reason), ..run.clone() }));
        for step in run.steps.iter().filter(|s| s.state.is_pending()) {
            self.end_step(&run, step, StepState::Cancelled { at: self.facts.now, reason });
        }
    }

    /// Only the next occurrence of a repeating step is planned.
    fn plan_next(&mut self, step: &Step, run: &Run, planned: &PlannedStep, o: &Occurrence) {
        if step.schedule.repeat().is_some() {
            self.plan(run, step, o, planned.occurrence + 1, 1);
        }
    }
}
