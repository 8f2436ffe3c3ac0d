//! Sends what was committed. For each connection at most one message is on the wire without its end written, so a crash can
//! double at most that one; which one it was is on record as `uncertain`.

use std::collections::BTreeMap;

use care::id::{OrganizationId, PatientId};
use care::workflow::ground::{Gateway, Says};
use care::workflow::send::{self, End, Send};
use care::workflow::task::Uncertain;
use care::workflow::work::said;
use care::workflow::{Delivery, Ground, Verdict};
use delivery::email::{Down, Mailer};
use delivery::text;
use delivery::webhook::Caller;
use delivery::{GIVE_UP_AFTER, Outcome, backoff};
use jiff::{SignedDuration, Timestamp};
use store::{AttemptOutcome, ClaimedDelivery, Error, OrgTx};

use super::call;
use super::context::{Context, Known};
use super::letter::{self, Letter};
use crate::Roof;

/// A claimed delivery whose attempt is on record and whose letter is ready.
struct Ready {
    claimed: ClaimedDelivery,
    patient: PatientId,
    delivery: Delivery,
    attempt: i32,
    letter: Letter,
}

/// The doors out of the house.
#[derive(Clone)]
struct Doors {
    mailer: Option<Mailer>,
    texts: Option<text::Gateway>,
    calls: Option<Caller>,
}

impl Doors {
    async fn hand_over(&self, letter: &Letter) -> Outcome {
        // The engine asks first whether a channel is set up.
        let nobody = Outcome::ChannelDown { reason: Down::NoAnswer };
        match letter {
            Letter::Mail(message) => match &self.mailer {
                Some(mailer) => mailer.send(message).await,
                None => nobody,
            },
            Letter::Text(text) => match &self.texts {
                Some(gateway) => gateway.send(text).await,
                None => nobody,
            },
            Letter::Call(call) => match &self.calls {
                Some(caller) => caller.call(call).await,
                None => nobody,
            },
        }
    }

    fn are_none(&self) -> bool {
        self.mailer.is_none() && self.texts.is_none() && self.calls.is_none()
    }
}

