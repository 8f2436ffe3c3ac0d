//! The rules, counted again. Each is asked at the moment of a send, of the chart as it is then, and of what this watch has
//! itself seen go out.

use std::collections::{BTreeMap, BTreeSet};

use care::chart::{
    AssignmentAct, Category, Change, Channel, Chart, ContactPoint, EncounterState, EventKind, Source, Subject,
    Validity, What,
};
use care::id::{DeliveryId, PatientId, PlannedStepId, RunId};
use care::rehearsal::{Said, Stage};
use care::workflow::definition::{Attention, Goal, OnCancel};
use care::workflow::{Decision, Delivery, DeliveryState, StepState, Verdict, Workflow};
use jiff::civil::{Date, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

#[derive(Default)]
pub struct Watch {
    heard: usize,
    /// What went to each patient, and to each contact point, and when.
    to_patient: BTreeMap<(PatientId, Channel), Vec<Timestamp>>,
    to_contact: BTreeMap<ContactPoint, Vec<Timestamp>>,
    /// Of every message, and of every part of one, by the key of its delivery.
    keys: BTreeSet<String>,
    ends: BTreeMap<PlannedStepId, StepState>,
    decided: BTreeMap<(RunId, String, u32, u32), Verdict>,
    pub sent: BTreeMap<Channel, u32>,
    pub counts: BTreeMap<&'static str, u32>,
}

fn zone_of(stage: &Stage, chart: &Chart) -> TimeZone {
    let home = chart.patient.home_location.and_then(|l| stage.clinic.locations.get(&l)).map(|l| l.zone.clone());
    let name = chart.patient.zone.clone().or(home).unwrap_or_else(|| stage.clinic.zone.clone());
    TimeZone::get(&name).unwrap()
}

impl Watch {
    /// Hears what was said since it listened last. To be called before anything else happens.
    pub fn listen(&mut self, stage: &Stage) {
        let said: Vec<Said> = stage.said[self.heard..].to_vec();
        self.heard = stage.said.len();
        for said in said {
            match said {
                Said::Sent(who, at, delivery) => self.sent(stage, who, at, &delivery),
                Said::Decided(_, d) => {
                    let yes = matches!(d.verdict, Verdict::Planned | Verdict::Performed | Verdict::Sent);
                    let answer = care::workflow::why::replay(&d).unwrap();
                    assert_eq!((answer.verdict, answer.reason), (Some(d.verdict), d.reason), "replayed: {d:?}");
                    assert_eq!(d.reason.is_none(), yes, "a no has its reason, a yes has none: {d:?}");
                    *self.counts.entry(d.verdict.code()).or_default() += 1;
                    self.decided_once(&d);
                }
                Said::Told(..) => *self.counts.entry("told").or_default() += 1,
            }
        }
    }

    /// A planned step is decided once: after an end only a plan made anew brings another.
    fn decided_once(&mut self, d: &Decision) {
        let ends = matches!(d.verdict, Verdict::Performed | Verdict::Skipped | Verdict::Cancelled);
        let (Some(run), Some(step)) = (d.run, &d.step) else { return };
        let key = (run, step.id.clone(), step.occurrence, step.generation);
        if d.verdict == Verdict::Planned {
            self.decided.remove(&key);
        } else if ends {
            let before = self.decided.insert(key, d.verdict);
            assert!(before.is_none(), "ended twice, as {before:?} before: {d:?}");
        }
    }

    fn sent(&mut self, stage: &Stage, who: PatientId, at: Timestamp, d: &Delivery) {
        assert_eq!(at, stage.now, "asked at the moment of sending");
        *self.sent.entry(d.contact.channel).or_default() += 1;
        let snapshot = stage.snapshot(who).unwrap();
        let workflow = stage.workflows.version(&d.workflow, d.version).unwrap().clone();
        self.once(stage, who, d);
        in_time(stage, at, d);
        in_open_hours(stage, &snapshot.chart, at, d);
        wanted(stage, &snapshot.chart, who, d);
        to_whom(stage, &snapshot.chart, who, d);
        stands(stage, &snapshot, who, &workflow, d);
        asks_only_for_what_is_open(&stage.patients[&who].changes, &workflow, at, d);
        not_while_staff_may_take_it_back(&stage.patients[&who].changes, at, d);
        self.within_the_caps(&zone_of(stage, &snapshot.chart), who, &workflow, at, d);
        self.to_patient.entry((who, d.contact.channel)).or_default().push(at);
        self.to_contact.entry(d.contact.clone()).or_default().push(at);
    }

    /// No delivery key goes out twice, neither by itself nor as a part of another message.
    fn once(&mut self, stage: &Stage, who: PatientId, d: &Delivery) {
        let part = |p: &&Delivery| p.state == DeliveryState::Joined { into: d.id };
        let parts = stage.patients[&who].ledger.deliveries.values().filter(part);
        for key in parts.map(|p| &p.key).chain([&d.key]) {
            assert!(self.keys.insert(key.to_string()), "went twice: {key} at {} of {d:?}", stage.now);
        }
    }

    /// A text a day and three a week, two emails a day, to one patient and to one contact point; what bypasses the budget
    /// counts, and even so nobody gets more than three texts a day.
    fn within_the_caps(&self, zone: &TimeZone, who: PatientId, workflow: &Workflow, at: Timestamp, d: &Delivery) {
        let day = |at: Timestamp| zone.to_datetime(at).date();
        let today = day(at);
        let week: Date = today.checked_sub(6.days()).unwrap();
        let bypass = workflow.attention == Attention::Bypass;
        let (a_day, a_week) = match (d.contact.channel, bypass) {
            (Channel::Text, false) => (1, 3),
            (Channel::Text, true) => (3, usize::MAX),
            (Channel::Email, false) => (2, usize::MAX),
            (Channel::Email, true) | (Channel::Webhook, _) => return,
        };
        let before = [self.to_patient.get(&(who, d.contact.channel)), self.to_contact.get(&d.contact)];
        let days = before.map(|all| all.into_iter().flatten().map(|at| day(*at)).collect::<Vec<Date>>());
        for (days, whose) in days.into_iter().zip(["the patient's", "the contact point's"]) {
            let on_day = days.iter().filter(|d| **d == today).count();
            let in_week = days.iter().filter(|d| (week..=today).contains(*d)).count();
            assert!(
                on_day < a_day && in_week < a_week,
                "{whose} cap: {on_day} today, {in_week} in a week, at {at}: {d:?}"
            );
        }
    }

    /// Two charts are one now: what went to either went to the one.
    pub fn merged(&mut self, survivor: PatientId, gone: PatientId) {
        for channel in Channel::ALL {
            let theirs = self.to_patient.remove(&(gone, channel)).unwrap_or_default();
            self.to_patient.entry((survivor, channel)).or_default().extend(theirs);
        }
    }

    /// A planned step has one end: what was given stays given, and any other end stays unless what was called off is on
    /// again. Nothing is pending in a run that has ended.
    pub fn ledgers(&mut self, stage: &Stage) {
        let mut seen = BTreeSet::new();
        for run in stage.patients.values().flat_map(|p| p.ledger.runs.values()) {
            for step in &run.steps {
                assert!(seen.insert(step.id), "in two ledgers at once: {step:?}");
                let before = self.ends.insert(step.id, step.state);
                let Some(before) = before.filter(|b| !b.is_pending() && *b != step.state) else { continue };
                let anew = match before {
                    StepState::Cancelled { reason, .. } => reason.may_pass(),
                    StepState::Skipped { reason, .. } => reason == care::workflow::Reason::AlreadyGiven,
                    StepState::Pending { .. } | StepState::Performed { .. } => false,
                };
                assert!(anew, "{} {step:?} after {before:?}", run.workflow);
            }
            let pending = run.steps.iter().any(|s| s.state.is_pending());
            assert!(run.ended.is_none() || !pending, "pending in a run that ended: {run:?}");
            let alike = |s: &care::workflow::PlannedStep| (s.step.clone(), s.occurrence, s.generation);
            let all: BTreeSet<_> = run.steps.iter().map(alike).collect();
            assert_eq!(all.len(), run.steps.len(), "planned twice: {run:?}");
        }
    }

    /// When the clinic has been open and quiet for long enough, everything that is not still to come has its end.
    pub fn the_end(&self, stage: &Stage) {
        for (who, player) in &stage.patients {
            for run in player.ledger.runs.values() {
                let expired = run.steps.iter().find(|s| s.state.is_pending() && s.expires <= stage.now);
                assert!(expired.is_none(), "{who} at {}: {} {:?} {expired:?}", stage.now, run.workflow, run.anchor);
            }
            for d in player.ledger.deliveries.values() {
                let through = match d.state {
                    DeliveryState::Sent { .. } | DeliveryState::Ended { .. } => true,
                    DeliveryState::Joined { into } => is_sent(&player.ledger.deliveries, into),
                    DeliveryState::Queued => d.expires > stage.now,
                    DeliveryState::Sending | DeliveryState::Uncertain => false,
                };
                assert!(through, "still under way at {}: {d:?}", stage.now);
                let sent = matches!(d.state, DeliveryState::Sent { .. } | DeliveryState::Joined { .. });
                assert_eq!(sent, self.keys.contains(&d.key.to_string()), "what the ledger says and what went: {d:?}");
            }
        }
    }
}

fn is_sent(all: &BTreeMap<DeliveryId, Delivery>, id: DeliveryId) -> bool {
    all.get(&id).is_some_and(|d| matches!(d.state, DeliveryState::Sent { .. }))
}

/// Not before it is due, not after it has expired.
fn in_time(stage: &Stage, at: Timestamp, d: &Delivery) {
    assert!(d.due <= at, "before it was due: {d:?} at {at}");
    assert!(at < d.expires, "after it expired: {d:?} at {at}");
    let active = stage.workflows.0[&d.workflow].activations.iter().any(|a| a.until.is_none());
    assert!(active, "of a workflow that is off: {d:?}");
}

/// A text goes out from 08:00 to 21:00 by the clock on the patient's wall.
fn in_open_hours(stage: &Stage, chart: &Chart, at: Timestamp, d: &Delivery) {
    let wall = zone_of(stage, chart).to_datetime(at).time();
    let open = (time(8, 0, 0, 0)..time(21, 0, 0, 0)).contains(&wall);
    assert!(open || d.contact.channel == Channel::Email, "a text at {wall} on the wall: {d:?}");
}

/// Not to somebody dead, inactive, a test, or who is not to be contacted; not to somebody else's or an old address.
fn to_whom(stage: &Stage, chart: &Chart, who: PatientId, d: &Delivery) {
    let p = &chart.patient;
    assert!(
        !p.deceased && !p.inactive && !p.test_patient && p.do_not_contact.is_none(),
        "to somebody out of reach: {d:?}"
    );
    let today = zone_of(stage, chart).to_datetime(stage.now).date();
    let grown = p.birth_date.is_none_or(|born| born.checked_add(18.years()).unwrap() <= today);
    let guardian = p.guardian.as_ref();
    let value = match (d.contact.channel, grown) {
        (Channel::Email, true) => p.email.clone(),
        (Channel::Text, true) => p.mobile.clone(),
        (Channel::Email, false) => guardian.and_then(|g| g.email.clone()),
        (Channel::Text, false) => guardian.and_then(|g| g.mobile.clone()),
        (Channel::Webhook, _) => d.template.strip_prefix("webhook/").map(str::to_owned),
    };
    assert_eq!(value.as_ref(), Some(&d.contact.value), "to another address of {who}: {d:?}");
}

/// Not after STOP from that contact point, by whomever; not after a no of this patient to this channel and category, which
/// only a later yes to the same takes back; what needs a yes on record has one.
fn wanted(stage: &Stage, chart: &Chart, who: PatientId, d: &Delivery) {
    assert!(!stage.suppressed.contains(&d.contact), "after STOP: {d:?}");
    let (mut no, mut yes) = (false, false);
    let mut changes: Vec<&Change> = stage.patients[&who].changes.iter().collect();
    changes.sort_by_key(|c| c.stamp);
    for change in changes {
        match &change.what {
            What::Consent { channel, category, given, .. }
                if (*channel, *category) == (d.contact.channel, d.category) =>
            {
                (no, yes) = (!given, *given);
            }
            What::OptOut { contact, category } if *contact == d.contact && category.is_none_or(|c| c == d.category) => {
                (no, yes) = (true, false);
            }
            _ => {}
        }
    }
    assert!(!no, "after a no to {:?} by {:?}, at {}: {d:?}", d.category, d.contact.channel, stage.now);
    let needs_yes =
        d.category == Category::Marketing || (d.category, d.contact.channel) == (Category::Feedback, Channel::Text);
    assert!(yes || !needs_yes, "without a yes to {:?}: {d:?} of {:?}", d.category, chart.patient.consents);
}

/// Its anchor holds: read from the visit itself where it stands on one.
/// What waits for an answer goes out while there is something to answer: not done, not taken back, and for a form not more
/// than six weeks overdue. Counted from what was stored, not from the chart.
fn asks_only_for_what_is_open(changes: &[Change], workflow: &Workflow, at: Timestamp, d: &Delivery) {
    let step = workflow.step(&d.key.step).into_iter().flat_map(|step| &step.until);
    if !workflow.until.iter().chain(step).any(|goal| *goal == Goal::Completed) {
        return;
    }
    let mut own = BTreeMap::new();
    let acts = |c: &Change| {
        if let What::Assignment { assignment, act } = &c.what { Some((*assignment, act.clone())) } else { None }
    };
    for (id, act) in changes.iter().filter_map(acts) {
        if let AssignmentAct::Give { content, due, run, .. } = act
            && (run == Some(d.run) || d.anchor.subject == Subject::Assignment(id))
        {
            let late = content.starts_with("questionnaire/") && due + SignedDuration::from_hours(42 * 24) <= at;
            own.insert(id, !late);
        }
    }
    for (id, _) in changes.iter().filter_map(acts).filter(|(_, act)| !matches!(act, AssignmentAct::Give { .. })) {
        own.entry(id).and_modify(|open| *open = false);
    }
    assert!(own.is_empty() || own.values().any(|open| *open), "asks for what nobody can answer: {d:?}");
}

fn stands(stage: &Stage, snapshot: &care::chart::Snapshot, who: PatientId, workflow: &Workflow, d: &Delivery) {
    let chart = &snapshot.chart;
    let anchor = chart.canonical(d.anchor);
    let found = snapshot.occurrences.iter().find(|o| o.anchor == anchor);
    let goes_on =
        workflow.on_cancel == OnCancel::Continue && !workflow.step(&d.key.step).is_some_and(|s| s.is_before());
    let valid = |v: Validity| v == Validity::Valid || (v == Validity::Cancelled && goes_on);
    assert!(found.is_some_and(|o| valid(o.validity)), "for what is not ({found:?}): {d:?}");
    let by_hand = |run: &care::workflow::Run| {
        chart.stops.iter().any(|s| s.workflow == d.workflow && s.subject.is_none() && run.started_at <= s.at)
    };
    let run = &stage.patients[&who].ledger.runs[&d.run];
    assert!(!by_hand(run), "of a run that staff stopped: {d:?}");
    if let Subject::Encounter(id) = anchor.subject {
        let state = chart.encounter(id).unwrap().state;
        let cancelled = matches!(state, EncounterState::Cancelled { .. });
        let holds = match anchor.event {
            EventKind::EncounterPlanned | EventKind::EncounterRescheduled => state.stands() || (cancelled && goes_on),
            EventKind::EncounterArrived | EventKind::EncounterFinished => state.has_arrived() || (cancelled && goes_on),
            EventKind::EncounterNoShow => matches!(state, EncounterState::NoShow { .. }) || (cancelled && goes_on),
            EventKind::EncounterCancelled => cancelled,
            _ => true,
        };
        assert!(holds, "the visit is {}: {d:?}", state.code());
    }
    let o = found.unwrap();
    let ahead = matches!(anchor.event, EventKind::EncounterPlanned | EventKind::VisitDayPlanned);
    let place = o.location.and_then(|l| stage.clinic.locations.get(&l));
    assert!(!ahead || !place.is_some_and(|l| l.silent), "while the feed is silent: {d:?}");
    let start = o.moment.instant();
    let closed = place.is_some_and(|l| l.closed.contains(&TimeZone::get(&l.zone).unwrap().to_datetime(start).date()));
    assert!(!(ahead && closed && stage.now < start), "for a day that is closed: {d:?}");
}

/// For sixty seconds after staff did something to this patient nothing goes out.
fn not_while_staff_may_take_it_back(changes: &[Change], at: Timestamp, d: &Delivery) {
    let fresh = |c: &&Change| at.duration_since(c.received_at) < SignedDuration::from_secs(60);
    let by_staff = changes.iter().filter(|c| matches!(c.source, Source::Staff(_))).find(fresh);
    assert!(by_staff.is_none() || d.queued_at < by_staff.unwrap().received_at, "{d:?} at {at} after {by_staff:?}");
}
