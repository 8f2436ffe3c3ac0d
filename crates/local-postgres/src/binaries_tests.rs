use std::os::unix::fs::PermissionsExt;

use super::*;

/// A directory with three scripts that say they are PostgreSQL of this version.
fn fake_programs(dir: &Path, version: &str) {
    std::fs::create_dir_all(dir).unwrap();
    for program in ["initdb", "postgres", "pg_ctl"] {
        let file = dir.join(program);
        let script = format!("#!/bin/sh\necho '{program} (PostgreSQL) {version}'\n");
        std::fs::write(&file, script).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
}

struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let process = std::process::id();
        let dir = std::env::temp_dir().join(format!("local-postgres-binaries-{name}-{process}"));
        std::fs::create_dir_all(&dir).unwrap();
        Scratch(dir)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

#[test]
fn the_newest_package_is_chosen_by_number_not_by_letter() {
    let scratch = Scratch::new("newest");
    for major in ["9", "15", "17"] {
        fake_programs(&scratch.0.join(major).join("bin"), major);
    }
    let found = find_in(None, &scratch.0, OsStr::new("")).unwrap();
    assert_eq!(found.major(), 17);
    assert_eq!(found.dir(), scratch.0.join("17/bin"));
}

#[test]
fn the_given_directory_comes_before_a_newer_package() {
    let scratch = Scratch::new("given");
    fake_programs(&scratch.0.join("packaged/17/bin"), "17.5");
    let given = scratch.0.join("own");
    fake_programs(&given, "16.1");
    let found = find_in(Some(&given), &scratch.0.join("packaged"), OsStr::new("")).unwrap();
    assert_eq!((found.dir(), found.major()), (given.as_path(), 16));
}

#[test]
fn a_link_on_the_path_leads_to_the_real_directory() {
    let scratch = Scratch::new("link");
    let real = scratch.0.join("opt/bin");
    fake_programs(&real, "18.0");
    let links = scratch.0.join("links");
    std::fs::create_dir_all(&links).unwrap();
    std::os::unix::fs::symlink(real.join("postgres"), links.join("postgres")).unwrap();
    let found = find_in(None, &scratch.0.join("none"), links.as_os_str()).unwrap();
    assert_eq!(found.dir(), real.canonicalize().unwrap());
}

#[test]
fn pg_config_on_the_path_leads_to_the_directory_it_names() {
    let scratch = Scratch::new("config");
    let real = scratch.0.join("opt/bin");
    fake_programs(&real, "18.0");
    let config = scratch.0.join("pg_config");
    std::fs::write(&config, format!("#!/bin/sh\necho '{}'\n", real.display())).unwrap();
    std::fs::set_permissions(&config, std::fs::Permissions::from_mode(0o755)).unwrap();
    let found = find_in(None, &scratch.0.join("none"), scratch.0.as_os_str()).unwrap();
    assert_eq!(found.dir(), real);
}

#[test]
fn a_version_before_15_is_refused_by_its_number() {
    let scratch = Scratch::new("old");
    fake_programs(&scratch.0, "14.9");
    let refused = find_in(Some(&scratch.0), Path::new("/none"), OsStr::new("")).unwrap_err();
    assert!(matches!(refused, Error::BinariesTooOld { major: 14, .. }));
}

#[test]
fn missing_programs_are_told_with_the_places_searched_and_the_cure() {
    let scratch = Scratch::new("missing");
    let packaged = scratch.0.join("packaged");
    let said = find_in(None, &packaged, OsStr::new("")).unwrap_err().to_string();
    let places = format!("{}/*/bin, PATH", packaged.display());
    assert!(said.contains(&places), "{said}");
    assert!(said.contains("apt-get install postgresql"), "{said}");
    assert!(said.contains("--pg-bin"), "{said}");
}

#[test]
fn an_incomplete_directory_does_not_count() {
    let scratch = Scratch::new("incomplete");
    fake_programs(&scratch.0, "17.0");
    std::fs::remove_file(scratch.0.join("initdb")).unwrap();
    let refused = find_in(Some(&scratch.0), Path::new("/none"), OsStr::new("")).unwrap_err();
    assert!(matches!(refused, Error::BinariesNotFound { .. }));
}

#[test]
fn the_major_version_is_read_from_releases_and_betas() {
    let debian = "postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)";
    assert_eq!(parse_major(debian), Some(15));
    assert_eq!(parse_major("postgres (PostgreSQL) 19beta1"), Some(19));
    assert_eq!(parse_major("postgres (PostgreSQL) 18"), Some(18));
    assert_eq!(parse_major("not a version"), None);
}
