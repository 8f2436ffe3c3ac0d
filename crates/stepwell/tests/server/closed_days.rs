//! Days on which a location is closed.

use jiff::SignedDuration;

use crate::app::TestApp;
use crate::messages::{ALMA, alma, message, visit};
use crate::pages::{Browser, ben, chloe};

/// Alma is booked for Thursday 5 March at 2 pm: her mail is due on Tuesday at 10 in the morning, 15:00 UTC.
async fn with_alma_booked() -> TestApp {
    let mut app = TestApp::start().await;
    app.emr_sends(&message("S12", "20260302100000", &alma(), Some(&visit("AP1", "FU", "202603051400")))).await;
    app
}

const DUE: &str = "2026-03-03T15:00:00Z";

async fn says(app: &TestApp, line: &str) -> bool {
    app.decisions_of(app.alma().await).await.contains(&line.to_owned())
}

fn thursday(app: &TestApp) -> String {
    format!("/closed-days/{}/2026-03-05", app.clinic.locations["Riverside"])
}

/// Sessions end with the day: Ben signs in anew.
async fn next_day(app: &TestApp, to: &str) -> Browser {
    app.clock_moves_to(to).await;
    ben(app).await
}

/// Staff close Riverside on Thursday.
async fn closes_thursday(app: &TestApp, person: &Browser) {
    let form = format!("location={}&from=2026-03-05&reason=Snow", app.clinic.locations["Riverside"]);
    let answer = person.posts("/closed-days", &form).await;
    assert_eq!((answer.status, answer.header("location")), (303, Some(thursday(app).as_str())), "{}", answer.body);
}

