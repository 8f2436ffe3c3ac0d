//! A step calls another system.

use care::rehearsal::Gateway;
use delivery::webhook::signature;
use jiff::SignedDuration;
use store::{NewStaff, StaffRole};

use crate::app::TestApp;
use crate::editing::encoded;
use crate::hooks::Hooks;
use crate::messages::{ALMA, alma, message, visit};
use crate::pages::{Browser, ben, chloe};

const WORKFLOW: &str = "title = \"Registry\"\nkind = \"engagement\"\nfor = \"both\"\n\
    trigger = { event = \"encounter.planned\" }\n[[steps]]\nid = \"booked\"\nschedule = \"immediately\"\n\
    tasks = [{ call = \"webhook/registry\" }]\n";

/// Only the workflow that calls is on.
async fn with_workflow() -> TestApp {
    let app = TestApp::start().await;
    app.turn_what_ships_off().await;
    let mut tx = app.tx().await;
    tx.publish_workflow("registry", WORKFLOW, app.roof.now()).await.unwrap();
    tx.commit().await.unwrap();
    app.turn("registry", true).await;
    app
}

/// The secret that the page shows.
async fn sets_up(person: &Browser, hooks: &Hooks) -> String {
    let answer = person.posts("/webhooks", &format!("name=registry&url={}", encoded(&hooks.url()))).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let is_secret = |part: &&str| part.len() == 64 && part.bytes().all(|b| b.is_ascii_hexdigit());
    answer.body.split(['<', '>']).find(is_secret).unwrap().to_owned()
}

/// Where the page's buttons lead.
async fn place_of(person: &Browser) -> String {
    let page = person.gets("/webhooks").await.body;
    let at = page.find("action=\"/webhooks/").unwrap() + "action=\"".len();
    page[at..at + "/webhooks/".len() + 36].to_owned()
}

async fn alma_books(app: &mut TestApp) {
    app.emr_sends(&message("S12", "20260302100000", &alma(), Some(&visit("AP1", "FU", "202603051400")))).await;
}

async fn says(app: &TestApp, line: &str) -> bool {
    app.decisions_of(app.alma().await).await.contains(&line.to_owned())
}

fn header<'a>(head: &'a str, name: &str) -> &'a str {
    head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap()
}

#[tokio::test]
async fn a_call_is_signed_with_the_secret_that_was_shown_once_and_names_nobody() {
    let (mut app, hooks) = (with_workflow().await, Hooks::open().await);
    let ben = ben(&app).await;
    let secret = sets_up(&ben, &hooks).await;
    let page = ben.gets("/webhooks").await.body;
    assert!(page.contains(&hooks.url()) && !page.contains(&secret), "{page}");
    alma_books(&mut app).await;
    assert!(says(&app, "registry booked sent -").await);
    let calls = hooks.calls();
    let [(head, body)] = calls.as_slice() else { panic!("{} calls", calls.len()) };
    let at = header(head, "stepwell-timestamp");
    assert_eq!(header(head, "stepwell-signature"), format!("v1={}", signature(&secret, at.parse().unwrap(), body)));
    let told: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(header(head, "idempotency-key"), told["id"]);
    assert_eq!(told["patient"], app.alma().await.to_string());
    let rest = ["event", "workflow", "step", "organization", "at"].map(|key| told[key].as_str().unwrap().to_owned());
    let organization = app.clinic.organization.to_string();
    assert_eq!(rest, ["encounter.planned", "registry", "booked", &organization, "2026-03-02T15:00:00Z"]);
    for name in ["Alma", "Reyes", ALMA, &alma().mrn] {
        assert!(!body.contains(name) && !head.contains(name), "{name}");
    }
    let thread = ben.gets(&format!("/patients/{}", app.alma().await)).await.body;
    assert!(thread.contains("Webhook “Registry”") && thread.contains("taken by its receiver"), "{thread}");
    let kept = app.ask("select row_to_json(w)::text from webhooks w").await;
    assert!(kept.iter().all(|row| !row.contains(&secret)), "the secret is not stored");
    app.finish().await;
}

#[tokio::test]
async fn a_receiver_that_cannot_take_it_now_is_called_again_with_the_same_key() {
    let (mut app, hooks) = (with_workflow().await, Hooks::open().await);
    sets_up(&ben(&app).await, &hooks).await;
    hooks.answers(Gateway::Fails);
    alma_books(&mut app).await;
    let key = app.ask("select concat_ws('/', run, step, occurrence, generation, task, channel) from deliveries").await;
    assert!(!says(&app, "registry booked sent -").await);
    // No answer leaves it open; what is called again is known by its key.
    hooks.answers(Gateway::Breaks);
    app.clock_moves_by(SignedDuration::from_mins(3)).await;
    hooks.answers(Gateway::Takes);
    app.clock_moves_by(SignedDuration::from_mins(30)).await;
    let calls = hooks.calls();
    assert_eq!(calls.len(), 1);
    assert_eq!(header(&calls[0].0, "idempotency-key"), key[0]);
    assert!(says(&app, "registry booked sent -").await);
    let replies = app.ask("select coalesce(reply, '') from attempts order by number").await;
    assert_eq!(replies.first().map(String::as_str), Some("HTTP 503"));
    assert_eq!(replies.last().map(String::as_str), Some("HTTP 204"));
    app.finish().await;
}

