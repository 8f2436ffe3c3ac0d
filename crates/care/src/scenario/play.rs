//! Plays a story through the engine, as the server would: changes are recorded, due steps performed, messages sent.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::happens::{Feed, Happens};
use super::line::Line;
use super::names::Names;
use super::read::{Person, Scenario};
use crate::chart::{Assignment, AssignmentAct, Chart, Reach, Source, What};
use crate::id::{ChangeId, PatientId};
use crate::rehearsal::{Gateway, Player, Said, Stage};
use crate::workflow::{Activation, Decision, Published, Workflow, Workflows};

/// The decisions in order of time.
pub fn play(scenario: &Scenario) -> Vec<Line> {
    lines(scenario, &played(scenario, scenario.until))
}

/// The clinic as the story has made it by a moment.
pub fn played(scenario: &Scenario, until: Timestamp) -> Stage {
    let mut play = Play { stage: curtain(scenario), scenario, labels: BTreeMap::new() };
    play.bring_on();
    for event in scenario.events.iter().filter(|e| e.at <= until) {
        play.stage.play_until(event.at);
        play.happen(event.at, &event.happens);
        play.stage.play_until(event.at);
    }
    play.stage.play_until(until);
    play.stage
}

struct Play<'a> {
    scenario: &'a Scenario,
    stage: Stage,
    labels: BTreeMap<String, (PatientId, ChangeId)>,
}

/// The clinic as it is before the story begins: its workflows are on, its patients not yet there.
fn curtain(scenario: &Scenario) -> Stage {
    let first = scenario.events.first().map_or(scenario.until, |e| e.at);
    let before = |seconds| first.checked_sub(SignedDuration::from_secs(seconds)).unwrap_or(first);
    let mut workflows = Workflows::default();
    for ((key, version), (workflow, active)) in scenario.workflows.iter().filter(|((_, v), _)| *v == 1) {
        let activations = if *active { vec![Activation::open(before(1))] } else { vec![] };
        let versions = [(*version, Arc::<Workflow>::clone(workflow))].into();
        workflows.0.insert(key.clone(), Published { versions, activations, edits: vec![] });
    }
    Stage::new(scenario.clinic.clone(), workflows, scenario.channels.clone(), before(2))
}

