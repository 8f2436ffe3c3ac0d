//! What became of a step and of its messages, in the words of the pages: "handed over" is not "sent".

use care::workflow::{Delivery, DeliveryState, Ledger, PlannedStep, Reason, Run, StepState};
use pages::Verdict;
use store::DecisionRow;

/// A verdict and the reason it has.
pub type Became = (Verdict, Option<Reason>);

/// What became of a planned step. `decisions`: newest first; they say what a step waits for.
pub fn of_step(ledger: &Ledger, run: &Run, step: &PlannedStep, decisions: &[DecisionRow]) -> Became {
    let waits_for = || {
        let deferred = decisions.iter().find(|d| is_about(d, run, step) && d.verdict == "deferred");
        deferred.and_then(|d| d.reason.as_deref()?.parse().ok())
    };
    match step.state {
        StepState::Pending { at: None } => (Verdict::Deferred, waits_for().or(Some(Reason::WorkflowInactive))),
        StepState::Pending { at: Some(at) } if at > step.due => (Verdict::Deferred, waits_for()),
        StepState::Pending { at: Some(_) } => (Verdict::Planned, None),
        StepState::Performed { .. } => of_messages(ledger, step),
        StepState::Skipped { reason, .. } => (Verdict::Skipped, Some(reason)),
        StepState::Cancelled { reason, .. } => (Verdict::Cancelled, Some(reason)),
    }
}

/// Whether a decision is about this very planned step.
pub fn is_about(decision: &DecisionRow, run: &Run, step: &PlannedStep) -> bool {
    decision.run == Some(run.id)
        && decision.step.as_deref() == Some(step.step.as_str())
        && decision.occurrence == i32::try_from(step.occurrence).ok()
        && decision.generation == i32::try_from(step.generation).ok()
}

/// Where a decision stands among those of one instant: what was planned was planned before it was handed over.
pub fn place(decision: &DecisionRow) -> u8 {
    match decision.verdict.as_str() {
        "planned" | "passed" => 0,
        "deferred" => 1,
        "performed" => 2,
        "skipped" | "cancelled" => 3,
        _ => 4,
    }
}

/// The messages of a step, in the order of its tasks.
pub fn messages<'a>(ledger: &'a Ledger, step: &PlannedStep) -> Vec<&'a Delivery> {
    let mut own: Vec<&Delivery> = ledger.deliveries.values().filter(|d| d.planned_step == step.id).collect();
    own.sort_by_key(|d| (d.key.task, d.key.channel, d.id));
    own
}

/// A step that gave: what waits is said before what went, and what went before what did not.
fn of_messages(ledger: &Ledger, step: &PlannedStep) -> Became {
    let became: Vec<Became> = messages(ledger, step).into_iter().map(|d| of_delivery(ledger, d)).collect();
    let first = |wanted| became.iter().copied().find(|(verdict, _)| *verdict == wanted);
    // Nothing was to be sent: the patient has it.
    first(Verdict::Deferred)
        .or_else(|| first(Verdict::Sent))
        .or_else(|| first(Verdict::NotSent))
        .unwrap_or((Verdict::Performed, None))
}

pub fn of_delivery(ledger: &Ledger, delivery: &Delivery) -> Became {
    match delivery.state {
        DeliveryState::Queued => (Verdict::Deferred, delivery.waits_for),
        DeliveryState::Sending => (Verdict::Deferred, None),
        DeliveryState::Uncertain => (Verdict::Deferred, Some(Reason::UncertainHeld)),
        DeliveryState::Sent { .. } => (Verdict::Sent, None),
        DeliveryState::Ended { reason, .. } => (Verdict::NotSent, Some(reason)),
        DeliveryState::Joined { into } => match ledger.deliveries.get(&into).map(|host| host.state) {
            Some(DeliveryState::Sent { .. }) => (Verdict::Sent, Some(Reason::JoinedIntoOtherMessage)),
            Some(
                DeliveryState::Queued
                | DeliveryState::Sending
                | DeliveryState::Uncertain
                | DeliveryState::Joined { .. }
                | DeliveryState::Ended { .. },
            )
            | None => (Verdict::Deferred, Some(Reason::JoinedIntoOtherMessage)),
        },
    }
}

/// Whether anything of a run can still be stopped.
pub fn is_open(ledger: &Ledger, run: &Run) -> bool {
    run.steps.iter().any(|step| step.state.is_pending())
        || ledger.deliveries.values().any(|d| d.run == run.id && ledger.is_unsent(d))
}

/// What became of a run as a whole.
pub fn of_run(ledger: &Ledger, run: &Run, decisions: &[DecisionRow]) -> Became {
    if run.steps.iter().any(|step| step.state.is_pending()) {
        return (Verdict::Running, None);
    }
    if let Some(reason) = run.ended {
        return (Verdict::Cancelled, Some(reason));
    }
    let became: Vec<Became> = run.steps.iter().map(|step| of_step(ledger, run, step, decisions)).collect();
    let first = |wanted| became.iter().copied().find(|(verdict, _)| *verdict == wanted);
    first(Verdict::Deferred)
        .or_else(|| first(Verdict::Sent).map(|_| (Verdict::Sent, None)))
        .or_else(|| first(Verdict::Performed))
        .or_else(|| first(Verdict::NotSent))
        .unwrap_or((Verdict::Skipped, None))
}
