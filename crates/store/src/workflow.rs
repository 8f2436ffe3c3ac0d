//! Workflow versions and when they were active.

use care::id::{LocationId, StaffId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use uuid::Uuid;

use crate::{Error, OrgTx};

/// One published version; it never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkflowBody {
    pub key: String,
    pub version: u32,
    pub body: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivationRow {
    pub workflow: String,
    pub from: Timestamp,
    pub until: Option<Timestamp>,
    pub locations: Option<Vec<LocationId>>,
}

impl OrgTx {
    pub async fn workflow_bodies(&mut self) -> Result<Vec<WorkflowBody>, Error> {
        let rows = sqlx::query!(
            "select key, version, body from workflows where organization = $1 order by key, version",
            self.org()
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows
            .into_iter()
            .map(|r| WorkflowBody { key: r.key, version: r.version.cast_unsigned(), body: r.body })
            .collect())
    }

    pub async fn activations(&mut self) -> Result<Vec<ActivationRow>, Error> {
        let rows = sqlx::query!(
            "select workflow, from_at, until_at, locations from activations where organization = $1 order by from_at",
            self.org()
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows
            .into_iter()
            .map(|r| ActivationRow {
                workflow: r.workflow,
                from: r.from_at.to_jiff(),
                until: r.until_at.map(|t| t.to_jiff()),
                locations: r.locations.map(|l| l.into_iter().map(LocationId).collect()),
            })
            .collect())
    }

    /// Publishes a text as the next version, unless the newest one says the same.
    pub async fn publish_workflow(&mut self, key: &str, body: &str, now: Timestamp) -> Result<(), Error> {
        sqlx::query!(
            "insert into workflows (organization, key, version, body, published_at)
             select $1, $2, coalesce(max(version), 0) + 1, $3, $4 from workflows where organization = $1 and key = $2
             having not coalesce((array_agg(body order by version desc))[1] = $3, false)
             on conflict do nothing",
            self.org(),
            key,
            body,
            now.to_sqlx() as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Switches a workflow on. What waited while it was off is looked at again, each step through its late rule.
    pub async fn activate(
        &mut self,
        workflow: &str,
        id: Uuid,
        by: Option<StaffId>,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let done = sqlx::query!(
            "insert into activations (organization, id, workflow, from_at, activated_by) values ($1, $2, $3, $4, $5)
             on conflict do nothing",
            self.org(),
            id,
            workflow,
            now.to_sqlx() as _,
            by.map(|s| s.0)
        )
        .execute(&mut *self.tx)
        .await?;
        sqlx::query!(
            "update planned_steps s set run_at = s.due from runs r
             where r.organization = $1 and s.organization = $1 and s.run = r.id and r.workflow = $2
               and s.state = 'pending' and s.run_at is null",
            self.org(),
            workflow
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    pub async fn deactivate(&mut self, workflow: &str, by: Option<StaffId>, now: Timestamp) -> Result<bool, Error> {
        let done = sqlx::query!(
            "update activations set until_at = $3, deactivated_by = $4
             where organization = $1 and workflow = $2 and until_at is null",
            self.org(),
            workflow,
            now.to_sqlx() as _,
            by.map(|s| s.0)
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}
