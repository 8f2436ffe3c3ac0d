//! As whom PostgreSQL runs. It refuses root, so a start as root is dropped to an ordinary account.

use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::binaries::Binaries;
use crate::error::Error;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    name: String,
    uid: u32,
    gid: u32,
}

/// How PostgreSQL's programs are run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RunAs {
    /// We are an ordinary user ourselves.
    Ourselves { uid: u32 },
    /// We are root.
    Dropped(Account),
}

impl RunAs {
    /// An existing cluster keeps the account it belongs to; a new one gets `postgres`, else `nobody`.
    pub(crate) fn choose(pgdata: &Path) -> Result<RunAs, Error> {
        let ours = effective_uid()?;
        let owner = pgdata.metadata().ok();
        if ours != 0 {
            return match owner.map(|owner| owner.uid()) {
                Some(found) if found != ours => {
                    Err(Error::WrongOwner { path: pgdata.to_path_buf(), found, expected: ours })
                }
                Some(_) | None => Ok(RunAs::Ourselves { uid: ours }),
            };
        }
        let passwd = Path::new("/etc/passwd");
        let accounts = std::fs::read_to_string(passwd).map_err(Error::io("read", passwd))?;
        match owner {
            Some(owner) if owner.uid() != 0 => Ok(RunAs::Dropped(owner_of(&owner, &accounts))),
            Some(_) | None => ["postgres", "nobody"]
                .into_iter()
                .find_map(|name| look_up(name, &accounts))
                .map(RunAs::Dropped)
                .ok_or(Error::NoOrdinaryAccount),
        }
    }

    pub(crate) fn uid(&self) -> u32 {
        match self {
            RunAs::Ourselves { uid } => *uid,
            RunAs::Dropped(account) => account.uid,
        }
    }

    /// Ids for a chown, when one is needed.
    pub(crate) fn ids(&self) -> Option<(u32, u32)> {
        match self {
            RunAs::Ourselves { .. } => None,
            RunAs::Dropped(account) => Some((account.uid, account.gid)),
        }
    }

    /// A program run as this account, with an environment of its own: what stands in ours may be
    /// secret, and `PG…` variables would change what PostgreSQL does.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("LC_ALL", "C");
        for kept in ["PATH", "LD_LIBRARY_PATH"] {
            if let Some(value) = std::env::var_os(kept) {
                command.env(kept, value);
            }
        }
        command.stdin(Stdio::null()).current_dir("/");
        if let RunAs::Dropped(account) = self {
            command.uid(account.uid).gid(account.gid);
        }
        command
    }

    /// Asks the system itself whether the account can enter `directory` and run the programs; only
    /// when it cannot are the modes read, to name the directory that stands in the way.
    pub(crate) fn check_access(&self, directory: &Path, binaries: &Binaries) -> Result<(), Error> {
        let RunAs::Dropped(account) = self else {
            return Ok(());
        };
        let program = binaries.program("pg_ctl");
        let tried = self
            .command(&program)
            .arg("--version")
            .current_dir(directory)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        match tried {
            Ok(_) => Ok(()),
            Err(denied) if denied.kind() == io::ErrorKind::PermissionDenied => {
                let closed = first_closed(directory, account).or_else(|| first_closed(binaries.dir(), account));
                Err(Error::DirectoryClosed {
                    directory: closed.unwrap_or_else(|| directory.to_path_buf()),
                    user: account.name.clone(),
                })
            }
            Err(other) => Err(Error::io("run", &program)(other)),
        }
    }
}

/// Made as root, the account PostgreSQL is dropped to must pass through, but need not list it.
pub(crate) fn data_dir_mode() -> Result<u32, Error> {
    Ok(if effective_uid()? == 0 { 0o711 } else { 0o700 })
}

/// The first directory on the way down to `path` that the account may not pass through.
fn first_closed(path: &Path, account: &Account) -> Option<PathBuf> {
    let mut way: Vec<&Path> = path.ancestors().collect();
    way.reverse();
    way.into_iter()
        .find(|directory| directory.metadata().is_ok_and(|of| !may_pass(&of, account)))
        .map(Path::to_path_buf)
}

fn may_pass(directory: &Metadata, account: &Account) -> bool {
    let bit = if directory.uid() == account.uid {
        0o100
    } else if directory.gid() == account.gid {
        0o010
    } else {
        0o001
    };
    directory.mode() & bit != 0
}

/// `Uid:` lists the real, effective, saved and filesystem id.
fn effective_uid() -> Result<u32, Error> {
    let path = Path::new("/proc/self/status");
    let status = std::fs::read_to_string(path).map_err(Error::io("read", path))?;
    status
        .lines()
        .find_map(|line| line.strip_prefix("Uid:"))
        .and_then(|ids| ids.split_whitespace().nth(1)?.parse().ok())
        .ok_or_else(|| Error::io("find our user id in", path)(io::ErrorKind::InvalidData.into()))
}

fn look_up(name: &str, passwd: &str) -> Option<Account> {
    accounts(passwd).find(|account| account.name == name && account.uid != 0)
}

fn owner_of(file: &Metadata, passwd: &str) -> Account {
    let unnamed = || Account { name: format!("user id {}", file.uid()), uid: file.uid(), gid: file.gid() };
    accounts(passwd).find(|account| account.uid == file.uid()).unwrap_or_else(unnamed)
}

/// Lines of `name:password:uid:gid:comment:home:shell`.
fn accounts(passwd: &str) -> impl Iterator<Item = Account> {
    passwd.lines().filter_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?.to_owned();
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        Some(Account { name, uid, gid })
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/bash\n\
                          broken line\n\
                          nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n\
                          postgres:x:101:104:PostgreSQL,,,:/var/lib/postgresql:/bin/bash\n";

    #[test]
    fn an_account_is_found_by_its_name() {
        let found = look_up("postgres", PASSWD).unwrap();
        assert_eq!((found.uid, found.gid), (101, 104));
        assert_eq!(look_up("alma", PASSWD), None);
    }

    #[test]
    fn root_is_never_the_ordinary_account() {
        assert_eq!(look_up("postgres", "postgres:x:0:0::/:/bin/sh"), None);
    }

    #[test]
    fn the_closed_directory_on_the_way_is_named() {
        let process = std::process::id();
        let top = std::env::temp_dir().join(format!("local-postgres-closed-{process}"));
        let deep = top.join("closed/below");
        std::fs::create_dir_all(&deep).unwrap();
        let stranger = Account { name: "stranger".to_owned(), uid: 4_000_000, gid: 4_000_000 };
        let mode = |path: &Path, mode| {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        };
        mode(&top, 0o755);
        mode(&deep, 0o755);
        mode(&top.join("closed"), 0o711);
        let when_open = first_closed(&deep, &stranger);
        mode(&top.join("closed"), 0o700);
        let when_closed = first_closed(&deep, &stranger);
        std::fs::remove_dir_all(&top).unwrap();
        assert_eq!(when_open, None);
        assert_eq!(when_closed, Some(top.join("closed")));
    }
}
