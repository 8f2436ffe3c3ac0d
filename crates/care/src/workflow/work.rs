//! The engine at work on one patient: each effect is applied to the ledger as it is made.

use jiff::Timestamp;
use uuid::Uuid;

use super::decision::{Decision, Detail, StepRef, TaskResult, Verdict};
use super::facts::Facts;
use super::ground::{Asked, Ground};
use super::ledger::{Delivery, DeliveryState, Effect, Ledger, PlannedStep, Run, StepState};
use crate::id::DeliveryId;

pub struct Work<'a> {
    pub facts: &'a Facts<'a>,
    pub ledger: &'a mut Ledger,
    pub effects: Vec<Effect>,
    /// Where new ids come from.
    pub ids: &'a mut dyn FnMut() -> Uuid,
}

impl Work<'_> {
    pub fn put(&mut self, effect: Effect) {
        self.ledger.apply(&effect);
        self.effects.push(effect);
    }

    /// Writes a decision down, if there is one.
    pub fn say(&mut self, decision: Option<Decision>) {
        if let Some(decision) = decision {
            self.put(Effect::Decided(decision));
        }
    }

    /// Does to a step what follows from the grounds, and writes down the decision with them. Nothing, if nothing follows.
    pub fn end_step(&mut self, run: &Run, step: &PlannedStep, asked: Asked, grounds: Vec<Ground>) {
        self.end_step_with(run, step, asked, grounds, vec![]);
    }

    pub fn end_step_with(
        &mut self,
        run: &Run,
        step: &PlannedStep,
        asked: Asked,
        grounds: Vec<Ground>,
        tasks: Vec<TaskResult>,
    ) {
        let at = self.facts.now;
        let (answer, detail) = Detail::of(asked, grounds, at);
        let Some(verdict) = answer.verdict else { return };
        let state = match (verdict, answer.reason) {
            (Verdict::Performed, _) => StepState::Performed { at },
            (Verdict::Deferred, _) => StepState::Pending { at: answer.at },
            (Verdict::Skipped, Some(reason)) => StepState::Skipped { at, reason },
            (Verdict::Cancelled, Some(reason)) => StepState::Cancelled { at, reason },
            (Verdict::Skipped | Verdict::Cancelled, None)
            | (Verdict::Planned | Verdict::Passed | Verdict::Sent | Verdict::NotSent, _) => return,
        };
        self.put(Effect::StepSet { run: run.id, step: step.clone().into_state(state) });
        self.put(Effect::Decided(Decision {
            at,
            workflow: run.workflow.clone(),
            version: run.version,
            anchor: self.facts.chart.canonical(run.anchor),
            run: Some(run.id),
            step: Some(StepRef::of(step)),
            verdict,
            reason: answer.reason,
            detail,
            tasks,
        }));
    }

    /// Ends a delivery that has not gone out. What was to go as a part of it goes by itself.
    pub fn end_delivery(&mut self, id: DeliveryId, grounds: Vec<Ground>) {
        let Some(delivery) = self.ledger.deliveries.get(&id).cloned() else { return };
        let Some(decision) = told(&delivery, grounds, self.facts) else { return };
        let Some(reason) = decision.reason else { return };
        let was_joined = matches!(delivery.state, DeliveryState::Joined { .. });
        let state = DeliveryState::Ended { at: self.facts.now, reason };
        self.put(Effect::DeliverySet { delivery: id, not_before: delivery.not_before, waits_for: None, state });
        // That it goes as a part of another was its one decision.
        if !was_joined {
            self.put(Effect::Decided(decision));
        }
        self.release_joined(id);
    }

    /// Puts a delivery back into the queue.
    pub fn requeue(&mut self, delivery: &Delivery) {
        let not_before = delivery.not_before.max(self.facts.now);
        let state = DeliveryState::Queued;
        self.put(Effect::DeliverySet { delivery: delivery.id, not_before, waits_for: None, state });
    }

    fn release_joined(&mut self, host: DeliveryId) {
        let parts: Vec<Delivery> = self
            .ledger
            .deliveries
            .values()
            .filter(|d| d.state == DeliveryState::Joined { into: host })
            .cloned()
            .collect();
        for part in parts {
            self.requeue(&part);
        }
    }
}

/// What became of a delivery, as a decision, if its grounds say that anything did.
pub fn told(delivery: &Delivery, grounds: Vec<Ground>, facts: &Facts) -> Option<Decision> {
    let anchor = facts.chart.canonical(delivery.anchor);
    Some(Decision { anchor, ..said(delivery, grounds, facts.now)? })
}

/// The same where the chart is not at hand.
pub fn said(delivery: &Delivery, grounds: Vec<Ground>, at: Timestamp) -> Option<Decision> {
    let (answer, detail) = Detail::of(Asked::Message, grounds, at);
    Some(Decision {
        at,
        workflow: delivery.workflow.clone(),
        version: delivery.version,
        anchor: delivery.anchor,
        run: Some(delivery.run),
        step: Some(StepRef {
            id: delivery.key.step.clone(),
            occurrence: delivery.key.occurrence,
            generation: delivery.key.generation,
            due: delivery.due,
        }),
        verdict: answer.verdict?,
        reason: answer.reason,
        detail,
        tasks: vec![TaskResult {
            content: delivery.template.clone(),
            channel: Some(delivery.contact.channel),
            reason: None,
        }],
    })
}

impl StepRef {
    pub fn of(step: &PlannedStep) -> Self {
        Self { id: step.step.clone(), occurrence: step.occurrence, generation: step.generation, due: step.due }
    }
}
