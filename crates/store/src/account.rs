//! Accounts, and which organizations are in them.

use care::id::{AccountId, OrganizationId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use uuid::Uuid;

use crate::{Error, OrgTx, Store};

/// A transaction of one account. It writes what the account publishes, and may turn to each of its organizations: all of
/// that commits together.
pub struct AccountTx {
    pub(crate) account: AccountId,
    /// Before it turned to one: that of no organization.
    pub(crate) within: OrgTx,
}

impl Store {
    pub async fn accounts(&self) -> Result<Vec<AccountId>, Error> {
        let ids = sqlx::query_scalar!(r#"select id as "id!" from list_accounts()"#).fetch_all(&self.pool).await?;
        Ok(ids.into_iter().map(AccountId).collect())
    }

    pub async fn begin_account(&self, account: AccountId) -> Result<AccountTx, Error> {
        let mut within = self.begin(OrganizationId(Uuid::nil())).await?;
        sqlx::query!("select set_config('stepwell.account', $1, true)", account.0.to_string())
            .fetch_one(&mut *within.tx)
            .await?;
        Ok(AccountTx { account, within })
    }
}

impl AccountTx {
    /// Makes the account this transaction belongs to.
    pub async fn create(&mut self, name: &str, now: Timestamp) -> Result<(), Error> {
        sqlx::query!(
            "insert into accounts (id, name, created_at) values ($1, $2, $3)",
            self.account.0,
            name,
            now.to_sqlx() as _
        )
        .execute(&mut *self.within.tx)
        .await?;
        Ok(())
    }

    pub async fn name(&mut self) -> Result<String, Error> {
        let name = sqlx::query_scalar!("select name from accounts where id = $1", self.account.0);
        Ok(name.fetch_one(&mut *self.within.tx).await?)
    }

    pub async fn organizations(&mut self) -> Result<Vec<OrganizationId>, Error> {
        let ids = sqlx::query_scalar!(r#"select id as "id!" from organizations_of($1)"#, self.account.0)
            .fetch_all(&mut *self.within.tx)
            .await?;
        Ok(ids.into_iter().map(OrganizationId).collect())
    }

    /// From now on this transaction is that of one of its organizations, too.
    pub async fn turn_to(&mut self, organization: OrganizationId) -> Result<&mut OrgTx, Error> {
        if !self.organizations().await?.contains(&organization) {
            return Err(Error::Refused("an account reaches no organization but its own".into()));
        }
        sqlx::query!("select set_config('stepwell.organization', $1, true)", organization.0.to_string())
            .fetch_one(&mut *self.within.tx)
            .await?;
        self.within.organization = organization;
        Ok(&mut self.within)
    }

    /// Nobody else publishes for it or joins it before this transaction has ended.
    pub async fn hold(&mut self) -> Result<(), Error> {
        self.within.hold_account(self.account).await
    }

    pub async fn commit(self) -> Result<(), Error> {
        self.within.commit().await
    }
}

impl OrgTx {
    async fn hold_account(&mut self, account: AccountId) -> Result<(), Error> {
        sqlx::query!(
            "select pg_advisory_xact_lock(hashtextextended('account ' || $1::uuid::text, 0))::text as held",
            account.0
        )
        .fetch_one(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// The account that the organization is in, and its name.
    pub async fn account(&mut self) -> Result<Option<(AccountId, String)>, Error> {
        let row = sqlx::query!(
            "select a.id, a.name from organizations o join accounts a on a.id = o.account where o.id = $1",
            self.org()
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(row.map(|r| (AccountId(r.id), r.name)))
    }

    /// Puts the organization into an account; `None`: takes it out. What it has stays.
    pub async fn set_account(&mut self, account: Option<AccountId>) -> Result<(), Error> {
        if let Some(account) = account {
            self.hold_account(account).await?;
        }
        sqlx::query!("update organizations set account = $2 where id = $1", self.org(), account.map(|a| a.0))
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }
}
