//! A cluster that takes connections, and who may stop it.

use std::fmt;
use std::path::Path;
use std::process::{Command, Stdio};

use tokio::time::{Instant, sleep};

use crate::error::Error;
use crate::initdb;
use crate::launch::{PATIENCE, POLL, Site};
use crate::options::Options;
use crate::owner::Ownership;
use crate::postmaster::{self, Postmaster};
use crate::socket;

/// A running PostgreSQL. `stop` it at an orderly end; an owner that is merely dropped asks the
/// server to stop and does not wait.
pub struct Cluster {
    site: Site,
    postmaster: Postmaster,
    password: String,
    role: Role,
}

enum Role {
    Owner(Ownership),
    Guest,
}

impl Cluster {
    /// Starts the cluster in `options.data_dir`, making it the first time. Adopts one that an owner
    /// left running when it died. While another owner lives, waits for its cluster to take
    /// connections and is its guest; so it is with one that was started by hand.
    pub async fn start(options: Options) -> Result<Cluster, Error> {
        let site = Site::open(options)?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(ownership) = Ownership::take(&site.files.owner())? {
                return Cluster::as_owner(site, ownership).await;
            }
            if let Some(postmaster) = site.accepting().await? {
                return Cluster::new(site, postmaster, Role::Guest);
            }
            if Instant::now() > deadline {
                return Err(site.not_ready(0));
            }
            sleep(POLL).await;
        }
    }

    async fn as_owner(site: Site, ownership: Ownership) -> Result<Cluster, Error> {
        let Some(postmaster) = site.already_running().await? else {
            let postmaster = site.launch(&ownership).await?;
            return Cluster::new(site, postmaster, Role::Owner(ownership));
        };
        if !ownership.is_recorded()? {
            return Cluster::new(site, postmaster, Role::Guest);
        }
        ownership.record()?;
        tracing::info!(pid = postmaster.pid, "adopting the PostgreSQL that was left running");
        Cluster::new(site, postmaster, Role::Owner(ownership))
    }

    fn new(site: Site, postmaster: Postmaster, role: Role) -> Result<Cluster, Error> {
        let password = initdb::read_password(&site.files)?;
        Ok(Cluster { site, postmaster, password, role })
    }

    /// The host to give to a client: a path, not a name.
    pub fn socket_dir(&self) -> &Path {
        &self.postmaster.socket_dir
    }

    pub fn port(&self) -> u16 {
        self.postmaster.port
    }

    pub fn superuser(&self) -> &str {
        &self.site.options.superuser
    }

    pub fn password(&self) -> &str {
        &self.password
    }

    pub fn postmaster_pid(&self) -> u32 {
        self.postmaster.pid
    }

    /// Whether `stop` will stop it.
    pub fn is_owner(&self) -> bool {
        matches!(self.role, Role::Owner(_))
    }

    /// Ends every session, writes a checkpoint and waits for the end. A guest does nothing.
    pub async fn stop(mut self) -> Result<(), Error> {
        let Role::Owner(ownership) = std::mem::replace(&mut self.role, Role::Guest) else {
            return Ok(());
        };
        if self.still_runs() {
            let program = self.site.options.binaries.program("pg_ctl");
            tokio::process::Command::from(self.stop_request()).status().await.map_err(Error::io("run", &program))?;
            self.wait_for_the_end().await?;
        }
        ownership.clear()?;
        socket::tidy(&self.site.files);
        Ok(())
    }

    /// Lets the server run on after us: the next start adopts it.
    pub fn leave(mut self) {
        self.role = Role::Guest;
    }

    /// The one we know, not one that somebody has started since.
    fn still_runs(&self) -> bool {
        let running = postmaster::running(&self.site.files.pgdata());
        running.is_ok_and(|found| found.is_some_and(|found| found.pid == self.postmaster.pid))
    }

    fn stop_request(&self) -> Command {
        let program = self.site.options.binaries.program("pg_ctl");
        let mut command = self.site.run_as.command(&program);
        command
            .args(["stop", "-m", "fast", "--no-wait", "--silent", "-D"])
            .arg(self.site.files.pgdata())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    async fn wait_for_the_end(&self) -> Result<(), Error> {
        let pid = self.postmaster.pid;
        let deadline = Instant::now() + PATIENCE;
        while postmaster::lives(pid, &self.site.files.pgdata()) {
            if Instant::now() > deadline {
                return Err(Error::NotStopped {
                    pid,
                    seconds: PATIENCE.as_secs(),
                    log: self.site.files.log(),
                    tail: self.site.files.log_tail(0),
                });
            }
            sleep(POLL).await;
        }
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if !self.is_owner() || !self.still_runs() {
            return;
        }
        match self.stop_request().spawn() {
            Ok(mut request) => drop(std::thread::spawn(move || request.wait())),
            Err(error) => tracing::warn!(%error, "PostgreSQL could not be asked to stop"),
        }
    }
}

/// Without the password.
impl fmt::Debug for Cluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cluster")
            .field("data_dir", &self.site.files.data_dir())
            .field("postmaster", &self.postmaster)
            .field("is_owner", &self.is_owner())
            .finish_non_exhaustive()
    }
}
