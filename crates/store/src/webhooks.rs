//! Webhooks: systems beside ours that a step may tell something.

use care::id::StaffId;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use uuid::Uuid;

use crate::{Error, OrgTx};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct WebhookId(pub Uuid);

impl std::fmt::Display for WebhookId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for WebhookId {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(WebhookId)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookRow {
    pub id: WebhookId,
    pub name: String,
    pub url: String,
    /// Switched off, what would call it ends in `channel_not_set_up`.
    pub active: bool,
}

impl OrgTx {
    pub async fn webhooks(&mut self) -> Result<Vec<WebhookRow>, Error> {
        let rows = sqlx::query!(
            "select id, name, url, active from webhooks where organization = $1 order by name",
            self.org()
        )
        .fetch_all(&mut *self.tx)
        .await?;
        let row = |id, name, url, active| WebhookRow { id: WebhookId(id), name, url, active };
        Ok(rows.into_iter().map(|r| row(r.id, r.name, r.url, r.active)).collect())
    }

    /// The names of those that are switched on.
    pub async fn active_webhooks(&mut self) -> Result<Vec<String>, Error> {
        let org = self.org();
        let names = sqlx::query_scalar!("select name from webhooks where organization = $1 and active", org);
        Ok(names.fetch_all(&mut *self.tx).await?)
    }

    /// Sets one up, switched on. False: one of that name is there.
    pub async fn add_webhook(&mut self, row: &WebhookRow, now: Timestamp, by: Option<StaffId>) -> Result<bool, Error> {
        let done = sqlx::query!(
            "insert into webhooks (organization, id, name, url, active, made_at, made_by)
             values ($1, $2, $3, $4, $5, $6, $7) on conflict (organization, name) do nothing",
            self.org(),
            row.id.0,
            row.name,
            row.url,
            row.active,
            now.to_sqlx() as _,
            by.map(|id| id.0)
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// False: there is none.
    pub async fn switch_webhook(&mut self, id: WebhookId, active: bool) -> Result<bool, Error> {
        let done = sqlx::query!(
            "update webhooks set active = $3 where organization = $1 and id = $2",
            self.org(),
            id.0,
            active
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// False: there is none.
    pub async fn remove_webhook(&mut self, id: WebhookId) -> Result<bool, Error> {
        let done = sqlx::query!("delete from webhooks where organization = $1 and id = $2", self.org(), id.0)
            .execute(&mut *self.tx)
            .await?;
        Ok(done.rows_affected() == 1)
    }
}
