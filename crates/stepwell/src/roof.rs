//! What every part of the server shares.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use care::chart::Channel;
use care::id::OrganizationId;
use care::workflow::{Activation, Published, Workflow, Workflows};
use delivery::email::Mailer;
use jiff::Timestamp;
use store::{OrgTx, Store};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::clock::Clock;
use crate::content::Templates;

pub struct Roof {
    /// For pages: the app role.
    pub app: Store,
    /// For appliers, ticks and the outbox: the runner role.
    pub runner: Store,
    pub clock: Clock,
    pub templates: Templates,
    /// Email, when it is set up.
    pub mailer: Option<Mailer>,
    /// The channels that are set up. A text ends in `channel_not_set_up` until there is a gateway.
    pub channels: BTreeSet<Channel>,
    pub connections: usize,
    /// The address patients reach us at, without a slash at the end.
    pub base_url: String,
    /// Signs the links in mails.
    pub secret: [u8; 32],
    /// Rings when there may be something to do.
    pub wake: Notify,
    parsed: Mutex<BTreeMap<(OrganizationId, String, u32), Arc<Workflow>>>,
}

impl Roof {
    #[expect(clippy::too_many_arguments, reason = "made once, at the start")]
    pub fn new(
        app: Store,
        runner: Store,
        clock: Clock,
        templates: Templates,
        mailer: Option<Mailer>,
        connections: usize,
        base_url: String,
        secret: [u8; 32],
    ) -> Self {
        let base_url = base_url.trim_end_matches('/').to_owned();
        let (wake, parsed) = (Notify::new(), Mutex::default());
        let channels = mailer.iter().map(|_| Channel::Email).collect();
        Self { app, runner, clock, templates, mailer, channels, connections, base_url, secret, wake, parsed }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn new_id(&self) -> Uuid {
        crate::ids::new_id(self.now())
    }

    /// The clinic's workflows. Versions never change, so each is parsed once.
    pub async fn workflows(&self, tx: &mut OrgTx) -> Result<Workflows, store::Error> {
        let mut all = Workflows::default();
        for body in tx.workflow_bodies().await? {
            let id = (tx.organization(), body.key.clone(), body.version);
            let known = self.parsed().get(&id).cloned();
            let workflow = match known {
                Some(workflow) => workflow,
                None => {
                    let read =
                        Workflow::parse(&body.body).map_err(|_| store::Error::unreadable("workflows", "body"))?;
                    self.parsed().entry(id).or_insert(Arc::new(read)).clone()
                }
            };
            let published =
                all.0.entry(body.key).or_insert(Published { versions: BTreeMap::new(), activations: vec![] });
            published.versions.insert(body.version, workflow);
        }
        for row in tx.activations().await? {
            if let Some(published) = all.0.get_mut(&row.workflow) {
                let locations = row.locations.map(|l| l.into_iter().collect());
                published.activations.push(Activation { from: row.from, until: row.until, locations });
            }
        }
        Ok(all)
    }

    fn parsed(&self) -> std::sync::MutexGuard<'_, BTreeMap<(OrganizationId, String, u32), Arc<Workflow>>> {
        self.parsed.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
