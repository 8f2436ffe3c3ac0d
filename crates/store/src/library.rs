//! The library's rows: what was published, in which version, by what right.

use care::id::StaffId;
use care::library::{Kind, Reference, Scope};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;

use crate::{Error, OrgTx, text};

/// One version of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LibraryRow {
    pub name: Reference,
    pub version: u32,
    pub scope: Scope,
    /// In English.
    pub title: String,
    pub licence: String,
    pub attribution: String,
    pub source: Option<String>,
    pub languages: Vec<String>,
    /// Of a questionnaire: what scores it.
    pub instrument: Option<String>,
    pub published_at: Timestamp,
}

/// An item to be published. `body`: its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewItem {
    pub row: LibraryRow,
    pub body: String,
    pub by: Option<StaffId>,
}

pub(crate) struct Raw {
    pub kind: String,
    pub id: String,
    pub version: i32,
    pub scope: String,
    pub title: String,
    pub licence: String,
    pub attribution: String,
    pub source: Option<String>,
    pub languages: Vec<String>,
    pub instrument: Option<String>,
    pub published_at: jiff_sqlx::Timestamp,
}

impl Raw {
    pub fn row(self) -> Result<LibraryRow, Error> {
        let unreadable = |column| move |_| Error::unreadable("library_items", column);
        let kind: Kind = self.kind.parse().map_err(unreadable("kind"))?;
        Ok(LibraryRow {
            name: Reference::new(kind, &self.id).map_err(unreadable("id"))?,
            version: u32::try_from(self.version).map_err(|_| Error::unreadable("library_items", "version"))?,
            scope: text::word(&self.scope, "library_items", "scope")?,
            title: self.title,
            licence: self.licence,
            attribution: self.attribution,
            source: self.source,
            languages: self.languages,
            instrument: self.instrument,
            published_at: self.published_at.to_jiff(),
        })
    }
}

/// What stood there before an item was to be published.
pub(crate) struct Known {
    pub newest: Option<i32>,
    pub scope: Option<String>,
    /// Whether it is of the same scope, and of the same account.
    pub ours: Option<bool>,
    /// Of this very version.
    pub same: Option<bool>,
}

impl Known {
    pub fn meets(self, item: &NewItem) -> Result<Published, Error> {
        let (Some(newest), Some(scope)) = (self.newest, self.scope) else { return Ok(Published::New) };
        let newest = u32::try_from(newest).map_err(|_| Error::unreadable("library_items", "version"))?;
        let scope: Scope = text::word(&scope, "library_items", "scope")?;
        Ok(match self.same {
            Some(true) => Published::Unchanged,
            _ if self.ours != Some(true) => Published::Refused(Clash::Taken(scope)),
            Some(false) => Published::Refused(Clash::Changed),
            None if newest > item.row.version => Published::Refused(Clash::Older { newest }),
            None => Published::NewVersion(newest),
        })
    }
}

/// What became of an item that was to be published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Published {
    New,
    /// The newest before it.
    NewVersion(u32),
    /// It is there already, letter by letter.
    Unchanged,
    Refused(Clash),
}

/// Why an item was not published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clash {
    /// This version is published with another text.
    Changed,
    /// A later version is published.
    Older { newest: u32 },
    /// The name belongs to an item of another scope, or of another account.
    Taken(Scope),
}

impl OrgTx {
    /// Publishes what is new, in one statement, and says of each item what became of it. A version that was published
    /// stays as it is, and so does an item of another scope. Scope account: of the account that the organization is in.
    pub async fn publish_items(&mut self, items: &[NewItem]) -> Result<Vec<Published>, Error> {
        let column = |of: fn(&NewItem) -> String| items.iter().map(of).collect::<Vec<_>>();
        let versions: Vec<i32> = items.iter().map(|i| i32::try_from(i.row.version).unwrap_or(i32::MAX)).collect();
        let instruments: Vec<Option<String>> = items.iter().map(|i| i.row.instrument.clone()).collect();
        let sources: Vec<Option<String>> = items.iter().map(|i| i.row.source.clone()).collect();
        let times: Vec<_> = items.iter().map(|i| i.row.published_at.to_sqlx()).collect();
        let by: Vec<Option<uuid::Uuid>> = items.iter().map(|i| i.by.map(|staff| staff.0)).collect();
        let rows = sqlx::query!(
            r#"with given as (
                 select * from unnest($2::text[], $3::text[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[],
                     $9::text[], $10::text[], $11::text[], $12::timestamptz[], $13::uuid[], $14::text[]) with ordinality
                     as t (kind, id, version, scope, title, licence, attribution, source, languages, body, at, by_staff,
                         instrument, n)),
             whose as (select g.n, o.account from given g
                 left join organizations o on o.id = $1 and g.scope = 'account'),
             known as (
                 select g.n, o.newest, o.scope, o.scope = g.scope and o.account is not distinct from w.account as ours,
                     l.body = g.body as same
                 from given g join whose w using (n)
                 left join lateral (select version as newest, scope, account from library_items l
                     where l.organization = $1 and l.kind = g.kind and l.id = g.id order by version desc limit 1) o on true
                 left join library_items l
                     on l.organization = $1 and l.kind = g.kind and l.id = g.id and l.version = g.version),
             added as (
                 insert into library_items (organization, kind, id, version, scope, account, title, licence, attribution,
                     source, languages, body, published_at, published_by, instrument)
                 select $1, kind, id, version, g.scope, w.account, title, licence, attribution, source,
                     string_to_array(languages, ' '), body, at, by_staff, instrument
                 from given g join known k using (n) join whose w using (n)
                 where k.newest is null or (k.newest < g.version and k.ours))
             select newest as "newest?", scope as "scope?", ours as "ours?", same as "same?" from known order by n"#,
            self.org(),
            &column(|i| i.row.name.kind.code().into()),
            &column(|i| i.row.name.id.clone()),
            &versions,
            &column(|i| i.row.scope.code().into()),
            &column(|i| i.row.title.clone()),
            &column(|i| i.row.licence.clone()),
            &column(|i| i.row.attribution.clone()),
            &sources as &[Option<String>],
            &column(|i| i.row.languages.join(" ")),
            &column(|i| i.body.clone()),
            times.as_slice() as _,
            &by as &[Option<uuid::Uuid>],
            &instruments as &[Option<String>]
        )
        .fetch_all(&mut *self.tx)
        .await?;
        let known = |(item, row): (&NewItem, Known)| row.meets(item);
        let rows = rows.into_iter().map(|r| Known { newest: r.newest, scope: r.scope, ours: r.ours, same: r.same });
        items.iter().zip(rows).map(known).collect()
    }

