//! The changes of a patient: the truth everything else is folded from.

use std::collections::BTreeMap;

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
        Ok(self.changes_of(&[patient]).await?.remove(&patient).unwrap_or_default())
    }

    /// Of many patients at once. Who has none is not there.
    pub async fn changes_of(&mut self, patients: &[PatientId]) -> Result<BTreeMap<PatientId, Vec<Change>>, Error> {
        let ids: Vec<_> = patients.iter().map(|p| p.0).collect();
        let rows = sqlx::query!(
            "select patient, id, source, stamp_at, stamp_rank, stamp_hash, received_at, body from changes
             where organization = $1 and patient = any($2)",
            self.org(),
            &ids
        )
        .fetch_all(&mut *self.tx)
        .await?;
        let mut all: BTreeMap<PatientId, Vec<Change>> = BTreeMap::new();
        for row in rows {
            let source: Source =
                serde_json::from_str(&row.source).map_err(|_| Error::unreadable("changes", "source"))?;
            let what: What = serde_json::from_value(row.body).map_err(|_| Error::unreadable("changes", "body"))?;
            let stamp = Stamp {
                at: row.stamp_at.to_jiff(),
                rank: u8::try_from(row.stamp_rank).unwrap_or(u8::MAX),
                hash: row.stamp_hash.cast_unsigned(),
            };
            let change = Change { id: ChangeId(row.id), stamp, source, received_at: row.received_at.to_jiff(), what };
            all.entry(PatientId(row.patient)).or_default().push(change);
        }
        Ok(all)
    }

    /// Who has said something about a patient.
    pub async fn spoken_by(&mut self, patient: PatientId) -> Result<Vec<Source>, Error> {
        let rows = sqlx::query_scalar!(
            "select distinct source from changes where organization = $1 and patient = $2",
            self.org(),
            patient.0
        )
        .fetch_all(&mut *self.tx)
        .await?;
        rows.iter().map(|s| serde_json::from_str(s).map_err(|_| Error::unreadable("changes", "source"))).collect()
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
}
