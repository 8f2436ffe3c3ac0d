//! From a changed chart to runs, planned steps and reasons.
//!
//! [`reconcile`] is a function of the set of changes, not of their order: it asks of every event of the folded chart what
//! each workflow makes of it, and moves the ledger there. An answer given within [`SETTLE`] of hearing of the event is
//! open: messages that belong together arrive in any order, and the last of them must not meet a closed door. After that
//! it stands, so that a fact that changes weeks later starts nothing old.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::decision::{Decision, Detail, Verdict};
use super::definition::{Repeat, Workflow};
use super::facts::{Activation, Facts, Published};
use super::ground::{Asked, Ground, GroupSeen, Standing};
use super::group::Field;
use super::ledger::{Effect, Entry, Known, Ledger, Run};
use super::reason::Reason;
use super::trigger::Trigger;
use super::work::Work;
use crate::chart::{Idle, Occurrence, Subject, TypeMapping, Validity};
use crate::id::RunId;

/// How long the answer to an event stays open: as long as a step may be late without being called so.
pub const SETTLE: SignedDuration = SignedDuration::from_mins(15);

/// How many tasks may stand between something that happened outside and what follows from it.
pub const DEPTH: u8 = 3;

/// Moves the ledger to what the chart now calls for. `loading`: what is new came from an interface that only loads.
pub fn reconcile(facts: &Facts, ledger: &mut Ledger, loading: bool, ids: &mut dyn FnMut() -> Uuid) -> Vec<Effect> {
    let mut work = Work { facts, ledger, effects: vec![], ids };
    for occurrence in facts.occurrences {
        if work.ledger.known(facts.chart, occurrence.anchor).is_none() {
            let loading = loading || was_hidden(facts, occurrence);
            let known = Known { at: facts.now, loading, covered: false };
            work.put(Effect::EventKnown { anchor: occurrence.anchor, event_at: occurrence.event_at, known });
        }
    }
    work.edit_all();
    for occurrence in facts.occurrences {
        let Some(known) = work.ledger.known(facts.chart, occurrence.anchor) else { continue };
        for (key, published) in &facts.workflows.0 {
            let Some((version, workflow)) = published.current() else { continue };
            // Switched off when the event came: it starts nothing, and the activation history says so.
            let Some((activation, known)) = awake(facts, workflow, published, occurrence, known) else { continue };
            if concerns(key, &workflow.trigger, occurrence) {
                work.enter(key, version, workflow, activation, occurrence, known);
            }
        }
    }
    work.maintain_all();
    work.effects
}

/// An interface goes live. With `cover` the visits ahead that came in while it was loading fire after all.
pub fn go_live(facts: &Facts, ledger: &mut Ledger, cover: bool, ids: &mut dyn FnMut() -> Uuid) -> Vec<Effect> {
    let mut work = Work { facts, ledger, effects: vec![], ids };
    for o in facts.occurrences.iter().filter(|o| cover && ahead(o, facts.now)) {
        let loaded = work.ledger.known(facts.chart, o.anchor).is_some_and(|known| known.loading);
        for anchor in facts.chart.names_of(o.anchor).into_iter().filter(|_| loaded) {
            let known = Known { at: facts.now, loading: false, covered: true };
            work.put(Effect::EventKnown { anchor, event_at: o.event_at, known });
        }
    }
    let mut effects = work.effects;
    effects.extend(reconcile(facts, ledger, false, ids));
    effects
}

fn ahead(o: &Occurrence, now: Timestamp) -> bool {
    o.anchor.event.is_of_a_visit_ahead() && o.moment.instant() > now
}

