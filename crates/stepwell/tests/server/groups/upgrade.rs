//! Patients from before the projection, and the walls between clinics.

use care::workflow::group::{Clause, Field, Group, Op, Value};
use sqlx::Executor;
use stepwell::runner::count::{catch_up, count};
use stepwell::server::{Parts, Server};

use crate::app::TestApp;
use crate::messages::{alma, message, patient, visit};

/// As the migration leaves a row that was there before it.
const FORGET: &str = "update patients set sex = null, language = null, zone = null, registered = false, tags = '{}',
    has_email = false, has_mobile = false, any_episode_open = false, visits_arrived = 0, facts_version = 0";

fn reached_by_mail() -> Group {
    let yes = |field| Group::Clause(Clause { field, op: Op::Eq, value: Value::Bool(true) });
    Group::All(vec![yes(Field::HasEmail), yes(Field::EpisodeOpen)])
}

async fn two_patients() -> TestApp {
    let mut app = TestApp::start().await;
    let other = patient("2000", "Bea", "none@none.com", "es");
    app.emr_sends(&message("S12", "20260302090000", &alma(), Some(&visit("AP1", "IE", "202603161400")))).await;
    app.emr_sends(&message("S12", "20260302090000", &other, Some(&visit("AP2", "IE", "202603171400")))).await;
    app
}

#[tokio::test]
async fn a_patient_is_counted_with_the_commit_that_takes_in_the_message() {
    let app = two_patients().await;
    assert_eq!(count(&app.roof, app.clinic.organization, &reached_by_mail()).await.unwrap(), 1);
    assert_eq!(count(&app.roof, app.clinic.organization, &Group::All(vec![])).await.unwrap(), 2);
    let listed = app.tx().await.list_group(&reached_by_mail(), app.roof.now(), 10, 0).await.unwrap();
    assert_eq!(listed, [app.alma().await]);
    app.finish().await;
}

#[tokio::test]
async fn a_list_goes_on_where_the_page_before_ended() {
    let app = two_patients().await;
    let everyone = Group::All(vec![]);
    let mut tx = app.tx().await;
    let all = tx.list_group(&everyone, app.roof.now(), 10, 0).await.unwrap();
    let first = tx.list_group(&everyone, app.roof.now(), 1, 0).await.unwrap();
    let second = tx.list_group(&everyone, app.roof.now(), 1, 1).await.unwrap();
    assert_eq!(all, [first, second].concat());
    assert_eq!(tx.list_group(&everyone, app.roof.now(), 1, 2).await.unwrap(), []);
    drop(tx);
    app.finish().await;
}

#[tokio::test]
async fn a_merged_record_is_counted_once_and_another_clinics_never() {
    let mut app = two_patients().await;
    assert_eq!(count(&app.roof, app.other.organization, &Group::All(vec![])).await.unwrap(), 0);
    app.emr_sends(&crate::merging::merge("20260303100000")).await;
    assert_eq!(count(&app.roof, app.clinic.organization, &Group::All(vec![])).await.unwrap(), 1);
    app.finish().await;
}

#[tokio::test]
async fn patients_from_before_the_projection_are_folded_anew_and_nothing_fires() {
    let app = two_patients().await;
    let before = app.decisions_of(app.alma().await).await;
    app.sees_all.execute(FORGET).await.unwrap();
    assert_eq!(catch_up(&app.roof, app.clinic.organization).await.unwrap(), 2);
    assert_eq!(catch_up(&app.roof, app.clinic.organization).await.unwrap(), 0, "once");
    assert_eq!(app.decisions_of(app.alma().await).await, before);
    app.sees_all.execute(FORGET).await.unwrap();
    let counted = count(&app.roof, app.clinic.organization, &reached_by_mail()).await.unwrap();
    assert_eq!(counted, 1, "a count does not wait for the start of a server");
    app.finish().await;
}

#[tokio::test]
async fn a_server_that_starts_brings_them_up_to_date() {
    let app = two_patients().await;
    app.sees_all.execute(FORGET).await.unwrap();
    let parts = Parts { listen: "127.0.0.1:0", demo: None, runner: false };
    let server = Server::start(app.roof.clone(), parts).await.unwrap();
    let outdated = "select id::text from patients where facts_version = 0";
    while !app.ask(outdated).await.is_empty() {
        tokio::task::yield_now().await;
    }
    server.stop().await;
    let counted = app.tx().await.count_group(&reached_by_mail(), app.roof.now()).await.unwrap();
    assert_eq!(counted, 1);
    app.finish().await;
}

#[tokio::test]
async fn a_patient_somebody_works_on_is_waited_for() {
    let app = two_patients().await;
    app.sees_all.execute(FORGET).await.unwrap();
    let mut busy = app.tx().await;
    store::patient_lock(&mut busy, app.alma().await).await.unwrap();
    let (roof, clinic) = (app.roof.clone(), app.clinic.organization);
    let catching_up = tokio::spawn(async move { catch_up(&roof, clinic).await.unwrap() });
    let outdated = "select id::text from patients where facts_version = 0";
    while app.ask(outdated).await != [app.alma().await.0.to_string()] {
        tokio::task::yield_now().await;
    }
    assert!(!catching_up.is_finished());
    busy.commit().await.unwrap();
    assert_eq!(catching_up.await.unwrap(), 2);
    app.finish().await;
}
