//! Feeds from EMRs.

use care::chart::Source;
use care::id::{InterfaceId, PatientId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;

use crate::{Error, OrgTx, text};

text::words! {
    InterfaceState {
        /// Facts enter, nothing fires.
        Loading = "loading",
        /// The visits ahead that came in while it was loading are being taken up.
        GoingLive = "going_live",
        Live = "live",
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct InterfaceRow {
    pub id: InterfaceId,
    pub name: String,
    /// Where it listens, as in "127.0.0.1:2575".
    pub listen: Option<String>,
    pub state: InterfaceState,
    /// The settings as the wire room reads them.
    pub settings: serde_json::Value,
    /// What came before only fills charts, whenever it is read.
    pub live_since: Option<Timestamp>,
}

/// How far an interface has come on its way to going live.
#[derive(Debug, Clone, Copy)]
pub struct GoingLive {
    pub since: Option<Timestamp>,
    /// The last patient whose visits were taken up.
    pub cursor: Option<PatientId>,
}

impl OrgTx {
    pub async fn interfaces(&mut self) -> Result<Vec<InterfaceRow>, Error> {
        let rows = sqlx::query!(
            r#"select id, name, listen, state, settings, live_since as "live_since: jiff_sqlx::Timestamp"
               from interfaces where organization = $1 order by name"#,
            self.org()
        )
        .fetch_all(&mut *self.tx)
        .await?;
        rows.into_iter()
            .map(|r| {
                Ok(InterfaceRow {
                    id: InterfaceId(r.id),
                    name: r.name,
                    listen: r.listen,
                    state: text::word(&r.state, "interfaces", "state")?,
                    settings: r.settings,
                    live_since: r.live_since.map(|t| t.to_jiff()),
                })
            })
            .collect()
    }

    pub async fn put_interface(&mut self, row: &InterfaceRow) -> Result<(), Error> {
        sqlx::query!(
            "insert into interfaces (organization, id, name, listen, state, settings) values ($1, $2, $3, $4, $5, $6)
             on conflict (organization, id) do update set name = $3, listen = $4, state = $5, settings = $6",
            self.org(),
            row.id.0,
            row.name,
            row.listen,
            row.state.code(),
            row.settings
        )
        .execute(&mut *self.tx)
        .await?;
        self.check_feeds().await
    }

    /// Holds an interface while its settings are changed.
    pub async fn lock_interface(&mut self, id: InterfaceId) -> Result<Option<InterfaceRow>, Error> {
        let row = sqlx::query!(
            r#"select name, listen, state, settings, live_since as "live_since: jiff_sqlx::Timestamp"
               from interfaces where organization = $1 and id = $2 for update"#,
            self.org(),
            id.0
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(InterfaceRow {
            id,
            name: row.name,
            listen: row.listen,
            state: text::word(&row.state, "interfaces", "state")?,
            live_since: row.live_since.map(|t| t.to_jiff()),
            settings: row.settings,
        }))
    }

    /// Holds the interface for one batch, so that messages are applied in receive order by one applier. `None` when
    /// another holds it.
    pub async fn hold_interface(&mut self, id: InterfaceId) -> Result<Option<InterfaceRow>, Error> {
        let row = sqlx::query!(
            r#"select name, listen, state, settings, live_since as "live_since: jiff_sqlx::Timestamp"
               from interfaces where organization = $1 and id = $2 for update skip locked"#,
            self.org(),
            id.0
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        let Some(row) = row else { return Ok(None) };
        sqlx::query!("update interfaces set fence = fence + 1 where organization = $1 and id = $2", self.org(), id.0)
            .execute(&mut *self.tx)
            .await?;
        Ok(Some(InterfaceRow {
            id,
            name: row.name,
            listen: row.listen,
            state: text::word(&row.state, "interfaces", "state")?,
            settings: row.settings,
            live_since: row.live_since.map(|t| t.to_jiff()),
        }))
    }
}

/// How many messages of an interface wait, and how many were refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InboxCounts {
    pub interface: InterfaceId,
    pub waiting: i64,
    pub refused: i64,
}

impl OrgTx {
    /// An interface that was loading goes live; with `cover` the visits ahead are taken up first. False if it was not loading.
    pub async fn start_live(&mut self, id: InterfaceId, cover: bool, now: Timestamp) -> Result<bool, Error> {
        let state = if cover { InterfaceState::GoingLive } else { InterfaceState::Live };
        let done = sqlx::query!(
            "update interfaces set state = $3, live_since = $4, live_cursor = null
             where organization = $1 and id = $2 and state = 'loading'",
            self.org(),
            id.0,
            state.code(),
            now.to_sqlx() as _
        )
        .execute(&mut *self.tx)
        .await?;
        self.check_feeds().await?;
        Ok(done.rows_affected() == 1)
    }

    /// Back to loading; false if there is no such interface.
    pub async fn load_again(&mut self, id: InterfaceId) -> Result<bool, Error> {
        let done = sqlx::query!(
            "update interfaces set state = 'loading', live_since = null, live_cursor = null
             where organization = $1 and id = $2",
            self.org(),
            id.0
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Holds an interface that is going live, once all that came before is read. `None`: not yet, or not any more.
    pub async fn hold_going_live(&mut self, id: InterfaceId) -> Result<Option<GoingLive>, Error> {
        let row = sqlx::query!(
            r#"select live_since as "since: jiff_sqlx::Timestamp", live_cursor as cursor from interfaces i
               where organization = $1 and id = $2 and state = 'going_live' and not exists (
                   select from messages m where m.organization = $1 and m.interface = $2 and m.state = 'waiting'
                   and m.received_at < i.live_since)
               for update skip locked"#,
            self.org(),
            id.0
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(row.map(|r| GoingLive { since: r.since.map(|t| t.to_jiff()), cursor: r.cursor.map(PatientId) }))
    }

    /// So far the visits ahead are taken up; `None`: all of them, it is live.
    pub async fn went_live(&mut self, id: InterfaceId, cursor: Option<PatientId>) -> Result<(), Error> {
        sqlx::query!(
            "update interfaces set live_cursor = $3, state = case when $3::uuid is null then 'live' else state end
             where organization = $1 and id = $2 and state = 'going_live'",
            self.org(),
            id.0,
            cursor.map(|p| p.0)
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Patients with a visit ahead among those the interface spoke of: (all patients, those, their visits).
    pub async fn loaded_counts(&mut self, id: InterfaceId, now: Timestamp) -> Result<(i64, i64, i64), Error> {
        let row = sqlx::query!(
            r#"with ours as (select p.id from patients p where p.organization = $1 and p.merged_into is null
                   and exists (select from changes c where c.organization = $1 and c.patient = p.id and c.source = $2))
               select (select count(*) from ours) as "patients!", count(distinct e.patient) as "with_visit!",
                   count(*) as "visits!"
               from encounters e where e.organization = $1 and e.patient in (select id from ours)
                   and e.state = 'planned' and e.starts_at > $3"#,
            self.org(),
            text::source(Source::Emr(id))?,
            now.to_sqlx() as _
        )
        .fetch_one(&mut *self.tx)
        .await?;
        Ok((row.patients, row.with_visit, row.visits))
    }

    /// Those of them with a visit ahead, in the order of their ids.
    pub async fn loaded_patients(
        &mut self,
        id: InterfaceId,
        after: Option<PatientId>,
        now: Timestamp,
        most: i64,
    ) -> Result<Vec<PatientId>, Error> {
        let ids = sqlx::query_scalar!(
            "select distinct e.patient from encounters e where e.organization = $1 and e.state = 'planned'
                 and e.starts_at > $3 and ($5::uuid is null or e.patient > $5) and exists (select from changes c
                     where c.organization = $1 and c.patient = e.patient and c.source = $2)
             order by e.patient limit $4",
            self.org(),
            text::source(Source::Emr(id))?,
            now.to_sqlx() as _,
            most,
            after.map(|p| p.0)
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(ids.into_iter().map(PatientId).collect())
    }

    pub async fn inbox_counts(&mut self) -> Result<Vec<InboxCounts>, Error> {
        let rows = sqlx::query!(
            r#"select interface, count(*) filter (where state = 'waiting') as "waiting!",
                 count(*) filter (where state = 'refused') as "refused!"
               from messages where organization = $1 and state in ('waiting', 'refused') group by interface"#,
            self.org()
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows
            .into_iter()
            .map(|r| InboxCounts { interface: InterfaceId(r.interface), waiting: r.waiting, refused: r.refused })
            .collect())
    }
}
