//! What every part of the server shares.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use care::chart::Channel;
use care::id::OrganizationId;
use care::library::{Language, MessageWords};
use care::workflow::{Activation, Workflow, Workflows};
use delivery::email::Mailer;
use delivery::text::Gateway;
use delivery::webhook::Caller;
use jiff::{SignedDuration, Timestamp};
use store::{OrgTx, Store, WorkflowBody};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::clock::Clock;
use crate::content::{self, Template, Templates};

/// How long a gateway that did not answer is left alone before it is called again.
const LEFT_ALONE: SignedDuration = SignedDuration::from_mins(1);

pub struct Roof {
    /// For pages: the app role.
    pub app: Store,
    /// For appliers, ticks and the outbox: the runner role.
    pub runner: Store,
    /// For what patients see of themselves: the portal role.
    pub portal: Option<Store>,
    pub clock: Clock,
    pub templates: Templates,
    /// Email, when it is set up.
    pub mailer: Option<Mailer>,
    /// Texts, when they are set up.
    pub texts: Option<Gateway>,
    /// Makes the calls of webhooks; which there are, each clinic says.
    pub calls: Option<Caller>,
    /// The channels that are set up. What would go on another one ends in `channel_not_set_up`.
    pub channels: BTreeSet<Channel>,
    pub connections: usize,
    /// Spreads retries: a number in 0..1 for each.
    pub jitter: fn() -> f64,
    /// The address patients reach us at, without a slash at the end.
    pub base_url: String,
    /// Signs the links in mails.
    pub secret: [u8; 32],
    /// Rings when there may be something to do.
    pub wake: Notify,
    /// Channels whose gateway did not answer, and when it is called again.
    down: Mutex<BTreeMap<Channel, Timestamp>>,
    parsed: Mutex<BTreeMap<(OrganizationId, String, u32), Arc<Workflow>>>,
    compiled: Mutex<BTreeMap<(OrganizationId, String, u32), Letters>>,
}

/// A message in each of its languages.
type Letters = Vec<(Language, Arc<Template>)>;

