//! From a changed chart to runs, planned steps and reasons.
//!
//! [`reconcile`] is a function of the set of changes, not of their order: it asks of every event of the folded chart what
//! each workflow makes of it, and moves the ledger there. An answer given within [`SETTLE`] of hearing of the event is
//! open: messages that belong together arrive in any order, and the last of them must not meet a closed door. After that
//! it stands, so that a fact that changes weeks later starts nothing old.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::decision::{Decision, Detail, StepRef, TaskResult, Verdict};
use super::definition::{For, OnCancel, OnDischarge, OnMove, Repeat, Step, Workflow};
use super::facts::{Activation, Facts};
use super::ledger::{Effect, Entry, Known, Ledger, PlannedStep, Run, StepState};
use super::plan;
use super::reason::Reason;
use super::rebooking;
use super::schedule::Schedule;
use crate::chart::{EpisodeState, Occurrence, Validity};
use crate::id::{PlannedStepId, RunId};

/// How long the answer to an event stays open: as long as a step may be late without being called so.
pub const SETTLE: SignedDuration = SignedDuration::from_mins(15);

/// A moved visit is told once it has stood still this long.
const QUIET: SignedDuration = SignedDuration::from_mins(10);

/// The engine at work on one patient: effects are applied to the ledger as they are made.
pub struct Work<'a> {
    pub facts: &'a Facts<'a>,
    pub ledger: &'a mut Ledger,
    pub effects: Vec<Effect>,
    /// Where new ids come from.
    pub ids: &'a mut dyn FnMut() -> Uuid,
}

/// Moves the ledger to what the chart now calls for. `loading`: what is new came from an interface that only loads.
pub fn reconcile(facts: &Facts, ledger: &mut Ledger, loading: bool, ids: &mut dyn FnMut() -> Uuid) -> Vec<Effect> {
    let mut work = Work { facts, ledger, effects: vec![], ids };
    for occurrence in facts.occurrences {
        if work.ledger.known(facts.chart, occurrence.anchor).is_none() {
            let known = Known { at: facts.now, loading };
            work.put(Effect::EventKnown { anchor: occurrence.anchor, event_at: occurrence.event_at, known });
        }
    }
    for occurrence in facts.occurrences {
        let Some(known) = work.ledger.known(facts.chart, occurrence.anchor) else { continue };
        for (key, published) in &facts.workflows.0 {
            let Some((version, workflow)) = published.current() else { continue };
            // Switched off when the event came: it starts nothing, and the activation history says so.
            let Some(activation) = published.activation_at(known.at) else { continue };
            if workflow.trigger.events.contains(&occurrence.anchor.event) {
                work.enter(key, version, workflow, activation, occurrence, known);
            }
        }
    }
    work.maintain_all();
    work.effects
}

