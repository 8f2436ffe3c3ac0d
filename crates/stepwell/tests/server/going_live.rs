//! An interface goes live: what it brought starts nothing, unless the visits ahead are taken up.

use care::rehearsal::TakenUp;
use delivery::email::sink::Manners;
use jiff::SignedDuration;
use stepwell::runner::live;
use stepwell::runner::preview::{self, Answer, Question, State};

use crate::app::{TestApp, Wanted};
use crate::messages::{ALMA, alma, elena, message, patient, visit};
use crate::pages::ben;

async fn loading() -> TestApp {
    TestApp::start_with(Wanted { mail_server: Some(Manners::default()), live: false }).await
}

async fn state(app: &TestApp) -> Vec<String> {
    app.ask("select state from interfaces where name = 'Riverside EMR'").await
}

/// What the page says would start.
async fn counted(app: &TestApp) -> TakenUp {
    let (organization, question) = (app.clinic.organization, Question::GoLive { interface: app.interface() });
    let mut tx = app.tx().await;
    let id = preview::ask(&app.roof, &mut tx, &question).await.unwrap();
    tx.commit().await.unwrap();
    preview::work_out(&app.roof, organization, id).await.unwrap();
    let (_, state) = preview::look(&mut app.tx().await, id).await.unwrap().unwrap();
    let State::Answered { answer: Answer::TakenUp(taken), .. } = state else { panic!("{state:?}") };
    taken
}

/// The form of a page on which the count was seen, with the tick.
fn confirmation(page: &str) -> String {
    let (_, id) = page.split_once("name=\"preview\" value=\"").unwrap();
    format!("cover=yes&preview={}", id.split('"').next().unwrap())
}

fn reminders(plan: &[(String, String, String)]) -> usize {
    plan.iter().filter(|(workflow, ..)| workflow == "visit-reminder").count()
}

#[tokio::test]
async fn the_page_counts_what_would_start_and_the_tick_starts_just_that() {
    let mut app = loading().await;
    app.emr_sends(&message("S12", "20260302090000", &alma(), Some(&visit("AP1", "IE", "202603061400")))).await;
    app.emr_sends(&message("S12", "20260302090100", &elena(), Some(&visit("AP2", "FU", "202603301400")))).await;
    app.clock_moves_by(SignedDuration::from_hours(1)).await;

    let mut tx = app.tx().await;
    assert_eq!(tx.loaded_counts(app.interface(), app.roof.now()).await.unwrap(), (2, 2, 2));
    drop(tx);
    let preview = counted(&app).await;
    assert_eq!(preview.runs.get("visit-reminder"), Some(&2), "{preview:?}");
    let (alma_id, elena_id) = (app.alma().await, app.patient("1001").await);
    assert!(app.ledger_of(alma_id).await.runs.is_empty(), "counting writes nothing");

    let ben = ben(&app).await;
    let to = format!("/interfaces/{}/live", app.interface());
    assert_eq!(ben.posts(&to, "cover=yes").await.status, 409, "nobody has looked at the count");
    let page = ben.waits_for(&to).await;
    let seen = confirmation(&page.body);
    assert!(page.body.contains("2</strong> patients") && page.body.contains("name=\"cover\""), "{}", page.body);
    assert_eq!(ben.posts(&to, &seen).await.status, 303);
    assert_eq!(state(&app).await, ["going_live"]);
    app.all_work_is_done().await;
    assert_eq!(state(&app).await, ["live"]);
    assert_eq!(app.count_of_mails(), 0, "what goes out at the booking is passed over");
    assert!(reminders(&app.plan_of(alma_id).await) > 0 && reminders(&app.plan_of(elena_id).await) > 0);
    let started = app.ledger_of(alma_id).await.runs.len() + app.ledger_of(elena_id).await.runs.len();
    assert_eq!(started, preview.runs.values().sum::<usize>(), "{preview:?}");
    assert_eq!(ben.posts(&to, &seen).await.status, 409, "it is live");
    app.clock_moves_by(SignedDuration::from_hours(168)).await;
    assert_eq!(app.count_of_mails(), preview.messages.values().sum::<usize>(), "{preview:?}");
    app.finish().await;
}

