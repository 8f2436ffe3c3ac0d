//! Messages with time between them: what holds however they come, and what the second batch of messages may change.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::story::{EVERYTHING, Mix, VISITS_ONLY, arrival, change, now, story};
use crate::world::World;
use care::chart::{Anchor, Change, ContactPoint, EncounterKey, Validity, What};
use care::id::{LocationId, PlannedStepId, RunId};
use care::rehearsal::Gateway;
use care::workflow::definition::{OnCancel, OnMove};
use care::workflow::{Delivery, DeliveryState, Effect, Reason, StepState, Verdict};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::sample::select;

#[derive(Debug, Clone)]
enum Beat {
    Message(Box<Change>),
    /// Time goes by, in minutes, and what falls due is performed.
    Wait(i64),
    /// The server is down for so long.
    Outage(i64),
    /// The gateways stop to answer, or answer again.
    Gateways(Gateway),
    /// A timer fires that was set for a step chosen by this number, due or not.
    Timer(usize),
}

fn beats() -> impl Strategy<Value = Vec<Beat>> {
    let beat = prop_oneof![
        6 => change(EVERYTHING).prop_map(|change| Beat::Message(Box::new(change))),
        3 => select(vec![1i64, 5, 12, 20, 90, 600, 1440, 4000]).prop_map(Beat::Wait),
        1 => select(vec![20i64, 300, 3000]).prop_map(Beat::Outage),
        1 => any::<usize>().prop_map(Beat::Timer),
        1 => select(vec![Gateway::Down, Gateway::Takes]).prop_map(Beat::Gateways),
    ];
    prop::collection::vec(beat, 4..20)
}

/// What was seen of one story from its beginning.
#[derive(Default)]
struct Watch {
    queued: BTreeSet<String>,
    given: BTreeMap<PlannedStepId, Timestamp>,
    /// The moment and the place of the anchor for which each (run, step, occurrence) was given last.
    moments: BTreeMap<(RunId, String, u32), (Timestamp, Option<LocationId>)>,
    deliveries: u32,
    withdrawn: u32,
}

impl Watch {
    /// What must hold of what was just written.
    fn effects(&mut self, world: &World, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::Queued(delivery) => {
                    self.deliveries += 1;
                    assert!(self.queued.insert(delivery.key.to_string()), "queued twice: {}", delivery.key);
                    assert!(holds(world, &delivery.workflow, delivery.anchor), "queued for what is not: {delivery:?}");
                }
                Effect::StepSet { run, step } if matches!(step.state, StepState::Performed { .. }) => {
                    let run = &world.ledger().runs[run];
                    assert!(step.due <= world.now(), "performed before it was due: {step:?}");
                    assert!(step.expires > world.now(), "performed after it expired: {step:?}");
                    assert!(holds(world, &run.workflow, run.anchor), "performed for what is not: {run:?}");
                    assert!(self.given.insert(step.id, world.now()).is_none(), "performed twice: {step:?}");
                    let key = (run.id, step.step.clone(), step.occurrence);
                    let workflow = world.stage.workflows.version(&run.workflow, 1).unwrap();
                    if let Some(before) = self.moments.insert(key, (step.moment, step.place)) {
                        assert!(before != (step.moment, step.place), "given again though nothing moved: {step:?}");
                        assert_eq!(workflow.step(&step.step).unwrap().move_rule(), OnMove::Resend);
                    }
                }
                Effect::Decided(d) => assert_eq!(
                    d.reason.is_none(),
                    matches!(d.verdict, Verdict::Planned | Verdict::Performed | Verdict::Sent),
                    "a no has its reason: {d:?}"
                ),
                Effect::DeliverySet { state: DeliveryState::Ended { .. }, .. } => self.withdrawn += 1,
                _ => {}
            }
        }
    }

    /// What must hold of the whole ledger, whatever happened.
    fn ledger(&self, world: &World, reconciled: bool) {
        let runs = || world.ledger().runs.values();
        for step in runs().flat_map(|r| &r.steps) {
            if let Some(at) = self.given.get(&step.id) {
                assert_eq!(step.state, StepState::Performed { at: *at }, "what was given cannot be taken back");
            }
        }
        world.plan();
        if !reconciled {
            return;
        }
        for run in runs().filter(|r| r.steps.iter().any(|s| s.state.is_pending())) {
            let valid = validity(world, run.anchor);
            let goes_on = |v| v == Validity::Valid || (v == Validity::Cancelled && continues(world, &run.workflow));
            assert!(valid.is_some_and(goes_on), "planned for what is not ({valid:?}): {run:?}");
            assert!(run.ended.is_none(), "planned in a run that ended: {run:?}");
        }
        let chart = world.chart();
        for o in world.occurrences() {
            for (key, published) in &world.stage.workflows.0 {
                let asked = published.current().is_some_and(|(_, w)| w.trigger.events.contains(&o.anchor.event));
                let answer = world.ledger().entry(&chart, key, o.anchor);
                assert_eq!(answer.is_some(), asked, "{key} and {:?}", o.anchor);
                if let Some(entry) = answer {
                    let run = world.ledger().run_of(&chart, key, o.anchor);
                    assert!(entry.reason.is_some() || run.is_some(), "{key} said yes to {:?} and has no run", o.anchor);
                }
            }
        }
    }
}

