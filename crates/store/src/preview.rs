//! Previews: what was asked, how far it is, and the answer once there is one.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use serde_json::Value;
use uuid::Uuid;

use crate::{Error, OrgTx};

/// Stands for a question, with the versions and switches it was asked under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PreviewId(pub Uuid);

impl std::fmt::Display for PreviewId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for PreviewId {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(PreviewId)
    }
}

#[derive(Debug, Clone)]
pub struct PreviewRow {
    pub id: PreviewId,
    pub question: Value,
    pub asked_at: Timestamp,
    pub done: usize,
    pub patients: usize,
    /// When it was answered, and the answer.
    pub answer: Option<(Timestamp, Value)>,
    pub failed: bool,
}

impl OrgTx {
    pub async fn preview(&mut self, id: PreviewId) -> Result<Option<PreviewRow>, Error> {
        let row = sqlx::query!(
            r#"select question, asked_at as "asked_at: jiff_sqlx::Timestamp", done, patients,
                 answered_at as "answered_at: jiff_sqlx::Timestamp", answer, failed
               from previews where organization = $1 and id = $2"#,
            self.org(),
            id.0
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        let count = |n: i32| usize::try_from(n).unwrap_or(0);
        Ok(row.map(|row| PreviewRow {
            id,
            question: row.question,
            asked_at: row.asked_at.to_jiff(),
            done: count(row.done),
            patients: count(row.patients),
            answer: row.answered_at.map(|at| at.to_jiff()).zip(row.answer),
            failed: row.failed,
        }))
    }

    /// Asks, or asks again: what was answered before is forgotten, and so is what was asked before `forget`.
    pub async fn ask_preview(
        &mut self,
        id: PreviewId,
        question: &Value,
        now: Timestamp,
        forget: Timestamp,
    ) -> Result<(), Error> {
        sqlx::query!(
            "delete from previews where organization = $1 and asked_at < $2 and id <> $3",
            self.org(),
            forget.to_sqlx() as _,
            id.0
        )
        .execute(&mut *self.tx)
        .await?;
        sqlx::query!(
            "insert into previews (organization, id, question, asked_at) values ($1, $2, $3, $4)
             on conflict (organization, id) do update set asked_at = excluded.asked_at, done = 0, patients = 0,
                 answered_at = null, answer = null, failed = false",
            self.org(),
            id.0,
            question,
            now.to_sqlx() as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Whoever works on a preview holds it until the transaction ends, so that a crash lets go of it. False: somebody does.
    pub async fn hold_preview(&mut self, id: PreviewId) -> Result<bool, Error> {
        let held = sqlx::query_scalar!(
            r#"select pg_try_advisory_xact_lock(hashtextextended('preview ' || $1::uuid::text || $2::uuid::text, 0)) as "held!""#,
            self.org(),
            id.0
        )
        .fetch_one(&mut *self.tx)
        .await?;
        Ok(held)
    }

    /// How far it is.
    pub async fn preview_goes_on(&mut self, id: PreviewId, done: usize, patients: usize) -> Result<(), Error> {
        let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
        sqlx::query!(
            "update previews set done = $3, patients = $4 where organization = $1 and id = $2",
            self.org(),
            id.0,
            count(done),
            count(patients)
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// The answer to what was asked at `asked`; `None`: it broke off. Who asked again meanwhile waits for their own.
    pub async fn answer_preview(
        &mut self,
        id: PreviewId,
        asked: Timestamp,
        answer: Option<&Value>,
        now: Timestamp,
    ) -> Result<(), Error> {
        sqlx::query!(
            "update previews set answer = $4, answered_at = case when $4::jsonb is null then null else $5::timestamptz end,
                 failed = $4::jsonb is null, done = patients
             where organization = $1 and id = $2 and asked_at = $3",
            self.org(),
            id.0,
            asked.to_sqlx() as _,
            answer,
            now.to_sqlx() as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}
