//! Mails that come back after the gateway took them.

use std::io::Write;
use std::process::{Command, Stdio};

use delivery::email::Report;
use stepwell::runner::reports::{self, Taken};

use crate::app::TestApp;
use crate::messages::{ALMA, alma, message, visit};
use crate::pages::ben;

const HARD: &str = include_str!("../../../delivery/tests/reports/hard.eml");
const DELAYED: &str = include_str!("../../../delivery/tests/reports/delayed.eml");
const POLICY: &str = include_str!("../../../delivery/tests/reports/policy.eml");
const COMPLAINT: &str = include_str!("../../../delivery/tests/reports/complaint.eml");
const SAMPLE_ID: &str = "0123456789abcdef0123456789abcdef@riverbend.example";

/// Alma has got her welcome; its Message-ID.
async fn with_a_mail() -> (TestApp, String) {
    let mut app = TestApp::start().await;
    app.emr_sends(&message("S12", "20260302100000", &alma(), Some(&visit("AP1", "IE", "202603051400")))).await;
    let id = app.mails_to(ALMA)[0].message_id.clone().unwrap();
    (app, id)
}

/// The sample, about this mail and this address.
fn about(sample: &str, id: &str, address: &str) -> String {
    let told = sample.replace(SAMPLE_ID, id).replace("Alma@Example.org", address).replace("alma@example.org", address);
    assert!(told.contains(id) && told.contains(address));
    told
}

async fn takes(app: &TestApp, mail: &str) -> Taken {
    reports::take(&app.roof, &Report::read(mail.as_bytes()).unwrap()).await.unwrap()
}

async fn suppressions(app: &TestApp) -> Vec<String> {
    app.ask("select concat_ws(' ', address, reason) from suppressions").await
}

#[tokio::test]
async fn a_mail_that_came_back_for_good_ends_its_address_and_stands_on_the_thread() {
    let (mut app, id) = with_a_mail().await;
    let report = about(HARD, &id, ALMA);
    assert_eq!(takes(&app, &report).await, Taken::Suppressed);
    assert_eq!(takes(&app, &report).await, Taken::Known, "a mail server may hand it over twice");
    assert_eq!(suppressions(&app).await, [format!("{ALMA} bounced")]);
    let page = ben(&app).await.gets(&format!("/patients/{}", app.alma().await)).await.body;
    assert!(page.contains("came back") && page.contains("5.1.1"), "{page}");
    let before = app.count_of_mails();
    app.clock_moves_to("2026-03-06T15:00:00Z").await;
    assert_eq!(app.count_of_mails(), before, "nothing more goes there");
    assert!(app.decisions_of(app.alma().await).await.iter().any(|line| line.ends_with("skipped address_suppressed")));
    app.finish().await;
}

#[tokio::test]
async fn a_mail_that_is_late_or_was_not_liked_is_noted_and_the_address_goes_on() {
    let (app, id) = with_a_mail().await;
    assert_eq!(takes(&app, &about(DELAYED, &id, ALMA)).await, Taken::Noted);
    assert_eq!(takes(&app, &about(POLICY, &id, ALMA)).await, Taken::Noted);
    assert!(suppressions(&app).await.is_empty());
    let page = ben(&app).await.gets(&format!("/patients/{}", app.alma().await)).await.body;
    assert!(page.contains("is late") && page.contains("4.4.1") && page.contains("5.7.1"), "{page}");
    app.finish().await;
}

#[tokio::test]
async fn a_complaint_is_an_opt_out_of_everything_to_that_address() {
    let (app, id) = with_a_mail().await;
    assert_eq!(takes(&app, &about(COMPLAINT, &id, ALMA)).await, Taken::Suppressed);
    assert_eq!(suppressions(&app).await, [format!("{ALMA} complained")]);
    let opted_out = app.chart_of(app.alma().await).await.patient.opted_out;
    assert!(opted_out.iter().any(|(contact, category)| contact.value == ALMA && category.is_none()));
    app.clock_moves_to("2026-03-06T15:00:00Z").await;
    assert!(app.decisions_of(app.alma().await).await.iter().any(|line| line.ends_with("skipped opted_out")));
    app.finish().await;
}

#[tokio::test]
async fn a_forged_report_changes_nothing() {
    let (app, id) = with_a_mail().await;
    assert_eq!(takes(&app, &about(HARD, SAMPLE_ID, ALMA)).await, Taken::Unknown, "a mail nobody sent");
    assert_eq!(takes(&app, &about(HARD, &id, "tom@mail.example")).await, Taken::Elsewhere, "another's address");
    assert_eq!(takes(&app, &about(COMPLAINT, &id, "tom@mail.example")).await, Taken::Elsewhere);
    assert!(suppressions(&app).await.is_empty());
    assert_eq!(app.ask("select count(*)::text from mail_reports").await, ["0"]);
    app.finish().await;
}

/// As a mail server's pipe does; what it is told, and the exit code.
fn pipes(mail: &[u8], to: &str) -> (String, Option<i32>) {
    let mut pipe = Command::new(env!("CARGO_BIN_EXE_stepwell"))
        .args(["bounce", "--database-url", to])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    pipe.stdin.take().unwrap().write_all(mail).unwrap();
    let done = pipe.wait_with_output().unwrap();
    (String::from_utf8(done.stdout).unwrap(), done.status.code())
}

#[test]
fn the_mail_server_is_told_to_drop_what_is_no_report_and_to_bring_back_what_could_not_be_written() {
    let nowhere = "postgres://stepwell@127.0.0.1:no-port/stepwell";
    for no_report in [&b"hello"[..], b"", b"\xff\xfe\x00garbage\r\n\r\n"] {
        let (said, code) = pipes(no_report, nowhere);
        assert_eq!((said.contains("nothing is done"), code), (true, Some(0)), "{said}");
    }
    assert_eq!(pipes(HARD.as_bytes(), nowhere), (String::new(), Some(75)));
}

#[test]
fn a_database_that_is_away_is_said_to_be_and_the_mail_is_to_come_again() {
    // Nobody listens there: the port is ours, and closed.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let away = format!("postgres://stepwell@127.0.0.1:{port}/stepwell");
    let mut pipe = Command::new(env!("CARGO_BIN_EXE_stepwell"))
        .args(["bounce", "--database-url", &away])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    pipe.stdin.take().unwrap().write_all(HARD.as_bytes()).unwrap();
    let done = pipe.wait_with_output().unwrap();
    let said = String::from_utf8(done.stderr).unwrap();
    assert!(said.contains("did not answer within 8 seconds"), "{said}");
    assert_eq!(done.status.code(), Some(75));
}
