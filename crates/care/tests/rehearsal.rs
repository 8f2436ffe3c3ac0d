//! A rehearsal says what the engine did and will do: the stories of `scenarios/` are rehearsed, forwards and backwards.
#![expect(clippy::unwrap_used, reason = "a file that cannot be read is a failed test")]

use std::path::Path;

use care::chart::{Change, ContactPoint, Snapshot, fold};
use care::id::PatientId;
use care::rehearsal::{Candidate, Rehearsed, Report, Said, Stage, contact_points_in, future, past};
use care::scenario::{Happens, Scenario, played};
use care::workflow::Verdict;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

fn stories() -> Vec<(String, Scenario)> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios"));
    let load = |path: &str| std::fs::read_to_string(folder.join(path)).map_err(|e| e.to_string());
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.retain(|p| p.extension().is_some_and(|e| e == "toml"));
    files.sort();
    let read = |path: &std::path::PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        (name, Scenario::parse(&std::fs::read_to_string(path).unwrap(), &load).unwrap())
    };
    files.iter().map(read).collect()
}

/// What was decided, told and sent, without the ids that no two runs share.
fn said(stage: &Stage) -> Vec<String> {
    let mut said: Vec<String> = stage.said.iter().map(plain).collect();
    said.sort();
    said
}

/// What comes in one instant is one message to a rehearsal: an answer that the same instant took back is left out.
fn standing(stage: &Stage) -> Vec<String> {
    let mut standing = stage.clone();
    standing.said.retain(|said| {
        let Said::Decided(patient, d) = said else { return true };
        let later = |other: &Said| {
            let Said::Decided(of, e) = other else { return false };
            (of, &e.workflow, e.anchor, e.at, e.verdict) == (patient, &d.workflow, d.anchor, d.at, Verdict::Planned)
        };
        d.verdict != Verdict::Passed || !stage.said.iter().any(later)
    });
    said(&standing)
}

fn plain(said: &Said) -> String {
    match said {
        Said::Decided(patient, d) => {
            let step = d.step.as_ref().map(|s| (&s.id, s.occurrence, s.generation, s.due));
            let (event, at) = (d.anchor.event, d.at);
            // Not its grounds: they say when the workflow was switched on, and a rehearsal does that at its own moment.
            let rests_on = (&d.detail.saw, d.detail.until, &d.detail.sum);
            format!(
                "{at} {patient} {} {event:?} {step:?} {:?} {:?} {rests_on:?} {:?}",
                d.workflow, d.verdict, d.reason, d.tasks
            )
        }
        Said::Told(patient, at, told) => format!("{at} {patient} told {} {:?}", told.text, told.by),
        Said::Sent(patient, at, d) => {
            format!("{at} {patient} sent {} {} {} {:?}", d.workflow, d.key.step, d.key.occurrence, d.contact)
        }
    }
}

fn first_of(scenario: &Scenario) -> Timestamp {
    scenario.events.first().unwrap().at
}

/// A story in which patients are all that changes: its workflows are on from the first to the last.
fn only_patients_change(scenario: &Scenario) -> bool {
    scenario.workflows.values().all(|(_, active)| *active)
        && scenario.workflows.keys().all(|(_, version)| *version == 1)
        && scenario.events.iter().all(|e| matches!(e.happens, Happens::Change { .. } | Happens::Newest { .. }))
}

#[test]
fn the_past_once_more_gives_what_the_story_gave() {
    let mut rehearsed = 0;
    for (name, scenario) in stories().iter().filter(|(_, s)| only_patients_change(s)) {
        let (live, first) = (played(scenario, scenario.until), first_of(scenario));
        let key = &scenario.workflows.keys().next().unwrap().0;
        let again = past(&live, &Candidate::of(key), first, scenario.until);
        assert_eq!(standing(&again.stage), standing(&live), "{name}");
        rehearsed += 1;
    }
    println!("{rehearsed} stories rehearsed");
    assert!(rehearsed >= 100, "only {rehearsed} stories are fit for it");
}

#[test]
fn the_future_is_what_then_happens_when_nobody_sends_anything() {
    let mut rehearsed = 0;
    for (name, scenario) in stories() {
        let last = scenario.events.last().unwrap().at;
        let middle = played(&scenario, last);
        let is_on = |key: &&String| middle.workflows.is_active(key, last);
        let Some(key) = middle.workflows.0.keys().find(is_on).cloned() else { continue };
        let Rehearsed { stage, .. } = future(middle.clone(), &Candidate::of(&key), scenario.until);
        let mut live = played(&scenario, scenario.until);
        live.said.drain(..middle.said.len());
        assert_eq!(said(&stage), said(&live), "{name}");
        rehearsed += usize::from(!live.said.is_empty());
    }
    println!("{rehearsed} futures rehearsed");
    assert!(rehearsed >= 100, "in only {rehearsed} stories something follows");
}

