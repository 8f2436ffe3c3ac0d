//! A feed that falls silent: what is held, what staff do about it, and how it catches up. The EMR's connection is real;
//! pulling its plug is saying nothing more.

use std::collections::BTreeMap;

use care::feed::{Guard, OpenHours};
use jiff::Timestamp;
use stepwell::runner::{days, settle};
use wire::hl7v2::Interface;

use crate::app::TestApp;
use crate::messages::{ALMA, alma, message, patient, visit};
use crate::pages::{Browser, ben, chloe};

/// Monday to Friday from 8 to 6; an hour of silence is too much.
async fn guarded() -> TestApp {
    let app = TestApp::start().await;
    let days = ["mon", "tue", "wed", "thu", "fri"].map(|day| (day.to_owned(), "08:00-18:00".to_owned()));
    let guard = Guard { silent_after: 60, open: OpenHours::try_from(BTreeMap::from(days)).unwrap() };
    let mut tx = app.tx().await;
    let mut row = tx.lock_interface(app.interface()).await.unwrap().unwrap();
    let settings: Interface = serde_json::from_value(row.settings).unwrap();
    row.settings = serde_json::to_value(Interface { guard: Some(guard), ..settings }).unwrap();
    tx.put_interface(&row).await.unwrap();
    tx.commit().await.unwrap();
    app.all_work_is_done().await;
    app
}

/// Alma is booked for Thursday at 2 pm: her mail is due on Tuesday at 10 in the morning, 15:00 UTC.
async fn with_alma_booked() -> TestApp {
    let mut app = guarded().await;
    app.emr_sends(&message("S12", "20260302100000", &alma(), Some(&visit("AP1", "FU", "202603051400")))).await;
    app
}

const DUE: &str = "2026-03-03T15:00:00Z";
const SILENT: &str = "select name from locations where silent order by name";

async fn reminder(app: &TestApp, verdict: &str) -> bool {
    let decisions = app.decisions_of(app.alma().await).await;
    decisions.contains(&format!("visit-reminder two-days-before {verdict}"))
}

fn feed_page(app: &TestApp) -> String {
    format!("/interfaces/{}/feed", app.interface())
}

