//! What went to an address counts for whoever holds it.

use crate::app::TestApp;
use crate::messages::{ALMA, alma, message, patient, visit};

#[tokio::test]
async fn what_went_to_an_address_counts_also_when_who_had_it_has_another_now() {
    let mut app = TestApp::start().await;
    let before = patient("2000", "Dora", ALMA, "en");
    app.emr_sends(&message("S12", "20260302095000", &before, Some(&visit("AP1", "IE", "202603161400")))).await;
    assert_eq!(app.mails_to(ALMA).len(), 2, "an invitation and a welcome, as many as a day has room for");
    let after = patient("2000", "Dora", "dora@example.org", "en");
    app.emr_sends(&message("A31", "20260302095200", &after, None)).await;
    app.emr_sends(&message("S12", "20260302095500", &alma(), Some(&visit("AP2", "IE", "202603171400")))).await;
    assert_eq!(app.mails_to(ALMA).len(), 2, "the day has no more room for this address");
    app.clock_moves_to("2026-03-03T15:00:00Z").await;
    assert!(app.mails_to(ALMA).len() > 2, "the next has");
    app.finish().await;
}
