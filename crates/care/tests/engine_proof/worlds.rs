//! Small worlds: four people, a few random workflows, and a random life.

use std::cell::RefCell;
use std::collections::BTreeMap;

use care::rehearsal::{Gateway, Stage};
use care::workflow::Activation;
use jiff::SignedDuration;
use proptest::prelude::*;

use crate::beats::{Beat, Hand, beats, place};
use crate::clinic::{person, stage};
use crate::texts::edited;
use crate::watch::Watch;

/// What runs in the clinic, and what each of them may be edited to.
pub fn workflows() -> impl Strategy<Value = Vec<(String, String)>> {
    prop::collection::vec(edited(), 3..9)
}

pub fn keyed(texts: &[(String, String)]) -> (BTreeMap<String, String>, BTreeMap<String, String>) {
    let key = |n: usize| format!("w{n}");
    let first = texts.iter().enumerate().map(|(n, (text, _))| (key(n), text.clone())).collect();
    (first, texts.iter().enumerate().map(|(n, (_, edit))| (key(n), edit.clone())).collect())
}

/// Lets time pass, and watches what goes out at the moment it goes.
pub fn pass(stage: &mut Stage, watch: &mut Watch, minutes: i64) {
    let until = stage.now + SignedDuration::from_mins(minutes);
    let mut turns = 0;
    while stage.play_next(until).is_some() {
        watch.listen(stage);
        turns += 1;
        assert!(turns < 200_000, "it goes round in circles at {}", stage.now);
    }
    stage.play_until(until);
}

fn open_again(stage: &mut Stage) {
    stage.gateways.values_mut().for_each(|g| *g = Gateway::Takes);
    for here in [true, false] {
        stage.set_silent(place(here), false);
        let id = place(here);
        for day in stage.clinic.locations[&id].closed.clone() {
            stage.set_day(id, day, false);
        }
    }
    for key in stage.workflows.0.keys().cloned().collect::<Vec<_>>() {
        stage.activate(&key, Activation::open(stage.now));
    }
}

#[test]
fn whatever_happens_nobody_gets_what_they_must_not_get_and_everything_ends_once() {
    let totals: RefCell<BTreeMap<String, u32>> = RefCell::default();
    let outcome = crate::runner(1500).run(&(workflows(), beats(20..60)), |(texts, beats)| {
        let (texts, edits) = keyed(&texts);
        let (mut stage, mut hand, mut watch) = (stage(&texts), Hand::default(), Watch::default());
        for beat in &beats {
            match beat {
                Beat::Wait(minutes) => pass(&mut stage, &mut watch, *minutes),
                Beat::Outage(minutes) => stage.now += SignedDuration::from_mins(*minutes),
                beat => {
                    let before = hand.gone.clone();
                    hand.happen(&mut stage, beat, &edits);
                    for (gone, survivor) in hand.gone.iter().filter(|(gone, _)| !before.contains_key(gone)) {
                        watch.merged(*survivor, *gone);
                    }
                }
            }
            watch.listen(&stage);
            watch.ledgers(&stage);
        }
        open_again(&mut stage);
        pass(&mut stage, &mut watch, 400 * 1440);
        watch.listen(&stage);
        watch.ledgers(&stage);
        watch.the_end(&stage);
        let mut totals = totals.borrow_mut();
        for (channel, n) in watch.sent {
            *totals.entry(channel.code().into()).or_default() += n;
        }
        for (what, n) in watch.counts {
            *totals.entry(what.into()).or_default() += n;
        }
        Ok(())
    });
    println!("{:?}", totals.borrow());
    outcome.unwrap_or_else(|e| panic!("{e}"));
    let totals = totals.borrow();
    assert!(totals["email"] > 3000 && totals["text"] > 1000 && totals["not_sent"] > 100, "{totals:?}");
    assert_eq!(person(0), person(crate::clinic::PEOPLE));
}
