//! Plays a story through the engine, as the server would: changes are recorded, due steps performed, messages sent.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::line::Line;
use super::read::{Happens, Names, Scenario};
use crate::chart::{Anchor, Change, Chart, EpisodeKey, Source, Stamp, Subject, What, fold};
use crate::id::{ChangeId, PlannedStepId};
use crate::workflow::decide::reconcile;
use crate::workflow::perform::perform;
use crate::workflow::send::{self, Send};
use crate::workflow::{Activation, Decision, Effect, Facts, Ledger, Published, StepState, Workflow, Workflows};

/// The decisions in order of time.
pub fn play(scenario: &Scenario) -> Vec<Line> {
    let mut world = World::of(scenario);
    for event in &scenario.events {
        world.run_until(event.at);
        world.now = event.at;
        world.happen(event.at, &event.happens);
        world.run_until(event.at);
    }
    world.run_until(scenario.until);
    world.lines
}

struct World<'a> {
    scenario: &'a Scenario,
    workflows: Workflows,
    patients: BTreeMap<String, (Vec<Change>, Ledger)>,
    lines: Vec<Line>,
    next_id: u128,
    now: Timestamp,
}

impl<'a> World<'a> {
    fn of(scenario: &'a Scenario) -> Self {
        let first = scenario.events.first().map_or(scenario.until, |e| e.at);
        let before = |seconds| first.checked_sub(SignedDuration::from_secs(seconds)).unwrap_or(first);
        let published = |(key, (workflow, active)): (&String, &(Arc<Workflow>, bool))| {
            let activation = Activation { from: before(1), until: None, locations: None };
            let activations = if *active { vec![activation] } else { vec![] };
            (key.clone(), Published { versions: [(1, workflow.clone())].into(), activations })
        };
        let workflows = Workflows(scenario.workflows.iter().map(published).collect());
        let mut world =
            World { scenario, workflows, patients: BTreeMap::new(), lines: vec![], next_id: 1 << 64, now: before(2) };
        for (name, change, new) in &scenario.patients {
            world.patients.insert(name.clone(), Default::default());
            if !new {
                // There before the story begins, and before any workflow was switched on.
                world.record(before(2), name, What::Patient(Box::new(change.clone())));
            }
        }
        world
    }

    fn happen(&mut self, at: Timestamp, happens: &Happens) {
        match happens {
            Happens::Change { patient, what } => {
                let new = self.patients.get(patient).is_some_and(|(changes, _)| changes.is_empty());
                let listed = self.scenario.patients.iter().find(|(id, _, _)| id == patient);
                if let (true, Some((_, change, _))) = (new, listed) {
                    self.record(at, patient, What::Patient(Box::new(change.clone())));
                }
                self.record(at, patient, what.clone());
            }
            Happens::Activation { workflow, active } => self.switch(at, workflow, *active),
        }
    }

    fn record(&mut self, at: Timestamp, patient: &str, what: What) {
        self.next_id += 1;
        let rank = if let What::Encounter(e) = &what { e.act.rank() } else { 0 };
        let stamp = Stamp { at, rank, hash: self.next_id as u64 };
        let change = Change {
            id: ChangeId(Uuid::from_u128(self.next_id)),
            stamp,
            source: Source::System,
            received_at: at,
            what,
        };
        if let Some((changes, _)) = self.patients.get_mut(patient) {
            changes.push(change);
        }
        self.with(patient, at, |facts, ledger, ids| reconcile(facts, ledger, false, ids));
    }

    fn switch(&mut self, at: Timestamp, workflow: &str, active: bool) {
        let Some(published) = self.workflows.0.get_mut(workflow) else { return };
        match (active, published.activations.iter_mut().find(|a| a.until.is_none())) {
            (true, None) => published.activations.push(Activation { from: at, until: None, locations: None }),
            (false, Some(open)) => open.until = Some(at),
            (true, Some(_)) | (false, None) => {}
        }
        if active {
            for run in self.patients.values_mut().flat_map(|(_, ledger)| ledger.runs.values_mut()) {
                for step in run.steps.iter_mut().filter(|_| run.workflow == workflow) {
                    if step.state == (StepState::Pending { at: None }) {
                        step.state = StepState::Pending { at: Some(step.due) };
                    }
                }
            }
        }
    }

