//! The stage: what the server does with its database and its gateways, in memory and in order of time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::merge::Merged;
use super::patient::Player;
use super::switches::Gateway;
use crate::chart::{Change, Channel, Clinic, ContactPoint, Snapshot, Source, Stamp, Watch, What};
use crate::id::{ChangeId, DeliveryId, PatientId};
use crate::workflow::decide::reconcile;
use crate::workflow::ground::{Gateway as Answer, Says};
use crate::workflow::perform::perform;
use crate::workflow::send::{self, End, Send};
use crate::workflow::{Decision, Delivery, DeliveryState, Effect, Facts, Ledger, Told, Traffic, Workflows, World};

/// Contact points on more charts than this are nobody's (docs/SEMANTICS.md section 5, rule 4).
const FAMILY: usize = 5;

#[derive(Debug, Clone)]
pub struct Stage {
    pub clinic: Arc<Clinic>,
    pub workflows: Arc<Workflows>,
    pub channels: BTreeSet<Channel>,
    pub patients: BTreeMap<PatientId, Player>,
    pub suppressed: BTreeSet<ContactPoint>,
    /// The same, with when: nothing may go there from the first moment on, until the second.
    pub stops: BTreeMap<ContactPoint, (Timestamp, Option<Timestamp>)>,
    pub gateways: BTreeMap<Channel, Gateway>,
    /// Templates that are gone.
    pub withdrawn: BTreeSet<String>,
    /// The interface only takes in facts.
    pub loading: bool,
    pub now: Timestamp,
    /// Everything that was decided, told and sent since the curtain rose.
    pub said: Vec<Said>,
    pub(super) shared: BTreeMap<ContactPoint, BTreeSet<PatientId>>,
    /// For whom messages were ever written to a contact point, whoever holds it now.
    pub(super) written: BTreeMap<ContactPoint, BTreeSet<PatientId>>,
    pub(super) merged: Vec<Merged>,
    /// Failed attempts of what is tried again.
    failed: BTreeMap<DeliveryId, u32>,
    pub(super) agenda: BTreeSet<(Timestamp, PatientId)>,
    watch: Arc<Watch>,
    next_id: u128,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    Decided(PatientId, Decision),
    Told(PatientId, Timestamp, Told),
    /// The gateway took it at that moment.
    Sent(PatientId, Timestamp, Delivery),
}

/// What is asked of the engine for one patient.
type Act<'a> = &'a mut dyn FnMut(&Facts, &mut Ledger, &mut dyn FnMut() -> Uuid) -> Vec<Effect>;

impl Stage {
    pub fn new(clinic: Clinic, workflows: Workflows, channels: BTreeSet<Channel>, now: Timestamp) -> Self {
        let watch = Arc::new(workflows.watch());
        Self {
            clinic: Arc::new(clinic),
            workflows: Arc::new(workflows),
            channels,
            patients: BTreeMap::new(),
            suppressed: BTreeSet::new(),
            stops: BTreeMap::new(),
            gateways: BTreeMap::new(),
            withdrawn: BTreeSet::new(),
            loading: false,
            now,
            said: vec![],
            shared: BTreeMap::new(),
            written: BTreeMap::new(),
            merged: vec![],
            failed: BTreeMap::new(),
            agenda: BTreeSet::new(),
            watch,
            next_id: 1 << 64,
        }
    }

    pub fn clinic_mut(&mut self) -> &mut Clinic {
        Arc::make_mut(&mut self.clinic)
    }

    /// A version of a workflow may wait for other events of time than those before it.
    pub(super) fn watch_anew(&mut self) {
        self.watch = Arc::new(self.workflows.watch());
    }

    pub(super) fn workflows_mut(&mut self) -> &mut Workflows {
        Arc::make_mut(&mut self.workflows)
    }

    /// Brings a patient on with all that is known and decided of them; nothing is asked of the engine yet.
    pub fn enter(&mut self, id: PatientId, player: Player) {
        for delivery in player.ledger.deliveries.values() {
            self.written.entry(delivery.contact.clone()).or_default().insert(id);
        }
        self.patients.insert(id, player);
        self.look_again(id);
    }

    /// Records a change, as the server does at its one door. The change's id, to take it back by.
    pub fn record(&mut self, patient: PatientId, source: Source, stamped: Timestamp, what: What) -> ChangeId {
        let rank = if let What::Encounter(e) = &what { e.act.rank() } else { 0 };
        let id = self.fresh();
        let stamp = Stamp { at: stamped, rank, hash: id.as_u128() as u64 };
        let change = Change { id: ChangeId(id), stamp, source, received_at: self.now, what };
        self.patients.entry(patient).or_default().changes.push(change);
        self.reconcile(patient);
        ChangeId(id)
    }

