//! A workflow switched on on its page: the counts shown come true, for the visits and at the locations that were chosen.

use stepwell::runner::publish::publish_shipped;

use crate::app::TestApp;
use crate::messages::{alma, message, visit};
use crate::pages::ben;

/// Two visits of Alma's that were booked while everything was off.
async fn books_while_off(app: &mut TestApp, type_code: &str) {
    for workflow in ["visit-reminder", "welcome"] {
        app.turn(workflow, false).await;
    }
    for (nth, start) in [(1, "202603161400"), (2, "202604131400")] {
        let (number, sent_at) = (format!("AP{nth}"), format!("2026030209000{nth}"));
        app.emr_sends(&message("S12", &sent_at, &alma(), Some(&visit(&number, type_code, start)))).await;
    }
    app.clock_moves_to("2026-03-02T16:00:00Z").await;
}

async fn reminders(app: &TestApp) -> Vec<String> {
    app.ask("select count(*)::text from deliveries where workflow = 'visit-reminder' and state = 'sent'").await
}

async fn runs(app: &TestApp) -> Vec<String> {
    app.ask("select workflow || ' ' || covered from runs where workflow in ('visit-reminder', 'welcome') order by 1")
        .await
}

#[tokio::test]
async fn visits_already_booked_are_covered_when_that_is_ticked_and_as_many_mails_go_out_as_were_counted() {
    let mut app = TestApp::start().await;
    books_while_off(&mut app, "FU").await;
    let ben = ben(&app).await;
    let page = ben.waits_for("/workflows/visit-reminder/activation").await.body;
    assert!(page.contains("2 runs would begin for visits that are already booked."), "{page}");
    assert!(page.contains("1 by email"), "one of them in the next 30 days: {page}");
    assert!(page.contains("events of its kind came since it was switched off"), "{page}");
    let list = ben.gets("/workflows").await.body;
    assert!(list.contains("href=\"/workflows/visit-reminder/activation\""), "the switch leads to the page");

    assert_eq!(
        ben.posts("/workflows/visit-reminder/activation", "choose=yes&cover=yes&then=activate").await.status,
        400
    );
    let both = hidden_locations(&page);
    let form = format!("choose=yes&cover=yes&then=activate{both}");
    assert_eq!(ben.posts("/workflows/visit-reminder/activation", &form).await.status, 303);
    app.all_work_is_done().await;
    assert_eq!(runs(&app).await, ["visit-reminder true", "visit-reminder true"]);
    app.clock_moves_to("2026-04-01T14:00:00Z").await;
    assert_eq!(reminders(&app).await, ["1"]);
    let ben = crate::pages::ben(&app).await;
    let page = ben.gets("/workflows/visit-reminder").await.body;
    assert!(page.contains(">covered<") && page.contains("all that fit"), "the history says it: {page}");
    app.finish().await;
}