/// The activation under which an event is asked about, and from when: the one it came in, or one that covers what was
/// booked before it.
pub(super) fn awake<'a>(
    facts: &Facts,
    workflow: &Workflow,
    published: &'a Published,
    o: &Occurrence,
    known: Known,
) -> Option<(&'a Activation, Known)> {
    let known = Known { at: heard_at(facts, workflow, o, known), ..known };
    if let Some(activation) = published.activation_at(known.at) {
        // What had become true before starts nothing, however late it is noticed.
        let was_so_before = o.anchor.event.is_timed() && o.event_at < activation.from;
        return (!was_so_before).then_some((activation, known));
    }
    let now_on = published.activation_at(facts.now)?;
    let covers = now_on.cover && !known.loading && known.at < now_on.from && ahead(o, now_on.from);
    covers.then_some((now_on, Known { at: now_on.from, covered: true, ..known }))
}

/// When we came to know what the workflow asks about: for one that asks for a type, a visit ahead whose type is mapped
/// later is a new one; for one that asks for a practitioner, one whose practitioner is claimed later.
fn heard_at(facts: &Facts, w: &Workflow, o: &Occurrence, known: Known) -> Timestamp {
    let visit = o.encounter.and_then(|id| facts.chart.encounter(id));
    let code = visit.and_then(|v| v.practitioner_code.as_ref()).filter(|_| asks_for_practitioner(w));
    let claimed = code.and_then(|code| facts.clinic.practitioners.get(code)).and_then(|claim| claim.since);
    let asks_for_type = !w.trigger.visit_types.is_empty();
    let mapped = mapping(facts, o).filter(|_| asks_for_type).and_then(|m| m.since);
    mapped.max(claimed).filter(|since| ahead(o, *since)).map_or(known.at, |since| since.max(known.at))
}

/// What went on while the visit's type meant no visit at all starts nothing; only what lies ahead is taken up.
fn was_hidden(facts: &Facts, o: &Occurrence) -> bool {
    let until = mapping(facts, o).and_then(|m| m.hidden_until);
    until.is_some_and(|until| o.event_at < until && !ahead(o, until))
}

fn asks_for_practitioner(w: &Workflow) -> bool {
    !w.trigger.practitioners.is_empty() || w.group.leaves().iter().any(|clause| clause.field == Field::Practitioner)
}

fn mapping(facts: &Facts, o: &Occurrence) -> Option<TypeMapping> {
    let visit = o.encounter.and_then(|id| facts.chart.encounter(id))?;
    facts.clinic.visit_types.get(visit.visit_code.as_ref()?).copied()
}

/// Whether an event is one this workflow waits for. An enrolment is for one workflow, a silence of so many days for
/// those that count so many.
pub fn concerns(key: &str, trigger: &Trigger, o: &Occurrence) -> bool {
    let own = match o.anchor.subject {
        Subject::Enrolment(_) => o.workflow.as_deref() == Some(key),
        Subject::Idle { of, days, .. } => (trigger.of.unwrap_or(Idle::Visits), trigger.days) == (of, Some(days)),
        Subject::Patient
        | Subject::Encounter(_)
        | Subject::Episode(_)
        | Subject::VisitDay { .. }
        | Subject::Assignment(_)
        | Subject::Birthday { .. }
        | Subject::PresumedEnd { .. } => true,
    };
    own && trigger.events.contains(&o.anchor.event)
}

