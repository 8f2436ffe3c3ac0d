//! What an EMR's words mean here: its types of visit and its practitioners. Words are compared without regard to case, so
//! they are kept in capitals.

use care::chart::VisitType;
use care::id::{InterfaceId, PatientId, StaffId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use uuid::Uuid;

use crate::{Error, OrgTx, text};

/// How a word is kept and compared.
pub fn code_key(code: &str) -> String {
    code.trim().to_uppercase()
}

/// What a word is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeKind {
    VisitType,
    Practitioner,
}

/// A word that came with visits, or that is mapped before any came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenCode {
    pub code: String,
    /// The name beside a practitioner's code, as sent.
    pub name: String,
    pub visits: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeRow {
    pub code: String,
    /// `None`: no visit is made of it.
    pub is: Option<VisitType>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimRow {
    pub code: String,
    pub name: String,
    pub staff: Option<StaffId>,
}

/// Who says so, and when; `since` only if visits had come before.
#[derive(Debug, Clone, Copy, Default)]
pub struct SaidBy {
    pub since: Option<Timestamp>,
    pub staff: Option<StaffId>,
}

/// The field stands in the text, so that its index is found.
macro_rules! wake_code {
    ($field:tt, $organization:expr, $key:expr, $now:expr) => {
        sqlx::query!(
            "update patients set wake_at = $3 where organization = $1 and merged_into is null and id in
                 (select patient from changes where organization = $1 and body #>> '{encounter,"
                + $field
                + ",set}' = $2)",
            $organization,
            $key,
            $now.to_sqlx() as _
        )
    };
}

impl OrgTx {
    pub async fn put_visit_type(
        &mut self,
        interface: InterfaceId,
        code: &str,
        is: Option<VisitType>,
        by: SaidBy,
    ) -> Result<(), Error> {
        sqlx::query!(
            "insert into visit_types as t (organization, interface, code, visit_type, since, by_staff)
             values ($1, $2, $3, $4, $5, $6)
             on conflict (organization, interface, code) do update set visit_type = excluded.visit_type,
                 since = excluded.since, by_staff = excluded.by_staff,
                 hidden_until = case when t.visit_type is null and excluded.visit_type is not null then excluded.since
                     else t.hidden_until end",
            self.org(),
            interface.0,
            code_key(code),
            is.map(|t| t.code()),
            by.since.map(|t| t.to_sqlx()) as _,
            by.staff.map(|s| s.0)
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    pub async fn put_claim(&mut self, interface: InterfaceId, claim: &ClaimRow, by: SaidBy) -> Result<(), Error> {
        sqlx::query!(
            "insert into practitioners_claimed (organization, interface, code, staff, name, since, by_staff)
             values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (organization, interface, code) do update set staff = $4, name = $5, since = $6, by_staff = $7",
            self.org(),
            interface.0,
            code_key(&claim.code),
            claim.staff.map(|s| s.0),
            claim.name,
            by.since.map(|t| t.to_sqlx()) as _,
            by.staff.map(|s| s.0)
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    pub async fn type_rows(&mut self, interface: InterfaceId) -> Result<Vec<TypeRow>, Error> {
        let rows = sqlx::query!(
            "select code, visit_type from visit_types where organization = $1 and interface = $2 order by code",
            self.org(),
            interface.0
        )
        .fetch_all(&mut *self.tx)
        .await?;
        let read = |word: String| text::word(&word, "visit_types", "visit_type");
        rows.into_iter().map(|r| Ok(TypeRow { code: r.code, is: r.visit_type.map(read).transpose()? })).collect()
    }

    pub async fn claim_rows(&mut self, interface: InterfaceId) -> Result<Vec<ClaimRow>, Error> {
        let rows = sqlx::query!(
            "select code, name, staff from practitioners_claimed where organization = $1 and interface = $2 order by code",
            self.org(),
            interface.0
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows.into_iter().map(|r| ClaimRow { code: r.code, name: r.name, staff: r.staff.map(StaffId) }).collect())
    }

    /// Every word of this interface that came with a visit, and with how many.
    pub async fn codes_seen(&mut self, interface: InterfaceId, kind: CodeKind) -> Result<Vec<SeenCode>, Error> {
        let prefix = format!("{interface}/");
        let seen = |(code, name, visits): (Option<String>, Option<String>, i64)| SeenCode {
            code: code.unwrap_or_default().split_once('/').map(|(_, code)| code.to_owned()).unwrap_or_default(),
            name: name.unwrap_or_default(),
            visits,
        };
        Ok(match kind {
            CodeKind::VisitType => sqlx::query!(
                r#"select body #>> '{encounter,visit_code,set}' as code,
                     count(distinct body #>> '{encounter,encounter}') as "visits!"
                   from changes where organization = $1 and body #>> '{encounter,visit_code,set}' is not null
                     and starts_with(body #>> '{encounter,visit_code,set}', $2) group by 1 order by 2 desc, 1"#,
                self.org(),
                prefix
            )
            .fetch_all(&mut *self.tx)
            .await?
            .into_iter()
            .map(|r| seen((r.code, None, r.visits)))
            .collect(),
            CodeKind::Practitioner => sqlx::query!(
                r#"select body #>> '{encounter,practitioner_code,set}' as code,
                     max(body #>> '{encounter,practitioner,set}') as name,
                     count(distinct body #>> '{encounter,encounter}') as "visits!"
                   from changes where organization = $1 and body #>> '{encounter,practitioner_code,set}' is not null
                     and starts_with(body #>> '{encounter,practitioner_code,set}', $2) group by 1 order by 3 desc, 1"#,
                self.org(),
                prefix
            )
            .fetch_all(&mut *self.tx)
            .await?
            .into_iter()
            .map(|r| seen((r.code, r.name, r.visits)))
            .collect(),
        })
    }

    /// Has the charts that hold visits with this word folded anew, by the runner and a few at a time; how many those are.
    pub async fn wake_code(
        &mut self,
        interface: InterfaceId,
        kind: CodeKind,
        code: &str,
        now: Timestamp,
    ) -> Result<u64, Error> {
        let key = format!("{interface}/{}", code_key(code));
        let done = match kind {
            CodeKind::VisitType => wake_code!("visit_code", self.org(), key, now).execute(&mut *self.tx).await?,
            CodeKind::Practitioner => {
                wake_code!("practitioner_code", self.org(), key, now).execute(&mut *self.tx).await?
            }
        };
        Ok(done.rows_affected())
    }

    /// Puts an item about a feed on the work list, once for all patients. `again`: also if one was settled before.
    pub async fn notice_of_interface(&mut self, new: &InterfaceNotice<'_>, id: Uuid) -> Result<(), Error> {
        sqlx::query!(
            "insert into notices (organization, patient, id, kind, about, at, interface)
             select $1, $2, $3, $4, $5, $6, $7
             where not exists (select from notices where organization = $1 and kind = $4 and about = $5
                 and (interface is null or interface = $7) and (done_at is null or not $8))
             on conflict do nothing",
            self.org(),
            new.patient.map(|p| p.0),
            id,
            new.kind,
            new.about,
            new.at.to_sqlx() as _,
            new.interface.0,
            new.again
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// What stood on the work list about a feed is settled.
    pub async fn close_interface_notices(
        &mut self,
        interface: InterfaceId,
        kind: &str,
        about: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        sqlx::query!(
            "update notices set done_at = $5 where organization = $1 and kind = $3 and upper(about) = upper($4)
                 and (interface is null or interface = $2) and done_at is null",
            self.org(),
            interface.0,
            kind,
            about,
            now.to_sqlx() as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}

/// An item for the work list about a feed.
#[derive(Debug, Clone, Copy)]
pub struct InterfaceNotice<'a> {
    pub interface: InterfaceId,
    /// Whose visit it came up with first.
    pub patient: Option<PatientId>,
    pub kind: &'a str,
    pub about: &'a str,
    pub at: Timestamp,
    pub again: bool,
}