fn validity(world: &World, anchor: Anchor) -> Option<Validity> {
    let anchor = world.chart().canonical(anchor);
    world.occurrences().iter().find(|o| o.anchor == anchor).map(|o| o.validity)
}

fn continues(world: &World, workflow: &str) -> bool {
    world.stage.workflows.version(workflow, 1).unwrap().on_cancel == OnCancel::Continue
}

fn holds(world: &World, workflow: &str, anchor: Anchor) -> bool {
    match validity(world, anchor) {
        Some(Validity::Valid) => true,
        Some(Validity::Cancelled) => continues(world, workflow),
        _ => false,
    }
}

fn ended(state: StepState) -> bool {
    !state.is_pending()
}

#[test]
fn no_story_breaks_the_rules_of_the_ledger() {
    let totals = RefCell::new([0u32; 4]);
    let outcome = crate::runner(3000).run(&beats(), |beats| {
        let mut world = World::at(now());
        let mut watch = Watch::default();
        let mut timers = 0;
        for beat in beats {
            match beat {
                Beat::Message(change) => {
                    let effects = world.record(&change);
                    watch.effects(&world, &effects);
                    watch.ledger(&world, true);
                }
                Beat::Wait(minutes) => {
                    let until = world.now() + SignedDuration::from_mins(minutes);
                    world.run_until(until, &mut |after, effects| {
                        watch.effects(after, effects);
                        watch.ledger(after, false);
                    });
                }
                Beat::Outage(minutes) => world.later(minutes),
                Beat::Gateways(gateway) => world.gateways(gateway),
                Beat::Timer(number) => {
                    let steps: Vec<_> = world.ledger().runs.values().flat_map(|r| r.steps.clone()).collect();
                    let Some(step) = steps.get(number % steps.len().max(1)) else { continue };
                    let stale = ended(step.state)
                        || !matches!(step.state, StepState::Pending { at: Some(at) } if at <= world.now());
                    let effects = world.perform(step.id);
                    prop_assert!(!stale || effects.is_empty(), "a stale timer did something: {:?}", effects);
                    timers += u32::from(stale);
                    watch.effects(&world, &effects);
                    watch.ledger(&world, false);
                }
            }
        }
        let mut totals = totals.borrow_mut();
        for (total, n) in totals.iter_mut().zip([watch.given.len() as u32, watch.deliveries, watch.withdrawn, timers]) {
            *total += n;
        }
        Ok(())
    });
    outcome.unwrap_or_else(|e| panic!("{e}"));
    let [given, deliveries, withdrawn, timers] = *totals.borrow();
    println!("{given} steps given, {deliveries} deliveries, {withdrawn} withdrawn, {timers} stale timers");
    assert!(given > 3000 && deliveries > 3000 && withdrawn > 300 && timers > 300);
}

#[test]
fn a_step_ends_once() {
    let outcome = crate::runner(2000).run(&beats(), |beats| {
        let mut world = World::at(now());
        let mut ends: BTreeMap<PlannedStepId, StepState> = BTreeMap::new();
        let mut note = |world: &World, effects: &[Effect]| {
            for effect in effects {
                let Effect::StepSet { step, .. } = effect else { continue };
                match ends.get(&step.id).copied() {
                    Some(StepState::Performed { .. }) => {
                        assert!(step.state == ends[&step.id], "{step:?} after {:?} at {}", ends[&step.id], world.now())
                    }
                    // A cancellation falls away with its reason, and so does an inheritance; no other end does.
                    Some(end) if ended(end) && end != step.state => {
                        assert!(step.state.is_pending() && may_be_planned_anew(end), "{step:?} after {end:?}")
                    }
                    _ => {}
                }
                ends.insert(step.id, step.state);
            }
        };
        for beat in beats {
            match beat {
                Beat::Message(change) => {
                    let effects = world.record(&change);
                    note(&world, &effects);
                }
                Beat::Wait(minutes) | Beat::Outage(minutes) => {
                    let until = world.now() + SignedDuration::from_mins(minutes);
                    world.run_until(until, &mut |after, effects| note(after, effects));
                }
                Beat::Timer(_) | Beat::Gateways(_) => {}
            }
        }
        Ok(())
    });
    outcome.unwrap_or_else(|e| panic!("{e}"));
}

fn may_be_planned_anew(end: StepState) -> bool {
    match end {
        StepState::Cancelled { reason, .. } => reason.may_pass(),
        StepState::Skipped { reason, .. } => reason == Reason::AlreadyGiven,
        StepState::Pending { .. } | StepState::Performed { .. } => false,
    }
}