impl Work<'_> {
    fn enter(&mut self, key: &str, version: u32, w: &Workflow, activation: &Activation, o: &Occurrence, known: Known) {
        let run = self.ledger.run_of(self.facts.chart, key, o.anchor).cloned();
        // A "yes" whose run went with another number of the visit, when the two were told apart again, is no answer.
        let answer = self.ledger.entry(self.facts.chart, key, o.anchor);
        let before = answer.filter(|e| e.reason.is_some() || run.is_some());
        if before.is_some() && (self.settled(known) || run.as_ref().is_some_and(Run::has_given)) {
            return;
        }
        // What runs is asked about by its own version: an edit may have let it stay with that.
        let of_run = run.as_ref().and_then(|run| self.facts.workflows.version(key, run.version)).cloned();
        let verdict = self.verdict(key, of_run.as_deref().unwrap_or(w), activation, o, known);
        let now = self.facts.now;
        let reason = verdict.as_ref().err().and_then(|grounds| Asked::Event.answer(grounds, now).reason);
        if before == Some(Entry { reason }) {
            return;
        }
        for anchor in self.facts.chart.names_of(o.anchor) {
            if anchor == o.anchor || self.ledger.entries.contains_key(&(key.to_owned(), anchor)) {
                self.put(Effect::Entered { workflow: key.into(), anchor, entry: Entry { reason } });
            }
        }
        match (verdict, run) {
            (Ok(()), None) => self.start(key, version, o, known.covered),
            (Ok(()), Some(run)) if !run.goes_on() => {}
            // Opened again by a message that belonged to the same story.
            (Ok(()), Some(run)) => self.put(Effect::RunSet(Run { ended: None, ..run })),
            (Err(grounds), run) => {
                let because = grounds.last().cloned();
                self.pass_over(key, version, o, run.as_ref().map(|r| r.id), grounds);
                if let Some((run, because)) = run.zip(because) {
                    self.cancel_run(&run, &because);
                }
            }
        }
    }

    /// The event comes to nothing here, for what the last of the grounds says.
    fn pass_over(&mut self, key: &str, version: u32, o: &Occurrence, run: Option<RunId>, grounds: Vec<Ground>) {
        let at = self.facts.now;
        let (answer, detail) = Detail::of(Asked::Event, grounds, at);
        self.put(Effect::Decided(Decision {
            at,
            workflow: key.into(),
            version,
            anchor: o.anchor,
            run,
            step: None,
            verdict: Verdict::Passed,
            reason: answer.reason,
            detail,
            tasks: vec![],
        }));
    }

    fn settled(&self, known: Known) -> bool {
        self.facts.now.duration_since(known.at) > SETTLE
    }

    /// Why this event starts this workflow, or not: what was looked at up to the first "no" in this order.
    fn verdict(
        &self,
        key: &str,
        w: &Workflow,
        activation: &Activation,
        o: &Occurrence,
        known: Known,
    ) -> Result<(), Vec<Ground>> {
        let mut grounds = vec![];
        self.ask(&mut grounds, fits(self.facts, w, activation, o))?;
        if let Err(test) = w.trigger.lets_through(self.facts, o) {
            self.ask(&mut grounds, Ground::Filter(test))?;
        }
        self.ask(&mut grounds, Ground::Depth { depth: o.depth, most: DEPTH })?;
        self.ask(&mut grounds, Ground::Loading { loading: known.loading })?;
        self.ask(&mut grounds, Ground::Anchor { validity: Some(o.validity), goes_on: false })?;
        self.ask(&mut grounds, Ground::Patient(Standing::of(&self.facts.chart.patient)))?;
        if w.group.holds(self.facts, o).is_err() {
            self.ask(&mut grounds, Ground::Group { seen: GroupSeen::of(&w.group, self.facts, o), on_leave: None })?;
        }
        self.re_entry(key, w, o).into_iter().try_for_each(|ground| self.ask(&mut grounds, ground))
    }

    /// Goes on unless the ground stands in the way.
    fn ask(&self, grounds: &mut Vec<Ground>, ground: Ground) -> Result<(), Vec<Ground>> {
        let no = ground.reason(self.facts.now).is_some();
        grounds.push(ground);
        if no { Err(std::mem::take(grounds)) } else { Ok(()) }
    }

    /// One run per anchor, episode or patient, and not too soon after the last.
    pub(super) fn re_entry(&self, key: &str, w: &Workflow, o: &Occurrence) -> Vec<Ground> {
        let runs = self.ledger.runs.values().filter(|r| r.workflow == key);
        let others: Vec<Occurrence> = runs.filter_map(|r| self.in_the_way(w, r, o)).collect();
        let counted = match w.repeat {
            Repeat::PerAnchor => 0,
            Repeat::PerEpisode => others.iter().filter(|other| other.episode == o.episode).count(),
            Repeat::PerPatient => others.len(),
        };
        let apart = |other: &Occurrence| o.event_at.duration_since(other.event_at).abs().as_secs();
        let nearest = w.min_gap.and_then(|gap| Some((others.iter().map(apart).min()?, gap.seconds)));
        let gap = nearest.map(|(apart, least)| Ground::Gap { apart, least });
        [Ground::Repeat { repeat: w.repeat, others: counted }].into_iter().chain(gap).collect()
    }

    /// What another run stands on, if it counts against one for `o`: it holds now, and it came before, or can no longer
    /// be taken back. Asked of the chart, not of what the ledger said before these messages came.
    fn in_the_way(&self, w: &Workflow, run: &Run, o: &Occurrence) -> Option<Occurrence> {
        let Some(other) = self.facts.occurrence(run.anchor) else { return ended_by_itself(run) };
        if other.anchor == o.anchor {
            return None;
        }
        let chart = self.facts.chart;
        let entered = self.ledger.entry(chart, &run.workflow, other.anchor).is_some_and(|e| e.reason.is_none());
        let fixed = run.has_given() || self.ledger.known(chart, other.anchor).is_some_and(|known| self.settled(known));
        let before = (other.event_at, other.anchor) < (o.event_at, o.anchor);
        let done = run.ended.is_some_and(|reason| !reason.may_pass());
        let holds = invalid(other.validity).is_none() && (done || self.obstacle(w, other).is_none());
        (entered && holds && (fixed || before)).then(|| other.clone())
    }

    fn start(&mut self, key: &str, version: u32, o: &Occurrence, covered: bool) {
        let run = Run {
            id: RunId((self.ids)()),
            workflow: key.into(),
            version,
            anchor: o.anchor,
            event_at: o.event_at,
            moment: o.moment.instant(),
            started_at: self.facts.now,
            covered,
            ended: None,
            steps: vec![],
        };
        self.put(Effect::RunSet(run));
    }
}

