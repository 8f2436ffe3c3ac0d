//! The engine at work on one patient: each effect is applied to the ledger as it is made.

use jiff::Timestamp;
use uuid::Uuid;

use super::decision::{Decision, Detail, StepRef, TaskResult, Verdict};
use super::facts::Facts;
use super::ledger::{Delivery, DeliveryState, Effect, Ledger, PlannedStep, Run, StepState};
use super::reason::Reason;
use crate::chart::Occurrence;
use crate::id::{DeliveryId, RunId};

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

    /// Writes a step's end and the decision that says why.
    pub fn end_step(&mut self, run: &Run, step: &PlannedStep, state: StepState) {
        let (verdict, reason) = match state {
            StepState::Pending { .. } => (Verdict::Deferred, None),
            StepState::Performed { .. } => (Verdict::Performed, None),
            StepState::Skipped { reason, .. } => (Verdict::Skipped, Some(reason)),
            StepState::Cancelled { reason, .. } => (Verdict::Cancelled, Some(reason)),
        };
        self.end_step_with(run, step, state, (verdict, reason), Detail::none(), vec![]);
    }

    pub fn end_step_with(
        &mut self,
        run: &Run,
        step: &PlannedStep,
        state: StepState,
        (verdict, reason): (Verdict, Option<Reason>),
        detail: Detail,
        tasks: Vec<TaskResult>,
    ) {
        let at = StepRef::of(step);
        self.put(Effect::StepSet { run: run.id, step: step.clone().into_state(state) });
        self.put(Effect::Decided(Decision {
            at: self.facts.now,
            workflow: run.workflow.clone(),
            version: run.version,
            anchor: self.facts.chart.canonical(run.anchor),
            run: Some(run.id),
            step: Some(at),
            verdict,
            reason,
            detail,
            tasks,
        }));
    }

    #[expect(clippy::too_many_arguments, reason = "these are the columns of the decision row")]
    pub fn decide(
        &mut self,
        workflow: &str,
        version: u32,
        o: &Occurrence,
        run: Option<RunId>,
        step: Option<StepRef>,
        (verdict, reason): (Verdict, Option<Reason>),
        detail: Detail,
    ) {
        self.put(Effect::Decided(Decision {
            at: self.facts.now,
            workflow: workflow.into(),
            version,
            anchor: o.anchor,
            run,
            step,
            verdict,
            reason,
            detail,
            tasks: vec![],
        }));
    }

    /// Ends a delivery that has not gone out. What was to go as a part of it goes by itself.
    pub fn end_delivery(&mut self, id: DeliveryId, reason: Reason) {
        let Some(delivery) = self.ledger.deliveries.get(&id).cloned() else { return };
        let was_joined = matches!(delivery.state, DeliveryState::Joined { .. });
        let state = DeliveryState::Ended { at: self.facts.now, reason };
        self.put(Effect::DeliverySet { delivery: id, not_before: delivery.not_before, waits_for: None, state });
        // That it goes as a part of another was its one decision.
        if !was_joined {
            self.put(Effect::Decided(told(&delivery, Verdict::NotSent, Some(reason), self.facts)));
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

/// What became of a delivery, as a decision.
pub fn told(delivery: &Delivery, verdict: Verdict, reason: Option<Reason>, facts: &Facts) -> Decision {
    let anchor = facts.chart.canonical(delivery.anchor);
    Decision { anchor, ..said(delivery, verdict, reason, facts.now) }
}

/// The same where the chart is not at hand.
pub fn said(delivery: &Delivery, verdict: Verdict, reason: Option<Reason>, at: Timestamp) -> Decision {
    Decision {
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
        verdict,
        reason,
        detail: Detail::none(),
        tasks: vec![TaskResult {
            content: delivery.template.clone(),
            channel: Some(delivery.contact.channel),
            reason: None,
        }],
    }
}

impl StepRef {
    pub fn of(step: &PlannedStep) -> Self {
        Self { id: step.step.clone(), occurrence: step.occurrence, generation: step.generation, due: step.due }
    }
}
