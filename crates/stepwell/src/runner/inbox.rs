//! Applies what lies in the inbox: one applier per interface, in receive order, batched by patient; merges are barriers.

use std::collections::BTreeMap;

use care::id::{InterfaceId, MessageId, OrganizationId, PatientId};
use store::{Error, InterfaceState, MessageEnd, OrgTx, WaitingMessage};
use wire::hl7v2::{Content, Interface, Merge, Reading};

use super::context::Context;
use super::import;
use super::reading::{self, Notice};
use super::record::{NewChange, record, refold};
use crate::Roof;

/// Messages applied in one commit.
const BATCH: i64 = 100;

/// Applies what waits, on all interfaces; how many messages came to an end.
pub async fn apply_waiting(roof: &Roof) -> Result<usize, Error> {
    let (mut applied, mut failed) = (0, None);
    for (organization, interface) in roof.runner.waiting_interfaces().await? {
        let done = match apply_batch(roof, organization, interface, BATCH).await {
            // Something in the batch cannot be applied: find it alone, and let the rest through.
            Err(e) if !e.is_transient() => apply_one_by_one(roof, organization, interface).await,
            done => done,
        };
        match done {
            Ok(count) => applied += count,
            // The other interfaces need not wait for this one.
            Err(e) => failed = Some(e),
        }
    }
    failed.map_or(Ok(applied), Err)
}

async fn apply_one_by_one(roof: &Roof, organization: OrganizationId, interface: InterfaceId) -> Result<usize, Error> {
    match apply_batch(roof, organization, interface, 1).await {
        Err(e) if !e.is_transient() => {
            tracing::error!(%organization, %interface, error = %e, "a message could not be applied");
            let mut tx = roof.runner.begin(organization).await?;
            if tx.hold_interface(interface).await?.is_none() {
                return Ok(0);
            }
            let refused = MessageEnd::Refused {
                cause: "could_not_be_applied".into(),
                place: "MSH".into(),
                cure: "This is ours to mend: the server's log says what went wrong. Then replay the message.".into(),
            };
            for message in tx.waiting_messages(interface, 1).await? {
                tx.end_message(message.id, &refused).await?;
            }
            tx.commit().await?;
            Ok(1)
        }
        result => result,
    }
}

async fn apply_batch(
    roof: &Roof,
    organization: OrganizationId,
    interface: InterfaceId,
    most: i64,
) -> Result<usize, Error> {
    let mut tx = roof.runner.begin(organization).await?;
    let Some(row) = tx.hold_interface(interface).await? else { return Ok(0) };
    let settings: Interface =
        serde_json::from_value(row.settings.clone()).map_err(|_| Error::unreadable("interfaces", "settings"))?;
    let messages = tx.waiting_messages(interface, most).await?;
    if messages.is_empty() {
        return Ok(0);
    }
    let context = Context::load(roof, &mut tx).await?;
    let mut batch =
        Batch { roof, context: &context, loading: row.state == InterfaceState::Loading, waiting: BTreeMap::new() };
    for message in &messages {
        batch.take(&mut tx, interface, &settings, message).await?;
    }
    batch.flush(&mut tx).await?;
    tx.commit().await?;
    roof.wake.notify_one();
    Ok(messages.len())
}

struct Batch<'a> {
    roof: &'a Roof,
    context: &'a Context,
    loading: bool,
    /// By patient, so that locks are always taken in the same order.
    waiting: BTreeMap<PatientId, (Vec<NewChange>, Vec<Notice>)>,
}

impl Batch<'_> {
    async fn take(
        &mut self,
        tx: &mut OrgTx,
        interface: InterfaceId,
        settings: &Interface,
        message: &WaitingMessage,
    ) -> Result<(), Error> {
        if settings.csv.is_some() {
            return self.take_row(tx, settings, message).await;
        }
        let end = match wire::hl7v2::read(&message.body, settings) {
            Err(refusal) => MessageEnd::Refused {
                cause: refusal.cause.code().to_owned(),
                place: refusal.place.to_string(),
                cure: refusal.cure.to_string(),
            },
            Ok(reading) => match &reading.what {
                Content::Ignored(_) => MessageEnd::Ignored,
                Content::Updates(updates) => {
                    for update in updates {
                        let made = reading::changes_of(self.roof, tx, interface, message.id, &reading, update).await?;
                        let slot = self.waiting.entry(made.patient).or_default();
                        slot.0.extend(made.changes);
                        slot.1.extend(made.notices);
                    }
                    MessageEnd::Applied
                }
                Content::Merges(merges) => {
                    self.flush(tx).await?;
                    for merge in merges {
                        self.merge(tx, interface, message.id, &reading, merge).await?;
                    }
                    MessageEnd::Applied
                }
            },
        };
        tx.end_message(message.id, &end).await
    }

    /// A row of a file that was refused and is read again.
    async fn take_row(&mut self, tx: &mut OrgTx, settings: &Interface, row: &WaitingMessage) -> Result<(), Error> {
        // What a row adds depends on what this feed said before.
        self.flush(tx).await?;
        let end = match import::row_again(self.roof, tx, self.context, settings, row).await? {
            Err(why) => MessageEnd::Refused { cause: why.cause, place: why.place, cure: why.cure },
            Ok(None) => MessageEnd::Ignored,
            Ok(Some(made)) => {
                self.waiting.insert(made.patient, (made.changes, made.notices));
                MessageEnd::Applied
            }
        };
        tx.end_message(row.id, &end).await
    }

    /// Records what was gathered, patient by patient.
    async fn flush(&mut self, tx: &mut OrgTx) -> Result<(), Error> {
        for (patient, (changes, notices)) in std::mem::take(&mut self.waiting) {
            let Some(patient) = store::patient_lock(tx, patient).await? else { continue };
            record(self.roof, tx, self.context, patient, changes, self.loading).await?;
            for (kind, about) in notices {
                tx.notice(patient, kind, &about, self.roof.now(), self.roof.new_id()).await?;
            }
        }
        Ok(())
    }

    /// The gone number is from now on another name of the survivor; both stories are one.
    async fn merge(
        &mut self,
        tx: &mut OrgTx,
        interface: InterfaceId,
        message: MessageId,
        reading: &Reading,
        merge: &Merge,
    ) -> Result<(), Error> {
        let facility = reading.header.sending_facility.as_str();
        let made = reading::changes_of(self.roof, tx, interface, message, reading, &merge.update).await?;
        let gone = reading::patient_of(self.roof, tx, facility, &merge.gone).await?;
        let mut pair = [gone, made.patient];
        pair.sort();
        for patient in pair {
            store::patient_lock(tx, patient).await?;
        }
        if gone != made.patient {
            tx.merge_patients(gone, made.patient).await?;
        }
        record(self.roof, tx, self.context, made.patient, made.changes, self.loading).await?;
        refold(self.roof, tx, self.context, made.patient, self.loading).await
    }
}
