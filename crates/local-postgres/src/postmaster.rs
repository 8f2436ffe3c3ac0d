//! The running server, read from `postmaster.pid` and `/proc`.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::error::Error;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Postmaster {
    pub(crate) pid: u32,
    pub(crate) port: u16,
    /// Empty until the server has opened its socket.
    pub(crate) socket_dir: PathBuf,
}

/// The postmaster that runs on this data, if one does.
pub(crate) fn running(pgdata: &Path) -> Result<Option<Postmaster>, Error> {
    let found = read_pid_file(pgdata)?;
    Ok(found.filter(|postmaster| lives(postmaster.pid, pgdata)))
}

/// Whether the process is a living PostgreSQL on this data. A zombie is dead, and a process that
/// merely has the number by now (after a reboot, in a new container) is another one.
pub(crate) fn lives(pid: u32, pgdata: &Path) -> bool {
    let process = PathBuf::from(format!("/proc/{pid}"));
    let Ok(stat) = std::fs::read_to_string(process.join("stat")) else {
        return false;
    };
    if !is_living_postgres(&stat) {
        return false;
    }
    // A postmaster works inside its data directory. In a container even root may not be allowed
    // to look; then the name must do.
    match (process.join("cwd").metadata(), pgdata.metadata()) {
        (Ok(cwd), Ok(data)) => (cwd.dev(), cwd.ino()) == (data.dev(), data.ino()),
        (Err(_), _) | (_, Err(_)) => true,
    }
}

/// Like `lives` for a child that may still be on its way into the data directory.
pub(crate) fn process_lives(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"));
    stat.is_ok_and(|stat| state(&stat).is_some_and(|(_, state)| is_alive(state)))
}

/// Takes away what PostgreSQL would trip over: it asks only whether *a* process has the recorded
/// number. Called when no postmaster runs here. A dead number is left to PostgreSQL, which then
/// also looks for orphans of that server in the shared memory.
pub(crate) fn clear_stale(pgdata: &Path, socket_dir: &Path, port: u16) -> Result<(), Error> {
    if let Some(stale) = read_pid_file(pgdata)?
        && Path::new(&format!("/proc/{}", stale.pid)).exists()
        && !lives(stale.pid, pgdata)
    {
        remove(&pid_file(pgdata))?;
    }
    remove(&socket_dir.join(format!(".s.PGSQL.{port}.lock")))
}

fn remove(path: &Path) -> Result<(), Error> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::io("remove the stale", path)(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn pid_file(pgdata: &Path) -> PathBuf {
    pgdata.join("postmaster.pid")
}

fn read_pid_file(pgdata: &Path) -> Result<Option<Postmaster>, Error> {
    let path = pid_file(pgdata);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(parse(&text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io("read", &path)(error)),
    }
}

/// Lines: pid (negative for a single-user session, which is no postmaster), data directory, start,
/// port, socket directory, …
fn parse(text: &str) -> Option<Postmaster> {
    let mut lines = text.lines();
    Some(Postmaster {
        pid: lines.next()?.trim().parse().ok()?,
        port: lines.nth(2)?.trim().parse().ok()?,
        socket_dir: PathBuf::from(lines.next().unwrap_or_default()),
    })
}

fn is_living_postgres(stat: &str) -> bool {
    state(stat).is_some_and(|(name, state)| matches!(name, "postgres" | "postmaster") && is_alive(state))
}

fn is_alive(state: char) -> bool {
    !matches!(state, 'Z' | 'X')
}

/// `1234 (name) S …`; the name itself may hold brackets.
fn state(stat: &str) -> Option<(&str, char)> {
    let (start, rest) = stat.rsplit_once(')')?;
    let (_, name) = start.split_once('(')?;
    Some((name, rest.trim_start().chars().next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pid_file_tells_process_port_and_socket() {
        let text = "812\n/data/postgres\n1763800000\n5432\n/data/socket\n\n  5432001   3\nready   \n";
        let expected = Postmaster { pid: 812, port: 5432, socket_dir: PathBuf::from("/data/socket") };
        assert_eq!(parse(text), Some(expected));
    }

    #[test]
    fn a_single_user_session_is_no_postmaster() {
        assert_eq!(parse("-812\n/data/postgres\n1763800000\n5432\n"), None);
    }

    #[test]
    fn a_zombie_and_a_stranger_with_the_number_are_not_the_postmaster() {
        assert!(is_living_postgres("812 (postgres) S 1 812 812 0"));
        assert!(!is_living_postgres("812 (postgres) Z 1 812 812 0"));
        assert!(!is_living_postgres("812 (clinic) (x)) S 1 812 812 0"));
        assert!(!lives(std::process::id(), Path::new("/")));
    }

    #[test]
    fn stale_files_with_our_own_number_are_taken_away() {
        let process = std::process::id();
        let pgdata = std::env::temp_dir().join(format!("local-postgres-stale-{process}"));
        std::fs::create_dir_all(&pgdata).unwrap();
        let stale = format!("{process}\n{}\n1763800000\n5432\n", pgdata.display());
        let socket_lock = pgdata.join(".s.PGSQL.5432.lock");
        std::fs::write(pid_file(&pgdata), &stale).unwrap();
        std::fs::write(&socket_lock, &stale).unwrap();
        clear_stale(&pgdata, &pgdata, 5432).unwrap();
        let left = (pid_file(&pgdata).exists(), socket_lock.exists());
        std::fs::remove_dir_all(&pgdata).unwrap();
        assert_eq!(left, (false, false));
    }
}
