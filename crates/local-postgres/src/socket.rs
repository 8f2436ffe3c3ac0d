//! Where the unix socket lies: beside the data, or in the temporary directory when that path is too long.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::account::RunAs;
use crate::error::Error;
use crate::files::{self, Files};

/// What a socket's address can hold, without its closing zero.
const LONGEST_PATH: usize = 107;

/// `/.s.PGSQL.5432`
const SOCKET_NAME: usize = 14;

/// Makes the directory ready and says where it is.
pub(crate) fn prepare(files: &Files, run_as: &RunAs) -> Result<PathBuf, Error> {
    let beside = files.socket_dir();
    if fits(&beside) {
        if beside.exists() {
            files::give_tree(&beside, run_as)?;
            files::set_mode(&beside, 0o700)?;
        } else {
            files::make_private_dir(&beside, run_as)?;
        }
        return Ok(beside);
    }
    let moved = moved_dir(files.data_dir());
    if !fits(&moved) {
        return Err(refuse(&moved, "its path is too long for a unix socket"));
    }
    if moved.symlink_metadata().is_err() {
        files::make_private_dir(&moved, run_as)?;
    }
    check_private(&moved, run_as)?;
    // For people: the socket is not where they look first.
    let note = format!("{}\n", moved.display());
    let path = files.moved_socket();
    std::fs::write(&path, note).map_err(Error::io("write", &path))?;
    Ok(moved)
}

/// After the stop: nothing of ours stays in the temporary directory.
pub(crate) fn tidy(files: &Files) {
    if !fits(&files.socket_dir()) {
        // Not empty means that somebody else uses it: leave it.
        let _ = std::fs::remove_dir(moved_dir(files.data_dir()));
    }
}

fn fits(dir: &Path) -> bool {
    dir.as_os_str().len() + SOCKET_NAME <= LONGEST_PATH
}

/// The same data directory leads to the same name, in every process.
fn moved_dir(data_dir: &Path) -> PathBuf {
    let name = fnv1a(data_dir.as_os_str().as_encoded_bytes());
    std::env::temp_dir().join(format!("local-postgres-{name:016x}"))
}

/// The name can be foretold, so somebody else may have been there first.
fn check_private(dir: &Path, run_as: &RunAs) -> Result<(), Error> {
    let found = dir.symlink_metadata().map_err(Error::io("read", dir))?;
    if !found.is_dir() {
        return Err(refuse(dir, "it is not a directory"));
    }
    if found.uid() != run_as.uid() {
        return Err(refuse(dir, "it belongs to somebody else"));
    }
    if found.mode() & 0o077 != 0 {
        return Err(refuse(dir, "it is open to others"));
    }
    Ok(())
}

fn refuse(path: &Path, problem: &'static str) -> Error {
    Error::SocketDirectory { path: path.to_path_buf(), problem }
}

/// The standard library's hash may change from one compiler to the next; this one may not.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_socket_path_is_107_bytes() {
        let dir = |length: usize| PathBuf::from(format!("/{}", "d".repeat(length - 1)));
        assert!(fits(&dir(93)));
        assert!(!fits(&dir(94)));
        assert_eq!(dir(93).join(".s.PGSQL.5432").as_os_str().len(), LONGEST_PATH);
    }

    #[test]
    fn the_name_follows_from_the_data_directory_alone() {
        // Published test values of the hash.
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn a_directory_that_others_can_enter_is_no_private_one() {
        let process = std::process::id();
        let dir = std::env::temp_dir().join(format!("local-postgres-private-{process}"));
        std::fs::create_dir(&dir).unwrap();
        let ourselves = RunAs::Ourselves { uid: dir.metadata().unwrap().uid() };
        let stranger = RunAs::Ourselves { uid: 4_000_000 };
        files::set_mode(&dir, 0o755).unwrap();
        let when_open = check_private(&dir, &ourselves);
        files::set_mode(&dir, 0o700).unwrap();
        let when_private = check_private(&dir, &ourselves);
        let when_foreign = check_private(&dir, &stranger);
        std::fs::remove_dir(&dir).unwrap();
        assert!(when_open.unwrap_err().to_string().contains("open to others"));
        assert!(when_private.is_ok());
        assert!(when_foreign.unwrap_err().to_string().contains("somebody else"));
    }
}
