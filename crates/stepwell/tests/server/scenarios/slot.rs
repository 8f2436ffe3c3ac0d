//! A database for one story after another: making a new one takes longer than most stories do.

use sqlx::postgres::PgPool;
use sqlx::{AssertSqlSafe, Executor};
use store::{Role, Store};

use crate::cluster::TestDatabase;

pub struct Slot {
    pub app: Store,
    pub runner: Store,
    database: TestDatabase,
    sees_all: PgPool,
}

impl Slot {
    pub async fn open() -> Self {
        let database = TestDatabase::migrated().await;
        let store = async |role: Role| Store::connect(database.login(role.name()), role, 4).await.unwrap();
        let (app, runner) = (store(Role::App).await, store(Role::Runner).await);
        let sees_all = PgPool::connect_with(database.superuser()).await.unwrap();
        Self { app, runner, database, sees_all }
    }

    /// As it was made: every table is empty, whatever tables there are by now.
    pub async fn is_cleared(&self) {
        let tables: Vec<String> = sqlx::query_scalar(
            "select quote_ident(tablename) from pg_tables where schemaname = 'public' and tablename <> '_sqlx_migrations'",
        )
        .fetch_all(&self.sees_all)
        .await
        .unwrap();
        // As a replica it does not ask who refers to whom, so the order is no matter.
        let deletes: String = tables.iter().map(|table| format!("delete from {table}; ")).collect();
        let sql = format!("begin; set local session_replication_role = replica; {deletes} commit");
        self.sees_all.execute(AssertSqlSafe(sql)).await.unwrap();
    }

    /// How many deliveries of which channel ended how: ("email sent", 3).
    pub async fn ends_of_deliveries(&self) -> Vec<(String, usize)> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "select concat_ws(' ', channel, state, reason), count(*) from deliveries group by 1 order by 1",
        )
        .fetch_all(&self.sees_all)
        .await
        .unwrap();
        rows.into_iter().map(|(end, count)| (end, usize::try_from(count).unwrap())).collect()
    }

    pub async fn close(self) {
        self.app.close().await;
        self.runner.close().await;
        self.sees_all.close().await;
        self.database.drop_it().await;
    }
}
