//! What the sender hears, and when: an acknowledgement is a promise that the message is kept.

use std::time::Duration;

use sqlx::Executor;
use stepwell::listen::mllp::{self, LARGEST_FRAME, Listener};
use wire::hl7v2::frame::frame;

use crate::app::TestApp;
use crate::messages::{ALMA, alma, message, outgoing, patient, visit, write};
use crate::wire_client::WireClient;

fn booking() -> Vec<u8> {
    message("S12", "20260302100000", &alma(), Some(&visit("AP1", "IE", "202603101400")))
}

/// The booking with these in MSH-15 and MSH-16.
fn booking_that_asks(commit: &str, application: &str) -> Vec<u8> {
    let text = String::from_utf8(booking()).unwrap();
    text.replacen("|P|2.5.1|||", &format!("|P|2.5.1|||{commit}|{application}"), 1).into_bytes()
}

const COUNT: &str = "select state || ' ' || count(*) from messages group by state order by state";

#[tokio::test]
async fn the_acknowledgement_waits_until_the_message_is_committed() {
    let app = TestApp::start().await;
    let mut line = app.line().await;
    let mut in_the_way = app.sees_all.begin().await.unwrap();
    in_the_way.execute("lock table messages in exclusive mode").await.unwrap();
    line.says(&booking()).await;
    let waits = "select pid::text from pg_locks where not granted and relation = 'messages'::regclass";
    while app.ask(waits).await.is_empty() {
        tokio::task::yield_now().await;
    }
    assert!(line.has_heard_nothing(), "answered before the message was committed");
    in_the_way.rollback().await.unwrap();
    assert_eq!(line.hears().await.as_deref(), Some("AA S12-20260302100000"));
    assert_eq!(app.ask(COUNT).await, ["waiting 1"]);
    app.all_work_is_done().await;
    app.finish().await;
}

#[tokio::test]
async fn a_message_that_cannot_be_stored_gets_no_answer_and_may_be_sent_again() {
    let app = TestApp::start().await;
    let mut line = app.line().await;
    app.sees_all.execute("alter table messages rename to elsewhere").await.unwrap();
    line.says(&booking()).await;
    assert_eq!(line.hears().await, None, "neither an answer nor a connection");
    app.sees_all.execute("alter table elsewhere rename to messages").await.unwrap();
    let mut line = app.line().await;
    line.says(&booking()).await;
    assert_eq!(line.hears().await.as_deref(), Some("AA S12-20260302100000"));
    app.all_work_is_done().await;
    assert_eq!(app.ask(COUNT).await, ["applied 1"]);
    app.finish().await;
}

#[tokio::test]
async fn the_same_message_twice_is_acknowledged_twice_and_changes_nothing() {
    let mut app = TestApp::start().await;
    app.emr_sends(&booking()).await;
    let (decisions, plan) = (app.decisions_of(app.alma().await).await, app.plan_of(app.alma().await).await);
    assert_eq!(app.mails_to(ALMA).len(), 2);
    app.emr_sends(&booking()).await;
    assert_eq!(app.ask(COUNT).await, ["applied 1"]);
    // The same again under another control id is another message that says nothing new.
    let again = String::from_utf8(booking()).unwrap().replace("S12-20260302100000", "ANOTHER");
    app.emr_sends(again.as_bytes()).await;
    assert_eq!(app.ask(COUNT).await, ["applied 2"]);
    assert_eq!(app.decisions_of(app.alma().await).await, decisions);
    assert_eq!(app.plan_of(app.alma().await).await, plan);
    assert_eq!(app.mails_to(ALMA).len(), 2);
    app.finish().await;
}

