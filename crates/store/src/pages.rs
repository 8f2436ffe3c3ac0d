//! Queries for the pages: lists and timelines.

use care::id::{DecisionId, DeliveryId, EncounterId, InterfaceId, LocationId, PatientId, PlannedStepId, RunId};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx;
use uuid::Uuid;

use crate::{Error, OrgTx, text};

#[derive(Debug, Clone)]
pub struct PatientRow {
    pub id: PatientId,
    pub given: String,
    pub family: String,
    pub birth_date: Option<Date>,
    pub email: Option<String>,
    pub mobile: Option<String>,
    pub home_location: Option<LocationId>,
    pub state: String,
    pub next_visit: Option<Timestamp>,
}

#[derive(Debug, Clone)]
pub struct VisitRow {
    pub patient: PatientId,
    pub encounter: EncounterId,
    pub given: String,
    pub family: String,
    pub state: String,
    pub starts_at: Timestamp,
    pub minutes: Option<i32>,
    pub visit_type: Option<String>,
    pub practitioner: Option<String>,
    pub location: Option<LocationId>,
}

#[derive(Debug, Clone)]
pub struct DecisionRow {
    pub id: DecisionId,
    pub patient: PatientId,
    pub at: Timestamp,
    pub workflow: String,
    pub anchor: care::chart::Anchor,
    pub run: Option<RunId>,
    pub step: Option<String>,
    pub occurrence: Option<i32>,
    pub generation: Option<i32>,
    pub due: Option<Timestamp>,
    pub verdict: String,
    pub reason: Option<String>,
    pub detail: serde_json::Value,
    pub tasks: serde_json::Value,
}

#[derive(Debug, Clone)]
pub struct EventRow {
    pub anchor: care::chart::Anchor,
    pub event_at: Timestamp,
    pub known_at: Timestamp,
    pub loading: bool,
}

#[derive(Debug, Clone)]
pub struct SentRow {
    pub id: DeliveryId,
    pub planned_step: PlannedStepId,
    pub workflow: String,
    pub step: String,
    pub template: String,
    pub channel: String,
    pub queued_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    pub state: String,
    pub reason: Option<String>,
    pub attempts: i32,
    pub last_reply: Option<String>,
}

#[derive(Debug, Clone)]
pub struct NoticeRow {
    pub id: Uuid,
    /// None: it is about a feed.
    pub patient: Option<PatientId>,
    pub interface: Option<InterfaceId>,
    pub given: String,
    pub family: String,
    pub kind: String,
    pub about: String,
    pub at: Timestamp,
    /// What the care team was told.
    pub text: String,
    /// By when somebody should have seen to it.
    pub due_by: Option<Timestamp>,
    /// Whose it is, by name, where it is somebody's.
    pub for_whom: Option<String>,
}

/// How often each workflow came to each end.
#[derive(Debug, Clone)]
pub struct CountRow {
    pub workflow: String,
    pub verdict: String,
    pub reason: Option<String>,
    pub count: i64,
}

impl OrgTx {
    /// Patients by the beginning of "family given", by birth date or by a number they are known by; the next visit with each.
    pub async fn search_patients(&mut self, wanted: &str, now: Timestamp, most: i64) -> Result<Vec<PatientRow>, Error> {
        let prefix = text::search_key(wanted.trim()).replace(['%', '_', '\\'], "") + "%";
        let rows = sqlx::query!(
            r#"select p.id, p.given, p.family, p.birth_date as "birth_date: jiff_sqlx::Date", p.email, p.mobile, p.state,
                 p.home_location, (select min(e.starts_at) from encounters e where e.organization = p.organization and e.patient = p.id
                    and e.state = 'planned' and e.starts_at > $3) as "next_visit: jiff_sqlx::Timestamp"
             from patients p where p.organization = $1 and p.merged_into is null and (p.search_name like $2 or p.birth_date = $6 or p.id in
                 (select k.patient from external_keys k where k.organization = $1 and k.kind = 'patient' and k.value = $4))
             order by p.search_name, p.id limit $5"#,
            self.org(),
            prefix,
            now.to_sqlx() as _,
            wanted.trim(),
            most,
            wanted.trim().parse::<Date>().ok().map(|d| d.to_sqlx()) as _
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows
            .into_iter()
            .map(|r| PatientRow {
                id: PatientId(r.id),
                given: r.given,
                family: r.family,
                birth_date: r.birth_date.map(|d| d.to_jiff()),
                email: r.email,
                mobile: r.mobile,
                home_location: r.home_location.map(LocationId),
                state: r.state,
                next_visit: r.next_visit.map(|t| t.to_jiff()),
            })
            .collect())
    }

