//! A patient by the link in a mail: the birth date, the list, a form one question at a time.

use care::chart::{AssignmentAct, Source, What};
use care::questionnaire::Answers;
use care::workflow::Activation;
use stepwell::ids;
use stepwell::runner::{Context, NewChange, record};

use crate::app::TestApp;
use crate::messages::{ALMA, alma, message, visit};
use crate::pages::{Answer, Browser, ben};

const ASKS: &str = r#"
title = "Asks"
kind = "outcomes"
for = "both"
attention = "bypass"
trigger = { event = "encounter.planned" }
[[steps]]
id = "ask"
schedule = "immediately"
tasks = [{ assign = "CONTENT", via = "email", template = "message/recommendation" }]
"#;

const BORN: &str = "birth_date=1980-05-24";

/// Alma has a form, and a mail with the link to it.
pub async fn asked(app: &mut TestApp, form: &str) -> String {
    gives(app, "asks", form).await;
    app.emr_sends(&message("S12", "20260302080000", &alma(), Some(&visit("AP1", "IE", "202603091000")))).await;
    link(app)
}

/// From now on every visit that is planned gives this.
pub async fn gives(app: &TestApp, workflow: &str, content: &str) {
    let now = app.roof.now();
    let mut tx = app.roof.app.begin(app.clinic.organization).await.unwrap();
    tx.publish_workflow(workflow, &ASKS.replace("CONTENT", content), now).await.unwrap();
    tx.activate(workflow, ids::new_id(now), None, &Activation::open(now)).await.unwrap();
    tx.commit().await.unwrap();
}

/// The newest link to the portal in Alma's mailbox.
fn link(app: &mut TestApp) -> String {
    let mails = app.mails_to(ALMA);
    let text =
        mails.iter().rev().find_map(|mail| mail.text.as_ref()?.split_once("/p/open/").map(|(_, rest)| rest.to_owned()));
    let token: String = text.unwrap().chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
    format!("/p/open/{token}")
}

pub async fn comes_in(app: &TestApp, link: &str) -> (Browser, String) {
    let answer = Browser::of(app).posts(link, BORN).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let cookie = answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let to = answer.header("location").unwrap().to_owned();
    let mut browser = Browser { to: app.pages, cookie, csrf: String::new() };
    let list = browser.gets("/p/today").await;
    assert_eq!(list.status, 200, "{}", list.body);
    browser.csrf = list.body.split_once("name=\"csrf\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
    (browser, to)
}

/// A link asked for in place of one that was used.
pub async fn renewed(app: &mut TestApp, old: &str) -> String {
    assert_eq!(Browser::of(app).posts(&format!("{old}/renewal"), "").await.status, 200);
    app.all_work_is_done().await;
    link(app)
}

fn goes_on_to(answer: &Answer) -> &str {
    assert_eq!(answer.status, 303, "{}", answer.body);
    answer.header("location").unwrap()
}

#[tokio::test]
async fn only_the_right_birth_date_uses_a_link_up_and_opening_it_never_does() {
    let mut app = TestApp::start().await;
    let link = asked(&mut app, "questionnaire/pain").await;
    for _ in 0..3 {
        let page = Browser::of(&app).gets(&link).await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains("name=\"birth_date\"") && !page.body.contains("Alma"), "{}", page.body);
        assert_eq!(Browser::of(&app).asks("HEAD", &link, "", "").await.status, 200);
    }
    assert_eq!(Browser::of(&app).posts(&link, "birth_date=1980-05-25").await.status, 400);
    assert_eq!(app.ask("select count(*)::text from portal_links").await, ["0"]);
    let (alma, to) = comes_in(&app, &link).await;
    assert!(to.starts_with("/p/forms/"), "{to}");
    assert_eq!(app.ask("select count(*)::text from portal_links").await, ["1"]);
    // In the same browser it leads on; in another it is used up, and a new one can be asked for.
    assert_eq!(goes_on_to(&alma.gets(&link).await), to);
    let stranger = Browser::of(&app);
    let used = stranger.gets(&link).await;
    assert!(used.body.contains("This link was used before"), "{}", used.body);
    assert_eq!(stranger.posts(&link, BORN).await.status, 403);
    let renewed = stranger.posts(&format!("{link}/renewal"), "").await;
    assert!(renewed.body.contains("A new link is on its way"), "{}", renewed.body);
    app.all_work_is_done().await;
    let new = self::link(&mut app);
    assert_ne!(new, link);
    comes_in(&app, &new).await;
    app.finish().await;
}

