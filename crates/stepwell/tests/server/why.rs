//! Why did she get this, why not: the page that says so, and what staff stop, take back and record by hand.

use care::chart::{Category, Channel};
use care::id::PatientId;
use care::workflow::send;
use jiff::SignedDuration;
use stepwell::runner::{Context, Known};

use crate::app::TestApp;
use crate::messages::{ALMA, alma, message, visit};
use crate::pages::{Browser, ben, chloe};

/// Alma booked a follow-up two weeks ahead.
async fn booked() -> (TestApp, PatientId) {
    let mut app = TestApp::start().await;
    app.emr_sends(&message("S12", "20260302100000", &alma(), Some(&visit("AP1", "FU", "202603161400")))).await;
    let alma = app.alma().await;
    (app, alma)
}

/// Alma came for her first evaluation, and a week later she was asked whether she would recommend the clinic.
async fn asked() -> (TestApp, PatientId) {
    let mut app = TestApp::start().await;
    let first = visit("AP1", "IE", "202603021400");
    app.emr_sends(&message("S12", "20260302093000", &alma(), Some(&first))).await;
    app.clock_moves_to("2026-03-02T19:00:00Z").await;
    let ben = ben(&app).await;
    let alma = app.alma().await;
    let visit = &app.ask("select id::text from encounters").await[0];
    assert_eq!(ben.posts(&format!("/patients/{alma}/visits/{visit}/arrival"), "").await.status, 303);
    app.clock_moves_to("2026-03-10T15:00:00Z").await;
    (app, alma)
}

