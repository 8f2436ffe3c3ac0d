//! The files under the data directory: names, owners, modes.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::account::RunAs;
use crate::error::Error;

/// How much of the log an error quotes.
const TAIL_BYTES: u64 = 4096;

#[derive(Debug, Clone)]
pub(crate) struct Files {
    data_dir: PathBuf,
}

impl Files {
    /// Makes the data directory if it is missing.
    pub(crate) fn open(data_dir: &Path, mode: u32) -> Result<Files, Error> {
        if !data_dir.exists() {
            DirBuilder::new().recursive(true).create(data_dir).map_err(Error::io("make", data_dir))?;
            set_mode(data_dir, mode)?;
        }
        let data_dir = data_dir.canonicalize().map_err(Error::io("find", data_dir))?;
        Ok(Files { data_dir })
    }

    pub(crate) fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    pub(crate) fn pgdata(&self) -> PathBuf {
        self.data_dir.join("postgres")
    }

    /// A first start works here, so that a half-made cluster never stands where a whole one is looked for.
    pub(crate) fn pgdata_in_the_making(&self) -> PathBuf {
        self.data_dir.join("postgres.new")
    }

    pub(crate) fn password(&self) -> PathBuf {
        self.data_dir.join("postgres.password")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.data_dir.join("postgres.log")
    }

    pub(crate) fn owner(&self) -> PathBuf {
        self.data_dir.join("postgres.owner")
    }

    pub(crate) fn socket_dir(&self) -> PathBuf {
        self.data_dir.join("socket")
    }

    pub(crate) fn moved_socket(&self) -> PathBuf {
        self.data_dir.join("postgres.socket")
    }

    pub(crate) fn open_log(&self) -> Result<File, Error> {
        let path = self.log();
        OpenOptions::new().create(true).append(true).mode(0o600).open(&path).map_err(Error::io("write", &path))
    }

    pub(crate) fn log_length(&self) -> u64 {
        self.log().metadata().map_or(0, |log| log.len())
    }

    /// What the log says since `from`, at most its last few lines.
    pub(crate) fn log_tail(&self, from: u64) -> String {
        let read = || -> std::io::Result<String> {
            let mut log = File::open(self.log())?;
            let start = from.max(log.metadata()?.len().saturating_sub(TAIL_BYTES));
            log.seek(SeekFrom::Start(start))?;
            let mut bytes = Vec::new();
            log.read_to_end(&mut bytes)?;
            Ok(String::from_utf8_lossy(&bytes).trim_end().to_owned())
        };
        read().unwrap_or_else(|error| format!("(the log cannot be read: {error})"))
    }
}

/// A directory of mode 0700 that belongs to the account PostgreSQL runs as.
pub(crate) fn make_private_dir(path: &Path, run_as: &RunAs) -> Result<(), Error> {
    DirBuilder::new().mode(0o700).create(path).map_err(Error::io("make", path))?;
    give(path, run_as)
}

/// A file of mode 0600 that is there whole or not at all.
pub(crate) fn write_private_file(path: &Path, text: &str, run_as: &RunAs) -> Result<(), Error> {
    let mut new_name = path.as_os_str().to_owned();
    new_name.push(".new");
    let new = PathBuf::from(new_name);
    let write = || -> std::io::Result<()> {
        let mut file = OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    write().map_err(Error::io("write", &new))?;
    give(&new, run_as)?;
    std::fs::rename(&new, path).map_err(Error::io("write", path))
}

fn give(path: &Path, run_as: &RunAs) -> Result<(), Error> {
    let Some((uid, gid)) = run_as.ids() else {
        return Ok(());
    };
    std::os::unix::fs::lchown(path, Some(uid), Some(gid)).map_err(Error::io("chown", path))
}

/// Data that root brought back from a backup belongs to root: hand all of it over.
pub(crate) fn give_tree(path: &Path, run_as: &RunAs) -> Result<(), Error> {
    let found = path.symlink_metadata().map_err(Error::io("read", path))?;
    if found.uid() == run_as.uid() {
        return Ok(());
    }
    if found.is_dir() {
        for entry in std::fs::read_dir(path).map_err(Error::io("read", path))? {
            give_tree(&entry.map_err(Error::io("read", path))?.path(), run_as)?;
        }
    }
    // The directory last: a crash half-way leaves the top with its old owner, and the next start goes on.
    give(path, run_as)
}

pub(crate) fn set_mode(path: &Path, mode: u32) -> Result<(), Error> {
    std::fs::set_permissions(path, Permissions::from_mode(mode)).map_err(Error::io("set the mode of", path))
}

/// A rename is safe from a power cut only when its directory has reached the disk.
pub(crate) fn sync_dir(path: &Path) -> Result<(), Error> {
    File::open(path).and_then(|directory| directory.sync_all()).map_err(Error::io("sync", path))
}
