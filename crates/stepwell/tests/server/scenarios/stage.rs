//! The server of one scenario: a database with that clinic and nothing else, a clock moved by hand, a mail server that
//! takes everything.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use care::id::{InterfaceId, LocationId, OrganizationId, PatientId, StaffId};
use care::scenario::Line;
use delivery::email::sink::{Manners, Received, Sink};
use delivery::email::{Mailer, Options, Tls};
use jiff::{SignedDuration, Timestamp};
use pages::email::Compiled;
use sha2::{Digest, Sha256};
use stepwell::clock::Clock;
use stepwell::content::Templates;
use stepwell::runner::{settle, work};
use stepwell::server::{Parts, Server};
use stepwell::{Roof, ids};
use store::{InterfaceRow, InterfaceState, LocationRow, NewOrganization, NewStaff, OrgTx, Role, StaffRole, Store};
use tokio::sync::mpsc::Receiver;
use uuid::Uuid;
use wire::hl7v2::{DischargeMeans, Interface, MappedType};

use super::emr::{Emr, FACILITY};
use super::story::Story;
use super::{Door, feed};
use crate::cluster::TestDatabase;
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
    pub seen: BTreeSet<care::id::DecisionId>,
    server: Server,
    database: TestDatabase,
    post: (Sink, Receiver<Received>),
}

#[derive(Clone)]
pub struct Place {
    pub id: LocationId,
    pub zone: String,
    pub has_emr: bool,
}

impl Stage {
    /// As the simulator begins: everybody is there two seconds before the first event, workflows are on one before.
    pub async fn set_up(story: &Story) -> Result<Self, String> {
        let first = story.events.first().map_or(story.scenario.until, |(at, _)| *at);
        let clock = Clock::hand(first - SignedDuration::from_secs(2));
        let database = TestDatabase::migrated().await;
        let store = async |role: Role| Store::connect(database.login(role.name()), role, 4).await.unwrap();
        let (app, runner) = (store(Role::App).await, store(Role::Runner).await);
        let post = Sink::listen("127.0.0.1:0", Manners::default()).await.unwrap();
        let organization = OrganizationId(ids::new_id(clock.now()));
        let mut tx = app.begin(organization).await.unwrap();
        let places = found(&mut tx, story, organization, clock.now()).await;
        let staff = hire(&mut tx, clock.now()).await;
        let cookie = session(&mut tx, staff, clock.now(), story.scenario.until).await;
        tx.commit().await.unwrap();
        let roof = roof(story, app, runner, clock, &post.0);
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
            seen: BTreeSet::new(),
            server,
            database,
            post,
        };
        for listed in story.people.iter().filter(|listed| !listed.new) {
            feed::is_there_already(&mut stage, listed).await?;
        }
        stage.time_passes(first - SignedDuration::from_secs(1)).await;
        let mut tx = stage.tx().await;
        for (key, _, _) in story.workflows.iter().filter(|(_, _, on)| *on) {
            tx.activate(key, stage.roof.new_id(), Some(staff), stage.roof.now()).await.unwrap();
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
        while self.post.1.try_recv().is_ok() {}
    }

    pub async fn work_is_done(&self) {
        work::drain(&self.roof).await.unwrap();
    }

    /// Ends it, and says what stayed undone or was refused.
    pub async fn strike(self) -> Result<(), String> {
        let mut tx = self.roof.runner.begin(self.organization).await.unwrap();
        let left = tx.left_undone(self.roof.now()).await.unwrap();
        let refused = tx.refused_messages().await.unwrap();
        drop(tx);
        self.server.stop().await;
        self.roof.app.close().await;
        self.roof.runner.close().await;
        self.database.drop_it().await;
        match (left, refused.first()) {
            ((0, 0, 0), None) => Ok(()),
            (_, Some(message)) => Err(format!("the server refused a message: {message:?}")),
            (left, None) => Err(format!("messages, steps and deliveries left undone: {left:?}")),
        }
    }
}

/// The organization with all that the scenario says of it.
async fn found(tx: &mut OrgTx, story: &Story, id: OrganizationId, now: Timestamp) -> BTreeMap<String, Place> {
    let clinic = &story.scenario.clinic;
    let (name, zone) = (clinic.name.clone(), clinic.zone.clone());
    let mail_from = "hello@clinic.example".to_owned();
    let new = NewOrganization { id, name, zone, phone: String::new(), mail_from, created_at: now };
    tx.create_organization(&new).await.unwrap();
    let mut places = BTreeMap::new();
    for (theirs, location) in &clinic.locations {
        let place = Place {
            id: LocationId(ids::new_id(now)),
            zone: location.zone.clone(),
            has_emr: clinic.has_emr_at(Some(*theirs)),
        };
        tx.put_location(&row(&place, &location.name)).await.unwrap();
        places.insert(story.scenario.names.name(theirs.0).to_owned(), place);
    }
    tx.put_interface(&interface(story, &places, now)).await.unwrap();
    for (key, text, _) in &story.workflows {
        tx.publish_workflow(key, text, now).await.unwrap();
    }
    places
}

fn row(place: &Place, name: &str) -> LocationRow {
    LocationRow {
        id: place.id,
        name: name.to_owned(),
        zone: place.zone.clone(),
        has_emr: place.has_emr,
        address: String::new(),
        phone: String::new(),
        map_url: String::new(),
        booking_url: String::new(),
        first_visit_info: String::new(),
    }
}

/// One interface for the clinic; every code is the scenario's own word.
fn interface(story: &Story, places: &BTreeMap<String, Place>, now: Timestamp) -> InterfaceRow {
    let id = InterfaceId(ids::new_id(now));
    let whens = || story.events.iter().map(|(_, when)| when);
    let types = whens().filter_map(|when| when.visit_type.clone()).filter(|word| word != "unmapped");
    let settings = Interface {
        trust_offset: true,
        authority: Some(FACILITY.into()),
        appointment_types: types.map(|word| (word.clone(), MappedType::Type(word.parse().unwrap()))).collect(),
        providers: whens().filter_map(|when| when.practitioner.clone()).map(|name| (name.clone(), name)).collect(),
        locations: places.iter().map(|(name, place)| (name.clone(), place.id)).collect(),
        discharge_means: DischargeMeans::Case,
        episode_from: "PV1-54".parse().ok(),
        ..Interface::new(id, &story.scenario.clinic.zone)
    };
    settings.check().unwrap();
    let settings = serde_json::to_value(&settings).unwrap();
    InterfaceRow { id, name: "EMR".into(), listen: Some("127.0.0.1:0".into()), state: InterfaceState::Live, settings }
}

async fn hire(tx: &mut OrgTx, now: Timestamp) -> StaffId {
    let id = StaffId(ids::new_id(now));
    // Nobody signs in with it: the session is there from the start, for the years that a story may take.
    let (email, name, password_hash) = ("ben@clinic.example".into(), "Ben Adler".into(), "none".into());
    tx.create_staff(&NewStaff { id, email, name, role: StaffRole::Admin, password_hash }).await.unwrap();
    id
}

async fn session(tx: &mut OrgTx, staff: StaffId, now: Timestamp, until: Timestamp) -> String {
    let token = ids::hex(&ids::random::<32>());
    let expires = until + SignedDuration::from_hours(24);
    tx.start_session(staff, &Sha256::digest(token.as_bytes()), now, expires).await.unwrap();
    format!("stepwell={token}")
}

fn roof(story: &Story, app: Store, runner: Store, clock: Clock, sink: &Sink) -> Arc<Roof> {
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
