//! The server of one scenario: that clinic and nothing else, a clock moved by hand, a mail server that takes everything.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use care::chart::Clinic;
use care::id::{ChangeId, InterfaceId, LocationId, OrganizationId, PatientId, StaffId};
use care::scenario::{Event, Happens, Line};
use delivery::webhook::Caller;
use jiff::{SignedDuration, Timestamp};
use pages::email::Compiled;
use stepwell::clock::Clock;
use stepwell::content::{Template, Templates};
use stepwell::runner::publish::publish_shipped;
use stepwell::runner::{settle, work};
use stepwell::server::{Parts, Server};
use stepwell::{Roof, ids};
use store::{OrgTx, WebhookId, WebhookRow};
use uuid::Uuid;

use super::emr::Emr;
use super::post::Post;
use super::slot::Slot;
use super::story::Story;
use super::{Door, clinic, feed, switches};
use crate::pages::Browser;

pub struct Stage {
    pub roof: Arc<Roof>,
    pub organization: OrganizationId,
    pub staff: StaffId,
    pub zone: String,
    /// By the scenario's names.
    pub places: BTreeMap<String, Place>,
    pub people: BTreeMap<String, PatientId>,
    /// What the scenario calls what the server knows by these ids.
    pub called: BTreeMap<Uuid, String>,
    pub emr: Emr,
    pub desk: Browser,
    pub doors: BTreeMap<Door, usize>,
    pub lines: Vec<Line>,
    pub post: Post,
    pub interface: InterfaceId,
    /// The interface only takes in facts.
    pub loading: bool,
    /// What was said under a label, to be taken back by.
    pub labels: BTreeMap<String, (PatientId, ChangeId)>,
    /// (survivor, gone)
    pub merged: Vec<(String, String)>,
    /// Staff said by a form what is being told.
    pub by_form: bool,
    server: Server,
}

/// How many deliveries of which channel ended how.
pub type Ends = BTreeMap<String, usize>;

#[derive(Clone)]
pub struct Place {
    pub id: LocationId,
    pub zone: String,
    pub has_emr: bool,
}

impl Stage {
    /// As the simulator begins: everybody is there two seconds before the first event, workflows are on one before.
    pub async fn set_up(slot: &Slot, story: &Story) -> Result<Self, String> {
        let first = story.events.first().map_or(story.scenario.until, |(at, _)| *at);
        let clock = Clock::hand(first - SignedDuration::from_secs(2));
        slot.is_cleared().await;
        let post = Post::open().await;
        let organization = OrganizationId(ids::new_id(clock.now()));
        let mut tx = slot.app.begin(organization).await.unwrap();
        let places = clinic::found(&mut tx, story, organization, clock.now()).await;
        for name in &story.scenario.clinic.webhooks {
            let (id, url) = (WebhookId(ids::new_id(clock.now())), post.url());
            let row = WebhookRow { id, name: name.clone(), url, active: true };
            assert!(tx.add_webhook(&row, clock.now(), None).await.unwrap());
        }
        let staff = clinic::hire(&mut tx, clock.now()).await;
        let cookie = clinic::session(&mut tx, staff, clock.now(), story.scenario.until).await;
        tx.commit().await.unwrap();
        let roof = roof(story, slot, clock, &post);
        let first_versions = story.workflows.iter().filter(|w| w.version == 1);
        let first_versions: Vec<_> = first_versions.map(|w| (w.key.clone(), w.body.clone())).collect();
        publish_shipped(&roof, &first_versions).await.unwrap();
        let parts = Parts { listen: "127.0.0.1:0", demo: None, runner: false };
        let server = Server::start(roof.clone(), parts).await?;
        let zone = story.scenario.clinic.zone.clone();
        let mut stage = Self {
            emr: Emr::connect(server.interfaces[0].1, &zone).await,
            desk: Browser::with_cookie(server.address, cookie).await,
            called: places.iter().map(|(name, place)| (place.id.0, name.clone())).collect(),
            roof,
            organization,
            staff,
            zone,
            places,
            people: BTreeMap::new(),
            doors: BTreeMap::new(),
            lines: vec![],
            post,
            interface: server.interfaces[0].0,
            loading: false,
            labels: BTreeMap::new(),
            merged: vec![],
            by_form: false,
            server,
        };
        clinic::has_rules(&stage, story).await?;
        for listed in story.people.iter().filter(|listed| !listed.new) {
            feed::is_there_already(&mut stage, listed).await?;
        }
        stage.time_passes(first - SignedDuration::from_secs(1)).await;
        for on in story.workflows.iter().filter(|w| w.on) {
            switches::activates(&stage, &on.key, false, None).await?;
        }
        Ok(stage)
    }

