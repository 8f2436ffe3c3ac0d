//! By what right a clinic uses instruments whose words are not free.

use std::collections::BTreeSet;

use care::id::StaffId;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;

use crate::{Error, OrgTx};

/// What was said of one instrument, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LicenceRow {
    pub instrument: String,
    /// From whom, and the contract or permission. `None`: taken back.
    pub grant: Option<Grant>,
    pub at: Timestamp,
    pub said_by: StaffId,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub by: String,
    pub reference: String,
}

impl OrgTx {
    pub async fn say_licence(&mut self, row: &LicenceRow) -> Result<(), Error> {
        sqlx::query!(
            "insert into instrument_licences (organization, instrument, granted_by, reference, at, said_by)
             values ($1, $2, $3, $4, $5, $6)",
            self.org(),
            row.instrument,
            row.grant.as_ref().map(|grant| &grant.by),
            row.grant.as_ref().map(|grant| &grant.reference),
            row.at.to_sqlx() as _,
            row.said_by.0
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Everything that was said, the last word first.
    pub async fn licences(&mut self) -> Result<Vec<LicenceRow>, Error> {
        let rows = sqlx::query!(
            r#"select instrument, granted_by, reference, at as "at: jiff_sqlx::Timestamp", said_by
               from instrument_licences where organization = $1 order by n desc"#,
            self.org()
        )
        .fetch_all(&mut *self.tx)
        .await?;
        let rows = rows.into_iter().map(|r| LicenceRow {
            instrument: r.instrument,
            grant: r.granted_by.zip(r.reference).map(|(by, reference)| Grant { by, reference }),
            at: r.at.to_jiff(),
            said_by: StaffId(r.said_by),
        });
        Ok(rows.collect())
    }

    /// The instruments for which the last word is a grant.
    pub async fn licensed(&mut self) -> Result<BTreeSet<String>, Error> {
        let found = sqlx::query_scalar!(
            "select instrument from (select distinct on (instrument) instrument, granted_by from instrument_licences
             where organization = $1 order by instrument, n desc) as last where granted_by is not null",
            self.org()
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(found.into_iter().collect())
    }
}
