//! What can go wrong, where, and the cure.

use std::io;
use std::path::{Path, PathBuf};

use crate::binaries::OLDEST_MAJOR;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "PostgreSQL's programs (initdb, postgres, pg_ctl) were not found. Searched: {searched}. \
         Cure: `apt-get install postgresql`, or name their directory with --pg-bin"
    )]
    BinariesNotFound { searched: String },

    #[error(
        "PostgreSQL {major} in {} is too old: {OLDEST_MAJOR} or newer is needed. \
         Cure: install a newer one, or name its directory with --pg-bin", .dir.display()
    )]
    BinariesTooOld { dir: PathBuf, major: u32 },

    #[error("{} does not tell its version; it said: {said}", .program.display())]
    UnknownVersion { program: PathBuf, said: String },

    #[error(
        "the data in {} was made by PostgreSQL {data}, but the programs in {} are PostgreSQL {programs}. \
         Cure: --pg-bin with the directory of version {data} (on Debian /usr/lib/postgresql/{data}/bin), \
         or carry the data over with pg_upgrade", .pgdata.display(), .bin.display()
    )]
    MajorVersionMismatch { pgdata: PathBuf, data: String, bin: PathBuf, programs: u32 },

    #[error(
        "PostgreSQL does not run as root, and neither a `postgres` nor a `nobody` account stands in /etc/passwd. \
         Cure: create one (`adduser --system postgres`), or start as an ordinary user"
    )]
    NoOrdinaryAccount,

    #[error(
        "PostgreSQL runs as `{user}`, who may not pass through {}. \
         Cure: `chmod o+x {}`, or choose another data directory", .directory.display(), .directory.display()
    )]
    DirectoryClosed { directory: PathBuf, user: String },

    #[error(
        "{} belongs to user id {found}, but PostgreSQL would run as user id {expected}. \
         Cure: start as that user or as root, or `chown -R` it", .path.display()
    )]
    WrongOwner { path: PathBuf, found: u32, expected: u32 },

    #[error(
        "{} holds files, but is not a PostgreSQL data directory. \
         Cure: move it away, or choose another data directory", .path.display()
    )]
    NotADataDirectory { path: PathBuf },

    #[error(
        "{} is missing or empty, and without it nobody can sign in to the data beside it. \
         Cure: bring it back from the backup", .path.display()
    )]
    PasswordMissing { path: PathBuf },

    #[error("a new password must be one line and not empty")]
    PasswordUnusable,

    #[error(
        "{} is needed as a private socket directory, but {problem}. Cure: remove it, or choose a data \
         directory with a shorter path", .path.display()
    )]
    SocketDirectory { path: PathBuf, problem: &'static str },

    #[error("initdb could not make a cluster in {}: {said}", .pgdata.display())]
    Initdb { pgdata: PathBuf, said: String },

    #[error("PostgreSQL ended while it was starting. The end of {}:\n{tail}", .log.display())]
    Exited { log: PathBuf, tail: String },

    #[error(
        "PostgreSQL did not accept connections within {seconds} seconds. It is left to go on (it may be \
         recovering): start again to wait for it. The end of {}:\n{tail}", .log.display()
    )]
    NotReady { seconds: u64, log: PathBuf, tail: String },

    #[error(
        "PostgreSQL (process {pid}) was still running {seconds} seconds after it was asked to stop. \
         The end of {}:\n{tail}", .log.display()
    )]
    NotStopped { pid: u32, seconds: u64, log: PathBuf, tail: String },

    #[error("could not {doing} {}: {source}", .path.display())]
    Io { doing: &'static str, path: PathBuf, source: io::Error },
}

impl Error {
    /// Names what was tried on which path: `map_err(Error::io("read", path))`.
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
        let path = path.to_path_buf();
        move |source| Error::Io { doing, path, source }
    }
}