#[tokio::test]
async fn pulling_the_feeds_plug_in_open_hours_holds_a_reminder_and_tells_staff() {
    let mut app = with_alma_booked().await;
    app.clock_moves_to("2026-03-02T15:59:59Z").await;
    assert_eq!(app.ask(SILENT).await, Vec::<String>::new());
    app.clock_moves_to("2026-03-02T16:00:00Z").await;
    assert_eq!(app.ask(SILENT).await, ["Riverside"], "at the minute; and not Lakeview, which it does not feed");
    app.clock_moves_to(DUE).await;
    assert_eq!(app.count_of_mails(), 0);
    assert!(reminder(&app, "deferred stale_feed").await);
    let ben = ben(&app).await;
    let home = ben.gets("/").await.body;
    assert!(home.contains("The feed of Riverside EMR is silent") && home.contains("1 step is held."), "{home}");
    let page = ben.gets(&feed_page(&app)).await.body;
    for shown in ["Silent since Mon 2 Mar, 10:00", "Release: 1 step goes now", "Reyes", "two-days-before", "1 day<"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_night_a_weekend_and_a_closed_day_are_not_silence() {
    let mut app = with_alma_booked().await;
    let riverside = app.clinic.locations["Riverside"];
    app.emr_sends(&message("A28", "20260302104500", &patient("2000", "Nora", "nora@mail.example", "en"), None)).await;
    let tuesday = (riverside, "2026-03-03".parse().unwrap());
    days::close(&app.roof, app.clinic.organization, &[tuesday], "Storm", None).await.unwrap();
    // Heard until 17:50 on Monday.
    for minute in ["10:50", "11:40", "12:30", "13:20", "14:10", "15:00", "15:50", "16:40", "17:30", "17:50"] {
        let at: Timestamp = format!("2026-03-02T{minute}:00-05:00").parse().unwrap();
        settle::advance(&app.roof, at).await.unwrap();
        let sent = format!("20260302{}00", minute.replace(':', ""));
        app.emr_sends(&message("A28", &sent, &patient("2000", "Nora", "nora@mail.example", "en"), None)).await;
    }
    app.clock_moves_to("2026-03-04T13:49:59Z").await;
    assert_eq!(app.ask(SILENT).await, Vec::<String>::new());
    assert_eq!(app.mails_to(ALMA).len(), 1, "reminded on the closed day of the visit of Thursday");
    app.clock_moves_to("2026-03-04T13:50:00Z").await;
    assert_eq!(app.ask(SILENT).await, ["Riverside"], "10 minutes of Monday and 50 of Wednesday");
    app.finish().await;
}

#[tokio::test]
async fn a_feed_that_loads_or_has_no_guard_may_be_silent() {
    let app = with_alma_booked().await;
    let ben = ben(&app).await;
    assert_eq!(ben.posts(&format!("/interfaces/{}/live", app.interface()), "_method=DELETE").await.status, 303);
    app.clock_moves_to("2026-03-02T17:00:00Z").await;
    assert_eq!(app.ask(SILENT).await, Vec::<String>::new());
    assert_eq!(ben.posts(&format!("/interfaces/{}/live", app.interface()), "").await.status, 303);
    app.clock_moves_to("2026-03-02T17:59:59Z").await;
    assert_eq!(app.ask(SILENT).await, Vec::<String>::new(), "the hour begins when it goes live");
    app.clock_moves_to("2026-03-02T18:00:00Z").await;
    assert_eq!(app.ask(SILENT).await, ["Riverside"]);
    assert_eq!(ben.posts(&feed_page(&app), "silent_after=").await.status, 303);
    app.all_work_is_done().await;
    assert_eq!(app.ask(SILENT).await, Vec::<String>::new(), "nobody looks any more");
    app.finish().await;
}

#[tokio::test]
async fn released_by_staff_it_goes_at_once_and_what_falls_due_later_too() {
    let mut app = with_alma_booked().await;
    let nora = patient("2000", "Nora", "nora@mail.example", "en");
    app.emr_sends(&message("S12", "20260302100100", &nora, Some(&visit("AP2", "FU", "202603061400")))).await;
    app.clock_moves_to("2026-03-03T16:00:00Z").await;
    let fay = Browser::signed_in(&app, "fay@riverbend.example", "fays long password").await;
    assert_eq!(fay.posts(&format!("{}/release", feed_page(&app)), "").await.status, 303);
    app.all_work_is_done().await;
    assert_eq!(app.mails_to(ALMA).len(), 1, "an hour after it was due");
    assert!(reminder(&app, "performed -").await);
    let again = fay.posts(&format!("{}/release", feed_page(&app)), "").await;
    assert_eq!(again.status, 409, "it holds nothing up any more");
    app.clock_moves_to("2026-03-04T15:00:00Z").await;
    assert_eq!(app.mails_to("nora@mail.example").len(), 1, "due a day later");
    let page = ben(&app).await.gets(&feed_page(&app)).await.body;
    assert!(page.contains("Released Tue 3 Mar, 11:00"), "{page}");
    app.finish().await;
}

#[tokio::test]
async fn a_release_ends_when_the_feed_falls_silent_anew() {
    let mut app = with_alma_booked().await;
    app.clock_moves_to("2026-03-02T17:00:00Z").await;
    let ben = ben(&app).await;
    assert_eq!(ben.posts(&format!("{}/release", feed_page(&app)), "").await.status, 303);
    // A message from the backlog: it speaks, and has not caught up.
    app.clock_moves_to("2026-03-02T17:30:00Z").await;
    app.emr_sends(&message("A28", "20260302101500", &alma(), None)).await;
    assert_eq!(app.ask(SILENT).await, Vec::<String>::new());
    app.clock_moves_to("2026-03-02T18:29:59Z").await;
    assert_eq!(app.ask(SILENT).await, Vec::<String>::new());
    app.clock_moves_to("2026-03-02T18:30:00Z").await;
    assert_eq!(app.ask(SILENT).await, ["Riverside"]);
    app.clock_moves_to("2026-03-03T15:30:00Z").await;
    assert_eq!(app.count_of_mails(), 0);
    app.finish().await;
}

#[tokio::test]
async fn dropped_by_staff_it_is_skipped_for_good_and_later_ones_are_held_on() {
    let mut app = with_alma_booked().await;
    let nora = patient("2000", "Nora", "nora@mail.example", "en");
    app.emr_sends(&message("S12", "20260302100100", &nora, Some(&visit("AP2", "FU", "202603061400")))).await;
    app.clock_moves_to("2026-03-03T16:00:00Z").await;
    let ben = ben(&app).await;
    assert_eq!(ben.posts(&format!("{}/drop", feed_page(&app)), "").await.status, 303);
    app.all_work_is_done().await;
    assert!(reminder(&app, "skipped stale_feed").await);
    app.clock_moves_to("2026-03-04T15:01:00Z").await;
    app.emr_sends(&message("A28", "20260304100100", &alma(), None)).await;
    assert_eq!(app.mails_to(ALMA).len(), 0, "caught up, and it is gone");
    assert_eq!(app.mails_to("nora@mail.example").len(), 1, "held, and sent when the feed had caught up in time");
    app.finish().await;
}

#[tokio::test]
async fn caught_up_in_time_it_goes_and_a_backlog_is_not_caught_up() {
    let mut app = with_alma_booked().await;
    app.clock_moves_to("2026-03-03T15:05:00Z").await;
    app.emr_sends(&message("A28", "20260302113000", &alma(), None)).await;
    assert_eq!(app.ask(SILENT).await, ["Riverside"], "what it says is of yesterday");
    assert_eq!(app.count_of_mails(), 0);
    app.clock_moves_to("2026-03-03T15:10:00Z").await;
    app.emr_sends(&message("A28", "20260303101000", &alma(), None)).await;
    assert_eq!(app.ask(SILENT).await, Vec::<String>::new());
    assert_eq!(app.mails_to(ALMA).len(), 1);
    assert!(!ben(&app).await.gets("/").await.body.contains("is silent"), "it left the work list");
    app.finish().await;
}

#[tokio::test]
async fn caught_up_too_late_it_is_late() {
    let mut app = with_alma_booked().await;
    app.clock_moves_to("2026-03-03T21:00:00Z").await;
    app.emr_sends(&message("A28", "20260303160000", &alma(), None)).await;
    assert_eq!(app.count_of_mails(), 0);
    assert!(reminder(&app, "skipped late").await);
    app.finish().await;
}

#[tokio::test]
async fn what_the_backlog_says_is_known_before_anything_goes() {
    let mut app = with_alma_booked().await;
    app.turn("visit-changed", false).await;
    app.clock_moves_to("2026-03-03T15:10:00Z").await;
    // Cancelled yesterday; we hear of it today, together with what is new.
    let cancelled = message("S15", "20260302140000", &alma(), Some(&visit("AP1", "FU", "202603051400")));
    app.emr_hands_over(&cancelled).await;
    app.emr_hands_over(&message("A28", "20260303101000", &patient("2000", "Nora", "nora@mail.example", "en"), None))
        .await;
    app.all_work_is_done().await;
    assert_eq!(app.ask(SILENT).await, Vec::<String>::new());
    assert_eq!(app.mails_to(ALMA).len(), 0);
    assert!(reminder(&app, "cancelled anchor_cancelled").await);
    app.finish().await;
}

#[tokio::test]
async fn a_missed_visit_is_not_followed_up_while_the_feed_is_silent() {
    let mut app = guarded().await;
    let booked = visit("AP1", "FU", "202603021000");
    app.emr_sends(&message("S12", "20260302100000", &alma(), Some(&booked))).await;
    app.clock_moves_to("2026-03-02T15:20:00Z").await;
    app.emr_sends(&message("S26", "20260302102000", &alma(), Some(&booked))).await;
    app.clock_moves_to("2026-03-02T17:30:00Z").await;
    assert_eq!(app.count_of_mails(), 0);
    let held = "missed-visit two-hours-after deferred stale_feed".to_owned();
    assert!(app.decisions_of(app.alma().await).await.contains(&held));
    app.emr_sends(&message("A28", "20260302123000", &alma(), None)).await;
    assert_eq!(app.mails_to(ALMA).len(), 1, "an hour of silence more, and it is still worth sending");
    app.finish().await;
}

#[tokio::test]
async fn the_other_clinic_hears_nothing_of_it() {
    let app = with_alma_booked().await;
    app.clock_moves_to(DUE).await;
    let chloe = chloe(&app).await;
    assert!(!chloe.gets("/").await.body.contains("silent"));
    assert_eq!(chloe.gets(&feed_page(&app)).await.status, 404);
    for route in ["/release", "/drop", ""] {
        assert_eq!(chloe.posts(&format!("{}{route}", feed_page(&app)), "silent_after=").await.status, 404, "{route}");
    }
    assert_eq!(app.ask(SILENT).await, ["Riverside"]);
    assert!(reminder(&app, "deferred stale_feed").await);
    app.finish().await;
}

#[tokio::test]
async fn an_administrator_sets_the_guard_and_nobody_else() {
    let app = TestApp::start().await;
    let fay = Browser::signed_in(&app, "fay@riverbend.example", "fays long password").await;
    let ben = ben(&app).await;
    let page = feed_page(&app);
    let form = "silent_after=60&mon_from=08%3A00&mon_to=18%3A00";
    assert_eq!(fay.posts(&page, form).await.status, 403);
    assert!(ben.gets(&page).await.body.contains("Not guarded"));
    let wrong = ben.posts(&page, "silent_after=60&mon_from=18%3A00&mon_to=08%3A00").await;
    assert_eq!(wrong.status, 200);
    assert!(wrong.body.contains("ends before it begins"), "{}", wrong.body);
    assert_eq!(ben.posts(&page, form).await.status, 303);
    assert!(ben.gets(&page).await.body.contains("It may be silent for 1 hour of open hours."));
    app.clock_moves_to("2026-03-02T16:00:00Z").await;
    assert_eq!(app.ask(SILENT).await, ["Riverside"], "an hour from now, though it never spoke");
    app.finish().await;
}