/// Whether the workflow is used where this happened.
pub(super) fn fits(facts: &Facts, w: &Workflow, activation: &Activation, o: &Occurrence) -> Ground {
    let on_here = activation.locations.as_ref().is_none_or(|list| o.location.is_some_and(|l| list.contains(&l)));
    Ground::Place { serves: w.serves, has_emr: facts.clinic.has_emr_at(o.location), on_here, location: o.location }
}

/// A silence that is over ended by itself, not because somebody called something off: what it gave counts.
fn ended_by_itself(run: &Run) -> Option<Occurrence> {
    let episode = match run.anchor.subject {
        Subject::Idle { episode, .. } => episode,
        Subject::PresumedEnd { episode, .. } => Some(episode),
        Subject::Patient
        | Subject::Encounter(_)
        | Subject::Episode(_)
        | Subject::VisitDay { .. }
        | Subject::Assignment(_)
        | Subject::Enrolment(_)
        | Subject::Birthday { .. } => return None,
    };
    run.has_given().then(|| Occurrence { episode, ..Occurrence::of(run.anchor, run.event_at, None) })
}

/// Why an anchor no longer holds, in the words of the list.
pub fn invalid(validity: Validity) -> Option<Reason> {
    match validity {
        Validity::Valid => None,
        Validity::Cancelled => Some(Reason::AnchorCancelled),
        Validity::Moved => Some(Reason::AnchorMoved),
        Validity::Corrected => Some(Reason::StateCorrected),
        Validity::Gone => Some(Reason::AnchorNoLongerValid),
        Validity::Stopped => Some(Reason::StoppedByStaff),
    }
}

/// Dead, inactive, test, do-not-contact: nothing is planned and nothing sent.
pub fn out_of_reach(facts: &Facts) -> Option<Reason> {
    Standing::of(&facts.chart.patient).out_of_reach()
}

/// Whether `at` is so long past that the step counts as late.
pub fn is_late(due: Timestamp, now: Timestamp) -> bool {
    now.duration_since(due) > SETTLE
}