#[tokio::test]
async fn wrong_birth_dates_shut_the_door_for_an_hour_by_whatever_link() {
    let mut app = TestApp::start().await;
    let link = asked(&mut app, "questionnaire/pain").await;
    for day in 10..15 {
        assert_eq!(Browser::of(&app).posts(&link, &format!("birth_date=1980-05-{day}")).await.status, 400);
    }
    let right = Browser::of(&app).posts(&link, BORN).await;
    assert_eq!(right.status, 403);
    assert!(right.body.contains("wrong too often"), "{}", right.body);
    app.clock_moves_by(jiff::SignedDuration::from_mins(61)).await;
    comes_in(&app, &link).await;
    app.finish().await;
}

#[tokio::test]
async fn a_form_is_asked_one_question_at_a_time_saved_as_it_goes_and_handed_in_once() {
    let mut app = TestApp::start().await;
    let link = asked(&mut app, "questionnaire/patient-specific").await;
    let (alma, form) = comes_in(&app, &link).await;
    assert!(alma.gets("/p/today").await.body.contains("What is hard for you"));
    let first = alma.gets(&form).await;
    assert!(first.body.contains("Think of things you do") && first.body.contains("Name one thing"), "{}", first.body);
    let missing = alma.posts(&form, "at=activity-1&answer=").await;
    assert_eq!(missing.status, 400);
    assert!(missing.body.contains("Please answer this question"), "{}", missing.body);
    let next = goes_on_to(&alma.posts(&form, "at=activity-1&answer=Climb+%3Cstairs%3E").await).to_owned();
    assert!(next.ends_with("?at=rating-1"), "{next}");
    let rating = alma.gets(&next).await;
    assert!(rating.body.contains("Climb &#60;stairs&#62;"), "escaped, and beside the question: {}", rating.body);
    assert_eq!(alma.posts(&form, "at=rating-1&answer=11").await.status, 400);
    alma.posts(&form, "at=rating-1&answer=3").await;
    // Left and come back: on where it ended.
    assert!(alma.gets("/p/today").await.body.contains("begun"));
    assert!(alma.gets(&form).await.body.contains("Name another thing"));
    for (at, answer) in [("activity-2", "Run"), ("rating-2", "5"), ("activity-3", "Kneel"), ("rating-3", "4")] {
        alma.posts(&form, &format!("at={at}&answer={answer}")).await;
    }
    let review = alma.posts(&form, "at=activity-4&skip=yes").await;
    assert!(goes_on_to(&review).ends_with("/answers"));
    let review = alma.gets(&format!("{form}/answers")).await;
    assert!(review.body.contains("Climb &#60;stairs&#62;") && review.body.contains("Kneel"), "{}", review.body);
    assert_eq!(app.ask("select count(*)::text from assignments where completed_at is not null").await, ["0"]);
    let done = alma.posts(&format!("{form}/answers"), "").await;
    assert!(done.body.contains("Your answers have reached your team"), "{}", done.body);
    assert_eq!(app.ask("select score::text from assignments where content like '%specific'").await, ["4"]);
    assert_eq!(app.ask("select count(*)::text from drafts").await, ["0"]);
    assert!(alma.gets(&form).await.body.contains("Thank you"));
    let list = alma.gets("/p/today").await.body;
    let (_, form) = list.split_once("What is hard for you").unwrap();
    let (line, _) = form.split_once("</li>").unwrap();
    assert!(line.contains("answered; you can still correct it") && !line.contains("begun"), "{line}");
    app.finish().await;
}

#[tokio::test]
async fn a_form_that_expired_is_closed_with_a_kind_word_and_takes_no_answer() {
    let mut app = TestApp::start().await;
    let link = asked(&mut app, "questionnaire/pain").await;
    // Due a week later, and overdue for six weeks but an hour.
    app.clock_moves_by(jiff::SignedDuration::from_hours(49 * 24 - 1)).await;
    Browser::of(&app).posts(&format!("{link}/renewal"), "").await;
    app.all_work_is_done().await;
    let new = self::link(&mut app);
    let (alma, _) = comes_in(&app, &new).await;
    let list = alma.gets("/p/today").await.body;
    let (_, rest) = list.split_once("href=\"/p/forms/").unwrap();
    let form = format!("/p/forms/{}", rest.split('"').next().unwrap());
    alma.posts(&form, "at=pain&answer=7").await;
    assert!(alma.gets("/p/today").await.body.contains("begun"));
    app.clock_moves_by(jiff::SignedDuration::from_hours(1)).await;
    for page in [alma.gets(&form).await, alma.posts(&form, "at=pain&answer=2").await] {
        assert_eq!(page.status, 200);
        assert!(page.body.contains("The time to answer it is over"), "{}", page.body);
    }
    let late = alma.posts(&format!("{form}/answers"), "").await;
    assert!(late.body.contains("The time to answer it is over"), "{}", late.body);
    assert!(!alma.gets("/p/today").await.body.contains(&form));
    assert_eq!(app.ask("select count(*)::text from assignments where completed_at is not null").await, ["0"]);
    let page = ben(&app).await.gets(&format!("/patients/{}", app.alma().await)).await.body;
    assert!(page.contains("“Asks”, expired") || page.contains("Asks, expired"), "{page}");
    app.finish().await;
}

