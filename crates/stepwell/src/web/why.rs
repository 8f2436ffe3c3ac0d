//! "Why did she get this, why not?": one answer for every workflow of the clinic.

use care::workflow::{For, PlannedStep, Published, Reason as Because, Run, StepState, Workflow};
use jiff::Timestamp;
use pages::staff::{WhyRow, WhyStep};
use pages::{Reason, Verdict};
use store::DecisionRow;

use super::{thread, times, words};
use crate::runner::{Context, Known};

pub fn rows(context: &Context, known: &Known, decisions: &[DecisionRow], now: Timestamp) -> Vec<WhyRow> {
    let current = |(key, published): (&String, &Published)| {
        let (_, workflow) = published.current()?;
        let answer = answer(context, known, decisions, now, key, published, workflow);
        let href = format!("/workflows/{key}");
        let (verdict, reason, detail, steps) = (answer.verdict, answer.reason, answer.detail, answer.steps);
        Some(WhyRow { workflow: name(workflow), href, verdict, reason, detail, steps })
    };
    let mut rows: Vec<WhyRow> = context.workflows.0.iter().filter_map(current).collect();
    // What reached the patient comes before what did not.
    rows.sort_by_key(|row| row.verdict == Verdict::NotStarted);
    rows
}

/// Two files may share a title, one for each kind of location: then the title says which.
fn name(workflow: &Workflow) -> String {
    match workflow.serves {
        For::Both => workflow.title.clone(),
        For::Emr => format!("{} (with EMR)", workflow.title),
        For::NoEmr => format!("{} (without EMR)", workflow.title),
    }
}

struct Answer {
    verdict: Verdict,
    reason: Option<Reason>,
    detail: Option<String>,
    steps: Vec<WhyStep>,
}

fn answer(
    context: &Context,
    known: &Known,
    decisions: &[DecisionRow],
    now: Timestamp,
    key: &str,
    published: &Published,
    workflow: &Workflow,
) -> Answer {
    let runs = known.ledger.runs.values().filter(|run| run.workflow == key);
    // Of several runs the one under way, else the one a decision was last made about.
    let last = |run: &Run| decisions.iter().position(|d| d.run == Some(run.id)).map(std::cmp::Reverse);
    if let Some(run) = runs.max_by_key(|run| (run.steps.iter().any(|s| s.state.is_pending()), last(run), run.id)) {
        return of_run(context, known, run, published.activation_at(now).is_some());
    }
    // Newest first.
    if let Some(decision) = decisions.iter().find(|d| d.workflow == key && d.step.is_none()) {
        let zone = known.snapshot.chart.home_zone(&context.organization.clinic);
        return Answer {
            verdict: words::verdict(&decision.verdict, false),
            reason: words::reason(decision.reason.as_deref()),
            detail: words::detail(&decision.detail, &decision.tasks, zone),
            steps: vec![],
        };
    }
    let (because, detail) = never_asked(context, published, workflow, now);
    Answer {
        verdict: Verdict::NotStarted,
        reason: words::reason(Some(because.code())),
        detail: Some(detail),
        steps: vec![],
    }
}

/// No event of its kind has come while it was active: say since when it is, or is not.
fn never_asked(context: &Context, published: &Published, workflow: &Workflow, now: Timestamp) -> (Because, String) {
    let zone = &context.organization.clinic.zone;
    let date = |at| times::short_words(at, zone);
    match (published.activation_at(now), published.activations.last()) {
        (Some(active), _) => {
            let events: Vec<_> = workflow.trigger.events.iter().map(|e| words::event(*e).to_lowercase()).collect();
            let detail = format!("active since {}; since then: no “{}”", date(active.from), events.join("” or “"));
            (Because::TriggerNotMet, detail)
        }
        (None, Some(last)) => {
            let since = last
                .until
                .map_or_else(|| "not yet active".into(), |until| format!("switched off since {}", date(until)));
            (Because::WorkflowInactive, since)
        }
        (None, None) => (Because::WorkflowInactive, "never switched on".into()),
    }
}

fn of_run(context: &Context, known: &Known, run: &Run, is_active: bool) -> Answer {
    let clinic = &context.organization.clinic;
    let facts = known.facts(context, Timestamp::MIN);
    let zone = thread::zone_of(clinic, known, facts.occurrence(run.anchor));
    let is_open = run.steps.iter().any(|step| step.state.is_pending());
    let verdict = match (is_open, run.ended) {
        (true, _) => Verdict::Running,
        (false, Some(_)) => Verdict::Cancelled,
        (false, None) if run.steps.iter().any(|s| matches!(s.state, StepState::Performed { .. })) => Verdict::Performed,
        (false, None) => Verdict::Skipped,
    };
    let waits = (is_open && !is_active).then(|| "; it is switched off, so its steps wait".to_owned());
    let mut steps: Vec<&PlannedStep> = run.steps.iter().collect();
    steps.sort_by_key(|step| (step.due, step.occurrence, step.generation));
    Answer {
        verdict,
        reason: run.ended.and_then(|reason| words::reason(Some(reason.code()))),
        detail: Some(format!("started {}{}", times::short_words(run.started_at, zone), waits.unwrap_or_default())),
        steps: steps.into_iter().map(|step| why_step(step, zone, &clinic.zone)).collect(),
    }
}

fn why_step(step: &PlannedStep, zone: &str, readers: &str) -> WhyStep {
    let (verdict, reason) = match step.state {
        StepState::Pending { at: Some(at) } if at > step.due => (Verdict::Deferred, None),
        StepState::Pending { at: None } => (Verdict::Deferred, Some(Because::WorkflowInactive)),
        StepState::Pending { .. } => (Verdict::Planned, None),
        StepState::Performed { .. } => (Verdict::Performed, None),
        StepState::Skipped { reason, .. } => (Verdict::Skipped, Some(reason)),
        StepState::Cancelled { reason, .. } => (Verdict::Cancelled, Some(reason)),
    };
    WhyStep {
        step: step.step.clone(),
        due: Some(times::stamp(step.due, zone, readers)),
        verdict,
        reason: reason.and_then(|reason| words::reason(Some(reason.code()))),
    }
}
