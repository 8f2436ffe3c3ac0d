//! STOP while a thousand messages are in flight.

use std::sync::Arc;

use care::chart::{Act, Channel, EncounterChange, EncounterKey, PatientChange, Source, What, Write};
use care::id::{EncounterId, PatientId};
use care::zone::CivilMoment;
use jiff::SignedDuration;
use stepwell::Roof;
use stepwell::runner::{Context, NewChange, outbox, record};
use uuid::Uuid;

use crate::app::TestApp;

const FAMILIES: u128 = 200;
const FAMILY: u128 = 5;

fn address(patient: u128) -> String {
    format!("family{}@mail.example", patient % FAMILIES)
}

/// Each patient has a message in the outbox; five share an address.
async fn a_thousand_messages_wait(app: &mut TestApp) {
    let workflow = "title = \"Notice\"\nkind = \"engagement\"\nfor = \"both\"\nattention = \"bypass\"\n\
        trigger = { event = \"encounter.planned\" }\n[[steps]]\nid = \"now\"\nschedule = \"immediately\"\n\
        tasks = [{ send = \"email\", template = \"message/visit-reminder\" }]";
    app.turn_what_ships_off().await;
    let mut tx = app.tx().await;
    tx.publish_workflow("notice", workflow, app.roof.now()).await.unwrap();
    tx.commit().await.unwrap();
    app.turn("notice", true).await;
    let start = CivilMoment::utc(app.roof.now() + SignedDuration::from_hours(48));
    for chunk in (0..FAMILIES * FAMILY).collect::<Vec<_>>().chunks(100) {
        let mut tx = app.tx().await;
        let context = Context::load(&app.roof, &mut tx).await.unwrap();
        for n in chunk {
            let patient = PatientId(Uuid::from_u128(1 << 100 | n));
            tx.create_patient(patient, app.roof.now()).await.unwrap();
            let email = PatientChange { email: Write::Set(address(*n)), ..PatientChange::default() };
            let visit = EncounterId(Uuid::from_u128(2 << 100 | n));
            let booked = EncounterChange::new(visit, EncounterKey::Appointment, Act::Book);
            let booked = EncounterChange { start: Write::Set(start.clone()), ..booked };
            let changes = [What::Patient(Box::new(email)), What::Encounter(booked)].map(|what| NewChange {
                at: app.roof.now(),
                source: Source::System,
                what,
                message: None,
            });
            record(&app.roof, &mut tx, &context, patient, changes.to_vec(), false).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
    while stepwell::runner::tick::tick(&app.roof, None).await.unwrap() > 0 {}
}

async fn sends_until_nothing_is_left(roof: Arc<Roof>) {
    while outbox::send_due(&roof, None).await.unwrap() > 0 {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_thousand_messages_in_flight_none_is_claimed_once_stop_has_committed() {
    let mut app = TestApp::start().await;
    a_thousand_messages_wait(&mut app).await;
    assert_eq!(app.ask("select count(*)::text from deliveries where state = 'queued'").await, ["1000"]);
    let senders: Vec<_> = (0..6).map(|_| tokio::spawn(sends_until_nothing_is_left(app.roof.clone()))).collect();
    let attempts = async |app: &TestApp| app.ask("select count(*)::text from attempts").await.remove(0);
    while attempts(&app).await.parse::<u32>().unwrap() < 200 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let mut tx = app.tx().await;
    for family in 0..FAMILIES {
        tx.suppress(Channel::Email.code(), &address(family), "stop", app.roof.now()).await.unwrap();
    }
    // Whoever claimed before has committed: STOP waited for them. From here on none may come.
    let claimed_before = attempts(&app).await;
    tx.commit().await.unwrap();
    for sender in senders {
        sender.await.unwrap();
    }
    assert_eq!(attempts(&app).await, claimed_before, "claimed after STOP");
    assert!(claimed_before.parse::<u32>().unwrap() < 1000, "STOP came when all was sent: it proves nothing");
    let ended = "select distinct state || ' ' || coalesce(reason, '') from deliveries order by 1";
    assert_eq!(app.ask(ended).await, ["ended address_suppressed", "sent "]);
    app.finish().await;
}