#[test]
fn a_rehearsal_is_the_same_every_time() {
    for (name, scenario) in stories().iter().filter(|(_, s)| only_patients_change(s)).take(40) {
        let live = played(scenario, scenario.until);
        let candidate = Candidate { alone: true, ..Candidate::of(&scenario.workflows.keys().next().unwrap().0) };
        let once = past(&live, &candidate, first_of(scenario), scenario.until).report;
        assert_eq!(once, past(&live, &candidate, first_of(scenario), scenario.until).report, "{name}");
        assert!(once.by_workflow.keys().all(|key| *key == candidate.key), "{name}");
    }
}

#[test]
fn parts_of_a_clinic_add_up_to_the_whole() {
    let mut added = 0;
    for (name, scenario) in stories().iter().filter(|(_, s)| only_patients_change(s) && s.patients.len() > 1) {
        let live = played(scenario, scenario.until);
        if shares_an_address(&live) {
            continue;
        }
        let candidate = Candidate::of(&scenario.workflows.keys().next().unwrap().0);
        // Which patients are shown may differ: each part shows its own.
        let rehearse = |stage: &Stage| {
            let report = past(stage, &candidate, first_of(scenario), scenario.until).report;
            Report { samples: vec![], ..report }
        };
        let whole = rehearse(&live);
        let parts = live.ids().into_iter().map(|id| {
            let mut alone = live.clone();
            alone.patients.retain(|other, _| *other == id);
            rehearse(&alone)
        });
        let sum = parts.reduce(|mut sum, part| {
            sum.add(part);
            sum
        });
        assert_eq!(sum.as_ref(), Some(&whole), "{name}");
        added += 1;
    }
    assert!(added >= 3, "only {added} stories have several patients");
}

/// Now or ever.
fn shares_an_address(stage: &Stage) -> bool {
    let points = |changes: &[Change]| {
        let written = changes.iter().flat_map(|c| contact_points_in(&c.what));
        written.collect::<std::collections::BTreeSet<ContactPoint>>()
    };
    let mut all: Vec<ContactPoint> = stage.patients.values().flat_map(|p| points(&p.changes)).collect();
    let before = all.len();
    all.sort();
    all.dedup();
    all.len() < before
}

#[test]
fn what_came_before_the_past_begins_is_there_and_starts_nothing() {
    for (name, scenario) in stories().iter().filter(|(_, s)| only_patients_change(s)) {
        let live = played(scenario, scenario.until);
        let candidate = Candidate::of(&scenario.workflows.keys().next().unwrap().0);
        let from = scenario.until.checked_sub(SignedDuration::from_secs(1)).unwrap();
        let none = past(&live, &candidate, from, scenario.until);
        let given = |said: &Said| matches!(said, Said::Decided(_, d) if d.verdict != Verdict::Passed);
        assert!(!none.stage.said.iter().any(given), "{name}: {:#?}", none.stage.said);
        for id in live.ids() {
            assert_eq!(none.stage.snapshot(id).unwrap().chart, live.snapshot(id).unwrap().chart, "{name}");
        }
    }
}

fn changes_of(stories: &[(String, Scenario)]) -> Vec<(Stage, PatientId, Vec<Change>)> {
    let all = stories.iter().map(|(_, scenario)| played(scenario, scenario.until));
    let of = |stage: Stage| {
        let all = stage.patients.clone().into_iter().map(move |(id, player)| (stage.clone(), id, player.changes));
        all.collect::<Vec<_>>()
    };
    all.flat_map(of).filter(|(_, _, changes)| changes.len() > 2).collect()
}

#[test]
fn facts_at_a_moment_are_the_fold_of_what_had_been_received_by_then() {
    let told = changes_of(&stories());
    let config = ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(which in 0..told.len(), after in -3600_i64..40 * 86_400, shuffle in 0..7_usize)| {
        let (stage, _, changes) = &told[which];
        let at = changes[0].received_at.checked_add(SignedDuration::from_secs(after)).unwrap();
        let by_then: Vec<Change> = changes.iter().filter(|c| c.received_at <= at).cloned().collect();
        let mut shuffled = changes.clone();
        shuffled.rotate_left(shuffle % changes.len());
        let watch = stage.workflows.watch();
        let facts = Snapshot::at(&shuffled, &stage.clinic, &watch, at);
        prop_assert_eq!(&facts, &Snapshot::of(&by_then, &stage.clinic, &watch, at));
        // What time alone makes likely is no fold: a clinic that presumes nothing has only what was said.
        let mut clinic = (*stage.clinic).clone();
        for location in clinic.locations.values_mut() {
            (location.arrived_after, location.ended_after) = (None, None);
        }
        let mut chart = Snapshot::at(&shuffled, &clinic, &watch, at).chart;
        for form in &mut chart.assignments {
            let late = form.responses.is_empty() && form.withdrawn_at.is_none() && form.is_a("questionnaire");
            let expires = form.due.checked_add(SignedDuration::from_hours(42 * 24)).unwrap();
            prop_assert_eq!(form.expired_at.take(), Some(expires).filter(|expires| late && *expires <= at));
        }
        prop_assert_eq!(chart, fold(&by_then, &clinic));
    });
}
