//! The engine at work on one patient, and what it planned, without the ids that no two runs share.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use care::chart::{
    Anchor, Change, Channel, Chart, Clinic, Location, Occurrence, PatientChange, Source, Stamp, What, Write, fold,
};
use care::id::{ChangeId, PlannedStepId};
use care::workflow::decide::reconcile;
use care::workflow::perform::perform;
use care::workflow::{Activation, Effect, Facts, Ledger, Published, Reason, StepState, Workflow, Workflows};
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

#[derive(Clone)]
pub struct World {
    pub clinic: Arc<Clinic>,
    pub workflows: Arc<Workflows>,
    pub changes: Vec<Change>,
    pub ledger: Ledger,
    pub now: Timestamp,
    next_id: u128,
}

thread_local! {
    static CLINIC: Arc<Clinic> = Arc::new(clinic());
    static WORKFLOWS: Arc<Workflows> = Arc::new(workflows());
}

fn clinic() -> Clinic {
    let mut clinic = Clinic::new("Stepping Stones", "America/New_York");
    for (id, name, zone, has_emr) in
        [(MAIN_STREET, "Main Street", "America/New_York", true), (LAKESIDE, "Lakeside", "America/Los_Angeles", false)]
    {
        clinic.locations.insert(id, Location { id, name: name.into(), zone: zone.into(), has_emr });
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
    let active = Activation { from: "2020-01-01T00:00:00Z".parse().unwrap(), until: None, locations: None };
    let published = |(key, text): (String, String)| {
        let workflow = Workflow::parse(&text).unwrap_or_else(|e| panic!("{key}: {e}"));
        (key, Published { versions: [(1, Arc::new(workflow))].into(), activations: vec![active.clone()] })
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
        let mut world = World {
            clinic: CLINIC.with(Arc::clone),
            workflows: WORKFLOWS.with(Arc::clone),
            changes: vec![],
            ledger: Ledger::default(),
            now,
            next_id: 1000,
        };
        world.changes.push(alma());
        world
    }

    /// Takes in one change as the server does: stores it, folds, decides.
    pub fn record(&mut self, change: &Change) -> Vec<Effect> {
        self.record_all(std::slice::from_ref(change))
    }

    pub fn record_all(&mut self, changes: &[Change]) -> Vec<Effect> {
        for change in changes {
            self.next_id += 1;
            let id = ChangeId(Uuid::from_u128(self.next_id));
            self.changes.push(Change { id, received_at: self.now, ..change.clone() });
        }
        self.with(|facts, ledger, ids| reconcile(facts, ledger, false, ids))
    }

    pub fn perform(&mut self, step: PlannedStepId) -> Vec<Effect> {
        self.with(|facts, ledger, ids| perform(facts, ledger, step, ids))
    }

    /// Performs what falls due up to `until`, in order of time; `seen` hears of every step performed.
    pub fn run_until(&mut self, until: Timestamp, seen: &mut impl FnMut(&World, &World, PlannedStepId, &[Effect])) {
        while let Some((at, step)) = self.next_due().filter(|(at, _)| *at <= until) {
            self.now = self.now.max(at);
            let before = self.clone();
            let effects = self.perform(step);
            assert!(!effects.is_empty(), "a due step must end or be put off");
            seen(&before, self, step, &effects);
        }
        self.now = self.now.max(until);
    }

    fn next_due(&self) -> Option<(Timestamp, PlannedStepId)> {
        let steps = self.ledger.runs.values().flat_map(|run| run.steps.iter().map(move |s| (run, s)));
        let due = steps.filter_map(|(run, s)| match s.state {
            StepState::Pending { at: Some(at) } => Some((at, s.due, &run.workflow, run.anchor, &s.step, s.id)),
            _ => None,
        });
        due.min().map(|(at, .., id)| (at, id))
    }

    pub fn chart(&self) -> Chart {
        fold(&self.changes, &self.clinic)
    }

    pub fn occurrences(&self) -> Vec<Occurrence> {
        self.chart().occurrences(&self.clinic)
    }

    pub fn plan(&self) -> Plan {
        let chart = self.chart();
        let occurrences = chart.occurrences(&self.clinic);
        let ledger = self.ledger.clone().canonical(&chart);
        let mut pending = BTreeSet::new();
        for run in ledger.runs.values() {
            for s in run.steps.iter().filter(|s| s.state.is_pending()) {
                let step =
                    (run.workflow.clone(), run.anchor, s.step.clone(), s.occurrence, s.generation, s.due, s.expires);
                assert!(pending.insert(step), "planned twice: {} {} {:?}", run.workflow, s.step, run.anchor);
            }
        }
        let known = |anchor: &Anchor| occurrences.iter().any(|o| o.anchor == *anchor);
        let answers = ledger.entries.into_iter().filter(|((_, anchor), _)| known(anchor));
        Plan { pending, answers: answers.map(|(key, entry)| (key, entry.reason)).collect() }
    }

    pub fn later(&mut self, minutes: i64) {
        self.now += SignedDuration::from_mins(minutes);
    }

    fn with(&mut self, act: impl FnOnce(&Facts, &mut Ledger, &mut dyn FnMut() -> Uuid) -> Vec<Effect>) -> Vec<Effect> {
        let chart = self.chart();
        let occurrences = chart.occurrences(&self.clinic);
        let facts = Facts {
            clinic: &self.clinic,
            chart: &chart,
            occurrences: &occurrences,
            workflows: &self.workflows,
            channels: &BTreeSet::from(Channel::ALL),
            suppressed: &BTreeSet::new(),
            now: self.now,
        };
        let next_id = &mut self.next_id;
        act(&facts, &mut self.ledger, &mut || {
            *next_id += 1;
            Uuid::from_u128(*next_id)
        })
    }
}
