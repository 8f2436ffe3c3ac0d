//! Counts what a stage has said.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::patient::Player;
use super::report::{Collision, Kind, Late, Listed, Number, Report, Sending};
use super::samples::{Sample, chosen};
use super::stage::{Said, Stage};
use crate::chart::{Anchor, AssignmentAct, Channel, What};
use crate::id::{PatientId, RunId};
use crate::workflow::decide::is_late;
use crate::workflow::{Decision, Delivery, Reason, Verdict};
use crate::zone;

/// Two messages nearer to each other than this are too many at once.
const APART: SignedDuration = SignedDuration::from_hours(1);

struct Tally<'a> {
    stage: &'a Stage,
    workflow: &'a str,
    own: Vec<(PatientId, &'a Decision)>,
    all: Vec<(PatientId, &'a Decision)>,
    sent: Vec<(PatientId, Timestamp, &'a Delivery)>,
}

/// What went, and when.
type Went<'a> = (Timestamp, &'a Delivery);

impl Report {
    /// Of what was said of a workflow, and of the messages of all, since the curtain rose at `from`.
    pub(super) fn of(stage: &Stage, workflow: &str, from: Timestamp) -> Self {
        let all: Vec<(PatientId, &Decision)> = stage.said.iter().filter_map(decision).collect();
        let own = all.iter().filter(|(_, d)| d.workflow == workflow).copied().collect();
        let sent = stage.said.iter().filter_map(|said| match said {
            Said::Sent(patient, at, delivery) => Some((*patient, *at, delivery)),
            Said::Decided(..) | Said::Told(..) => None,
        });
        let tally = Tally { stage, workflow, own, all, sent: sent.collect() };
        tally.report(from)
    }
}

fn decision(said: &Said) -> Option<(PatientId, &Decision)> {
    match said {
        Said::Decided(patient, decision) => Some((*patient, decision)),
        Said::Sent(..) | Said::Told(..) => None,
    }
}

impl Tally<'_> {
    fn report(&self, from: Timestamp) -> Report {
        let about_steps = self.own.iter().filter(|(_, d)| d.step.is_some());
        let concerned = about_steps.map(|(patient, _)| *patient).collect();
        let runs = self.stage.patients.values().flat_map(|p| p.ledger.runs.values());
        let told = self.stage.said.iter().filter(|s| matches!(s, Said::Told(_, _, t) if t.workflow == self.workflow));
        let mut report = Report {
            workflow: self.workflow.into(),
            from,
            until: self.stage.now,
            patients: self.stage.patients.len(),
            started: runs.filter(|r| r.workflow == self.workflow && r.started_at >= from).count(),
            days: BTreeMap::new(),
            by_workflow: BTreeMap::new(),
            sends: self.sent.iter().map(|(patient, at, delivery)| sending(*patient, *at, delivery)).collect(),
            late: Listed::of(self.late()),
            collisions: Listed::of(self.collisions(&concerned)),
            concerned,
            unreachable: self.unreachable(),
            not_started: self.not_started(),
            not_given: self.not_given(),
            assigned: self.assigned(from),
            told: told.count(),
            samples: self.samples(),
        };
        self.count_days(&mut report);
        report.sends.sort();
        report
    }

    fn count_days(&self, report: &mut Report) {
        let date = |at| zone::date_in(at, &self.stage.clinic.zone);
        let (mut day, last) = (date(report.from), date(report.until));
        while day <= last {
            report.days.entry(day).or_default();
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        for (_, at, delivery) in &self.sent {
            let (day, channel) = (report.days.entry(date(*at)).or_default(), delivery.contact.channel);
            let counts = if delivery.workflow == self.workflow { &mut day.own } else { &mut day.others };
            *counts.entry(channel).or_default() += 1;
            let of_workflow = report.by_workflow.entry(delivery.workflow.clone()).or_default();
            *of_workflow.entry(channel).or_default() += 1;
        }
    }

    /// What waited for the morning or for a day with room was looked at in time, and is not late.
    fn late(&self) -> Vec<Late> {
        let key = |d: &Decision| Some((d.run?, d.step.clone().map(|s| (s.id, s.occurrence, s.generation))?));
        let deferred = self.own.iter().filter(|(_, d)| d.verdict == Verdict::Deferred);
        let waited: BTreeSet<_> = deferred.filter_map(|(_, d)| key(d)).collect();
        let late = self.own.iter().filter_map(|(patient, d)| {
            let step = d.step.as_ref()?;
            let passed_over = match (d.verdict, d.reason) {
                (Verdict::Skipped, Some(Reason::Late | Reason::Expired | Reason::Collapsed)) => d.reason,
                (Verdict::Performed, _) if is_late(step.due, d.at) && !waited.contains(&key(d)?) => None,
                _ => return None,
            };
            Some(Late { at: d.at, patient: *patient, step: step.id.clone(), due: step.due, passed_over })
        });
        late.collect()
    }

    fn unreachable(&self) -> BTreeMap<Reason, BTreeSet<PatientId>> {
        let mut all: BTreeMap<Reason, BTreeSet<PatientId>> = BTreeMap::new();
        for (patient, decision) in &self.own {
            let of_tasks = decision.tasks.iter().filter_map(|t| t.reason);
            for reason in of_tasks.chain(decision.reason).filter(|r| is_about_the_way(*r)) {
                all.entry(reason).or_default().insert(*patient);
            }
        }
        all
    }

    /// The last word on each event.
    fn not_started(&self) -> BTreeMap<Reason, Number> {
        let mut last: BTreeMap<(PatientId, Anchor), Option<Reason>> = BTreeMap::new();
        for (patient, d) in &self.own {
            match d.verdict {
                Verdict::Passed => last.insert((*patient, d.anchor), d.reason),
                Verdict::Planned => last.insert((*patient, d.anchor), None),
                Verdict::Performed
                | Verdict::Deferred
                | Verdict::Skipped
                | Verdict::Cancelled
                | Verdict::Sent
                | Verdict::NotSent => None,
            };
        }
        counted(last.into_iter().filter_map(|((patient, _), reason)| Some((patient, reason?))))
    }

    /// The last word on each step.
    fn not_given(&self) -> BTreeMap<Reason, Number> {
        type Key = (PatientId, RunId, String, u32, u32);
        let mut last: BTreeMap<Key, Option<Reason>> = BTreeMap::new();
        for (patient, d) in &self.own {
            let (Some(run), Some(step)) = (d.run, &d.step) else { continue };
            let ended = matches!(d.verdict, Verdict::Skipped | Verdict::Cancelled);
            if d.verdict != Verdict::Sent && d.verdict != Verdict::NotSent {
                let key = (*patient, run, step.id.clone(), step.occurrence, step.generation);
                last.insert(key, d.reason.filter(|_| ended));
            }
        }
        counted(last.into_iter().filter_map(|((patient, ..), reason)| Some((patient, reason?))))
    }

    fn assigned(&self, from: Timestamp) -> usize {
        let of_player = |p: &Player| {
            let given = p.changes.iter().filter(|c| c.received_at >= from).filter_map(|c| match &c.what {
                What::Assignment { act: AssignmentAct::Give { run: Some(run), .. }, .. } => p.ledger.runs.get(run),
                _ => None,
            });
            given.filter(|run| run.workflow == self.workflow).count()
        };
        self.stage.patients.values().map(of_player).sum()
    }

    /// Of those whom the workflow concerns, whichever message gave way.
    fn collisions(&self, concerned: &BTreeSet<PatientId>) -> Vec<Collision> {
        let mut all = self.over_budget();
        all.extend(self.all.iter().filter_map(|(patient, d)| {
            let kind = match (d.verdict, d.reason) {
                (Verdict::Deferred, Some(Reason::AttentionBudget)) => {
                    Kind::Waited { until: d.detail.until.unwrap_or(d.at) }
                }
                (
                    Verdict::Skipped | Verdict::NotSent,
                    Some(reason @ (Reason::AttentionBudget | Reason::SendRule | Reason::JoinedIntoOtherMessage)),
                ) => Kind::LostItsPlace { reason },
                _ => return None,
            };
            let (workflow, step) = (d.workflow.clone(), d.step.as_ref()?.id.clone());
            Some(Collision { at: d.at, patient: *patient, workflow, step, kind })
        }));
        let mut last: BTreeMap<PatientId, (Timestamp, &Delivery)> = BTreeMap::new();
        let to_patients = self.sent.iter().filter(|(_, _, d)| d.contact.channel != Channel::Webhook);
        for (patient, at, delivery) in to_patients {
            if let Some((before, earlier)) = last.insert(*patient, (*at, *delivery))
                && at.duration_since(before) < APART
            {
                let kind = Kind::WithinAnHour { after: format!("{}/{}", earlier.workflow, earlier.key.step) };
                all.push(collision(*patient, *at, delivery, kind));
            }
        }
        all.retain(|c| concerned.contains(&c.patient));
        all
    }

    /// Only messages that bypass the budget can do that.
    fn over_budget(&self) -> Vec<Collision> {
        let budget = &self.stage.clinic.budget;
        let mut days: BTreeMap<(PatientId, Date, Channel), Vec<Went<'_>>> = BTreeMap::new();
        let mut zones: BTreeMap<PatientId, String> = BTreeMap::new();
        for (patient, at, delivery) in &self.sent {
            let zone = zones.entry(*patient).or_insert_with(|| self.zone_of(*patient));
            let key = (*patient, zone::date_in(*at, zone), delivery.contact.channel);
            days.entry(key).or_default().push((*at, delivery));
        }
        let over = days.into_iter().filter_map(|((patient, _, channel), sent)| {
            let budget = match channel {
                Channel::Email => budget.emails_a_day,
                Channel::Text => budget.texts_a_day,
                Channel::Webhook => usize::MAX,
            };
            let (at, delivery) = sent.last().filter(|_| sent.len() > budget)?;
            let kind = Kind::OverBudget { channel, messages: sent.len(), budget };
            Some(collision(patient, *at, delivery, kind))
        });
        over.collect()
    }

    fn zone_of(&self, patient: PatientId) -> String {
        let chart = self.stage.snapshot(patient).map(|s| s.chart);
        chart.map_or_else(|| self.stage.clinic.zone.clone(), |c| c.home_zone(&self.stage.clinic).to_owned())
    }

    fn samples(&self) -> Vec<Sample> {
        let mut by_patient: BTreeMap<PatientId, Vec<&Decision>> = BTreeMap::new();
        for (patient, decision) in &self.own {
            by_patient.entry(*patient).or_default().push(decision);
        }
        chosen(by_patient.into_iter().map(|(patient, decisions)| Sample::of(patient, &decisions)).collect())
    }
}

fn counted(all: impl Iterator<Item = (PatientId, Reason)>) -> BTreeMap<Reason, Number> {
    let mut counts: BTreeMap<Reason, Number> = BTreeMap::new();
    for (patient, reason) in all {
        counts.entry(reason).or_default().count(patient);
    }
    counts
}

/// No channel leads to the patient.
fn is_about_the_way(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::NoConsent
            | Reason::OptedOut
            | Reason::NoGuardian
            | Reason::NoAddress
            | Reason::PlaceholderAddress
            | Reason::AddressSuppressed
            | Reason::ChannelNotSetUp
    )
}

fn collision(patient: PatientId, at: Timestamp, delivery: &Delivery, kind: Kind) -> Collision {
    Collision { at, patient, workflow: delivery.workflow.clone(), step: delivery.key.step.clone(), kind }
}

fn sending(patient: PatientId, at: Timestamp, delivery: &Delivery) -> Sending {
    Sending {
        at,
        patient,
        workflow: delivery.workflow.clone(),
        step: delivery.key.step.clone(),
        occurrence: delivery.key.occurrence,
        generation: delivery.key.generation,
        channel: delivery.contact.channel,
        due: delivery.due,
        template: delivery.template.clone(),
    }
}
