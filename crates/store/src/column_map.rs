//! Column maps of files, saved by name.

use care::id::{InterfaceId, StaffId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;

use crate::{Error, OrgTx};

#[derive(Debug, Clone, PartialEq)]
pub struct ColumnMapRow {
    pub name: String,
    pub interface: InterfaceId,
    /// The map as the wire room reads it.
    pub body: serde_json::Value,
}

impl OrgTx {
    pub async fn put_column_map(
        &mut self,
        row: &ColumnMapRow,
        at: Timestamp,
        by: Option<StaffId>,
    ) -> Result<(), Error> {
        sqlx::query!(
            "insert into column_maps (organization, name, interface, body, saved_at, saved_by) values ($1, $2, $3, $4, $5, $6)
             on conflict (organization, name) do update set interface = $3, body = $4, saved_at = $5, saved_by = $6",
            self.org(),
            row.name,
            row.interface.0,
            row.body,
            at.to_sqlx() as _,
            by.map(|staff| staff.0)
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    pub async fn column_map(&mut self, name: &str) -> Result<Option<ColumnMapRow>, Error> {
        let row = sqlx::query!(
            "select interface, body from column_maps where organization = $1 and name = $2",
            self.org(),
            name
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(row.map(|r| ColumnMapRow { name: name.to_owned(), interface: InterfaceId(r.interface), body: r.body }))
    }

    pub async fn column_maps(&mut self) -> Result<Vec<ColumnMapRow>, Error> {
        let rows = sqlx::query!(
            "select name, interface, body from column_maps where organization = $1 order by name",
            self.org()
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows
            .into_iter()
            .map(|r| ColumnMapRow { name: r.name, interface: InterfaceId(r.interface), body: r.body })
            .collect())
    }
}
