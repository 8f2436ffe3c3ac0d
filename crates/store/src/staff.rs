//! People who sign in, and their sessions.

use care::id::{OrganizationId, StaffId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;

use crate::{Error, OrgTx, Store, text};

text::words! {
    /// What a person may do, at most.
    StaffRole {
        FrontDesk = "front_desk",
        Practitioner = "practitioner",
        Admin = "admin",
    }
}

#[derive(Debug, Clone)]
pub struct NewStaff {
    pub id: StaffId,
    pub email: String,
    pub name: String,
    pub role: StaffRole,
    pub password_hash: String,
}

#[derive(Debug, Clone)]
pub struct StaffRow {
    pub id: StaffId,
    pub name: String,
    pub role: StaffRole,
    pub password_hash: String,
}

impl Store {
    /// Which organization a person who signs in belongs to.
    pub async fn find_staff(&self, email: &str) -> Result<Option<(OrganizationId, StaffId)>, Error> {
        let row = sqlx::query!(r#"select organization as "organization!", id as "id!" from find_staff($1)"#, email)
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.map(|r| (OrganizationId(r.organization), StaffId(r.id))))
    }

    /// Whose session a token is, if it is one.
    pub async fn find_session(
        &self,
        token_hash: &[u8],
        now: Timestamp,
    ) -> Result<Option<(OrganizationId, StaffId)>, Error> {
        let row = sqlx::query!(
            r#"select organization as "organization!", staff as "staff!" from find_session($1, $2)"#,
            token_hash,
            now.to_sqlx() as _
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|r| (OrganizationId(r.organization), StaffId(r.staff))))
    }
}

impl OrgTx {
    pub async fn create_staff(&mut self, new: &NewStaff) -> Result<(), Error> {
        sqlx::query!(
            "insert into staff (organization, id, email, name, role, password_hash) values ($1, $2, $3, $4, $5, $6)",
            self.org(),
            new.id.0,
            new.email,
            new.name,
            new.role.code(),
            new.password_hash
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    pub async fn staff(&mut self, id: StaffId) -> Result<Option<StaffRow>, Error> {
        let row = sqlx::query!(
            "select name, role, password_hash from staff where organization = $1 and id = $2",
            self.org(),
            id.0
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        row.map(|r| {
            let role = text::word(&r.role, "staff", "role")?;
            Ok(StaffRow { id, name: r.name, role, password_hash: r.password_hash })
        })
        .transpose()
    }

    /// Everybody who signs in, by name.
    pub async fn staff_list(&mut self) -> Result<Vec<(StaffId, String)>, Error> {
        let rows = sqlx::query!("select id, name from staff where organization = $1 order by name, id", self.org())
            .fetch_all(&mut *self.tx)
            .await?;
        Ok(rows.into_iter().map(|r| (StaffId(r.id), r.name)).collect())
    }

    pub async fn start_session(
        &mut self,
        staff: StaffId,
        token_hash: &[u8],
        now: Timestamp,
        expires: Timestamp,
    ) -> Result<(), Error> {
        sqlx::query!(
            "delete from sessions where organization = $1 and expires_at <= $2",
            self.org(),
            now.to_sqlx() as _
        )
        .execute(&mut *self.tx)
        .await?;
        sqlx::query!(
            "insert into sessions (organization, token_hash, staff, created_at, expires_at) values ($1, $2, $3, $4, $5)",
            self.org(),
            token_hash,
            staff.0,
            now.to_sqlx() as _,
            expires.to_sqlx() as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    pub async fn end_session(&mut self, token_hash: &[u8]) -> Result<(), Error> {
        sqlx::query!("delete from sessions where organization = $1 and token_hash = $2", self.org(), token_hash)
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }
}
