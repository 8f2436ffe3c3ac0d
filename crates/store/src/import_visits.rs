//! What an import asks of the chart and leaves behind: the planned visits of some days, and the rows that were refused.

use care::id::{EncounterId, InterfaceId, LocationId, MessageId, PatientId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;

use crate::{Error, ImportId, KeyKind, OrgTx, text};

/// A visit that is planned.
#[derive(Debug, Clone)]
pub struct PlannedVisit {
    pub patient: PatientId,
    pub visit: EncounterId,
    pub starts_at: Timestamp,
    pub location: Option<LocationId>,
}

/// A row that cannot be taken, with what is needed to read it again.
#[derive(Debug, Clone)]
pub struct RefusedImportRow {
    pub id: MessageId,
    pub line: usize,
    /// The line that names the columns, and the row, as they came.
    pub body: Vec<u8>,
    pub body_hash: Vec<u8>,
    /// "CSV visits".
    pub kind: String,
    pub cause: String,
    pub place: String,
    pub cure: String,
}

/// Where a refused row came from.
#[derive(Debug, Clone)]
pub struct RowOrigin {
    pub import: ImportId,
    pub line: usize,
    /// The map as it is saved now; the import's own if nobody kept it.
    pub mapping: serde_json::Value,
    /// The moment its file speaks of.
    pub file_at: Timestamp,
}

impl OrgTx {
    /// Visits planned in a stretch of time, of patients of whom this interface spoke.
    pub async fn planned_visits(
        &mut self,
        interface: InterfaceId,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<PlannedVisit>, Error> {
        let rows = sqlx::query!(
            r#"select e.id, e.patient, e.starts_at as "starts_at!", e.location from encounters e
               where e.organization = $1 and e.state = 'planned' and e.starts_at >= $2 and e.starts_at < $3
                 and exists (select from changes c where c.organization = $1 and c.patient = e.patient and c.source = $4)
               order by e.patient, e.starts_at, e.id"#,
            self.org(),
            from.to_sqlx() as _,
            until.to_sqlx() as _,
            text::source(care::chart::Source::Emr(interface))?
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows
            .into_iter()
            .map(|r| PlannedVisit {
                patient: PatientId(r.patient),
                visit: EncounterId(r.id),
                starts_at: r.starts_at.to_jiff(),
                location: r.location.map(LocationId),
            })
            .collect())
    }

    /// The numbers under which a sender knows these ids.
    pub async fn numbers_of(
        &mut self,
        kind: KeyKind,
        scope: &str,
        patient: PatientId,
    ) -> Result<Vec<(uuid::Uuid, String)>, Error> {
        let rows = sqlx::query!(
            "select id, value from external_keys where organization = $1 and patient = $2 and kind = $3 and scope = $4",
            self.org(),
            patient.0,
            kind.code(),
            scope
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows.into_iter().map(|r| (r.id, r.value)).collect())
    }

    /// Puts rows among the refused messages. The same row, refused again in a newer file, is the same message.
    pub async fn refuse_rows(
        &mut self,
        import: ImportId,
        interface: InterfaceId,
        at: Timestamp,
        rows: &[RefusedImportRow],
    ) -> Result<(), Error> {
        for row in rows {
            sqlx::query!(
                "insert into messages (organization, id, interface, sender, control_id, body_hash, body, received_at, state,
                     kind, cause, place, cure, import, line)
                 values ($1, $2, $3, 'file', 'row', $4, $5, $6, 'refused', $7, $8, $9, $10, $11, $12)
                 on conflict (organization, interface, sender, control_id, body_hash) do update set received_at = $6,
                     state = 'refused', cause = $8, place = $9, cure = $10, import = $11, line = $12",
                self.org(),
                row.id.0,
                interface.0,
                row.body_hash,
                row.body,
                at.to_sqlx() as _,
                row.kind,
                row.cause,
                row.place,
                row.cure,
                import.0,
                i32::try_from(row.line).unwrap_or(i32::MAX)
            )
            .execute(&mut *self.tx)
            .await?;
        }
        Ok(())
    }

    /// How many rows of an import are still refused.
    pub async fn refused_rows(&mut self, import: ImportId) -> Result<i64, Error> {
        let count = sqlx::query_scalar!(
            r#"select count(*) as "count!" from messages where organization = $1 and import = $2 and state = 'refused'"#,
            self.org(),
            import.0
        )
        .fetch_one(&mut *self.tx)
        .await?;
        Ok(count)
    }

    /// Where a message came from, if it is a row of a file.
    pub async fn row_origin(&mut self, message: MessageId) -> Result<Option<RowOrigin>, Error> {
        let row = sqlx::query!(
            r#"select i.id, m.line as "line!", coalesce(c.body, i.mapping) as "mapping!", i.received_at
               from messages m
               join imports i on i.organization = m.organization and i.id = m.import
               left join column_maps c on c.organization = i.organization and c.name = i.map
               where m.organization = $1 and m.id = $2"#,
            self.org(),
            message.0
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(row.map(|r| RowOrigin {
            import: ImportId(r.id),
            line: usize::try_from(r.line).unwrap_or(0),
            mapping: r.mapping,
            file_at: r.received_at.to_jiff(),
        }))
    }
}