/// The text of a page, as a person reads it: tags are gaps.
async fn read(browser: &Browser, path: &str) -> String {
    let answer = browser.gets(path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    let main = answer.body.split_once("<main").unwrap().1;
    let text: String = main.split('<').filter_map(|piece| Some(piece.split_once('>')?.1)).collect::<Vec<_>>().join(" ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn has(text: &str, wanted: &[&str]) {
    for words in wanted {
        assert!(text.contains(words), "“{words}” is not in: {text}");
    }
}

/// What staff did last.
async fn last_change(app: &TestApp) -> String {
    let by_staff = "select id::text from changes where source like '%staff%' order by received_at desc limit 1";
    app.ask(by_staff).await.remove(0)
}

/// Undoes the last change as its button does.
async fn undo(app: &TestApp, browser: &Browser, alma: PatientId) -> u16 {
    let change = last_change(app).await;
    browser.posts(&format!("/patients/{alma}/changes/{change}"), "_method=DELETE").await.status
}

#[tokio::test]
async fn the_page_goes_from_the_event_over_filter_clause_and_sum_to_the_gateways_answer() {
    let (app, alma) = asked().await;
    let text = read(&ben(&app).await, &format!("/patients/{alma}/why/recommendation")).await;
    has(
        &text,
        &[
            "Why Alma did, or did not, get Recommendation",
            "On since Mon 2 March 2026, 10:00",
            "Patient arrived: initial evaluation",
            "Yes The filter lets it through visit type is initial evaluation; first in the episode",
            "Yes Group: age is at least 18 it is 45",
            "Yes No other run stands in the way",
            "a run began",
            "Questionnaire “Recommendation” Sent day-7",
            "7 days after at 10:00, counted from 2026-03-02",
            "(America/New_York)",
            "Planned",
            "Handed over",
            "Email “Recommendation” to alma@mail.example Sent",
            "taken. The service said: 250",
            "“Recommendation” open, due",
        ],
    );
    let (_, recorded) = text.split_once("day-7").unwrap();
    let places = ["Planned", "Handed over", "Sent"].map(|word| recorded.find(word).unwrap());
    assert!(places.is_sorted(), "told in the order in which they were made: {recorded}");
    let patient = read(&ben(&app).await, &format!("/patients/{alma}")).await;
    has(&patient, &["Recommendation Running", "Questionnaire “Recommendation” Sent"]);
    app.finish().await;
}

#[tokio::test]
async fn what_the_gateway_refused_is_not_called_done() {
    use delivery::email::sink::{Manners, Verdict};
    let mut app = TestApp::start_with_mail_server(Manners::default().with(ALMA, Verdict::NoSuchUser)).await;
    app.emr_sends(&message("S12", "20260302100000", &alma(), Some(&visit("AP1", "IE", "202603101400")))).await;
    let alma = app.alma().await;
    let ben = ben(&app).await;
    let text = read(&ben, &format!("/patients/{alma}/why/welcome")).await;
    has(
        &text,
        &[
            "Not sent",
            "The mail or text service refused it. Check the address with the patient.",
            "The service said: 550",
        ],
    );
    let spanish = read(&ben, &format!("/patients/{alma}/why/welcome?lang=es")).await;
    has(&spanish, &["El servicio de mensajes lo rechazó. Revise la dirección con el paciente.", "No enviado"]);
    let page = read(&ben, &format!("/patients/{alma}")).await;
    has(&page, &["Welcome Not sent"]);
    app.finish().await;
}

#[tokio::test]
async fn a_no_names_the_clause_of_then_and_every_question_of_now() {
    let (app, alma) = booked().await;
    let text = read(&ben(&app).await, &format!("/patients/{alma}/why/welcome")).await;
    has(
        &text,
        &[
            "Did not start What starts this workflow has not happened trigger_not_met",
            "needs visit type = initial evaluation; it is follow up",
            "No The filter lets it through",
            "Yes The patient may get messages",
        ],
    );
    app.finish().await;
}

#[tokio::test]
async fn a_workflow_whose_event_never_came_is_answered_from_its_activations() {
    let (app, alma) = booked().await;
    let path = format!("/patients/{alma}/why/missed-visit");
    let text = read(&ben(&app).await, &path).await;
    has(&text, &["On since Mon 2 March 2026, 10:00", "Nothing that starts it has ever happened here", "visit missed"]);
    app.clock_moves_by(SignedDuration::from_hours(24)).await;
    app.turn("missed-visit", false).await;
    app.clock_moves_by(SignedDuration::from_hours(1)).await;
    // The session of yesterday is over.
    let ben = ben(&app).await;
    let text = read(&ben, &path).await;
    has(&text, &["Off since Tue 3 March 2026, 10:00", "until Tue 3 March 2026, 10:00", "switched off since"]);
    assert_eq!(app.ask("select id::text from decisions where workflow = 'missed-visit'").await, [""; 0]);
    assert_eq!(ben.gets(&format!("/patients/{alma}/why/unknown")).await.status, 404);
    app.finish().await;
}

#[tokio::test]
async fn a_run_that_is_over_for_its_event_is_still_told() {
    let (mut app, alma) = booked().await;
    app.clock_moves_by(SignedDuration::from_hours(1)).await;
    app.emr_sends(&message(
        "S13",
        "20260302110000",
        &crate::messages::alma(),
        Some(&visit("AP1", "FU", "202603181400")),
    ))
    .await;
    let text = read(&ben(&app).await, &format!("/patients/{alma}/why/visit-reminder")).await;
    has(&text, &["The visit moved, and the step moved with it", "No What happened still counts", "Planned"]);
    has(
        &text,
        &["Visit day planned: follow-up, Mon 16 Mar Happened", "Visit day planned: follow-up, Wed 18 Mar, 14:00"],
    );
    let page = read(&ben(&app).await, &format!("/patients/{alma}")).await;
    has(&page, &["and 1 more run"]);
    app.finish().await;
}

#[tokio::test]
async fn a_run_is_stopped_by_hand_and_goes_on_when_that_is_undone() {
    let (app, alma) = booked().await;
    let ben = ben(&app).await;
    let planned = app.plan_of(alma).await;
    assert!(!planned.is_empty());
    let run = &app.ask("select id::text from runs where workflow = 'visit-reminder'").await[0];
    let stop = format!("/patients/{alma}/why/visit-reminder/stop");
    let stopped = ben.posts(&stop, &format!("run={run}")).await;
    assert_eq!(stopped.status, 303, "{}", stopped.body);
    assert!(!app.plan_of(alma).await.iter().any(|(workflow, ..)| workflow == "visit-reminder"));
    let why = read(&ben, &format!("/patients/{alma}/why/visit-reminder")).await;
    has(&why, &["Cancelled", "A member of the team stopped it"]);
    assert_eq!(ben.posts(&stop, &format!("run={run}")).await.status, 409, "there is nothing left to stop");

    assert_eq!(undo(&app, &ben, alma).await, 303);
    assert_eq!(app.plan_of(alma).await, planned);
    assert_eq!(ben.posts(&stop, &format!("run={run}")).await.status, 303);
    app.clock_moves_by(SignedDuration::from_secs(61)).await;
    assert_eq!(undo(&app, &ben, alma).await, 409, "the minute is over");
    app.finish().await;
}

#[tokio::test]
async fn what_was_given_is_taken_back_and_given_again_by_undoing() {
    let (app, alma) = asked().await;
    let ben = ben(&app).await;
    let open = "select count(*)::text from assignments where withdrawn_at is null and completed_at is null";
    assert_eq!(app.ask(open).await, ["1"]);
    let id = &app.ask("select id::text from assignments").await[0];
    let path = format!("/patients/{alma}/assignments/{id}/withdrawal");
    has(&read(&ben, &format!("/patients/{alma}")).await, &["Given, not done yet One question"]);
    assert_eq!(ben.posts(&path, "").await.status, 303);
    assert_eq!(app.ask(open).await, ["0"]);
    assert_eq!(ben.posts(&path, "").await.status, 409);
    assert_eq!(undo(&app, &ben, alma).await, 303);
    assert_eq!(app.ask(open).await, ["1"]);
    assert!(app.chart_of(alma).await.assignments[0].is_open());
    app.finish().await;
}

#[tokio::test]
async fn a_recorded_yes_opens_texts_for_feedback_and_says_who_gave_it() {
    let (app, alma) = booked().await;
    let ben = ben(&app).await;
    let may = async || {
        let mut tx = app.tx().await;
        let context = Context::load(&app.roof, &mut tx).await.unwrap();
        let known = Known::load(&app.roof, &context, &mut tx, alma).await.unwrap();
        // As where a gateway for texts is set up.
        let channels = Channel::ALL.into_iter().collect();
        let facts = care::workflow::Facts { channels: &channels, ..known.facts(&context, app.roof.now()) };
        send::contact(&facts, Channel::Text, Category::Feedback).map(|_| ())
    };
    assert_eq!(may().await, Err(care::workflow::Reason::NoConsent));
    let path = format!("/patients/{alma}/consents");
    let said = ben.posts(&path, "channel=text&category=feedback&given=yes&said_by=patient").await;
    assert_eq!(said.status, 303, "{}", said.body);
    assert_eq!(may().await, Ok(()));
    let page = read(&ben, &format!("/patients/{alma}")).await;
    has(&page, &["Text: feedback Yes said by the patient, recorded by hand"]);
    has(&page, &["Yes to text: feedback said by the patient, recorded by Ben Adler"]);
    assert_eq!(undo(&app, &ben, alma).await, 303);
    assert_eq!(may().await, Err(care::workflow::Reason::NoConsent));
    assert_eq!(ben.posts(&path, "channel=text&category=feedback&given=perhaps&said_by=patient").await.status, 400);
    app.finish().await;
}

#[tokio::test]
async fn stop_closes_an_address_and_only_an_administrator_opens_it_again() {
    let (app, alma) = booked().await;
    let ben = ben(&app).await;
    let path = format!("/patients/{alma}/stops/email");
    let stands = "select count(*)::text from suppressions where lifted_at is null";
    assert_eq!(ben.posts(&path, "").await.status, 303);
    assert_eq!(app.ask(stands).await, ["1"]);
    has(&read(&ben, &format!("/patients/{alma}")).await, &["said STOP", "Allow again"]);
    assert_eq!(ben.posts(&path, "_method=DELETE&undo=yes").await.status, 303, "undone");
    assert_eq!(app.ask(stands).await, ["0"]);
    assert_eq!(ben.posts(&path, "").await.status, 303);

    app.ask("update staff set role = 'front_desk' where email = 'ben@riverbend.example' returning role").await;
    assert_eq!(ben.posts(&path, "_method=DELETE").await.status, 403);
    assert!(!read(&ben, &format!("/patients/{alma}")).await.contains("Allow again"));
    app.clock_moves_by(SignedDuration::from_mins(2)).await;
    assert_eq!(ben.posts(&path, "_method=DELETE&undo=yes").await.status, 409, "the minute is over");
    app.clock_moves_to("2026-03-14T15:00:00Z").await;
    let ben = crate::pages::ben(&app).await;
    let why = read(&ben, &format!("/patients/{alma}/why/visit-reminder")).await;
    has(&why, &["The address sent messages back, or said STOP"]);

    app.ask("update staff set role = 'admin' where email = 'ben@riverbend.example' returning role").await;
    assert_eq!(ben.posts(&path, "_method=DELETE").await.status, 303);
    assert_eq!(app.ask(stands).await, ["0"]);
    assert_eq!(ben.posts(&path, "undo=yes").await.status, 303, "the lifting is undone");
    assert_eq!(app.ask(stands).await, ["1"]);
    assert_eq!(ben.posts(&format!("/patients/{alma}/stops/fax"), "").await.status, 404);
    app.finish().await;
}

#[tokio::test]
async fn details_and_guardian_are_edited_and_undone() {
    let (app, alma) = booked().await;
    let (ben, path) = (ben(&app).await, format!("/patients/{alma}/details"));
    assert_eq!(ben.gets(&path).await.status, 200);
    let form =
        "language=es&zone=America%2FPhoenix&do_not_contact=&guardian_name=Maria&guardian_email=maria%40mail.example";
    assert_eq!(ben.posts(&path, form).await.status, 303);
    let patient = app.chart_of(alma).await.patient;
    assert_eq!((patient.language.as_deref(), patient.zone.as_deref()), (Some("es"), Some("America/Phoenix")));
    assert_eq!(patient.guardian.unwrap().email.as_deref(), Some("maria@mail.example"));
    has(
        &read(&ben, &format!("/patients/{alma}")).await,
        &["Maria answers for the patient", "maria@mail.example guardian"],
    );
    assert_eq!(undo(&app, &ben, alma).await, 303);
    let patient = app.chart_of(alma).await.patient;
    assert_eq!((patient.language.as_deref(), patient.guardian), (Some("en"), None));

    assert_eq!(ben.posts(&path, "language=en&do_not_contact=asked+by+phone").await.status, 303);
    assert_eq!(app.plan_of(alma).await, []);
    assert_eq!(undo(&app, &ben, alma).await, 303);
    assert!(!app.plan_of(alma).await.is_empty());
    assert_eq!(ben.posts(&path, "language=en&guardian_mobile=123").await.status, 400);
    app.finish().await;
}

#[tokio::test]
async fn chloe_of_another_clinic_finds_no_why_and_changes_nothing() {
    let (app, alma) = asked().await;
    let chloe = chloe(&app).await;
    let run = &app.ask("select id::text from runs where workflow = 'recommendation'").await[0];
    let assignment = &app.ask("select id::text from assignments").await[0];
    let before = app.ask("select id::text from changes order by 1").await;
    let home = format!("/patients/{alma}");
    for path in [format!("{home}/why/recommendation"), format!("{home}/details")] {
        let answer = chloe.gets(&path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.body.contains("Alma"), "{path}");
    }
    let change = last_change(&app).await;
    for (path, form) in [
        (format!("{home}/why/recommendation/stop"), format!("run={run}")),
        (format!("{home}/assignments/{assignment}/withdrawal"), String::new()),
        (format!("{home}/consents"), "channel=text&category=feedback&given=yes&said_by=patient".into()),
        (format!("{home}/stops/email"), String::new()),
        (format!("{home}/stops/email"), "_method=DELETE".into()),
        (format!("{home}/details"), "language=es".into()),
        (format!("{home}/changes/{change}"), "_method=DELETE".into()),
    ] {
        assert_eq!(chloe.posts(&path, &form).await.status, 404, "{path}");
    }
    assert_eq!(app.ask("select id::text from changes order by 1").await, before);
    assert_eq!(app.ask("select address from suppressions").await, [""; 0]);
    app.finish().await;
}

#[tokio::test]
async fn nobody_undoes_what_somebody_else_or_the_emr_said() {
    let (app, alma) = booked().await;
    let ben = ben(&app).await;
    for change in app.ask("select id::text from changes").await {
        let answer = ben.posts(&format!("/patients/{alma}/changes/{change}"), "_method=DELETE").await;
        assert_eq!(answer.status, 409);
    }
    app.finish().await;
}
