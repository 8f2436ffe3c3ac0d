//! Answers that say that somebody may come to harm: told on the work list at once, and once.

use care::chart::Chart;
use care::id::{AssignmentId, PatientId};
use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx;
use uuid::Uuid;

use crate::{Error, OrgTx};

/// The work list's word for it.
const SAFETY: &str = "safety_answer";
/// By when somebody has called.
const WITHIN: SignedDuration = SignedDuration::from_hours(1);

/// What was answered to the question about harm, in which response to which form.
#[derive(Debug, Clone)]
pub struct HarmSaid {
    pub assignment: AssignmentId,
    /// Of the response, also if it is still being written.
    pub nth: usize,
    pub answer: String,
}

impl HarmSaid {
    fn response(&self) -> String {
        format!("{}:{}", self.assignment, self.nth)
    }

    fn draft(&self) -> String {
        format!("{}:{}", self.response(), self.answer)
    }
}

impl OrgTx {
    /// Said in a form that is not handed in. What waits for somebody already is not told again; another answer after that
    /// was settled is.
    pub async fn harm_said(
        &mut self,
        patient: PatientId,
        said: &HarmSaid,
        at: Timestamp,
        id: Uuid,
    ) -> Result<(), Error> {
        let waits = sqlx::query_scalar!(
            r#"select exists(select from notices where organization = $1 and patient = $2 and kind = $3
                 and starts_with(about, $4) and done_at is null) as "waits!""#,
            self.org(),
            patient.0,
            SAFETY,
            format!("{}:", said.assignment)
        )
        .fetch_one(&mut *self.tx)
        .await?;
        if waits { Ok(()) } else { self.safety_notice(patient, &said.draft(), at, id).await }
    }

    /// The form is about to be handed in: what was told of it while it was written stands for the response, unless
    /// that was settled and another answer was given since.
    pub async fn harm_handed_in(&mut self, patient: PatientId, said: &HarmSaid) -> Result<(), Error> {
        sqlx::query!(
            "update notices set about = $4 where organization = $1 and id = (
                 select id from notices where organization = $1 and patient = $2 and kind = $3
                     and starts_with(about, $4 || ':') and (done_at is null or about = $5)
                 order by about = $5 desc, at desc limit 1)
             and not exists (select from notices where organization = $1 and patient = $2 and kind = $3 and about = $4)",
            self.org(),
            patient.0,
            SAFETY,
            said.response(),
            said.draft()
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Of every response that says so. Once said it stays said.
    pub(crate) async fn write_safety_notices(
        &mut self,
        patient: PatientId,
        chart: &Chart,
        ids: &mut (dyn FnMut() -> Uuid + Send),
    ) -> Result<(), Error> {
        for assignment in &chart.assignments {
            for (nth, response) in assignment.responses.iter().enumerate().filter(|(_, response)| response.safety) {
                self.safety_notice(patient, &format!("{}:{nth}", assignment.id), response.at, ids()).await?;
            }
        }
        Ok(())
    }

    async fn safety_notice(&mut self, patient: PatientId, about: &str, at: Timestamp, id: Uuid) -> Result<(), Error> {
        let by = at.checked_add(WITHIN).unwrap_or(at);
        let told = self.told_of_harm(at).await?;
        sqlx::query!(
            "insert into notices (organization, patient, id, kind, about, at, due_by, for_staff)
             values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
            self.org(),
            patient.0,
            id,
            SAFETY,
            about,
            at.to_sqlx() as _,
            by.to_sqlx() as _,
            told.map(|staff| staff.0)
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}
