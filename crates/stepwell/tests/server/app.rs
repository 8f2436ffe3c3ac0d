//! The server of a test: two clinics, a clock that stands still until it is moved, a mailbox behind a real mail server.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use care::chart::{Channel, Chart, ContactPoint, Source, What};
use care::id::{InterfaceId, OrganizationId, PatientId};
use care::workflow::definition::{Kind, Workflow};
use care::workflow::{Activation, Ledger};
use delivery::email::sink::{Manners, Parsed, Received, Sink};
use delivery::email::{Mailer, Options, Tls};
use delivery::webhook::Caller;
use jiff::{SignedDuration, Timestamp};
use sqlx::postgres::PgPool;
use stepwell::clock::Clock;
use stepwell::content::{self, Templates};
use stepwell::runner::{Context, Known, NewChange, record, settle, work};
use stepwell::server::{Parts, Server};
use stepwell::setup::{Made, Setup};
use stepwell::{Roof, ids};
use store::{KeyKind, OrgTx, Role, Store};
use tokio::sync::mpsc::Receiver;

use crate::cluster::TestDatabase;
use crate::messages::alma;
use crate::wire_client::WireClient;

const CLINIC: &str = include_str!("riverbend.toml");
const OTHER_CLINIC: &str = include_str!("hillside.toml");

/// Monday, 10:00 in New York.
pub fn monday() -> Timestamp {
    "2026-03-02T15:00:00Z".parse().unwrap()
}

pub struct TestApp {
    pub roof: Arc<Roof>,
    /// Alma's and Ben's clinic.
    pub clinic: Made,
    /// Chloe's clinic.
    pub other: Made,
    pub pages: SocketAddr,
    pub interfaces: BTreeMap<InterfaceId, SocketAddr>,
    pub database: Option<TestDatabase>,
    /// Looks past all walls.
    pub sees_all: PgPool,
    server: Option<Server>,
    emr: Option<WireClient>,
    post: Option<(Sink, Receiver<Received>)>,
    mails: Vec<(String, Parsed)>,
}

/// How a test's server differs from the usual one.
#[derive(Clone)]
pub struct Wanted {
    /// `None`: email is not set up.
    pub mail_server: Option<Manners>,
    /// Alma's clinic's interface is live, not loading.
    pub live: bool,
}

impl TestApp {
    /// All workflows on, the interface live, the mail server takes everything.
    pub async fn start() -> Self {
        Self::start_with(Wanted { mail_server: Some(Manners::default()), live: true }).await
    }

    pub async fn start_with_mail_server(manners: Manners) -> Self {
        Self::start_with(Wanted { mail_server: Some(manners), live: true }).await
    }

    pub async fn start_with(wanted: Wanted) -> Self {
        let database = TestDatabase::migrated().await;
        let store = async |role: Role| Store::connect(database.login(role.name()), role, 8).await.unwrap();
        let (app, runner, portal) = (store(Role::App).await, store(Role::Runner).await, store(Role::Portal).await);
        let sees_all = PgPool::connect_with(database.superuser()).await.unwrap();
        let text = if wanted.live { CLINIC.to_owned() } else { CLINIC.replace("live = true", "live = false") };
        let clinic = clinic(&app, &text).await;
        let other = clinic_of_chloe(&app).await;
        let post = match wanted.mail_server {
            Some(manners) => Some(Sink::listen("127.0.0.1:0", manners).await.unwrap()),
            None => None,
        };
        let (probe, address) = stepwell::listen::mllp::bind("127.0.0.1:0").await.unwrap();
        drop(probe);
        let roof = roof((app, runner, portal), Clock::hand(monday()), post.as_ref(), &format!("http://{address}"));
        let parts = Parts { listen: &address.to_string(), demo: None, runner: false };
        let server = Server::start(roof.clone(), parts).await.unwrap();
        Self {
            roof,
            clinic,
            other,
            pages: server.address,
            interfaces: server.interfaces.iter().copied().collect(),
            database: Some(database),
            sees_all,
            server: Some(server),
            emr: None,
            post,
            mails: vec![],
        }
    }

    pub fn interface(&self) -> InterfaceId {
        self.clinic.interfaces["Riverside EMR"]
    }

