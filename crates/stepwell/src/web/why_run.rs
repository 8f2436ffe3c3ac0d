//! A run on the why page: its steps, every decision about each, and what the gateway said.

use care::chart::AssignmentState;
use care::workflow::decision::Detail;
use care::workflow::{Delivery, PlannedStep, Run, plan};
use pages::staff::{Given, Recorded, Try, WhyDelivery, WhyPlanned, WhyRun};
use store::{AttemptRow, DecisionRow};

use super::why_page::Teller;
use super::{outcome, times, why, words};

pub fn tell(teller: &Teller, run: &Run, zone: &str) -> WhyRun {
    let (verdict, _) = outcome::of_run(&teller.known.ledger, run, teller.decisions);
    let mut steps: Vec<&PlannedStep> = run.steps.iter().collect();
    steps.sort_by_key(|step| (step.due, step.occurrence, step.generation));
    WhyRun {
        version: run.version.to_string(),
        started: teller.stamp(run.started_at, zone),
        verdict,
        ended: run.ended.and_then(|reason| words::reason_in(Some(reason.code()), teller.language)),
        stop: why::stop(teller.known, run),
        steps: steps.into_iter().map(|step| planned(teller, run, step, zone)).collect(),
        given: given(teller, run, zone),
    }
}

fn planned(teller: &Teller, run: &Run, step: &PlannedStep, zone: &str) -> WhyPlanned {
    let ledger = &teller.known.ledger;
    let (verdict, reason) = outcome::of_step(ledger, run, step, teller.decisions);
    // Decisions come newest first; they are told in the order in which they were made.
    let mut about: Vec<&DecisionRow> =
        teller.decisions.iter().rev().filter(|d| outcome::is_about(d, run, step)).collect();
    about.sort_by_key(|d| (d.at, outcome::place(d)));
    let sum = about.iter().rev().find_map(|d| sum_of(d)).or_else(|| sum_now(teller, run, step));
    let recorded: Vec<Recorded> = about.iter().map(|d| teller.recorded(d, true, zone, sum.as_deref())).collect();
    WhyPlanned {
        title: why::step_title(teller.context, run, step),
        id: step.step.clone(),
        due: teller.stamp(step.due, zone),
        sum,
        verdict,
        reason: reason.and_then(|reason| words::reason_in(Some(reason.code()), teller.language)),
        recorded,
        deliveries: outcome::messages(ledger, step).into_iter().map(|d| delivery(teller, d, zone)).collect(),
    }
}

fn sum_of(decision: &DecisionRow) -> Option<String> {
    serde_json::from_value::<Detail>(decision.detail.clone()).ok()?.sum
}

/// Where the row that planned it is not among those read.
fn sum_now(teller: &Teller, run: &Run, step: &PlannedStep) -> Option<String> {
    let workflow = teller.context.workflows.version(&run.workflow, run.version)?;
    let occurrence = teller.facts.occurrence(run.anchor)?;
    Some(plan::sum(&teller.facts, workflow.step(&step.step)?, occurrence, step.occurrence).to_string())
}

fn delivery(teller: &Teller, delivery: &Delivery, zone: &str) -> WhyDelivery {
    let (verdict, reason) = outcome::of_delivery(&teller.known.ledger, delivery);
    let channel = words::content(delivery.contact.channel.code());
    WhyDelivery {
        title: format!("{channel} “{}” to {}", words::content(&delivery.template), delivery.contact.value),
        verdict,
        reason: reason.and_then(|reason| words::reason_in(Some(reason.code()), teller.language)),
        tries: teller.attempts.iter().filter(|a| a.delivery == delivery.id).map(|a| attempt(teller, a, zone)).collect(),
    }
}

fn attempt(teller: &Teller, row: &AttemptRow, zone: &str) -> Try {
    let outcome = match row.outcome.as_deref() {
        Some("sent") => "taken",
        Some("temporary") => "not taken yet, to be tried again",
        Some("refused") => "refused",
        Some(_) => "nobody knows whether it was taken",
        None => "on its way",
    };
    let reply = row.reply.as_deref().unwrap_or_default().trim().to_owned();
    Try { at: teller.stamp(row.started_at, zone), outcome: outcome.into(), reply }
}

fn given(teller: &Teller, run: &Run, zone: &str) -> Vec<Given> {
    let own = teller.facts.chart.assignments.iter().filter(|a| a.run == Some(run.id));
    own.map(|a| {
        let state = match a.state() {
            AssignmentState::Withdrawn { at } => format!("taken back {}", times::short_words(at, zone)),
            AssignmentState::Completed { at } => format!("done {}", times::short_words(at, zone)),
            AssignmentState::Expired { at } => format!("expired {}", times::short_words(at, zone)),
            AssignmentState::Open => format!("open, due {}", times::short_words(a.due, zone)),
        };
        let withdraw = || format!("/patients/{}/assignments/{}/withdrawal", teller.known.patient, a.id);
        Given { title: words::content(&a.content), state, withdraw: a.is_open().then(withdraw) }
    })
    .collect()
}