    pub async fn clinic(&self) -> Clinic {
        self.tx().await.clinic().await.unwrap().clinic
    }

    pub async fn tx(&self) -> OrgTx {
        self.roof.app.begin(self.organization).await.unwrap()
    }

    /// From due moment to due moment.
    pub async fn time_passes(&mut self, to: Timestamp) {
        settle::advance(&self.roof, to).await.unwrap();
        self.post.is_emptied();
    }

    pub async fn work_is_done(&mut self) {
        work::drain(&self.roof).await.unwrap();
        self.post.is_emptied();
    }

    /// Ends it: nothing may be left undone, no message refused, and whatever the database calls sent has come.
    pub async fn strike(self, slot: &Slot, story: &Story) -> Result<Ends, String> {
        let mut tx = self.tx().await;
        let left = tx.left_undone(self.roof.now()).await.unwrap();
        let refused = tx.refused_messages().await.unwrap();
        drop(tx);
        let ends: Ends = slot.ends_of_deliveries().await.into_iter().collect();
        self.server.stop().await;
        let sent = ["email sent", "text sent", "webhook sent"].map(|end| ends.get(end).copied().unwrap_or_default());
        let came = [self.post.came.0, self.post.came.1, self.post.came.2];
        let withdrawn = |event: &Event| matches!(event.happens, Happens::ContentWithdrawn { .. });
        let all_there = !story.scenario.events.iter().any(withdrawn);
        let unwritten = all_there && ends.keys().any(|end| end.ends_with("content_withdrawn"));
        match (left, refused.first()) {
            (_, Some(message)) => Err(format!("  the server refused a message: {message:?}")),
            (left, None) if left != (0, 0, 0) => Err(format!("  messages, steps, deliveries left undone: {left:?}")),
            _ if sent != came => Err(format!("  mails, texts and calls called sent: {sent:?}, came: {came:?}")),
            _ if unwritten => Err("  a message could not be written".into()),
            _ => Ok(ends),
        }
    }
}

fn roof(story: &Story, slot: &Slot, clock: Clock, post: &Post) -> Arc<Roof> {
    const CONNECTIONS: usize = 2;
    let mailer = post.mailer(CONNECTIONS);
    let mut templates = TEMPLATES.0.clone();
    for (workflow, _) in story.scenario.workflows.values() {
        for message in workflow.steps.iter().flat_map(|step| &step.tasks).filter_map(|task| task.message()) {
            let gone = story.scenario.events.iter().any(
                |event| matches!(&event.happens, Happens::ContentWithdrawn { content } if *content == message.template),
            );
            if !gone && message.webhook().is_none() && templates.get(&message.template, "en").is_none() {
                templates.add(&message.template, "en", TEMPLATES.1.clone());
            }
        }
    }
    let (app, runner) = (slot.app.clone(), slot.runner.clone());
    let url = "http://127.0.0.1".into();
    let roof = Roof::new(app, runner, clock, templates, Some(mailer), CONNECTIONS, url, [7; 32]);
    let mut roof = roof.with_texts(post.gateway()).with_calls(Caller::new(true, None));
    roof.channels.clone_from(&story.scenario.channels);
    // The simulator comes back when it is time, not a little before or after.
    roof.jitter = || 0.5;
    Arc::new(roof)
}

/// Those that ship, and one for every message that only a scenario knows. Laid out once: that takes longer than a story.
static TEMPLATES: LazyLock<(Templates, Arc<Template>)> = LazyLock::new(|| {
    let mjml = "<mj-section><mj-column><mj-text><p>Hello.</p></mj-text></mj-column></mj-section>";
    let mail = Compiled::new("Hello", mjml, "Hello.").unwrap().with_text_message("Hello.").unwrap();
    (Templates::load().0, Arc::new(Template { mail }))
});
