//! Feeds from EMRs.

use care::id::InterfaceId;

use crate::{Error, OrgTx};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InterfaceState {
    /// Facts enter, nothing fires.
    Loading,
    Live,
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
}

impl OrgTx {
    pub async fn interfaces(&mut self) -> Result<Vec<InterfaceRow>, Error> {
        let rows = sqlx::query!(
            "select id, name, listen, state, settings from interfaces where organization = $1 order by name",
            self.org()
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows
            .into_iter()
            .map(|r| InterfaceRow {
                id: InterfaceId(r.id),
                name: r.name,
                listen: r.listen,
                state: if r.state == "live" { InterfaceState::Live } else { InterfaceState::Loading },
                settings: r.settings,
            })
            .collect())
    }

    pub async fn put_interface(&mut self, row: &InterfaceRow) -> Result<(), Error> {
        let state = match row.state {
            InterfaceState::Loading => "loading",
            InterfaceState::Live => "live",
        };
        sqlx::query!(
            "insert into interfaces (organization, id, name, listen, state, settings) values ($1, $2, $3, $4, $5, $6)
             on conflict (organization, id) do update set name = $3, listen = $4, state = $5, settings = $6",
            self.org(),
            row.id.0,
            row.name,
            row.listen,
            state,
            row.settings
        )
        .execute(&mut *self.tx)
        .await?;
        self.check_feeds().await
    }

    /// Holds an interface while its settings are changed.
    pub async fn lock_interface(&mut self, id: InterfaceId) -> Result<Option<InterfaceRow>, Error> {
        let row = sqlx::query!(
            "select name, listen, state, settings from interfaces where organization = $1 and id = $2 for update",
            self.org(),
            id.0
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(row.map(|row| InterfaceRow {
            id,
            name: row.name,
            listen: row.listen,
            state: if row.state == "live" { InterfaceState::Live } else { InterfaceState::Loading },
            settings: row.settings,
        }))
    }

    /// Holds the interface for one batch, so that messages are applied in receive order by one applier. `None` when
    /// another holds it.
    pub async fn hold_interface(&mut self, id: InterfaceId) -> Result<Option<InterfaceRow>, Error> {
        let row = sqlx::query!(
            "select name, listen, state, settings from interfaces where organization = $1 and id = $2 for update skip locked",
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
            state: if row.state == "live" { InterfaceState::Live } else { InterfaceState::Loading },
            settings: row.settings,
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
    /// Switches between loading and live; false if there is no such interface.
    pub async fn set_interface_state(&mut self, id: InterfaceId, state: InterfaceState) -> Result<bool, Error> {
        let word = if state == InterfaceState::Live { "live" } else { "loading" };
        let done = sqlx::query!(
            "update interfaces set state = $3 where organization = $1 and id = $2",
            self.org(),
            id.0,
            word
        )
        .execute(&mut *self.tx)
        .await?;
        self.check_feeds().await?;
        Ok(done.rows_affected() == 1)
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
