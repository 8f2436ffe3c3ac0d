//! Each stored decision says why: asked again, from what was stored with it and nothing else, it gives the same verdict
//! and reason. And the stored changes alone give the same decisions once more.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a file that cannot be read is a failed test")]

use std::collections::BTreeMap;
use std::path::Path;

use care::chart::{AssignmentAct, Change, What};
use care::id::PatientId;
use care::rehearsal::{Player, Said, Stage};
use care::scenario::{Event, Happens, Scenario, examples, played};
use care::workflow::why::replay;
use care::workflow::{Decision, Verdict};
use serde_json::Value;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn files(folder: &str) -> Vec<(String, String)> {
    let mut paths: Vec<_> = std::fs::read_dir(root().join(folder)).unwrap().map(|e| e.unwrap().path()).collect();
    paths.retain(|p| p.extension().is_some_and(|e| e == "toml"));
    paths.sort();
    let stem = |p: &Path| p.file_stem().unwrap().to_string_lossy().into_owned();
    paths.iter().map(|p| (stem(p), std::fs::read_to_string(p).unwrap())).collect()
}

/// Every scenario, and every example that a global workflow carries.
fn stories() -> Vec<(String, Scenario)> {
    let folder = root().join("scenarios");
    let load = |path: &str| std::fs::read_to_string(folder.join(path)).map_err(|e| e.to_string());
    let mut stories: Vec<_> = files("scenarios")
        .into_iter()
        .map(|(name, text)| {
            let scenario = Scenario::parse(&text, &load).unwrap_or_else(|e| panic!("{name}: {e}"));
            (name, scenario)
        })
        .collect();
    for (key, text) in files("content/workflows") {
        let own = examples(&key, &text).into_iter().map(|outcome| outcome.unwrap().0);
        stories.extend(own.map(|scenario| (key.clone(), scenario)));
    }
    stories
}

fn decisions(scenario: &Scenario) -> Vec<Decision> {
    decided(played(scenario, scenario.until).said)
}

fn decided(said: Vec<Said>) -> Vec<Decision> {
    let decided = |said| if let Said::Decided(_, decision) = said { Some(decision) } else { None };
    said.into_iter().filter_map(decided).collect()
}

/// As it comes back from where it was stored.
fn stored(decision: &Decision) -> Decision {
    let row = serde_json::to_value(&decision.detail).unwrap();
    Decision { detail: serde_json::from_value(row).unwrap(), ..decision.clone() }
}

fn holds(decision: &Decision) -> Result<(), String> {
    let answer = replay(&stored(decision)).ok_or_else(|| format!("cannot be replayed: {decision:#?}"))?;
    let (verdict, reason) = (answer.verdict == Some(decision.verdict), answer.reason == decision.reason);
    let at = match decision.verdict {
        Verdict::Planned => answer.at == decision.step.as_ref().map(|step| step.due),
        Verdict::Deferred => answer.at == decision.detail.until,
        _ => true,
    };
    if verdict && reason && at { Ok(()) } else { Err(format!("replays to {answer:?}: {decision:#?}")) }
}

#[test]
fn every_decision_of_every_story_replays_to_its_own_verdict_and_reason() {
    let (mut replayed, mut wrong) = (0, vec![]);
    for (name, scenario) in stories() {
        for decision in decisions(&scenario) {
            replayed += 1;
            wrong.extend(holds(&decision).err().map(|e| format!("{name}: {e}")));
        }
    }
    println!("{replayed} decisions replayed");
    assert!(replayed > 1000, "only {replayed} decisions found");
    assert!(wrong.is_empty(), "{} of {replayed}\n{}", wrong.len(), wrong.join("\n"));
}

/// What stands at each place of the stored details, by the path without its numbers: what else could have stood there.
type Elsewhere = BTreeMap<String, Vec<Value>>;

fn place(path: &str) -> String {
    path.split('/').filter(|part| part.parse::<usize>().is_err()).collect::<Vec<_>>().join("/")
}

