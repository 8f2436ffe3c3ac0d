//! Whom a switch or an edit concerns.

use care::id::PatientId;
use care::workflow::Reason;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;

use crate::{Error, OrgTx};

/// Why a run may have ended and yet go on one day.
fn passing() -> Vec<String> {
    Reason::ALL.iter().filter(|r| r.may_pass()).map(|r| r.code().to_owned()).collect()
}

/// A stretch of time in which nothing may go to a contact point; of several the last.
#[derive(Debug, Clone)]
pub struct StopRow {
    pub channel: String,
    pub address: String,
    pub from: Timestamp,
    pub until: Option<Timestamp>,
}

impl OrgTx {
    /// Patients with a run of this workflow that has not ended for good.
    pub async fn patients_in_flight(&mut self, workflow: &str) -> Result<Vec<PatientId>, Error> {
        let ids = sqlx::query_scalar!(
            "select distinct patient from runs where organization = $1 and workflow = $2
                 and (ended is null or ended = any($3)) order by patient",
            self.org(),
            workflow,
            &passing()
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(ids.into_iter().map(PatientId).collect())
    }

    /// Patients with a visit to come.
    pub async fn patients_with_visits_ahead(&mut self, now: Timestamp) -> Result<Vec<PatientId>, Error> {
        let ids = sqlx::query_scalar!(
            "select distinct patient from encounters where organization = $1 and starts_at > $2 and state = 'planned'
             order by patient",
            self.org(),
            now.to_sqlx() as _
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(ids.into_iter().map(PatientId).collect())
    }

    /// These are looked at again, in the background; a crash forgets none.
    pub async fn wake_patients(&mut self, patients: &[PatientId], now: Timestamp) -> Result<(), Error> {
        let ids: Vec<_> = patients.iter().map(|p| p.0).collect();
        // Locks are always taken in the same order.
        sqlx::query!(
            "with mine as (select id from patients where organization = $1 and id = any($2) order by id for update)
             update patients p set wake_at = least(p.wake_at, $3) from mine where p.organization = $1 and p.id = mine.id",
            self.org(),
            &ids,
            now.to_sqlx() as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// How many patients with a run of this workflow are still to be looked at.
    pub async fn still_to_wake(&mut self, workflow: &str, now: Timestamp) -> Result<i64, Error> {
        let count = sqlx::query_scalar!(
            r#"select count(*) as "count!" from patients p where p.organization = $1 and p.wake_at <= $3
               and exists (select from runs r where r.organization = $1 and r.patient = p.id and r.workflow = $2)"#,
            self.org(),
            workflow,
            now.to_sqlx() as _
        )
        .fetch_one(&mut *self.tx)
        .await?;
        Ok(count)
    }

    /// Every contact point nothing may or might go to for a time: since when, and until when.
    pub async fn all_stops(&mut self) -> Result<Vec<StopRow>, Error> {
        let rows = sqlx::query!(
            "select channel, address, at, lifted_at from suppressions where organization = $1",
            self.org()
        )
        .fetch_all(&mut *self.tx)
        .await?;
        let rows = rows.into_iter().map(|r| StopRow {
            channel: r.channel,
            address: r.address,
            from: r.at.to_jiff(),
            until: r.lifted_at.map(|at| at.to_jiff()),
        });
        Ok(rows.collect())
    }

    /// Who reads the workflows to act on patients by them keeps them from changing until the transaction ends: else what
    /// a newer version asks of a patient could be lost behind one that was being worked on by the older.
    pub async fn hold_workflows(&mut self) -> Result<(), Error> {
        sqlx::query!(
            "select pg_advisory_xact_lock_shared(hashtextextended('workflows ' || $1::uuid::text, 0))::text as held",
            self.org()
        )
        .fetch_one(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Waits until nobody acts by the workflows as they are. To be asked for before any patient is locked.
    pub async fn change_workflows(&mut self) -> Result<(), Error> {
        sqlx::query!(
            "select pg_advisory_xact_lock(hashtextextended('workflows ' || $1::uuid::text, 0))::text as held",
            self.org()
        )
        .fetch_one(&mut *self.tx)
        .await?;
        Ok(())
    }
}
