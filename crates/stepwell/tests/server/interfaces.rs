//! What an EMR's words mean, said after the visits came; and what "arrived" means where the EMR does not say.

use store::LocationRules;
use wire::hl7v2::write::Visit;

use crate::app::TestApp;
use crate::messages::{ALMA, alma, elena, message, visit};
use crate::pages::ben;

const ELENA: &str = "elena@mail.example";

async fn types_page(app: &TestApp) -> String {
    format!("/interfaces/{}/types", app.interface())
}

#[tokio::test]
async fn mapping_a_type_takes_up_the_visits_ahead_and_closes_the_one_item() {
    let mut app = TestApp::start().await;
    let (first, past) = (visit("AP1", "NP60", "202603161400"), visit("AP2", "np60", "202603031400"));
    app.emr_sends(&message("S12", "20260302090000", &alma(), Some(&first))).await;
    app.emr_sends(&message("S12", "20260302090100", &elena(), Some(&past))).await;
    assert_eq!(
        app.ask("select kind || ' ' || about from notices").await,
        ["unmapped_type NP60"],
        "one for all patients"
    );
    app.clock_moves_to("2026-03-05T15:00:00Z").await;
    assert!(app.mails_to(ALMA).is_empty(), "nothing that asks for a type");
    let (before, elenas) = (app.decisions_of(app.alma().await).await, app.mails_to(ELENA).len());
    assert!(before.contains(&"welcome - passed trigger_not_met".into()), "{before:#?}");

    let ben = ben(&app).await;
    let page = ben.gets(&types_page(&app).await).await;
    assert!(page.body.contains("NP60") && page.body.contains("2 visits"), "{}", page.body);
    let answer = ben.posts(&types_page(&app).await, "code=NP60&is=initial_evaluation").await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    app.all_work_is_done().await;
    assert_eq!(
        app.ask("select coalesce(visit_type, '') from encounters order by starts_at").await,
        ["initial_evaluation", "initial_evaluation"]
    );
    assert!(!app.mails_to(ALMA).is_empty(), "the visit ahead is welcomed");
    assert_eq!(app.mails_to(ELENA).len(), elenas, "the one that is over starts nothing");
    assert!(app.ask("select about from notices where done_at is null").await.is_empty());
    let page = ben.gets(&types_page(&app).await).await;
    assert!(!page.body.contains("Not mapped"), "{}", page.body);
    app.finish().await;
}

#[tokio::test]
async fn a_type_mapped_to_ignore_makes_no_visit_and_taken_back_makes_one() {
    let mut app = TestApp::start().await;
    app.emr_sends(&message("S12", "20260302090000", &alma(), Some(&visit("AP1", "LUNCH", "202603161400")))).await;
    assert_eq!(app.ask("select state from encounters").await, Vec::<String>::new());
    assert_eq!(app.ask("select about from notices").await, Vec::<String>::new());
    assert_eq!(app.chart_of(app.alma().await).await.episodes, [], "and no episode");

    let ben = ben(&app).await;
    let answer = ben.posts(&types_page(&app).await, "code=LUNCH&is=initial_evaluation").await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    app.all_work_is_done().await;
    assert_eq!(app.ask("select state || ' ' || visit_type from encounters").await, ["planned initial_evaluation"]);
    assert!(!app.mails_to(ALMA).is_empty());
    let answer = ben.posts(&types_page(&app).await, "code=LUNCH&is=ignore").await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    app.all_work_is_done().await;
    assert_eq!(app.ask("select state from encounters").await, Vec::<String>::new());
    assert!(!app.plan_of(app.alma().await).await.iter().any(|(workflow, ..)| workflow == "visit-reminder"));
    app.finish().await;
}

#[tokio::test]
async fn a_practitioner_is_shown_as_sent_until_somebody_says_who_it_is() {
    let mut app = TestApp::start().await;
    let seen_by = |provider: &str, family: &str| Visit {
        provider: provider.into(),
        provider_family: family.into(),
        ..visit("AP1", "IE", "202603161400")
    };
    app.emr_sends(&message("S12", "20260302090000", &alma(), Some(&seen_by("88", "Moss")))).await;
    assert_eq!(app.ask("select practitioner from encounters").await, ["Moss"]);
    assert_eq!(app.ask("select kind || ' ' || about from notices").await, ["unclaimed_practitioner 88"]);
    let alma_id = app.alma().await;
    assert!(app.chart_of(alma_id).await.encounters[0].unclaimed);

    let ben = ben(&app).await;
    let to = format!("/interfaces/{}/practitioners", app.interface());
    let answer = ben.posts(&to, "code=88&name=Dr.+Ida+Moss&staff=&code=77&name=&staff=").await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    app.all_work_is_done().await;
    assert_eq!(app.ask("select practitioner from encounters").await, ["Dr. Ida Moss"]);
    assert_eq!(app.chart_of(alma_id).await.encounters[0].known_practitioner(), Some("Dr. Ida Moss"));
    assert!(app.ask("select about from notices where done_at is null").await.is_empty());
    // One that the clinic's file names is known from the first message on.
    app.emr_sends(&message("S13", "20260302100000", &alma(), Some(&seen_by("77", "Adler")))).await;
    assert_eq!(app.ask("select practitioner from encounters").await, ["Ben Adler, PT"]);
    app.finish().await;
}