    /// Every version of every item: the newest of each first.
    pub async fn library(&mut self) -> Result<Vec<LibraryRow>, Error> {
        let rows = sqlx::query_as!(
            Raw,
            r#"select kind, id, version, scope, title, licence, attribution, source, languages, instrument,
                 published_at as "published_at: jiff_sqlx::Timestamp"
             from library_items where organization = $1 order by kind, title, id, version desc"#,
            self.org()
        )
        .fetch_all(&mut *self.tx)
        .await?;
        rows.into_iter().map(Raw::row).collect()
    }

    /// The newest version of every item.
    pub async fn newest(&mut self) -> Result<Vec<LibraryRow>, Error> {
        let rows = sqlx::query_as!(
            Raw,
            r#"select distinct on (kind, id) kind, id, version, scope, title, licence, attribution, source, languages,
                 instrument, published_at as "published_at: jiff_sqlx::Timestamp"
             from library_items where organization = $1 order by kind, id, version desc"#,
            self.org()
        )
        .fetch_all(&mut *self.tx)
        .await?;
        let mut rows: Vec<LibraryRow> = rows.into_iter().map(Raw::row).collect::<Result<_, _>>()?;
        rows.sort_by(|a, b| (a.name.kind, &a.title).cmp(&(b.name.kind, &b.title)));
        Ok(rows)
    }

    /// The newest version of every item, or of those of one kind, with its file.
    pub async fn shelf(&mut self, kind: Option<Kind>) -> Result<Vec<(LibraryRow, String)>, Error> {
        let rows = sqlx::query!(
            r#"select distinct on (kind, id) kind, id, version, scope, title, licence, attribution, source, languages,
                 instrument, body, published_at as "published_at: jiff_sqlx::Timestamp"
             from library_items where organization = $1 and ($2::text is null or kind = $2)
             order by kind, id, version desc"#,
            self.org(),
            kind.map(Kind::code)
        )
        .fetch_all(&mut *self.tx)
        .await?;
        rows.into_iter()
            .map(|r| {
                let raw = Raw {
                    kind: r.kind,
                    id: r.id,
                    version: r.version,
                    scope: r.scope,
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

    /// The messages that are the clinic's own, each in its newest version.
    pub async fn own_messages(&mut self) -> Result<Vec<(String, u32, String)>, Error> {
        let rows = sqlx::query!(
            "select distinct on (id) id, version, body from library_items
             where organization = $1 and kind = 'message' and scope <> 'global' order by id, version desc",
            self.org()
        )
        .fetch_all(&mut *self.tx)
        .await?;
        let version = |n: i32| u32::try_from(n).map_err(|_| Error::unreadable("library_items", "version"));
        rows.into_iter().map(|r| Ok((format!("message/{}", r.id), version(r.version)?, r.body))).collect()
    }

    /// The file of one version.
    pub async fn item_body(&mut self, name: &Reference, version: u32) -> Result<Option<String>, Error> {
        let row = sqlx::query_scalar!(
            "select body from library_items where organization = $1 and kind = $2 and id = $3 and version = $4",
            self.org(),
            name.kind.code(),
            name.id,
            i32::try_from(version).unwrap_or(i32::MAX)
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(row)
    }

    /// What scores each questionnaire, by its name: "questionnaire/pain" to "nprs".
    pub async fn instruments(&mut self) -> Result<std::collections::BTreeMap<String, String>, Error> {
        let rows = sqlx::query!(
            r#"select distinct on (id) id, instrument as "instrument!" from library_items
               where organization = $1 and kind = 'questionnaire' and instrument is not null order by id, version desc"#,
            self.org()
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows.into_iter().map(|r| (format!("questionnaire/{}", r.id), r.instrument)).collect())
    }

    /// The file of the version that stood at a moment: what a patient was given then is what they keep. Before the first
    /// one was published: the first.
    pub async fn item_body_at(&mut self, name: &Reference, at: Timestamp) -> Result<Option<(u32, String)>, Error> {
        let row = sqlx::query!(
            "select version, body from library_items where organization = $1 and kind = $2 and id = $3
             order by published_at <= $4 desc, case when published_at <= $4 then version else -version end desc limit 1",
            self.org(),
            name.kind.code(),
            name.id,
            at.to_sqlx() as _
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(row.map(|r| (u32::try_from(r.version).unwrap_or(0), r.body)))
    }
}
