//! What a preview counts comes true: edits, switches and going live are tried on random clinics, and what became of each
//! planned step is counted again, from the ledgers before and after. No key is sent twice on the way.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use care::chart::Channel;
use care::id::{PatientId, PlannedStepId, RunId};
use care::rehearsal::preview::{AHEAD, LIVE_AHEAD, WhatIf, outlook, taken_up};
use care::rehearsal::{Outlook, Said, Stage, Steps};
use care::workflow::{Activation, DeliveryState, InFlight, Reason, Run, StepState, Verdict, Workflow};
use jiff::{SignedDuration, Timestamp};
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

/// A planned step: its run, its name, how it stands and when it is due.
type Planned = BTreeMap<PlannedStepId, (RunId, String, StepState, Timestamp)>;

fn runs<'a>(stage: &'a Stage, key: &'a str) -> impl Iterator<Item = &'a Run> {
    stage.patients.values().flat_map(|p| p.ledger.runs.values()).filter(move |run| run.workflow == key)
}

fn planned(stage: &Stage, key: &str) -> Planned {
    let steps = runs(stage, key).flat_map(|run| run.steps.iter().map(move |s| (run.id, s)));
    steps.map(|(run, s)| (s.id, (run, s.step.clone(), s.state, s.due))).collect()
}

/// What became of each planned step, by run and step, in the order of `numbers`.
fn became(was: &Planned, is: &Planned) -> BTreeMap<(RunId, String), [usize; 7]> {
    let mut all: BTreeMap<(RunId, String), [usize; 7]> = BTreeMap::new();
    for (id, (run, step, state, due)) in is {
        let old = was.get(id);
        if old.is_some_and(|(_, _, old, _)| !old.is_pending() && old == state) {
            continue;
        }
        let old = old.filter(|(_, _, old, _)| old.is_pending());
        let place = match (state, old) {
            (StepState::Pending { .. }, Some((_, _, _, old_due))) if old_due == due => 0,
            (StepState::Pending { .. }, Some(_)) => 1,
            (StepState::Pending { .. }, None) => 2,
            (StepState::Performed { .. }, _) => 3,
            (StepState::Skipped { reason, .. }, _) if is_late(*reason) => 4,
            (StepState::Cancelled { reason: Reason::SupersededByVersion, .. }, _) => 5,
            (StepState::Skipped { .. } | StepState::Cancelled { .. }, _) => 6,
        };
        all.entry((*run, step.clone())).or_default()[place] += 1;
    }
    all
}

fn is_late(reason: Reason) -> bool {
    [Reason::Late, Reason::Expired, Reason::Collapsed].contains(&reason)
}

fn numbers(steps: &Steps) -> [usize; 7] {
    [steps.stay, steps.move_to, steps.new, steps.now, steps.late, steps.dropped, steps.ended]
}

/// The same as it was listed, of these runs together.
fn sums(all: &BTreeMap<(RunId, String), [usize; 7]>, runs: &BTreeSet<RunId>) -> BTreeMap<String, [usize; 7]> {
    let mut sums: BTreeMap<String, [usize; 7]> = BTreeMap::new();
    for ((_, step), counts) in all.iter().filter(|((run, _), _)| runs.contains(run)) {
        let sum = sums.entry(step.clone()).or_default();
        sum.iter_mut().zip(counts).for_each(|(sum, n)| *sum += n);
    }
    sums
}

fn listed(steps: &BTreeMap<String, Steps>) -> BTreeMap<String, [usize; 7]> {
    let counts = steps.iter().map(|(step, counts)| (step.clone(), numbers(counts)));
    counts.filter(|(_, n)| n.iter().sum::<usize>() > 0).collect()
}

