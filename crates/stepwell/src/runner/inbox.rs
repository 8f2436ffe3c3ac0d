//! Applies what lies in the inbox: one applier per interface, in receive order, batched by patient; merges are barriers, and
//! so is the moment at which the interface went live.

use std::collections::BTreeMap;

use care::chart::Clinic;
use care::id::{InterfaceId, MessageId, OrganizationId, PatientId};
use store::{Error, InterfaceNotice, InterfaceRow, InterfaceState, MessageEnd, OrgTx, WaitingMessage};
use wire::hl7v2::{Content, Interface, MappedType, Merge, Reading, Update};

use super::context::Context;
use super::import;
use super::merge;
use super::reading::{self, Changes, Notice};
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
    let messages = tx.waiting_messages(interface, most).await?;
    if messages.is_empty() {
        return Ok(0);
    }
    let context = Context::load(roof, &mut tx).await?;
    let Some(settings) = settings_of(&row, &context.organization.clinic) else {
        hold(roof, tx, &row).await?;
        return Ok(0);
    };
    tx.close_interface_notices(interface, UNREADABLE, &row.name, roof.now()).await?;
    let loading = row.state == InterfaceState::Loading;
    let mut batch = Batch { roof, context: &context, interface, loading, waiting: BTreeMap::new(), aliased: vec![] };
    for message in &messages {
        // What came before the interface went live only fills charts, whenever it is read.
        let early = row.state == InterfaceState::Loading || row.live_since.is_some_and(|at| message.received_at < at);
        batch.is_loading(&mut tx, early).await?;
        batch.take(&mut tx, &settings, message).await?;
    }
    batch.flush(&mut tx).await?;
    tx.commit().await?;
    roof.wake.notify_one();
    Ok(messages.len())
}

const UNREADABLE: &str = "unreadable_settings";

/// The settings, with what the clinic has mapped since they were made.
fn settings_of(row: &InterfaceRow, clinic: &Clinic) -> Option<Interface> {
    let mut settings: Interface = serde_json::from_value(row.settings.clone()).ok()?;
    let prefix = format!("{}/", row.id);
    let mapped = clinic.visit_types.iter().filter_map(|(key, mapping)| {
        let is = mapping.is.map_or(MappedType::Ignore, MappedType::Type);
        Some((key.strip_prefix(&prefix)?.to_owned(), is))
    });
    settings.appointment_types = mapped.collect();
    Some(settings)
}

/// Settings that cannot be read are no fault of the messages: they wait, and the work list says so.
async fn hold(roof: &Roof, mut tx: OrgTx, row: &InterfaceRow) -> Result<(), Error> {
    tracing::warn!(interface = %row.id, "the settings of an interface cannot be read: its messages wait");
    let notice = InterfaceNotice {
        interface: row.id,
        patient: None,
        kind: UNREADABLE,
        about: &row.name,
        at: roof.now(),
        again: true,
    };
    tx.notice_of_interface(&notice, roof.new_id()).await?;
    tx.commit().await
}

struct Batch<'a> {
    roof: &'a Roof,
    context: &'a Context,
    interface: InterfaceId,
    loading: bool,
    /// By patient, so that locks are always taken in the same order.
    waiting: BTreeMap<PatientId, (Vec<NewChange>, Vec<Notice>)>,
    /// Said under a number that was merged away: (message, patient, whose number it was).
    aliased: Vec<(MessageId, PatientId, PatientId)>,
}

impl Batch<'_> {
    async fn is_loading(&mut self, tx: &mut OrgTx, loading: bool) -> Result<(), Error> {
        if self.loading != loading {
            self.flush(tx).await?;
            self.loading = loading;
        }
        Ok(())
    }

    async fn take(&mut self, tx: &mut OrgTx, settings: &Interface, message: &WaitingMessage) -> Result<(), Error> {
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
                        let made = self.changes_of(tx, message.id, &reading, update).await?;
                        let slot = self.waiting.entry(made.patient).or_default();
                        slot.0.extend(made.changes);
                        slot.1.extend(made.notices);
                    }
                    MessageEnd::Applied
                }
                Content::Merges(merges) => {
                    self.flush(tx).await?;
                    for merge in merges {
                        self.merge(tx, message.id, &reading, merge).await?;
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

    async fn changes_of(
        &mut self,
        tx: &mut OrgTx,
        message: MessageId,
        reading: &Reading,
        update: &Update,
    ) -> Result<Changes, Error> {
        let clinic = &self.context.organization;
        let made = reading::changes_of(self.roof, tx, clinic, self.interface, message, reading, update).await?;
        self.aliased.extend(made.alias.map(|alias| (message, made.patient, alias)));
        Ok(made)
    }

    /// Records what was gathered, patient by patient.
    async fn flush(&mut self, tx: &mut OrgTx) -> Result<(), Error> {
        for (patient, (changes, notices)) in std::mem::take(&mut self.waiting) {
            let Some(patient) = store::patient_lock(tx, patient).await? else { continue };
            record(self.roof, tx, self.context, patient, changes, self.loading).await?;
            self.put_notices(tx, patient, &notices).await?;
        }
        for (message, patient, alias) in std::mem::take(&mut self.aliased) {
            tx.note_alias(message, patient, alias).await?;
        }
        Ok(())
    }

    /// A word that nobody has mapped is one item, however many patients it comes with.
    async fn put_notices(&self, tx: &mut OrgTx, patient: PatientId, notices: &[Notice]) -> Result<(), Error> {
        for (kind, about) in notices {
            let (interface, at, patient) = (self.interface, self.roof.now(), Some(patient));
            let notice = InterfaceNotice { interface, patient, kind, about, at, again: false };
            tx.notice_of_interface(&notice, self.roof.new_id()).await?;
        }
        Ok(())
    }

    /// The gone number is from now on another name of the survivor; both stories are one.
    async fn merge(
        &mut self,
        tx: &mut OrgTx,
        message: MessageId,
        reading: &Reading,
        said: &Merge,
    ) -> Result<(), Error> {
        let facility = reading.header.sending_facility.as_str();
        let made = self.changes_of(tx, message, reading, &said.update).await?;
        let (gone, _) = reading::patient_of(self.roof, tx, facility, &said.gone).await?;
        let mut pair = [gone, made.patient];
        pair.sort();
        for patient in pair {
            store::patient_lock(tx, patient).await?;
        }
        if gone != made.patient {
            let two = merge::Two { survivor: made.patient, gone };
            merge::merge(self.roof, tx, self.context, two, None, self.loading).await?;
        }
        record(self.roof, tx, self.context, made.patient, made.changes, self.loading).await?;
        refold(self.roof, tx, self.context, made.patient, self.loading).await
    }
}