    /// Changes that were recorded elsewhere come in, as one message.
    pub(super) fn receive(&mut self, patient: PatientId, changes: Vec<Change>) {
        self.patients.entry(patient).or_default().changes.extend(changes);
        self.reconcile(patient);
    }

    /// Staff take back what they did, as if it had never been.
    pub fn take_back(&mut self, patient: PatientId, change: ChangeId) {
        if let Some(player) = self.patients.get_mut(&patient) {
            player.changes.retain(|c| c.id != change);
        }
        self.reconcile(patient);
    }

    pub fn reconcile(&mut self, patient: PatientId) -> Vec<Effect> {
        let loading = self.loading;
        self.with(patient, &mut |facts, ledger, ids| reconcile(facts, ledger, loading, ids))
    }

    pub fn reconcile_all(&mut self) {
        for patient in self.ids() {
            self.reconcile(patient);
        }
    }

    pub fn ids(&self) -> Vec<PatientId> {
        self.patients.keys().copied().collect()
    }

    /// Does what falls due up to `until`, in order of time.
    pub fn play_until(&mut self, until: Timestamp) {
        while self.play_next(until).is_some() {}
        self.now = self.now.max(until);
    }

    /// Does what falls due next for one patient, if that is by `until`; what was written by it.
    pub fn play_next(&mut self, until: Timestamp) -> Option<Vec<Effect>> {
        let (at, patient) = self.agenda.first().copied().filter(|(at, _)| *at <= until)?;
        self.now = self.now.max(at);
        Some(self.do_due(patient))
    }

    fn do_due(&mut self, patient: PatientId) -> Vec<Effect> {
        let now = self.now;
        let mut effects = vec![];
        if self.patients.get(&patient).and_then(|p| p.wake).is_some_and(|wake| wake <= now) {
            effects.extend(self.reconcile(patient));
        }
        while let Some(step) = self.patients.get(&patient).and_then(|p| p.ledger.due_step(now)) {
            effects.extend(self.with(patient, &mut |facts, ledger, ids| perform(facts, ledger, step, ids)));
        }
        self.send_due(patient, &mut effects);
        effects
    }

    fn send_due(&mut self, patient: PatientId, effects: &mut Vec<Effect>) {
        let now = self.now;
        let waits = |d: &&Delivery| d.state == DeliveryState::Queued && d.not_before <= now;
        let due = |ledger: &Ledger| {
            let waiting = ledger.deliveries.values().filter(waits);
            waiting.min_by(|a, b| (a.not_before, a.standing()).cmp(&(b.not_before, b.standing()))).map(|d| d.id)
        };
        while let Some(id) = self.patients.get(&patient).and_then(|p| due(&p.ledger)) {
            let (gateways, withdrawn) = (self.gateways.clone(), self.withdrawn.clone());
            let nth = self.failed.get(&id).map_or(1, |failed| failed.saturating_add(1));
            let mut again = false;
            effects.extend(self.with(patient, &mut |facts, ledger, ids| {
                let (send, mut effects) = send::attempt(facts, ledger, id, ids);
                let delivery = ledger.deliveries.get(&id).cloned();
                if let (Send::Now, Some(delivery)) = (&send, delivery) {
                    effects.extend(send::parts(facts, ledger, id, ids).1);
                    let end = match gateways.get(&delivery.contact.channel) {
                        _ if withdrawn.contains(&delivery.template) => End::NotWritten,
                        Some(gateway) => gateway.answer(&delivery, nth, facts.now),
                        None => End::Said(Answer::Took),
                    };
                    again = matches!(end, End::Said(answer) if matches!(answer.says(), Says::Wait(..)));
                    effects.extend(send::end(facts, ledger, id, end, ids));
                }
                effects
            }));
            self.failed.extend(again.then_some((id, nth)));
        }
    }

    pub fn snapshot(&self, patient: PatientId) -> Option<Snapshot> {
        let player = self.patients.get(&patient)?;
        Some(Snapshot::of(&player.changes, &self.clinic, &self.workflows.watch(), self.now))
    }

    fn look(&mut self, patient: PatientId) -> Option<Arc<Snapshot>> {
        let player = self.patients.get_mut(&patient)?;
        Some(player.look(&self.clinic, &self.watch, self.now))
    }

