//! Two records turn out to be one person; or, after all, not. What moves says from whom it came, so that it can go back.

use care::chart::Anchor;
use care::id::{ChangeId, MessageId, PatientId, StaffId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use uuid::Uuid;

use crate::{Error, OrgTx, text};

/// A merge that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeRow {
    pub gone: PatientId,
    pub given: String,
    pub family: String,
    pub at: Timestamp,
    /// None: the EMR said so.
    pub by: Option<StaffId>,
}

/// Only the SQL differs: the macro checks each statement against the schema when it is compiled.
macro_rules! moved {
    (@one $tx:expr, ($($arg:expr),*), $sql:literal) => {
        sqlx::query!($sql, $($arg),*).execute(&mut *$tx.tx).await?;
    };
    ($tx:expr, $args:tt, $($sql:literal)*) => {
        $(moved!(@one $tx, $args, $sql);)*
    };
}

impl OrgTx {
    /// Everything known under `gone` is from now on known under `survivor`. What the ledgers hold twice stays with the old
    /// id, closed.
    pub async fn merge_patients(
        &mut self,
        gone: PatientId,
        survivor: PatientId,
        at: Timestamp,
        by: Option<StaffId>,
    ) -> Result<(), Error> {
        let (org, from, to) = (self.org(), gone.0, survivor.0);
        moved!(self, (org, from, to),
            "update changes c set patient = $3, came_from = coalesce(came_from, $2)
                 where organization = $1 and patient = $2 and not exists (
                 select from changes d where d.organization = $1 and d.patient = $3 and d.source = c.source
                 and d.stamp_at = c.stamp_at and d.stamp_rank = c.stamp_rank and d.stamp_hash = c.stamp_hash)"
            "update external_keys set patient = $3, id = case kind when 'patient' then $3 else id end,
                 came_from = coalesce(came_from, $2) where organization = $1 and patient = $2"
            "update encounters set patient = $3 where organization = $1 and patient = $2"
            "insert into events (organization, patient, anchor, event, event_at, known_at, loading, covered)
                 select organization, $3, anchor, event, event_at, known_at, loading, covered from events
                 where organization = $1 and patient = $2 on conflict do nothing"
            "insert into entries (organization, patient, workflow, anchor, reason)
                 select organization, $3, workflow, anchor, reason from entries
                 where organization = $1 and patient = $2 on conflict do nothing"
            "update runs r set patient = $3, came_from = coalesce(came_from, $2) where organization = $1 and patient = $2
                 and ended is distinct from 'patient_merged' and not exists (select from runs d where d.organization = $1
                     and d.patient = $3 and d.workflow = r.workflow and d.anchor = r.anchor)"
            "update planned_steps s set patient = $3 from runs r where s.organization = $1 and s.patient = $2
                 and r.organization = $1 and r.id = s.run and r.patient = $3"
            "update deliveries set patient = $3, came_from = coalesce(came_from, $2)
                 where organization = $1 and patient = $2"
            "update assignments set patient = $3 where organization = $1 and patient = $2"
            "update decisions set patient = $3, came_from = coalesce(came_from, $2)
                 where organization = $1 and patient = $2"
            "update notices n set patient = $3, came_from = coalesce(came_from, $2)
                 where organization = $1 and patient = $2 and not exists
                 (select from notices d where d.organization = $1 and d.patient = $3 and d.kind = n.kind
                      and d.about = n.about)"
            "update patients set merged_into = $3, wake_at = null where organization = $1 and id = $2"
        );
        moved!(self, (org, from),
            "delete from contact_points where organization = $1 and patient = $2"
            "update planned_steps set state = 'cancelled', reason = 'patient_merged', run_at = null
                 where organization = $1 and patient = $2 and state = 'pending'"
        );
        sqlx::query!(
            "insert into merges (organization, gone, survivor, at, by_staff) values ($1, $2, $3, $4, $5)
             on conflict do nothing",
            org,
            from,
            to,
            at.to_sqlx() as _,
            by.map(|s| s.0)
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// What a patient has saved of a form, and what they ticked off, belongs to whom the form or the exercise was given.
    pub async fn saved_follows_assignments(&mut self, one: PatientId, other: PatientId) -> Result<(), Error> {
        moved!(self, (self.org(), one.0, other.0),
            "update drafts d set patient = a.patient from assignments a where d.organization = $1
                 and d.patient in ($2, $3) and a.organization = $1 and a.id = d.assignment and a.patient <> d.patient"
            "update done_marks m set patient = a.patient from assignments a where m.organization = $1
                 and m.patient in ($2, $3) and a.organization = $1 and a.id = m.assignment and a.patient <> m.patient"
        );
        Ok(())
    }

    /// The stricter answers that a merge wrote down: they go when it is undone.
    pub async fn note_answers(&mut self, gone: PatientId, answers: &[ChangeId]) -> Result<(), Error> {
        let ids: Vec<Uuid> = answers.iter().map(|id| id.0).collect();
        sqlx::query!(
            "update merges set answers = $3 where organization = $1 and gone = $2 and undone_at is null",
            self.org(),
            gone.0,
            &ids
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// What a message said under a number that was merged away belongs with it, should the merge be undone.
    pub async fn note_alias(&mut self, message: MessageId, patient: PatientId, alias: PatientId) -> Result<(), Error> {
        sqlx::query!(
            "update changes set came_from = $4 where organization = $1 and patient = $3 and message = $2
                 and came_from is null",
            self.org(),
            message.0,
            patient.0,
            alias.0
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// The merges into a patient that stand, the latest first.
    pub async fn merges_into(&mut self, survivor: PatientId) -> Result<Vec<MergeRow>, Error> {
        let rows = sqlx::query!(
            "select m.gone, p.given, p.family, m.at, m.by_staff from merges m
             join patients p on p.organization = m.organization and p.id = m.gone
             where m.organization = $1 and m.survivor = $2 and m.undone_at is null order by m.at desc, m.gone",
            self.org(),
            survivor.0
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows
            .into_iter()
            .map(|r| MergeRow {
                gone: PatientId(r.gone),
                given: r.given,
                family: r.family,
                at: r.at.to_jiff(),
                by: r.by_staff.map(StaffId),
            })
            .collect())
    }

    /// They are two people after all: what came from `gone`, itself or by an earlier merge, goes back. False if no such
    /// merge stands.
    pub async fn unmerge_patients(
        &mut self,
        gone: PatientId,
        survivor: PatientId,
        at: Timestamp,
    ) -> Result<bool, Error> {
        let (org, back, from) = (self.org(), gone.0, survivor.0);
        let merge = sqlx::query!(
            "update merges set undone_at = $4 where organization = $1 and gone = $2 and survivor = $3 and undone_at is null
             returning answers",
            org,
            back,
            from,
            at.to_sqlx() as _
        )
        .fetch_all(&mut *self.tx)
        .await?;
        if merge.is_empty() {
            return Ok(false);
        }
        let answers: Vec<Uuid> = merge.into_iter().flat_map(|m| m.answers).collect();
        moved!(
            self,
            (org, from, &answers),
            "delete from changes where organization = $1 and patient = $2 and id = any($3)"
        );
        let whose = self.merged_inside(gone).await?;
        moved!(self, (org, back, from, &whose),
            "delete from changes c where organization = $1 and patient = $3 and came_from = any($4) and exists (
                 select from changes d where d.organization = $1 and d.patient = $2 and d.source = c.source
                 and d.stamp_at = c.stamp_at and d.stamp_rank = c.stamp_rank and d.stamp_hash = c.stamp_hash)"
            "update changes set patient = $2, came_from = nullif(came_from, $2)
                 where organization = $1 and patient = $3 and came_from = any($4)"
            "update external_keys set patient = $2, id = case kind when 'patient' then $2 else id end,
                 came_from = nullif(came_from, $2) where organization = $1 and patient = $3 and came_from = any($4)"
            "update runs set patient = $2, came_from = nullif(came_from, $2)
                 where organization = $1 and patient = $3 and came_from = any($4)"
            "update deliveries set patient = $2, came_from = nullif(came_from, $2)
                 where organization = $1 and patient = $3 and came_from = any($4)"
            "update decisions set patient = $2, came_from = nullif(came_from, $2)
                 where organization = $1 and patient = $3 and came_from = any($4)"
            "update notices set patient = $2, came_from = nullif(came_from, $2)
                 where organization = $1 and patient = $3 and came_from = any($4)"
        );
        self.steps_follow_runs(gone, survivor).await?;
        moved!(self, (org, back), "update patients set merged_into = null where organization = $1 and id = $2");
        Ok(true)
    }

    async fn steps_follow_runs(&mut self, to: PatientId, from: PatientId) -> Result<(), Error> {
        moved!(self, (self.org(), to.0, from.0),
            "update planned_steps s set patient = $2 from runs r where s.organization = $1 and s.patient = $3
                 and r.organization = $1 and r.id = s.run and r.patient = $2"
            "update deliveries d set patient = $2 from runs r where d.organization = $1 and d.patient = $3
                 and r.organization = $1 and r.id = d.run and r.patient = $2");
        Ok(())
    }

    /// A patient and all who were merged into them.
    async fn merged_inside(&mut self, patient: PatientId) -> Result<Vec<Uuid>, Error> {
        Ok(sqlx::query_scalar!(
            r#"with recursive inside (id) as (
                 select $2::uuid union select m.gone from merges m join inside on m.survivor = inside.id
                 where m.organization = $1 and m.undone_at is null)
               select id as "id!" from inside"#,
            self.org(),
            patient.0
        )
        .fetch_all(&mut *self.tx)
        .await?)
    }

    /// What was begun, while they were one, on events that are only of the one who goes back.
    pub async fn give_back(&mut self, to: PatientId, from: PatientId, anchors: &[Anchor]) -> Result<(), Error> {
        let anchors = anchors.iter().map(text::anchor).collect::<Result<Vec<_>, _>>()?;
        moved!(self, (self.org(), to.0, from.0, &anchors),
            "insert into events (organization, patient, anchor, event, event_at, known_at, loading, covered)
                 select organization, $2, anchor, event, event_at, known_at, loading, covered from events
                 where organization = $1 and patient = $3 and anchor = any($4) on conflict do nothing"
            "insert into entries (organization, patient, workflow, anchor, reason)
                 select organization, $2, workflow, anchor, reason from entries
                 where organization = $1 and patient = $3 and anchor = any($4) on conflict do nothing"
            "update runs r set patient = $2 where organization = $1 and patient = $3 and anchor = any($4)
                 and not exists (select from runs d where d.organization = $1 and d.patient = $2
                     and d.workflow = r.workflow and d.anchor = r.anchor)"
            "update decisions set patient = $2 where organization = $1 and patient = $3 and anchor = any($4)"
        );
        self.steps_follow_runs(to, from).await
    }
}