    /// Performs what falls due up to `until`, in order of time, and sends what it queued.
    fn run_until(&mut self, until: Timestamp) {
        while let Some((at, patient, step)) = self.next_due().filter(|(at, _, _)| *at <= until) {
            self.now = self.now.max(at);
            let now = self.now;
            self.with(&patient, now, |facts, ledger, ids| perform(facts, ledger, step, ids));
            self.send_due(&patient, now);
        }
    }

    fn next_due(&self) -> Option<(Timestamp, String, PlannedStepId)> {
        let steps = self.patients.iter().flat_map(|(name, (_, ledger))| {
            let pending = ledger.runs.values().flat_map(|r| &r.steps).filter_map(|s| match s.state {
                StepState::Pending { at: Some(at) } => Some((at, s.due, s.id)),
                _ => None,
            });
            pending.map(move |(at, due, id)| (at, due, name, id))
        });
        steps.min().map(|(at, _, name, id)| (at, name.clone(), id))
    }

    fn send_due(&mut self, patient: &str, now: Timestamp) {
        self.with(patient, now, |facts, ledger, _| {
            let due: Vec<_> = ledger.deliveries.values().filter(|d| d.not_before <= facts.now).cloned().collect();
            for delivery in due {
                match send::check(facts, ledger, &delivery) {
                    Send::Now | Send::No(_) => {
                        ledger.deliveries.remove(&delivery.id);
                    }
                    Send::Wait { .. } => {}
                }
            }
            vec![]
        });
    }

    fn with(
        &mut self,
        patient: &str,
        now: Timestamp,
        act: impl FnOnce(&Facts, &mut Ledger, &mut dyn FnMut() -> Uuid) -> Vec<Effect>,
    ) {
        let Some((changes, ledger)) = self.patients.get_mut(patient) else { return };
        let chart = fold(changes, &self.scenario.clinic);
        let occurrences = chart.occurrences(&self.scenario.clinic);
        let facts = Facts {
            clinic: &self.scenario.clinic,
            chart: &chart,
            occurrences: &occurrences,
            workflows: &self.workflows,
            channels: &self.scenario.channels,
            suppressed: &BTreeSet::new(),
            now,
        };
        let mut next = self.next_id;
        let effects = act(&facts, ledger, &mut || {
            next += 1;
            Uuid::from_u128(next)
        });
        self.next_id = next;
        for effect in effects {
            if let Effect::Decided(decision) = effect {
                self.lines.push(line(&self.scenario.names, patient, &chart, decision));
            }
        }
    }
}

fn line(names: &Names, patient: &str, chart: &Chart, decision: Decision) -> Line {
    Line {
        at: decision.at,
        patient: patient.into(),
        workflow: decision.workflow,
        anchor: anchor_name(names, patient, chart, decision.anchor),
        step: decision.step.as_ref().map(|s| s.id.clone()),
        occurrence: decision.step.as_ref().map(|s| s.occurrence),
        due: decision.step.as_ref().map(|s| s.due),
        generation: decision.step.as_ref().map(|s| s.generation),
        verdict: decision.verdict.code(),
        reason: decision.reason.map(|r| r.code()),
        tasks: decision.tasks,
    }
}

/// "encounter:v1", "visit_day:main:2026-03-05", "episode:knee", "patient:alma".
fn anchor_name(names: &Names, patient: &str, chart: &Chart, anchor: Anchor) -> String {
    let name = match anchor.subject {
        Subject::Patient => format!("patient:{patient}"),
        Subject::Encounter(id) => format!("encounter:{}", names.name(id.0)),
        Subject::Episode(EpisodeKey::Named(id)) => format!("episode:{}", names.name(id.0)),
        Subject::Episode(EpisodeKey::First) => match chart.episode(EpisodeKey::First).and_then(|e| e.named) {
            Some(id) => format!("episode:{}", names.name(id.0)),
            None => "episode:default".into(),
        },
        Subject::VisitDay { location, date } => {
            format!("visit_day:{}:{date}", location.map_or("-", |id| names.name(id.0)))
        }
    };
    if anchor.nth > 1 { format!("{name}#{}", anchor.nth) } else { name }
}
