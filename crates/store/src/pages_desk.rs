//! Queries for the day page and the workflow pages: counts, names, what waits for a decision.

use std::collections::BTreeMap;

use care::id::{DeliveryId, PatientId, StaffId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use uuid::Uuid;

use crate::{Error, OrgTx};

/// A delivery of which nobody knows whether it was taken.
#[derive(Debug, Clone)]
pub struct UncertainRow {
    pub id: DeliveryId,
    pub patient: PatientId,
    pub given: String,
    pub family: String,
    pub workflow: String,
    pub template: String,
    pub channel: String,
    pub queued_at: Timestamp,
}

/// The numbers on top of the day page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DayCounts {
    pub sent: i64,
    pub refused_messages: i64,
    /// Patients with a planned visit ahead and neither an email nor a mobile number.
    pub without_address: i64,
}

/// What a workflow's planned steps came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StepCounts {
    /// Runs with steps still ahead.
    pub open_runs: i64,
    pub pending: i64,
    pub performed: i64,
    pub skipped: i64,
}

impl OrgTx {
    /// "Family, given" is made by the page; this only looks the names up.
    pub async fn patient_names(&mut self, patients: &[PatientId]) -> Result<Vec<(PatientId, String, String)>, Error> {
        let ids: Vec<Uuid> = patients.iter().map(|p| p.0).collect();
        let rows = sqlx::query!(
            "select id, given, family from patients where organization = $1 and id = any($2)",
            self.org(),
            &ids
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows.into_iter().map(|r| (PatientId(r.id), r.given, r.family)).collect())
    }

    pub async fn uncertain_deliveries(&mut self) -> Result<Vec<UncertainRow>, Error> {
        let rows = sqlx::query!(
            "select d.id, d.patient, p.given, p.family, d.workflow, d.template, d.channel, d.queued_at
             from deliveries d join patients p on p.organization = d.organization and p.id = d.patient
             where d.organization = $1 and d.state = 'uncertain' order by d.queued_at, d.id limit 200",
            self.org()
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows
            .into_iter()
            .map(|r| UncertainRow {
                id: DeliveryId(r.id),
                patient: PatientId(r.patient),
                given: r.given,
                family: r.family,
                workflow: r.workflow,
                template: r.template,
                channel: r.channel,
                queued_at: r.queued_at.to_jiff(),
            })
            .collect())
    }

    /// `from`: since when messages sent are counted; `now`: from when on visits lie ahead.
    pub async fn day_counts(&mut self, from: Timestamp, now: Timestamp) -> Result<DayCounts, Error> {
        let row = sqlx::query!(
            r#"select
                 (select count(*) from deliveries where organization = $1 and state = 'sent' and ended_at >= $2) as "sent!",
                 (select count(*) from messages where organization = $1 and state = 'refused') as "refused!",
                 (select count(*) from patients p where p.organization = $1 and p.merged_into is null
                    and coalesce(p.email, '') = '' and coalesce(p.mobile, '') = ''
                    and exists (select from encounters e where e.organization = $1 and e.patient = p.id
                        and e.state = 'planned' and e.starts_at > $3)) as "without!""#,
            self.org(),
            from.to_sqlx() as _,
            now.to_sqlx() as _
        )
        .fetch_one(&mut *self.tx)
        .await?;
        Ok(DayCounts { sent: row.sent, refused_messages: row.refused, without_address: row.without })
    }

    pub async fn step_counts(&mut self, workflow: &str) -> Result<StepCounts, Error> {
        let row = sqlx::query!(
            r#"select count(distinct r.id) filter (where s.state = 'pending') as "open!",
                 count(*) filter (where s.state = 'pending') as "pending!",
                 count(*) filter (where s.state = 'performed') as "performed!",
                 count(*) filter (where s.state in ('skipped', 'cancelled')) as "skipped!"
               from runs r join planned_steps s on s.organization = r.organization and s.run = r.id
               where r.organization = $1 and r.workflow = $2"#,
            self.org(),
            workflow
        )
        .fetch_one(&mut *self.tx)
        .await?;
        Ok(StepCounts { open_runs: row.open, pending: row.pending, performed: row.performed, skipped: row.skipped })
    }

    /// Steps that wait, by workflow.
    pub async fn pending_by_workflow(&mut self) -> Result<BTreeMap<String, i64>, Error> {
        let rows = sqlx::query!(
            r#"select r.workflow, count(*) as "pending!" from planned_steps s
               join runs r on r.organization = s.organization and r.id = s.run
               where s.organization = $1 and s.state = 'pending' group by r.workflow"#,
            self.org()
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows.into_iter().map(|r| (r.workflow, r.pending)).collect())
    }

    /// How many events of these kinds we heard of since then.
    pub async fn events_since(&mut self, kinds: &[String], since: Timestamp) -> Result<i64, Error> {
        let count = sqlx::query_scalar!(
            r#"select count(*) as "count!" from events where organization = $1 and event = any($2) and known_at >= $3"#,
            self.org(),
            kinds,
            since.to_sqlx() as _
        )
        .fetch_one(&mut *self.tx)
        .await?;
        Ok(count)
    }

    pub async fn staff_names(&mut self) -> Result<BTreeMap<StaffId, String>, Error> {
        let rows = sqlx::query!("select id, name from staff where organization = $1", self.org())
            .fetch_all(&mut *self.tx)
            .await?;
        Ok(rows.into_iter().map(|r| (StaffId(r.id), r.name)).collect())
    }
}
