//! Brings the database up: the private cluster that is the default, or a server of one's own.
//!
//! Roles: `stepwell_owner` migrates and owns the tables; pages work as `stepwell_app`, the runner as `stepwell_runner`,
//! both plain. Row-level security is forced on the owner too.

use std::path::Path;
use std::str::FromStr;

use local_postgres::{Binaries, Cluster, Options};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection, Executor};
use store::{Role, Store};
use thiserror::Error;

use crate::ids;

#[derive(Debug, Error)]
pub enum DatabaseError {
    #[error(transparent)]
    Cluster(#[from] local_postgres::Error),
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error("the private database could not be prepared: {0}")]
    Prepare(#[from] sqlx::Error),
    #[error("`--database-url` cannot be read: {0}")]
    Url(String),
    #[error("another demo runs in {0}: end it, or give this one its own --data-dir")]
    InUse(String),
    #[error("{path}: {error}")]
    File { path: String, error: std::io::Error },
}

/// Where the database is.
pub enum Place<'a> {
    /// A private cluster under this directory.
    Private {
        data_dir: &'a Path,
        pg_bin: Option<&'a Path>,
        durable: bool,
    },
    /// A private cluster whose database is made anew: the demo's.
    Fresh {
        data_dir: &'a Path,
        pg_bin: Option<&'a Path>,
    },
    Url(&'a str),
}

pub struct Database {
    pub app: Store,
    pub runner: Store,
    pub portal: Store,
    cluster: Option<Cluster>,
}

/// Migrates, and owns the tables.
pub const OWNER: &str = "stepwell_owner";

impl Database {
    /// Starts or finds the database, brings its schema up and connects under both roles.
    pub async fn open(place: Place<'_>) -> Result<Self, DatabaseError> {
        let (owner, logins, cluster) = match place {
            Place::Url(url) => {
                let options = PgConnectOptions::from_str(url).map_err(|e| DatabaseError::Url(e.to_string()))?;
                (options.clone(), [options.clone(), options.clone(), options], None)
            }
            Place::Private { .. } | Place::Fresh { .. } => {
                let (data_dir, pg_bin, durable, fresh) = match place {
                    Place::Fresh { data_dir, pg_bin } => (data_dir, pg_bin, false, true),
                    Place::Private { data_dir, pg_bin, durable } => (data_dir, pg_bin, durable, false),
                    Place::Url(url) => return Err(DatabaseError::Url(url.into())),
                };
                let cluster = start(data_dir, pg_bin, durable).await?;
                if fresh && !cluster.is_owner() {
                    return Err(DatabaseError::InUse(data_dir.display().to_string()));
                }
                let owner = prepare(&cluster, fresh).await?;
                let roles = [Role::App, Role::Runner, Role::Portal].map(|role| owner.clone().username(role.name()));
                (owner, roles, Some(cluster))
            }
        };
        let [app, runner, portal] = logins.map(|login| login.disable_statement_logging());
        Store::migrate(owner.disable_statement_logging()).await?;
        let app = Store::connect(app, Role::App, 12).await?;
        let runner = Store::connect(runner, Role::Runner, 12).await?;
        let portal = Store::connect(portal, Role::Portal, 6).await?;
        if cluster.as_ref().is_some_and(Cluster::is_owner) {
            // Nobody else works here: what a crashed process had leased is free.
            runner.release_leases().await?;
        }
        Ok(Self { app, runner, portal, cluster })
    }

    pub fn postmaster_pid(&self) -> Option<u32> {
        self.cluster.as_ref().map(Cluster::postmaster_pid)
    }

    /// Returns when the private cluster's postmaster is gone without our doing.
    pub async fn lost(&self) {
        let Some(pid) = self.postmaster_pid() else { return std::future::pending().await };
        while is_running(pid) {
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        }
    }

    /// Closes the pools and stops a cluster that we started.
    pub async fn close(self) -> Result<(), DatabaseError> {
        self.app.close().await;
        self.runner.close().await;
        self.portal.close().await;
        match self.cluster {
            Some(cluster) => Ok(cluster.stop().await?),
            None => Ok(()),
        }
    }
}

/// A child that ended stays as a zombie until it is waited for.
fn is_running(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
}

async fn start(data_dir: &Path, pg_bin: Option<&Path>, durable: bool) -> Result<Cluster, DatabaseError> {
    make_data_dir(data_dir)?;
    let mut options = Options::new(data_dir, Binaries::find(pg_bin)?, ids::secret);
    options.durable = durable;
    Ok(Cluster::start(options).await?)
}

/// The directory of the cluster: to be entered, not to be listed, since as root the server runs as another user.
pub fn make_data_dir(path: &Path) -> Result<(), DatabaseError> {
    use std::os::unix::fs::DirBuilderExt;
    if path.is_dir() {
        return Ok(());
    }
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o711).create(path);
    made.map_err(|error| DatabaseError::File { path: path.display().to_string(), error })
}

/// How a user logs in to a private cluster; the database is still to be named.
pub fn login(cluster: &Cluster, user: &str) -> PgConnectOptions {
    PgConnectOptions::new()
        .socket(cluster.socket_dir())
        .port(cluster.port())
        .password(cluster.password())
        .username(user)
        .disable_statement_logging()
}

/// Makes roles and database on a private cluster; the owner's login.
async fn prepare(cluster: &Cluster, fresh: bool) -> Result<PgConnectOptions, DatabaseError> {
    let mut admin = login(cluster, cluster.superuser()).database("postgres").connect().await?;
    make_roles(cluster, &mut admin).await?;
    if fresh {
        admin.execute("drop database if exists stepwell with (force)").await?;
    }
    let exists: bool = sqlx::query_scalar("select exists (select from pg_database where datname = 'stepwell')")
        .fetch_one(&mut admin)
        .await?;
    if !exists {
        make_database(cluster, &mut admin, "stepwell").await?;
    }
    admin.close().await?;
    Ok(login(cluster, OWNER).database("stepwell"))
}

/// Makes the roles that are missing.
pub async fn make_roles(cluster: &Cluster, admin: &mut PgConnection) -> Result<(), sqlx::Error> {
    let password = cluster.password();
    let logins = [OWNER, Role::App.name(), Role::Runner.name(), Role::Portal.name()].map(|role| (role, true));
    for (role, login) in logins.into_iter().chain([("stepwell_claimer", false)]) {
        let exists: bool = sqlx::query_scalar("select exists (select from pg_roles where rolname = $1)")
            .bind(role)
            .fetch_one(&mut *admin)
            .await?;
        if !exists {
            let login = if login { format!("login password '{password}'") } else { "nologin".into() };
            // The password is hexadecimal digits, the roles are ours: nothing here needs quoting.
            let create = format!("create role {role} {login} nosuperuser nobypassrls");
            admin.execute(sqlx::AssertSqlSafe(create)).await?;
            if role != OWNER {
                admin.execute(sqlx::AssertSqlSafe(format!("grant {role} to {OWNER}"))).await?;
            }
        }
    }
    Ok(())
}

/// Makes an empty database that the owner may migrate. `name` is ours and needs no quoting.
pub async fn make_database(cluster: &Cluster, admin: &mut PgConnection, name: &str) -> Result<(), sqlx::Error> {
    admin.execute(sqlx::AssertSqlSafe(format!("create database {name} owner {OWNER}"))).await?;
    let mut inside = login(cluster, cluster.superuser()).database(name).connect().await?;
    inside.execute(sqlx::AssertSqlSafe(format!("alter schema public owner to {OWNER}"))).await?;
    inside.close().await
}