/// What the patient was given: (workflow, anchor, step, occurrence, generation) and when.
pub type Given = BTreeSet<(String, Anchor, String, u32, u32, Timestamp)>;

pub fn given(world: &World) -> Given {
    let ledger = world.ledger().clone().canonical(&world.chart());
    let steps = ledger.runs.values().flat_map(|r| r.steps.iter().map(move |s| (r, s)));
    steps
        .filter_map(|(r, s)| match s.state {
            StepState::Performed { at } => {
                Some((r.workflow.clone(), r.anchor, s.step.clone(), s.occurrence, s.generation, at))
            }
            _ => None,
        })
        .collect()
}

/// What went out: (workflow, anchor, step, occurrence, generation, template, where to) and when.
type Sent = BTreeSet<(String, Anchor, String, u32, u32, String, ContactPoint, Timestamp)>;

fn sent(world: &World) -> Sent {
    let chart = world.chart();
    let went = world.ledger().deliveries.values().filter_map(|d| match d.state {
        DeliveryState::Sent { at } => Some((d, at)),
        _ => None,
    });
    let key = |d: &Delivery| (d.key.step.clone(), d.key.occurrence, d.key.generation);
    went.map(|(d, at)| {
        let (step, occurrence, generation) = key(d);
        let anchor = chart.canonical(d.anchor);
        (d.workflow.clone(), anchor, step, occurrence, generation, d.template.clone(), d.contact.clone(), at)
    })
    .collect()
}

/// A life that has gone on for a while, then a batch of messages in two orders, then a month.
fn life(number: fn() -> BoxedStrategy<Change>) -> impl Strategy<Value = (Vec<Change>, i64, Vec<Change>, Vec<usize>)> {
    let batch = prop::collection::vec(number(), 2..6);
    let before = prop::collection::vec(number(), 1..6);
    (before, select(vec![1i64, 10, 16, 300, 2000]), batch).prop_flat_map(|(before, wait, batch)| {
        let n = batch.len();
        (Just(before), Just(wait), Just(batch), arrival(n))
    })
}

/// Changes that name a visit by its appointment alone. A registration known only by its own number may, between two
/// messages of a batch, join one appointment of the day and then another: what was given meanwhile stays with the first,
/// and so it is only before anything is given (`permutations`) that every order of those gives the same.
fn by_appointment(mix: Mix) -> BoxedStrategy<Change> {
    let alone =
        |c: &Change| !matches!(&c.what, What::Encounter(e) if e.key == EncounterKey::Visit || e.same_as.is_some());
    change(mix).prop_filter("named by its appointment", alone).boxed()
}

#[test]
fn a_later_batch_about_visits_gives_the_same_plan_and_the_same_sends_in_any_order() {
    a_later_batch_gives_the_same(|| by_appointment(VISITS_ONLY));
}

#[test]
fn a_later_batch_of_any_kind_gives_the_same_plan_and_the_same_sends_in_any_order() {
    a_later_batch_gives_the_same(|| by_appointment(EVERYTHING));
}

fn a_later_batch_gives_the_same(number: fn() -> BoxedStrategy<Change>) {
    let totals = RefCell::new((0, 0));
    let outcome = crate::runner(6000).run(&life(number), |(before, wait, batch, order)| {
        let mut lived = World::at(now());
        for change in &before {
            lived.record(change);
        }
        lived.run_until(now() + SignedDuration::from_mins(wait), &mut |_, _| {});
        let mut totals = totals.borrow_mut();
        totals.0 += u32::from(!given(&lived).is_empty());
        let mut jumbled = lived.clone();
        for change in &batch {
            lived.record(change);
        }
        for i in order {
            jumbled.record(&batch[i]);
        }
        prop_assert_eq!(lived.chart(), jumbled.chart());
        prop_assert_eq!(lived.plan(), jumbled.plan());
        let end = now() + SignedDuration::from_hours(31 * 24);
        lived.run_until(end, &mut |_, _| {});
        jumbled.run_until(end, &mut |_, _| {});
        totals.1 += u32::from(given(&lived).iter().any(|g| g.4 > 1));
        prop_assert_eq!(given(&lived), given(&jumbled));
        prop_assert_eq!(sent(&lived), sent(&jumbled));
        Ok(())
    });
    outcome.unwrap_or_else(|e| panic!("{e}"));
    let (given_before, again) = *totals.borrow();
    println!("{given_before} with something given before the batch, {again} with something given again");
    assert!(given_before > 600 && again > 60);
}

#[test]
fn the_end_of_a_story_leaves_nothing_undone() {
    let outcome = crate::runner(2000).run(&story(EVERYTHING, 2..12), |story| {
        let mut world = World::at(now());
        world.record_all(&story);
        world.run_until(now() + SignedDuration::from_hours(90 * 24), &mut |_, _| {});
        prop_assert!(world.plan().pending.is_empty(), "{:?}", world.plan().pending);
        Ok(())
    });
    outcome.unwrap_or_else(|e| panic!("{e}"));
}
