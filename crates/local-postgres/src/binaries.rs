//! Where PostgreSQL's programs are.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::Error;

/// The oldest major version this works with.
pub const OLDEST_MAJOR: u32 = 15;

/// Debian keeps each major version in a folder of its own below this one.
const PACKAGED: &str = "/usr/lib/postgresql";

/// A directory with `initdb`, `postgres` and `pg_ctl`, and their major version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    dir: PathBuf,
    major: u32,
}

impl Binaries {
    /// `pg_bin` if given, and then nothing else; otherwise the newest Debian package, then `PATH`.
    pub fn find(pg_bin: Option<&Path>) -> Result<Binaries, Error> {
        let search_path = std::env::var_os("PATH").unwrap_or_default();
        find_in(pg_bin, Path::new(PACKAGED), &search_path)
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    pub fn major(&self) -> u32 {
        self.major
    }

    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }
}

fn find_in(pg_bin: Option<&Path>, packaged: &Path, search_path: &OsStr) -> Result<Binaries, Error> {
    let (candidates, searched) = match pg_bin {
        Some(dir) => (vec![dir.to_path_buf()], dir.display().to_string()),
        None => {
            let mut dirs = packaged_dirs(packaged);
            dirs.extend(dirs_on_path(search_path));
            let searched = format!("{}/*/bin, PATH", packaged.display());
            (dirs, searched)
        }
    };
    let mut too_old = None;
    for dir in candidates.into_iter().filter(|dir| is_complete(dir)) {
        let major = major_version(&dir)?;
        if major >= OLDEST_MAJOR {
            let dir = std::path::absolute(&dir).map_err(Error::io("find", &dir))?;
            return Ok(Binaries { dir, major });
        }
        too_old.get_or_insert(Error::BinariesTooOld { dir, major });
    }
    Err(too_old.unwrap_or(Error::BinariesNotFound { searched }))
}

/// Newest first.
fn packaged_dirs(packaged: &Path) -> Vec<PathBuf> {
    let mut majors: Vec<u32> = std::fs::read_dir(packaged)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect();
    majors.sort_unstable_by(|a, b| b.cmp(a));
    let dir_of = |major: &u32| packaged.join(major.to_string()).join("bin");
    majors.iter().map(dir_of).collect()
}

/// The directories on `PATH`, where `postgres` is often a link into the real one and sometimes only
/// `pg_config` stands.
fn dirs_on_path(search_path: &OsStr) -> Vec<PathBuf> {
    let mut dirs = Vec::new();
    for dir in std::env::split_paths(search_path).filter(|dir| !dir.as_os_str().is_empty()) {
        if let Ok(real) = dir.join("postgres").canonicalize() {
            dirs.extend(real.parent().map(Path::to_path_buf));
            dirs.push(dir.clone());
        }
        if dir.join("pg_config").is_file() {
            dirs.extend(bindir(&dir.join("pg_config")));
        }
    }
    dirs
}

fn bindir(pg_config: &Path) -> Option<PathBuf> {
    let answer = Command::new(pg_config).arg("--bindir").stdin(Stdio::null()).output().ok()?;
    let dir = String::from_utf8(answer.stdout).ok()?.trim().to_owned();
    (!dir.is_empty()).then(|| PathBuf::from(dir))
}

fn is_complete(dir: &Path) -> bool {
    ["initdb", "postgres", "pg_ctl"].iter().all(|program| dir.join(program).is_file())
}

fn major_version(dir: &Path) -> Result<u32, Error> {
    let program = dir.join("postgres");
    let answer =
        Command::new(&program).arg("--version").stdin(Stdio::null()).output().map_err(Error::io("run", &program))?;
    let said = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
    parse_major(&said).ok_or(Error::UnknownVersion { program, said })
}

/// `postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)`, `postgres (PostgreSQL) 19beta1`.
fn parse_major(said: &str) -> Option<u32> {
    let version = said.split_once("(PostgreSQL) ")?.1;
    let end = version.find(|c: char| !c.is_ascii_digit());
    version[..end.unwrap_or(version.len())].parse().ok()
}

#[cfg(test)]
#[path = "binaries_tests.rs"]
mod tests;
