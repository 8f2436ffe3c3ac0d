//! Sends what was committed. For each connection at most one mail is on the wire without its end written, so a crash can
//! double at most that one; which one it was is on record as `uncertain`.

use std::collections::BTreeMap;

use care::id::OrganizationId;
use care::workflow::send::{self, Send};
use care::workflow::task::Uncertain;
use care::workflow::{Delivery, Reason};
use delivery::email::Message;
use delivery::{Outcome, backoff, gave_up};
use jiff::{SignedDuration, Timestamp};
use store::{AttemptOutcome, ClaimedDelivery, Error, OrgTx};

use super::context::{Context, Known};
use super::letter;
use crate::Roof;
use crate::ids;

/// A claimed delivery whose attempt is on record and whose mail is ready.
struct Ready {
    claimed: ClaimedDelivery,
    delivery: Delivery,
    attempt: i32,
    message: Message,
}

/// Sends what is due, at most one mail per connection at a time; how many deliveries were claimed.
pub async fn send_due(roof: &Roof, since: Option<Timestamp>) -> Result<usize, Error> {
    let Some(mailer) = &roof.mailer else { return Ok(0) };
    let most = i32::try_from(roof.connections).unwrap_or(1).max(1);
    let claimed = roof.runner.claim_deliveries(roof.now(), since, most).await?;
    let count = claimed.len();
    let mut by_organization: BTreeMap<OrganizationId, Vec<ClaimedDelivery>> = BTreeMap::new();
    for delivery in claimed {
        by_organization.entry(delivery.organization).or_default().push(delivery);
    }
    for (organization, mut deliveries) in by_organization {
        deliveries.sort_by_key(|d| d.patient);
        let ready = prepare(roof, organization, &deliveries).await?;
        let mut on_the_wire = tokio::task::JoinSet::new();
        for ready in ready {
            let mailer = mailer.clone();
            on_the_wire.spawn(async move {
                let outcome = mailer.send(&ready.message).await;
                (ready, outcome)
            });
        }
        let sent = on_the_wire.join_all().await;
        if !sent.is_empty() {
            write_ends(roof, organization, &sent).await?;
        }
    }
    Ok(count)
}

/// Checks again under the patient's lock, renders, and writes the attempt: all in one transaction, before any call.
async fn prepare(roof: &Roof, organization: OrganizationId, claimed: &[ClaimedDelivery]) -> Result<Vec<Ready>, Error> {
    let mut tx = roof.runner.begin(organization).await?;
    let context = Context::load(roof, &mut tx).await?;
    let mut ready = vec![];
    for claimed in claimed {
        let Some(patient) = store::patient_lock(&mut tx, claimed.patient).await? else { continue };
        let Some(row) = tx.held_delivery(claimed).await? else { continue };
        let Some(delivery) = tx.delivery(claimed.delivery).await? else { continue };
        if row.state == "sending" {
            let resend = delivery.uncertain == Uncertain::Resend;
            tx.settle_unknown(claimed, resend, roof.now()).await?;
            if !resend {
                continue;
            }
        }
        let known = Known::load(&context, &mut tx, patient).await?;
        ready.extend(one(roof, &mut tx, &context, &known, *claimed, delivery).await?);
    }
    tx.commit().await?;
    Ok(ready)
}

async fn one(
    roof: &Roof,
    tx: &mut OrgTx,
    context: &Context,
    known: &Known,
    claimed: ClaimedDelivery,
    delivery: Delivery,
) -> Result<Option<Ready>, Error> {
    let facts = known.facts(context, roof.now());
    match send::check(&facts, &known.ledger, &delivery) {
        Send::No(reason) => {
            tx.end_held_delivery(&claimed, reason.code(), roof.now()).await?;
            Ok(None)
        }
        Send::Wait { until, .. } => {
            tx.postpone_delivery(delivery.id, until).await?;
            Ok(None)
        }
        Send::Now => match letter::write(roof, tx, context, &facts, &delivery) {
            Ok(message) => {
                let attempt = tx.start_attempt(delivery.id, roof.now()).await?;
                Ok(Some(Ready { claimed, delivery, attempt, message }))
            }
            Err(unwritten) => {
                tracing::error!(template = %delivery.template, error = %unwritten, "a message could not be written");
                tx.end_held_delivery(&claimed, Reason::ContentWithdrawn.code(), roof.now()).await?;
                Ok(None)
            }
        },
    }
}

async fn write_ends(roof: &Roof, organization: OrganizationId, sent: &[(Ready, Outcome)]) -> Result<(), Error> {
    let mut tx = roof.runner.begin(organization).await?;
    for (ready, outcome) in sent {
        if let Outcome::Permanent { address_is_bad: true, .. } = outcome {
            let contact = &ready.delivery.contact;
            tx.suppress(contact.channel.code(), &contact.value, "bounced", roof.now()).await?;
        }
        let end = end_of(roof, ready, outcome);
        tx.end_attempt(&ready.claimed, ready.attempt, roof.now(), &end).await?;
    }
    tx.commit().await
}

/// What an outcome means for the delivery.
fn end_of(roof: &Roof, ready: &Ready, outcome: &Outcome) -> AttemptOutcome {
    let attempt = u32::try_from(ready.attempt).unwrap_or(1);
    let retry = |reply: String, last: Reason| {
        let wait = SignedDuration::try_from(backoff(attempt, ids::jitter())).unwrap_or(SignedDuration::from_mins(10));
        let at = roof.now().checked_add(wait).unwrap_or(Timestamp::MAX);
        match () {
            () if gave_up(attempt) => AttemptOutcome::Ended { reason: last.code(), reply },
            () if at >= ready.delivery.expires => AttemptOutcome::Ended { reason: Reason::Expired.code(), reply },
            () => AttemptOutcome::RetryAt { at, reply },
        }
    };
    match outcome {
        Outcome::Sent { reply } => AttemptOutcome::Sent { reply: reply.clone() },
        Outcome::Temporary { reply, .. } => retry(reply.clone(), Reason::GaveUp),
        Outcome::Permanent { reply, .. } => {
            AttemptOutcome::Ended { reason: Reason::RefusedByGateway.code(), reply: reply.clone() }
        }
        Outcome::ChannelDown { reason } => retry(reason.to_string(), Reason::ChannelDown),
        Outcome::Unknown if ready.delivery.uncertain == Uncertain::Resend => {
            retry("the connection broke before the answer".into(), Reason::GaveUp)
        }
        Outcome::Unknown => AttemptOutcome::Uncertain { reply: "the connection broke before the answer".into() },
    }
}
