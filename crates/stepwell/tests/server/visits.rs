//! What becomes of a plan when the visit it hangs on is moved, cancelled, missed or corrected.

use wire::hl7v2::write::Visit;

use crate::app::TestApp;
use crate::messages::{ALMA, alma, message, visit};

fn has(lines: &[String], wanted: &str) -> bool {
    lines.iter().any(|line| line == wanted)
}

#[tokio::test]
async fn a_moved_visit_moves_its_reminder() {
    let mut app = TestApp::start().await;
    let booked = visit("AP1", "FU", "202603161400");
    app.emr_sends(&message("S12", "20260302100000", &alma(), Some(&booked))).await;
    let alma_id = app.alma().await;
    let reminder = |due: &str| ("visit-reminder".to_owned(), "two-days-before".to_owned(), due.to_owned());
    assert!(app.plan_of(alma_id).await.contains(&reminder("2026-03-14T14:00:00Z")));

    app.clock_moves_to("2026-03-03T15:00:00Z").await;
    app.emr_sends(&message("S13", "20260303100000", &alma(), Some(&visit("AP1", "FU", "202603181400")))).await;
    let plan = app.plan_of(alma_id).await;
    assert!(plan.contains(&reminder("2026-03-16T14:00:00Z")), "{plan:?}");
    assert!(!plan.contains(&reminder("2026-03-14T14:00:00Z")), "{plan:?}");
    let decisions = app.decisions_of(alma_id).await;
    assert!(has(&decisions, "visit-reminder two-days-before cancelled anchor_moved"), "{decisions:#?}");
    let told = app.mails_to(ALMA);
    assert_eq!(told.len(), 1, "the move is told");
    assert!(told[0].text.as_ref().unwrap().contains("Wednesday, March 18"), "{:?}", told[0].text);
    assert!(told[0].calendar.as_ref().unwrap().body.contains("SEQUENCE:1"));

    app.clock_moves_to("2026-03-15T15:00:00Z").await;
    assert_eq!(app.mails_to(ALMA).len(), 1, "nothing two days before the old date");
    app.clock_moves_to("2026-03-20T15:00:00Z").await;
    let mails = app.mails_to(ALMA);
    assert_eq!(mails.len(), 2, "{:?}", mails.iter().map(|m| &m.subject).collect::<Vec<_>>());
    assert_eq!(mails[1].date, Some("2026-03-16T14:00:00Z".parse::<jiff::Timestamp>().unwrap().as_second()));
    assert!(mails[1].text.as_ref().unwrap().contains("Wednesday, March 18"));
    app.finish().await;
}

#[tokio::test]
async fn a_cancelled_visit_stops_its_reminder() {
    let mut app = TestApp::start().await;
    let booked = visit("AP1", "FU", "202603161400");
    app.emr_sends(&message("S12", "20260302100000", &alma(), Some(&booked))).await;
    app.clock_moves_to("2026-03-03T15:00:00Z").await;
    app.emr_sends(&message("S15", "20260303100000", &alma(), Some(&booked))).await;
    let decisions = app.decisions_of(app.alma().await).await;
    for step in ["two-days-before", "three-hours-before"] {
        assert!(has(&decisions, &format!("visit-reminder {step} cancelled anchor_cancelled")), "{decisions:#?}");
    }
    assert_eq!(app.plan_of(app.alma().await).await, []);
    let told = app.mails_to(ALMA);
    assert_eq!(told.len(), 1, "the cancellation is told");
    assert_eq!(told[0].calendar.as_ref().unwrap().method.as_deref(), Some("CANCEL"));
    // Beyond the reminder's day, before anybody wonders that nothing is booked.
    app.clock_moves_to("2026-03-15T15:00:00Z").await;
    assert_eq!(app.mails_to(ALMA).len(), 1);
    app.finish().await;
}

#[tokio::test]
async fn a_reminder_is_sent_two_days_before_and_the_text_ends_where_there_is_no_gateway() {
    let mut app = TestApp::start().await;
    app.emr_sends(&message("S12", "20260302100000", &alma(), Some(&visit("AP1", "FU", "202603161400")))).await;
    app.clock_moves_to("2026-03-14T13:59:59Z").await;
    assert_eq!(app.count_of_mails(), 0);
    app.clock_moves_to("2026-03-14T14:00:00Z").await;
    let mails = app.mails_to(ALMA);
    assert_eq!(mails.len(), 1);
    assert!(mails[0].text.as_ref().unwrap().contains("Monday, March 16"), "{:?}", mails[0].text);
    app.clock_moves_to("2026-03-17T14:00:00Z").await;
    assert_eq!(app.count_of_mails(), 1);
    let decisions = app.decisions_of(app.alma().await).await;
    assert!(has(&decisions, "visit-reminder three-hours-before skipped channel_not_set_up"), "{decisions:#?}");
    app.finish().await;
}

#[tokio::test]
async fn a_patient_marked_missed_too_soon_is_not_told_so_after_arriving() {
    let mut app = TestApp::start().await;
    let booked = visit("AP1", "FU", "202603021000");
    app.emr_sends(&message("S12", "20260302090000", &alma(), Some(&booked))).await;
    app.clock_moves_to("2026-03-02T15:20:00Z").await;
    app.emr_sends(&message("S26", "20260302102000", &alma(), Some(&booked))).await;
    let alma_id = app.alma().await;
    let missed = |plan: &[(String, String, String)]| plan.iter().filter(|(w, ..)| w == "missed-visit").count();
    assert_eq!(missed(&app.plan_of(alma_id).await), 2);

    app.clock_moves_to("2026-03-02T15:35:00Z").await;
    let registered = Visit { number: "VN1".into(), appointment: String::new(), ..booked };
    app.emr_sends(&message("A04", "20260302103500", &alma(), Some(&registered))).await;
    assert_eq!(app.ask("select state from encounters").await, ["arrived"], "one visit, by either of its numbers");
    assert_eq!(missed(&app.plan_of(alma_id).await), 0);
    let decisions = app.decisions_of(alma_id).await;
    for step in ["two-hours-after", "three-days-after"] {
        assert!(has(&decisions, &format!("missed-visit {step} cancelled state_corrected")), "{decisions:#?}");
    }
    app.clock_moves_to("2026-03-09T15:00:00Z").await;
    assert_eq!(app.count_of_mails(), 0);
    app.finish().await;
}

#[tokio::test]
async fn a_missed_visit_is_followed_up_until_another_is_booked() {
    let mut app = TestApp::start().await;
    let booked = visit("AP1", "FU", "202603021000");
    app.emr_sends(&message("S12", "20260302090000", &alma(), Some(&booked))).await;
    app.clock_moves_to("2026-03-02T15:20:00Z").await;
    app.emr_sends(&message("S26", "20260302102000", &alma(), Some(&booked))).await;
    app.clock_moves_to("2026-03-02T17:20:00Z").await;
    assert_eq!(app.mails_to(ALMA).len(), 1);
    app.emr_sends(&message("S12", "20260302130000", &alma(), Some(&visit("AP2", "FU", "202603301000")))).await;
    app.clock_moves_to("2026-03-06T15:20:00Z").await;
    assert_eq!(app.mails_to(ALMA).len(), 1);
    let decisions = app.decisions_of(app.alma().await).await;
    assert!(has(&decisions, "missed-visit three-days-after skipped goal_reached"), "{decisions:#?}");
    app.finish().await;
}
