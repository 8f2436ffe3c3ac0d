//! Workflow versions and when they were active.

use care::id::{LocationId, StaffId};
use care::workflow::{Activation, Edit};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use uuid::Uuid;

use crate::{Error, OrgTx, text};

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
    pub cover: bool,
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
            "select workflow, from_at, until_at, locations, cover from activations where organization = $1 order by from_at",
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
                cover: r.cover,
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

    /// What newer versions did to the runs in flight, in order of time.
    pub async fn edits(&mut self) -> Result<Vec<(String, Edit)>, Error> {
        let rows = sqlx::query!(
            "select workflow, version, in_flight, at from workflow_edits where organization = $1 order by at, version",
            self.org()
        )
        .fetch_all(&mut *self.tx)
        .await?;
        rows.into_iter()
            .map(|r| {
                let in_flight = text::word(&r.in_flight, "workflow_edits", "in_flight")?;
                Ok((r.workflow, Edit { at: r.at.to_jiff(), to: r.version.cast_unsigned(), in_flight }))
            })
            .collect()
    }

    pub async fn write_edit(&mut self, workflow: &str, edit: &Edit, by: Option<StaffId>) -> Result<(), Error> {
        sqlx::query!(
            "insert into workflow_edits (organization, workflow, version, in_flight, at, by_staff)
             values ($1, $2, $3, $4, $5, $6)",
            self.org(),
            workflow,
            edit.to.cast_signed(),
            edit.in_flight.code(),
            edit.at.to_sqlx() as _,
            by.map(|s| s.0)
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Every patient is looked at again: there are events now that nobody waited for before.
    pub async fn wake_everybody(&mut self, now: Timestamp) -> Result<(), Error> {
        sqlx::query!(
            "update patients set wake_at = $2 where organization = $1 and merged_into is null",
            self.org(),
            now.to_sqlx() as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Looks at what is held again: at its own time, so that it meets the late rule; or at `at`, as if due only then.
    pub async fn wake_held(&mut self, at: Option<Timestamp>) -> Result<(), Error> {
        sqlx::query!(
            "update planned_steps set run_at = coalesce($2, due)
             where organization = $1 and state = 'pending' and run_at is null",
            self.org(),
            at.map(|t| t.to_sqlx()) as _
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
        activation: &Activation,
    ) -> Result<bool, Error> {
        let locations: Option<Vec<Uuid>> = activation.locations.as_ref().map(|l| l.iter().map(|id| id.0).collect());
        let done = sqlx::query!(
            "insert into activations (organization, id, workflow, from_at, activated_by, locations, cover)
             values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
            self.org(),
            id,
            workflow,
            activation.from.to_sqlx() as _,
            by.map(|s| s.0),
            locations.as_deref(),
            activation.cover
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
