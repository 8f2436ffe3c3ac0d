//! The outbox: deliveries and their attempts. The attempt row is written before the call.

use care::id::{DeliveryId, PatientId};
use care::workflow::Reason;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;

use crate::{ClaimedDelivery, Error, OrgTx};

/// What the pages and the outbox want to know of a delivery beyond the engine's own columns.
#[derive(Debug, Clone, PartialEq)]
pub struct DeliveryRow {
    pub id: DeliveryId,
    pub patient: PatientId,
    pub attempts: i32,
    pub state: String,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttemptOutcome {
    Sent {
        reply: String,
    },
    /// To be tried again.
    RetryAt {
        at: Timestamp,
        reply: String,
    },
    /// It will not be sent.
    Ended {
        reason: Reason,
        reply: String,
    },
    /// Nobody knows whether it was taken; staff decide.
    Uncertain {
        reply: String,
    },
}

impl OrgTx {
    /// The delivery if we still hold it: `None` when another claim came after ours or it has ended.
    pub async fn held_delivery(&mut self, claimed: &ClaimedDelivery) -> Result<Option<DeliveryRow>, Error> {
        let row = sqlx::query!(
            "select patient, attempts, state from deliveries
             where organization = $1 and id = $2 and fence = $3 and state in ('queued', 'sending') for update",
            self.org(),
            claimed.delivery.0,
            claimed.fence
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(row.map(|r| DeliveryRow {
            id: claimed.delivery,
            patient: PatientId(r.patient),
            attempts: r.attempts,
            state: r.state,
        }))
    }

    /// Writes the attempt before the call; its number. `mail_id`: the Message-ID, if it goes as a mail.
    pub async fn start_attempt(&mut self, id: DeliveryId, mail_id: Option<&str>, now: Timestamp) -> Result<i32, Error> {
        let number = sqlx::query_scalar!(
            "update deliveries set state = 'sending', attempts = attempts + 1, mail_id = $3
             where organization = $1 and id = $2 returning attempts",
            self.org(),
            id.0,
            mail_id
        )
        .fetch_one(&mut *self.tx)
        .await?;
        sqlx::query!(
            "insert into attempts (organization, delivery, number, started_at) values ($1, $2, $3, $4)",
            self.org(),
            id.0,
            number,
            now.to_sqlx() as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(number)
    }

    /// Ends a delivery we hold without sending it.
    pub async fn end_held_delivery(
        &mut self,
        claimed: &ClaimedDelivery,
        reason: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        sqlx::query!(
            "update deliveries set state = 'ended', reason = $4, ended_at = $5, run_at = null, lease_until = null
             where organization = $1 and id = $2 and fence = $3 and state in ('queued', 'sending')",
            self.org(),
            claimed.delivery.0,
            claimed.fence,
            reason,
            now.to_sqlx() as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Waits without an attempt: quiet hours.
    pub async fn postpone_delivery(&mut self, id: DeliveryId, until: Timestamp) -> Result<(), Error> {
        sqlx::query!(
            "update deliveries set run_at = $3, lease_until = null where organization = $1 and id = $2",
            self.org(),
            id.0,
            until.to_sqlx() as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// What was to go as a part of a message that ended goes by itself.
    pub async fn release_joined(&mut self, host: DeliveryId, now: Timestamp) -> Result<(), Error> {
        sqlx::query!(
            "update deliveries set state = 'queued', joined_into = null, run_at = $3
             where organization = $1 and joined_into = $2 and state = 'joined'",
            self.org(),
            host.0,
            now.to_sqlx() as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Writes what became of an attempt. False when the lease was lost meanwhile: then somebody else has the word.
    pub async fn end_attempt(
        &mut self,
        claimed: &ClaimedDelivery,
        number: i32,
        now: Timestamp,
        outcome: &AttemptOutcome,
    ) -> Result<bool, Error> {
        let (word, reply, state, reason, run_at) = match outcome {
            AttemptOutcome::Sent { reply } => ("sent", reply, "sent", None, None),
            AttemptOutcome::RetryAt { at, reply } => ("temporary", reply, "queued", None, Some(*at)),
            AttemptOutcome::Ended { reason, reply } => ("refused", reply, "ended", Some(reason.code()), None),
            AttemptOutcome::Uncertain { reply } => ("unknown", reply, "uncertain", Some("uncertain_held"), None),
        };
        let ended = matches!(outcome, AttemptOutcome::Sent { .. } | AttemptOutcome::Ended { .. });
        let done = sqlx::query!(
            "update deliveries set state = $4, reason = $5, run_at = $6, ended_at = $7, lease_until = null,
                 not_before = coalesce($6, not_before), waits_for = null
             where organization = $1 and id = $2 and fence = $3 and state = 'sending'",
            self.org(),
            claimed.delivery.0,
            claimed.fence,
            state,
            reason,
            run_at.map(|t| t.to_sqlx()) as _,
            ended.then_some(now.to_sqlx()) as _
        )
        .execute(&mut *self.tx)
        .await?;
        self.note_attempt(claimed.delivery, number, now, word, reply).await?;
        Ok(done.rows_affected() == 1)
    }

    async fn note_attempt(
        &mut self,
        id: DeliveryId,
        number: i32,
        now: Timestamp,
        word: &str,
        reply: &str,
    ) -> Result<(), Error> {
        sqlx::query!(
            "update attempts set ended_at = $4, outcome = $5, reply = $6 where organization = $1 and delivery = $2 and number = $3",
            self.org(),
            id.0,
            number,
            now.to_sqlx() as _,
            word,
            reply
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// An attempt a crash left without an end: marks it, and returns the delivery to the queue or to staff.
    pub async fn settle_unknown(
        &mut self,
        claimed: &ClaimedDelivery,
        resend: bool,
        now: Timestamp,
    ) -> Result<(), Error> {
        sqlx::query!(
            "update attempts set ended_at = $3, outcome = 'uncertain' where organization = $1 and delivery = $2 and ended_at is null",
            self.org(),
            claimed.delivery.0,
            now.to_sqlx() as _
        )
        .execute(&mut *self.tx)
        .await?;
        if !resend {
            sqlx::query!(
                "update deliveries set state = 'uncertain', reason = 'uncertain_held', run_at = null, lease_until = null
                 where organization = $1 and id = $2 and fence = $3",
                self.org(),
                claimed.delivery.0,
                claimed.fence
            )
            .execute(&mut *self.tx)
            .await?;
        }
        Ok(())
    }

    /// Staff decided on an uncertain delivery: send it again, or leave it.
    pub async fn decide_uncertain(&mut self, id: DeliveryId, resend: bool, now: Timestamp) -> Result<bool, Error> {
        let state = if resend { "queued" } else { "ended" };
        let done = sqlx::query!(
            "update deliveries set state = $3, run_at = $4, ended_at = $5, lease_until = null
             where organization = $1 and id = $2 and state = 'uncertain'",
            self.org(),
            id.0,
            state,
            resend.then_some(now.to_sqlx()) as _,
            (!resend).then_some(now.to_sqlx()) as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}
