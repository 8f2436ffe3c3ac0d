//! What other systems call a patient, a visit or an episode, and the id it has here.

use care::id::PatientId;
use uuid::Uuid;

use crate::{Error, OrgTx};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    Patient,
    Appointment,
    Visit,
    Episode,
}

impl KeyKind {
    pub(crate) fn code(self) -> &'static str {
        match self {
            KeyKind::Patient => "patient",
            KeyKind::Appointment => "appointment",
            KeyKind::Visit => "visit",
            KeyKind::Episode => "episode",
        }
    }
}

impl OrgTx {
    /// The id behind a key and the patient it belongs to, if it was seen before.
    pub async fn find_key(
        &mut self,
        kind: KeyKind,
        scope: &str,
        value: &str,
    ) -> Result<Option<(Uuid, PatientId)>, Error> {
        let row = sqlx::query!(
            "select id, patient from external_keys where organization = $1 and kind = $2 and scope = $3 and value = $4",
            self.org(),
            kind.code(),
            scope,
            value
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(row.map(|r| (r.id, PatientId(r.patient))))
    }

    /// The patient behind a number, and the record the number was of before it was merged into another.
    pub async fn find_patient(
        &mut self,
        scope: &str,
        value: &str,
    ) -> Result<Option<(PatientId, Option<PatientId>)>, Error> {
        let row = sqlx::query!(
            "select id, came_from from external_keys
             where organization = $1 and kind = 'patient' and scope = $2 and value = $3",
            self.org(),
            scope,
            value
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(row.map(|r| (PatientId(r.id), r.came_from.map(PatientId))))
    }

    /// The id behind a key; `new` from now on, if the key was never seen.
    pub async fn key(
        &mut self,
        kind: KeyKind,
        scope: &str,
        value: &str,
        patient: PatientId,
        new: Uuid,
    ) -> Result<(Uuid, PatientId), Error> {
        sqlx::query!(
            "insert into external_keys (organization, kind, scope, value, id, patient) values ($1, $2, $3, $4, $5, $6)
             on conflict do nothing",
            self.org(),
            kind.code(),
            scope,
            value,
            new,
            patient.0
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(self.find_key(kind, scope, value).await?.unwrap_or((new, patient)))
    }

    /// The keys by which other systems know a patient.
    pub async fn patient_numbers(&mut self, patient: PatientId) -> Result<Vec<(String, String)>, Error> {
        let rows = sqlx::query!(
            "select scope, value from external_keys where organization = $1 and patient = $2 and kind = 'patient' order by 1, 2",
            self.org(),
            patient.0
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows.into_iter().map(|r| (r.scope, r.value)).collect())
    }
}
