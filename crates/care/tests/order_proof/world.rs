//! The engine at work on one patient, and what it planned, without the ids that no two runs share.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use care::chart::{
    Anchor, Change, Channel, Chart, Clinic, Location, Occurrence, PatientChange, Source, Stamp, What, Write,
};
use care::id::{ChangeId, PatientId, PlannedStepId};
use care::rehearsal::{Gateway, Player, Stage};
use care::workflow::perform::perform;
use care::workflow::{Activation, Effect, Ledger, Published, Reason, Workflow, Workflows};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::story::{LAKESIDE, MAIN_STREET};

const OWN: [(&str, &str); 7] = [
    (
        "check-ins",
        r#"
        title = "Check-ins through the episode"
        kind = "monitoring"
        for = "both"
        trigger = { event = "episode.opened" }
        repeat = "per_episode"
        [[steps]]
        id = "weekly"
        schedule = "1 day after at 09:00 every 1 days up to 4 times"
        tasks = [{ assign = "questionnaire/check-in", via = ["email"], template = "message/check-in" }]"#,
    ),
    (
        "first-arrival",
        r#"
        title = "First arrival of the episode, at most every two days"
        kind = "engagement"
        for = "both"
        trigger = { event = "encounter.arrived", first_in = "episode" }
        repeat = "per_episode"
        min_gap = "2 days"
        [[steps]]
        id = "thanks"
        schedule = "2 hours after the event"
        tasks = [{ send = "email", template = "message/thanks" }]"#,
    ),
    (
        "prepare",
        r#"
        title = "Goes on after a cancellation"
        kind = "engagement"
        for = "both"
        on_cancel = "continue"
        trigger = { event = "encounter.planned" }
        min_gap = "1 days"
        [[steps]]
        id = "at-once"
        schedule = "immediately"
        on_move = "once"
        tasks = [{ send = ["text", "email"], template = "message/booked" }]
        [[steps]]
        id = "day-before"
        schedule = "1 day before at 18:00"
        tasks = [{ send = "text", template = "message/tomorrow" }]
        [[steps]]
        id = "day-after"
        schedule = "1 day after at 10:00"
        tasks = [{ send = "email", template = "message/how-was-it" }]
        [[steps]]
        id = "days-later"
        schedule = "3 days after the event"
        tasks = [{ send = "email", template = "message/later" }]"#,
    ),
    (
        "day-follow-up",
        r#"
        title = "After a day of visits"
        kind = "outcomes"
        for = "both"
        on_cancel = "continue"
        trigger = { event = "visit_day.planned", visit_type = ["initial_evaluation", "follow_up"] }
        [[steps]]
        id = "evening"
        schedule = "0 days after at 20:00"
        on_move = "resend"
        tasks = [{ send = "email", template = "message/evening" }]"#,
    ),
    (
        "once-finished",
        r#"
        title = "One finished visit, once for the patient"
        kind = "outcomes"
        for = "both"
        repeat = "per_patient"
        trigger = { event = "encounter.finished" }
        [[steps]]
        id = "ask"
        schedule = "1 day after at 10:00 on mon,tue,wed,thu,fri"
        tasks = [{ assign = "questionnaire/outcome", via = ["email", "text"], template = "message/outcome" }]"#,
    ),
    (
        "goodbye",
        r#"
        title = "After the discharge"
        kind = "engagement"
        for = "both"
        on_discharge = "continue"
        trigger = { event = "episode.discharged" }
        [[steps]]
        id = "goodbye"
        schedule = "2 days after at 09:00"
        tasks = [{ send = "email", template = "message/goodbye" }]"#,
    ),
    (
        "moved-or-missed",
        r#"
        title = "What became of a visit"
        kind = "engagement"
        for = "both"
        repeat = "per_episode"
        min_gap = "1 days"
        trigger = { event = ["encounter.rescheduled", "encounter.no_show", "encounter.cancelled"] }
        [[steps]]
        id = "later"
        schedule = "3 hours after"
        tasks = [{ send = "email", template = "message/sorry" }]"#,
    ),
];

/// What is pending: (workflow, anchor, step, occurrence, generation, due, expires).
pub type Planned = (String, Anchor, String, u32, u32, Timestamp, Timestamp);

#[derive(Debug, PartialEq)]
pub struct Plan {
    pub pending: BTreeSet<Planned>,
    /// What each workflow made of each event the chart now holds. An event that a later message unmade has no answer
    /// to give: nothing may be pending for it, and that `pending` shows.
    pub answers: BTreeMap<(String, Anchor), Option<Reason>>,
}

/// Whom the stories are about.
const ALMA: PatientId = PatientId(Uuid::from_u128(3));

#[derive(Clone)]
pub struct World {
    pub stage: Stage,
    next_change: u128,
}

thread_local! {
    /// Built once: a clinic and its workflows are the same in every story.
    static EMPTY: RefCell<Option<Stage>> = const { RefCell::new(None) };
}

fn empty() -> Stage {
    EMPTY.with(|empty| {
        empty
            .borrow_mut()
            .get_or_insert_with(|| Stage::new(clinic(), workflows(), Channel::ALL.into(), Timestamp::MIN))
            .clone()
    })
}

