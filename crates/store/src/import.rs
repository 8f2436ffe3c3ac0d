//! Imported files: uploaded, applied in batches, ended.

use care::id::{EncounterId, ImportId, InterfaceId, LocationId, OrganizationId, PatientId, StaffId};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx;

use crate::{Error, OrgTx, Store, text};

text::words! {
    ImportState {
        /// Kept; nothing of it is applied.
        Uploaded = "uploaded",
        Applying = "applying",
        Applied = "applied",
        /// As a whole, and nothing of it is applied.
        Refused = "refused",
        /// A person decided not to import it.
        Withdrawn = "withdrawn",
    }
}

#[derive(Debug, Clone)]
pub struct NewImport {
    pub id: ImportId,
    pub interface: InterfaceId,
    pub map: Option<String>,
    pub file_name: String,
    pub file_hash: Vec<u8>,
    pub body: Vec<u8>,
    pub origin: Option<String>,
    pub received_at: Timestamp,
    pub received_by: Option<StaffId>,
}

/// The file holds every visit of these days: one that is missing is cancelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompleteDays {
    pub from: Date,
    pub until: Date,
    /// `None`: at every location.
    pub at: Option<Vec<LocationId>>,
}

/// Why a file was refused as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    pub cause: String,
    pub place: String,
    pub cure: String,
}

#[derive(Debug, Clone)]
pub struct ImportRow {
    pub id: ImportId,
    pub interface: InterfaceId,
    pub map: Option<String>,
    /// The map it is applied with, from the moment it is.
    pub mapping: Option<serde_json::Value>,
    pub file_name: String,
    pub received_at: Timestamp,
    pub complete: Option<CompleteDays>,
    pub allow_vanishing: bool,
    pub state: ImportState,
    pub why: Option<Why>,
    /// Patients done, of how many; `None` before it is settled which visits vanish.
    pub done: Option<i32>,
    pub patients: Option<i32>,
    pub vanishing: Vec<(PatientId, EncounterId)>,
    pub counts: serde_json::Value,
    pub ended_at: Option<Timestamp>,
}

