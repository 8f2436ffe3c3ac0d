//! More of the chart's tables: what the patient was given, and where they can be reached.

use care::chart::{Channel, Chart, ContactPoint};
use care::id::PatientId;
use care::workflow::Traffic;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use uuid::Uuid;

use crate::{Error, OrgTx, text};

impl OrgTx {
    pub(crate) async fn write_assignments(&mut self, patient: PatientId, chart: &Chart) -> Result<(), Error> {
        let kept: Vec<Uuid> = chart.assignments.iter().map(|a| a.id.0).collect();
        sqlx::query!(
            "delete from assignments where organization = $1 and patient = $2 and id <> all($3)",
            self.org(),
            patient.0,
            &kept
        )
        .execute(&mut *self.tx)
        .await?;
        for a in &chart.assignments {
            let response = a.responses.last();
            let answer =
                response.map(|r| serde_json::json!({ "score": r.score.map(|s| s.points()), "answers": r.answers }));
            sqlx::query!(
                "insert into assignments as a (organization, patient, id, run, content, assigned_at, due, completed_at,
                     withdrawn_at, score, answer, expires_at)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
                 on conflict (organization, id) do update set patient = $2, run = $4, content = $5, assigned_at = $6, due = $7,
                     completed_at = $8, withdrawn_at = $9, score = $10, answer = $11, expires_at = $12
                 where (a.patient, a.due, a.completed_at, a.withdrawn_at, a.score, a.answer, a.expires_at)
                     is distinct from ($2, $7, $8, $9, $10, $11, $12)",
                self.org(),
                patient.0,
                a.id.0,
                a.run.map(|r| r.0),
                a.content,
                a.given_at.to_sqlx() as _,
                a.due.to_sqlx() as _,
                response.map(|r| r.at.to_sqlx()) as _,
                a.withdrawn_at.map(|t| t.to_sqlx()) as _,
                response.and_then(|r| r.score).map(|s| s.points()),
                answer,
                a.expires_at().map(|t| t.to_sqlx()) as _
            )
            .execute(&mut *self.tx)
            .await?;
        }
        Ok(())
    }

    /// Who was asked something since then and has not answered, and who came in the last day.
    pub async fn patients_asked_since(&mut self, since: Timestamp, now: Timestamp) -> Result<Vec<PatientId>, Error> {
        let ids = sqlx::query_scalar!(
            r#"select patient as "patient!" from assignments where organization = $1 and content like 'questionnaire/%'
                 and completed_at is null and withdrawn_at is null and assigned_at > $2
               union
               select patient from encounters where organization = $1 and state in ('arrived', 'finished')
                 and starts_at between $3::timestamptz - interval '1 day' and $3
               order by 1"#,
            self.org(),
            since.to_sqlx() as _,
            now.to_sqlx() as _
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(ids.into_iter().map(PatientId).collect())
    }

    pub(crate) async fn write_contact_points(&mut self, patient: PatientId, chart: &Chart) -> Result<(), Error> {
        let points = chart.contact_points();
        let channels: Vec<String> = points.iter().map(|p| p.channel.code().to_owned()).collect();
        let addresses: Vec<String> = points.iter().map(|p| p.value.clone()).collect();
        sqlx::query!(
            "delete from contact_points where organization = $1 and patient = $2
             and (channel, address) not in (select * from unnest($3::text[], $4::text[]))",
            self.org(),
            patient.0,
            &channels,
            &addresses
        )
        .execute(&mut *self.tx)
        .await?;
        sqlx::query!(
            "insert into contact_points (organization, patient, channel, address)
             select $1, $2, channel, address from unnest($3::text[], $4::text[]) as t (channel, address)
             on conflict do nothing",
            self.org(),
            patient.0,
            &channels,
            &addresses
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// On how many charts each of these contact points stands.
    pub async fn sharing(&mut self, points: &[ContactPoint]) -> Result<Vec<(ContactPoint, i64)>, Error> {
        let addresses: Vec<String> = points.iter().map(|p| p.value.clone()).collect();
        let rows = sqlx::query!(
            r#"select channel, address, count(*) as "charts!" from contact_points
               where organization = $1 and address = any($2) group by channel, address"#,
            self.org(),
            &addresses
        )
        .fetch_all(&mut *self.tx)
        .await?;
        rows.into_iter()
            .map(|r| {
                let channel: Channel = text::word(&r.channel, "contact_points", "channel")?;
                Ok((ContactPoint { channel, value: r.address }, r.charts))
            })
            .collect()
    }

    /// What went, or is about to go, to these contact points for other patients, whoever holds them now.
    pub async fn traffic_of_others(
        &mut self,
        patient: PatientId,
        points: &[ContactPoint],
    ) -> Result<Vec<Traffic>, Error> {
        let channels: Vec<&str> = points.iter().map(|p| p.channel.code()).collect();
        let addresses: Vec<&str> = points.iter().map(|p| p.value.as_str()).collect();
        // What is joined goes when its carrier goes.
        let rows = sqlx::query!(
            r#"select d.channel, d.address, d.template, d.state = 'joined' as "joined!",
                   case c.state when 'sent' then c.ended_at else c.not_before end as "at!: jiff_sqlx::Timestamp"
               from unnest($2::text[], $3::text[]) as p (channel, address)
               join deliveries d on d.organization = $1 and d.channel = p.channel and d.address = p.address
               join deliveries c on c.organization = $1
                   and c.id = case d.state when 'joined' then d.joined_into else d.id end
               where d.patient <> $4 and c.state in ('queued', 'sending', 'uncertain', 'sent')"#,
            self.org(),
            &channels as _,
            &addresses as _,
            patient.0
        )
        .fetch_all(&mut *self.tx)
        .await?;
        rows.into_iter()
            .map(|r| {
                let channel: Channel = text::word(&r.channel, "deliveries", "channel")?;
                let contact = ContactPoint { channel, value: r.address };
                Ok(Traffic { contact, template: r.template, at: r.at.to_jiff(), joined: r.joined })
            })
            .collect()
    }
}
