//! One PostgreSQL for all tests, with fsync off; one migrated template in it; one database for each test.
//!
//! nextest gives each test a process: the first one starts the cluster and leaves it running, the others and later runs
//! adopt it.

use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use local_postgres::{Binaries, Cluster, Options};
use sha2::{Digest, Sha256};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};
use stepwell::database::{self, OWNER};
use stepwell::ids;
use store::Store;

/// The test's own database.
pub struct TestDatabase {
    pub name: String,
    superuser: PgConnectOptions,
}

impl TestDatabase {
    /// With every migration applied.
    pub async fn migrated() -> Self {
        let (lock, cluster) = cluster().await;
        let mut admin = admin(&cluster).await;
        let template = template(&cluster, &mut admin).await;
        drop(lock);
        let this = Self::named(cluster);
        run(&mut admin, format!("create database {} template {template} owner {OWNER}", this.name)).await;
        this
    }

    /// As it is before the first migration.
    pub async fn empty() -> Self {
        let (_lock, cluster) = cluster().await;
        let mut admin = admin(&cluster).await;
        let name = new_name();
        database::make_database(&cluster, &mut admin, &name).await.unwrap();
        let superuser = database::login(&cluster, cluster.superuser());
        cluster.leave();
        Self { name, superuser }
    }

    fn named(cluster: Cluster) -> Self {
        let superuser = database::login(&cluster, cluster.superuser());
        cluster.leave();
        Self { name: new_name(), superuser }
    }

    pub fn login(&self, user: &str) -> PgConnectOptions {
        self.superuser.clone().username(user).database(&self.name)
    }

    /// Sees and may do everything.
    pub fn superuser(&self) -> PgConnectOptions {
        self.superuser.clone().database(&self.name)
    }

    pub async fn drop_it(self) {
        let mut admin = self.superuser.clone().database("postgres").connect().await.unwrap();
        run(&mut admin, format!("drop database {} with (force)", self.name)).await;
    }
}

/// Process and chance: a database whose process is gone is one that a failed test left behind.
fn new_name() -> String {
    format!("test_{}_{}", std::process::id(), &ids::secret()[..8])
}

async fn run(admin: &mut PgConnection, sql: String) {
    admin.execute(AssertSqlSafe(sql)).await.unwrap();
}

async fn admin(cluster: &Cluster) -> PgConnection {
    database::login(cluster, cluster.superuser()).database("postgres").connect().await.unwrap()
}

/// The running cluster with its roles, and the lock under which one process at a time prepares it.
async fn cluster() -> (File, Cluster) {
    let user = std::fs::metadata("/proc/self").unwrap().uid();
    let folder = std::env::temp_dir().join(format!("stepwell-tests-{user}"));
    database::make_data_dir(&folder).unwrap();
    let lock = File::create(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    let mut options = Options::new(folder, Binaries::find(None).unwrap(), ids::secret);
    options.durable = false;
    options.settings = vec![("max_connections".into(), "300".into())];
    let cluster = Cluster::start(options).await.unwrap();
    let mut admin = admin(&cluster).await;
    database::make_roles(&cluster, &mut admin).await.unwrap();
    drop_forgotten(&mut admin).await;
    admin.close().await.unwrap();
    (lock, cluster)
}

async fn drop_forgotten(admin: &mut PgConnection) {
    let names: Vec<String> = sqlx::query_scalar("select datname from pg_database where datname like 'test\\_%'")
        .fetch_all(&mut *admin)
        .await
        .unwrap();
    for name in names {
        let process = name.split('_').nth(1).unwrap_or_default();
        if !PathBuf::from("/proc").join(process).exists() {
            run(admin, format!("drop database if exists {name} with (force)")).await;
        }
    }
}

/// The migrated database all others are copies of: made once for each state of the migrations.
async fn template(cluster: &Cluster, admin: &mut PgConnection) -> String {
    let name = format!("stepwell_template_{}", hash_of_migrations());
    let exists: bool = sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
        .bind(&name)
        .fetch_one(&mut *admin)
        .await
        .unwrap();
    if !exists {
        // Under its own name only when it is whole.
        run(admin, "drop database if exists stepwell_making with (force)".into()).await;
        database::make_database(cluster, admin, "stepwell_making").await.unwrap();
        Store::migrate(database::login(cluster, OWNER).database("stepwell_making")).await.unwrap();
        run(admin, format!("alter database stepwell_making rename to {name}")).await;
    }
    name
}

fn hash_of_migrations() -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../store/migrations");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let hash = files.iter().fold(Sha256::new(), |hash, file| hash.chain_update(std::fs::read(file).unwrap()));
    ids::hex(&hash.finalize()[..6])
}