#[tokio::test]
async fn a_receiver_that_never_takes_it_is_given_up() {
    let (mut app, hooks) = (with_workflow().await, Hooks::open().await);
    sets_up(&ben(&app).await, &hooks).await;
    hooks.answers(Gateway::Fails);
    app.emr_sends(&message("S12", "20260302100000", &alma(), Some(&visit("AP1", "FU", "202604051400")))).await;
    app.clock_moves_by(SignedDuration::from_hours(72)).await;
    assert!(says(&app, "registry booked not_sent gave_up").await);
    assert_eq!(app.ask("select count(*)::text from attempts").await, ["12"]);
    app.finish().await;
}

#[tokio::test]
async fn what_is_off_or_removed_is_not_set_up() {
    let (mut app, hooks) = (with_workflow().await, Hooks::open().await);
    let ben = ben(&app).await;
    sets_up(&ben, &hooks).await;
    let place = place_of(&ben).await;
    assert_eq!(ben.posts(&format!("{place}/activation"), "_method=DELETE").await.status, 303);
    alma_books(&mut app).await;
    assert!(says(&app, "registry booked skipped channel_not_set_up").await);
    assert_eq!(ben.posts(&format!("{place}/activation"), "").await.status, 303);
    assert!(ben.gets("/webhooks").await.body.contains(">On<"));
    assert_eq!(ben.posts(&place, "_method=DELETE").await.status, 303);
    assert!(ben.gets("/webhooks").await.body.contains("No webhook is set up"));
    assert_eq!(ben.posts(&format!("{place}/test"), "").await.status, 404);
    assert_eq!(hooks.taken(), 0);
    app.finish().await;
}

#[tokio::test]
async fn the_test_button_sends_a_made_up_event_and_says_what_came() {
    let (app, hooks) = (with_workflow().await, Hooks::open().await);
    let ben = ben(&app).await;
    sets_up(&ben, &hooks).await;
    let test = format!("{}/test", place_of(&ben).await);
    assert!(ben.posts(&test, "").await.body.contains("HTTP 204"));
    let (_, body) = hooks.calls().remove(0);
    let told: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!((&told["test"], told.get("patient")), (&true.into(), None));
    hooks.answers(Gateway::Refuses);
    assert!(ben.posts(&test, "").await.body.contains("HTTP 410"));
    app.finish().await;
}

#[tokio::test]
async fn only_an_administrator_sets_webhooks_up_and_no_other_clinic_sees_them() {
    let (app, hooks) = (with_workflow().await, Hooks::open().await);
    let (ben, chloe) = (ben(&app).await, chloe(&app).await);
    sets_up(&ben, &hooks).await;
    let place = place_of(&ben).await;
    assert!(!chloe.gets("/webhooks").await.body.contains(&hooks.url()));
    assert_eq!(chloe.posts(&format!("{place}/test"), "").await.status, 404);
    let mut tx = app.tx().await;
    let (id, password_hash) =
        (care::id::StaffId(app.roof.new_id()), stepwell::password::hash("desk long password").unwrap());
    let (email, name) = ("dana@riverbend.example".into(), "Dana".into());
    tx.create_staff(&NewStaff { id, email, name, role: StaffRole::FrontDesk, password_hash }).await.unwrap();
    tx.commit().await.unwrap();
    let dana = Browser::signed_in(&app, "dana@riverbend.example", "desk long password").await;
    assert_eq!(dana.gets("/webhooks").await.status, 403);
    assert_eq!(dana.posts("/webhooks", "name=x&url=https://x.example").await.status, 403);
    assert_eq!(dana.posts(&place, "_method=DELETE").await.status, 403);
    assert_eq!(dana.posts("/text-hours", "from=09:00&until=10:00").await.status, 403);
    assert!(dana.gets("/outcome-forms").await.body.contains("Only an administrator may change this."));
    assert_eq!(dana.posts("/outcome-forms", "neck=questionnaire/sane").await.status, 403);
    app.finish().await;
}

#[tokio::test]
async fn a_name_or_a_url_that_will_not_do_is_refused_in_words() {
    let (app, hooks) = (with_workflow().await, Hooks::open().await);
    let ben = ben(&app).await;
    for (form, status, said) in [
        ("name=The+Registry&url=https://x.example", 400, "Up to 60 of a-z"),
        ("name=x&url=ftp://x.example", 400, "This is not a URL"),
        ("name=x&url=https://user:pw@x.example/", 400, "leave them out"),
    ] {
        let answer = ben.posts("/webhooks", form).await;
        assert_eq!(answer.status, status, "{}", answer.body);
        assert!(answer.body.contains(said), "{said}: {}", answer.body);
    }
    sets_up(&ben, &hooks).await;
    let again = ben.posts("/webhooks", "name=registry&url=https://x.example").await;
    assert_eq!(again.status, 409);
    assert!(again.body.contains("There is a webhook of this name"), "{}", again.body);
    app.finish().await;
}
