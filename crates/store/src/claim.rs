//! Claims: what falls due, whoever it belongs to. Ids only; content is read in a transaction of its organization.

use care::id::{DeliveryId, InterfaceId, OrganizationId, PatientId, PlannedStepId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::postgres::types::PgInterval;

use crate::{Error, OrgTx, Store};

/// A due step, leased to us under a fence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claimed {
    pub organization: OrganizationId,
    pub patient: PatientId,
    pub step: PlannedStepId,
    pub fence: i32,
    pub run_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimedDelivery {
    pub organization: OrganizationId,
    pub patient: PatientId,
    pub delivery: DeliveryId,
    pub fence: i32,
    /// An earlier attempt was started and its end never written: its outcome is unknown.
    pub was_sending: bool,
}

/// Longer than any attempt may take.
fn lease() -> PgInterval {
    PgInterval { months: 0, days: 0, microseconds: 120 * 1_000_000 }
}

impl Store {
    /// Leases up to `most` steps due at `now`, looking no further back than `since`.
    pub async fn claim_steps(
        &self,
        now: Timestamp,
        since: Option<Timestamp>,
        most: i32,
    ) -> Result<Vec<Claimed>, Error> {
        let rows = sqlx::query!(
            r#"select organization as "organization!", patient as "patient!", id as "id!", fence as "fence!", run_at as "run_at!"
               from claim_steps($1, $2, $3, $4) order by run_at, id"#,
            now.to_sqlx() as _,
            since.unwrap_or(Timestamp::UNIX_EPOCH).to_sqlx() as _,
            lease(),
            most
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|r| Claimed {
                organization: OrganizationId(r.organization),
                patient: PatientId(r.patient),
                step: PlannedStepId(r.id),
                fence: r.fence,
                run_at: r.run_at.to_jiff(),
            })
            .collect())
    }

    pub async fn claim_deliveries(
        &self,
        now: Timestamp,
        since: Option<Timestamp>,
        most: i32,
    ) -> Result<Vec<ClaimedDelivery>, Error> {
        let rows = sqlx::query!(
            r#"select organization as "organization!", patient as "patient!", id as "id!", fence as "fence!",
                      was_sending as "was_sending!" from claim_deliveries($1, $2, $3, $4)"#,
            now.to_sqlx() as _,
            since.unwrap_or(Timestamp::UNIX_EPOCH).to_sqlx() as _,
            lease(),
            most
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|r| ClaimedDelivery {
                organization: OrganizationId(r.organization),
                patient: PatientId(r.patient),
                delivery: DeliveryId(r.id),
                fence: r.fence,
                was_sending: r.was_sending,
            })
            .collect())
    }

    /// Up to `most` patients whose charts time has changed.
    pub async fn claim_wakes(&self, now: Timestamp, most: i32) -> Result<Vec<(OrganizationId, PatientId)>, Error> {
        let rows = sqlx::query!(
            r#"select organization as "organization!", patient as "patient!" from claim_wakes($1, $2, $3)"#,
            now.to_sqlx() as _,
            lease(),
            most
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(|r| (OrganizationId(r.organization), PatientId(r.patient))).collect())
    }

    /// When the next step or delivery falls due, or time changes what is known of somebody.
    pub async fn next_due(&self) -> Result<Option<Timestamp>, Error> {
        let next =
            sqlx::query_scalar!(r#"select next_due() as "next: jiff_sqlx::Timestamp""#).fetch_one(&self.pool).await?;
        Ok(next.map(|t| t.to_jiff()))
    }

    /// Interfaces whose inbox is not empty.
    pub async fn waiting_interfaces(&self) -> Result<Vec<(OrganizationId, InterfaceId)>, Error> {
        let rows = sqlx::query!(
            r#"select organization as "organization!", interface as "interface!" from waiting_interfaces()"#
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(|r| (OrganizationId(r.organization), InterfaceId(r.interface))).collect())
    }

    /// Interfaces that are on their way to going live.
    pub async fn interfaces_going_live(&self) -> Result<Vec<(OrganizationId, InterfaceId)>, Error> {
        let rows = sqlx::query!(
            r#"select organization as "organization!", interface as "interface!" from interfaces_going_live()"#
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(|r| (OrganizationId(r.organization), InterfaceId(r.interface))).collect())
    }

    /// A crash leaves leases behind; the one process of a private cluster may take them back at once.
    pub async fn release_leases(&self) -> Result<(), Error> {
        for organization in self.organizations().await? {
            let mut tx = self.begin(organization).await?;
            let org = tx.org();
            sqlx::query!(
                "update planned_steps set lease_until = null where organization = $1 and lease_until is not null",
                org
            )
            .execute(&mut *tx.tx)
            .await?;
            sqlx::query!(
                "update deliveries set lease_until = null where organization = $1 and lease_until is not null",
                org
            )
            .execute(&mut *tx.tx)
            .await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

impl OrgTx {
    /// Whether we still hold the step: nobody with a higher fence came after us, and it is still pending.
    pub async fn holds_step(&mut self, claimed: &Claimed) -> Result<bool, Error> {
        let held = sqlx::query_scalar!(
            "select true from planned_steps where organization = $1 and id = $2 and fence = $3 and state = 'pending'",
            self.org(),
            claimed.step.0,
            claimed.fence
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(held.is_some())
    }
}
