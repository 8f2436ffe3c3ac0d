//! Gives what a due step has to give: assigns, tells, and writes messages to the outbox.

use jiff::{SignedDuration, Timestamp};

use super::decision::TaskResult;
use super::definition::{Span, Step, Workflow};
use super::ground::{Asked, Ground, Joined, Says, Ways};
use super::ledger::{Delivery, DeliveryKey, DeliveryState, Effect, PlannedStep, Run, Told};
use super::reason::Reason;
use super::send::{self, Way};
use super::task::{Gives, Message, Task};
use super::work::{Work, told};
use crate::chart::{Assignment, AssignmentAct, Channel, ContactPoint, DUE_WITHIN, Occurrence};
use crate::id::{AssignmentId, DeliveryId};

/// A step at the moment it is given.
struct Giving<'a> {
    workflow: &'a Workflow,
    step: &'a Step,
    run: &'a Run,
    planned: &'a PlannedStep,
    occurrence: &'a Occurrence,
}

impl Work<'_> {
    /// `grounds`: what was looked at before, and let it through.
    pub fn give(
        &mut self,
        workflow: &Workflow,
        step: &Step,
        run: &Run,
        planned: &PlannedStep,
        o: &Occurrence,
        mut grounds: Vec<Ground>,
    ) {
        let giving = Giving { workflow, step, run, planned, occurrence: o };
        let ways: Vec<_> = step.tasks.iter().map(|task| self.way_of(task, workflow, planned)).collect();
        let all = ways_of(step, &ways);
        let waits = matches!(all.says(self.facts.now), Says::Wait(..));
        grounds.push(Ground::Ways(all));
        if waits {
            return self.end_step(run, planned, Asked::Step, grounds);
        }
        let (mut results, mut queue) = (vec![], vec![]);
        for (nth, (task, way)) in (0..).zip(step.tasks.iter().zip(ways)) {
            if let Some(content) = self.withheld(task, &giving) {
                // Nothing is given, so nothing is said of it.
                results.push(TaskResult { content, channel: None, reason: Some(Reason::ContentWithdrawn) });
                continue;
            }
            let assignment = self.hand_over(task, &giving, &mut results);
            let (Some(message), Some(way)) = (task.message(), way) else { continue };
            let (channel, reason) = match &way.leads {
                Ok((contact, _)) => (Some(contact.channel), None),
                Err(reason) => (None, Some(*reason)),
            };
            results.push(TaskResult { content: message.template.clone(), channel, reason });
            if let Ok(leads) = way.leads {
                queue.push((nth, message.clone(), leads, assignment));
            }
        }
        self.end_step_with(run, planned, Asked::Step, grounds, results);
        for (nth, message, leads, assignment) in queue {
            self.queue(&giving, nth, &message, leads, assignment);
        }
        self.plan_next(step, run, planned, o);
        self.plan_reminders(workflow, run, o);
    }

    fn way_of(&self, task: &Task, workflow: &Workflow, planned: &PlannedStep) -> Option<Way> {
        task.message().map(|m| send::way(self.facts, self.ledger, m, workflow, planned.expires))
    }

    /// Whether a step that was told to wait has to wait still now that something changed: the patient may have moved to
    /// another zone, or a place become free.
    pub fn wait_anew(&self, run: &Run, step: &Step, planned: &PlannedStep) -> Option<Ground> {
        let workflow = self.facts.workflows.version(&run.workflow, run.version)?;
        let ways: Vec<_> = step.tasks.iter().map(|task| self.way_of(task, workflow, planned)).collect();
        Some(Ground::Ways(ways_of(step, &ways)))
    }

    /// Everything a task does but its message; the assignment, if it makes one.
    fn hand_over(&mut self, task: &Task, giving: &Giving, results: &mut Vec<TaskResult>) -> Option<AssignmentId> {
        match task {
            Task::Send(_) | Task::Call(_) => None,
            Task::Assign { gives, due, .. } => {
                let items = self.items(gives, giving);
                let given: Vec<_> = items.iter().map(|item| self.assign(item, *due, giving, results)).collect();
                given.first().copied()
            }
            Task::Tell { text, within } => {
                let by = within.and_then(|w| self.facts.now.checked_add(SignedDuration::from_secs(w.seconds)).ok());
                let (step, workflow) = (giving.planned.id, giving.run.workflow.clone());
                self.put(Effect::Told(Told { step, workflow, text: text.clone(), by }));
                results.push(TaskResult { content: "tell/care_team".into(), channel: None, reason: None });
                None
            }
        }
    }

    /// What the clinic may not give: the first thing that a task would.
    fn withheld(&self, task: &Task, giving: &Giving) -> Option<String> {
        let Task::Assign { gives, .. } = task else { return None };
        self.items(gives, giving).into_iter().find(|content| self.facts.clinic.withheld.contains(content))
    }

    fn items(&self, gives: &Gives, giving: &Giving) -> Vec<String> {
        let (facts, o) = (self.facts, giving.occurrence);
        match gives {
            Gives::Item(content) => {
                let with = facts.chart.given_with(facts.clinic, content, facts.now);
                [vec![content.clone()], with].concat()
            }
            Gives::Baseline => giving.workflow.trigger.baseline_forms(facts, o),
            Gives::OfRegion => {
                let answered = o.assignment.and_then(|id| facts.chart.assignment(id)).and_then(|a| a.responses.last());
                let region = answered.and_then(|r| r.answers.first("region")).and_then(|code| code.parse().ok());
                vec![facts.clinic.outcome_form(region).to_owned()]
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

    fn queue(
        &mut self,
        giving: &Giving,
        task: u32,
        message: &Message,
        (contact, wait): (ContactPoint, Option<(Timestamp, Reason)>),
        assignment: Option<AssignmentId>,
    ) {
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
                channel: contact.channel,
            },
            workflow: run.workflow.clone(),
            version: run.version,
            anchor: run.anchor,
            due: planned.due,
            template: message.template.clone(),
            calendar: message.calendar,
            category: workflow.category,
            contact,
            assignment,
            uncertain: message.uncertain,
            queued_at: now,
            waits_for: wait.map(|(_, reason)| reason),
            not_before: wait.map_or(free, |(until, _)| until.max(free)),
            expires: planned.expires,
            state: DeliveryState::Queued,
        };
        match self.host_for(giving, &delivery) {
            Some(joined) => {
                let decision = told(&delivery, vec![Ground::Joined(joined)], self.facts);
                let state = DeliveryState::Joined { into: joined.into };
                self.put(Effect::Queued(Delivery { state, ..delivery }));
                self.say(decision);
            }
            None => self.put(Effect::Queued(delivery)),
        }
    }

    /// The message that a late one goes along with, so that catching up is never a burst.
    fn host_for(&self, giving: &Giving, new: &Delivery) -> Option<Joined> {
        if !giving.step.tasks.iter().all(Task::only_sends) {
            return None;
        }
        self.alike(new).into_iter().min_by(|a, b| a.standing().cmp(&b.standing())).map(|d| joins(new, d))
    }

    /// Other late messages that wait since the same time for the same contact point. What a system is told is one event
    /// each.
    fn alike(&self, new: &Delivery) -> Vec<&Delivery> {
        let alike = self.ledger.deliveries.values().filter(|d| {
            new.contact.channel != Channel::Webhook
                && d.state == DeliveryState::Queued
                && d.contact == new.contact
                && d.category == new.category
                && d.planned_step != new.planned_step
                && joins(new, d).goes_along()
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
            if own.state != DeliveryState::Queued || !self.only_sends(&own) {
                continue;
            }
            let mut group: Vec<Delivery> = self.alike(&own).into_iter().cloned().chain([own.clone()]).collect();
            group.sort_by(|a, b| a.standing().cmp(&b.standing()));
            let Some((host, parts)) = group.split_first() else { continue };
            for part in parts {
                if self.carries(part.id) {
                    continue;
                }
                // Each fell due together with this one, though maybe not with the one that it goes along with.
                let other = if part.id == own.id { host } else { &own };
                let joined = Joined { into: host.id, ..joins(part, other) };
                let state = DeliveryState::Joined { into: host.id };
                let (delivery, not_before) = (part.id, part.not_before);
                self.put(Effect::DeliverySet { delivery, not_before, waits_for: None, state });
                self.say(told(part, vec![Ground::Joined(joined)], self.facts));
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

fn joins(new: &Delivery, host: &Delivery) -> Joined {
    Joined {
        into: host.id,
        due: new.due,
        queued_at: new.queued_at,
        other_due: host.due,
        other_queued_at: host.queued_at,
    }
}

fn ways_of(step: &Step, ways: &[Option<Way>]) -> Ways {
    let roads = ways.iter().flatten().map(|way| way.road.clone()).collect();
    Ways { roads, gives: !step.tasks.iter().all(Task::only_sends) }
}
