//! What mail servers said of mails after they had taken them: that they came back, are late, or are unwanted.

use care::id::{DeliveryId, OrganizationId, PatientId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;

use crate::{Error, OrgTx, Store};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailReportRow {
    pub delivery: DeliveryId,
    /// "back", "late", "complained".
    pub kind: String,
    /// Such as 5.1.1; empty for a complaint.
    pub status: String,
    pub at: Timestamp,
}

impl Store {
    /// The delivery that went out with this Message-ID, and whose it was.
    pub async fn find_mail(&self, message_id: &str) -> Result<Option<(OrganizationId, DeliveryId)>, Error> {
        let row = sqlx::query!(
            r#"select organization as "organization!", delivery as "delivery!" from find_mail($1)"#,
            message_id
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|r| (OrganizationId(r.organization), DeliveryId(r.delivery))))
    }
}

impl OrgTx {
    /// False: that was known.
    pub async fn note_mail_report(&mut self, report: &MailReportRow) -> Result<bool, Error> {
        let done = sqlx::query!(
            "insert into mail_reports (organization, delivery, kind, status, at) values ($1, $2, $3, $4, $5)
             on conflict do nothing",
            self.org(),
            report.delivery.0,
            report.kind,
            report.status,
            report.at.to_sqlx() as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    pub async fn mail_reports(&mut self, patient: PatientId) -> Result<Vec<MailReportRow>, Error> {
        let rows = sqlx::query!(
            "select r.delivery, r.kind, r.status, r.at from mail_reports r
             join deliveries d on d.organization = r.organization and d.id = r.delivery
             where r.organization = $1 and d.patient = $2 order by r.at",
            self.org(),
            patient.0
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows
            .into_iter()
            .map(|r| MailReportRow {
                delivery: DeliveryId(r.delivery),
                kind: r.kind,
                status: r.status,
                at: r.at.to_jiff(),
            })
            .collect())
    }
}