impl Work<'_> {
    pub fn put(&mut self, effect: Effect) {
        self.ledger.apply(&effect);
        self.effects.push(effect);
    }

    fn enter(&mut self, key: &str, version: u32, w: &Workflow, activation: &Activation, o: &Occurrence, known: Known) {
        let run = self.ledger.run_of(self.facts.chart, key, o.anchor).cloned();
        // A "yes" whose run went with another number of the visit, when the two were told apart again, is no answer.
        let answer = self.ledger.entry(self.facts.chart, key, o.anchor);
        let before = answer.filter(|e| e.reason.is_some() || run.is_some());
        if before.is_some() && (self.settled(known) || run.as_ref().is_some_and(Run::has_given)) {
            return;
        }
        let verdict = self.verdict(key, w, activation, o, known);
        let reason = verdict.as_ref().err().map(|(reason, _)| *reason);
        if before == Some(Entry { reason }) {
            return;
        }
        for anchor in self.facts.chart.names_of(o.anchor) {
            if anchor == o.anchor || self.ledger.entries.contains_key(&(key.to_owned(), anchor)) {
                self.put(Effect::Entered { workflow: key.into(), anchor, entry: Entry { reason } });
            }
        }
        match (verdict, run) {
            (Ok(()), None) => self.start(key, version, o),
            // Opened again by a message that belonged to the same story.
            (Ok(()), Some(run)) => self.put(Effect::RunSet(Run { ended: None, ..run })),
            (Err((reason, detail)), run) => {
                self.decide(key, version, o, run.as_ref().map(|r| r.id), None, (Verdict::Passed, Some(reason)), detail);
                if let Some(run) = run {
                    self.cancel_run(&run, reason);
                }
            }
        }
    }

    fn settled(&self, known: Known) -> bool {
        self.facts.now.duration_since(known.at) > SETTLE
    }

    /// Why this event starts this workflow, or not: the first "no" in this order.
    fn verdict(
        &self,
        key: &str,
        w: &Workflow,
        activation: &Activation,
        o: &Occurrence,
        known: Known,
    ) -> Result<(), (Reason, Detail)> {
        let no = |reason| Err((reason, Detail::none()));
        let has_emr = self.facts.clinic.has_emr_at(o.location);
        let fits = match w.serves {
            For::Both => true,
            For::Emr => has_emr,
            For::NoEmr => !has_emr,
        };
        let here = activation.locations.as_ref().is_none_or(|list| o.location.is_some_and(|l| list.contains(&l)));
        if !fits || !here {
            return no(Reason::NotForThisLocation);
        }
        w.trigger.lets_through(self.facts, o).map_err(|saw| (Reason::TriggerNotMet, Detail::saw(saw)))?;
        if known.loading {
            return no(Reason::Loading);
        }
        if let Some(reason) = invalid(o.validity) {
            return no(reason);
        }
        if let Some(reason) = out_of_reach(self.facts) {
            return no(reason);
        }
        w.group.holds(self.facts, o).map_err(|saw| (Reason::NotInGroup, Detail::saw(saw)))?;
        self.re_entry(key, w, o)
    }

    /// One run per anchor, episode or patient, and not too soon after the last.
    fn re_entry(&self, key: &str, w: &Workflow, o: &Occurrence) -> Result<(), (Reason, Detail)> {
        let runs = self.ledger.runs.values().filter(|r| r.workflow == key);
        let others: Vec<&Occurrence> = runs.filter_map(|r| self.in_the_way(w, r, o)).collect();
        let already = match w.repeat {
            Repeat::PerAnchor => false,
            Repeat::PerEpisode => others.iter().any(|other| other.episode == o.episode),
            Repeat::PerPatient => !others.is_empty(),
        };
        if already {
            return Err((Reason::AlreadyRan, Detail::none()));
        }
        let apart = |other: &Occurrence| o.event_at.duration_since(other.event_at).abs().as_secs();
        if w.min_gap.is_some_and(|gap| others.iter().any(|other| apart(other) < gap.seconds)) {
            return Err((Reason::TooSoonSinceLastRun, Detail::none()));
        }
        Ok(())
    }

    /// What another run stands on, if it counts against one for `o`: it holds now, and it came before, or can no longer
    /// be taken back. Asked of the chart, not of what the ledger said before these messages came.
    fn in_the_way(&self, w: &Workflow, run: &Run, o: &Occurrence) -> Option<&Occurrence> {
        let other = self.facts.occurrence(run.anchor).filter(|other| other.anchor != o.anchor)?;
        let chart = self.facts.chart;
        let entered = self.ledger.entry(chart, &run.workflow, other.anchor).is_some_and(|e| e.reason.is_none());
        let fixed = run.has_given() || self.ledger.known(chart, other.anchor).is_some_and(|known| self.settled(known));
        let before = (other.event_at, other.anchor) < (o.event_at, o.anchor);
        let done = run.ended.is_some_and(|reason| !reason.may_pass());
        let holds = invalid(other.validity).is_none() && (done || self.obstacle(w, other).is_none());
        (entered && holds && (fixed || before)).then_some(other)
    }

    fn start(&mut self, key: &str, version: u32, o: &Occurrence) {
        let run = Run {
            id: RunId((self.ids)()),
            workflow: key.into(),
            version,
            anchor: o.anchor,
            event_at: o.event_at,
            moment: o.moment.instant(),
            started_at: self.facts.now,
            ended: None,
            steps: vec![],
        };
        self.put(Effect::RunSet(run));
    }

    fn maintain_all(&mut self) {
        let runs: Vec<RunId> = self.ledger.runs.keys().copied().collect();
        for id in runs {
            let Some(run) = self.ledger.runs.get(&id).cloned() else { continue };
            if run.ended.is_some_and(|reason| !reason.may_pass()) {
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
    }

    /// Brings the planned steps of a run to what the chart now calls for.
    fn maintain(&mut self, run: &Run) {
        let Some(workflow) = self.facts.workflows.version(&run.workflow, run.version).cloned() else { return };
        let occurrence = self.facts.occurrence(run.anchor).cloned();
        let Some(o) = occurrence else { return self.cancel_run(run, Reason::AnchorNoLongerValid) };
        if let Some(reason) = self.obstacle(&workflow, &o) {
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
    }

    /// Why a whole run must not go on, if so.
    fn obstacle(&self, workflow: &Workflow, o: &Occurrence) -> Option<Reason> {
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
            EpisodeState::Discharged { at, .. } if stops && o.event_at < at => Some(Reason::EpisodeDischarged),
            _ => None,
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
                let next = self.due(step, o, last.occurrence, last.generation + 1);
                if next.is_some_and(|next| self.again(step, &last, o, next.at > now)) {
                    self.plan(run, step, o, last.occurrence, last.generation + 1);
                }
            }
            StepState::Cancelled { .. } => {}
        }
    }

    /// Whether a step that ended is called for once more because the anchor moved.
    fn again(&self, step: &Step, ended: &PlannedStep, o: &Occurrence, ahead: bool) -> bool {
        let moved = ended.moment != o.moment.instant();
        match ended.state {
            StepState::Performed { .. } => moved && step.move_rule() == OnMove::Resend,
            // It was too late for the old time; the new one may leave room.
            StepState::Skipped { reason: Reason::Late | Reason::Expired, .. } => moved && ahead,
            StepState::Skipped { .. } | StepState::Cancelled { .. } | StepState::Pending { .. } => false,
        }
    }

    /// A step given again because the visit moved: an `immediately` step is due at the move itself, any other where its
    /// schedule puts it now; what is not late already waits until the visit has stood still for a while.
    fn due(&self, step: &Step, o: &Occurrence, nth: u32, generation: u32) -> Option<plan::Due> {
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
        let Some(due) = self.due(step, o, nth, generation) else { return };
        let at = due.at;
        let planned = PlannedStep {
            id: PlannedStepId((self.ids)()),
            step: step.id.clone(),
            occurrence: nth,
            generation,
            due: at,
            expires: due.expires,
            moment: o.moment.instant(),
            state: StepState::Pending { at: Some(at) },
        };
        self.set_planned(run, step, o, planned);
    }

    /// Computes a step anew; says so only if something changed.
    fn replan(&mut self, run: &Run, step: &Step, o: &Occurrence, last: &PlannedStep) {
        let Some(due) = self.due(step, o, last.occurrence, last.generation) else {
            return self.end_step(run, last, StepState::Cancelled { at: self.facts.now, reason: Reason::AnchorMoved });
        };
        let at = due.at;
        // A later generation stands only as long as the one before it calls for it: the visit may have moved back.
        let earlier = run
            .steps
            .iter()
            .find(|s| (&s.step, s.occurrence, s.generation + 1) == (&last.step, last.occurrence, last.generation));
        if earlier.is_some_and(|e| !self.again(step, e, o, at > self.facts.now || at == last.due)) {
            if last.state.is_pending() {
                self.end_step(run, last, StepState::Cancelled { at: self.facts.now, reason: Reason::AnchorMoved });
            }
            return;
        }
        if last.state.is_pending() && at == last.due && due.expires == last.expires {
            if last.moment != o.moment.instant() {
                let step = PlannedStep { moment: o.moment.instant(), ..last.clone() };
                self.put(Effect::StepSet { run: run.id, step });
            }
            return;
        }
        let state = StepState::Pending { at: Some(at) };
        let planned = PlannedStep { due: at, expires: due.expires, moment: o.moment.instant(), state, ..last.clone() };
        self.set_planned(run, step, o, planned);
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

    /// Cancels what is pending and withdraws what is not sent, with the reason.
    fn cancel_run(&mut self, run: &Run, reason: Reason) {
        let now = self.facts.now;
        if run.ended != Some(reason) {
            self.put(Effect::RunSet(Run { ended: Some(reason), ..run.clone() }));
        }
        for step in run.steps.iter().filter(|s| s.state.is_pending()) {
            self.end_step(run, step, StepState::Cancelled { at: now, reason });
        }
        let unsent: Vec<_> = self.ledger.deliveries.values().filter(|d| d.run == run.id).map(|d| d.id).collect();
        for delivery in unsent {
            self.put(Effect::Withdrawn { delivery, at: now, reason });
        }
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
        self.put(Effect::StepSet { run: run.id, step: PlannedStep { state, ..step.clone() } });
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
    fn decide(
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
}

impl StepRef {
    fn of(step: &PlannedStep) -> Self {
        Self { id: step.step.clone(), occurrence: step.occurrence, generation: step.generation, due: step.due }
    }
}

/// Why an anchor no longer holds, in the words of the list.
pub fn invalid(validity: Validity) -> Option<Reason> {
    match validity {
        Validity::Valid => None,
        Validity::Cancelled => Some(Reason::AnchorCancelled),
        Validity::Moved => Some(Reason::AnchorMoved),
        Validity::Corrected => Some(Reason::StateCorrected),
        Validity::Gone => Some(Reason::AnchorNoLongerValid),
    }
}

/// Dead, inactive, test, do-not-contact: nothing is planned and nothing sent.
pub fn out_of_reach(facts: &Facts) -> Option<Reason> {
    let patient = &facts.chart.patient;
    match () {
        () if patient.deceased => Some(Reason::PatientDeceased),
        () if patient.inactive => Some(Reason::PatientInactive),
        () if patient.test_patient => Some(Reason::TestPatient),
        () if patient.do_not_contact.is_some() => Some(Reason::DoNotContact),
        () => None,
    }
}

/// Whether `at` is so long past that the step counts as late.
pub fn is_late(due: Timestamp, now: Timestamp) -> bool {
    now.duration_since(due) > SETTLE
}