/// Does it to the clinic itself, and holds what came against what was listed.
fn comes_true(
    stage: &mut Stage,
    watch: &mut Watch,
    key: &str,
    what_if: &WhatIf,
) -> Result<Outlook, proptest::test_runner::TestCaseError> {
    let listed_now = outlook(stage, key, what_if);
    let (was, heard, before) = (planned(stage, key), stage.said.len(), stage.clone());
    what_if.happen(stage, key);
    pass(stage, watch, 0);
    watch.listen(stage);
    let became = became(&was, &planned(stage, key));
    let open: BTreeSet<RunId> = runs(&before, key).filter(|r| r.ended.is_none()).map(|r| r.id).collect();
    let known: BTreeSet<RunId> = runs(&before, key).map(|r| r.id).collect();
    let new: BTreeSet<RunId> = runs(stage, key).map(|r| r.id).filter(|id| !known.contains(id)).collect();
    prop_assert_eq!(sums(&became, &known), listed(&listed_now.steps), "of the runs there are");
    prop_assert_eq!(sums(&became, &new), listed(&listed_now.begun), "of the runs that begin");
    prop_assert_eq!((open.len(), new.len()), (listed_now.runs, listed_now.begin));
    let ended = runs(stage, key).filter(|r| open.contains(&r.id) && r.ended.is_some()).count();
    prop_assert_eq!(ended, listed_now.stopped);
    let again =
        runs(stage, key).filter(|r| known.contains(&r.id) && !open.contains(&r.id) && r.ended.is_none()).count();
    prop_assert_eq!(again, listed_now.resumed);
    let waits = |(run, _, state, _): &&(RunId, String, StepState, Timestamp)| open.contains(run) && state.is_pending();
    let waiting: BTreeSet<RunId> = was.values().filter(waits).map(|(run, ..)| *run).collect();
    prop_assert_eq!(waiting.len(), listed_now.waiting);
    let told = stage.said[heard..]
        .iter()
        .filter(|said| matches!(said, Said::Decided(_, d) if d.workflow == key && d.verdict == Verdict::Performed));
    let given: usize = became.values().map(|n| n[3]).sum();
    prop_assert_eq!(told.count(), given, "each step that is given is decided once");
    let now_is = |id| stage.patients.values().find_map(|p| p.ledger.deliveries.get(&id)).map(|d| d.state);
    let unsent = before
        .patients
        .values()
        .flat_map(|p| p.ledger.deliveries.values().filter(|d| d.workflow == key && p.ledger.is_unsent(d)));
    let unsent: Vec<_> = unsent.map(|d| now_is(d.id)).collect();
    let gone = |state: &&Option<DeliveryState>| {
        matches!(state, Some(DeliveryState::Ended { reason: Reason::SupersededByVersion, .. }))
    };
    prop_assert_eq!((unsent.len(), unsent.iter().filter(gone).count()), (listed_now.unsent, listed_now.withdrawn));
    Ok(listed_now)
}