#[tokio::test]
async fn the_enhanced_mode_is_answered_as_asked_and_who_wants_no_answer_gets_none() {
    let app = TestApp::start().await;
    let mut line = app.line().await;
    line.says(&booking_that_asks("AL", "NE")).await;
    assert_eq!(line.hears().await.as_deref(), Some("CA S12-20260302100000"));
    line.says(&booking_that_asks("AL", "AL")).await;
    assert_eq!(line.hears().await.as_deref(), Some("CA S12-20260302100000"));
    assert_eq!(line.hears().await.as_deref(), Some("AA S12-20260302100000"));
    line.says(&booking_that_asks("NE", "NE")).await;
    line.says(&message("A28", "20260302100100", &alma(), None)).await;
    assert_eq!(
        line.hears().await.as_deref(),
        Some("AA A28-20260302100100"),
        "the answer to the second, none to the first"
    );
    app.all_work_is_done().await;
    assert_eq!(app.ask(COUNT).await, ["applied 4"], "all were taken, wanted or not");
    app.finish().await;
}

#[tokio::test]
async fn several_messages_in_one_write_are_answered_one_by_one_in_order() {
    let app = TestApp::start().await;
    let mut line = app.line().await;
    let messages: Vec<Vec<u8>> = (0..5)
        .map(|n| message("A28", &format!("2026030210000{n}"), &patient(&format!("20{n}"), "Ann", "", "en"), None))
        .collect();
    line.writes(&messages.iter().flat_map(|m| frame(m)).collect::<Vec<u8>>()).await;
    for n in 0..5 {
        assert_eq!(line.hears().await, Some(format!("AA A28-2026030210000{n}")));
    }
    app.all_work_is_done().await;
    assert_eq!(app.ask("select number::text || control_id from messages order by number").await.len(), 5);
    assert_eq!(app.ask(COUNT).await, ["applied 5"]);
    app.finish().await;
}

#[tokio::test]
async fn what_is_no_message_leaves_the_connection_and_the_messages_around_it_alone() {
    let app = TestApp::start().await;
    let mut line = app.line().await;
    line.writes(b"GET / HTTP/1.1\r\n\r\n").await;
    line.says(&message("A28", "20260302100001", &alma(), None)).await;
    assert_eq!(line.hears().await.as_deref(), Some("AA A28-20260302100001"));
    // A frame that broke off, then the same begun anew.
    line.writes(b"\x0BMSH|^~\\&|RIVEREMR|RIV").await;
    line.says(&message("A28", "20260302100002", &alma(), None)).await;
    assert_eq!(line.hears().await.as_deref(), Some("AA A28-20260302100002"));
    let mut large = message("A28", "20260302100003", &alma(), None);
    large.resize(LARGEST_FRAME + 1, b'x');
    line.says(&large).await;
    assert_eq!(line.hears().await.as_deref(), Some("AR A28-20260302100003"));
    // Bytes in a frame that are no HL7 at all are kept, and the sender is told.
    line.says(b"hello").await;
    assert_eq!(line.hears().await.as_deref(), Some("AR "));
    line.says(&message("A28", "20260302100004", &alma(), None)).await;
    assert_eq!(line.hears().await.as_deref(), Some("AA A28-20260302100004"));
    app.all_work_is_done().await;
    assert_eq!(app.ask(COUNT).await, ["applied 3", "refused 1"]);
    app.finish().await;
}

#[tokio::test]
async fn an_unusable_message_is_acknowledged_and_refused_with_cause_place_and_cure() {
    let mut app = TestApp::start().await;
    let nobody = patient("", "Nobody", "", "en");
    app.emr_sends(&message("S12", "20260302100001", &nobody, Some(&visit("AP1", "IE", "202603101400")))).await;
    app.emr_sends(&message("S12", "20260302100002", &alma(), Some(&visit("AP2", "IE", "2026-03-10 14:00")))).await;
    app.emr_sends(&booking()).await;

    let refused = app.tx().await.refused_messages().await.unwrap();
    let seen: Vec<_> = refused.iter().rev().map(|r| format!("{} {} {}", r.kind, r.cause, r.place)).collect();
    assert_eq!(seen, ["SIU S12 no_patient_id PID-3", "SIU S12 bad_time SCH-11.4"]);
    for row in &refused {
        assert!(row.cure.len() > 20, "{}", row.cure);
        assert_eq!((row.interface.as_str(), row.received_at), ("Riverside EMR", app.roof.now()));
    }
    assert_eq!(app.mails_to(ALMA).len(), 2, "the good one behind them went through");
    app.finish().await;
}