    /// A new connection to the clinic's listener.
    pub async fn line(&self) -> WireClient {
        WireClient::connect(self.interfaces[&self.interface()]).await
    }

    /// Hands a message over and hears that it was taken; nothing else is done yet.
    pub async fn emr_hands_over(&mut self, message: &[u8]) {
        if self.emr.is_none() {
            self.emr = Some(self.line().await);
        }
        let emr = self.emr.as_mut().unwrap();
        emr.says(message).await;
        let answer = emr.hears().await;
        assert!(answer.as_ref().is_some_and(|a| a.starts_with("AA ")), "answered {answer:?}");
    }

    /// A message comes in, and everything that follows at this moment is done.
    pub async fn emr_sends(&mut self, message: &[u8]) {
        self.emr_hands_over(message).await;
        self.all_work_is_done().await;
    }

    pub async fn all_work_is_done(&self) -> usize {
        work::drain(&self.roof).await.unwrap()
    }

    /// Plays the time up to an instant.
    pub async fn clock_moves_to(&self, to: &str) {
        settle::advance(&self.roof, to.parse().unwrap()).await.unwrap();
    }

    pub async fn clock_moves_by(&self, by: SignedDuration) {
        settle::advance(&self.roof, self.roof.now() + by).await.unwrap();
    }

    /// From now on mail goes to another mail server; what the old one took stays in the mailbox.
    pub async fn mail_server_becomes(&mut self, manners: Manners) {
        self.collect();
        self.post = Some(Sink::listen("127.0.0.1:0", manners).await.unwrap());
        let old = &self.roof;
        let stores = (old.app.clone(), old.runner.clone(), old.portal.clone().unwrap());
        self.roof = roof(stores, old.clock.clone(), self.post.as_ref(), &old.base_url);
    }

    fn collect(&mut self) {
        if let Some((_, arriving)) = &mut self.post {
            while let Ok(received) = arriving.try_recv() {
                self.mails.push((received.to[0].clone(), Parsed::read(&received.raw).unwrap()));
            }
        }
    }

    /// Every mail so far to an address, in the order they arrived.
    pub fn mails_to(&mut self, address: &str) -> Vec<Parsed> {
        self.collect();
        self.mails.iter().filter(|(to, _)| to == address).map(|(_, mail)| mail.clone()).collect()
    }

    pub fn count_of_mails(&mut self) -> usize {
        self.collect();
        self.mails.len()
    }

    pub async fn tx(&self) -> OrgTx {
        self.roof.runner.begin(self.clinic.organization).await.unwrap()
    }

    pub async fn alma(&self) -> PatientId {
        self.patient(&alma().mrn).await
    }

    /// The patient the EMR knows by a number.
    pub async fn patient(&self, mrn: &str) -> PatientId {
        PatientId(self.tx().await.find_key(KeyKind::Patient, "RIVER", mrn).await.unwrap().unwrap().0)
    }

    pub async fn ledger_of(&self, patient: PatientId) -> Ledger {
        self.tx().await.ledger(patient).await.unwrap()
    }

    /// The fold of all that is known of a patient now.
    pub async fn chart_of(&self, patient: PatientId) -> Chart {
        let mut tx = self.tx().await;
        let context = Context::load(&self.roof, &mut tx).await.unwrap();
        Known::load(&self.roof, &context, &mut tx, patient).await.unwrap().snapshot.chart
    }

