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
    /// Came with Stepwell; else it is the clinic's own.
    pub shipped: bool,
    pub published_at: Timestamp,
    pub published_by: Option<StaffId>,
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
            "select key, version, body, shipped, published_at, published_by from workflows where organization = $1
             order by key, version",
            self.org()
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows
            .into_iter()
            .map(|r| WorkflowBody {
                key: r.key,
                version: r.version.cast_unsigned(),
                body: r.body,
                shipped: r.shipped,
                published_at: r.published_at.to_jiff(),
                published_by: r.published_by.map(StaffId),
            })
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

    /// Publishes a text that ships with Stepwell as the next version, unless the newest one says the same or is the
    /// clinic's own. Whether it did.
    pub async fn publish_workflow(&mut self, key: &str, body: &str, now: Timestamp) -> Result<bool, Error> {
        self.change_workflows().await?;
        let done = sqlx::query!(
            "insert into workflows (organization, key, version, body, published_at, shipped)
             select $1, $2, coalesce(max(version), 0) + 1, $3, $4, true from workflows where organization = $1 and key = $2
             having coalesce((array_agg(body order by version desc))[1] <> $3
                 and (array_agg(shipped order by version desc))[1], true)",
            self.org(),
            key,
            body,
            now.to_sqlx() as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Publishes a version of the clinic's own after `base`, the newest so far (0: there is none); `None` if somebody
    /// else was first.
    pub async fn publish_own(
        &mut self,
        key: &str,
        body: &str,
        base: u32,
        by: Option<StaffId>,
        now: Timestamp,
    ) -> Result<Option<u32>, Error> {
        self.change_workflows().await?;
        let version = sqlx::query_scalar!(
            "insert into workflows (organization, key, version, body, published_at, published_by)
             select $1, $2, $3 + 1, $4, $5, $6
             where $3 = (select coalesce(max(version), 0) from workflows where organization = $1 and key = $2)
             returning version",
            self.org(),
            key,
            base.cast_signed(),
            body,
            now.to_sqlx() as _,
            by.map(|s| s.0)
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(version.map(i32::cast_unsigned))
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
        self.change_workflows().await?;
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
        self.change_workflows().await?;
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