#[tokio::test]
async fn a_refused_message_is_taken_when_it_is_replayed_after_the_cause_was_mended() {
    let mut app = TestApp::start().await;
    let test_message = wire::hl7v2::write::Outgoing {
        processing_id: "T".into(),
        ..outgoing("S12", "20260302100000", &alma(), Some(&visit("AP1", "IE", "202603101400")))
    };
    app.emr_sends(&write(&test_message)).await;
    let refused = app.tx().await.refused_messages().await.unwrap();
    assert_eq!(refused[0].cause, "test_message_in_production");

    let mut tx = app.tx().await;
    assert!(tx.replay_message(refused[0].id).await.unwrap());
    tx.commit().await.unwrap();
    app.all_work_is_done().await;
    assert_eq!(app.ask(COUNT).await, ["refused 1"], "nothing was mended, so it is refused again");

    let mut tx = app.tx().await;
    let mut interface = tx.interfaces().await.unwrap().remove(0);
    interface.settings["production"] = false.into();
    tx.put_interface(&interface).await.unwrap();
    assert!(tx.replay_message(refused[0].id).await.unwrap());
    tx.commit().await.unwrap();
    app.all_work_is_done().await;
    assert_eq!(app.ask(COUNT).await, ["applied 1"]);
    assert_eq!(app.ask("select coalesce(cause, '-') from messages").await, ["-"]);
    assert_eq!(app.mails_to(ALMA).len(), 2);
    assert!(!app.tx().await.replay_message(refused[0].id).await.unwrap(), "what was applied is not replayed");
    app.finish().await;
}

#[tokio::test]
async fn a_frame_that_stays_open_ends_its_connection_and_no_other() {
    let app = TestApp::start().await;
    let (socket, address) = mllp::bind("127.0.0.1:0").await.unwrap();
    let (stop, stopping) = tokio::sync::watch::channel(false);
    let mid_frame = Duration::from_millis(50);
    let listener = Listener { organization: app.clinic.organization, interface: app.interface(), mid_frame };
    let serving = tokio::spawn(mllp::serve(app.roof.clone(), socket, listener, stopping));
    let mut idle = WireClient::connect(address).await;
    idle.says(&message("A28", "20260302100001", &alma(), None)).await;
    assert_eq!(idle.hears().await.as_deref(), Some("AA A28-20260302100001"));
    let mut half = WireClient::connect(address).await;
    half.writes(b"\x0BMSH|^~\\&|RIVEREMR").await;
    assert_eq!(half.hears().await, None, "closed without an answer");
    // The one that waited between two frames all that time is still served.
    idle.says(&message("A28", "20260302100002", &alma(), None)).await;
    assert_eq!(idle.hears().await.as_deref(), Some("AA A28-20260302100002"));
    stop.send(true).unwrap();
    serving.await.unwrap();
    app.all_work_is_done().await;
    app.finish().await;
}

#[tokio::test]
async fn a_header_that_no_column_can_hold_stops_neither_itself_nor_the_next_message() {
    let app = TestApp::start().await;
    let mut line = app.line().await;
    let with_nul = String::from_utf8(booking()).unwrap().replacen("S12-20260302100000", "S12-2026\0", 1);
    line.says(with_nul.as_bytes()).await;
    assert!(line.hears().await.is_some_and(|heard| heard.starts_with("AA ")), "stored, and so acknowledged");
    line.says(&booking()).await;
    assert_eq!(line.hears().await.as_deref(), Some("AA S12-20260302100000"));
    app.all_work_is_done().await;
    assert_eq!(app.ask(COUNT).await, ["applied 2"]);
    app.finish().await;
}
