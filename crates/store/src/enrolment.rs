//! Patients put on a workflow together, and what came of it.

use care::chart::{Anchor, EventKind, Subject};
use care::id::{EnrolmentId, EnrolmentListId, OrganizationId, PatientId, StaffId};
use care::zone::CivilMoment;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use uuid::Uuid;

use crate::{Error, OrgTx, Store, text};

text::words! {
    EnrolmentListState {
        Enrolling = "enrolling",
        Enrolled = "enrolled",
        Stopping = "stopping",
        Stopped = "stopped",
        /// It could not go on; what was done stands.
        Failed = "failed",
    }
}

#[derive(Debug, Clone)]
pub struct NewEnrolmentList {
    pub id: EnrolmentListId,
    pub workflow: String,
    pub filter: String,
    pub patients: Vec<PatientId>,
    pub moment: CivilMoment,
    pub made_at: Timestamp,
    pub made_by: StaffId,
}

#[derive(Debug, Clone)]
pub struct EnrolmentListRow {
    pub id: EnrolmentListId,
    pub workflow: String,
    pub filter: String,
    pub patients: Vec<PatientId>,
    pub moment: CivilMoment,
    pub made_at: Timestamp,
    pub made_by: StaffId,
    pub state: EnrolmentListState,
    /// Patients done, from the first on.
    pub enrolled: i32,
    pub stopped: i32,
    /// When and by whom it was taken back.
    pub stop: Option<(Timestamp, StaffId)>,
}

/// What stands in the way of some patients, asked before they are enrolled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnrolmentHurdles {
    pub no_address: i64,
    pub not_to_be_contacted: i64,
    /// A run of this workflow is under way.
    pub on_it: i64,
}

/// What the engine made of enrolments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolmentResults {
    pub began: i64,
    /// Of those that began, with something still planned.
    pub under_way: i64,
    /// Reason and how many.
    pub passed: Vec<(String, i64)>,
}

