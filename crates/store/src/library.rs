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

struct Raw {
    kind: String,
    id: String,
    version: i32,
    scope: String,
    title: String,
    licence: String,
    attribution: String,
    source: Option<String>,
    languages: Vec<String>,
    instrument: Option<String>,
    published_at: jiff_sqlx::Timestamp,
}

impl Raw {
    fn row(self) -> Result<LibraryRow, Error> {
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

impl OrgTx {
    /// Publishes what is new, in one statement. What was published under this number before stays as it is.
    pub async fn publish_items(&mut self, items: &[NewItem]) -> Result<u64, Error> {
        let column = |of: fn(&NewItem) -> String| items.iter().map(of).collect::<Vec<_>>();
        let versions: Vec<i32> = items.iter().map(|i| i32::try_from(i.row.version).unwrap_or(i32::MAX)).collect();
        let instruments: Vec<Option<String>> = items.iter().map(|i| i.row.instrument.clone()).collect();
        let sources: Vec<Option<String>> = items.iter().map(|i| i.row.source.clone()).collect();
        let times: Vec<_> = items.iter().map(|i| i.row.published_at.to_sqlx()).collect();
        let by: Vec<Option<uuid::Uuid>> = items.iter().map(|i| i.by.map(|staff| staff.0)).collect();
        let done = sqlx::query!(
            "insert into library_items (organization, kind, id, version, scope, title, licence, attribution, source,
                 languages, body, published_at, published_by, instrument)
             select $1, kind, id, version, scope, title, licence, attribution, source, string_to_array(languages, ' '), body,
                 at, by_staff, instrument
             from unnest($2::text[], $3::text[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
                 $10::text[], $11::text[], $12::timestamptz[], $13::uuid[], $14::text[])
                 as t (kind, id, version, scope, title, licence, attribution, source, languages, body, at, by_staff,
                     instrument)
             on conflict do nothing",
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
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected())
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
