//! What a webhook is told: ids and words of the clinic's own, and nothing that names a patient. docs/WEBHOOKS.md.

use care::chart::Channel;
use care::id::{OrganizationId, PatientId};
use care::workflow::Delivery;
use delivery::webhook::{Call, Endpoint};
use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest, Sha256};
use store::{Error, OrgTx, WebhookId, WebhookRow};

use super::letter::Unwritten;
use crate::Roof;
use crate::ids::hex;

/// The webhook a delivery calls; `None`: it is a message to a patient.
pub async fn webhook_of(tx: &mut OrgTx, delivery: &Delivery) -> Result<Option<WebhookRow>, Error> {
    match delivery.contact.channel {
        Channel::Email | Channel::Text => Ok(None),
        Channel::Webhook => Ok(tx.webhooks().await?.into_iter().find(|hook| hook.name == delivery.contact.value)),
    }
}

pub fn write(
    roof: &Roof,
    organization: OrganizationId,
    hook: &WebhookRow,
    patient: PatientId,
    d: &Delivery,
) -> Result<Call, Unwritten> {
    let key = d.key.to_string();
    let body = json!({
        "id": key,
        "event": d.anchor.event.code(),
        "workflow": d.workflow,
        "version": d.version,
        "step": d.key.step,
        "occurrence": d.key.occurrence,
        "generation": d.key.generation,
        "organization": organization.to_string(),
        "patient": patient.to_string(),
        "at": in_seconds(roof.now()),
    });
    call(roof, organization, hook, key, &body)
}

/// A made-up event, for the button on the page.
pub fn test(roof: &Roof, organization: OrganizationId, hook: &WebhookRow) -> Result<Call, Unwritten> {
    let key = format!("test/{}", roof.new_id());
    let body = json!({
        "id": key,
        "test": true,
        "event": "encounter.planned",
        "workflow": "test",
        "step": "test",
        "organization": organization.to_string(),
        "at": in_seconds(roof.now()),
    });
    call(roof, organization, hook, key, &body)
}

fn call(
    roof: &Roof,
    organization: OrganizationId,
    hook: &WebhookRow,
    key: String,
    body: &serde_json::Value,
) -> Result<Call, Unwritten> {
    let endpoint = Endpoint::read(&hook.url, true).map_err(|_| Unwritten::Webhook(hook.name.clone()))?;
    let (secret, at) = (secret(roof, organization, hook.id), roof.now().as_second());
    Ok(Call { endpoint, secret, key, body: body.to_string(), at })
}

fn in_seconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The secret of a webhook follows from links.key, so that it stands nowhere: not in the database, nor in its backup.
pub fn secret(roof: &Roof, organization: OrganizationId, webhook: WebhookId) -> String {
    // Key before and after the message: an outer hash over the inner one keeps it from being extended.
    let inner = Sha256::new()
        .chain_update(roof.secret)
        .chain_update("webhook secret")
        .chain_update(organization.0)
        .chain_update(webhook.0)
        .finalize();
    hex(&Sha256::new().chain_update(roof.secret).chain_update(inner).finalize())
}
