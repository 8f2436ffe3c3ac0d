//! The pool, and the one transaction type through which SQL is reachable.

use std::time::Duration;

use care::id::OrganizationId;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Executor, PgPool, Postgres, Transaction};

use crate::Error;

/// Under which role a pool works. Both are plain: neither may bypass row-level security.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Pages.
    App,
    /// Appliers, ticks and the outbox.
    Runner,
    /// What a patient sees of themselves.
    Portal,
}

impl Role {
    pub fn name(self) -> &'static str {
        match self {
            Role::App => "stepwell_app",
            Role::Runner => "stepwell_runner",
            Role::Portal => "stepwell_portal",
        }
    }
}

/// A pool of one role.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) pool: PgPool,
}

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!();

impl Store {
    /// Connects as `role`: every connection sets it, whatever user the options name. Refuses a superuser.
    pub async fn connect(options: PgConnectOptions, role: Role, connections: u32) -> Result<Self, Error> {
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(Duration::from_secs(20))
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    let set = format!("set role {}", role.name());
                    connection.execute(sqlx::AssertSqlSafe(set)).await.map(|_| ())
                })
            })
            .connect_with(options)
            .await?;
        let store = Self { pool };
        store.refuse_superuser().await?;
        Ok(store)
    }

    /// A role that may bypass the second wall makes it no wall: such a login is not worked with.
    async fn refuse_superuser(&self) -> Result<(), Error> {
        let row = sqlx::query!(
            r#"select rolname as "name!", (rolsuper or rolbypassrls) as "above!" from pg_roles
               where rolname in (current_user, session_user) order by 2 desc limit 1"#
        )
        .fetch_one(&self.pool)
        .await?;
        if row.above { Err(Error::Superuser(row.name)) } else { Ok(()) }
    }

    /// Brings the schema up. Several processes may do so at once: one does, the others wait for it.
    pub async fn migrate(options: PgConnectOptions) -> Result<(), Error> {
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(60))
            .connect_with(options)
            .await?;
        MIGRATIONS.run(&pool).await?;
        pool.close().await;
        Ok(())
    }

    /// Whether every migration this program knows has been applied.
    pub async fn is_current(&self) -> Result<bool, Error> {
        let newest = MIGRATIONS.iter().map(|m| m.version).max().unwrap_or(0);
        let applied =
            sqlx::query_scalar::<_, i64>("select coalesce(max(version), 0) from _sqlx_migrations where success")
                .fetch_one(&self.pool)
                .await?;
        Ok(applied >= newest)
    }

    /// A transaction of one organization: it sees no other's rows.
    pub async fn begin(&self, organization: OrganizationId) -> Result<OrgTx, Error> {
        let mut tx = self.pool.begin().await?;
        sqlx::query!("select set_config('stepwell.organization', $1, true)", organization.0.to_string())
            .fetch_one(&mut *tx)
            .await?;
        Ok(OrgTx { tx, organization })
    }

    pub async fn organizations(&self) -> Result<Vec<OrganizationId>, Error> {
        let ids = sqlx::query_scalar!(r#"select id as "id!" from list_organizations()"#).fetch_all(&self.pool).await?;
        Ok(ids.into_iter().map(OrganizationId).collect())
    }

    pub async fn is_reachable(&self) -> bool {
        sqlx::query_scalar::<_, i32>("select 1").fetch_one(&self.pool).await.is_ok()
    }

    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// A transaction with its organization set: the only thing that can run SQL on a clinic's tables.
pub struct OrgTx {
    pub(crate) tx: Transaction<'static, Postgres>,
    pub(crate) organization: OrganizationId,
}

impl OrgTx {
    pub fn organization(&self) -> OrganizationId {
        self.organization
    }

    pub(crate) fn org(&self) -> uuid::Uuid {
        self.organization.0
    }

    pub async fn commit(self) -> Result<(), Error> {
        Ok(self.tx.commit().await?)
    }
}
