//! Who administers an account: a member of staff of one clinic, and a guest in the others.

use care::id::{AccountId, StaffId};
use jiff::Timestamp;

use crate::{Error, OrgTx, StaffRole, text};

/// The person behind a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    pub name: String,
    pub role: StaffRole,
    /// Of another clinic of the account.
    pub guest: bool,
    /// The organization's account, if they administer it.
    pub administers: Option<AccountId>,
}

impl OrgTx {
    /// Who is signed in. A guest who does not administer the organization's account any more is nobody.
    pub async fn signed_in(&mut self, id: StaffId) -> Result<Option<SignedIn>, Error> {
        let row = sqlx::query!(
            r#"select s.name, s.role, s.guest, case when administers(s.id, o.account) then o.account end as account
             from staff s join organizations o on o.id = s.organization where s.organization = $1 and s.id = $2"#,
            self.org(),
            id.0
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        row.filter(|r| !r.guest || r.account.is_some())
            .map(|r| {
                let role = text::word(&r.role, "staff", "role")?;
                Ok(SignedIn { name: r.name, role, guest: r.guest, administers: r.account.map(AccountId) })
            })
            .transpose()
    }

    /// Says which account a member of staff administers. `false`: there is no such administrator here.
    pub async fn set_account_admin(&mut self, id: StaffId, account: Option<AccountId>) -> Result<bool, Error> {
        let done = sqlx::query!(
            "update staff set administers = $3 where organization = $1 and id = $2 and role = 'admin' and not guest",
            self.org(),
            id.0,
            account.map(|account| account.0)
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// A row for somebody of another clinic, under the name that is to stand beside what they do. Their own row stays.
    pub async fn receive_guest(&mut self, id: StaffId, name: &str) -> Result<(), Error> {
        sqlx::query!(
            "insert into staff (organization, id, email, name, role, password_hash, guest)
             values ($1, $2, '', $3, 'admin', '', true)
             on conflict (organization, id) do update set name = excluded.name where staff.guest",
            self.org(),
            id.0,
            name
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Ends a session, and says until when it would have lasted.
    pub async fn take_session(&mut self, token_hash: &[u8]) -> Result<Option<Timestamp>, Error> {
        let until = sqlx::query_scalar!(
            r#"delete from sessions where organization = $1 and token_hash = $2
               returning expires_at as "expires_at: jiff_sqlx::Timestamp""#,
            self.org(),
            token_hash
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(until.map(jiff_sqlx::Timestamp::to_jiff))
    }
}
