//! Plays every file of scenarios/ and the examples that the global workflows carry.
#![expect(clippy::unwrap_used, reason = "a file that cannot be read is a failed test")]

use std::collections::BTreeSet;
use std::path::Path;

use care::scenario::{Scenario, check, play};
use care::workflow::Reason;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn files(folder: &str) -> Vec<std::path::PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(root().join(folder)).unwrap().map(|e| e.unwrap().path()).collect();
    files.retain(|p| p.extension().is_some_and(|e| e == "toml"));
    files.sort();
    files
}

#[test]
fn every_scenario_ends_as_it_says() {
    let folder = root().join("scenarios");
    let load = |path: &str| std::fs::read_to_string(folder.join(path)).map_err(|e| e.to_string());
    let (mut played, mut failed) = (0, vec![]);
    for path in files("scenarios") {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        played += 1;
        match Scenario::parse(&text, &load) {
            Err(e) => failed.push(format!("{name}: {e}")),
            Ok(scenario) => {
                let lines = play(&scenario);
                let unmet = check(&scenario, &lines);
                if !unmet.is_empty() {
                    let lines: Vec<_> = lines.iter().map(|l| format!("      {l}")).collect();
                    let unmet: Vec<_> = unmet.iter().map(|u| format!("   {u}")).collect();
                    failed.push(format!("{name}:\n{}\n{}", unmet.join("\n"), lines.join("\n")));
                }
            }
        }
    }
    println!("{played} scenarios played");
    assert!(played >= 25, "only {played} scenarios found");
    assert!(failed.is_empty(), "{} of {played} failed\n{}", failed.len(), failed.join("\n"));
}

#[test]
fn every_reason_of_the_closed_list_is_told_in_a_scenario_and_in_the_documentation() {
    let folder = root().join("scenarios");
    let load = |path: &str| std::fs::read_to_string(folder.join(path)).map_err(|e| e.to_string());
    let mut told = BTreeSet::new();
    for path in files("scenarios") {
        let scenario = Scenario::parse(&std::fs::read_to_string(&path).unwrap(), &load).unwrap();
        let given: BTreeSet<_> = play(&scenario).into_iter().filter_map(|line| line.reason).collect();
        let wanted = scenario.then.iter().filter(|then| !then.never).filter_map(|then| then.reason.as_deref());
        told.extend(wanted.filter_map(|reason| given.get(reason).copied()));
    }
    let all: BTreeSet<_> = Reason::ALL.iter().map(|reason| reason.code()).collect();
    let missing: Vec<_> = all.difference(&told).collect();
    assert!(missing.is_empty(), "no scenario asks for {missing:?}");
    let law = std::fs::read_to_string(root().join("docs/SEMANTICS.md")).unwrap();
    let (_, section) = law.split_once("\n## 6. ").unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| ") && line.contains('_'));
    let listed: Vec<_> = rows.filter_map(|row| row.split('|').nth(2)).flat_map(|row| row.split(',')).collect();
    let listed: BTreeSet<_> = listed.into_iter().map(str::trim).collect();
    assert_eq!(listed, all);
}

#[test]
fn every_example_a_global_workflow_carries_holds() {
    let mut played = 0;
    for path in files("content/workflows") {
        let text = std::fs::read_to_string(&path).unwrap();
        for (number, outcome) in
            (1..).zip(care::scenario::examples(&path.file_stem().unwrap().to_string_lossy(), &text))
        {
            let (scenario, lines) = outcome.unwrap_or_else(|e| panic!("{}: example {number}: {e}", path.display()));
            let unmet = check(&scenario, &lines);
            let lines: Vec<_> = lines.iter().map(|l| format!("      {l}")).collect();
            assert!(unmet.is_empty(), "{}: example {number}: {unmet:#?}\n{}", path.display(), lines.join("\n"));
            played += 1;
        }
    }
    assert!(played >= 7, "only {played} examples found");
}
