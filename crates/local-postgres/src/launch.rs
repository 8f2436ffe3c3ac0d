//! From a data directory to a server that takes connections.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::account::{self, RunAs};
use crate::error::Error;
use crate::files::{self, Files};
use crate::options::{self, Options, PORT};
use crate::owner::Ownership;
use crate::postmaster::{self, Postmaster};
use crate::{initdb, probe, socket};

pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
pub(crate) const POLL: Duration = Duration::from_millis(20);

/// What a server says when sessions of a killed predecessor have not ended yet.
const ORPHANS_REMAIN: &str = "shared memory block";

/// A data directory, checked, and how to run PostgreSQL on it.
pub(crate) struct Site {
    pub(crate) options: Options,
    pub(crate) files: Files,
    pub(crate) run_as: RunAs,
}

/// How the wait for a started server ended.
enum Wait {
    Accepts,
    Ended,
    TooLong,
}

impl Site {
    pub(crate) fn open(options: Options) -> Result<Site, Error> {
        let files = Files::open(&options.data_dir, account::data_dir_mode()?)?;
        let run_as = RunAs::choose(&files.pgdata())?;
        run_as.check_access(files.data_dir(), &options.binaries)?;
        initdb::is_there(&files, &options)?;
        Ok(Site { options, files, run_as })
    }

    /// A postmaster that runs here and takes connections.
    pub(crate) async fn accepting(&self) -> Result<Option<Postmaster>, Error> {
        let Some(found) = postmaster::running(&self.files.pgdata())? else {
            return Ok(None);
        };
        if !found.socket_dir.is_absolute() {
            return Ok(None);
        }
        let user = &self.options.superuser;
        let accepts = probe::accepts(&found.socket_dir, found.port, user).await;
        Ok(accepts.then_some(found))
    }

    /// Waits for a postmaster that somebody started before us; `None` when none runs (any more).
    pub(crate) async fn already_running(&self) -> Result<Option<Postmaster>, Error> {
        let deadline = Instant::now() + PATIENCE;
        while postmaster::running(&self.files.pgdata())?.is_some() {
            if let Some(postmaster) = self.accepting().await? {
                return Ok(Some(postmaster));
            }
            if Instant::now() > deadline {
                return Err(self.not_ready(0));
            }
            sleep(POLL).await;
        }
        Ok(None)
    }

    /// Starts a postmaster, after `initdb` if this is the first time. Only the owner may call it.
    pub(crate) async fn launch(&self, ownership: &Ownership) -> Result<Postmaster, Error> {
        let pgdata = self.files.pgdata();
        if initdb::is_there(&self.files, &self.options)? {
            initdb::read_password(&self.files)?;
            files::give_tree(&pgdata, &self.run_as)?;
        } else {
            tracing::info!(pgdata = %pgdata.display(), "making a new PostgreSQL cluster");
            initdb::create(&self.files, &self.options, &self.run_as).await?;
        }
        let socket_dir = socket::prepare(&self.files, &self.run_as)?;
        self.run_as.check_access(&socket_dir, &self.options.binaries)?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            postmaster::clear_stale(&pgdata, &socket_dir, PORT)?;
            ownership.record()?;
            let log_start = self.files.log_length();
            let pid = self.spawn(&socket_dir)?;
            match self.wait(pid, &socket_dir, deadline).await {
                Wait::Accepts => return Ok(started(pid, socket_dir)),
                Wait::TooLong => return Err(self.not_ready(log_start)),
                Wait::Ended => {
                    let tail = self.files.log_tail(log_start);
                    if !tail.contains(ORPHANS_REMAIN) || Instant::now() > deadline {
                        ownership.clear()?;
                        let log = self.files.log();
                        return Err(Error::Exited { log, tail });
                    }
                    sleep(5 * POLL).await;
                }
            }
        }
    }

    /// In a process group of its own, so that Ctrl-C at the terminal reaches us first.
    fn spawn(&self, socket_dir: &Path) -> Result<u32, Error> {
        let program = self.options.binaries.program("postgres");
        let log = self.files.open_log()?;
        let log_again = log.try_clone().map_err(Error::io("write", &self.files.log()))?;
        let mut command = self.run_as.command(&program);
        command.arg("-D").arg(self.files.pgdata());
        for (name, value) in options::settings(&self.options, socket_dir) {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        let mut child =
            command.stdout(log).stderr(log_again).process_group(0).spawn().map_err(Error::io("run", &program))?;
        let pid = child.id();
        // Somebody must collect the child when it ends, whether or not a runtime is still there.
        std::thread::Builder::new()
            .name("postmaster".to_owned())
            .spawn(move || child.wait())
            .map_err(Error::io("watch", &program))?;
        Ok(pid)
    }

    async fn wait(&self, pid: u32, socket_dir: &Path, deadline: Instant) -> Wait {
        loop {
            if probe::accepts(socket_dir, PORT, &self.options.superuser).await {
                return Wait::Accepts;
            }
            if !postmaster::process_lives(pid) {
                return Wait::Ended;
            }
            if Instant::now() > deadline {
                return Wait::TooLong;
            }
            sleep(POLL).await;
        }
    }

    pub(crate) fn not_ready(&self, log_start: u64) -> Error {
        Error::NotReady { seconds: PATIENCE.as_secs(), log: self.files.log(), tail: self.files.log_tail(log_start) }
    }
}

fn started(pid: u32, socket_dir: PathBuf) -> Postmaster {
    Postmaster { pid, port: PORT, socket_dir }
}
