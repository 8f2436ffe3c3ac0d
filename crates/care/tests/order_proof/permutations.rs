//! Messages that come while the clock stands still.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::story::{EVERYTHING, Mix, VISITS_ONLY, now, told};
use crate::world::World;
use care::chart::{Act, Change, EncounterState, Notice, What, fold};
use proptest::prelude::*;

/// How many stories had something in them that could have gone wrong: a test of easy stories proves nothing.
#[derive(Default)]
struct Seen(RefCell<BTreeMap<&'static str, u32>>);

impl Seen {
    fn note(&self, what: &'static str, happened: bool) {
        *self.0.borrow_mut().entry(what).or_default() += u32::from(happened);
    }

    fn note_chart(&self, world: &World) {
        let chart = world.chart();
        let visits = || chart.encounters.iter();
        self.note("a visit re-opened", visits().any(|e| !e.cancellations.is_empty() && e.state.stands()));
        self.note(
            "a doubtful booking",
            visits().any(|e| e.notices.iter().any(|Notice::BookingOfCancelledVisit { .. }| true)),
        );
        self.note("two numbers, one visit", visits().any(|e| e.ids.len() > 1));
        self.note("a moved visit", visits().any(|e| !e.moves.is_empty()));
        self.note("a no-show corrected", visits().any(|e| !e.no_shows.is_empty() && e.state.has_arrived()));
        self.note("a cancelled visit", visits().any(|e| matches!(e.state, EncounterState::Cancelled { .. })));
    }

    fn note_stamps(&self, story: &[Change]) {
        let tie = |a: &Change, b: &Change| a.stamp == b.stamp && a.source == b.source && a.what != b.what;
        let pairs = || story.iter().enumerate().flat_map(|(i, a)| story[i + 1..].iter().map(move |b| (a, b)));
        self.note("equal times", pairs().any(|(a, b)| a.stamp.at == b.stamp.at));
        self.note("equal stamps", pairs().any(|(a, b)| tie(a, b)));
    }

    fn each_at_least(&self, least: u32) {
        let seen = self.0.borrow();
        println!("{seen:?}");
        for (what, times) in &*seen {
            assert!(*times >= least, "only {times} stories had {what}");
        }
    }
}

fn in_this_order(story: &[Change], order: impl IntoIterator<Item = usize>) -> World {
    let mut world = World::at(now());
    for i in order {
        world.record(&story[i]);
    }
    world
}

fn every_order_gives_the_same(mix: Mix, length: std::ops::Range<usize>, cases: u32) {
    let seen = Seen::default();
    let outcome = crate::runner(cases).run(&told(mix, length), |(story, order)| {
        let told = in_this_order(&story, 0..story.len());
        let jumbled = in_this_order(&story, order);
        prop_assert_eq!(told.chart(), jumbled.chart());
        let plan = told.plan();
        prop_assert_eq!(&plan, &jumbled.plan());
        seen.note_chart(&told);
        seen.note_stamps(&story);
        seen.note("something planned", !plan.pending.is_empty());
        seen.note("two runs of one workflow", {
            let mut by_workflow = BTreeMap::<_, std::collections::BTreeSet<_>>::new();
            for p in &plan.pending {
                by_workflow.entry(&p.0).or_default().insert(p.1);
            }
            by_workflow.values().any(|anchors| anchors.len() > 1)
        });
        Ok(())
    });
    outcome.unwrap_or_else(|e| panic!("{e}"));
    seen.each_at_least(cases / 250);
}

#[test]
fn every_order_of_a_few_messages_about_visits_gives_the_same_chart_and_plan() {
    every_order_gives_the_same(VISITS_ONLY, 3..7, 10_000);
}

#[test]
fn every_order_of_many_messages_about_visits_gives_the_same_chart_and_plan() {
    every_order_gives_the_same(VISITS_ONLY, 5..14, 10_000);
}

#[test]
fn every_order_of_a_few_messages_of_any_kind_gives_the_same_chart_and_plan() {
    every_order_gives_the_same(EVERYTHING, 3..9, 10_000);
}

#[test]
fn every_order_of_many_messages_of_any_kind_gives_the_same_chart_and_plan() {
    every_order_gives_the_same(EVERYTHING, 8..20, 5000);
}

#[test]
fn a_batch_gives_what_its_messages_give_one_by_one() {
    let strategy = (told(EVERYTHING, 2..14), prop::collection::vec(1..4usize, 14));
    let seen = Seen::default();
    let outcome = crate::runner(10_000).run(&strategy, |((story, order), sizes)| {
        let told = in_this_order(&story, 0..story.len());
        let mut batched = World::at(now());
        let mut rest: &[usize] = &order;
        for size in sizes {
            let (batch, more) = rest.split_at(size.min(rest.len()));
            rest = more;
            let batch: Vec<Change> = batch.iter().map(|i| story[*i].clone()).collect();
            batched.record_all(&batch);
        }
        let left: Vec<Change> = rest.iter().map(|i| story[*i].clone()).collect();
        batched.record_all(&left);
        prop_assert_eq!(told.chart(), batched.chart());
        prop_assert_eq!(told.plan(), batched.plan());
        seen.note_chart(&told);
        Ok(())
    });
    outcome.unwrap_or_else(|e| panic!("{e}"));
    seen.each_at_least(20);
}

#[test]
fn a_message_told_twice_decides_nothing_the_second_time() {
    let outcome = crate::runner(5000).run(&told(EVERYTHING, 2..10), |(story, order)| {
        let mut world = in_this_order(&story, 0..story.len());
        for i in order {
            prop_assert_eq!(world.record(&story[i]), vec![]);
        }
        Ok(())
    });
    outcome.unwrap_or_else(|e| panic!("{e}"));
}

#[test]
fn the_fold_takes_any_changes() {
    let outcome = crate::runner(10_000).run(&told(EVERYTHING, 0..30), |(story, order)| {
        let world = World::at(now());
        let jumbled: Vec<Change> = order.iter().map(|i| story[*i].clone()).collect();
        let chart = fold(&jumbled, &world.stage.clinic);
        prop_assert_eq!(&chart, &fold(&story, &world.stage.clinic));
        let numbers: usize = chart.encounters.iter().map(|e| e.ids.len()).sum();
        let all: std::collections::BTreeSet<_> = chart.encounters.iter().flat_map(|e| &e.ids).collect();
        prop_assert_eq!(numbers, all.len(), "a number means one visit");
        let tombstones = story.iter().any(|c| matches!(&c.what, What::Encounter(e) if e.act == Act::Cancel));
        prop_assert!(!tombstones || !chart.encounters.is_empty());
        Ok(())
    });
    outcome.unwrap_or_else(|e| panic!("{e}"));
}
