//! One delivery on its way out: mail servers that are busy, refuse, or hang up at the worst moment.

use care::chart::Channel;
use delivery::email::message_id;
use delivery::email::sink::{Manners, Verdict};
use jiff::SignedDuration;
use stepwell::runner::{inbox, outbox, tick};

use crate::app::{TestApp, Wanted};
use crate::messages::{ALMA, alma, message, visit};

fn alma_gets(verdict: Verdict) -> Manners {
    Manners::default().with(ALMA, verdict)
}

fn booking(type_code: &str, start: &str) -> Vec<u8> {
    message("S12", "20260302095000", &alma(), Some(&visit("AP1", type_code, start)))
}

const STATES: &str =
    "select workflow || ' ' || state || ' ' || coalesce(reason, '-') || ' ' || attempts from deliveries order by 1";

/// The message comes in and its steps are performed; nothing is handed to the mail server yet.
async fn queued(app: &mut TestApp, message: &[u8]) {
    app.emr_hands_over(message).await;
    inbox::apply_waiting(&app.roof).await.unwrap();
    tick::tick(&app.roof, None).await.unwrap();
}

#[tokio::test]
async fn a_busy_mail_server_is_tried_again_and_longer_waits_lie_between() {
    let mut app = TestApp::start_with_mail_server(alma_gets(Verdict::TryLater)).await;
    app.turn("visit-reminder", false).await;
    app.emr_sends(&booking("FU", "202603041400")).await;
    app.emr_sends(&message("S13", "20260302095500", &alma(), Some(&visit("AP1", "FU", "202603061400")))).await;
    assert_eq!(app.ask("select attempts::text from deliveries where state = 'queued'").await, ["1"]);
    let mut wait = SignedDuration::ZERO;
    for attempt in 2..=5 {
        let due = app.roof.runner.next_due().await.unwrap().unwrap();
        let next = due.duration_since(app.roof.now());
        assert!(next > wait, "attempt {attempt}: {next} after {wait}");
        wait = next;
        app.clock_moves_to(&(due - SignedDuration::from_millis(1)).to_string()).await;
        assert_eq!(app.ask("select max(attempts)::text from deliveries").await, [(attempt - 1).to_string()]);
        app.clock_moves_to(&due.to_string()).await;
        assert_eq!(app.ask("select max(attempts)::text from deliveries").await, [attempt.to_string()]);
    }
    assert_eq!(app.count_of_mails(), 0);
    app.mail_server_becomes(Manners::default()).await;
    app.clock_moves_by(SignedDuration::from_hours(1)).await;
    assert_eq!(app.mails_to(ALMA).len(), 1);
    assert_eq!(app.ask(STATES).await, ["visit-changed sent - 6"]);
    let outcomes = "select number::text || ' ' || outcome from attempts order by number";
    assert_eq!(
        app.ask(outcomes).await,
        ["1 temporary", "2 temporary", "3 temporary", "4 temporary", "5 temporary", "6 sent"]
    );
    app.finish().await;
}

#[tokio::test]
async fn a_mail_server_that_stays_busy_ends_in_gave_up() {
    let mut app = TestApp::start_with_mail_server(alma_gets(Verdict::TryLater)).await;
    app.emr_sends(&booking("IE", "202603301400")).await;
    app.clock_moves_by(SignedDuration::from_hours(30)).await;
    assert_eq!(app.ask(STATES).await, ["invite-emr ended gave_up 12", "welcome ended gave_up 12"]);
    app.finish().await;
}

#[tokio::test]
async fn an_address_that_does_not_exist_is_written_to_once_and_never_again() {
    let mut app = TestApp::start_with_mail_server(alma_gets(Verdict::NoSuchUser)).await;
    app.emr_sends(&booking("IE", "202603101400")).await;
    let ended = app.ask("select distinct state || ' ' || reason from deliveries order by 1").await;
    assert!(ended.contains(&"ended refused_by_gateway".into()), "{ended:?}");
    assert_eq!(app.ask("select address || ' ' || reason from suppressions").await, [format!("{ALMA} bounced")]);
    let tried = app.ask("select count(*)::text from attempts").await;
    // The address would be taken now; it is not asked.
    app.mail_server_becomes(Manners::default()).await;
    app.clock_moves_to("2026-03-12T15:00:00Z").await;
    assert_eq!(app.count_of_mails(), 0);
    assert_eq!(app.ask("select count(*)::text from attempts").await, tried);
    let decisions = app.decisions_of(app.alma().await).await;
    assert!(decisions.contains(&"visit-reminder two-days-before skipped address_suppressed".into()), "{decisions:#?}");
    app.finish().await;
}

#[tokio::test]
async fn a_mail_refused_for_what_it_says_does_not_close_the_address() {
    let mut app = TestApp::start_with_mail_server(alma_gets(Verdict::AgainstPolicy)).await;
    app.emr_sends(&booking("IE", "202603101400")).await;
    let refused = ["invite-emr ended refused_by_gateway 1", "welcome ended refused_by_gateway 1"];
    assert_eq!(app.ask(STATES).await, refused);
    assert_eq!(app.ask("select address from suppressions").await, Vec::<String>::new());
    let replies = app.ask("select reply from attempts").await;
    assert!(replies.iter().all(|reply| !reply.contains(ALMA)), "{replies:?}");
    app.finish().await;
}

