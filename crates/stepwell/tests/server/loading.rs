//! A new interface loads before it goes live: facts enter, nothing fires.

use delivery::email::sink::Manners;
use store::InterfaceState;

use crate::app::{TestApp, Wanted};
use crate::messages::{ALMA, alma, message, visit};

#[tokio::test]
async fn while_an_interface_loads_facts_enter_and_nothing_fires() {
    let mut app = TestApp::start_with(Wanted { mail_server: Some(Manners::default()), live: false }).await;
    let (first, second) = (visit("AP1", "IE", "202603101400"), visit("AP2", "FU", "202603171400"));
    app.emr_sends(&message("S12", "20260302090000", &alma(), Some(&first))).await;
    app.emr_sends(&message("S12", "20260302093000", &alma(), Some(&second))).await;
    assert_eq!(
        app.ask("select state || ' ' || coalesce(visit_type, '') from encounters order by starts_at").await,
        ["planned initial_evaluation", "planned follow_up"]
    );
    let alma_id = app.alma().await;
    assert_eq!(app.plan_of(alma_id).await, []);
    let decisions = app.decisions_of(alma_id).await;
    assert!(!decisions.is_empty());
    let quiet = |line: &String| line.ends_with(" - passed loading") || line.ends_with(" - passed trigger_not_met");
    assert!(decisions.iter().all(quiet), "{decisions:#?}");
    for workflow in ["invite-emr", "welcome", "visit-reminder"] {
        assert!(decisions.contains(&format!("{workflow} - passed loading")), "{decisions:#?}");
    }
    app.clock_moves_to("2026-03-05T15:00:00Z").await;
    assert_eq!(app.count_of_mails(), 0);

    let mut tx = app.tx().await;
    let mut interface = tx.interfaces().await.unwrap().remove(0);
    interface.state = InterfaceState::Live;
    tx.put_interface(&interface).await.unwrap();
    tx.commit().await.unwrap();
    // Whatever is said now, what was known before starts nothing; what is new does.
    app.emr_sends(&message("A28", "20260305100000", &alma(), None)).await;
    assert_eq!(app.count_of_mails(), 0);
    app.emr_sends(&message("S13", "20260305095500", &alma(), Some(&visit("AP2", "FU", "202603181400")))).await;
    assert_eq!(app.mails_to(ALMA).len(), 1, "the move after going live is told");
    app.finish().await;
}