#[tokio::test]
async fn nobody_sees_or_changes_what_is_not_theirs() {
    let mut app = TestApp::start().await;
    let link = asked(&mut app, "questionnaire/pain").await;
    let (alma, form) = comes_in(&app, &link).await;
    let stranger = Browser::of(&app);
    for path in ["/p/today".to_owned(), form.clone(), format!("{form}/answers")] {
        assert_eq!(stranger.gets(&path).await.status, 401, "{path}");
    }
    let other = "/p/forms/019caf10-3180-7c97-bab8-5ef52e919f54";
    assert_eq!(alma.gets(other).await.status, 404);
    let without_secret = Browser { to: app.pages, cookie: alma.cookie.clone(), csrf: String::new() };
    assert_eq!(without_secret.posts(&form, "at=pain&answer=3").await.status, 403);
    alma.posts("/p/leave", "").await;
    assert_eq!(alma.gets("/p/today").await.status, 401);
    app.finish().await;
}

#[tokio::test]
async fn a_care_plan_is_a_list_of_exercises_to_do_and_articles_to_read() {
    let mut app = TestApp::start().await;
    let link = asked(&mut app, "care-plan/knee-arthritis").await;
    let (alma, to) = comes_in(&app, &link).await;
    assert_eq!(to, "/p/today");
    let list = alma.gets("/p/today").await.body;
    let path = |list: &str, kind: &str| {
        let (_, rest) = list.split_once(&format!("href=\"/p/{kind}/")).unwrap();
        format!("/p/{kind}/{}", rest.split('"').next().unwrap())
    };
    let exercise = path(&list, "exercises");
    let page = alma.gets(&exercise).await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert_eq!(page.body.matches("<svg class=\"figure\"").count(), 2, "a start and an end");
    assert!(page.body.contains("How to do it") && page.body.contains("a day"), "{}", page.body);
    assert!(!page.body.contains(" style="), "the policy forbids it");
    assert_eq!(goes_on_to(&alma.posts(&format!("{exercise}/today"), "").await), "/p/today");
    assert!(alma.gets("/p/today").await.body.contains("✓ done"));
    alma.posts(&format!("{exercise}/today"), "_method=DELETE").await;
    assert!(!alma.gets("/p/today").await.body.contains("✓ done"));
    let article = path(&list, "articles");
    assert!(alma.gets(&article).await.body.contains("It rests on"));
    alma.posts(&format!("{article}/today"), "").await;
    assert!(alma.gets("/p/today").await.body.contains("✓ read"));
    app.finish().await;
}

#[tokio::test]
async fn what_staff_give_by_hand_is_answered_and_its_score_stands_on_the_patients_page() {
    let mut app = TestApp::start().await;
    let link = asked(&mut app, "education/sleep").await;
    let ben = ben(&app).await;
    let home = format!("/patients/{}", app.alma().await);
    let form = ben.gets(&format!("{home}/assignments/new")).await.body;
    assert!(
        form.contains("value=\"questionnaire/pain\"") && form.contains("value=\"care-plan/knee-arthritis\""),
        "{form}"
    );
    let give = |content: &str, days: &str| format!("content={}&days={days}", content.replace('/', "%2F"));
    let to = format!("{home}/assignments");
    for wrong in [give("questionnaire/none", "7"), give("message/welcome", "7"), give("questionnaire/pain", "0")] {
        assert_eq!(ben.posts(&to, &wrong).await.status, 400, "{wrong}");
    }
    assert_eq!(goes_on_to(&ben.posts(&to, &give("questionnaire/pain", "7")).await), home);
    let (alma, _) = comes_in(&app, &link).await;
    let list = alma.gets("/p/today").await.body;
    let (_, rest) = list.split_once("href=\"/p/forms/").unwrap();
    let form = format!("/p/forms/{}", rest.split('"').next().unwrap());
    assert!(!ben.gets(&home).await.body.contains("Pain now: scores over time"));
    alma.posts(&form, "at=pain&answer=7").await;
    alma.posts(&format!("{form}/answers"), "").await;
    let page = ben.gets(&home).await.body;
    assert!(page.contains("Pain now: scores over time") && page.contains("Baseline 7 on 2 March 2026"), "{page}");
    assert!(page.contains("by Ben Adler, completed"), "the thread names who gave it: {page}");
    app.finish().await;
}