/// Sends what is due, at most one message per connection at a time; how many deliveries were claimed.
pub async fn send_due(roof: &Roof, since: Option<Timestamp>) -> Result<usize, Error> {
    let doors = Doors { mailer: roof.mailer.clone(), texts: roof.texts.clone(), calls: roof.calls.clone() };
    if doors.are_none() {
        return Ok(0);
    }
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
            let doors = doors.clone();
            on_the_wire.spawn(async move {
                let outcome = doors.hand_over(&ready.letter).await;
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
        if row.state == "sending" {
            let Some(delivery) = tx.delivery(claimed.delivery).await? else { continue };
            let resend = delivery.uncertain == Uncertain::Resend;
            tx.settle_unknown(claimed, resend, roof.now()).await?;
            if !resend {
                let held = said(&delivery, vec![Ground::Gateway(Gateway::Unknown)], roof.now());
                if let Some(held) = held {
                    tx.write_decision(patient, roof.new_id(), &held).await?;
                }
                continue;
            }
        }
        ready.extend(one(roof, &mut tx, &context, patient, *claimed).await?);
    }
    tx.commit().await?;
    Ok(ready)
}

async fn one(
    roof: &Roof,
    tx: &mut OrgTx,
    context: &Context,
    patient: PatientId,
    claimed: ClaimedDelivery,
) -> Result<Option<Ready>, Error> {
    let Some(claimed_one) = tx.delivery(claimed.delivery).await? else { return Ok(None) };
    tx.hold_contact(&claimed_one.contact).await?;
    let mut known = Known::load(roof, context, tx, patient).await?;
    let mut ledger = std::mem::take(&mut known.ledger);
    let (facts, mut ids) = (known.facts(context, roof.now()), || roof.new_id());
    let Some(mut delivery) = ledger.deliveries.get(&claimed.delivery).cloned() else { return Ok(None) };
    delivery.anchor = facts.chart.canonical(delivery.anchor);
    let (may, mut effects) = send::attempt(&facts, &mut ledger, delivery.id, &mut ids);
    if may != Send::Now {
        tx.write_effects(patient, &effects, facts.now, &mut ids).await?;
        return Ok(None);
    }
    // What goes along with it must be true now as well.
    let (parts, gone) = send::parts(&facts, &mut ledger, delivery.id, &mut ids);
    effects.extend(gone);
    tx.write_effects(patient, &effects, facts.now, &mut ids).await?;
    let hook = call::webhook_of(tx, &delivery).await?;
    let written = match &hook {
        Some(hook) => call::write(roof, tx.organization(), hook, patient, &delivery).map(Letter::Call),
        None => letter::write(roof, tx, context, &facts, &delivery, &parts),
    };
    match written {
        Ok(letter) => {
            let mail_id = letter.is_mail().then(|| letter::mail_id(context, &delivery));
            let attempt = tx.start_attempt(delivery.id, mail_id.as_deref(), roof.now()).await?;
            Ok(Some(Ready { claimed, patient, delivery, attempt, letter }))
        }
        Err(unwritten) => {
            tracing::error!(template = %delivery.template, error = %unwritten, "a message could not be written");
            let effects = send::end(&facts, &mut ledger, delivery.id, End::NotWritten, &mut ids);
            tx.write_effects(patient, &effects, facts.now, &mut ids).await?;
            Ok(None)
        }
    }
}

async fn write_ends(roof: &Roof, organization: OrganizationId, sent: &[(Ready, Outcome)]) -> Result<(), Error> {
    let mut tx = roof.runner.begin(organization).await?;
    for (ready, outcome) in sent {
        if let Outcome::Permanent { address_is_bad: true, .. } = outcome {
            let contact = &ready.delivery.contact;
            tx.suppress(contact.channel.code(), &contact.value, "bounced", roof.now()).await?;
        }
        roof.set_down(ready.delivery.contact.channel, matches!(outcome, Outcome::ChannelDown { .. }));
        let (answer, reply) = answer_of(roof, ready, outcome);
        let end = end_of(answer, reply);
        if tx.end_attempt(&ready.claimed, ready.attempt, roof.now(), &end).await? {
            tell(roof, &mut tx, ready, answer).await?;
        }
    }
    tx.commit().await
}

/// The decision that says what became of the delivery, once that is known for good.
async fn tell(roof: &Roof, tx: &mut OrgTx, ready: &Ready, answer: Gateway) -> Result<(), Error> {
    if matches!(answer.says(), Says::Wait(..)) {
        return Ok(());
    }
    let Some(decision) = said(&ready.delivery, vec![Ground::Gateway(answer)], roof.now()) else { return Ok(()) };
    if decision.verdict == Verdict::NotSent {
        tx.release_joined(ready.delivery.id, roof.now()).await?;
    }
    tx.write_decision(ready.patient, roof.new_id(), &decision).await
}

/// What the gateway's answer means for the delivery.
fn end_of(answer: Gateway, reply: String) -> AttemptOutcome {
    match answer.says() {
        Says::Yes | Says::Due(_) => AttemptOutcome::Sent { reply },
        Says::No(reason) => AttemptOutcome::Ended { reason, reply },
        Says::Hold(_) => AttemptOutcome::Uncertain { reply },
        Says::Wait(at, _) => AttemptOutcome::RetryAt { at, reply },
    }
}

/// What the gateway answered, beside how often it may be asked and until when; and its own words.
fn answer_of(roof: &Roof, ready: &Ready, outcome: &Outcome) -> (Gateway, String) {
    let tries = u32::try_from(ready.attempt).unwrap_or(1);
    let not_yet = |down| {
        let wait = SignedDuration::try_from(backoff(tries, (roof.jitter)())).unwrap_or(SignedDuration::from_mins(10));
        let again = roof.now().checked_add(wait).unwrap_or(Timestamp::MAX);
        Gateway::NotYet { down, tries, most: GIVE_UP_AFTER, again, expires: ready.delivery.expires }
    };
    let broke = || "the connection broke before the answer".to_owned();
    match outcome {
        Outcome::Sent { reply } => (Gateway::Took, reply.clone()),
        Outcome::Temporary { reply, .. } => (not_yet(false), reply.clone()),
        Outcome::Permanent { reply, .. } => (Gateway::Refused, reply.clone()),
        Outcome::ChannelDown { reason } => (not_yet(true), reason.to_string()),
        Outcome::Unknown if ready.delivery.uncertain == Uncertain::Resend => (not_yet(false), broke()),
        Outcome::Unknown => (Gateway::Unknown, broke()),
    }
}
