//! Starts the demo clinic on a fresh database.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use care::workflow::Activation;
use delivery::email::{Mailer, Options, Tls};
use delivery::webhook::Caller;
use jiff::Timestamp;
use jiff::civil::time;
use tokio::sync::Mutex;

use super::evening::Evening;
use super::hand::Hand;
use super::{Demo, EMAIL, Emr, FIRST_DAY, Mailbox, World, own, story};
use crate::clock::Clock;
use crate::content::Templates;
use crate::database::{Database, Place};
use crate::server::{Parts, Server};
use crate::setup::{Made, Setup};
use crate::{Roof, ids};

/// What the caller wants of the demo.
pub struct Wanted {
    pub data_dir: PathBuf,
    pub pg_bin: Option<PathBuf>,
    pub listen: String,
    pub seed: u64,
    pub days: i64,
}

pub struct Started {
    pub roof: Arc<Roof>,
    pub demo: Arc<Demo>,
    pub server: Server,
    pub database: Database,
    pub made: Made,
}

const CONNECTIONS: usize = 4;

/// Starts everything; the story has not begun.
pub async fn start(wanted: &Wanted) -> Result<Started, String> {
    let place = Place::Fresh { data_dir: &wanted.data_dir, pg_bin: wanted.pg_bin.as_deref() };
    let database = Database::open(place).await.map_err(|e| e.to_string())?;
    let clock = Clock::hand(morning()?);
    let mailbox = Mailbox::open(clock.clone()).await.map_err(|e| e.to_string())?;
    let mut to_mailbox = Options::new(&mailbox.address().ip().to_string(), mailbox.address().port());
    to_mailbox.tls = Tls::None;
    let mailer = Mailer::new(to_mailbox, CONNECTIONS).map_err(|e| e.to_string())?;
    let (mut templates, broken) = Templates::load();
    if let Some(bad) = broken.first() {
        return Err(bad.to_string());
    }
    own::add_templates(&mut templates).map_err(|e| e.to_string())?;
    let made = make_clinic(&database, clock.now()).await?;
    // The address is known only once it is bound, and links in mails hold it.
    let (probe, address) = crate::listen::mllp::bind(&wanted.listen).await?;
    drop(probe);
    let url = format!("http://{}", reachable(address));
    let (app, runner) = (database.app.clone(), database.runner.clone());
    let roof = Roof::new(app, runner, clock, templates, Some(mailer), CONNECTIONS, url, ids::random());
    let roof = roof.with_texts(mailbox.gateway()).with_portal(database.portal.clone());
    let roof = Arc::new(roof.with_calls(Caller::new(true, None)));
    let (_, staff) = roof.app.find_staff(EMAIL).await.map_err(|e| e.to_string())?.ok_or("the demo has no staff")?;
    let lakeview = made.locations.get("Lakeview").copied().ok_or("the demo has no Lakeview")?;
    let hand = Hand {
        organization: made.organization,
        location: lakeview,
        zone: "America/Chicago".into(),
        staff,
        patients: Default::default(),
        visits: Default::default(),
    };
    let evening = Evening { organization: made.organization, staff, seed: wanted.seed };
    let scenes: VecDeque<_> = story(wanted.seed, wanted.days).into();
    let world = Mutex::new(World { scenes, emr: None, hand, evening });
    let demo = Arc::new(Demo { mailbox, moving: AtomicBool::new(false), world });
    let parts = Parts { listen: &address.to_string(), demo: Some(demo.clone()), runner: false };
    let server = Server::start(roof.clone(), parts).await?;
    let (_, emr) = server.interfaces.first().copied().ok_or("the demo has no interface")?;
    demo.world.lock().await.emr = Some(Emr::connect(emr).await.map_err(|e| e.to_string())?);
    Ok(Started { roof, demo, server, database, made })
}

/// A browser cannot open 0.0.0.0.
fn reachable(address: SocketAddr) -> String {
    if address.ip().is_unspecified() { format!("localhost:{}", address.port()) } else { address.to_string() }
}

/// The days before the first morning are played too: bookings made then are there when the demo opens.
fn morning() -> Result<Timestamp, String> {
    let days_before = FIRST_DAY.checked_sub(jiff::Span::new().days(6)).map_err(|e| e.to_string())?;
    Ok(care::zone::CivilMoment { civil: days_before.to_datetime(time(6, 0, 0, 0)), zone: "America/New_York".into() }
        .instant())
}

/// Makes the clinic and switches all its workflows on.
async fn make_clinic(database: &Database, now: Timestamp) -> Result<Made, String> {
    let setup = Setup::parse(include_str!("clinic.toml"))?;
    let made = setup.make(&database.app, now).await?;
    let said = |e: store::Error| e.to_string();
    let mut tx = database.app.begin(made.organization).await.map_err(said)?;
    for (key, body) in own::WORKFLOWS {
        tx.publish_workflow(key, body, now).await.map_err(said)?;
    }
    let shipped = crate::content::workflows().into_iter().map(|(key, _)| key);
    for key in shipped.chain(own::WORKFLOWS.map(|(key, _)| key.to_owned())) {
        tx.activate(&key, ids::new_id(now), None, &Activation::open(now)).await.map_err(said)?;
    }
    tx.commit().await.map_err(said)?;
    Ok(made)
}
