//! Queries for the patient page and for the pages behind links in mails.

use care::id::{AssignmentId, DeliveryId, PatientId, RunId};
use jiff::Timestamp;

use crate::{Error, OrgTx};

/// What a patient was given, and what came of it.
#[derive(Debug, Clone)]
pub struct AssignmentRow {
    pub id: AssignmentId,
    /// None: staff gave it by hand.
    pub run: Option<RunId>,
    pub workflow: Option<String>,
    pub content: String,
    pub assigned_at: Timestamp,
    pub due: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
    pub withdrawn_at: Option<Timestamp>,
    pub score: Option<f64>,
    pub answer: Option<serde_json::Value>,
}

/// One try to hand a delivery over, and what the gateway answered.
#[derive(Debug, Clone)]
pub struct AttemptRow {
    pub delivery: DeliveryId,
    pub number: i32,
    pub started_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    pub outcome: Option<String>,
    pub reply: Option<String>,
}

impl OrgTx {
    /// Every try for what one workflow sent one patient, in order.
    pub async fn attempts(&mut self, patient: PatientId, workflow: &str) -> Result<Vec<AttemptRow>, Error> {
        let rows = sqlx::query!(
            r#"select a.delivery, a.number, a.started_at, a.ended_at as "ended_at: jiff_sqlx::Timestamp", a.outcome, a.reply
             from deliveries d join attempts a on a.organization = d.organization and a.delivery = d.id
             where d.organization = $1 and d.patient = $2 and d.workflow = $3 order by a.started_at, a.number"#,
            self.org(),
            patient.0,
            workflow
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows
            .into_iter()
            .map(|r| AttemptRow {
                delivery: DeliveryId(r.delivery),
                number: r.number,
                started_at: r.started_at.to_jiff(),
                ended_at: r.ended_at.map(|t| t.to_jiff()),
                outcome: r.outcome,
                reply: r.reply,
            })
            .collect())
    }

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
            r#"select a.id, a.run, r.workflow as "workflow?", a.content, a.assigned_at,
                 a.due as "due: jiff_sqlx::Timestamp", a.completed_at, a.withdrawn_at as "withdrawn_at: jiff_sqlx::Timestamp",
                 a.score, a.answer
             from assignments a left join runs r on r.organization = a.organization and r.id = a.run
             where a.organization = $1 and a.patient = $2 order by a.assigned_at, a.id"#,
            self.org(),
            patient.0
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows
            .into_iter()
            .map(|r| AssignmentRow {
                id: AssignmentId(r.id),
                run: r.run.map(RunId),
                workflow: r.workflow,
                content: r.content,
                assigned_at: r.assigned_at.to_jiff(),
                due: r.due.map(|t| t.to_jiff()),
                completed_at: r.completed_at.map(|t| t.to_jiff()),
                withdrawn_at: r.withdrawn_at.map(|t| t.to_jiff()),
                score: r.score,
                answer: r.answer,
            })
            .collect())
    }
}
