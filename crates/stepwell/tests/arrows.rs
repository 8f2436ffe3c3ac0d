//! The plan of the house, checked: which room may use which, what the pure rooms must not know, how long a file may be.

use std::path::{Path, PathBuf};
use std::{fs, io};
use toml::{Table, Value};

/// Every room and the rooms it may use. A new room is drawn in here first.
const ROOMS: &[(&str, &[&str])] = &[
    ("care", &[]),
    ("wire", &["care"]),
    ("pages", &["care"]),
    ("store", &["care"]),
    ("delivery", &["care"]),
    ("local-postgres", &[]),
    ("stepwell", &["care", "wire", "pages", "store", "delivery", "local-postgres"]),
];

const PURE: &[&str] = &["care", "wire", "pages"];
/// What reaches a socket, a disk or a clock: the pure rooms compute, the others act.
const IMPURE: &[&str] = &["tokio", "sqlx", "axum", "reqwest", "tokio-util", "tokio-rustls"];

const LONGEST_FILE: usize = 600;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read_manifest(path: &Path) -> Result<Table, String> {
    let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    text.parse().map_err(|e| format!("{}: {e}", path.display()))
}

/// The dependency tables of a manifest: for builds and tests too, and those for one platform only.
fn dependency_tables(manifest: &Table) -> Vec<&Table> {
    const KINDS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];
    let platforms = manifest
        .get("target")
        .and_then(Value::as_table)
        .into_iter()
        .flat_map(|targets| targets.values().filter_map(Value::as_table));
    std::iter::once(manifest)
        .chain(platforms)
        .flat_map(|table| KINDS.map(|kind| table.get(kind).and_then(Value::as_table)))
        .flatten()
        .collect()
}

/// The name on the registry: `package`, here or in the workspace's table, shows through a rename.
fn real_name<'a>(key: &'a str, spec: &'a Value, workspace: &'a Table) -> &'a str {
    let shared = workspace.get("workspace").and_then(|w| w.get("dependencies")).and_then(|d| d.get(key));
    [Some(spec), shared]
        .into_iter()
        .flatten()
        .find_map(|spec| spec.get("package").and_then(Value::as_str))
        .unwrap_or(key)
}

/// What a manifest has that the plan does not allow, in words.
fn forbidden(manifest: &Table, workspace: &Table) -> Vec<String> {
    let name =
        manifest.get("package").and_then(|p| p.get("name")).and_then(Value::as_str).unwrap_or("a crate without a name");
    let Some((_, allowed)) = ROOMS.iter().find(|(room, _)| *room == name) else {
        return vec![format!("{name} is not on the plan: draw it into ROOMS in arrows.rs")];
    };
    let mut found = Vec::new();
    for (key, spec) in dependency_tables(manifest).into_iter().flatten() {
        let used = real_name(key, spec, workspace);
        let is_room = ROOMS.iter().any(|(room, _)| *room == used);
        if is_room && !allowed.contains(&used) {
            found.push(format!("{name} -> {used}: {name} may use only {allowed:?}"));
        }
        if PURE.contains(&name) && IMPURE.contains(&used) {
            found.push(format!("{name} -> {used}: {name} is a pure room, the one that acts is the roof"));
        }
    }
    found
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            rust_files(&path, files)?;
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

/// The folders under crates/ that hold a crate.
fn crates() -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(root().join("crates")).map_err(|e| format!("crates/: {e}"))?;
    let folders = entries.filter_map(Result::ok).map(|entry| entry.path());
    Ok(folders.filter(|folder| folder.join("Cargo.toml").is_file()).collect())
}

fn planted(text: &str) -> Vec<String> {
    let workspace = "workspace.dependencies.quiet = { package = 'sqlx', version = '0.9' }";
    match (text.parse(), workspace.parse()) {
        (Ok(manifest), Ok(workspace)) => forbidden(&manifest, &workspace),
        (manifest, workspace) => vec![format!("{manifest:?} {workspace:?}")],
    }
}

#[test]
fn every_room_uses_only_the_rooms_that_the_plan_allows() -> Result<(), String> {
    let workspace = read_manifest(&root().join("Cargo.toml"))?;
    let crates = crates()?;
    let mut found = Vec::new();
    for folder in &crates {
        found.extend(forbidden(&read_manifest(&folder.join("Cargo.toml"))?, &workspace));
    }
    assert_eq!(crates.len(), ROOMS.len(), "a room of the plan is missing under crates/");
    assert!(found.is_empty(), "forbidden arrows:\n{}", found.join("\n"));
    Ok(())
}

#[test]
fn an_arrow_between_two_wings_is_named_with_both_ends() {
    let found = planted("package.name = 'pages'\ndependencies.store = { workspace = true }");
    assert_eq!(found, [r#"pages -> store: pages may use only ["care"]"#]);
}

#[test]
fn an_arrow_that_only_the_tests_of_a_crate_use_is_an_arrow_too() {
    let found = planted("package.name = 'care'\ndev-dependencies.wire = { workspace = true }");
    assert_eq!(found, ["care -> wire: care may use only []"]);
}

#[test]
fn a_pure_room_cannot_hide_a_database_behind_a_new_name_or_a_platform() {
    let renamed = planted("package.name = 'care'\ndependencies.quiet = { workspace = true }");
    let platform = planted("package.name = 'wire'\ntarget.'cfg(unix)'.dependencies.tokio = '1'");
    let acting = planted("package.name = 'store'\ndependencies.quiet = { workspace = true }");
    assert_eq!(renamed, ["care -> sqlx: care is a pure room, the one that acts is the roof"]);
    assert_eq!(platform, ["wire -> tokio: wire is a pure room, the one that acts is the roof"]);
    assert!(acting.is_empty(), "{acting:?}");
}

#[test]
fn a_crate_that_is_not_on_the_plan_is_refused() {
    let found = planted("package.name = 'attic'");
    assert_eq!(found, ["attic is not on the plan: draw it into ROOMS in arrows.rs"]);
}

#[test]
fn no_source_file_is_longer_than_six_hundred_lines() -> Result<(), String> {
    let mut files = Vec::new();
    for folder in crates()? {
        let source = folder.join("src");
        rust_files(&source, &mut files).map_err(|e| format!("{}: {e}", source.display()))?;
    }
    let mut long = Vec::new();
    for file in &files {
        let text = fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
        let lines = text.lines().count();
        if lines > LONGEST_FILE {
            long.push(format!("{}: {lines} lines", file.display()));
        }
    }
    assert!(files.len() >= ROOMS.len(), "only {} source files found: looked in the wrong place", files.len());
    assert!(long.is_empty(), "longer than {LONGEST_FILE} lines, split them:\n{}", long.join("\n"));
    Ok(())
}