    /// The holder of an address wants nothing more there.
    pub async fn opts_out(&self, patient: PatientId, channel: Channel, address: &str) {
        let contact = ContactPoint { channel, value: address.to_owned() };
        let what = What::OptOut { contact, category: None };
        let change = NewChange { at: self.roof.now(), source: Source::Patient, what, message: None };
        let mut tx = self.tx().await;
        let context = Context::load(&self.roof, &mut tx).await.unwrap();
        let patient = store::patient_lock(&mut tx, patient).await.unwrap().unwrap();
        record(&self.roof, &mut tx, &context, patient, vec![change], false).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// "workflow step verdict reason", sorted; a step that was not reached is "-".
    pub async fn decisions_of(&self, patient: PatientId) -> Vec<String> {
        let rows = self.tx().await.decisions(Some(patient), None, 1000).await.unwrap();
        let dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".into());
        let mut lines: Vec<_> = rows
            .iter()
            .map(|d| format!("{} {} {} {}", d.workflow, dash(&d.step), d.verdict, dash(&d.reason)))
            .collect();
        lines.sort();
        lines
    }

    /// What is pending: (workflow, step, due), sorted.
    pub async fn plan_of(&self, patient: PatientId) -> Vec<(String, String, String)> {
        let ledger = self.ledger_of(patient).await;
        let steps = ledger.runs.values().flat_map(|run| run.steps.iter().map(move |step| (run, step)));
        let mut plan: Vec<_> = steps
            .filter(|(_, step)| step.state.is_pending())
            .map(|(run, step)| (run.workflow.clone(), step.step.clone(), step.due.to_string()))
            .collect();
        plan.sort();
        plan
    }

    /// Asks the database past all walls for one column of text.
    pub async fn ask(&self, sql: &'static str) -> Vec<String> {
        sqlx::query_scalar(sql).fetch_all(&self.sees_all).await.unwrap()
    }

    pub async fn turn(&self, workflow: &str, on: bool) {
        let now = self.roof.now();
        let mut tx = self.tx().await;
        let turned = if on {
            tx.activate(workflow, self.roof.new_id(), None, &Activation::open(now)).await
        } else {
            tx.deactivate(workflow, None, now).await
        };
        assert!(turned.unwrap(), "{workflow} was that already");
        tx.commit().await.unwrap();
    }

    /// Whatever ships is off from now on.
    pub async fn turn_what_ships_off(&self) {
        let mut tx = self.tx().await;
        for (key, _) in content::workflows() {
            tx.deactivate(&key, None, self.roof.now()).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    /// Ends the test: nothing may be left undone.
    pub async fn finish(mut self) {
        for organization in [self.clinic.organization, self.other.organization] {
            let mut tx = self.roof.runner.begin(organization).await.unwrap();
            let left = tx.left_undone(self.roof.now()).await.unwrap();
            assert_eq!(left, (0, 0, 0), "messages, steps and deliveries left undone");
        }
        if let Some(server) = self.server.take() {
            server.stop().await;
        }
        self.roof.app.close().await;
        self.roof.runner.close().await;
        if let Some(portal) = &self.roof.portal {
            portal.close().await;
        }
        self.sees_all.close().await;
        if let Some(database) = self.database.take() {
            database.drop_it().await;
        }
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        assert!(self.database.is_none() || std::thread::panicking(), "the test did not call `finish`");
    }
}

fn roof(
    (app, runner, portal): (Store, Store, Store),
    clock: Clock,
    post: Option<&(Sink, Receiver<Received>)>,
    url: &str,
) -> Arc<Roof> {
    const CONNECTIONS: usize = 2;
    let mailer = post.map(|(sink, _)| {
        let mut options = Options::new(&sink.address().ip().to_string(), sink.address().port());
        options.tls = Tls::None;
        Mailer::new(options, CONNECTIONS).unwrap()
    });
    let (templates, broken) = Templates::load();
    assert!(broken.is_empty(), "{broken:?}");
    let roof = Roof::new(app, runner, clock, templates, mailer, CONNECTIONS, url.into(), [7; 32]);
    Arc::new(roof.with_portal(portal).with_calls(Caller::new(true, None)))
}

async fn clinic_of_chloe(store: &Store) -> Made {
    clinic(store, OTHER_CLINIC).await
}

/// A clinic with every workflow for engagement switched on.
async fn clinic(store: &Store, text: &str) -> Made {
    let made = Setup::parse(text).unwrap().make(store, monday()).await.unwrap();
    switch_on(store, made.organization).await;
    made
}

async fn switch_on(store: &Store, organization: OrganizationId) {
    let mut tx = store.begin(organization).await.unwrap();
    let engages = |text: &str| Workflow::parse(text).unwrap().kind == Kind::Engagement;
    for (key, _) in content::workflows().into_iter().filter(|(_, text)| engages(text)) {
        tx.activate(&key, ids::new_id(monday()), None, &Activation::open(monday())).await.unwrap();
    }
    tx.commit().await.unwrap();
}