/// A stored message, ready to be filled in.
fn letters(body: &str) -> Result<Letters, store::Error> {
    let unreadable = || store::Error::unreadable("library_items", "body");
    let message = MessageWords::read("", body).map_err(|_| unreadable())?.body;
    let compiled = |(language, letter)| {
        content::compiled(letter).map(|mail| (language, Arc::new(Template { mail }))).map_err(|_| unreadable())
    };
    message.letters().map(compiled).collect()
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
        let (wake, down, parsed, compiled) = (Notify::new(), Mutex::default(), Mutex::default(), Mutex::default());
        let channels = mailer.iter().map(|_| Channel::Email).collect();
        let (texts, calls, portal) = (None, None, None);
        Self {
            app,
            runner,
            portal,
            clock,
            templates,
            mailer,
            texts,
            calls,
            channels,
            connections,
            jitter: crate::ids::jitter,
            base_url,
            secret,
            wake,
            down,
            parsed,
            compiled,
        }
    }

    /// Patients may come in.
    #[must_use]
    pub fn with_portal(mut self, portal: Store) -> Self {
        self.portal = Some(portal);
        self
    }

    /// Texts go out by this gateway.
    #[must_use]
    pub fn with_texts(mut self, gateway: Gateway) -> Self {
        self.texts = Some(gateway);
        self.channels.insert(Channel::Text);
        self
    }

    /// Webhooks are called by this caller.
    #[must_use]
    pub fn with_calls(mut self, caller: Caller) -> Self {
        self.calls = Some(caller);
        self
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn new_id(&self) -> Uuid {
        crate::ids::new_id(self.now())
    }

    /// Channels whose gateway does not answer just now.
    pub fn channels_down(&self) -> BTreeSet<Channel> {
        self.down().keys().copied().collect()
    }

    /// The gateway of a channel answered, or did not: then other ways are taken until it does.
    pub fn set_down(&self, channel: Channel, down: bool) {
        let again = self.now().checked_add(LEFT_ALONE).ok().filter(|_| down);
        match again {
            Some(again) => self.down().insert(channel, again),
            None => self.down().remove(&channel),
        };
    }

    /// Calls the gateways that did not answer and were left alone long enough.
    pub async fn call_again(&self) {
        let now = self.now();
        let due: Vec<Channel> =
            self.down().iter().filter(|(_, again)| **again <= now).map(|(channel, _)| *channel).collect();
        for channel in due {
            let answer = match (channel, &self.mailer, &self.texts) {
                (Channel::Email, Some(mailer), _) => mailer.check().await,
                (Channel::Text, _, Some(gateway)) => gateway.check().await,
                // Nobody is there to be called: what is not set up is not down.
                (Channel::Email, None, _) | (Channel::Text, _, None) | (Channel::Webhook, ..) => Ok(()),
            };
            self.set_down(channel, answer.is_err());
        }
    }

    fn down(&self) -> std::sync::MutexGuard<'_, BTreeMap<Channel, Timestamp>> {
        self.down.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// The clinic's workflows. Versions never change, so each is parsed once.
    pub async fn workflows(&self, tx: &mut OrgTx) -> Result<Workflows, store::Error> {
        let organization = tx.organization();
        stored_workflows(tx, &mut |body| {
            let id = (organization, body.key.clone(), body.version);
            let known = self.parsed().get(&id).cloned();
            match known {
                Some(workflow) => Ok(workflow),
                None => Ok(self.parsed().entry(id).or_insert(parse(body)?).clone()),
            }
        })
        .await
    }

    /// The messages a clinic has of its own, each compiled once.
    pub async fn own_messages(&self, tx: &mut OrgTx) -> Result<Templates, store::Error> {
        let (organization, mut own) = (tx.organization(), Templates::default());
        for (name, version, body) in tx.own_messages().await? {
            let id = (organization, name.clone(), version);
            let known = self.compiled().get(&id).cloned();
            let letters = match known {
                Some(letters) => letters,
                None => self.compiled().entry(id).or_insert(letters(&body)?).clone(),
            };
            for (language, template) in letters {
                own.add(&name, language.code(), template);
            }
        }
        Ok(own)
    }

    fn compiled(&self) -> std::sync::MutexGuard<'_, BTreeMap<(OrganizationId, String, u32), Letters>> {
        self.compiled.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn parsed(&self) -> std::sync::MutexGuard<'_, BTreeMap<(OrganizationId, String, u32), Arc<Workflow>>> {
        self.parsed.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// A stored text as a workflow.
pub fn parse(body: &WorkflowBody) -> Result<Arc<Workflow>, store::Error> {
    Workflow::parse(&body.body).map(Arc::new).map_err(|_| store::Error::unreadable("workflows", "body"))
}

/// The workflows of an organization with all their versions, when they were on, and what was edited.
pub async fn stored_workflows(
    tx: &mut OrgTx,
    parse: &mut (dyn FnMut(&WorkflowBody) -> Result<Arc<Workflow>, store::Error> + Send),
) -> Result<Workflows, store::Error> {
    let mut all = Workflows::default();
    for body in tx.workflow_bodies().await? {
        let workflow = parse(&body)?;
        all.0.entry(body.key).or_default().versions.insert(body.version, workflow);
    }
    for row in tx.activations().await? {
        if let Some(published) = all.0.get_mut(&row.workflow) {
            let locations = row.locations.map(|l| l.into_iter().collect());
            let (from, until, cover) = (row.from, row.until, row.cover);
            published.activations.push(Activation { from, until, locations, cover });
        }
    }
    for (workflow, edit) in tx.edits().await? {
        if let Some(published) = all.0.get_mut(&workflow) {
            published.edits.push(edit);
        }
    }
    Ok(all)
}