/// What these runs send from here on, within some time, on a copy.
fn sent_within(stage: &Stage, new: &BTreeSet<RunId>, since: usize, ahead: SignedDuration) -> BTreeMap<Channel, usize> {
    let mut later = stage.clone();
    while later.play_next(stage.now + ahead).is_some() {}
    let mut sent = BTreeMap::new();
    for said in &later.said[since..] {
        if let Said::Sent(_, _, d) = said
            && new.contains(&d.run)
        {
            *sent.entry(d.contact.channel).or_default() += 1;
        }
    }
    sent
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

/// Everything due is done: what a preview counts is the work of what it tries alone.
fn settled(stage: &mut Stage, watch: &mut Watch) {
    stage.reconcile_all();
    pass(stage, watch, 0);
    watch.listen(stage);
}

#[test]
fn an_edit_does_to_each_step_what_the_preview_listed_and_no_key_is_sent_twice() {
    let totals: RefCell<[usize; 9]> = RefCell::default();
    let outcome = crate::runner(600).run(&(workflows(), edits()), |(texts, edits)| {
        let (first, second) = keyed(&texts);
        let (mut stage, mut hand, mut watch) = (stage(&first), Hand::default(), Watch::default());
        for (beats, n, back, in_flight) in edits {
            live(&mut stage, &mut hand, &mut watch, &beats, &second);
            let key = format!("w{}", n % texts.len());
            let text = if back { &first[&key] } else { &second[&key] };
            let workflow = Arc::new(Workflow::parse(text).unwrap());
            settled(&mut stage, &mut watch);
            let (before, heard) = (stage.clone(), stage.said.len());
            let what_if = WhatIf::Published { workflow: Arc::clone(&workflow), in_flight };
            let listed = comes_true(&mut stage, &mut watch, &key, &what_if)?;
            for said in &stage.said[heard..] {
                let Said::Decided(_, d) = said else { continue };
                let by_edit = d.reason == Some(Reason::SupersededByVersion);
                prop_assert!(!by_edit || in_flight != InFlight::Stay, "an edit that lets runs be drops nothing: {d:?}");
            }
            prop_assert_eq!(
                not_repeated(&before, &stage, &key),
                listed.steps.values().map(|s| s.not_repeated).sum::<usize>()
            );
            let mut totals = totals.borrow_mut();
            for steps in listed.steps.values() {
                let all = numbers(steps).into_iter().chain([steps.not_repeated]);
                totals.iter_mut().zip(all).for_each(|(total, n)| *total += n);
            }
            totals[8] += listed.withdrawn;
        }
        pass(&mut stage, &mut watch, 60 * 1440);
        watch.listen(&stage);
        watch.ledgers(&stage);
        Ok(())
    });
    println!("stay, move, new, now, late, dropped, ended, not repeated, withdrawn: {:?}", totals.borrow());
    outcome.unwrap_or_else(|e| panic!("{e}"));
    assert!(totals.borrow().iter().all(|n| *n > 5), "{:?}", totals.borrow());
}

/// Of the runs that moved to another version: steps that were given, and of which no more comes.
fn not_repeated(before: &Stage, after: &Stage, key: &str) -> usize {
    let (was, is) = (planned(before, key), planned(after, key));
    let moved = runs(before, key).filter(|run| {
        let version = runs(after, key).find(|now| now.id == run.id).map(|now| now.version);
        run.ended.is_none() && version != Some(run.version)
    });
    let moved: BTreeSet<RunId> = moved.map(|run| run.id).collect();
    let given =
        was.values().filter(|(run, _, state, _)| moved.contains(run) && matches!(state, StepState::Performed { .. }));
    let given: BTreeSet<(RunId, &String)> = given.map(|(run, step, ..)| (*run, step)).collect();
    let comes = |(run, step): &&(RunId, &String)| {
        is.iter().any(|(id, (of, name, state, _))| {
            of == run && name == *step && (state.is_pending() || !was.contains_key(id))
        })
    };
    given.len() - given.iter().filter(comes).count()
}

#[test]
fn switching_on_does_at_once_what_the_preview_counted_and_sends_what_it_foresaw() {
    let totals: RefCell<[usize; 5]> = RefCell::default();
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
        settled(&mut stage, &mut watch);
        let what_if = WhatIf::SwitchedOn(Activation { cover, ..Activation::open(stage.now) });
        let (known, heard): (BTreeSet<RunId>, _) = (runs(&stage, &key).map(|r| r.id).collect(), stage.said.len());
        let counted = comes_true(&mut stage, &mut watch, &key, &what_if)?;
        let new = runs(&stage, &key).map(|r| r.id).filter(|id| !known.contains(id)).collect();
        prop_assert_eq!(sent_within(&stage, &new, heard, AHEAD), counted.messages.clone());
        let of_all =
            |place: usize| counted.steps.values().chain(counted.begun.values()).map(|s| numbers(s)[place]).sum();
        let sent = counted.messages.values().sum();
        let sums: [usize; 5] = [counted.begin, sent, of_all(0), of_all(3), of_all(4)];
        totals.borrow_mut().iter_mut().zip(sums).for_each(|(total, n)| *total += n);
        Ok(())
    });
    println!("begin, sent, stay, now, late: {:?}", totals.borrow());
    outcome.unwrap_or_else(|e| panic!("{e}"));
    assert!(totals.borrow().iter().all(|n| *n > 5), "{:?}", totals.borrow());
}

