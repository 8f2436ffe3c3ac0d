//! Gives what a due step has to give: assigns, tells, and writes messages to the outbox.

use jiff::{SignedDuration, Timestamp};

use super::decide::is_late;
use super::decision::{Decision, Detail, TaskResult, Verdict};
use super::definition::{Span, Step, Workflow};
use super::ledger::{Delivery, DeliveryKey, DeliveryState, Effect, PlannedStep, Run, StepState, Told};
use super::reason::Reason;
use super::send::{self, Way};
use super::task::{Message, Task};
use super::work::{Work, told};
use crate::chart::{Assignment, AssignmentAct, DUE_WITHIN, Occurrence};
use crate::id::{AssignmentId, DeliveryId};

/// A step at the moment it is given.
struct Giving<'a> {
    workflow: &'a Workflow,
    step: &'a Step,
    run: &'a Run,
    planned: &'a PlannedStep,
    occurrence: &'a Occurrence,
}

/// Steps that fall due together may be looked at a moment apart.
const TOGETHER: SignedDuration = SignedDuration::from_secs(60);

impl Work<'_> {
    pub fn give(&mut self, workflow: &Workflow, step: &Step, run: &Run, planned: &PlannedStep, o: &Occurrence) {
        let giving = Giving { workflow, step, run, planned, occurrence: o };
        let ways: Vec<_> = step.tasks.iter().map(|task| self.way_of(task, workflow, planned)).collect();
        if let Some((until, reason)) = waits_as_one(step, &ways) {
            let detail = Detail { until: Some(until), ..Detail::none() };
            let (state, verdict) = (StepState::Pending { at: Some(until) }, (Verdict::Deferred, Some(reason)));
            return self.end_step_with(run, planned, state, verdict, detail, vec![]);
        }
        let (mut results, mut queue, mut done) = (vec![], vec![], false);
        for (nth, (task, way)) in (0..).zip(step.tasks.iter().zip(ways)) {
            let assignment = self.hand_over(task, &giving, &mut results);
            done |= !task.only_sends();
            let (Some(message), Some(way)) = (task.message(), way) else { continue };
            let (channel, reason) = match &way {
                Ok(way) => (Some(way.contact.channel), None),
                Err(reason) => (None, Some(*reason)),
            };
            results.push(TaskResult { content: message.template.clone(), channel, reason });
            if let Ok(way) = way {
                done = true;
                queue.push((nth, message.clone(), way, assignment));
            }
        }
        if done {
            let state = StepState::Performed { at: self.facts.now };
            self.end_step_with(run, planned, state, (Verdict::Performed, None), Detail::none(), results);
        } else {
            let reason = results.iter().find_map(|r| r.reason).unwrap_or(Reason::NoAddress);
            self.skip(run, planned, reason, Detail::none(), results);
        }
        for (nth, message, way, assignment) in queue {
            self.queue(&giving, nth, &message, way, assignment);
        }
        self.plan_next(step, run, planned, o);
        self.plan_reminders(workflow, run, o);
    }

    fn way_of(&self, task: &Task, workflow: &Workflow, planned: &PlannedStep) -> Option<Result<Way, Reason>> {
        task.message().map(|m| send::way(self.facts, self.ledger, m, workflow, planned.expires))
    }

    /// Until when a step that was told to wait has to wait now that something changed, and why: the patient may have
    /// moved to another zone, or a place become free. At once, if for nothing.
    pub fn wait_anew(&self, run: &Run, step: &Step, planned: &PlannedStep) -> (Timestamp, Option<Reason>) {
        let workflow = self.facts.workflows.version(&run.workflow, run.version);
        let way_of = |w: &Workflow| step.tasks.iter().map(|task| self.way_of(task, w, planned)).collect::<Vec<_>>();
        let waits = workflow.and_then(|w| waits_as_one(step, &way_of(w)));
        waits.map_or((self.facts.now, None), |(until, reason)| (until, Some(reason)))
    }

    /// Everything a task does but its message; the assignment, if it makes one.
    fn hand_over(&mut self, task: &Task, giving: &Giving, results: &mut Vec<TaskResult>) -> Option<AssignmentId> {
        match task {
            Task::Send(_) => self.waits_for_an_answer(giving),
            Task::Assign { due, .. } if task.assigns_baseline() => {
                let forms = giving.workflow.trigger.baseline_forms(self.facts, giving.occurrence);
                let given: Vec<_> = forms.iter().map(|form| self.assign(form, *due, giving, results)).collect();
                given.first().copied()
            }
            Task::Assign { content, due, .. } => Some(self.assign(content, *due, giving, results)),
            Task::Tell { text, within } => {
                let by = within.and_then(|w| self.facts.now.checked_add(SignedDuration::from_secs(w.seconds)).ok());
                let (step, workflow) = (giving.planned.id, giving.run.workflow.clone());
                self.put(Effect::Told(Told { step, workflow, text: text.clone(), by }));
                results.push(TaskResult { content: "tell/care_team".into(), channel: None, reason: None });
                None
            }
        }
    }

    /// A form of this run that waits for an answer is not given a second time: what is said of it leads to that one.
    fn assign(
        &mut self,
        content: &str,
        due: Option<Span>,
        giving: &Giving,
        results: &mut Vec<TaskResult>,
    ) -> AssignmentId {
        let of_run = |a: &&Assignment| a.run == Some(giving.run.id) && a.content == content && a.is_open();
        let open = self.facts.chart.assignments.iter().filter(of_run).find(|a| a.is_a("questionnaire"));
        let reason = open.map(|_| Reason::AlreadyGiven);
        results.push(TaskResult { content: content.to_owned(), channel: None, reason });
        if let Some(open) = open {
            return open.id;
        }
        let assignment = AssignmentId((self.ids)());
        let within = due.map_or(DUE_WITHIN, |due| SignedDuration::from_secs(due.seconds));
        let act = AssignmentAct::Give {
            content: content.to_owned(),
            due: self.facts.now.checked_add(within).unwrap_or(Timestamp::MAX),
            run: Some(giving.run.id),
            episode: giving.occurrence.episode,
            depth: giving.occurrence.depth.saturating_add(1),
        };
        self.put(Effect::Assigned { assignment, act });
        assignment
    }

    /// What a message that assigns nothing asks for once more: the open form that the run stands on, or has given last.
    fn waits_for_an_answer(&self, giving: &Giving) -> Option<AssignmentId> {
        let stands_on = giving.occurrence.assignment;
        let of_run = |a: &&Assignment| stands_on == Some(a.id) || a.run == Some(giving.run.id);
        let open = self.facts.chart.assignments.iter().filter(of_run).filter(|a| a.is_open());
        open.max_by_key(|a| (a.given_at, a.id)).map(|a| a.id)
    }

    fn queue(&mut self, giving: &Giving, task: u32, message: &Message, way: Way, assignment: Option<AssignmentId>) {
        let now = self.facts.now;
        let Giving { workflow, run, planned, .. } = *giving;
        // While staff may still take back what brought this about, nothing goes out.
        let free = self.facts.undo_until.unwrap_or(now).max(now);
        let delivery = Delivery {
            id: DeliveryId((self.ids)()),
            run: run.id,
            planned_step: planned.id,
            key: DeliveryKey {
                run: run.id,
                step: planned.step.clone(),
                occurrence: planned.occurrence,
                generation: planned.generation,
                task,
                channel: way.contact.channel,
            },
            workflow: run.workflow.clone(),
            version: run.version,
            anchor: run.anchor,
            due: planned.due,
            template: message.template.clone(),
            calendar: message.calendar,
            category: workflow.category,
            contact: way.contact,
            assignment,
            uncertain: message.uncertain,
            queued_at: now,
            waits_for: way.wait.map(|(_, reason)| reason),
            not_before: way.wait.map_or(free, |(until, _)| until.max(free)),
            expires: planned.expires,
            state: DeliveryState::Queued,
        };
        let host = self.host_for(giving, &delivery);
        let state = host.map_or(DeliveryState::Queued, |into| DeliveryState::Joined { into });
        if host.is_some() {
            let decision = told(&delivery, Verdict::NotSent, Some(Reason::JoinedIntoOtherMessage), self.facts);
            self.put(Effect::Queued(Delivery { state, ..delivery }));
            self.put(Effect::Decided(Decision { ..decision }));
        } else {
            self.put(Effect::Queued(delivery));
        }
    }

    /// The message that a late one goes along with, so that catching up is never a burst.
    fn host_for(&self, giving: &Giving, new: &Delivery) -> Option<DeliveryId> {
        if !giving.step.tasks.iter().all(Task::only_sends) || !is_late(new.due, new.queued_at) {
            return None;
        }
        self.alike(new).into_iter().min_by(|a, b| a.standing().cmp(&b.standing())).map(|d| d.id)
    }

    /// Other late messages that wait since the same time for the same contact point.
    fn alike(&self, new: &Delivery) -> Vec<&Delivery> {
        let alike = self.ledger.deliveries.values().filter(|d| {
            d.state == DeliveryState::Queued
                && d.contact == new.contact
                && d.category == new.category
                && d.planned_step != new.planned_step
                && is_late(d.due, d.queued_at)
                && new.queued_at.duration_since(d.queued_at).abs() <= TOGETHER
        });
        alike.filter(|d| self.only_sends(d)).collect()
    }

    fn only_sends(&self, d: &Delivery) -> bool {
        let workflow = self.facts.workflows.version(&d.workflow, d.version);
        workflow.and_then(|w| w.step(&d.key.step)).is_some_and(|s| s.tasks.iter().all(Task::only_sends))
    }

    /// Messages that went together and were withdrawn for a while go together again: whether they were withdrawn between
    /// two messages of one story may not show.
    pub fn join_again(&mut self, revived: &[DeliveryId]) {
        for id in revived {
            let Some(own) = self.ledger.deliveries.get(id).cloned() else { continue };
            if own.state != DeliveryState::Queued || !self.only_sends(&own) || !is_late(own.due, own.queued_at) {
                continue;
            }
            let mut group: Vec<Delivery> = self.alike(&own).into_iter().cloned().chain([own]).collect();
            group.sort_by(|a, b| a.standing().cmp(&b.standing()));
            let Some((host, parts)) = group.split_first() else { continue };
            for part in parts {
                if self.carries(part.id) {
                    continue;
                }
                let state = DeliveryState::Joined { into: host.id };
                let (delivery, not_before) = (part.id, part.not_before);
                self.put(Effect::DeliverySet { delivery, not_before, waits_for: None, state });
                self.put(Effect::Decided(told(
                    part,
                    Verdict::NotSent,
                    Some(Reason::JoinedIntoOtherMessage),
                    self.facts,
                )));
            }
        }
    }

    fn carries(&self, id: DeliveryId) -> bool {
        self.ledger.deliveries.values().any(|d| d.state == DeliveryState::Joined { into: id })
    }

    fn plan_reminders(&mut self, workflow: &Workflow, run: &Run, o: &Occurrence) {
        for reminder in &workflow.reminders {
            self.maintain_reminder(run.id, reminder, o);
        }
    }
}

/// When every message must wait and nothing else is to be done, the step waits; until when, and why.
fn waits_as_one(step: &Step, ways: &[Option<Result<Way, Reason>>]) -> Option<(Timestamp, Reason)> {
    if !step.tasks.iter().all(Task::only_sends) {
        return None;
    }
    let waits: Option<Vec<_>> = ways.iter().map(|way| way.as_ref()?.as_ref().ok()?.wait).collect();
    waits?.into_iter().max_by_key(|(until, _)| *until)
}
