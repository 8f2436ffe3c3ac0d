//! Queries for the patient page and for the pages behind links in mails.

use care::id::{AssignmentId, DeliveryId, PatientId, RunId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;

use crate::{Error, OrgTx};

/// What a patient was given, and what came of it.
#[derive(Debug, Clone)]
pub struct AssignmentRow {
    pub id: AssignmentId,
    pub run: RunId,
    pub workflow: String,
    pub content: String,
    pub assigned_at: Timestamp,
    pub completed_at: Option<Timestamp>,
    pub answer: Option<serde_json::Value>,
}

impl OrgTx {
    /// The patient an id now means, without holding the row. `None` if there is no such patient.
    pub async fn patient_now(&mut self, patient: PatientId) -> Result<Option<PatientId>, Error> {
        let mut id = patient.0;
        loop {
            let row =
                sqlx::query!("select merged_into from patients where organization = $1 and id = $2", self.org(), id)
                    .fetch_optional(&mut *self.tx)
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

    /// Whom a delivery is for.
    pub async fn delivery_patient(&mut self, delivery: DeliveryId) -> Result<Option<PatientId>, Error> {
        let patient = sqlx::query_scalar!(
            "select patient from deliveries where organization = $1 and id = $2",
            self.org(),
            delivery.0
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(patient.map(PatientId))
    }

    pub async fn assignments(&mut self, patient: PatientId) -> Result<Vec<AssignmentRow>, Error> {
        let rows = sqlx::query!(
            "select a.id, a.run, r.workflow, a.content, a.assigned_at, a.completed_at, a.answer
             from assignments a join runs r on r.organization = a.organization and r.id = a.run
             where a.organization = $1 and a.patient = $2 order by a.assigned_at, a.id",
            self.org(),
            patient.0
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows
            .into_iter()
            .map(|r| AssignmentRow {
                id: AssignmentId(r.id),
                run: RunId(r.run),
                workflow: r.workflow,
                content: r.content,
                assigned_at: r.assigned_at.to_jiff(),
                completed_at: r.completed_at.map(|t| t.to_jiff()),
                answer: r.answer,
            })
            .collect())
    }

    /// Whether an assignment still waits for its answer; `None` if there is no such assignment.
    pub async fn assignment_is_open(&mut self, id: AssignmentId) -> Result<Option<bool>, Error> {
        let row =
            sqlx::query!("select completed_at from assignments where organization = $1 and id = $2", self.org(), id.0)
                .fetch_optional(&mut *self.tx)
                .await?;
        Ok(row.map(|r| r.completed_at.is_none()))
    }

    /// Keeps the patient's answer. The first one stands: false when there was one already.
    pub async fn complete_assignment(
        &mut self,
        id: AssignmentId,
        answer: &serde_json::Value,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let done = sqlx::query!(
            "update assignments set completed_at = $3, answer = $4
             where organization = $1 and id = $2 and completed_at is null",
            self.org(),
            id.0,
            now.to_sqlx() as _,
            answer
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}
