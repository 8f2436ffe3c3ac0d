//! The inbox: raw messages, stored before they are acknowledged.

use care::id::{InterfaceId, MessageId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;

use crate::{Error, OrgTx, Store};

#[derive(Debug, Clone)]
pub struct IncomingMessage {
    pub id: MessageId,
    pub interface: InterfaceId,
    /// Sending application and facility.
    pub sender: String,
    pub control_id: String,
    pub body_hash: Vec<u8>,
    pub body: Vec<u8>,
    /// "ADT A28".
    pub kind: String,
    pub received_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    New,
    /// The very same message came before.
    Double,
}

#[derive(Debug, Clone)]
pub struct WaitingMessage {
    pub id: MessageId,
    pub body: Vec<u8>,
    pub received_at: Timestamp,
}

/// How a message ended.
#[derive(Debug, Clone)]
pub enum MessageEnd {
    Applied,
    Ignored,
    Refused { cause: String, place: String, cure: String },
}

/// A refused message as the list shows it.
#[derive(Debug, Clone)]
pub struct Refused {
    pub id: MessageId,
    pub interface: String,
    pub received_at: Timestamp,
    pub kind: String,
    pub cause: String,
    pub place: String,
    pub cure: String,
}

impl Store {
    /// Stores messages of one organization together, in one commit: what arrives together is written together.
    pub async fn store_messages(
        &self,
        organization: care::id::OrganizationId,
        messages: &[IncomingMessage],
    ) -> Result<Vec<Stored>, Error> {
        let mut tx = self.begin(organization).await?;
        let stored = tx.insert_messages(messages).await?;
        tx.commit().await?;
        Ok(stored)
    }
}

impl OrgTx {
    pub async fn insert_messages(&mut self, messages: &[IncomingMessage]) -> Result<Vec<Stored>, Error> {
        let ids: Vec<_> = messages.iter().map(|m| m.id.0).collect();
        let interfaces: Vec<_> = messages.iter().map(|m| m.interface.0).collect();
        let senders: Vec<_> = messages.iter().map(|m| m.sender.clone()).collect();
        let controls: Vec<_> = messages.iter().map(|m| m.control_id.clone()).collect();
        let hashes: Vec<_> = messages.iter().map(|m| m.body_hash.clone()).collect();
        let bodies: Vec<_> = messages.iter().map(|m| m.body.clone()).collect();
        let kinds: Vec<_> = messages.iter().map(|m| m.kind.clone()).collect();
        let received: Vec<_> = messages.iter().map(|m| m.received_at.to_sqlx()).collect();
        let new = sqlx::query_scalar!(
            "insert into messages (organization, id, interface, sender, control_id, body_hash, body, kind, received_at)
             select $1, m.* from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::bytea[], $7::bytea[], $8::text[],
                 $9::timestamptz[]) as m
             on conflict do nothing returning id",
            self.org(),
            &ids,
            &interfaces,
            &senders,
            &controls,
            &hashes,
            &bodies,
            &kinds,
            &received as _
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(ids.iter().map(|id| if new.contains(id) { Stored::New } else { Stored::Double }).collect())
    }

    pub async fn waiting_messages(&mut self, interface: InterfaceId, most: i64) -> Result<Vec<WaitingMessage>, Error> {
        let rows = sqlx::query!(
            "select id, body, received_at from messages
             where organization = $1 and interface = $2 and state = 'waiting' order by number limit $3",
            self.org(),
            interface.0,
            most
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows
            .into_iter()
            .map(|r| WaitingMessage { id: MessageId(r.id), body: r.body, received_at: r.received_at.to_jiff() })
            .collect())
    }

    pub async fn end_message(&mut self, id: MessageId, end: &MessageEnd) -> Result<(), Error> {
        let (state, cause, place, cure) = match end {
            MessageEnd::Applied => ("applied", None, None, None),
            MessageEnd::Ignored => ("ignored", None, None, None),
            MessageEnd::Refused { cause, place, cure } => ("refused", Some(cause), Some(place), Some(cure)),
        };
        sqlx::query!(
            "update messages set state = $3, cause = $4, place = $5, cure = $6 where organization = $1 and id = $2",
            self.org(),
            id.0,
            state,
            cause,
            place,
            cure
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Puts a refused message back into the inbox, after what refused it was mended.
    pub async fn replay_message(&mut self, id: MessageId) -> Result<bool, Error> {
        let done = sqlx::query!(
            "update messages set state = 'waiting' where organization = $1 and id = $2 and state = 'refused'",
            self.org(),
            id.0
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    pub async fn refused_messages(&mut self) -> Result<Vec<Refused>, Error> {
        let rows = sqlx::query!(
            r#"select m.id, i.name, m.received_at, m.kind, coalesce(m.cause, '') as "cause!", coalesce(m.place, '') as "place!",
                 coalesce(m.cure, '') as "cure!"
             from messages m join interfaces i on i.organization = m.organization and i.id = m.interface
             where m.organization = $1 and m.state = 'refused' order by m.number desc limit 200"#,
            self.org()
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows
            .into_iter()
            .map(|r| Refused {
                id: MessageId(r.id),
                interface: r.name,
                received_at: r.received_at.to_jiff(),
                kind: r.kind,
                cause: r.cause,
                place: r.place,
                cure: r.cure,
            })
            .collect())
    }

    pub async fn message_body(&mut self, id: MessageId) -> Result<Option<Vec<u8>>, Error> {
        Ok(sqlx::query_scalar!("select body from messages where organization = $1 and id = $2", self.org(), id.0)
            .fetch_optional(&mut *self.tx)
            .await?)
    }
}