impl Play<'_> {
    /// There before the story begins, and before any workflow was switched on.
    fn bring_on(&mut self) {
        for person in &self.scenario.patients {
            self.stage.enter(person.id, Player::default());
            if !person.new {
                self.introduce(person, Source::System);
            }
        }
    }

    fn introduce(&mut self, person: &Person, source: Source) {
        let at = self.stage.now;
        self.stage.record(person.id, source, at, What::Patient(Box::new(person.change.clone())));
        for (channel, category) in &person.consents {
            let what = What::Consent { channel: *channel, category: *category, given: true, said_by: None };
            self.stage.record(person.id, source, at, what);
        }
    }

    fn happen(&mut self, at: Timestamp, happens: &Happens) {
        self.stage.now = at;
        match happens {
            Happens::Change { patient, source, stamped, what, label } => {
                let new = self.stage.patients.get(patient).is_some_and(|p| p.changes.is_empty());
                if let Some(person) = self.scenario.patients.iter().find(|p| new && p.id == *patient) {
                    self.introduce(person, *source);
                }
                let change = self.stage.record(*patient, *source, *stamped, what.clone());
                self.labels.extend(label.iter().map(|label| (label.clone(), (*patient, change))));
            }
            Happens::Newest { patient, content, act } => {
                let chart = self.chart(*patient);
                let mut open = chart.assignments.iter().filter(|a| a.content == *content && a.withdrawn_at.is_none());
                // An answer to one that is answered amends it.
                let newest = open.clone().rfind(|a| a.is_open()).or_else(|| open.next_back());
                // Nor is there a page on which to answer one that has expired.
                let answers = |a: &&Assignment| !(a.is_expired() && matches!(act, AssignmentAct::Complete { .. }));
                if let Some(assignment) = newest.filter(answers).map(|a| a.id) {
                    let what = What::Assignment { assignment, act: act.clone() };
                    self.stage.record(*patient, Source::Patient, at, what);
                }
            }
            Happens::Undone { label } => {
                if let Some((patient, change)) = self.labels.get(label).copied() {
                    self.stage.take_back(patient, change);
                }
            }
            Happens::Stop { patient, channel } => {
                if let Reach::At(point) = self.chart(*patient).patient.reach(*channel) {
                    self.stage.suppressed.insert(point);
                }
            }
            Happens::Merged { survivor, gone, undone: false } => self.stage.merge(*survivor, *gone),
            Happens::Merged { survivor, gone, undone: true } => self.stage.unmerge(*survivor, *gone),
            of_the_clinic => self.happen_to_clinic(at, of_the_clinic),
        }
    }

    fn happen_to_clinic(&mut self, at: Timestamp, happens: &Happens) {
        let stage = &mut self.stage;
        match happens {
            Happens::Activated { workflow, cover, locations } => {
                let activation = Activation { cover: *cover, locations: locations.clone(), ..Activation::open(at) };
                stage.activate(workflow, activation);
            }
            Happens::Deactivated { workflow } => stage.deactivate(workflow),
            Happens::Published { workflow, version, in_flight } => {
                if let Some((new, _)) = self.scenario.workflows.get(&(workflow.clone(), *version)) {
                    stage.publish(workflow, *version, new.clone(), *in_flight);
                }
            }
            Happens::Day { location, date, closed } => stage.set_day(*location, *date, *closed),
            Happens::Feed { location, feed: Feed::Silent } => stage.set_silent(*location, true),
            Happens::Feed { location, feed: Feed::CaughtUp } => stage.set_silent(*location, false),
            Happens::Feed { location, feed: Feed::Released } => stage.release(*location),
            Happens::Feed { location, feed: Feed::Dropped } => stage.drop_held(*location),
            Happens::Loading => stage.loading = true,
            Happens::Live { cover } => stage.go_live(*cover),
            Happens::Mapped { code, is } => stage.map_type(code, *is),
            Happens::Claimed { code, name } => stage.claim_practitioner(code, name),
            Happens::ChannelDown { channel, down } => {
                stage.gateways.insert(*channel, if *down { Gateway::Down } else { Gateway::Takes });
            }
            Happens::Gateway { channel, gateway } => {
                stage.gateways.insert(*channel, *gateway);
            }
            Happens::ContentWithdrawn { content } => {
                stage.withdrawn.insert(content.clone());
            }
            Happens::Change { .. }
            | Happens::Newest { .. }
            | Happens::Undone { .. }
            | Happens::Stop { .. }
            | Happens::Merged { .. } => {}
        }
    }

    fn chart(&self, patient: PatientId) -> Chart {
        self.stage.snapshot(patient).map_or_else(|| crate::chart::fold(&[], &self.stage.clinic), |s| s.chart)
    }
}

fn lines(scenario: &Scenario, stage: &Stage) -> Vec<Line> {
    let charts: BTreeMap<PatientId, Chart> =
        stage.ids().into_iter().filter_map(|id| Some((id, stage.snapshot(id)?.chart))).collect();
    let decided = stage.said.iter().filter_map(|said| match said {
        Said::Decided(patient, decision) => Some((*patient, decision)),
        Said::Told(..) | Said::Sent(..) => None,
    });
    decided.filter_map(|(id, d)| Some(line(&scenario.names, id, charts.get(&id)?, d))).collect()
}

/// A decision in the names of the story.
pub fn line(names: &Names, patient: PatientId, chart: &Chart, decision: &Decision) -> Line {
    let patient = names.name(patient.0);
    Line {
        at: decision.at,
        patient: patient.into(),
        workflow: decision.workflow.clone(),
        anchor: names.anchor(patient, chart, decision.anchor),
        step: decision.step.as_ref().map(|s| s.id.clone()),
        occurrence: decision.step.as_ref().map(|s| s.occurrence),
        due: decision.step.as_ref().map(|s| s.due),
        generation: decision.step.as_ref().map(|s| s.generation),
        verdict: decision.verdict.code(),
        reason: decision.reason.map(|r| r.code()),
        tasks: decision.tasks.clone(),
    }
}
