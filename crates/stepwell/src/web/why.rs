//! "Why did she get this, why not?": one answer for every workflow of the clinic, on the patient's page.

use care::id::PatientId;
use care::workflow::{For, PlannedStep, Published, Reason as Because, Run, Workflow};
use jiff::Timestamp;
use pages::staff::{StopRun, WhyRow, WhyStep};
use pages::{Reason, Verdict};
use store::DecisionRow;

use super::{outcome, thread, times, words};
use crate::runner::{Context, Known};

pub fn rows(context: &Context, known: &Known, decisions: &[DecisionRow], now: Timestamp) -> Vec<WhyRow> {
    let current = |(key, published): (&String, &Published)| {
        let (_, workflow) = published.current()?;
        let answer = answer(context, known, decisions, now, key, published, workflow);
        let href = format!("/patients/{}/why/{key}", known.patient);
        let Answer { verdict, reason, detail, steps, more, stop } = answer;
        Some(WhyRow { workflow: name(workflow), href, verdict, reason, detail, steps, more, stop })
    };
    let mut rows: Vec<WhyRow> = context.workflows.0.iter().filter_map(current).collect();
    // What reached the patient comes before what did not.
    rows.sort_by_key(|row| row.verdict == Verdict::NotStarted);
    rows
}

/// Two files may share a title, one for each kind of location: then the title says which.
pub fn name(workflow: &Workflow) -> String {
    match workflow.serves {
        For::Both => workflow.title.clone(),
        For::Emr => format!("{} (with EMR)", workflow.title),
        For::NoEmr => format!("{} (without EMR)", workflow.title),
    }
}

/// The button that stops a run.
pub fn stop(known: &Known, run: &Run) -> Option<StopRun> {
    outcome::is_open(&known.ledger, run).then(|| stop_of(known.patient, run))
}

fn stop_of(patient: PatientId, run: &Run) -> StopRun {
    StopRun { action: format!("/patients/{patient}/why/{}/stop", run.workflow), run: run.id.to_string() }
}

struct Answer {
    verdict: Verdict,
    reason: Option<Reason>,
    detail: Option<String>,
    steps: Vec<WhyStep>,
    more: usize,
    stop: Option<StopRun>,
}

impl Answer {
    fn no(reason: Option<Reason>, verdict: Verdict, detail: Option<String>) -> Self {
        Self { verdict, reason, detail, steps: vec![], more: 0, stop: None }
    }
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
    let runs: Vec<&Run> = known.ledger.runs.values().filter(|run| run.workflow == key).collect();
    // The newest stands here; the page behind it shows them all.
    if let Some(run) = runs.iter().max_by_key(|run| (run.event_at, run.started_at, run.id)) {
        let is_active = published.activation_at(now).is_some();
        let answer = of_run(context, known, run, decisions, is_active);
        return Answer { more: runs.len() - 1, ..answer };
    }
    // Newest first.
    if let Some(decision) = decisions.iter().find(|d| d.workflow == key && d.step.is_none()) {
        let zone = known.snapshot.chart.home_zone(&context.organization.clinic);
        let detail = words::detail(&decision.detail, &decision.tasks, decision.at, zone, "en");
        return Answer::no(words::reason(decision.reason.as_deref()), words::verdict(&decision.verdict, false), detail);
    }
    let (because, detail) = never_asked(context, published, workflow, now);
    // Nothing came, so there is nothing that a filter saw.
    let reason = words::reason(Some(because.code()));
    let reason = reason.map(|r| if because == Because::TriggerNotMet { Reason { cure: None, ..r } } else { r });
    Answer::no(reason, Verdict::NotStarted, Some(detail))
}

/// No event of its kind has come while it was active: say since when it is, or is not.
pub fn never_asked(context: &Context, published: &Published, workflow: &Workflow, now: Timestamp) -> (Because, String) {
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

fn of_run(context: &Context, known: &Known, run: &Run, decisions: &[DecisionRow], is_active: bool) -> Answer {
    let clinic = &context.organization.clinic;
    let facts = known.facts(context, Timestamp::MIN);
    let zone = thread::zone_of(clinic, known, facts.occurrence(run.anchor));
    let (verdict, reason) = outcome::of_run(&known.ledger, run, decisions);
    let waits = (verdict == Verdict::Running && !is_active).then_some("; it is switched off, so its steps wait");
    let mut steps: Vec<&PlannedStep> = run.steps.iter().collect();
    steps.sort_by_key(|step| (step.due, step.occurrence, step.generation));
    let why_step = |step: &PlannedStep| {
        let (verdict, reason) = outcome::of_step(&known.ledger, run, step, decisions);
        WhyStep {
            title: step_title(context, run, step),
            step: step.step.clone(),
            due: Some(times::stamp(step.due, zone, &clinic.zone)),
            verdict,
            reason: reason.and_then(|reason| words::reason(Some(reason.code()))),
        }
    };
    Answer {
        verdict,
        reason: reason.and_then(|reason| words::reason(Some(reason.code()))),
        detail: Some(format!("started {}{}", times::short_words(run.started_at, zone), waits.unwrap_or_default())),
        steps: steps.into_iter().map(why_step).collect(),
        more: 0,
        stop: stop(known, run),
    }
}

/// What a step of a run gives, in words.
pub fn step_title(context: &Context, run: &Run, step: &PlannedStep) -> String {
    let workflow = context.workflows.version(&run.workflow, run.version);
    let step_ = workflow.and_then(|workflow| workflow.step(&step.step));
    step_.map_or_else(|| words::content(&step.step), words::step_title)
}