impl Store {
    /// Imports that are under way, in all organizations.
    pub async fn waiting_imports(&self) -> Result<Vec<(OrganizationId, ImportId)>, Error> {
        let rows = sqlx::query!(r#"select organization as "organization!", id as "id!" from waiting_imports()"#)
            .fetch_all(&self.pool)
            .await?;
        Ok(rows.into_iter().map(|r| (OrganizationId(r.organization), ImportId(r.id))).collect())
    }
}

macro_rules! imports {
    ($which:tt, $($given:expr),+) => {
        sqlx::query!(
            "select id, interface, map, mapping, file_name, received_at, complete_from, complete_until, complete_at,
                 allow_vanishing, state, cause, place, cure, done, patients, vanishing, counts, ended_at
             from imports where organization = $1 and " + $which,
            $($given),+
        )
    };
}

macro_rules! import_of {
    ($r:ident) => {
        ImportRow {
            id: ImportId($r.id),
            interface: InterfaceId($r.interface),
            map: $r.map,
            mapping: $r.mapping,
            file_name: $r.file_name,
            received_at: $r.received_at.to_jiff(),
            complete: $r.complete_from.zip($r.complete_until).map(|(from, until)| CompleteDays {
                from: from.to_jiff(),
                until: until.to_jiff(),
                at: $r.complete_at.map(|at| at.into_iter().map(LocationId).collect()),
            }),
            allow_vanishing: $r.allow_vanishing,
            state: text::word(&$r.state, "imports", "state")?,
            why: $r.cause.map(|cause| Why {
                cause,
                place: $r.place.unwrap_or_default(),
                cure: $r.cure.unwrap_or_default(),
            }),
            done: $r.done,
            patients: $r.patients,
            vanishing: serde_json::from_value($r.vanishing).map_err(|_| Error::unreadable("imports", "vanishing"))?,
            counts: $r.counts,
            ended_at: $r.ended_at.map(|at| at.to_jiff()),
        }
    };
}

impl OrgTx {
    pub async fn insert_import(&mut self, new: &NewImport) -> Result<(), Error> {
        sqlx::query!(
            "insert into imports (organization, id, interface, map, file_name, file_hash, body, origin, received_at, received_by)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            self.org(),
            new.id.0,
            new.interface.0,
            new.map,
            new.file_name,
            new.file_hash,
            new.body,
            new.origin,
            new.received_at.to_sqlx() as _,
            new.received_by.map(|staff| staff.0)
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    pub async fn import(&mut self, id: ImportId) -> Result<Option<ImportRow>, Error> {
        let row = imports!("id = $2", self.org(), id.0).fetch_optional(&mut *self.tx).await?;
        row.map(|r| Ok(import_of!(r))).transpose()
    }

    /// The newest first, without those that were withdrawn.
    pub async fn imports(&mut self, most: i64) -> Result<Vec<ImportRow>, Error> {
        let newest = imports!("state <> 'withdrawn' order by received_at desc, id desc limit $2", self.org(), most);
        let rows = newest.fetch_all(&mut *self.tx).await?;
        rows.into_iter().map(|r| Ok(import_of!(r))).collect()
    }

    pub async fn import_body(&mut self, id: ImportId) -> Result<Vec<u8>, Error> {
        let body =
            sqlx::query_scalar!("select body from imports where organization = $1 and id = $2", self.org(), id.0)
                .fetch_optional(&mut *self.tx)
                .await?;
        Ok(body.unwrap_or_default())
    }

    /// The import of a watched folder's file that was taken before, if it was.
    pub async fn import_of_origin(
        &mut self,
        interface: InterfaceId,
        hash: &[u8],
        origin: &str,
    ) -> Result<Option<ImportId>, Error> {
        let id = sqlx::query_scalar!(
            "select id from imports where organization = $1 and interface = $2 and file_hash = $3 and origin = $4",
            self.org(),
            interface.0,
            hash,
            origin
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(id.map(ImportId))
    }

    /// Whether an earlier file of the same interface is still under way: what it says comes first.
    pub async fn must_wait(&mut self, import: &ImportRow) -> Result<bool, Error> {
        let there = sqlx::query_scalar!(
            r#"select exists (select from imports where organization = $1 and interface = $2
                 and (received_at, id) < ($3, $4) and state = 'applying') as "there!""#,
            self.org(),
            import.interface.0,
            import.received_at.to_sqlx() as _,
            import.id.0
        )
        .fetch_one(&mut *self.tx)
        .await?;
        Ok(there)
    }

    /// Whether something of a file that came later was applied with the same map. One that waits for this one does not count.
    pub async fn newer_import(&mut self, import: &ImportRow) -> Result<bool, Error> {
        let there = sqlx::query_scalar!(
            r#"select exists (select from imports where organization = $1 and interface = $2 and map = $3
                 and received_at > $4 and (state = 'applied' or state = 'applying' and done is not null)) as "there!""#,
            self.org(),
            import.interface.0,
            import.map,
            import.received_at.to_sqlx() as _
        )
        .fetch_one(&mut *self.tx)
        .await?;
        Ok(there)
    }

    /// What a person says about a file that is not applied yet; false if it is.
    pub async fn set_import(
        &mut self,
        id: ImportId,
        interface: InterfaceId,
        map: &str,
        complete: Option<&CompleteDays>,
        may_vanish: bool,
    ) -> Result<bool, Error> {
        let at = complete.and_then(|days| days.at.as_ref()).map(|at| at.iter().map(|l| l.0).collect::<Vec<_>>());
        let done = sqlx::query!(
            "update imports set interface = $3, map = $4, complete_from = $5, complete_until = $6, complete_at = $7,
                 allow_vanishing = $8 where organization = $1 and id = $2 and state = 'uploaded'",
            self.org(),
            id.0,
            interface.0,
            map,
            complete.map(|days| days.from.to_sqlx()) as _,
            complete.map(|days| days.until.to_sqlx()) as _,
            at.as_deref(),
            may_vanish
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// From now on it is applied, with the map as it is now; false if it was begun or ended before.
    pub async fn begin_import(&mut self, id: ImportId, mapping: &serde_json::Value) -> Result<bool, Error> {
        let done = sqlx::query!(
            "update imports set state = 'applying', mapping = $3 where organization = $1 and id = $2 and state = 'uploaded'",
            self.org(),
            id.0,
            mapping
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// It is settled which visits vanish and how many patients there are to go through.
    pub async fn settle_import(
        &mut self,
        id: ImportId,
        patients: i32,
        vanishing: &[(PatientId, EncounterId)],
        counts: &serde_json::Value,
    ) -> Result<(), Error> {
        let vanishing = serde_json::to_value(vanishing).map_err(|_| Error::unreadable("imports", "vanishing"))?;
        sqlx::query!(
            "update imports set done = 0, patients = $3, vanishing = $4, counts = $5 where organization = $1 and id = $2",
            self.org(),
            id.0,
            patients,
            vanishing,
            counts
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// A batch of it is applied.
    pub async fn advance_import(&mut self, id: ImportId, done: i32, counts: &serde_json::Value) -> Result<(), Error> {
        sqlx::query!(
            "update imports set done = $3, counts = $4 where organization = $1 and id = $2",
            self.org(),
            id.0,
            done,
            counts
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// It came to its end: applied, refused or withdrawn.
    pub async fn end_import(
        &mut self,
        id: ImportId,
        state: ImportState,
        why: Option<&Why>,
        at: Timestamp,
    ) -> Result<bool, Error> {
        let done = sqlx::query!(
            "update imports set state = $3, cause = $4, place = $5, cure = $6, ended_at = $7
             where organization = $1 and id = $2 and state in ('uploaded', 'applying')",
            self.org(),
            id.0,
            state.code(),
            why.map(|why| &why.cause),
            why.map(|why| &why.place),
            why.map(|why| &why.cure),
            at.to_sqlx() as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}