#[tokio::test]
async fn only_an_administrator_maps_and_a_word_that_is_no_type_is_refused() {
    let app = TestApp::start().await;
    let ben = ben(&app).await;
    let page = types_page(&app).await;
    assert_eq!(ben.posts(&page, "code=X&is=nonsense").await.status, 400);
    let elsewhere = format!("/interfaces/{}/types", app.other.organization);
    assert_eq!(ben.gets(&elsewhere).await.status, 404);
    assert_eq!(ben.posts(&elsewhere, "code=X&is=ignore").await.status, 404);
    app.finish().await;
}

#[tokio::test]
async fn settings_that_cannot_be_read_hold_the_messages_and_say_so() {
    let mut app = TestApp::start().await;
    let good = app.tx().await.interfaces().await.unwrap().remove(0);
    let put = async |row: &store::InterfaceRow| {
        let mut tx = app.tx().await;
        tx.put_interface(row).await.unwrap();
        tx.commit().await.unwrap();
    };
    let mut bad = good.clone();
    bad.settings["discharge_means"] = "nonsense".into();
    put(&bad).await;
    let booked = message("S12", "20260302090000", &alma(), Some(&visit("AP1", "IE", "202603161400")));
    app.emr_sends(&booked).await;
    app.all_work_is_done().await;
    assert_eq!(app.ask("select state from messages").await, ["waiting"]);
    assert_eq!(
        app.ask("select kind || ' ' || about from notices").await,
        ["unreadable_settings Riverside EMR"],
        "once, however often it is tried"
    );
    let home = ben(&app).await.gets("/").await;
    assert!(home.body.contains("The settings of an interface cannot be read"), "{}", home.body);

    let mut tx = app.tx().await;
    tx.put_interface(&good).await.unwrap();
    tx.commit().await.unwrap();
    app.all_work_is_done().await;
    assert_eq!(app.ask("select state from messages").await, ["applied"]);
    assert!(app.ask("select kind from notices where done_at is null").await.is_empty());
    assert!(!app.mails_to(ALMA).is_empty());
    app.finish().await;
}

/// "The visit with this number is charged": billed in the evening, for the afternoon.
fn charge(sent_at: &str, number: &str, at: &str) -> Vec<u8> {
    format!(
        "MSH|^~\\&|RIVEREMR|RIVERSIDE|STEPWELL||{sent_at}||DFT^P03|C{sent_at}|P|2.5.1\rEVN|P03|{sent_at}\r\
         PID|1||1000^^^RIVER^MR||Reyes^Alma\rPV1|1|O|RIV{}{number}\rFT1|1|||{at}||CG|97110\r",
        "|".repeat(16)
    )
    .into_bytes()
}

async fn set_rules(app: &TestApp, rules: LocationRules) {
    let mut tx = app.tx().await;
    let place = app.clinic.locations["Riverside"];
    assert!(tx.set_location_rules(place, rules, app.roof.now()).await.unwrap());
    tx.commit().await.unwrap();
    app.all_work_is_done().await;
}

#[tokio::test]
async fn a_charge_says_arrived_only_where_the_clinic_says_so() {
    let mut app = TestApp::start().await;
    app.emr_sends(&message("S12", "20260302090000", &alma(), Some(&visit("AP1", "IE", "202603031400")))).await;
    app.clock_moves_to("2026-03-04T00:00:00Z").await;
    app.emr_sends(&charge("20260303180000", "V1", "202603031400")).await;
    assert_eq!(app.ask("select state from encounters").await, ["planned"]);

    set_rules(&app, LocationRules { charge_is_arrival: true, ..LocationRules::default() }).await;
    app.emr_sends(&charge("20260303180500", "V1", "202603031400")).await;
    assert_eq!(app.ask("select state from encounters").await, ["arrived"], "one visit, not two");
    let chart = app.chart_of(app.alma().await).await;
    let at = chart.encounters[0].arrived_at.unwrap();
    assert_eq!(at.to_string(), "2026-03-03T19:00:00Z", "at the visit's time, not when it was billed");
    app.finish().await;
}

#[tokio::test]
async fn a_start_that_has_passed_counts_as_arrived_and_saying_so_reads_the_charts_anew() {
    let mut app = TestApp::start().await;
    app.emr_sends(&message("S12", "20260302090000", &alma(), Some(&visit("AP1", "IE", "202603031400")))).await;
    app.clock_moves_to("2026-03-04T15:00:00Z").await;
    assert_eq!(app.ask("select state from encounters").await, ["planned"]);
    let ben = ben(&app).await;
    let to = format!("/locations/{}", app.clinic.locations["Riverside"]);
    let wrong = ben.posts(&to, "arrived=start&hours=0&ended=message&days=").await;
    assert_eq!(wrong.status, 400);
    assert!(wrong.body.contains("from 1 to 72"), "{}", wrong.body);
    let answer = ben.posts(&to, "arrived=start&hours=4&ended=quiet&days=45").await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    app.all_work_is_done().await;
    assert_eq!(app.ask("select state from encounters").await, ["arrived"]);
    let answer = ben.posts(&to, "arrived=message&hours=&ended=message&days=").await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    app.all_work_is_done().await;
    assert_eq!(app.ask("select state from encounters").await, ["planned"]);
    app.finish().await;
}