#[tokio::test]
async fn what_goes_wrong_is_said_to_a_patient_in_both_languages_and_an_exercise_stays_to_be_looked_at() {
    let mut app = TestApp::start().await;
    let link = asked(&mut app, "exercise/bridge").await;
    let (alma, _) = comes_in(&app, &link).await;
    let nothing = alma.gets("/p/forms/00000000-0000-0000-0000-000000000001").await;
    assert!(nothing.status == 404 && nothing.body.contains("Aquí no hay nada"), "{}", nothing.body);
    let old = Browser { to: app.pages, cookie: alma.cookie.clone(), csrf: "old".into() };
    let too_old = old.posts("/p/forms/00000000-0000-0000-0000-000000000001", "at=a").await;
    assert!(too_old.status == 403 && too_old.body.contains("demasiado tiempo"), "{}", too_old.body);
    let nobody = Browser::of(&app).posts("/p/today", "at=a").await;
    assert!(nobody.body.contains("Your page is closed"), "{}", nobody.body);
    let list = alma.gets("/p/today").await.body;
    let (_, rest) = list.split_once("href=\"/p/exercises/").unwrap();
    let exercise = format!("/p/exercises/{}", rest.split('"').next().unwrap());
    alma.posts(&format!("{exercise}/today"), "").await;
    let page = ben(&app).await.gets(&format!("/patients/{}", app.alma().await)).await.body;
    assert!(page.contains("ticked off on 1 of the last 7 days"), "{page}");
    app.finish().await;
}

#[tokio::test]
async fn a_care_plan_brings_its_forms_but_not_one_that_waits_and_is_undone_with_them() {
    let mut app = TestApp::start().await;
    asked(&mut app, "questionnaire/pain").await;
    let ben = ben(&app).await;
    let home = format!("/patients/{}", app.alma().await);
    let give = "content=care-plan%2Fback-building&days=7";
    assert_eq!(goes_on_to(&ben.posts(&format!("{home}/assignments"), give).await), home);
    let open = "select content from assignments where withdrawn_at is null order by content";
    let all = ["care-plan/back-building", "questionnaire/pain", "questionnaire/patient-specific", "questionnaire/rmdq"];
    assert_eq!(app.ask(open).await, all, "the pain scale waits already, and is not given twice");
    let change = "select id::text from changes where body::text like '%care-plan/back-building%'";
    let change = app.ask(change).await.remove(0);
    assert_eq!(ben.posts(&format!("{home}/changes/{change}"), "_method=DELETE").await.status, 303);
    let left = "select content from assignments where withdrawn_at is null order by content";
    assert_eq!(app.ask(left).await, ["questionnaire/pain"]);
    app.finish().await;
}

#[tokio::test]
async fn an_answer_that_may_mean_harm_is_urgent_on_the_work_list_at_once() {
    let mut app = TestApp::start().await;
    asked(&mut app, "questionnaire/pain").await;
    let id = app.ask("select id::text from assignments where content = 'questionnaire/pain'").await.remove(0);
    let patient = app.alma().await;
    let act = AssignmentAct::Complete { score: None, answers: Answers::default(), safety: true, handed_by: None };
    let what = What::Assignment { assignment: id.parse().unwrap(), act };
    let mut tx = app.tx().await;
    let context = Context::load(&app.roof, &mut tx).await.unwrap();
    let new = NewChange { at: app.roof.now(), source: Source::Patient, what, message: None };
    record(&app.roof, &mut tx, &context, patient, vec![new], false).await.unwrap();
    tx.commit().await.unwrap();
    let listed =
        "select kind || ' ' || (due_by - at)::text from notices where done_at is null and kind = 'safety_answer'";
    assert_eq!(app.ask(listed).await, ["safety_answer 01:00:00"]);
    let home = ben(&app).await.gets("/").await.body;
    let (_, item) = home.split_once("An answer needs a call now").unwrap();
    assert!(item.starts_with(" <span class=\"badge problem\">Urgent</span>"), "{item}");
    app.all_work_is_done().await;
    app.finish().await;
}
