//! The chart tables: the fold of the changes, kept so that a list is one query.

use care::chart::{Chart, Notice, Snapshot};
use care::id::PatientId;
use jiff_sqlx::ToSqlx;
use uuid::Uuid;

use crate::patient_facts::{self, PatientFacts};
use crate::{Error, OrgTx, text};

impl OrgTx {
    pub async fn write_chart(
        &mut self,
        patient: PatientId,
        snapshot: &Snapshot,
        ids: &mut (dyn FnMut() -> Uuid + Send),
    ) -> Result<(), Error> {
        let chart = &snapshot.chart;
        let p = &chart.patient;
        let (given, family) = (p.given.clone().unwrap_or_default(), p.family.clone().unwrap_or_default());
        let state = match () {
            () if p.deceased => "deceased",
            () if p.inactive => "inactive",
            () if p.do_not_contact.is_some() => "do_not_contact",
            () => "active",
        };
        let facts = PatientFacts::of(chart);
        sqlx::query!(
            "update patients set given = $3, family = $4, search_name = $5, birth_date = $6, email = $7, mobile = $8,
                 home_location = $9, state = $10, sex = $11, language = $12, zone = $13, registered = $14, tags = $15,
                 has_email = $16, has_mobile = $17, any_episode_open = $18, visits_arrived = $19, facts_version = $20,
                 consents = $21, wake_at = $22
             where organization = $1 and id = $2",
            self.org(),
            patient.0,
            given,
            family,
            text::search_key(&format!("{family} {given}")),
            p.birth_date.map(|d| d.to_sqlx()) as _,
            p.email,
            p.mobile,
            p.home_location.map(|l| l.0),
            state,
            facts.sex,
            facts.language,
            facts.zone,
            facts.registered,
            facts.tags,
            facts.has_email,
            facts.has_mobile,
            facts.any_episode_open,
            facts.visits_arrived,
            patient_facts::VERSION,
            &facts.consents,
            snapshot.next.map(|t| t.to_sqlx()) as _
        )
        .execute(&mut *self.tx)
        .await?;
        self.write_encounters(patient, chart).await?;
        self.write_assignments(patient, chart).await?;
        self.write_contact_points(patient, chart).await?;
        self.write_notices(patient, chart, ids).await
    }

    /// Every patient that is not another name of one.
    pub async fn patient_ids(&mut self) -> Result<Vec<PatientId>, Error> {
        let ids = sqlx::query_scalar!(
            "select id from patients where organization = $1 and merged_into is null order by id",
            self.org()
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(ids.into_iter().map(PatientId).collect())
    }

    async fn write_encounters(&mut self, patient: PatientId, chart: &Chart) -> Result<(), Error> {
        let kept: Vec<Uuid> = chart.encounters.iter().map(|e| e.id.0).collect();
        // Two numbers that turned out to mean one visit are one row.
        sqlx::query!(
            "delete from encounters where organization = $1 and patient = $2 and id <> all($3)",
            self.org(),
            patient.0,
            &kept
        )
        .execute(&mut *self.tx)
        .await?;
        for visit in &chart.encounters {
            sqlx::query!(
                "insert into encounters as e (organization, patient, id, state, starts_at, minutes, visit_type, practitioner, location)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                 on conflict (organization, id) do update set patient = $2, state = $4, starts_at = $5, minutes = $6,
                     visit_type = $7, practitioner = $8, location = $9
                 where (e.patient, e.state, e.starts_at, e.minutes, e.visit_type, e.practitioner, e.location)
                     is distinct from ($2, $4, $5, $6, $7, $8, $9)",
                self.org(),
                patient.0,
                visit.id.0,
                visit.state.code(),
                visit.starts_at().map(|t| t.to_sqlx()) as _,
                visit.minutes.and_then(|m| i32::try_from(m).ok()),
                visit.visit_type.map(|t| t.code()),
                visit.practitioner,
                visit.location.map(|l| l.0)
            )
            .execute(&mut *self.tx)
            .await?;
        }
        Ok(())
    }

    async fn write_notices(
        &mut self,
        patient: PatientId,
        chart: &Chart,
        ids: &mut (dyn FnMut() -> Uuid + Send),
    ) -> Result<(), Error> {
        for visit in &chart.encounters {
            for notice in &visit.notices {
                let Notice::BookingOfCancelledVisit { at } = notice;
                self.notice(patient, "booking_of_cancelled_visit", &visit.id.to_string(), *at, ids()).await?;
            }
        }
        self.write_safety_notices(patient, chart, ids).await
    }

    /// Puts an item on the work list, once per subject.
    pub async fn notice(
        &mut self,
        patient: PatientId,
        kind: &str,
        about: &str,
        at: jiff::Timestamp,
        id: Uuid,
    ) -> Result<(), Error> {
        sqlx::query!(
            "insert into notices (organization, patient, id, kind, about, at) values ($1, $2, $3, $4, $5, $6)
             on conflict do nothing",
            self.org(),
            patient.0,
            id,
            kind,
            about,
            at.to_sqlx() as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}
