//! The changes of a patient: the truth everything else is folded from.

use care::chart::{Change, Source, Stamp, What};
use care::id::{ChangeId, MessageId, PatientId};
use jiff_sqlx::ToSqlx;

use crate::{Error, OrgTx, text};

/// Whether a change was new to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    New,
    /// The same change came before: nothing was written.
    Known,
}

/// One patient at a time: holds the patient's row until the transaction ends. `None` if there is no such patient;
/// otherwise the patient the id now means.
pub async fn patient_lock(tx: &mut OrgTx, patient: PatientId) -> Result<Option<PatientId>, Error> {
    let org = tx.org();
    let mut id = patient.0;
    loop {
        let row =
            sqlx::query!("select merged_into from patients where organization = $1 and id = $2 for update", org, id)
                .fetch_optional(&mut *tx.tx)
                .await?;
        match row {
            None => return Ok(None),
            Some(row) => match row.merged_into {
                Some(survivor) => id = survivor,
                None => return Ok(Some(PatientId(id))),
            },
        }
    }
}

impl OrgTx {
    /// A patient with nothing known yet.
    pub async fn create_patient(&mut self, patient: PatientId, at: jiff::Timestamp) -> Result<(), Error> {
        sqlx::query!(
            "insert into patients (organization, id, created_at) values ($1, $2, $3) on conflict do nothing",
            self.org(),
            patient.0,
            at.to_sqlx() as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    pub async fn insert_change(
        &mut self,
        patient: PatientId,
        change: &Change,
        message: Option<MessageId>,
    ) -> Result<Recorded, Error> {
        let body = serde_json::to_value(&change.what).map_err(|_| Error::unreadable("changes", "body"))?;
        let done = sqlx::query!(
            "insert into changes (organization, patient, id, source, stamp_at, stamp_rank, stamp_hash, received_at, message, body)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing",
            self.org(),
            patient.0,
            change.id.0,
            text::source(change.source)?,
            change.stamp.at.to_sqlx() as _,
            i16::from(change.stamp.rank),
            change.stamp.hash.cast_signed(),
            change.received_at.to_sqlx() as _,
            message.map(|m| m.0),
            body
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(if done.rows_affected() == 1 { Recorded::New } else { Recorded::Known })
    }

    pub async fn changes(&mut self, patient: PatientId) -> Result<Vec<Change>, Error> {
        let rows = sqlx::query!(
            "select id, source, stamp_at, stamp_rank, stamp_hash, received_at, body from changes
             where organization = $1 and patient = $2",
            self.org(),
            patient.0
        )
        .fetch_all(&mut *self.tx)
        .await?;
        rows.into_iter()
            .map(|row| {
                let source: Source =
                    serde_json::from_str(&row.source).map_err(|_| Error::unreadable("changes", "source"))?;
                let what: What = serde_json::from_value(row.body).map_err(|_| Error::unreadable("changes", "body"))?;
                Ok(Change {
                    id: ChangeId(row.id),
                    stamp: Stamp {
                        at: row.stamp_at.to_jiff(),
                        rank: u8::try_from(row.stamp_rank).unwrap_or(u8::MAX),
                        hash: row.stamp_hash.cast_unsigned(),
                    },
                    source,
                    received_at: row.received_at.to_jiff(),
                    what,
                })
            })
            .collect()
    }

    /// Takes back a change that a person undid before anything followed from it.
    pub async fn delete_change(&mut self, patient: PatientId, change: ChangeId) -> Result<bool, Error> {
        let done = sqlx::query!(
            "delete from changes where organization = $1 and patient = $2 and id = $3",
            self.org(),
            patient.0,
            change.0
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Everything known under `gone` is from now on known under `survivor`.
    pub async fn merge_patients(&mut self, gone: PatientId, survivor: PatientId) -> Result<(), Error> {
        let (org, from, to) = (self.org(), gone.0, survivor.0);
        // Doubles by their unique keys stay behind with the old id; both ledgers name the same thing.
        sqlx::query!(
            "update changes c set patient = $3 where organization = $1 and patient = $2 and not exists (
                 select from changes d where d.organization = $1 and d.patient = $3 and d.source = c.source
                 and d.stamp_at = c.stamp_at and d.stamp_rank = c.stamp_rank and d.stamp_hash = c.stamp_hash)",
            org,
            from,
            to
        )
        .execute(&mut *self.tx)
        .await?;
        sqlx::query!("update external_keys set patient = $3 where organization = $1 and patient = $2", org, from, to)
            .execute(&mut *self.tx)
            .await?;
        sqlx::query!(
            "update external_keys set id = $3 where organization = $1 and id = $2 and kind = 'patient'",
            org,
            from,
            to
        )
        .execute(&mut *self.tx)
        .await?;
        self.merge_ledgers(from, to).await?;
        sqlx::query!("update patients set merged_into = $3 where organization = $1 and id = $2", org, from, to)
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    async fn merge_ledgers(&mut self, from: uuid::Uuid, to: uuid::Uuid) -> Result<(), Error> {
        let org = self.org();
        // Only the SQL differs: the macro checks each statement against the schema when it is compiled.
        macro_rules! moved {
            ($($sql:literal)*) => {$(
                sqlx::query!($sql, org, from, to).execute(&mut *self.tx).await?;
            )*};
        }
        moved!(
            "update encounters set patient = $3 where organization = $1 and patient = $2"
            "update events e set patient = $3 where organization = $1 and patient = $2 and not exists
                 (select from events d where d.organization = $1 and d.patient = $3 and d.anchor = e.anchor)"
            "update entries e set patient = $3 where organization = $1 and patient = $2 and not exists
                 (select from entries d where d.organization = $1 and d.patient = $3 and d.workflow = e.workflow
                      and d.anchor = e.anchor)"
            "update planned_steps s set patient = $3 where organization = $1 and patient = $2 and not exists
                 (select from runs r join runs d on d.organization = r.organization and d.workflow = r.workflow
                      and d.anchor = r.anchor
                  where r.organization = $1 and r.id = s.run and d.patient = $3)"
            "update runs r set patient = $3 where organization = $1 and patient = $2 and not exists
                 (select from runs d where d.organization = $1 and d.patient = $3 and d.workflow = r.workflow
                      and d.anchor = r.anchor)"
            "update deliveries set patient = $3 where organization = $1 and patient = $2"
            "update assignments set patient = $3 where organization = $1 and patient = $2"
            "update decisions set patient = $3 where organization = $1 and patient = $2"
            "update notices n set patient = $3 where organization = $1 and patient = $2 and not exists
                 (select from notices d where d.organization = $1 and d.patient = $3 and d.kind = n.kind
                      and d.about = n.about)"
        );
        // A doubled run stays with the old id and does nothing more.
        sqlx::query!(
            "update planned_steps set state = 'cancelled', reason = 'patient_merged', run_at = null
             where organization = $1 and patient = $2 and state = 'pending'",
            org,
            from
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}