#[tokio::test]
async fn without_the_tick_what_was_brought_starts_nothing_and_what_is_new_does() {
    let mut app = loading().await;
    app.emr_sends(&message("S12", "20260302090000", &alma(), Some(&visit("AP1", "IE", "202603061400")))).await;
    let to = format!("/interfaces/{}/live", app.interface());
    app.clock_moves_by(SignedDuration::from_mins(1)).await;
    assert_eq!(ben(&app).await.posts(&to, "").await.status, 303);
    app.all_work_is_done().await;
    assert_eq!(state(&app).await, ["live"]);
    let alma_id = app.alma().await;
    assert_eq!(app.plan_of(alma_id).await, []);
    app.clock_moves_by(SignedDuration::from_mins(1)).await;
    app.emr_sends(&message("S12", "20260302100200", &elena(), Some(&visit("AP2", "IE", "202603301400")))).await;
    assert!(reminders(&app.plan_of(app.patient("1001").await).await) > 0);
    assert_eq!(app.mails_to(ALMA).len(), 0);
    app.finish().await;
}

#[tokio::test]
async fn what_was_received_before_and_is_read_after_only_fills_charts_or_is_taken_up_with_the_rest() {
    for taken_up in [false, true] {
        let mut app = loading().await;
        app.emr_hands_over(&message("S12", "20260302090000", &alma(), Some(&visit("AP1", "IE", "202603161400")))).await;
        app.roof.clock.move_to(app.roof.now() + SignedDuration::from_mins(1));
        let to = format!("/interfaces/{}/live", app.interface());
        let ben = ben(&app).await;
        let seen = confirmation(&ben.waits_for(&to).await.body);
        let form = if taken_up { seen.as_str() } else { "" };
        assert_eq!(ben.posts(&to, form).await.status, 303);
        app.emr_hands_over(&message("S12", "20260302100100", &elena(), Some(&visit("AP2", "IE", "202603161400"))))
            .await;
        app.all_work_is_done().await;
        assert_eq!(app.mails_to(ALMA).len(), 0, "{taken_up}: nothing goes out at once");
        assert_eq!(reminders(&app.plan_of(app.alma().await).await) > 0, taken_up);
        assert!(!app.mails_to("elena@mail.example").is_empty(), "{taken_up}: the new one is welcomed");
        assert_eq!(state(&app).await, ["live"]);
        app.finish().await;
    }
}

#[tokio::test]
async fn a_crash_on_the_way_goes_on_where_it_stopped() {
    let mut app = loading().await;
    for n in 0..30 {
        let someone = patient(&format!("3{n:03}"), "Sam", &format!("sam{n}@mail.example"), "en");
        let booked = visit(&format!("AP{n}"), "FU", "202603161400");
        app.emr_hands_over(&message("S12", &format!("202603020900{n:02}"), &someone, Some(&booked))).await;
    }
    app.all_work_is_done().await;
    app.clock_moves_by(SignedDuration::from_mins(1)).await;
    let mut tx = app.tx().await;
    assert!(tx.start_live(app.interface(), true, app.roof.now()).await.unwrap());
    tx.commit().await.unwrap();
    // One chunk, and then the process is gone.
    let done = live::go_on(&app.roof).await.unwrap();
    assert!(done > 0);
    assert_eq!(state(&app).await, ["going_live"]);
    let runs = app.ask("select patient::text from runs where workflow = 'visit-reminder'").await.len();
    assert!(runs > 0 && runs < 30, "{runs}");
    app.all_work_is_done().await;
    assert_eq!(state(&app).await, ["live"]);
    assert_eq!(app.ask("select patient::text from runs where workflow = 'visit-reminder'").await.len(), 30);
    app.finish().await;
}
