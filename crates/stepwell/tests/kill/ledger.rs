//! What the database says at the end.

use std::collections::BTreeMap;

use care::chart::Channel;
use care::id::{DeliveryId, RunId};
use care::workflow::ledger::DeliveryKey;
use delivery::email::message_id;
use jiff::Timestamp;
use sqlx::PgConnection;
use sqlx::types::Uuid;
use store::{Role, Store};

use crate::clinic::{Clinic, MAIL_DOMAIN};

/// What a person would call the same mail in another run, where every id is another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Letter {
    pub to: String,
    pub workflow: String,
    /// What it was about: a visit planned, moved, cancelled.
    pub event: String,
    pub step: String,
    pub occurrence: i32,
    pub generation: i32,
    pub template: String,
}

#[derive(Debug)]
pub struct Line {
    pub letter: Letter,
    pub state: String,
    /// Attempts whose end nobody knows.
    pub unknown: i64,
}

pub struct Ledger {
    /// State by control id; a message that is there twice would be two.
    pub messages: Vec<(String, String)>,
    /// Deliveries by the Message-ID of their mail.
    pub deliveries: BTreeMap<String, Line>,
    /// Of every patient, every visit: address, state, start and kind.
    pub visits: Vec<(String, String, String, String)>,
    /// Performed steps, and how often it was decided to perform each.
    pub performed: Vec<(Uuid, String, i32, i32, i64)>,
    /// Steps whose state says they were performed.
    pub steps_performed: i64,
    pub steps_due: i64,
}

type Row = (Uuid, String, i32, i32, i32, String, String, String, String, String, String, i64);

impl Ledger {
    pub async fn read(db: &mut PgConnection) -> Self {
        let rows: Vec<Row> = sqlx::query_as(
            "select run, step, occurrence, generation, task, channel, address, workflow, template, state,
                 (select event from events e where e.organization = d.organization and e.patient = d.patient and e.anchor = d.anchor),
                 (select count(*) from attempts a where a.organization = d.organization and a.delivery = d.id
                    and a.outcome in ('uncertain', 'unknown'))
             from deliveries d",
        )
        .fetch_all(&mut *db)
        .await
        .unwrap();
        let count = rows.len();
        let deliveries: BTreeMap<_, _> = rows.into_iter().map(line).collect();
        assert_eq!(deliveries.len(), count, "two deliveries have one key");
        Self {
            messages: sqlx::query_as("select control_id, state from messages").fetch_all(&mut *db).await.unwrap(),
            deliveries,
            visits: sqlx::query_as(
                "select p.email, e.state, e.starts_at::text, e.visit_type
                 from patients p join encounters e on e.organization = p.organization and e.patient = p.id order by 1, 2, 3, 4",
            )
            .fetch_all(&mut *db)
            .await
            .unwrap(),
            performed: sqlx::query_as(
                "select run, step, occurrence, generation, count(*) from decisions where verdict = 'performed' group by 1, 2, 3, 4",
            )
            .fetch_all(&mut *db)
            .await
            .unwrap(),
            steps_performed: number(db, "select count(*) from planned_steps where state = 'performed'").await,
            steps_due: number(db, "select count(*) from planned_steps where state = 'pending' and due <= now()").await,
        }
    }

    /// Every letter, in order: equal in two runs that did the same.
    pub fn letters(&self) -> Vec<&Letter> {
        let mut letters: Vec<_> = self.deliveries.values().map(|line| &line.letter).collect();
        letters.sort();
        letters
    }

    pub fn unknown(&self) -> i64 {
        self.deliveries.values().map(|line| line.unknown).sum()
    }
}

fn line(row: Row) -> (String, Line) {
    let (run, step, occurrence, generation, task, channel, to, workflow, template, state, event, unknown) = row;
    let key = DeliveryKey {
        run: RunId(run),
        step: step.clone(),
        occurrence: occurrence.cast_unsigned(),
        generation: generation.cast_unsigned(),
        task: task.cast_unsigned(),
        channel: channel.parse::<Channel>().unwrap(),
    };
    let letter = Letter { to, workflow, event, step, occurrence, generation, template };
    (message_id(&key.to_string(), MAIL_DOMAIN), Line { letter, state, unknown })
}

pub async fn number(db: &mut PgConnection, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(db).await.unwrap()
}

/// How much is left to do now: messages, due steps, deliveries that staff need not decide on.
pub async fn left_to_do(db: &mut PgConnection) -> i64 {
    number(
        db,
        "select (select count(*) from messages where state = 'waiting')
              + (select count(*) from planned_steps where state = 'pending' and run_at <= now())
              + (select count(*) from deliveries where state in ('queued', 'sending'))",
    )
    .await
}

/// Has every uncertain delivery sent again, as staff may; how many there were.
pub async fn send_uncertain_again(clinic: &Clinic, db: &mut PgConnection, now: Timestamp) -> usize {
    let held: Vec<Uuid> =
        sqlx::query_scalar("select id from deliveries where state = 'uncertain'").fetch_all(db).await.unwrap();
    let store = Store::connect(clinic.login(Role::App.name()), Role::App, 1).await.unwrap();
    let organization = store.organizations().await.unwrap()[0];
    let mut tx = store.begin(organization).await.unwrap();
    for id in &held {
        assert!(tx.decide_uncertain(DeliveryId(*id), true, now).await.unwrap());
    }
    tx.commit().await.unwrap();
    store.close().await;
    held.len()
}

/// The settings that make a commit survive a power cut, as the running cluster has them.
pub async fn durability(db: &mut PgConnection) -> Vec<(String, String)> {
    sqlx::query_as(
        "select name, setting from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit') order by name",
    )
    .fetch_all(db)
    .await
    .unwrap()
}