#[tokio::test]
async fn closing_a_day_holds_its_reminders_and_lists_its_visits() {
    let mut app = with_alma_booked().await;
    let ben = ben(&app).await;
    closes_thursday(&app, &ben).await;
    let page = ben.gets(&thursday(&app)).await.body;
    for shown in ["Thursday, 5 March 2026", "Snow", "14:00", "Reyes", ALMA, "Ben Adler, PT", "2 reminders are held"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let home = ben.gets("/").await.body;
    assert!(home.contains("1 visit is to be moved: Riverside is closed"), "{home}");
    app.clock_moves_to(DUE).await;
    assert_eq!(app.count_of_mails(), 0);
    assert!(says(&app, "visit-reminder two-days-before deferred closed_day").await);
    app.finish().await;
}

#[tokio::test]
async fn another_location_and_another_clinic_stay_open() {
    let app = with_alma_booked().await;
    let (ben, chloe) = (ben(&app).await, chloe(&app).await);
    let lakeview = app.clinic.locations["Lakeview"];
    assert_eq!(ben.posts("/closed-days", &format!("location={lakeview}&from=2026-03-05")).await.status, 303);
    assert_eq!(chloe.posts("/closed-days", "location=all&from=2026-03-05").await.status, 303);
    let not_hers = format!("location={}&from=2026-03-05", app.clinic.locations["Riverside"]);
    let refused = chloe.posts("/closed-days", &not_hers).await;
    assert!(refused.status == 200 && refused.body.contains("Choose a location."), "{}", refused.body);
    let closed = "select l.name from closed_days d join locations l on l.id = d.location order by 1";
    assert_eq!(app.ask(closed).await, ["Hillside", "Lakeview"]);
    app.clock_moves_to(DUE).await;
    assert!(says(&app, "visit-reminder two-days-before performed -").await);
    app.finish().await;
}

#[tokio::test]
async fn a_day_opened_in_time_is_reminded_of_after_the_minute_for_undoing() {
    let mut app = with_alma_booked().await;
    let ben = ben(&app).await;
    closes_thursday(&app, &ben).await;
    let ben = next_day(&app, "2026-03-03T15:10:00Z").await;
    assert_eq!(ben.posts(&thursday(&app), "_method=DELETE").await.status, 303);
    assert!(ben.gets("/closed-days").await.body.contains("Opens in a minute"));
    app.clock_moves_by(SignedDuration::from_secs(59)).await;
    assert_eq!(app.count_of_mails(), 0);
    app.clock_moves_by(SignedDuration::from_secs(1)).await;
    assert_eq!(app.mails_to(ALMA).len(), 1);
    assert_eq!(ben.gets(&thursday(&app)).await.status, 404);
    app.finish().await;
}

#[tokio::test]
async fn a_day_opened_too_late_finds_its_reminders_late() {
    let mut app = with_alma_booked().await;
    let ben = ben(&app).await;
    closes_thursday(&app, &ben).await;
    let ben = next_day(&app, "2026-03-03T20:00:00Z").await;
    assert_eq!(ben.posts(&thursday(&app), "_method=DELETE").await.status, 303);
    app.clock_moves_by(SignedDuration::from_mins(1)).await;
    assert_eq!(app.count_of_mails(), 0);
    assert!(says(&app, "visit-reminder two-days-before skipped late").await);
    app.finish().await;
}

#[tokio::test]
async fn an_opening_undone_within_a_minute_has_not_been() {
    let mut app = with_alma_booked().await;
    let ben = ben(&app).await;
    closes_thursday(&app, &ben).await;
    let ben = next_day(&app, "2026-03-03T15:10:00Z").await;
    assert_eq!(ben.posts(&thursday(&app), "_method=DELETE").await.status, 303);
    assert_eq!(ben.posts(&thursday(&app), "_method=DELETE").await.status, 409, "pressed twice");
    app.clock_moves_by(SignedDuration::from_secs(30)).await;
    assert_eq!(ben.posts(&thursday(&app), "").await.status, 303);
    assert_eq!(ben.posts(&thursday(&app), "").await.status, 409, "it is closed already");
    let ben = next_day(&app, "2026-03-03T21:00:00Z").await;
    assert_eq!(app.count_of_mails(), 0);
    assert!(!says(&app, "visit-reminder two-days-before skipped late").await);
    assert!(ben.gets(&thursday(&app)).await.body.contains("Snow"));
    app.finish().await;
}

#[tokio::test]
async fn a_visit_moved_away_is_reminded_of_for_its_new_day() {
    let mut app = with_alma_booked().await;
    app.turn("visit-changed", false).await;
    let ben = ben(&app).await;
    closes_thursday(&app, &ben).await;
    let ben = next_day(&app, "2026-03-03T16:00:00Z").await;
    app.emr_sends(&message("S13", "20260303110000", &alma(), Some(&visit("AP1", "FU", "202603121400")))).await;
    assert!(says(&app, "visit-reminder two-days-before cancelled anchor_moved").await);
    assert!(ben.gets(&thursday(&app)).await.body.contains("No visit is planned on this day."));
    app.clock_moves_to("2026-03-10T14:00:00Z").await;
    let mails = app.mails_to(ALMA);
    assert_eq!(mails.len(), 1);
    assert!(mails[0].text.as_ref().unwrap().contains("Thursday, March 12"), "{:?}", mails[0].text);
    app.finish().await;
}

#[tokio::test]
async fn several_days_of_all_locations_are_closed_at_once() {
    let app = with_alma_booked().await;
    let ben = ben(&app).await;
    let form = "location=all&from=2026-12-24&to=2026-12-26&reason=Holidays";
    assert_eq!(ben.posts("/closed-days", form).await.header("location"), Some("/closed-days"));
    assert_eq!(app.ask("select count(*)::text from closed_days").await, ["6"]);
    for (wrong, said) in [
        ("from=2026-12-24&to=2026-12-23", "before the first day"),
        ("from=2026-03-01", "This day is over."),
        ("from=soon", "Write the day as"),
        ("from=2026-04-01&to=2027-04-01", "at most 60 days"),
    ] {
        let answer = ben.posts("/closed-days", &format!("location=all&{wrong}")).await;
        assert!(answer.status == 200 && answer.body.contains(said), "{wrong}: {}", answer.body);
    }
    assert_eq!(app.ask("select count(*)::text from closed_days").await, ["6"]);
    app.finish().await;
}

#[tokio::test]
async fn the_front_desk_closes_days_practitioners_look_and_strangers_find_nothing() {
    let app = with_alma_booked().await;
    let fay = Browser::signed_in(&app, "fay@riverbend.example", "fays long password").await;
    let paul = Browser::signed_in(&app, "paul@riverbend.example", "pauls long password").await;
    let form = format!("location={}&from=2026-03-05", app.clinic.locations["Riverside"]);
    let refused = paul.posts("/closed-days", &form).await;
    assert_eq!(refused.status, 403);
    assert!(refused.body.contains("Only an administrator or the front desk"), "{}", refused.body);
    closes_thursday(&app, &fay).await;
    assert_eq!(paul.gets(&thursday(&app)).await.status, 200);
    assert!(!paul.gets("/closed-days").await.body.contains("Close a day"));
    assert_eq!(paul.posts(&thursday(&app), "_method=DELETE").await.status, 403);
    let chloe = chloe(&app).await;
    assert_eq!(chloe.gets(&thursday(&app)).await.status, 404);
    assert_eq!(chloe.posts(&thursday(&app), "_method=DELETE").await.status, 409);
    assert_eq!(app.ask("select (opens_at is null)::text from closed_days").await, ["true"]);
    app.finish().await;
}