fn hidden_locations(page: &str) -> String {
    let ids = page.split("name=\"location\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    ids.map(|id| format!("&location={id}")).collect()
}

#[tokio::test]
async fn without_the_tick_what_was_booked_before_starts_nothing() {
    let mut app = TestApp::start().await;
    books_while_off(&mut app, "FU").await;
    let ben = ben(&app).await;
    assert_eq!(ben.posts("/workflows/visit-reminder/activation", "then=activate").await.status, 303);
    app.all_work_is_done().await;
    assert_eq!(runs(&app).await, [""; 0]);
    app.clock_moves_to("2026-04-01T14:00:00Z").await;
    assert_eq!(reminders(&app).await, ["0"]);
    app.finish().await;
}

#[tokio::test]
async fn what_would_go_out_at_once_is_passed_over_for_a_visit_that_is_covered() {
    let mut app = TestApp::start().await;
    books_while_off(&mut app, "IE").await;
    let ben = ben(&app).await;
    let page = ben.waits_for("/workflows/welcome/activation").await.body;
    assert!(page.contains("would begin for"), "{page}");
    assert!(!page.contains("by email"), "nothing would be sent: {page}");
    assert_eq!(ben.posts("/workflows/welcome/activation", "cover=yes").await.status, 303);
    app.all_work_is_done().await;
    assert!(runs(&app).await.contains(&"welcome true".to_owned()));
    let decisions = app.decisions_of(app.alma().await).await;
    assert!(decisions.contains(&"welcome welcome skipped late".to_owned()), "{decisions:#?}");
    app.clock_moves_to("2026-03-10T14:00:00Z").await;
    assert_eq!(app.ask("select count(*)::text from deliveries where workflow = 'welcome'").await, ["0"]);
    app.finish().await;
}

#[tokio::test]
async fn a_workflow_switched_on_at_one_location_passes_over_the_others() {
    let mut app = TestApp::start().await;
    app.turn("visit-reminder", false).await;
    let ben = ben(&app).await;
    let elsewhere = app.clinic.locations["Lakeview"];
    let form = format!("choose=yes&location={elsewhere}&then=activate");
    assert_eq!(ben.posts("/workflows/visit-reminder/activation", &form).await.status, 303);
    app.emr_sends(&message("S12", "20260302090000", &alma(), Some(&visit("AP1", "FU", "202603161400")))).await;
    assert_eq!(runs(&app).await, [""; 0]);
    let decisions = app.decisions_of(app.alma().await).await;
    assert!(decisions.contains(&"visit-reminder - passed not_for_this_location".to_owned()), "{decisions:#?}");
    let page = ben.gets("/workflows/visit-reminder").await.body;
    assert!(page.contains("data-label=\"Locations\">Lakeview<"), "{page}");
    app.finish().await;
}

#[tokio::test]
async fn steps_that_wait_are_counted_as_they_come_out() {
    let mut app = TestApp::start().await;
    app.emr_sends(&message("S12", "20260302090000", &alma(), Some(&visit("AP1", "FU", "202603161400")))).await;
    let ben = ben(&app).await;
    let off = ben.waits_for("/workflows/visit-reminder/activation").await.body;
    assert!(off.contains("2 planned steps wait until it is switched on again"), "{off}");
    assert_eq!(ben.posts("/workflows/visit-reminder/activation", "_method=DELETE").await.status, 303);
    app.clock_moves_to("2026-03-15T14:00:00Z").await;
    // Sessions do not last that long.
    let ben = crate::pages::ben(&app).await;
    let on = ben.waits_for("/workflows/visit-reminder/activation").await.body;
    let cell = |step: &str, label: &str| {
        let (_, row) = on.split_once(&format!("<code>{step}</code>")).unwrap_or_else(|| panic!("no {step}: {on}"));
        let (_, cell) = row.split_once(&format!("data-label=\"{label}\"")).unwrap();
        cell.split(['>', '<']).nth(1).unwrap().to_owned()
    };
    assert_eq!(cell("two-days-before", "Too late, skipped"), "1", "{on}");
    assert_eq!(cell("three-hours-before", "Stays"), "1", "{on}");
    assert_eq!(ben.posts("/workflows/visit-reminder/activation", "then=activate").await.status, 303);
    app.all_work_is_done().await;
    let decisions = app.decisions_of(app.alma().await).await;
    assert!(decisions.contains(&"visit-reminder two-days-before skipped late".to_owned()), "{decisions:#?}");
    assert_eq!(app.plan_of(app.alma().await).await.len(), 1);
    app.clock_moves_to("2026-03-17T14:00:00Z").await;
    app.finish().await;
}

#[tokio::test]
async fn a_workflow_that_waits_for_an_event_of_time_has_everybody_looked_at_again() {
    let mut app = TestApp::start().await;
    app.emr_sends(&message("A28", "20260302090000", &alma(), None)).await;
    let text = "title = \"Quiet\"\nkind = \"engagement\"\nfor = \"both\"\n\
                trigger = { event = \"inactivity\", of = \"login\", days = 77 }\n[[steps]]\nid = \"s\"\n\
                schedule = \"immediately\"\ntasks = [{ send = \"email\", template = \"message/welcome\" }]\n";
    publish_shipped(&app.roof, &[("quiet".to_owned(), text.to_owned())]).await.unwrap();
    let waits = "select count(*)::text from patients where wake_at <= '2026-03-02T15:00:00Z'";
    assert_eq!(app.ask(waits).await, ["1"]);
    app.all_work_is_done().await;
    assert_eq!(app.ask(waits).await, ["0"]);
    app.finish().await;
}
