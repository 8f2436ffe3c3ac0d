//! From a due step to a verdict: do, wait, or skip with the reason.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::definition::{Goal, Late, OnCancel, Span, Step, Workflow};
use super::facts::Facts;
use super::ground::{Asked, Ground, GroupSeen, Limit, Says, Standing, Timing};
use super::group::Field;
use super::ledger::{Effect, Ledger, PlannedStep, Run, StepState};
use super::plan;
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

impl Work<'_> {
    fn perform(&mut self, run: &Run, planned: &PlannedStep) {
        let found = self.facts.workflows.version(&run.workflow, run.version).cloned();
        let (Some(workflow), Some(o)) = (found, self.facts.occurrence(run.anchor).cloned()) else {
            let gone = Ground::Anchor { validity: None, goes_on: false };
            return self.end_step(run, planned, Asked::Run, vec![gone]);
        };
        let Some(step) = workflow.step(&planned.step).cloned() else {
            let gone = Ground::StepThere { version: run.version, there: false };
            return self.end_step(run, planned, Asked::Run, vec![gone]);
        };
        let grounds = self.gate(&workflow, &step, run, planned, &o);
        let Some(no) = grounds.last().filter(|ground| ground.says(self.facts.now) != Says::Yes).cloned() else {
            return self.give(&workflow, &step, run, planned, &o, grounds);
        };
        let waits = matches!(no.says(self.facts.now), Says::Hold(_) | Says::Wait(..));
        self.end_step(run, planned, Asked::Step, grounds);
        if no.ends_run() && !waits {
            self.stop(run.id, &no);
        } else if !waits {
            self.plan_next(&step, run, planned, &o);
        }
    }

    /// docs/SEMANTICS.md section 5, rules 1 and 2, with the late rule of section 4: what was looked at, up to the first
    /// that stands in the way.
    fn gate(&self, workflow: &Workflow, step: &Step, run: &Run, planned: &PlannedStep, o: &Occurrence) -> Vec<Ground> {
        let facts = self.facts;
        let goes_on = workflow.on_cancel == OnCancel::Continue && !step.is_before();
        let at_once = matches!(step.schedule, Schedule::Immediately { .. });
        let goals = |goals: &[Goal], of_workflow| {
            goals.iter().map(|goal| send::goal(goal, of_workflow, facts, run.id, o)).collect::<Vec<_>>()
        };
        let asked: [&dyn Fn() -> Vec<Ground>; 6] = [
            // Whom it is for, whether it is on, whether its anchor stands, and whether what we know can be trusted.
            &|| vec![Ground::Patient(Standing::of(&facts.chart.patient)), on(facts, &run.workflow, true)],
            &|| vec![Ground::Anchor { validity: Some(o.validity), goes_on }],
            &|| held(facts, workflow, o),
            &|| {
                let covered = Ground::Covered { covered: run.covered, at_once, generation: planned.generation };
                vec![covered, Ground::Timing(self.timing(step, planned, o))]
            },
            &|| [goals(&workflow.until, true), goals(&step.until, false)].concat(),
            &|| {
                let seen = GroupSeen::of(&workflow.group, facts, o);
                vec![Ground::Group { seen, on_leave: Some(workflow.on_leave) }]
            },
        ];
        let mut grounds = vec![];
        for ground in asked.iter().flat_map(|ask| ask()) {
            let says = ground.says(facts.now);
            grounds.push(ground);
            if says != Says::Yes {
                break;
            }
        }
        grounds
    }

    /// When the step is looked at, beside what it may still do then.
    fn timing(&self, step: &Step, planned: &PlannedStep, o: &Occurrence) -> Timing {
        let told_to_come = match planned.state {
            StepState::Pending { at } => at,
            StepState::Performed { .. } | StepState::Skipped { .. } | StepState::Cancelled { .. } => None,
        };
        let counts_from = self.counts_from(step, planned, o);
        let later = |span: Span| counts_from.checked_add(SignedDuration::from_secs(span.seconds));
        let next = || plan::sum(self.facts, step, o, planned.occurrence + 1).scheduled();
        let limit = match step.late_rule() {
            Late::Skip => Limit::Skip,
            Late::Collapse => Limit::Collapse { next: next() },
            Late::SendUntil(span) => Limit::Until { at: later(span).unwrap_or(Timestamp::MAX) },
            Late::SendUntilAnchor => Limit::Until { at: o.moment.instant() },
            Late::SendUntilExpiry => Limit::UntilExpiry,
        };
        let could_go_from = self.could_go_from(step, counts_from);
        Timing { due: planned.due, could_go_from, counts_from, expires: planned.expires, told_to_come, limit }
    }

    /// A text due at night could go from the morning on: that wait is not lateness.
    fn could_go_from(&self, step: &Step, due: Timestamp) -> Timestamp {
        if !plan::only_texts(step) {
            return due;
        }
        next_opening(due, self.facts.text_hours(), &self.facts.patient_zone())
    }

    /// Ends a run: what is still pending is cancelled for the same reason.
    fn stop(&mut self, run: RunId, because: &Ground) {
        let Some(run) = self.ledger.runs.get(&run).cloned() else { return };
        self.put(Effect::RunSet(Run { ended: because.reason(self.facts.now), ..run.clone() }));
        for step in run.steps.iter().filter(|s| s.state.is_pending()) {
            self.end_step(&run, step, Asked::Run, vec![because.clone()]);
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
pub fn held(facts: &Facts, workflow: &Workflow, o: &Occurrence) -> Vec<Ground> {
    let feed = feed(facts, workflow, o);
    if !o.anchor.event.is_of_a_visit_ahead() {
        return vec![feed];
    }
    let starts = o.moment.instant();
    let day = zone::date_in(starts, facts.clinic.zone_at(o.location));
    let closed = facts.clinic.location(o.location).is_some_and(|l| l.closed.contains(&day));
    vec![feed, Ground::ClosedDay { location: o.location, day, closed, starts }]
}

/// Whether the feed is silent, and whether this rests on what it says.
pub fn feed(facts: &Facts, workflow: &Workflow, o: &Occurrence) -> Ground {
    let event = o.anchor.event;
    let rests_on_it = event.is_of_a_visit_ahead() || event.rests_on_absence() || asks_for_absence(workflow);
    let silent = facts.clinic.is_silent(o.location);
    let heard_until = facts.clinic.location(o.location).filter(|_| silent).and_then(|l| l.heard_until);
    Ground::Feed { location: o.location, silent, heard_until, rests_on_it, dropped: false }
}

/// When a workflow was on last.
pub fn on(facts: &Facts, key: &str, waits: bool) -> Ground {
    let published = facts.workflows.0.get(key);
    let last = published.and_then(|p| p.activation_at(facts.now).or_else(|| p.activations.last()));
    Ground::Workflow { from: last.map(|a| a.from), until: last.and_then(|a| a.until), waits }
}

/// Whether it goes by what is booked: that nothing is, may only be something nobody told us.
fn asks_for_absence(workflow: &Workflow) -> bool {
    let goals = workflow.until.iter().chain(workflow.steps.iter().flat_map(|s| &s.until));
    goals.into_iter().any(|goal| *goal == Goal::VisitBooked)
        || workflow.group.leaves().iter().any(|c| matches!(c.field, Field::VisitsBooked | Field::HoursToVisit))
}
