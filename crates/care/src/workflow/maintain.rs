//! Brings what runs to what the chart now calls for.

use jiff::SignedDuration;

use super::decide::{SETTLE, invalid, is_late, out_of_reach};
use super::decision::{Detail, StepRef, Verdict};
use super::definition::{OnCancel, OnDischarge, OnMove, Step, Workflow};
use super::facts::InFlight;
use super::ledger::{DeliveryState, Effect, PlannedStep, Run, StepState};
use super::plan;
use super::reason::Reason;
use super::rebooking;
use super::schedule::Schedule;
use super::send;
use super::work::Work;
use crate::chart::{Anchor, EpisodeState, Occurrence};
use crate::id::{PlannedStepId, RunId};

/// A moved visit is told once it has stood still this long.
const QUIET: SignedDuration = SignedDuration::from_mins(10);

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
                self.cancel_run(&run, reason);
                continue;
            }
            if self.ledger.run_of(self.facts.chart, &run.workflow, run.anchor).is_some_and(|first| first.id != id) {
                self.cancel_run(&run, Reason::AlreadyRan);
                continue;
            }
            self.maintain(&run);
        }
        self.join_again(&withdrawn);
        self.wait_on_all();
    }

    /// What waits for the morning or for a day with room waits for what these are now: asked when all else is settled.
    fn wait_on_all(&mut self) {
        let later = |s: &PlannedStep| matches!(s.state, StepState::Pending { at: Some(at) } if at > s.due);
        let waiting: Vec<Run> = self.ledger.runs.values().filter(|r| r.steps.iter().any(later)).cloned().collect();
        for run in &waiting {
            let Some(workflow) = self.facts.workflows.version(&run.workflow, run.version).cloned() else { continue };
            for planned in run.steps.iter().filter(|s| later(s)) {
                if let Some(step) = workflow.step(&planned.step) {
                    self.wait_on(run, step, planned);
                }
            }
        }
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
            if edit.to <= run.version || run.started_at > edit.at {
                continue;
            }
            match edit.in_flight {
                InFlight::Stay => {}
                InFlight::Stop => return self.cancel_run(&run, Reason::SupersededByVersion),
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
        let state = StepState::Cancelled { at: self.facts.now, reason: Reason::SupersededByVersion };
        for planned in run.steps.iter().filter(|s| s.state.is_pending() && workflow.step(&s.step).is_none()) {
            self.end_step(run, planned, state);
        }
    }

    /// Brings the planned steps of a run to what the chart now calls for.
    fn maintain(&mut self, run: &Run) {
        let Some(workflow) = self.facts.workflows.version(&run.workflow, run.version).cloned() else { return };
        let occurrence = self.facts.occurrence(run.anchor).cloned();
        let Some(o) = occurrence else { return self.cancel_run(run, Reason::AnchorNoLongerValid) };
        if let Some(reason) = self.obstacle(&workflow, &o).or_else(|| self.stopped(run)) {
            return self.cancel_run(run, reason);
        }
        let now_is = Run { ended: None, moment: o.moment.instant(), event_at: o.event_at, ..run.clone() };
        if now_is != *run {
            self.put(Effect::RunSet(now_is));
        }
        // `on_cancel = "continue"`: what comes after the visit goes on, what was to come before it does not.
        let fell = invalid(o.validity).is_some();
        if fell {
            self.cancel_before(&workflow, run);
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
    fn stopped(&self, run: &Run) -> Option<Reason> {
        let chart = self.facts.chart;
        let by_hand = chart.stops.iter().any(|stop| {
            stop.workflow == run.workflow
                && run.started_at <= stop.at
                && stop.subject.is_none_or(|subject| {
                    chart.canonical(Anchor { subject, ..run.anchor }) == chart.canonical(run.anchor)
                })
        });
        by_hand.then_some(Reason::StoppedByStaff)
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
    pub fn obstacle(&self, workflow: &Workflow, o: &Occurrence) -> Option<Reason> {
        match invalid(o.validity) {
            Some(Reason::AnchorCancelled) if workflow.on_cancel == OnCancel::Continue => {}
            Some(reason) => return Some(reason),
            None => {}
        }
        if let Some(reason) = out_of_reach(self.facts) {
            return Some(reason);
        }
        let episode = o.episode.and_then(|key| self.facts.chart.episode(key))?;
        let stops = workflow.on_discharge == OnDischarge::Stop;
        match episode.state {
            EpisodeState::Discharged { at, .. } | EpisodeState::PresumedEnded { at, .. }
                if stops && o.event_at < at =>
            {
                Some(Reason::EpisodeDischarged)
            }
            EpisodeState::Open | EpisodeState::Discharged { .. } | EpisodeState::PresumedEnded { .. } => None,
        }
    }

    fn maintain_step(&mut self, run: &Run, step: &Step, o: &Occurrence) {
        let last = run.steps.iter().filter(|s| s.step == step.id).max_by_key(|s| (s.occurrence, s.generation)).cloned();
        let inherits = self.inherits(run, step, o);
        let Some(last) = last else {
            self.plan(run, step, o, 1, 1);
            if inherits {
                self.already_given(run, step);
            }
            return;
        };
        let now = self.facts.now;
        match last.state {
            StepState::Pending { .. } if inherits => self.already_given(run, step),
            StepState::Pending { .. } => self.replan(run, step, o, &last),
            StepState::Cancelled { reason, .. } if reason.may_pass() => {
                self.replan(run, step, o, &last);
                if inherits {
                    self.already_given(run, step);
                }
            }
            // What was given was given for another visit after all.
            StepState::Skipped { reason: Reason::AlreadyGiven, at }
                if !inherits && now.duration_since(at) <= SETTLE =>
            {
                self.replan(run, step, o, &last);
            }
            StepState::Performed { .. } | StepState::Skipped { .. } => {
                let next = self.due(run, step, o, last.occurrence, last.generation + 1);
                if next.is_some_and(|next| self.again(step, &last, o, next.at > now)) {
                    self.withdraw(&last, Reason::AnchorMoved);
                    self.plan(run, step, o, last.occurrence, last.generation + 1);
                } else if step.schedule.repeat().is_some() && !self.is_through(run, step, &last, o) {
                    self.plan(run, step, o, last.occurrence + 1, 1);
                }
            }
            StepState::Cancelled { .. } => {}
        }
    }

    /// Whether a step that ended is called for once more because the anchor moved.
    fn again(&self, step: &Step, ended: &PlannedStep, o: &Occurrence, ahead: bool) -> bool {
        let moved = ended.has_moved(o);
        match ended.state {
            StepState::Performed { .. } => moved && step.move_rule() == OnMove::Resend,
            // It was too late for the old time; the new one may leave room.
            StepState::Skipped { reason: Reason::Late | Reason::Expired, .. } => moved && ahead,
            StepState::Skipped { .. } | StepState::Cancelled { .. } | StepState::Pending { .. } => false,
        }
    }

    /// A repetition that has reached a goal for good.
    pub fn is_through(&self, run: &Run, step: &Step, last: &PlannedStep, o: &Occurrence) -> bool {
        let mut reached = step.until.iter().filter(|goal| send::reached(goal, self.facts, run.id, o));
        matches!(last.state, StepState::Skipped { reason: Reason::GoalReached, .. })
            && reached.any(|g| g.is_permanent())
    }

    /// A step given again because the visit moved: an `immediately` step is due at the move itself, any other where its
    /// schedule puts it now; what is not late already waits until the visit has stood still for a while.
    fn due(&self, run: &Run, step: &Step, o: &Occurrence, nth: u32, generation: u32) -> Option<plan::Due> {
        if let Some((of, after)) = &step.reminds {
            let own = |s: &&PlannedStep| s.step == *of && (s.occurrence, s.generation) == (nth, generation);
            let Some(StepState::Performed { at }) = run.steps.iter().find(own).map(|s| s.state) else { return None };
            return plan::after(at, *after);
        }
        let due = plan::due(self.facts, step, o, nth)?;
        let moved = o.encounter.and_then(|id| self.facts.chart.encounter(id)).and_then(|e| e.start_since);
        let Some(moved) = moved.filter(|_| generation > 1) else { return Some(due) };
        let at = if matches!(step.schedule, Schedule::Immediately { .. }) { moved } else { due.at };
        let rested = moved.checked_add(QUIET).ok()?;
        let at = if is_late(at, moved) { at } else { at.max(rested) };
        Some(plan::Due { at, ..due })
    }

    /// A visit booked in place of a cancelled one inherits the `once` steps that were already given.
    fn inherits(&self, run: &Run, step: &Step, o: &Occurrence) -> bool {
        if step.move_rule() == OnMove::Resend {
            return false;
        }
        let Some(replaced) = rebooking::replaced_by(self.facts, o) else { return false };
        let given = |r: &Run| {
            r.workflow == run.workflow
                && self.facts.occurrence(r.anchor).is_some_and(|old| old.encounter == Some(replaced))
                && r.steps.iter().any(|s| s.step == step.id && matches!(s.state, StepState::Performed { .. }))
        };
        self.ledger.runs.values().any(given)
    }

    fn already_given(&mut self, run: &Run, step: &Step) {
        let steps = self.ledger.runs.get(&run.id).map(|r| r.steps.clone()).unwrap_or_default();
        for planned in steps.iter().filter(|s| s.step == step.id && s.state.is_pending()) {
            self.end_step(run, planned, StepState::Skipped { at: self.facts.now, reason: Reason::AlreadyGiven });
        }
    }

    /// Plans an occurrence of a step that was not planned before.
    pub fn plan(&mut self, run: &Run, step: &Step, o: &Occurrence, nth: u32, generation: u32) {
        let Some(due) = self.due(run, step, o, nth, generation) else { return };
        let at = due.at;
        let planned = PlannedStep {
            id: PlannedStepId((self.ids)()),
            step: step.id.clone(),
            occurrence: nth,
            generation,
            due: at,
            expires: due.expires,
            moment: o.moment.instant(),
            place: o.location,
            state: StepState::Pending { at: Some(at) },
        };
        self.set_planned(run, step, o, planned);
    }

    /// Computes a step anew; says so only if something changed.
    fn replan(&mut self, run: &Run, step: &Step, o: &Occurrence, last: &PlannedStep) {
        let Some(due) = self.due(run, step, o, last.occurrence, last.generation) else {
            if last.state.is_pending() {
                self.end_step(run, last, StepState::Cancelled { at: self.facts.now, reason: Reason::AnchorMoved });
            }
            return;
        };
        let at = due.at;
        // A later generation stands only as long as the one before it calls for it: the visit may have moved back.
        let earlier = run
            .steps
            .iter()
            .find(|s| (&s.step, s.occurrence, s.generation + 1) == (&last.step, last.occurrence, last.generation));
        let earlier = earlier.filter(|_| step.reminds.is_none());
        if earlier.is_some_and(|e| !self.again(step, e, o, at > self.facts.now || at == last.due)) {
            if last.state.is_pending() {
                self.end_step(run, last, StepState::Cancelled { at: self.facts.now, reason: Reason::AnchorMoved });
            }
            return;
        }
        if last.state.is_pending() && at == last.due && due.expires == last.expires {
            if last.has_moved(o) {
                let step = PlannedStep { moment: o.moment.instant(), place: o.location, ..last.clone() };
                self.put(Effect::StepSet { run: run.id, step });
            }
            return;
        }
        let state = StepState::Pending { at: Some(at) };
        let planned = PlannedStep {
            due: at,
            expires: due.expires,
            moment: o.moment.instant(),
            place: o.location,
            state,
            ..last.clone()
        };
        self.set_planned(run, step, o, planned);
    }

    fn wait_on(&mut self, run: &Run, step: &Step, planned: &PlannedStep) {
        let StepState::Pending { at: Some(at) } = planned.state else { return };
        if at <= self.facts.now {
            return;
        }
        let (until, reason) = self.wait_anew(run, step, planned);
        let state = StepState::Pending { at: Some(until) };
        match reason {
            _ if until == at => {}
            None => self.put(Effect::StepSet { run: run.id, step: PlannedStep { state, ..planned.clone() } }),
            Some(reason) => {
                let detail = Detail { until: Some(until), ..Detail::none() };
                self.end_step_with(run, planned, state, (Verdict::Deferred, Some(reason)), detail, vec![]);
            }
        }
    }

    fn set_planned(&mut self, run: &Run, step: &Step, o: &Occurrence, planned: PlannedStep) {
        let at = StepRef::of(&planned);
        self.put(Effect::StepSet { run: run.id, step: planned });
        let detail = Detail { sum: Some(plan::sum(self.facts, step, o)), ..Detail::none() };
        self.decide(&run.workflow, run.version, o, Some(run.id), Some(at), (Verdict::Planned, None), detail);
    }

    fn cancel_before(&mut self, workflow: &Workflow, run: &Run) {
        let state = StepState::Cancelled { at: self.facts.now, reason: Reason::AnchorCancelled };
        for planned in run.steps.iter().filter(|s| s.state.is_pending()) {
            if workflow.step(&planned.step).is_some_and(Step::is_before) {
                self.end_step(run, planned, state);
            }
        }
    }

    /// What a step gave and has not gone out yet.
    fn withdraw(&mut self, given: &PlannedStep, reason: Reason) {
        let own = self.ledger.deliveries.values().filter(|d| d.planned_step == given.id && self.ledger.is_unsent(d));
        for delivery in own.map(|d| d.id).collect::<Vec<_>>() {
            self.end_delivery(delivery, reason);
        }
    }

    /// Cancels what is pending and withdraws what is not sent, with the reason.
    pub fn cancel_run(&mut self, run: &Run, reason: Reason) {
        let now = self.facts.now;
        if run.ended != Some(reason) {
            self.put(Effect::RunSet(Run { ended: Some(reason), ..run.clone() }));
        }
        for step in run.steps.iter().filter(|s| s.state.is_pending()) {
            self.end_step(run, step, StepState::Cancelled { at: now, reason });
        }
        let own = self.ledger.deliveries.values().filter(|d| d.run == run.id && self.ledger.is_unsent(d));
        for delivery in own.map(|d| d.id).collect::<Vec<_>>() {
            self.end_delivery(delivery, reason);
        }
    }
}
