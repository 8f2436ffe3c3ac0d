//! Brings what runs to what the chart now calls for.

use super::decide::{SETTLE, invalid};
use super::definition::{OnCancel, OnDischarge, OnMove, Step, Workflow};
use super::facts::InFlight;
use super::ground::{Asked, Edited, Ground, Shift, Standing};
use super::ledger::{DeliveryState, Effect, PlannedStep, Run, StepState};
use super::reason::Reason;
use super::rebooking;
use super::replan::shift;
use super::send;
use super::work::Work;
use crate::chart::{Anchor, EpisodeState, Occurrence, Validity};
use crate::id::RunId;

impl Work<'_> {
    pub fn maintain_all(&mut self) {
        let runs: Vec<RunId> = self.ledger.runs.keys().copied().collect();
        let passed = |state| matches!(state, DeliveryState::Ended { reason, .. } if reason.may_pass());
        let withdrawn: Vec<_> = self.ledger.deliveries.values().filter(|d| passed(d.state)).map(|d| d.id).collect();
        for id in runs {
            let Some(run) = self.ledger.runs.get(&id).cloned() else { continue };
            if !run.goes_on() {
                continue;
            }
            if let Some(reason) = self.ledger.entry(self.facts.chart, &run.workflow, run.anchor).and_then(|e| e.reason)
            {
                self.cancel_run(&run, &Ground::Answered { reason });
                continue;
            }
            let first = self.ledger.run_of(self.facts.chart, &run.workflow, run.anchor).map(|first| first.id);
            if let Some(first) = first.filter(|first| *first != id) {
                self.cancel_run(&run, &Ground::First { run: id, first });
                continue;
            }
            self.maintain(&run);
        }
        self.join_again(&withdrawn);
        self.wait_on_all();
    }

    /// Does to what runs what the edits made since then say.
    pub fn edit_all(&mut self) {
        let runs: Vec<Run> = self.ledger.runs.values().filter(|r| r.goes_on()).cloned().collect();
        for run in runs {
            self.edit(run);
        }
    }

    fn edit(&mut self, mut run: Run) {
        let Some(published) = self.facts.workflows.0.get(&run.workflow) else { return };
        for edit in &published.edits {
            let (version, started_at) = (run.version, run.started_at);
            let edited = Edited { version, to: edit.to, at: edit.at, started_at, in_flight: edit.in_flight };
            if !edited.concerns() {
                continue;
            }
            match edit.in_flight {
                InFlight::Stay => {}
                InFlight::Stop => return self.cancel_run(&run, &Ground::Edited(edited)),
                InFlight::Move => {
                    run = Run { version: edit.to, ..run };
                    self.put(Effect::RunSet(run.clone()));
                    self.drop_steps_gone(&run);
                }
            }
        }
    }

    /// Cancels what waits for a step that the new version no longer has.
    fn drop_steps_gone(&mut self, run: &Run) {
        let Some(workflow) = self.facts.workflows.version(&run.workflow, run.version).cloned() else { return };
        for planned in run.steps.iter().filter(|s| s.state.is_pending() && workflow.step(&s.step).is_none()) {
            self.end_step(run, planned, Asked::Run, vec![Ground::StepThere { version: run.version, there: false }]);
        }
    }

    /// Brings the planned steps of a run to what the chart now calls for.
    fn maintain(&mut self, run: &Run) {
        let Some(workflow) = self.facts.workflows.version(&run.workflow, run.version).cloned() else { return };
        let occurrence = self.facts.occurrence(run.anchor).cloned();
        let Some(o) = occurrence else {
            return self.cancel_run(run, &Ground::Anchor { validity: None, goes_on: false });
        };
        if let Some(ground) = self.obstacle(&workflow, &o).or_else(|| self.stopped(run)) {
            return self.cancel_run(run, &ground);
        }
        let now_is = Run { ended: None, moment: o.moment.instant(), event_at: o.event_at, ..run.clone() };
        if now_is != *run {
            self.put(Effect::RunSet(now_is));
        }
        // `on_cancel = "continue"`: what comes after the visit goes on, what was to come before it does not.
        let fell = invalid(o.validity).is_some();
        if fell {
            self.cancel_before(&workflow, run, o.validity);
        }
        for step in workflow.steps.iter().filter(|step| !(fell && step.is_before())) {
            self.maintain_step(run, step, &o);
        }
        for reminder in &workflow.reminders {
            self.maintain_reminder(run.id, reminder, &o);
        }
        self.revive(run, &workflow, &o);
    }

    /// What was withdrawn before it went out, for a reason that has passed since, waits again; unless the anchor moved
    /// and its step is to be given anew.
    fn revive(&mut self, run: &Run, workflow: &Workflow, o: &Occurrence) {
        let passed = |state| matches!(state, DeliveryState::Ended { reason, .. } if reason.may_pass());
        let own = self.ledger.deliveries.values().filter(|d| d.run == run.id && passed(d.state));
        let withdrawn: Vec<_> = own.filter(|d| d.expires > self.facts.now).cloned().collect();
        for delivery in withdrawn {
            let step = workflow.step(&delivery.key.step);
            let given = run.steps.iter().find(|s| s.id == delivery.planned_step);
            let stands = given.is_some_and(|s| !s.has_moved(o));
            if step.is_some_and(|s| stands || s.move_rule() == OnMove::Once) {
                self.requeue(&delivery);
            }
        }
    }

    /// Staff stopped it by hand.
    fn stopped(&self, run: &Run) -> Option<Ground> {
        let chart = self.facts.chart;
        let by_hand = chart.stops.iter().find(|stop| {
            stop.workflow == run.workflow
                && run.started_at <= stop.at
                && stop.subject.is_none_or(|subject| {
                    chart.canonical(Anchor { subject, ..run.anchor }) == chart.canonical(run.anchor)
                })
        });
        by_hand.map(|stop| Ground::Stopped { at: stop.at, started_at: run.started_at })
    }

    /// What asks once more is planned for each time its step was given.
    pub fn maintain_reminder(&mut self, run: RunId, reminder: &Step, o: &Occurrence) {
        let Some((of, run)) = reminder.reminds.as_ref().zip(self.ledger.runs.get(&run).cloned()) else { return };
        let given = run.steps.iter().filter(|s| s.step == of.0 && matches!(s.state, StepState::Performed { .. }));
        for given in given {
            let same = |s: &&PlannedStep| (s.occurrence, s.generation) == (given.occurrence, given.generation);
            match run.steps.iter().filter(|s| s.step == reminder.id).find(same) {
                None => self.plan(&run, reminder, o, given.occurrence, given.generation),
                Some(PlannedStep { state: StepState::Cancelled { reason, .. }, .. }) if !reason.may_pass() => {}
                Some(last) if matches!(last.state, StepState::Pending { .. } | StepState::Cancelled { .. }) => {
                    self.replan(&run, reminder, o, last);
                }
                Some(_) => {}
            }
        }
    }

    /// Why a whole run must not go on, if so.
    pub fn obstacle(&self, workflow: &Workflow, o: &Occurrence) -> Option<Ground> {
        let goes_on = workflow.on_cancel == OnCancel::Continue;
        let anchor = Ground::Anchor { validity: Some(o.validity), goes_on };
        let patient = Ground::Patient(Standing::of(&self.facts.chart.patient));
        let episode = o.episode.and_then(|key| self.facts.chart.episode(key)).map(|episode| &episode.state);
        let discharge = match episode {
            Some(EpisodeState::Discharged { at, .. } | EpisodeState::PresumedEnded { at, .. }) => {
                let stops = workflow.on_discharge == OnDischarge::Stop;
                Some(Ground::Discharge { at: *at, event_at: o.event_at, stops })
            }
            Some(EpisodeState::Open) | None => None,
        };
        let stands_in_the_way = |ground: &Ground| ground.reason(self.facts.now).is_some();
        [Some(anchor), Some(patient), discharge].into_iter().flatten().find(stands_in_the_way)
    }

    fn maintain_step(&mut self, run: &Run, step: &Step, o: &Occurrence) {
        let last = run.steps.iter().filter(|s| s.step == step.id).max_by_key(|s| (s.occurrence, s.generation)).cloned();
        let inherits = self.inherits(run, step, o);
        let Some(last) = last else {
            self.plan(run, step, o, 1, 1);
            return self.already_given(run, step, inherits);
        };
        let now = self.facts.now;
        match last.state {
            StepState::Pending { .. } if inherits.is_some() => self.already_given(run, step, inherits),
            StepState::Pending { .. } => self.replan(run, step, o, &last),
            StepState::Cancelled { reason, .. } if reason.may_pass() => {
                self.replan(run, step, o, &last);
                self.already_given(run, step, inherits);
            }
            // What was given was given for another visit after all.
            StepState::Skipped { reason: Reason::AlreadyGiven, at }
                if inherits.is_none() && now.duration_since(at) <= SETTLE =>
            {
                self.replan(run, step, o, &last);
            }
            StepState::Performed { .. } | StepState::Skipped { .. } => {
                let next = self.due(run, step, o, last.occurrence, last.generation + 1);
                let shift = next.map(|next| shift(step, &last, o, next.at > now)).filter(Shift::calls_again);
                if let Some(shift) = shift {
                    self.withdraw(&last, &Ground::GivenAnew(shift));
                    self.plan(run, step, o, last.occurrence, last.generation + 1);
                } else if step.schedule.repeat().is_some() && !self.is_through(run, step, &last, o) {
                    self.plan(run, step, o, last.occurrence + 1, 1);
                }
            }
            StepState::Cancelled { .. } => {}
        }
    }

    /// A repetition that has reached a goal for good, or can reach it no more.
    pub fn is_through(&self, run: &Run, step: &Step, last: &PlannedStep, o: &Occurrence) -> bool {
        let mut reached = step.until.iter().filter(|goal| send::reached(goal, self.facts, run.id, o));
        matches!(last.state, StepState::Skipped { reason: Reason::GoalReached | Reason::Expired, .. })
            && reached.any(|g| g.is_permanent())
    }

    /// A visit booked in place of a cancelled one inherits the `once` steps that were already given.
    fn inherits(&self, run: &Run, step: &Step, o: &Occurrence) -> Option<Ground> {
        if step.move_rule() == OnMove::Resend {
            return None;
        }
        let replaced = rebooking::replaced_by(self.facts, o)?;
        let of_it = |r: &&Run| {
            let old = self.facts.occurrence(r.anchor);
            r.workflow == run.workflow && old.is_some_and(|old| old.encounter == Some(replaced))
        };
        let given = |r: &Run| {
            let own = r.steps.iter().filter(|s| s.step == step.id);
            let at = |s: &PlannedStep| if let StepState::Performed { at } = s.state { Some(at) } else { None };
            Some(Ground::Given { by: r.id, at: own.filter_map(at).min()? })
        };
        self.ledger.runs.values().filter(of_it).find_map(given)
    }

    fn already_given(&mut self, run: &Run, step: &Step, given: Option<Ground>) {
        let Some(given) = given else { return };
        let steps = self.ledger.runs.get(&run.id).map(|r| r.steps.clone()).unwrap_or_default();
        for planned in steps.iter().filter(|s| s.step == step.id && s.state.is_pending()) {
            self.end_step(run, planned, Asked::Step, vec![given.clone()]);
        }
    }

    fn cancel_before(&mut self, workflow: &Workflow, run: &Run, validity: Validity) {
        let fell = Ground::Anchor { validity: Some(validity), goes_on: false };
        for planned in run.steps.iter().filter(|s| s.state.is_pending()) {
            if workflow.step(&planned.step).is_some_and(Step::is_before) {
                self.end_step(run, planned, Asked::Run, vec![fell.clone()]);
            }
        }
    }

    /// What a step gave and has not gone out yet.
    fn withdraw(&mut self, given: &PlannedStep, because: &Ground) {
        let own = self.ledger.deliveries.values().filter(|d| d.planned_step == given.id && self.ledger.is_unsent(d));
        for delivery in own.map(|d| d.id).collect::<Vec<_>>() {
            self.end_delivery(delivery, vec![because.clone()]);
        }
    }

    /// Cancels what is pending and withdraws what is not sent, because of what stands in the way.
    pub fn cancel_run(&mut self, run: &Run, because: &Ground) {
        let Some(reason) = because.reason(self.facts.now) else { return };
        if run.ended != Some(reason) {
            self.put(Effect::RunSet(Run { ended: Some(reason), ..run.clone() }));
        }
        for step in run.steps.iter().filter(|s| s.state.is_pending()) {
            self.end_step(run, step, Asked::Run, vec![because.clone()]);
        }
        let own = self.ledger.deliveries.values().filter(|d| d.run == run.id && self.ledger.is_unsent(d));
        for delivery in own.map(|d| d.id).collect::<Vec<_>>() {
            self.end_delivery(delivery, vec![because.clone()]);
        }
    }
}