#[tokio::test]
async fn a_mail_whose_end_is_unknown_is_held_for_staff_and_goes_when_they_say_so() {
    let mut app = TestApp::start_with_mail_server(alma_gets(Verdict::DropAfterDot)).await;
    app.turn("invite-emr", false).await;
    app.emr_sends(&booking("IE", "202603301400")).await;
    assert_eq!(app.ask(STATES).await, ["welcome uncertain uncertain_held 1"]);
    app.mail_server_becomes(Manners::default()).await;
    app.clock_moves_by(SignedDuration::from_hours(48)).await;
    assert_eq!(app.count_of_mails(), 0, "nobody decides but staff");

    let mut tx = app.tx().await;
    let uncertain = tx.uncertain_deliveries().await.unwrap();
    assert_eq!(uncertain.len(), 1);
    let key = tx.delivery(uncertain[0].id).await.unwrap().unwrap().key;
    assert!(tx.decide_uncertain(uncertain[0].id, true, app.roof.now()).await.unwrap());
    assert!(!tx.decide_uncertain(uncertain[0].id, true, app.roof.now()).await.unwrap(), "decided once");
    tx.commit().await.unwrap();
    app.all_work_is_done().await;
    let mails = app.mails_to(ALMA);
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].message_id, Some(message_id(&key.to_string(), "riverbend.example")));
    assert_eq!(app.ask(STATES).await, ["welcome sent - 2"]);
    app.finish().await;
}

#[tokio::test]
async fn a_reminder_whose_end_is_unknown_goes_again_under_the_same_message_id() {
    let mut app = TestApp::start_with_mail_server(alma_gets(Verdict::DropAfterDot)).await;
    app.emr_sends(&booking("FU", "202603161400")).await;
    app.clock_moves_to("2026-03-14T14:00:00Z").await;
    assert_eq!(app.ask(STATES).await, ["visit-reminder queued - 1"]);
    let alma = app.alma().await;
    let mut tx = app.tx().await;
    let row = tx.deliveries(Some(alma)).await.unwrap().remove(0);
    let key = tx.delivery(row.id).await.unwrap().unwrap().key;
    drop(tx);
    app.mail_server_becomes(Manners::default()).await;
    app.clock_moves_by(SignedDuration::from_hours(1)).await;
    let mails = app.mails_to(ALMA);
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].message_id, Some(message_id(&key.to_string(), "riverbend.example")));
    assert_eq!(app.ask(STATES).await, ["visit-reminder sent - 2"]);
    app.finish().await;
}

#[tokio::test]
async fn without_a_mail_server_a_step_ends_in_channel_not_set_up_and_never_in_sent() {
    let mut app = TestApp::start_with(Wanted { mail_server: None, live: true }).await;
    app.emr_sends(&booking("IE", "202603101400")).await;
    let decisions = app.decisions_of(app.alma().await).await;
    for step in ["welcome welcome", "invite-emr invite"] {
        assert!(decisions.contains(&format!("{step} skipped channel_not_set_up")), "{decisions:#?}");
    }
    assert_eq!(app.ask(STATES).await, Vec::<String>::new());
    app.finish().await;
}

#[tokio::test]
async fn an_opt_out_that_comes_while_a_mail_waits_in_the_outbox_stops_it() {
    let mut app = TestApp::start().await;
    queued(&mut app, &booking("IE", "202603101400")).await;
    assert_eq!(app.ask(STATES).await, ["invite-emr queued - 0", "welcome queued - 0"]);
    app.opts_out(app.alma().await, Channel::Email, ALMA).await;
    app.all_work_is_done().await;
    assert_eq!(app.ask(STATES).await, ["invite-emr ended opted_out 0", "welcome ended opted_out 0"]);
    assert_eq!(app.count_of_mails(), 0);
    app.finish().await;
}

#[tokio::test]
async fn a_workflow_switched_off_while_its_mail_waits_in_the_outbox_does_not_send_it() {
    let mut app = TestApp::start().await;
    queued(&mut app, &booking("IE", "202603101400")).await;
    app.turn("welcome", false).await;
    app.all_work_is_done().await;
    assert_eq!(app.ask(STATES).await, ["invite-emr sent - 1", "welcome ended workflow_inactive 0"]);
    assert_eq!(app.mails_to(ALMA).len(), 1);
    app.finish().await;
}

#[tokio::test]
async fn a_visit_cancelled_while_its_mail_waits_in_the_outbox_takes_the_mail_back() {
    let mut app = TestApp::start().await;
    app.turn("visit-changed", false).await;
    queued(&mut app, &booking("IE", "202603101400")).await;
    let cancelled = message("S15", "20260302095500", &alma(), Some(&visit("AP1", "IE", "202603101400")));
    app.emr_sends(&cancelled).await;
    assert_eq!(app.ask(STATES).await, ["invite-emr ended anchor_cancelled 0", "welcome ended anchor_cancelled 0"]);
    assert_eq!(app.count_of_mails(), 0);
    app.finish().await;
}

#[tokio::test]
async fn a_mail_claimed_by_a_worker_that_died_goes_out_after_the_lease() {
    let mut app = TestApp::start().await;
    app.turn("invite-emr", false).await;
    queued(&mut app, &booking("IE", "202603101400")).await;
    let claimed = app.roof.runner.claim_deliveries(app.roof.now(), None, 10).await.unwrap();
    assert_eq!(claimed.len(), 1);
    assert_eq!(outbox::send_due(&app.roof, None).await.unwrap(), 0, "leased");
    app.clock_moves_by(SignedDuration::from_mins(5)).await;
    assert_eq!(app.mails_to(ALMA).len(), 1);
    // The one that died comes back: its fence is old, and it may not even say what became of the mail.
    let mut tx = app.tx().await;
    assert!(tx.held_delivery(&claimed[0]).await.unwrap().is_none());
    drop(tx);
    assert_eq!(app.ask(STATES).await, ["welcome sent - 1"]);
    app.finish().await;
}
