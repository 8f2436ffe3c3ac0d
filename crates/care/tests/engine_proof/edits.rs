//! A sequence of edits at random never sends a key twice, and does to each step what the preview had listed.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use care::rehearsal::preview::{edit, next_version, switch_on};
use care::rehearsal::{Said, Stage};
use care::workflow::{Activation, Decision, InFlight, Reason, StepState, Verdict, Workflow};
use jiff::SignedDuration;
use proptest::prelude::*;
use proptest::sample::select;

use crate::beats::{Beat, Hand, beats};
use crate::clinic::stage;
use crate::watch::Watch;
use crate::worlds::{keyed, pass, workflows};

/// One edit of one workflow, to one of its two texts, after a piece of life.
type Edit = (Vec<Beat>, usize, bool, InFlight);

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let edit = (beats(4..14), 0..8usize, any::<bool>(), select(InFlight::ALL.to_vec()));
    prop::collection::vec(edit, 2..6)
}

/// How many planned steps wait, by the id of the step.
fn pending(stage: &Stage, key: &str) -> BTreeMap<String, usize> {
    let mut all = BTreeMap::new();
    let runs = stage.patients.values().flat_map(|p| p.ledger.runs.values()).filter(|r| r.workflow == key);
    for step in runs.flat_map(|r| &r.steps).filter(|s| s.state.is_pending()) {
        *all.entry(step.step.clone()).or_default() += 1;
    }
    all
}

fn given(stage: &Stage) -> BTreeSet<care::id::PlannedStepId> {
    let steps = stage.patients.values().flat_map(|p| p.ledger.runs.values()).flat_map(|r| &r.steps);
    steps.filter(|s| matches!(s.state, StepState::Performed { .. })).map(|s| s.id).collect()
}

/// What was decided of a workflow since, by step: how often it was planned, and how often called off.
fn decided<'a>(said: &'a [Said], key: &'a str) -> impl Iterator<Item = &'a Decision> {
    said.iter().filter_map(move |said| match said {
        Said::Decided(_, d) if d.workflow == key && d.step.is_some() => Some(d),
        _ => None,
    })
}

fn live(stage: &mut Stage, hand: &mut Hand, watch: &mut Watch, beats: &[Beat], texts: &BTreeMap<String, String>) {
    for beat in beats {
        match beat {
            Beat::Wait(minutes) => pass(stage, watch, *minutes),
            Beat::Outage(minutes) => stage.now += SignedDuration::from_mins(*minutes),
            // What is about edits is done by the test itself; merged charts are the other test's.
            Beat::Publish { .. } | Beat::Merge { .. } => {}
            beat => hand.happen(stage, beat, texts),
        }
        watch.listen(stage);
    }
}