    /// Visits that start within a span of time, in order.
    pub async fn visits_between(&mut self, from: Timestamp, until: Timestamp) -> Result<Vec<VisitRow>, Error> {
        let rows = sqlx::query!(
            r#"select e.patient, e.id, p.given, p.family, e.state, e.starts_at as "starts_at!: jiff_sqlx::Timestamp", e.minutes,
                 e.visit_type, e.practitioner, e.location
             from encounters e join patients p on p.organization = e.organization and p.id = e.patient
             where e.organization = $1 and e.starts_at >= $2 and e.starts_at < $3 and e.state <> 'unknown'
             order by e.starts_at, e.id"#,
            self.org(),
            from.to_sqlx() as _,
            until.to_sqlx() as _
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows
            .into_iter()
            .map(|r| VisitRow {
                patient: PatientId(r.patient),
                encounter: EncounterId(r.id),
                given: r.given,
                family: r.family,
                state: r.state,
                starts_at: r.starts_at.to_jiff(),
                minutes: r.minutes,
                visit_type: r.visit_type,
                practitioner: r.practitioner,
                location: r.location.map(LocationId),
            })
            .collect())
    }

    /// The decisions of one patient, or of one workflow over all patients; newest first.
    pub async fn decisions(
        &mut self,
        patient: Option<PatientId>,
        workflow: Option<&str>,
        most: i64,
    ) -> Result<Vec<DecisionRow>, Error> {
        let rows = sqlx::query!(
            "select id, patient, at, workflow, anchor, run, step, occurrence, generation, due, verdict, reason, detail, tasks
             from decisions where organization = $1 and ($2::uuid is null or patient = $2) and ($3::text is null or workflow = $3)
             order by at desc, id desc limit $4",
            self.org(),
            patient.map(|p| p.0),
            workflow,
            most
        )
        .fetch_all(&mut *self.tx)
        .await?;
        rows.into_iter()
            .map(|r| {
                Ok(DecisionRow {
                    id: DecisionId(r.id),
                    patient: PatientId(r.patient),
                    at: r.at.to_jiff(),
                    workflow: r.workflow,
                    anchor: text::read_anchor(&r.anchor)?,
                    run: r.run.map(RunId),
                    step: r.step,
                    occurrence: r.occurrence,
                    generation: r.generation,
                    due: r.due.map(|t| t.to_jiff()),
                    verdict: r.verdict,
                    reason: r.reason,
                    detail: r.detail,
                    tasks: r.tasks,
                })
            })
            .collect()
    }

    pub async fn events(&mut self, patient: PatientId) -> Result<Vec<EventRow>, Error> {
        let rows = sqlx::query!(
            "select anchor, event_at, known_at, loading from events where organization = $1 and patient = $2 order by known_at",
            self.org(),
            patient.0
        )
        .fetch_all(&mut *self.tx)
        .await?;
        rows.into_iter()
            .map(|r| {
                Ok(EventRow {
                    anchor: text::read_anchor(&r.anchor)?,
                    event_at: r.event_at.to_jiff(),
                    known_at: r.known_at.to_jiff(),
                    loading: r.loading,
                })
            })
            .collect()
    }