fn clinic() -> Clinic {
    let mut clinic = Clinic::new("Stepping Stones", "America/New_York");
    for (id, name, zone, has_emr) in
        [(MAIN_STREET, "Main Street", "America/New_York", true), (LAKESIDE, "Lakeside", "America/Los_Angeles", false)]
    {
        clinic.locations.insert(id, Location::new(id, name, zone, has_emr));
    }
    clinic
}

fn workflows() -> Workflows {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../content/workflows"));
    let mut texts: Vec<(String, String)> = OWN.iter().map(|(k, t)| ((*k).to_owned(), (*t).to_owned())).collect();
    for name in
        ["welcome", "visit-reminder", "missed-visit", "visit-changed", "invite-emr", "invite-no-emr", "recommendation"]
    {
        texts.push((name.into(), std::fs::read_to_string(folder.join(name).with_extension("toml")).unwrap()));
    }
    let active = Activation::open("2020-01-01T00:00:00Z".parse().unwrap());
    let published = |(key, text): (String, String)| {
        let workflow = Workflow::parse(&text).unwrap_or_else(|e| panic!("{key}: {e}"));
        let versions = [(1, Arc::new(workflow))].into();
        (key, Published { versions, activations: vec![active.clone()], edits: vec![] })
    };
    Workflows(texts.into_iter().map(published).collect())
}

/// Somebody who can be reached, until a story says otherwise.
fn alma() -> Change {
    let at: Timestamp = "2026-01-05T15:00:00Z".parse().unwrap();
    let what = PatientChange {
        given: Write::Set("Alma".into()),
        email: Write::Set("alma@example.org".into()),
        mobile: Write::Set("+15555550123".into()),
        birth_date: Write::Set(jiff::civil::date(1985, 5, 4)),
        ..PatientChange::default()
    };
    let stamp = Stamp { at, rank: 0, hash: 0 };
    let what = What::Patient(Box::new(what));
    Change { id: ChangeId(Uuid::nil()), stamp, source: Source::System, received_at: at, what }
}

impl World {
    pub fn at(now: Timestamp) -> Self {
        let mut stage = empty();
        stage.now = now;
        stage.enter(ALMA, Player::new(vec![alma()], Ledger::default()));
        World { stage, next_change: 1000 }
    }

    pub fn now(&self) -> Timestamp {
        self.stage.now
    }

    pub fn ledger(&self) -> &Ledger {
        &self.stage.patients[&ALMA].ledger
    }

    /// Takes in one change as the server does: stores it, folds, decides.
    pub fn record(&mut self, change: &Change) -> Vec<Effect> {
        self.record_all(std::slice::from_ref(change))
    }

    pub fn record_all(&mut self, changes: &[Change]) -> Vec<Effect> {
        let alma = self.stage.patients.get_mut(&ALMA).unwrap();
        for change in changes {
            self.next_change += 1;
            let id = ChangeId(Uuid::from_u128(self.next_change));
            alma.changes.push(Change { id, received_at: self.stage.now, ..change.clone() });
        }
        self.stage.reconcile(ALMA)
    }

    pub fn perform(&mut self, step: PlannedStepId) -> Vec<Effect> {
        self.stage.with(ALMA, &mut |facts, ledger, ids| perform(facts, ledger, step, ids))
    }

    /// Performs and sends what falls due up to `until`, in order of time; `seen` hears of all that was written.
    pub fn run_until(&mut self, until: Timestamp, seen: &mut impl FnMut(&World, &[Effect])) {
        while let Some(effects) = self.stage.play_next(until) {
            assert!(!effects.is_empty(), "what is due must end or be put off");
            seen(self, &effects);
        }
        self.stage.play_until(until);
    }

    pub fn chart(&self) -> Chart {
        self.stage.snapshot(ALMA).unwrap().chart
    }

    pub fn occurrences(&self) -> Vec<Occurrence> {
        self.stage.snapshot(ALMA).unwrap().occurrences
    }

    pub fn plan(&self) -> Plan {
        let snapshot = self.stage.snapshot(ALMA).unwrap();
        let ledger = self.ledger().clone().canonical(&snapshot.chart);
        let mut pending = BTreeSet::new();
        for run in ledger.runs.values() {
            for s in run.steps.iter().filter(|s| s.state.is_pending()) {
                let step =
                    (run.workflow.clone(), run.anchor, s.step.clone(), s.occurrence, s.generation, s.due, s.expires);
                assert!(pending.insert(step), "planned twice: {} {} {:?}", run.workflow, s.step, run.anchor);
            }
        }
        let known = |anchor: &Anchor| snapshot.occurrences.iter().any(|o| o.anchor == *anchor);
        let answers = ledger.entries.into_iter().filter(|((_, anchor), _)| known(anchor));
        Plan { pending, answers: answers.map(|(key, entry)| (key, entry.reason)).collect() }
    }

    pub fn gateways(&mut self, gateway: Gateway) {
        self.stage.gateways = Channel::ALL.into_iter().map(|channel| (channel, gateway)).collect();
    }

    pub fn later(&mut self, minutes: i64) {
        self.stage.now += SignedDuration::from_mins(minutes);
    }
}
