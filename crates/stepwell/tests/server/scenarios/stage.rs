//! The server of one scenario: that clinic and nothing else, a clock moved by hand, a mail server that takes everything.

use std::collections::BTreeMap;
use std::sync::Arc;

use care::id::{LocationId, OrganizationId, PatientId, StaffId};
use care::scenario::Line;
use care::workflow::Activation;
use delivery::email::sink::{Manners, Received, Sink};
use delivery::email::{Mailer, Options, Tls};
use jiff::{SignedDuration, Timestamp};
use pages::email::Compiled;
use stepwell::clock::Clock;
use stepwell::content::Templates;
use stepwell::runner::{settle, work};
use stepwell::server::{Parts, Server};
use stepwell::{Roof, ids};
use store::OrgTx;
use tokio::sync::mpsc::Receiver;
use uuid::Uuid;

use super::emr::Emr;
use super::slot::Slot;
use super::story::Story;
use super::{Door, clinic, feed};
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
    server: Server,
    post: (Sink, Receiver<Received>),
    mails: usize,
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
        let post = Sink::listen("127.0.0.1:0", Manners::default()).await.unwrap();
        let organization = OrganizationId(ids::new_id(clock.now()));
        let mut tx = slot.app.begin(organization).await.unwrap();
        let places = clinic::found(&mut tx, story, organization, clock.now()).await;
        let staff = clinic::hire(&mut tx, clock.now()).await;
        let cookie = clinic::session(&mut tx, staff, clock.now(), story.scenario.until).await;
        tx.commit().await.unwrap();
        let roof = roof(story, slot, clock, &post.0);
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
            server,
            post,
            mails: 0,
        };
        for listed in story.people.iter().filter(|listed| !listed.new) {
            feed::is_there_already(&mut stage, listed).await?;
        }
        stage.time_passes(first - SignedDuration::from_secs(1)).await;
        let mut tx = stage.tx().await;
        for (key, _, _) in story.workflows.iter().filter(|(_, _, on)| *on) {
            tx.activate(key, stage.roof.new_id(), Some(staff), &Activation::open(stage.roof.now())).await.unwrap();
        }
        tx.commit().await.unwrap();
        Ok(stage)
    }

    pub async fn tx(&self) -> OrgTx {
        self.roof.app.begin(self.organization).await.unwrap()
    }

    /// From due moment to due moment.
    pub async fn time_passes(&mut self, to: Timestamp) {
        settle::advance(&self.roof, to).await.unwrap();
        self.empty_mailbox();
    }

    pub async fn work_is_done(&mut self) {
        work::drain(&self.roof).await.unwrap();
        self.empty_mailbox();
    }

    fn empty_mailbox(&mut self) {
        while self.post.1.try_recv().is_ok() {
            self.mails += 1;
        }
    }

    /// Ends it: nothing may be left undone, no message refused, and every mail the database calls sent has come.
    pub async fn strike(self, slot: &Slot) -> Result<Ends, String> {
        let mut tx = self.tx().await;
        let left = tx.left_undone(self.roof.now()).await.unwrap();
        let refused = tx.refused_messages().await.unwrap();
        drop(tx);
        let ends: Ends = slot.ends_of_deliveries().await.into_iter().collect();
        self.server.stop().await;
        let sent = ends.get("email sent").copied().unwrap_or_default();
        match (left, refused.first()) {
            (_, Some(message)) => Err(format!("  the server refused a message: {message:?}")),
            (left, None) if left != (0, 0, 0) => Err(format!("  messages, steps, deliveries left undone: {left:?}")),
            _ if sent != self.mails => Err(format!("  {sent} mails are called sent, {} came", self.mails)),
            _ if ends.contains_key("email ended content_withdrawn") => Err("  a mail could not be written".into()),
            _ => Ok(ends),
        }
    }
}

fn roof(story: &Story, slot: &Slot, clock: Clock, sink: &Sink) -> Arc<Roof> {
    const CONNECTIONS: usize = 2;
    let mut options = Options::new(&sink.address().ip().to_string(), sink.address().port());
    options.tls = Tls::None;
    let mailer = Mailer::new(options, CONNECTIONS).unwrap();
    let (mut templates, _) = Templates::load();
    for (workflow, _) in story.scenario.workflows.values() {
        for message in workflow.steps.iter().flat_map(|step| &step.tasks).filter_map(|task| task.message()) {
            if templates.get(&message.template, "en").is_none() {
                templates.add(&message.template, "en", stand_in());
            }
        }
    }
    let (app, runner) = (slot.app.clone(), slot.runner.clone());
    let url = "http://127.0.0.1".into();
    let mut roof = Roof::new(app, runner, clock, templates, Some(mailer), CONNECTIONS, url, [7; 32]);
    roof.channels.clone_from(&story.scenario.channels);
    Arc::new(roof)
}

/// For a message that only this scenario knows.
fn stand_in() -> Compiled {
    let mjml = "<mj-section><mj-column><mj-text><p>Hello.</p></mj-text></mj-column></mj-section>";
    Compiled::new("Hello", mjml, "Hello.").unwrap()
}
