//! The portal's own rows: who is in, which links are used up, what is half written, what was done today. Sessions and
//! tries are the app's; what a patient sees and writes themselves goes through [`Store::begin_for_patient`].

use care::id::{AssignmentId, DeliveryId, OrganizationId, PatientId, StaffId};
use care::questionnaire::Answers;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx;

use crate::{Error, OrgTx, Store};

/// Who is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PortalSession {
    pub organization: OrganizationId,
    pub patient: PatientId,
    pub handover: Option<Handover>,
}

/// A device of the clinic's was handed over for one form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handover {
    pub assignment: AssignmentId,
    pub by: StaffId,
}

impl Store {
    /// A transaction that sees one patient's rows and no other's: to be asked of the portal's store.
    pub async fn begin_for_patient(&self, organization: OrganizationId, patient: PatientId) -> Result<OrgTx, Error> {
        let mut tx = self.begin(organization).await?;
        sqlx::query!("select set_config('stepwell.patient', $1, true)", patient.0.to_string())
            .fetch_one(&mut *tx.tx)
            .await?;
        Ok(tx)
    }

    /// Whose portal session a token is, if it is one.
    pub async fn find_portal_session(&self, token_hash: &[u8], now: Timestamp) -> Result<Option<PortalSession>, Error> {
        let row = sqlx::query!(
            r#"select organization as "organization!", patient as "patient!", only_assignment, handed_by
               from find_portal_session($1, $2)"#,
            token_hash,
            now.to_sqlx() as _
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|r| PortalSession {
            organization: OrganizationId(r.organization),
            patient: PatientId(r.patient),
            handover: r
                .only_assignment
                .zip(r.handed_by)
                .map(|(assignment, by)| Handover { assignment: AssignmentId(assignment), by: StaffId(by) }),
        }))
    }
}