#[test]
fn an_edit_does_to_each_step_what_the_preview_listed_and_no_key_is_sent_twice() {
    let totals: RefCell<[usize; 6]> = RefCell::default();
    let outcome = crate::runner(600).run(&(workflows(), edits()), |(texts, edits)| {
        let (first, second) = keyed(&texts);
        let (mut stage, mut hand, mut watch) = (stage(&first), Hand::default(), Watch::default());
        for (beats, n, back, in_flight) in edits {
            live(&mut stage, &mut hand, &mut watch, &beats, &second);
            let key = format!("w{}", n % texts.len());
            let text = if back { &first[&key] } else { &second[&key] };
            let new = Arc::new(Workflow::parse(text).unwrap());
            // What happened with the last beat is settled before anybody edits.
            stage.reconcile_all();
            watch.listen(&stage);
            let listed = edit(&stage, &key, Arc::clone(&new), in_flight);
            let (before, had, heard) = (pending(&stage, &key), given(&stage), stage.said.len());
            let version = next_version(&stage, &key);
            stage.publish(&key, version, new, in_flight);
            watch.listen(&stage);
            let (after, said) = (pending(&stage, &key), &stage.said[heard..]);
            prop_assert_eq!(&given(&stage), &had, "an edit gives nothing by itself");
            for (step, listed) in &listed.steps {
                let count = |of: &BTreeMap<String, usize>| of.get(step).copied().unwrap_or(0);
                prop_assert_eq!(count(&before), listed.stay + listed.moves + listed.dropped);
                prop_assert_eq!(count(&after), listed.stay + listed.moves + listed.new);
                let own = || decided(said, &key).filter(|d| d.step.as_ref().is_some_and(|s| s.id == *step));
                let ended = own().filter(|d| matches!(d.verdict, Verdict::Cancelled | Verdict::Skipped)).count();
                prop_assert!(ended >= listed.dropped, "{step}: {listed:?} but {ended} called off");
                for d in own().filter(|d| d.verdict == Verdict::Cancelled) {
                    let by_edit = d.reason == Some(Reason::SupersededByVersion) || in_flight != InFlight::Stay;
                    prop_assert!(by_edit, "an edit that lets runs be calls nothing off: {d:?}");
                }
                let sums = [listed.stay, listed.moves, listed.dropped, listed.suppressed, listed.new, listed.late];
                for (total, n) in totals.borrow_mut().iter_mut().zip(sums) {
                    *total += n;
                }
            }
            let all: BTreeSet<_> = before.keys().chain(after.keys()).collect();
            prop_assert!(all.iter().all(|step| listed.steps.contains_key(*step)), "none is lost that was not listed");
        }
        pass(&mut stage, &mut watch, 60 * 1440);
        watch.listen(&stage);
        watch.ledgers(&stage);
        Ok(())
    });
    println!("stay, move, dropped, suppressed, new, late: {:?}", totals.borrow());
    outcome.unwrap_or_else(|e| panic!("{e}"));
    assert!(totals.borrow().iter().all(|n| *n > 20), "{:?}", totals.borrow());
}

#[test]
fn switching_on_does_at_once_what_the_preview_counted() {
    let totals: RefCell<[usize; 4]> = RefCell::default();
    let life = (beats(10..30), 0..8usize, beats(3..12), any::<bool>());
    let outcome = crate::runner(600).run(&(workflows(), life), |(texts, (before, n, while_off, cover))| {
        let (first, second) = keyed(&texts);
        let (mut stage, mut hand, mut watch) = (stage(&first), Hand::default(), Watch::default());
        live(&mut stage, &mut hand, &mut watch, &before, &second);
        let key = format!("w{}", n % texts.len());
        stage.deactivate(&key);
        live(&mut stage, &mut hand, &mut watch, &while_off, &second);
        if stage.workflows.0[&key].activations.iter().any(|a| a.until.is_none()) {
            return Ok(());
        }
        pass(&mut stage, &mut watch, 0);
        let activation = Activation { cover, ..Activation::open(stage.now) };
        let counted = switch_on(&stage, &key, activation.clone());
        let runs = |stage: &Stage| {
            let all = stage.patients.values().flat_map(|p| p.ledger.runs.values());
            all.filter(|r| r.workflow == key).count()
        };
        let (had, had_runs, heard) = (given(&stage).len(), runs(&stage), stage.said.len());
        stage.activate(&key, activation);
        pass(&mut stage, &mut watch, 0);
        watch.listen(&stage);
        let said = &stage.said[heard..];
        let skipped =
            |reason| decided(said, &key).filter(move |d| d.verdict == Verdict::Skipped && d.reason == Some(reason));
        prop_assert_eq!(runs(&stage) - had_runs, counted.starts);
        prop_assert!(given(&stage).len() - had >= counted.given);
        prop_assert_eq!(skipped(Reason::Late).count() + skipped(Reason::Collapsed).count(), counted.late);
        prop_assert_eq!(skipped(Reason::Expired).count(), counted.expired);
        prop_assert_eq!(pending(&stage, &key).values().sum::<usize>(), counted.waiting);
        for (total, n) in
            totals.borrow_mut().iter_mut().zip([counted.starts, counted.given, counted.late, counted.expired])
        {
            *total += n;
        }
        Ok(())
    });
    println!("starts, given, late, expired: {:?}", totals.borrow());
    outcome.unwrap_or_else(|e| panic!("{e}"));
    assert!(totals.borrow().iter().all(|n| *n > 5), "{:?}", totals.borrow());
}