    /// Lets the engine act on one patient, and does what it decided. What it assigned is a change like any other. Gives
    /// what was written.
    pub fn with(&mut self, patient: PatientId, act: Act) -> Vec<Effect> {
        let Some(snapshot) = self.look(patient) else { return vec![] };
        let Some(mut player) = self.patients.remove(&patient) else { return vec![] };
        let world = self.world(patient, &snapshot);
        let facts = Facts {
            clinic: &self.clinic,
            chart: &snapshot.chart,
            occurrences: &snapshot.occurrences,
            workflows: &self.workflows,
            channels: &self.channels,
            world: &world,
            undo_until: snapshot.undo_until,
            now: self.now,
        };
        let mut next = self.next_id;
        let effects = act(&facts, &mut player.ledger, &mut || {
            next += 1;
            Uuid::from_u128(next)
        });
        self.next_id = next;
        self.patients.insert(patient, player);
        let mut effects = effects;
        if self.take(patient, &effects) {
            effects.extend(self.reconcile(patient));
        } else {
            self.look_again(patient);
        }
        effects
    }

    /// Keeps what the effects say; whether the chart has changed by them.
    fn take(&mut self, patient: PatientId, effects: &[Effect]) -> bool {
        let mut gave = false;
        for effect in effects {
            match effect {
                Effect::Decided(decision) => self.said.push(Said::Decided(patient, decision.clone())),
                Effect::Told(told) => self.said.push(Said::Told(patient, self.now, told.clone())),
                Effect::Assigned { assignment, act } => {
                    gave = true;
                    let id = self.fresh();
                    let stamp = Stamp { at: self.now, rank: 0, hash: id.as_u128() as u64 };
                    let what = What::Assignment { assignment: *assignment, act: act.clone() };
                    let change =
                        Change { id: ChangeId(id), stamp, source: Source::System, received_at: self.now, what };
                    self.patients.entry(patient).or_default().changes.push(change);
                }
                Effect::Queued(delivery) => {
                    self.written.entry(delivery.contact.clone()).or_default().insert(patient);
                }
                Effect::DeliverySet { delivery, state: DeliveryState::Sent { at }, .. } => {
                    let sent = self.patients.get(&patient).and_then(|p| p.ledger.deliveries.get(delivery));
                    self.said.extend(sent.cloned().map(|d| Said::Sent(patient, *at, d)));
                }
                Effect::EventKnown { .. }
                | Effect::Entered { .. }
                | Effect::RunSet(_)
                | Effect::StepSet { .. }
                | Effect::DeliverySet { .. } => {}
            }
        }
        gave
    }

    fn world(&self, patient: PatientId, snapshot: &Snapshot) -> World {
        let down = self.gateways.iter().filter(|(_, g)| **g == Gateway::Down).map(|(channel, _)| *channel).collect();
        let mut world = World { down, ..World::default() };
        for point in snapshot.chart.contact_points() {
            if self.is_stopped(&point) {
                world.suppressed.insert(point.clone());
            }
            if self.shared.get(&point).is_some_and(|sharing| sharing.len() > FAMILY) {
                world.crowded.insert(point);
                continue;
            }
            let written = self.written.get(&point).into_iter().flatten().filter(|id| **id != patient);
            let ledgers = written.filter_map(|id| self.patients.get(id)).map(|p| &p.ledger);
            let others = ledgers.flat_map(|ledger| ledger.deliveries.values().map(move |d| (ledger, d)));
            world.others.extend(others.filter(|(_, d)| d.contact == point).filter_map(|(ledger, d)| {
                let joined = matches!(d.state, DeliveryState::Joined { .. });
                Some(Traffic { contact: point.clone(), template: d.template.clone(), at: ledger.went(d)?, joined })
            }));
        }
        world
    }

    fn is_stopped(&self, point: &ContactPoint) -> bool {
        let holds = |&(from, until): &(Timestamp, Option<Timestamp>)| {
            from <= self.now && until.is_none_or(|until| self.now < until)
        };
        self.suppressed.contains(point) || self.stops.get(point).is_some_and(holds)
    }

    /// Puts the patient where they belong on the agenda, and their contact points beside those of others.
    pub(super) fn look_again(&mut self, patient: PatientId) {
        let Some(snapshot) = self.look(patient) else { return };
        let Some(player) = self.patients.get_mut(&patient) else { return };
        let points = snapshot.chart.contact_points();
        if points != player.points {
            for point in &player.points {
                if let Some(sharing) = self.shared.get_mut(point) {
                    sharing.remove(&patient);
                }
            }
            for point in &points {
                self.shared.entry(point.clone()).or_default().insert(patient);
            }
            player.points = points;
        }
        if let Some(before) = player.next {
            self.agenda.remove(&(before, patient));
        }
        player.look_ahead(&snapshot);
        self.agenda.extend(player.next.map(|next| (next, patient)));
    }

    fn fresh(&mut self) -> Uuid {
        self.next_id += 1;
        Uuid::from_u128(self.next_id)
    }
}
