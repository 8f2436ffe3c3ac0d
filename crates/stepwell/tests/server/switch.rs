//! A workflow switched off and on again: what waits goes through the late rule, and never in a burst.

use crate::app::TestApp;
use crate::messages::{ALMA, alma, message, visit};

#[tokio::test]
async fn a_reminder_that_fell_due_while_its_workflow_was_off_is_late_and_skipped() {
    let mut app = TestApp::start().await;
    app.emr_sends(&message("S12", "20260302090000", &alma(), Some(&visit("AP1", "FU", "202603161400")))).await;
    app.turn("visit-reminder", false).await;
    app.clock_moves_to("2026-03-15T14:00:00Z").await;
    assert_eq!(app.count_of_mails(), 0);
    let plan = app.plan_of(app.alma().await).await;
    assert_eq!(plan.len(), 2, "they wait: {plan:?}");
    let decisions = app.decisions_of(app.alma().await).await;
    assert!(decisions.contains(&"visit-reminder two-days-before deferred workflow_inactive".into()), "{decisions:#?}");

    app.turn("visit-reminder", true).await;
    app.all_work_is_done().await;
    assert_eq!(app.count_of_mails(), 0);
    let decisions = app.decisions_of(app.alma().await).await;
    assert!(decisions.contains(&"visit-reminder two-days-before skipped late".into()), "{decisions:#?}");
    let plan = app.plan_of(app.alma().await).await;
    assert_eq!(plan.len(), 1, "the text three hours before is still ahead: {plan:?}");
    app.clock_moves_to("2026-03-17T14:00:00Z").await;
    app.finish().await;
}

#[tokio::test]
async fn a_step_not_yet_due_when_its_workflow_is_switched_on_again_is_performed_in_time() {
    let mut app = TestApp::start().await;
    app.emr_sends(&message("S12", "20260302090000", &alma(), Some(&visit("AP1", "FU", "202603161400")))).await;
    app.turn("visit-reminder", false).await;
    app.clock_moves_to("2026-03-10T14:00:00Z").await;
    app.turn("visit-reminder", true).await;
    app.clock_moves_to("2026-03-14T13:00:00Z").await;
    assert_eq!(app.count_of_mails(), 0);
    app.clock_moves_to("2026-03-14T14:00:00Z").await;
    assert_eq!(app.mails_to(ALMA).len(), 1);
    app.finish().await;
}

#[tokio::test]
async fn what_happens_while_a_workflow_is_off_starts_nothing_later() {
    let mut app = TestApp::start().await;
    for workflow in ["welcome", "invite-emr"] {
        app.turn(workflow, false).await;
    }
    app.emr_sends(&message("S12", "20260302090000", &alma(), Some(&visit("AP1", "IE", "202603161400")))).await;
    app.clock_moves_to("2026-03-03T15:00:00Z").await;
    for workflow in ["welcome", "invite-emr"] {
        app.turn(workflow, true).await;
    }
    app.all_work_is_done().await;
    app.emr_sends(&message("A28", "20260303093000", &alma(), None)).await;
    assert_eq!(app.count_of_mails(), 0);
    let started = |(workflow, ..): &(String, String, String)| workflow == "welcome" || workflow == "invite-emr";
    assert!(!app.plan_of(app.alma().await).await.iter().any(started));
    app.finish().await;
}

#[tokio::test]
async fn a_missed_visit_mail_that_waited_goes_once_when_it_is_still_in_time() {
    let mut app = TestApp::start().await;
    let booked = visit("AP1", "FU", "202603020930");
    app.emr_sends(&message("S12", "20260302090000", &alma(), Some(&booked))).await;
    app.emr_sends(&message("S26", "20260302094500", &alma(), Some(&booked))).await;
    app.turn("missed-visit", false).await;
    app.clock_moves_to("2026-03-03T15:00:00Z").await;
    assert_eq!(app.count_of_mails(), 0);
    app.turn("missed-visit", true).await;
    app.all_work_is_done().await;
    assert_eq!(app.mails_to(ALMA).len(), 1);
    app.clock_moves_to("2026-03-04T15:00:00Z").await;
    assert_eq!(app.mails_to(ALMA).len(), 1);
    app.finish().await;
}
