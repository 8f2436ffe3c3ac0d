//! What a mail server says of a mail after it had taken it: it came back, is late, or is unwanted.
//!
//! Anybody can write such a report. It counts for a mail that we sent, named by its Message-ID, which only who got the mail
//! can know, and only for the address it went to.

use care::chart::{Channel, Source, What};
use care::id::PatientId;
use care::workflow::{Delivery, DeliveryState};
use delivery::email::{Came, Report};
use store::{Error, MailReportRow, OrgTx};

use super::context::Context;
use super::record::{NewChange, record};
use crate::Roof;

/// What came of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// Nothing more goes to that address.
    Suppressed,
    /// It stands on the patient's page, and nothing follows.
    Noted,
    /// That was known.
    Known,
    /// It is about a mail that this server did not send.
    Unknown,
    /// It is about a mail of ours and another address than its own.
    Elsewhere,
}

pub async fn take(roof: &Roof, report: &Report) -> Result<Taken, Error> {
    let Some((organization, id)) = roof.runner.find_mail(&report.message_id).await? else { return Ok(Taken::Unknown) };
    let mut tx = roof.runner.begin(organization).await?;
    let context = Context::load(roof, &mut tx).await?;
    let Some(patient) = tx.delivery_patient(id).await? else { return Ok(Taken::Unknown) };
    let Some(patient) = store::patient_lock(&mut tx, patient).await? else { return Ok(Taken::Unknown) };
    let Some(delivery) = tx.delivery(id).await?.filter(may_have_gone) else { return Ok(Taken::Unknown) };
    let said_of = &report.recipients;
    if !said_of.is_empty() && !said_of.contains(&delivery.contact.value) {
        return Ok(Taken::Elsewhere);
    }
    let (kind, status) = match report.came {
        Came::Back { code } => ("back", code.to_string()),
        Came::Late { code } => ("late", code.to_string()),
        Came::Complained => ("complained", String::new()),
    };
    let row = MailReportRow { delivery: id, kind: kind.into(), status, at: roof.now() };
    if !tx.note_mail_report(&row).await? {
        return Ok(Taken::Known);
    }
    let taken = follow(roof, &mut tx, &context, patient, &delivery, report.came).await?;
    tx.commit().await?;
    Ok(taken)
}

/// A mail that nobody has tried to send cannot have come back.
fn may_have_gone(delivery: &Delivery) -> bool {
    delivery.contact.channel == Channel::Email && delivery.state != DeliveryState::Queued
}

async fn follow(
    roof: &Roof,
    tx: &mut OrgTx,
    context: &Context,
    patient: PatientId,
    delivery: &Delivery,
    came: Came,
) -> Result<Taken, Error> {
    let (contact, now) = (&delivery.contact, roof.now());
    if came.ends_the_address() {
        tx.suppress(contact.channel.code(), &contact.value, "bounced", now).await?;
        return Ok(Taken::Suppressed);
    }
    if came != Came::Complained {
        return Ok(Taken::Noted);
    }
    // Unwanted by whoever reads there, and said by this patient.
    tx.suppress(contact.channel.code(), &contact.value, "complained", now).await?;
    let what = What::OptOut { contact: contact.clone(), category: None };
    let said = NewChange { at: now, source: Source::Patient, what, message: None };
    record(roof, tx, context, patient, vec![said], false).await?;
    Ok(Taken::Suppressed)
}