/// Every value at a leaf of a stored detail, changed: a number by one, a yes to a no, an instant by three months; and to
/// what stands there in other decisions, or beside it in this one.
fn mutations<'a>(detail: &'a Value, elsewhere: &'a Elsewhere) -> impl Iterator<Item = Value> + 'a {
    let mut paths = vec![];
    leaves(detail, String::new(), &mut paths);
    let beside: Vec<Value> =
        paths.iter().filter_map(|path| detail.pointer(path)).filter(|v| v.is_string()).cloned().collect();
    paths.into_iter().flat_map(move |path| {
        let leaf = detail.pointer(&path).unwrap();
        let mut others: Vec<Value> = mutated(leaf).into_iter().collect();
        others.extend(elsewhere.get(&place(&path)).into_iter().flatten().cloned());
        others.extend(beside.iter().filter(|_| leaf.is_string()).cloned());
        others.retain(|other| other != leaf);
        others.into_iter().map(move |other| {
            let mut changed = detail.clone();
            *changed.pointer_mut(&path).unwrap() = other;
            changed
        })
    })
}

fn leaves(value: &Value, path: String, paths: &mut Vec<String>) {
    match value {
        Value::Object(parts) => parts.iter().for_each(|(key, part)| leaves(part, format!("{path}/{key}"), paths)),
        Value::Array(parts) => {
            (0..).zip(parts).for_each(|(n, part): (usize, _)| leaves(part, format!("{path}/{n}"), paths));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => paths.push(path),
    }
}

fn mutated(leaf: &Value) -> Option<Value> {
    match leaf {
        Value::Bool(yes) => Some(Value::Bool(!yes)),
        Value::Number(n) if n.is_u64() => Some(if n.as_u64() == Some(0) { 5.into() } else { 0.into() }),
        Value::Number(n) => Some((n.as_f64()? + 1000.0).into()),
        Value::String(text) => {
            let at: jiff::Timestamp = text.parse().ok()?;
            let later = at.checked_add(jiff::SignedDuration::from_hours(24 * 90)).ok()?;
            Some(Value::String(later.to_string()))
        }
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// So many other values are tried at one place.
const TRIED: usize = 24;

/// What is on record is what decides: for each decision there is a single value or limit that, were it another one, would
/// have it decide otherwise. No reason is excepted.
#[test]
fn a_decision_with_another_value_or_limit_on_record_replays_to_another_verdict() {
    let all: Vec<(Decision, Value)> = stories()
        .iter()
        .flat_map(|(_, scenario)| decisions(scenario))
        .map(|decision| {
            let row = serde_json::to_value(&decision.detail).unwrap();
            (decision, row)
        })
        .collect();
    let mut elsewhere = Elsewhere::new();
    for (_, row) in &all {
        let mut paths = vec![];
        leaves(row, String::new(), &mut paths);
        for path in paths {
            let there = elsewhere.entry(place(&path)).or_default();
            let value = row.pointer(&path).unwrap();
            if there.len() < TRIED && !there.contains(value) {
                there.push(value.clone());
            }
        }
    }
    let (mut by_reason, mut stuck): (BTreeMap<&str, usize>, Vec<String>) = (BTreeMap::new(), vec![]);
    for (decision, row) in &all {
        let own = replay(decision).unwrap();
        let turns = mutations(row, &elsewhere).any(|row| {
            let detail = serde_json::from_value(row).ok();
            let changed = detail.and_then(|detail| replay(&Decision { detail, ..decision.clone() }));
            changed.is_some_and(|answer| answer != own)
        });
        let what = decision.reason.map_or(decision.verdict.code(), |reason| reason.code());
        *by_reason.entry(what).or_default() += 1;
        stuck.extend((!turns).then(|| format!("{what}: {row}")));
    }
    println!("{by_reason:?}");
    assert!(by_reason.len() > 40, "only {} kinds of decisions: {by_reason:?}", by_reason.len());
    assert!(stuck.is_empty(), "{} of {} never turn:\n{}", stuck.len(), all.len(), stuck.join("\n"));
}

/// What was stored of a story, in the order in which it was, into a clinic that has the same workflows and knows nobody.
/// What a workflow gave is not taken over: it has to be given again.
fn from_changes(told: &Stage, until: jiff::Timestamp) -> Stage {
    let mut stored: Vec<(PatientId, Change)> = vec![];
    for (patient, player) in &told.patients {
        let own = player.changes.iter().filter(|c| !is_of_a_run(c));
        stored.extend(own.map(|change| (*patient, change.clone())));
    }
    stored.sort_by_key(|(_, change)| change.id);
    let begins = stored.first().map_or(until, |(_, change)| change.received_at);
    let (clinic, workflows) = ((*told.clinic).clone(), (*told.workflows).clone());
    let mut anew = Stage::new(clinic, workflows, told.channels.clone(), begins);
    for patient in told.ids() {
        anew.enter(patient, Player::default());
    }
    let mut stored = stored.into_iter().peekable();
    while let Some((patient, change)) = stored.next() {
        anew.play_until(change.received_at);
        let (at, source, introduces) = (change.received_at, change.source, introduces(&change));
        anew.record(patient, source, change.stamp.at, change.what);
        // Who somebody is comes with the first that is said of them.
        let goes_on = stored.peek().is_some_and(|(next, more)| *next == patient && more.received_at == at);
        if !(introduces && goes_on) {
            anew.play_until(at);
        }
    }
    anew.play_until(until);
    anew
}

fn is_of_a_run(change: &Change) -> bool {
    matches!(&change.what, What::Assignment { act: AssignmentAct::Give { run: Some(_), .. }, .. })
}

fn introduces(change: &Change) -> bool {
    matches!(change.what, What::Patient(_) | What::Consent { said_by: None, .. })
}

/// Where nothing but changes of charts came about, they are all it takes: not the story, its labels or its order.
#[test]
fn the_stored_changes_and_nothing_else_give_each_decision_again() {
    let (mut alone, mut compared) = (0, 0);
    for (name, scenario) in stories() {
        let of_a_chart = |e: &Event| matches!(e.happens, Happens::Change { .. } | Happens::Newest { .. });
        if !scenario.events.iter().all(of_a_chart) {
            continue;
        }
        let told = played(&scenario, scenario.until);
        let again = decided(from_changes(&told, scenario.until).said);
        let all = decided(told.said);
        assert_eq!(again, all, "{name}");
        alone += 1;
        compared += again.len();
    }
    println!("{compared} decisions of {alone} stories made again from their changes");
    assert!(alone > 60 && compared > 500, "only {compared} decisions of {alone} stories");
}

/// With what the clinic did besides (switches, edits, closed days, merges): up to the moment of each decision the same is
/// decided, for the same grounds.
#[test]
fn a_story_up_to_each_decision_gives_it_again() {
    let mut compared = 0;
    for (name, scenario) in stories() {
        let all = decisions(&scenario);
        let mut moments: Vec<_> = all.iter().map(|decision| decision.at).collect();
        moments.dedup();
        for at in moments {
            let again = decided(played(&scenario, at).said);
            assert_eq!(again.as_slice(), &all[..again.len()], "{name} at {at}");
            assert!(all.get(again.len()).is_none_or(|next| next.at > at), "{name}: not all decided by {at}");
            compared += again.iter().filter(|decision| decision.at == at).count();
        }
    }
    println!("{compared} decisions made again");
    assert!(compared > 1000, "only {compared} decisions made again");
}

/// A row from before the grounds were written down is read, and says that it cannot be replayed.
#[test]
fn a_row_from_before_is_read_and_not_replayed() {
    let (_, scenario) = stories().into_iter().next().unwrap();
    let decision = decisions(&scenario).into_iter().next().unwrap();
    let old = r#"{"saw":{"clause":"age >= 18","value":"12"},"until":"2026-03-02T13:00:00Z","sum":"at once"}"#;
    let old = Decision { detail: serde_json::from_str(old).unwrap(), ..decision };
    assert_eq!(old.detail.sum.as_deref(), Some("at once"));
    assert_eq!(replay(&old), None);
}
