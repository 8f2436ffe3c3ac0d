//! Each stored decision says why: asked again, from what was stored with it and nothing else, it gives the same verdict
//! and reason. And the stored changes alone give the same decisions once more.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a file that cannot be read is a failed test")]

use std::collections::BTreeMap;
use std::path::Path;

use care::rehearsal::Said;
use care::scenario::{Scenario, examples, played};
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
    let decided = |said| if let Said::Decided(_, decision) = said { Some(decision) } else { None };
    played(scenario, scenario.until).said.into_iter().filter_map(decided).collect()
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

/// Every value at a leaf of a stored detail, changed: a number by one, a yes to a no, an instant by three months.
fn mutations(detail: &Value) -> Vec<Value> {
    let mut paths = vec![];
    leaves(detail, String::new(), &mut paths);
    let other = |path: &String| {
        let mut changed = detail.clone();
        let leaf = changed.pointer_mut(path)?;
        *leaf = mutated(leaf)?;
        Some(changed)
    };
    paths.iter().filter_map(other).collect()
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

/// What is on record is what decides: changed, it decides otherwise.
#[test]
fn a_decision_with_another_value_or_limit_on_record_replays_to_another_verdict() {
    let mut by_reason: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (_, scenario) in stories() {
        for decision in decisions(&scenario) {
            let row = serde_json::to_value(&decision.detail).unwrap();
            let changed = mutations(&row).into_iter().filter_map(|row| {
                let detail = serde_json::from_value(row).ok()?;
                replay(&Decision { detail, ..decision.clone() })
            });
            let own = replay(&decision).unwrap();
            let turns = changed.filter(|answer| *answer != own).count();
            let what = decision.reason.map_or(decision.verdict.code(), |reason| reason.code());
            let (all, turned) = by_reason.entry(what.to_owned()).or_default();
            *all += 1;
            *turned += usize::from(turns > 0);
        }
    }
    // What somebody outside said is all that these rest on: a word, not a number with its limit.
    let words = [
        "trigger_not_met",
        "anchor_cancelled",
        "anchor_moved",
        "anchor_no_longer_valid",
        "state_corrected",
        "sent",
        "refused_by_gateway",
        "uncertain_held",
        "already_ran",
        "patient_merged",
        "stopped_by_staff",
        "goal_reached",
        "left_group",
        "not_in_group",
        "performed",
        "superseded_by_version",
    ];
    for (what, (all, turned)) in &by_reason {
        let by_word = words.contains(&what.as_str());
        assert!(*turned == *all || by_word, "{what}: of {all} only {turned} replay otherwise when changed");
    }
    for what in
        ["late", "expired", "attention_budget", "quiet_hours", "send_rule", "planned", "performed", "stale_feed"]
    {
        assert!(by_reason[what].1 > 0, "{what} never turns: {:?}", by_reason[what]);
    }
    println!("{by_reason:?}");
}

/// Played anew from its stored changes up to the moment of each decision, the clinic decides the same, for the same
/// grounds.
#[test]
fn the_stored_changes_alone_give_each_decision_again() {
    let mut compared = 0;
    for (name, scenario) in stories() {
        let all = decisions(&scenario);
        let mut moments: Vec<_> = all.iter().map(|decision| decision.at).collect();
        moments.dedup();
        for at in moments {
            let by_then = |said| if let Said::Decided(_, decision) = said { Some(decision) } else { None };
            let again: Vec<_> = played(&scenario, at).said.into_iter().filter_map(by_then).collect();
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