impl Store {
    /// Lists that are under way, in all organizations.
    pub async fn waiting_enrolment_lists(&self) -> Result<Vec<(OrganizationId, EnrolmentListId)>, Error> {
        let rows =
            sqlx::query!(r#"select organization as "organization!", id as "id!" from waiting_enrolment_lists()"#)
                .fetch_all(&self.pool)
                .await?;
        Ok(rows.into_iter().map(|r| (OrganizationId(r.organization), EnrolmentListId(r.id))).collect())
    }
}

macro_rules! lists {
    ($which:tt, $($given:expr),+) => {
        sqlx::query!(
            r#"select id, workflow, filter, patients, moment, made_at, made_by, state, enrolled, stopped,
                 stopped_at as "stopped_at: jiff_sqlx::Timestamp", stopped_by
               from enrolment_lists where organization = $1 and "# + $which,
            $($given),+
        )
    };
}

macro_rules! list_of {
    ($r:ident) => {
        EnrolmentListRow {
            id: EnrolmentListId($r.id),
            workflow: $r.workflow,
            filter: $r.filter,
            patients: $r.patients.into_iter().map(PatientId).collect(),
            moment: serde_json::from_value($r.moment).map_err(|_| Error::unreadable("enrolment_lists", "moment"))?,
            made_at: $r.made_at.to_jiff(),
            made_by: StaffId($r.made_by),
            state: text::word(&$r.state, "enrolment_lists", "state")?,
            enrolled: $r.enrolled,
            stopped: $r.stopped,
            stop: $r.stopped_at.map(|at| at.to_jiff()).zip($r.stopped_by.map(StaffId)),
        }
    };
}

fn uuids(patients: &[PatientId]) -> Vec<Uuid> {
    patients.iter().map(|patient| patient.0).collect()
}

impl OrgTx {
    pub async fn insert_enrolment_list(&mut self, new: &NewEnrolmentList) -> Result<(), Error> {
        let moment = serde_json::to_value(&new.moment).map_err(|_| Error::unreadable("enrolment_lists", "moment"))?;
        sqlx::query!(
            "insert into enrolment_lists (organization, id, workflow, filter, patients, moment, made_at, made_by)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            self.org(),
            new.id.0,
            new.workflow,
            new.filter,
            &uuids(&new.patients),
            moment,
            new.made_at.to_sqlx() as _,
            new.made_by.0
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    pub async fn enrolment_list(&mut self, id: EnrolmentListId) -> Result<Option<EnrolmentListRow>, Error> {
        let row = lists!("id = $2", self.org(), id.0).fetch_optional(&mut *self.tx).await?;
        row.map(|r| Ok(list_of!(r))).transpose()
    }

    /// A list to work on, held until the transaction ends; `None` if somebody is at it, or it is at its end.
    pub async fn hold_enrolment_list(&mut self, id: EnrolmentListId) -> Result<Option<EnrolmentListRow>, Error> {
        let open = lists!("id = $2 and state in ('enrolling', 'stopping') for update skip locked", self.org(), id.0);
        let row = open.fetch_optional(&mut *self.tx).await?;
        row.map(|r| Ok(list_of!(r))).transpose()
    }

    /// The newest first.
    pub async fn enrolment_lists(&mut self, workflow: &str, most: i64) -> Result<Vec<EnrolmentListRow>, Error> {
        let newest = lists!("workflow = $2 order by made_at desc, id desc limit $3", self.org(), workflow, most);
        let rows = newest.fetch_all(&mut *self.tx).await?;
        rows.into_iter().map(|r| Ok(list_of!(r))).collect()
    }

    /// Some more of its patients are done, or it is at its end.
    pub async fn advance_enrolment_list(&mut self, row: &EnrolmentListRow) -> Result<(), Error> {
        sqlx::query!(
            "update enrolment_lists set state = $3, enrolled = $4, stopped = $5 where organization = $1 and id = $2",
            self.org(),
            row.id.0,
            row.state.code(),
            row.enrolled,
            row.stopped
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// From now on what it began is stopped; false if that was said before.
    pub async fn stop_enrolment_list(
        &mut self,
        id: EnrolmentListId,
        by: StaffId,
        at: Timestamp,
    ) -> Result<bool, Error> {
        let done = sqlx::query!(
            "update enrolment_lists set state = 'stopping', stopped_by = coalesce(stopped_by, $3),
                 stopped_at = coalesce(stopped_at, $4)
             where organization = $1 and id = $2 and state in ('enrolling', 'enrolled', 'failed')",
            self.org(),
            id.0,
            by.0,
            at.to_sqlx() as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    pub async fn enrolment_hurdles(
        &mut self,
        workflow: &str,
        patients: &[PatientId],
    ) -> Result<EnrolmentHurdles, Error> {
        let row = sqlx::query!(
            r#"select count(*) filter (where not p.has_email and not p.has_mobile) as "no_address!",
                 count(*) filter (where p.state <> 'active') as "not_to_be_contacted!",
                 count(*) filter (where exists (
                     select from runs r join planned_steps s on s.organization = r.organization and s.run = r.id
                     where r.organization = $1 and r.patient = p.id and r.workflow = $2 and s.state = 'pending')) as "on_it!"
               from patients p where p.organization = $1 and p.id = any($3)"#,
            self.org(),
            workflow,
            &uuids(patients)
        )
        .fetch_one(&mut *self.tx)
        .await?;
        Ok(EnrolmentHurdles {
            no_address: row.no_address,
            not_to_be_contacted: row.not_to_be_contacted,
            on_it: row.on_it,
        })
    }

    pub async fn enrolment_results(
        &mut self,
        workflow: &str,
        enrolments: &[EnrolmentId],
    ) -> Result<EnrolmentResults, Error> {
        let anchor = |id: &EnrolmentId| {
            text::anchor(&Anchor { event: EventKind::Manual, subject: Subject::Enrolment(*id), nth: 1 })
        };
        let anchors: Vec<String> = enrolments.iter().map(anchor).collect::<Result<_, _>>()?;
        let rows = sqlx::query!(
            r#"select reason, count(*) as "many!" from entries
               where organization = $1 and workflow = $2 and anchor = any($3) group by reason order by 2 desc, 1"#,
            self.org(),
            workflow,
            &anchors
        )
        .fetch_all(&mut *self.tx)
        .await?;
        let under_way = sqlx::query_scalar!(
            r#"select count(distinct r.id) as "many!"
               from runs r join planned_steps s on s.organization = r.organization and s.run = r.id
               where r.organization = $1 and r.workflow = $2 and r.anchor = any($3) and s.state = 'pending'"#,
            self.org(),
            workflow,
            &anchors
        )
        .fetch_one(&mut *self.tx)
        .await?;
        let began = rows.iter().filter(|row| row.reason.is_none()).map(|row| row.many).sum();
        let passed = rows.into_iter().filter_map(|row| Some((row.reason?, row.many))).collect();
        Ok(EnrolmentResults { began, under_way, passed })
    }
}