impl OrgTx {
    pub async fn start_portal_session(
        &mut self,
        patient: PatientId,
        token_hash: &[u8],
        (now, expires): (Timestamp, Timestamp),
        handover: Option<Handover>,
    ) -> Result<(), Error> {
        sqlx::query!(
            "delete from portal_sessions where organization = $1 and expires_at <= $2",
            self.org(),
            now.to_sqlx() as _
        )
        .execute(&mut *self.tx)
        .await?;
        sqlx::query!(
            "insert into portal_sessions (organization, token_hash, patient, began_at, expires_at, only_assignment, handed_by)
             values ($1, $2, $3, $4, $5, $6, $7)",
            self.org(),
            token_hash,
            patient.0,
            now.to_sqlx() as _,
            expires.to_sqlx() as _,
            handover.map(|h| h.assignment.0),
            handover.map(|h| h.by.0)
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    pub async fn end_portal_session(&mut self, token_hash: &[u8]) -> Result<(), Error> {
        sqlx::query!("delete from portal_sessions where organization = $1 and token_hash = $2", self.org(), token_hash)
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Uses a link up. False: it was already.
    pub async fn use_portal_link(&mut self, delivery: DeliveryId, now: Timestamp) -> Result<bool, Error> {
        let done = sqlx::query!(
            "insert into portal_links (organization, delivery, used_at) values ($1, $2, $3) on conflict do nothing",
            self.org(),
            delivery.0,
            now.to_sqlx() as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    pub async fn portal_link_is_used(&mut self, delivery: DeliveryId) -> Result<bool, Error> {
        let used = sqlx::query_scalar!(
            r#"select exists (select from portal_links where organization = $1 and delivery = $2) as "used!""#,
            self.org(),
            delivery.0
        )
        .fetch_one(&mut *self.tx)
        .await?;
        Ok(used)
    }

    /// How often the patient's birth date was wrong since `since`.
    pub async fn wrong_births(&mut self, patient: PatientId, since: Timestamp) -> Result<i64, Error> {
        let count = sqlx::query_scalar!(
            r#"select count(*) as "count!" from portal_tries where organization = $1 and patient = $2 and at > $3"#,
            self.org(),
            patient.0,
            since.to_sqlx() as _
        )
        .fetch_one(&mut *self.tx)
        .await?;
        Ok(count)
    }

    pub async fn note_wrong_birth(&mut self, patient: PatientId, now: Timestamp) -> Result<(), Error> {
        sqlx::query!(
            "insert into portal_tries (organization, patient, at) values ($1, $2, $3)",
            self.org(),
            patient.0,
            now.to_sqlx() as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    pub async fn forget_wrong_births(&mut self, patient: PatientId) -> Result<(), Error> {
        sqlx::query!("delete from portal_tries where organization = $1 and patient = $2", self.org(), patient.0)
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// What was answered so far of a form that is not handed in.
    pub async fn draft(&mut self, assignment: AssignmentId) -> Result<Answers, Error> {
        Ok(self.draft_if_any(assignment).await?.unwrap_or_default())
    }

    pub async fn draft_if_any(&mut self, assignment: AssignmentId) -> Result<Option<Answers>, Error> {
        let row = sqlx::query_scalar!(
            "select answers from drafts where organization = $1 and assignment = $2",
            self.org(),
            assignment.0
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        let read = |answers| serde_json::from_value(answers).map_err(|_| Error::unreadable("drafts", "answers"));
        row.map(read).transpose()
    }

    /// Forms under way, and when they were last written on.
    pub async fn drafts(&mut self, patient: PatientId) -> Result<Vec<(AssignmentId, Timestamp)>, Error> {
        let rows = sqlx::query!(
            r#"select assignment, saved_at as "saved_at: jiff_sqlx::Timestamp" from drafts
               where organization = $1 and patient = $2"#,
            self.org(),
            patient.0
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows.into_iter().map(|r| (AssignmentId(r.assignment), r.saved_at.to_jiff())).collect())
    }

    pub async fn save_draft(
        &mut self,
        patient: PatientId,
        assignment: AssignmentId,
        answers: &Answers,
        now: Timestamp,
    ) -> Result<(), Error> {
        let answers = serde_json::to_value(answers).map_err(|_| Error::unreadable("drafts", "answers"))?;
        sqlx::query!(
            "insert into drafts (organization, patient, assignment, answers, saved_at) values ($1, $2, $3, $4, $5)
             on conflict (organization, assignment) do update set answers = excluded.answers, saved_at = excluded.saved_at",
            self.org(),
            patient.0,
            assignment.0,
            answers,
            now.to_sqlx() as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    pub async fn drop_draft(&mut self, assignment: AssignmentId) -> Result<(), Error> {
        sqlx::query!("delete from drafts where organization = $1 and assignment = $2", self.org(), assignment.0)
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Marks an exercise as done on a day, or takes the mark back.
    pub async fn mark_done(
        &mut self,
        patient: PatientId,
        (assignment, item): (AssignmentId, &str),
        day: Date,
        now: Option<Timestamp>,
    ) -> Result<(), Error> {
        let Some(now) = now else {
            sqlx::query!(
                "delete from done_marks where organization = $1 and assignment = $2 and item = $3 and day = $4",
                self.org(),
                assignment.0,
                item,
                day.to_sqlx() as _
            )
            .execute(&mut *self.tx)
            .await?;
            return Ok(());
        };
        sqlx::query!(
            "insert into done_marks (organization, patient, assignment, item, day, at) values ($1, $2, $3, $4, $5, $6)
             on conflict do nothing",
            self.org(),
            patient.0,
            assignment.0,
            item,
            day.to_sqlx() as _,
            now.to_sqlx() as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// What was done since a day: assignment, item, day.
    pub async fn done_marks(
        &mut self,
        patient: PatientId,
        since: Date,
    ) -> Result<Vec<(AssignmentId, String, Date)>, Error> {
        let rows = sqlx::query!(
            r#"select assignment, item, day as "day: jiff_sqlx::Date" from done_marks
               where organization = $1 and patient = $2 and day >= $3 order by day"#,
            self.org(),
            patient.0,
            since.to_sqlx() as _
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows.into_iter().map(|r| (AssignmentId(r.assignment), r.item, r.day.to_jiff())).collect())
    }
}