#[test]
fn switching_off_lets_everything_wait_that_the_preview_counted_and_nothing_goes_out() {
    let totals: RefCell<[usize; 2]> = RefCell::default();
    let life = (beats(10..30), 0..8usize, beats(3..12));
    let outcome = crate::runner(900).run(&(workflows(), life), |(texts, (before, n, while_off))| {
        let (first, second) = keyed(&texts);
        let (mut stage, mut hand, mut watch) = (stage(&first), Hand::default(), Watch::default());
        live(&mut stage, &mut hand, &mut watch, &before, &second);
        let key = format!("w{}", n % texts.len());
        settled(&mut stage, &mut watch);
        let counted = comes_true(&mut stage, &mut watch, &key, &WhatIf::SwitchedOff)?;
        let waiting: usize = counted.steps.values().map(|s| s.stay).sum();
        let other: usize = counted.steps.values().map(|s| numbers(s)[1..].iter().sum::<usize>()).sum();
        prop_assert_eq!((other, counted.begin, counted.withdrawn), (0, 0, 0), "it only waits");
        let heard = stage.said.len();
        let stays_off = |beat: &Beat| !matches!(beat, Beat::Switch { on: true, .. });
        let while_off: Vec<Beat> = while_off.into_iter().filter(stays_off).collect();
        live(&mut stage, &mut hand, &mut watch, &while_off, &second);
        pass(&mut stage, &mut watch, 3 * 1440);
        let goes_out = |said: &Said| matches!(said, Said::Sent(_, _, d) if d.workflow == key);
        prop_assert!(!stage.said[heard..].iter().any(goes_out), "nothing of it goes out while it is off");
        let mut totals = totals.borrow_mut();
        (totals[0], totals[1]) = (totals[0] + waiting, totals[1] + counted.unsent);
        Ok(())
    });
    println!("waiting, unsent: {:?}", totals.borrow());
    outcome.unwrap_or_else(|e| panic!("{e}"));
    assert!(totals.borrow().iter().all(|n| *n > 5), "{:?}", totals.borrow());
}

#[test]
fn an_interface_that_goes_live_starts_and_sends_what_the_preview_counted() {
    let totals: RefCell<[usize; 2]> = RefCell::default();
    let life = (beats(10..40), 0..16u8);
    let outcome = crate::runner(600).run(&(workflows(), life), |(texts, (loaded, who))| {
        let (first, second) = keyed(&texts);
        let (mut stage, mut hand, mut watch) = (stage(&first), Hand::default(), Watch::default());
        stage.loading = true;
        let loads: Vec<Beat> = loaded.into_iter().filter(|beat| !matches!(beat, Beat::Live { .. })).collect();
        live(&mut stage, &mut hand, &mut watch, &loads, &second);
        let all = stage.ids().into_iter().zip(0..);
        let patients: BTreeSet<PatientId> = all.filter(|(_, n)| who >> n & 1 == 1).map(|(id, _)| id).collect();
        let counted = taken_up(&stage, &patients);
        let all_runs = |stage: &Stage| -> BTreeMap<RunId, String> {
            let all = stage.patients.values().flat_map(|p| p.ledger.runs.values());
            all.map(|r| (r.id, r.workflow.clone())).collect()
        };
        let (known, heard) = (all_runs(&stage), stage.said.len());
        stage.take_up(&patients);
        let new: BTreeMap<RunId, String> =
            all_runs(&stage).into_iter().filter(|(id, _)| !known.contains_key(id)).collect();
        let mut by_workflow: BTreeMap<String, usize> = BTreeMap::new();
        new.values().for_each(|workflow| *by_workflow.entry(workflow.clone()).or_default() += 1);
        prop_assert_eq!(&by_workflow, &counted.runs);
        let sent = sent_within(&stage, &new.into_keys().collect(), heard, LIVE_AHEAD);
        prop_assert_eq!(&sent, &counted.messages);
        let sums = [by_workflow.values().sum::<usize>(), sent.values().sum()];
        totals.borrow_mut().iter_mut().zip(sums).for_each(|(total, n)| *total += n);
        pass(&mut stage, &mut watch, 30 * 1440);
        watch.ledgers(&stage);
        Ok(())
    });
    println!("runs, sent: {:?}", totals.borrow());
    outcome.unwrap_or_else(|e| panic!("{e}"));
    assert!(totals.borrow().iter().all(|n| *n > 20), "{:?}", totals.borrow());
}
