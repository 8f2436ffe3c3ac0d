//! Whose cluster it is.
//!
//! The owner is the process that holds an exclusive lock on `postgres.owner`. The kernel gives the
//! lock back when the process ends, however it ends, so no process id can be mistaken for another's,
//! not after a reboot and not between two containers. What is written in the file says that the
//! running postmaster is one of ours: it is there from just before a start until after the stop.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::error::Error;

#[derive(Debug)]
pub(crate) struct Ownership {
    file: File,
    path: PathBuf,
}

impl Ownership {
    /// `None` while another one, in this process or any other, is the owner.
    pub(crate) fn take(path: &Path) -> Result<Option<Ownership>, Error> {
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .mode(0o600)
            .open(path)
            .map_err(Error::io("open", path))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Ownership { file, path: path.to_path_buf() })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(Error::io("lock", path)(error)),
        }
    }

    /// Whether a postmaster that runs now was started by an owner (and not by hand).
    pub(crate) fn is_recorded(&self) -> Result<bool, Error> {
        let file = self.file.metadata();
        Ok(file.map_err(Error::io("read", &self.path))?.len() > 0)
    }

    pub(crate) fn record(&self) -> Result<(), Error> {
        self.clear()?;
        let line = format!("{}\n", std::process::id());
        (&self.file).write_all(line.as_bytes()).map_err(Error::io("write", &self.path))
    }

    pub(crate) fn clear(&self) -> Result<(), Error> {
        self.file.set_len(0).and_then(|()| (&self.file).rewind()).map_err(Error::io("empty", &self.path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_owner_at_a_time_and_the_record_outlives_it() {
        let process = std::process::id();
        let path = std::env::temp_dir().join(format!("local-postgres-owner-{process}"));
        let first = Ownership::take(&path).unwrap().unwrap();
        assert!(!first.is_recorded().unwrap());
        first.record().unwrap();
        first.record().unwrap();
        let refused = Ownership::take(&path).unwrap().is_none();
        drop(first);
        let second = Ownership::take(&path).unwrap().unwrap();
        let recorded = second.is_recorded().unwrap();
        let written = std::fs::read_to_string(&path).unwrap();
        second.clear().unwrap();
        let cleared = !second.is_recorded().unwrap();
        std::fs::remove_file(&path).unwrap();
        assert!(refused && recorded && cleared);
        assert_eq!(written, format!("{process}\n"));
    }
}
