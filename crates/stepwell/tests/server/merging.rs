//! Two records of one person become one.

use care::chart::Channel;
use wire::hl7v2::write::{Outgoing, adt};

use crate::app::TestApp;
use crate::messages::{ALMA, alma, message, outgoing, patient, visit};

/// "The patient 2000 is 1000."
pub fn merge(sent_at: &str) -> Vec<u8> {
    adt(&Outgoing { merged: Some("2000".into()), ..outgoing("A40", sent_at, &alma(), None) })
}

#[tokio::test]
async fn after_a_merge_both_stories_are_one_and_nothing_is_sent_twice() {
    let mut app = TestApp::start().await;
    let double = patient("2000", "Alma", ALMA, "en");
    // Two numbers of one person, each with a visit on the same day: two reminders are planned.
    app.emr_sends(&message("S12", "20260302095000", &alma(), Some(&visit("AP1", "IE", "202603161400")))).await;
    app.emr_sends(&message("S12", "20260302095500", &double, Some(&visit("AP2", "FU", "202603161600")))).await;
    let (survivor, gone) = (app.patient("1000").await, app.patient("2000").await);
    assert_ne!(survivor, gone);
    assert_eq!(app.mails_to(ALMA).len(), 2, "invite and welcome");

    app.clock_moves_to("2026-03-03T15:00:00Z").await;
    app.emr_sends(&merge("20260303100000")).await;
    assert_eq!(app.patient("2000").await, survivor, "the old number leads to the survivor");
    let chart = app.chart_of(survivor).await;
    assert_eq!(chart.encounters.len(), 2);
    assert_eq!(app.plan_of(gone).await, []);
    let reminders = app.plan_of(survivor).await.into_iter().filter(|(_, step, _)| step == "two-days-before");
    assert_eq!(reminders.count(), 1, "one day, one reminder");
    assert_eq!(app.mails_to(ALMA).len(), 2, "nothing was sent anew");

    // Replayed, and told about under the old number: still one story.
    app.emr_sends(&merge("20260303100000")).await;
    app.emr_sends(&message("S13", "20260303101000", &double, Some(&visit("AP2", "FU", "202603161630")))).await;
    assert_eq!(app.chart_of(survivor).await.encounters.len(), 2);
    let before = app.mails_to(ALMA).len();
    app.clock_moves_to("2026-03-15T15:00:00Z").await;
    let sent: Vec<_> = app.mails_to(ALMA).split_off(before);
    let reminders: Vec<_> = sent.iter().filter(|m| m.text.as_ref().unwrap().contains("2:00 PM")).collect();
    assert_eq!(reminders.len(), 1, "{:?}", sent.iter().map(|m| &m.subject).collect::<Vec<_>>());
    assert!(reminders[0].text.as_ref().unwrap().contains("4:30 PM"), "with both times: {:?}", reminders[0].text);
    app.finish().await;
}

#[tokio::test]
async fn a_merge_of_two_who_were_both_welcomed_welcomes_nobody_again() {
    let mut app = TestApp::start().await;
    let double = patient("2000", "Alma", ALMA, "en");
    app.emr_sends(&message("S12", "20260302095000", &alma(), Some(&visit("AP1", "IE", "202603161400")))).await;
    app.emr_sends(&message("S12", "20260302095500", &double, Some(&visit("AP2", "IE", "202603171400")))).await;
    assert_eq!(app.mails_to(ALMA).len(), 2, "two mails a day to one address, whoever they are for");
    app.emr_sends(&merge("20260302095700")).await;
    app.clock_moves_to("2026-03-04T15:00:00Z").await;
    assert_eq!(app.mails_to(ALMA).len(), 2);
    let decisions = app.decisions_of(app.alma().await).await;
    assert!(decisions.contains(&"welcome welcome cancelled already_ran".into()), "{decisions:#?}");
    app.finish().await;
}

#[tokio::test]
async fn an_opt_out_of_either_holds_for_both() {
    let mut app = TestApp::start().await;
    let double = patient("2000", "Alma", ALMA, "en");
    app.emr_sends(&message("A28", "20260302095000", &alma(), None)).await;
    app.emr_sends(&message("A28", "20260302095500", &double, None)).await;
    app.opts_out(app.patient("2000").await, Channel::Email, ALMA).await;
    app.emr_sends(&merge("20260302095700")).await;
    app.emr_sends(&message("S12", "20260302095800", &alma(), Some(&visit("AP1", "IE", "202603161400")))).await;
    assert_eq!(app.mails_to(ALMA).len(), 0);
    let decisions = app.decisions_of(app.alma().await).await;
    assert!(decisions.contains(&"welcome welcome skipped opted_out".into()), "{decisions:#?}");
    app.finish().await;
}

#[tokio::test]
async fn an_unknown_number_that_is_merged_away_leaves_the_survivor_as_it_is() {
    let mut app = TestApp::start().await;
    app.emr_sends(&message("S12", "20260302095000", &alma(), Some(&visit("AP1", "IE", "202603161400")))).await;
    let plan = app.plan_of(app.alma().await).await;
    app.emr_sends(&merge("20260302095700")).await;
    assert_eq!(app.plan_of(app.alma().await).await, plan);
    assert_eq!(app.patient("2000").await, app.alma().await);
    app.finish().await;
}