    /// Deliveries of one patient, or the uncertain ones of all.
    pub async fn deliveries(&mut self, patient: Option<PatientId>) -> Result<Vec<SentRow>, Error> {
        let rows = sqlx::query!(
            r#"select d.id, d.planned_step, d.workflow, d.step, d.template, d.channel, d.queued_at, d.ended_at, d.state, d.reason,
                 d.attempts, (select a.reply from attempts a where a.organization = d.organization and a.delivery = d.id
                     order by a.number desc limit 1) as last_reply
             from deliveries d where d.organization = $1 and (d.patient = $2 or ($2::uuid is null and d.state = 'uncertain'))
             order by d.queued_at desc, d.id desc limit 500"#,
            self.org(),
            patient.map(|p| p.0)
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows
            .into_iter()
            .map(|r| SentRow {
                id: DeliveryId(r.id),
                planned_step: PlannedStepId(r.planned_step),
                workflow: r.workflow,
                step: r.step,
                template: r.template,
                channel: r.channel,
                queued_at: r.queued_at.to_jiff(),
                ended_at: r.ended_at.map(|t| t.to_jiff()),
                state: r.state,
                reason: r.reason,
                attempts: r.attempts,
                last_reply: r.last_reply,
            })
            .collect())
    }

    pub async fn open_notices(&mut self) -> Result<Vec<NoticeRow>, Error> {
        let rows = sqlx::query!(
            r#"select n.id, n.patient, n.interface, coalesce(p.given, '') as "given!", coalesce(p.family, '') as "family!",
                 n.kind, n.about, n.at, n.text, n.due_by as "due_by: jiff_sqlx::Timestamp", s.name as "for_whom?"
             from notices n left join patients p on p.organization = n.organization and p.id = n.patient
             left join staff s on s.organization = n.organization and s.id = n.for_staff
             where n.organization = $1 and n.done_at is null order by n.due_by nulls last, n.at desc limit 200"#,
            self.org()
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows
            .into_iter()
            .map(|r| NoticeRow {
                id: r.id,
                patient: r.patient.map(PatientId),
                interface: r.interface.map(InterfaceId),
                given: r.given,
                family: r.family,
                kind: r.kind,
                about: r.about,
                at: r.at.to_jiff(),
                text: r.text,
                due_by: r.due_by.map(|t| t.to_jiff()),
                for_whom: r.for_whom,
            })
            .collect())
    }

    pub async fn close_notice(&mut self, id: Uuid, now: Timestamp) -> Result<bool, Error> {
        let done = sqlx::query!(
            "update notices set done_at = $3 where organization = $1 and id = $2 and done_at is null",
            self.org(),
            id,
            now.to_sqlx() as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// What was done and why, by workflow.
    pub async fn decision_counts(&mut self, workflow: Option<&str>) -> Result<Vec<CountRow>, Error> {
        let rows = sqlx::query!(
            r#"select workflow, verdict, reason, count(*) as "count!" from decisions
               where organization = $1 and ($2::text is null or workflow = $2) group by 1, 2, 3 order by 1, 2, 3"#,
            self.org(),
            workflow
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows
            .into_iter()
            .map(|r| CountRow { workflow: r.workflow, verdict: r.verdict, reason: r.reason, count: r.count })
            .collect())
    }

    /// What has not ended: waiting messages, steps due by `now`, deliveries in the outbox by `now`.
    pub async fn left_undone(&mut self, now: Timestamp) -> Result<(i64, i64, i64), Error> {
        let row = sqlx::query!(
            r#"select (select count(*) from messages where organization = $1 and state = 'waiting') as "messages!",
                 (select count(*) from planned_steps where organization = $1 and state = 'pending' and run_at <= $2) as "steps!",
                 (select count(*) from deliveries where organization = $1 and state in ('queued', 'sending') and run_at <= $2)
                     as "deliveries!""#,
            self.org(),
            now.to_sqlx() as _
        )
        .fetch_one(&mut *self.tx)
        .await?;
        Ok((row.messages, row.steps, row.deliveries))
    }
}
