//! Previews are worked out in the background: whole or not at all, kept with their time, and refused once they are not true.

use std::time::Instant;

use care::workflow::Activation;
use jiff::SignedDuration;
use stepwell::runner::preview::{self, Answer, Question, State};

use crate::app::TestApp;
use crate::messages::{alma, message, patient, visit};
use crate::pages::ben;

const KEY: &str = "visit-reminder";
const PAGE: &str = "/workflows/visit-reminder/activation";

fn question() -> Question {
    Question::SwitchOff { key: KEY.into() }
}

async fn asked(app: &TestApp) -> store::PreviewId {
    let mut tx = app.tx().await;
    let id = preview::ask(&app.roof, &mut tx, &question()).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn state(app: &TestApp, id: store::PreviewId) -> State {
    preview::look(&mut app.tx().await, id).await.unwrap().unwrap().1
}

async fn books(app: &mut TestApp) {
    app.emr_sends(&message("S12", "20260302090000", &alma(), Some(&visit("AP1", "FU", "202603161400")))).await;
}

fn hidden(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"preview\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_crash_in_the_middle_leaves_no_half_answer_and_who_looks_next_begins_anew() {
    let mut app = TestApp::start().await;
    books(&mut app).await;
    let id = asked(&app).await;
    // Somebody is at it, and has come to the half.
    let mut somebody = app.tx().await;
    assert!(somebody.hold_preview(id).await.unwrap());
    let mut tx = app.tx().await;
    tx.preview_goes_on(id, 1, 2).await.unwrap();
    tx.commit().await.unwrap();
    preview::work_out(&app.roof, app.clinic.organization, id).await.unwrap();
    assert!(matches!(state(&app, id).await, State::Running { done: 1, of: 2 }), "two do not work at one");
    // Their process is gone, and with it their transaction: the database hears of it a moment later.
    drop(somebody);
    for _ in 0..200 {
        preview::work_out(&app.roof, app.clinic.organization, id).await.unwrap();
        if !matches!(state(&app, id).await, State::Running { .. }) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let State::Answered { answer: Answer::Outlooks(looks), patients: 1, .. } = state(&app, id).await else {
        panic!("{:?}", state(&app, id).await)
    };
    assert_eq!(looks[0].steps.values().map(|s| s.stay).sum::<usize>(), 2);
    app.finish().await;
}

#[tokio::test]
async fn an_answer_to_what_was_asked_before_does_not_stand_for_what_is_asked_now() {
    let mut app = TestApp::start().await;
    books(&mut app).await;
    let id = asked(&app).await;
    let before = app.roof.now();
    app.clock_moves_to("2026-03-02T16:00:00Z").await;
    asked(&app).await;
    let mut late = app.tx().await;
    late.answer_preview(id, before, Some(&serde_json::json!({ "outlooks": [] })), before).await.unwrap();
    late.commit().await.unwrap();
    assert!(matches!(state(&app, id).await, State::Running { .. }));
    app.finish().await;
}

#[tokio::test]
async fn what_was_counted_before_a_switch_is_refused_with_its_cure() {
    let mut app = TestApp::start().await;
    books(&mut app).await;
    app.turn(KEY, false).await;
    let ben = ben(&app).await;
    let seen = hidden(&ben.waits_for(PAGE).await.body);
    // Somebody else switches it on and off again meanwhile.
    let mut tx = app.tx().await;
    let now = app.roof.now();
    assert!(tx.activate(KEY, app.roof.new_id(), None, &Activation::open(now)).await.unwrap());
    tx.deactivate(KEY, None, now).await.unwrap();
    tx.commit().await.unwrap();
    let refused = ben.posts(PAGE, &format!("preview={seen}&then=activate")).await;
    assert_eq!(refused.status, 409);
    assert!(refused.body.contains("look at the new count"), "{}", refused.body);
    let anew = ben.waits_for(PAGE).await;
    assert!(anew.body.contains("Counted"), "when it was counted is said: {}", anew.body);
    let form = format!("preview={}&then=activate", hidden(&anew.body));
    assert_eq!(ben.posts(PAGE, &form).await.status, 303);
    app.finish().await;
}

#[tokio::test]
async fn other_locations_than_were_counted_are_refused_until_they_are_counted() {
    let app = TestApp::start().await;
    app.turn(KEY, false).await;
    let ben = ben(&app).await;
    let seen = hidden(&ben.waits_for(PAGE).await.body);
    let one = format!("choose=yes&location={}", app.clinic.locations["Lakeview"]);
    assert_eq!(ben.posts(PAGE, &format!("{one}&preview={seen}&then=activate")).await.status, 409);
    let counted = ben.posts(PAGE, &format!("{one}&preview={seen}&then=count")).await;
    let page = ben.waits_for(counted.header("location").unwrap()).await;
    let form = format!("{one}&preview={}&then=activate", hidden(&page.body));
    assert_eq!(ben.posts(PAGE, &form).await.status, 303);
    app.finish().await;
}

#[tokio::test]
async fn a_count_stands_for_an_hour_and_what_patients_do_meanwhile_does_not_refuse_it() {
    let mut app = TestApp::start().await;
    app.turn(KEY, false).await;
    let ben = ben(&app).await;
    let old = hidden(&ben.waits_for(PAGE).await.body);
    app.clock_moves_by(SignedDuration::from_mins(61)).await;
    let refused = ben.posts(PAGE, &format!("preview={old}&then=activate")).await;
    assert_eq!(refused.status, 409);
    assert!(refused.body.contains("more than an hour ago"), "{}", refused.body);
    let new = hidden(&ben.waits_for(PAGE).await.body);
    app.clock_moves_by(SignedDuration::from_mins(59)).await;
    books(&mut app).await;
    assert_eq!(ben.posts(PAGE, &format!("preview={new}&then=activate")).await.status, 303);
    app.finish().await;
}

#[tokio::test]
async fn a_tick_outlives_the_page_that_looks_again_by_itself() {
    let mut app = TestApp::start().await;
    books(&mut app).await;
    app.turn(KEY, false).await;
    let ben = ben(&app).await;
    let mut tx = app.tx().await;
    let question = Question::SwitchOn { key: KEY.into(), locations: None };
    let id = preview::ask(&app.roof, &mut tx, &question).await.unwrap();
    tx.commit().await.unwrap();
    // Somebody counts, and takes their time.
    let mut somebody = app.tx().await;
    assert!(somebody.hold_preview(id).await.unwrap());
    let again = format!("{PAGE}?preview={id}&cover=yes");
    let counting = ben.gets(&again).await.body;
    let (_, refresh) = counting.split_once("http-equiv=\"refresh\" content=\"2;url=").unwrap();
    assert_eq!(refresh.split('"').next().unwrap().replace("&#38;", "&"), again);
    assert!(!counting.contains("type=\"checkbox\""), "what is ticked now would be lost: {counting}");
    drop(somebody);
    let counted = ben.waits_for(&again).await.body;
    assert!(counted.contains("name=\"cover\" value=\"yes\" checked"), "{counted}");
    app.finish().await;
}

/// Made-up patients with a visit each, as many as `PATIENTS` says: how long do previews of so large a clinic take?
#[tokio::test]
#[ignore = "a measurement: PATIENTS=1000 and --no-capture"]
async fn previews_of_a_large_clinic_are_measured() {
    let patients: u32 = std::env::var("PATIENTS").map_or(1000, |n| n.parse().unwrap());
    let mut app = TestApp::start().await;
    for n in 0..patients {
        let address = format!("p{}@mail.example", n - n % 10 / 9);
        let who = patient(&format!("{}", 10_000 + n), &format!("Person{n}"), &address, "en");
        let start = format!("202603{:02}{:02}00", 4 + n % 26, 9 + n % 8);
        app.emr_hands_over(&message(
            "S12",
            &format!("20260302{:02}{:02}{:02}", n / 3600, n / 60 % 60, n % 60),
            &who,
            Some(&visit(&format!("B{n}"), "FU", &start)),
        ))
        .await;
    }
    app.all_work_is_done().await;
    let began = Instant::now();
    let points = app.tx().await.contact_points_ever().await.unwrap();
    println!("{} contact points read in {:.3} s", points.len(), began.elapsed().as_secs_f64());
    let text =
        include_str!("../../../../content/workflows/visit-reminder.toml").replace("2 days before", "1 day before");
    let publish = Question::Publish { key: KEY.into(), base: 1, text };
    for (what, question) in [
        ("publish", publish),
        ("switch off", question()),
        ("go live", Question::GoLive { interface: app.interface() }),
        ("rehearse", Question::Rehearse { key: KEY.into(), past: true, next: true, cover: false, alone: false }),
    ] {
        let mut tx = app.tx().await;
        let id = preview::ask(&app.roof, &mut tx, &question).await.unwrap();
        tx.commit().await.unwrap();
        let began = Instant::now();
        preview::work_out(&app.roof, app.clinic.organization, id).await.unwrap();
        let State::Answered { patients, .. } = state(&app, id).await else { panic!("{what}: no answer") };
        println!("{what}: {patients} patients in {:.1} s", began.elapsed().as_secs_f64());
    }
    app.finish().await;
}
