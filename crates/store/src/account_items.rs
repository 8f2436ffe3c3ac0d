//! What an account has published, for all of its organizations.

use care::library::Scope;
use jiff_sqlx::ToSqlx;

use crate::library::{Known, Raw};
use crate::video::number;
use crate::{AccountTx, Error, LibraryRow, NewItem, NewVideo, OrgTx, Piece, Published};

impl AccountTx {
    /// The newest version of every item of the account, with its file.
    pub async fn shelf(&mut self) -> Result<Vec<(LibraryRow, String)>, Error> {
        self.within.account_shelf().await
    }

    /// Publishes what is new, and says of each item what became of it. A version that was published stays as it is.
    pub async fn publish_items(&mut self, items: &[NewItem]) -> Result<Vec<Published>, Error> {
        let mut all = vec![];
        for item in items {
            let said = self.known(item).await?.meets(item)?;
            if let Published::New | Published::NewVersion(_) = said {
                self.insert_item(item).await?;
            }
            all.push(said);
        }
        Ok(all)
    }

    async fn known(&mut self, item: &NewItem) -> Result<Known, Error> {
        let row = sqlx::query!(
            "select max(version) as newest, bool_or(body = $5) filter (where version = $4) as same
             from account_items where account = $1 and kind = $2 and id = $3",
            self.account.0,
            item.row.name.kind.code(),
            item.row.name.id,
            number(item.row.version),
            item.body
        )
        .fetch_one(&mut *self.within.tx)
        .await?;
        let scope = row.newest.map(|_| Scope::Account.code().to_owned());
        Ok(Known { newest: row.newest, scope, ours: Some(true), same: row.same })
    }

    async fn insert_item(&mut self, item: &NewItem) -> Result<(), Error> {
        let row = &item.row;
        sqlx::query!(
            "insert into account_items (account, kind, id, version, title, licence, attribution, source, languages,
                 instrument, body, published_at, published_by)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            self.account.0,
            row.name.kind.code(),
            row.name.id,
            number(row.version),
            row.title,
            row.licence,
            row.attribution,
            row.source,
            &row.languages,
            row.instrument,
            item.body,
            row.published_at.to_sqlx() as _,
            item.by.map(|staff| staff.0)
        )
        .execute(&mut *self.within.tx)
        .await?;
        Ok(())
    }

    /// Keeps the video of a version that was just published.
    pub async fn insert_video(&mut self, new: &NewVideo) -> Result<(), Error> {
        sqlx::query!(
            "insert into account_videos (account, id, version, media_type, body, hash) values ($1, $2, $3, $4, $5, $6)",
            self.account.0,
            new.id,
            number(new.version),
            new.media_type,
            new.body,
            &new.hash[..]
        )
        .execute(&mut *self.within.tx)
        .await?;
        Ok(())
    }

    /// The hash of a version's video.
    pub async fn video_hash(&mut self, id: &str, version: u32) -> Result<Option<Vec<u8>>, Error> {
        let found = sqlx::query_scalar!(
            "select hash from account_videos where account = $1 and id = $2 and version = $3",
            self.account.0,
            id,
            number(version)
        );
        Ok(found.fetch_optional(&mut *self.within.tx).await?)
    }

    /// The whole of a version's video.
    pub async fn video(&mut self, id: &str, version: u32) -> Result<Option<Piece>, Error> {
        let row = sqlx::query!(
            r#"select media_type, octet_length(body) as "length!", body from account_videos
               where account = $1 and id = $2 and version = $3"#,
            self.account.0,
            id,
            number(version)
        )
        .fetch_optional(&mut *self.within.tx)
        .await?;
        Ok(row.map(|r| Piece { media_type: r.media_type, length: u64::try_from(r.length).unwrap_or(0), bytes: r.body }))
    }
}

impl OrgTx {
    /// The newest version of every item of the organization's account, with its file.
    pub async fn account_shelf(&mut self) -> Result<Vec<(LibraryRow, String)>, Error> {
        let rows = sqlx::query!(
            r#"select distinct on (kind, id) kind, id, version, title, licence, attribution, source, languages,
                 instrument, body, published_at as "published_at: jiff_sqlx::Timestamp"
             from account_items where account = (select own_account()) order by kind, id, version desc"#
        )
        .fetch_all(&mut *self.tx)
        .await?;
        rows.into_iter()
            .map(|r| {
                let raw = Raw {
                    kind: r.kind,
                    id: r.id,
                    version: r.version,
                    scope: Scope::Account.code().into(),
                    title: r.title,
                    licence: r.licence,
                    attribution: r.attribution,
                    source: r.source,
                    languages: r.languages,
                    instrument: r.instrument,
                    published_at: r.published_at,
                };
                Ok((raw.row()?, r.body))
            })
            .collect()
    }

    /// Brings the videos of what the organization has of its account.
    pub async fn bring_account_videos(&mut self) -> Result<(), Error> {
        sqlx::query!(
            "insert into library_videos (organization, id, version, media_type, body, hash)
             select $1, v.id, v.version, v.media_type, v.body, v.hash from account_videos v
             join library_items l on l.organization = $1 and l.kind = 'exercise' and l.id = v.id
                 and l.version = v.version and l.account = v.account
             where v.account = (select own_account())
             on conflict do nothing",
            self.org()
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}
