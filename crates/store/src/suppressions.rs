//! Addresses that nothing may go to, for everyone who shares them: they bounced, complained, or said STOP.

use care::chart::ContactPoint;
use care::id::StaffId;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;

use crate::{Error, OrgTx};

/// Why nothing may go to an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuppressionRow {
    pub channel: String,
    pub address: String,
    /// "bounced", or "stop" when somebody said so.
    pub reason: String,
    pub at: Timestamp,
}

impl OrgTx {
    /// Nothing goes to this contact point any more. Waits for the attempts that are being written for it just now; from
    /// its commit on none is.
    pub async fn suppress(&mut self, channel: &str, address: &str, reason: &str, now: Timestamp) -> Result<(), Error> {
        self.close_contact(channel, address).await?;
        sqlx::query!(
            "insert into suppressions (organization, channel, address, reason, at) values ($1, $2, $3, $4, $5)
             on conflict (organization, channel, address) do update
                 set reason = excluded.reason, at = excluded.at, by_staff = null, lifted_at = null, lifted_by = null
                 where suppressions.lifted_at is not null",
            self.org(),
            channel,
            address,
            reason,
            now.to_sqlx() as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Somebody told a member of staff that nothing more may go there. False: that was so already.
    pub async fn stop_address(&mut self, point: &ContactPoint, by: StaffId, now: Timestamp) -> Result<bool, Error> {
        self.close_contact(point.channel.code(), &point.value).await?;
        let done = sqlx::query!(
            "insert into suppressions (organization, channel, address, reason, at, by_staff)
             values ($1, $2, $3, 'stop', $4, $5)
             on conflict (organization, channel, address) do update
                 set reason = 'stop', at = excluded.at, by_staff = excluded.by_staff, lifted_at = null, lifted_by = null
                 where suppressions.lifted_at is not null",
            self.org(),
            point.channel.code(),
            point.value,
            now.to_sqlx() as _,
            by.0
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    async fn close_contact(&mut self, channel: &str, address: &str) -> Result<(), Error> {
        let lock = contact_lock(self.org(), channel, address);
        sqlx::query!("select pg_advisory_xact_lock($1)", lock).execute(&mut *self.tx).await?;
        Ok(())
    }

    /// Who writes an attempt for a contact point holds it: a STOP comes before, and is seen, or after.
    pub async fn hold_contact(&mut self, contact: &ContactPoint) -> Result<(), Error> {
        let lock = contact_lock(self.org(), contact.channel.code(), &contact.value);
        sqlx::query!("select pg_advisory_xact_lock_shared($1)", lock).execute(&mut *self.tx).await?;
        Ok(())
    }

    /// The address may be written to again. False: nothing stood in the way.
    pub async fn lift_stop(&mut self, point: &ContactPoint, by: StaffId, now: Timestamp) -> Result<bool, Error> {
        let done = sqlx::query!(
            "update suppressions set lifted_at = $4, lifted_by = $5
             where organization = $1 and channel = $2 and address = $3 and lifted_at is null",
            self.org(),
            point.channel.code(),
            point.value,
            now.to_sqlx() as _,
            by.0
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Takes back a STOP that this person recorded, at the earliest then.
    pub async fn undo_stop(&mut self, point: &ContactPoint, by: StaffId, since: Timestamp) -> Result<bool, Error> {
        let done = sqlx::query!(
            "delete from suppressions
             where organization = $1 and channel = $2 and address = $3 and by_staff = $4 and at >= $5",
            self.org(),
            point.channel.code(),
            point.value,
            by.0,
            since.to_sqlx() as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Takes back that this person lifted a stop, at the earliest then: it stands as it stood.
    pub async fn undo_lift(&mut self, point: &ContactPoint, by: StaffId, since: Timestamp) -> Result<bool, Error> {
        let done = sqlx::query!(
            "update suppressions set lifted_at = null, lifted_by = null
             where organization = $1 and channel = $2 and address = $3 and lifted_by = $4 and lifted_at >= $5",
            self.org(),
            point.channel.code(),
            point.value,
            by.0,
            since.to_sqlx() as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Which of these addresses nothing may go to.
    pub async fn suppressed(&mut self, addresses: &[String]) -> Result<Vec<(String, String)>, Error> {
        let rows = self.suppressions(addresses).await?;
        Ok(rows.into_iter().map(|row| (row.channel, row.address)).collect())
    }

    /// The same, with the reason.
    pub async fn suppressions(&mut self, addresses: &[String]) -> Result<Vec<SuppressionRow>, Error> {
        let rows = sqlx::query!(
            "select channel, address, reason, at from suppressions
             where organization = $1 and address = any($2) and lifted_at is null",
            self.org(),
            addresses
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows
            .into_iter()
            .map(|r| SuppressionRow { channel: r.channel, address: r.address, reason: r.reason, at: r.at.to_jiff() })
            .collect())
    }
}

/// The number of the lock of a contact point. Two that share a number only wait for one another.
fn contact_lock(organization: uuid::Uuid, channel: &str, address: &str) -> i64 {
    let text = [organization.as_bytes().as_slice(), channel.as_bytes(), b":", address.as_bytes()].concat();
    // FNV-1a.
    text.iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
        .cast_signed()
}
