//! Forms answered at the clinic: read in by staff, on a device that was handed over, and corrected.

use crate::app::TestApp;
use crate::pages::{Answer, Browser, ben, chloe};
use crate::portal::{asked, comes_in};

fn goes_on_to(answer: &Answer) -> &str {
    assert_eq!(answer.status, 303, "{}", answer.body);
    answer.header("location").unwrap()
}

/// Alma has a form; where staff answer it.
pub async fn waits(app: &mut TestApp, content: &str) -> String {
    asked(app, content).await;
    format!("/patients/{}/forms/{}", app.alma().await, assignment(app).await)
}

async fn assignment(app: &TestApp) -> String {
    app.ask("select id::text from assignments where content like 'questionnaire/%' order by assigned_at limit 1")
        .await
        .remove(0)
}

fn phq_9(answers: [u8; 9], more: &str) -> String {
    let answer = |(n, answer): (usize, u8)| format!("shown=phq-{n}&answer%3Aphq-{n}={answer}&");
    let all: String = (1..).zip(answers).map(answer).collect();
    format!("{all}{more}then=hand-in")
}

#[tokio::test]
async fn staff_answer_a_form_on_one_page_and_its_score_and_their_name_are_shown() {
    let mut app = TestApp::start().await;
    let form = waits(&mut app, "questionnaire/phq-9").await;
    let ben = ben(&app).await;
    let home = ben.gets(&format!("/patients/{}", app.alma().await)).await.body;
    assert!(home.contains(&format!("href=\"{form}\"")), "{home}");
    let page = ben.gets(&form).await.body;
    assert!(page.contains("Feeling down, depressed, or hopeless") && page.contains("hurting yourself"), "{page}");
    assert!(!page.contains("how difficult have these problems"), "nobody has a problem so far");
    // Some of it, saved for later.
    let saved = ben.fills_in(&form, "shown=phq-1&answer%3Aphq-1=2&shown=phq-2&then=save").await;
    assert_eq!(goes_on_to(&saved), form);
    let page = ben.gets(&form).await.body;
    assert!(page.contains("name=\"answer:phq-1\" value=\"2\" checked"), "{page}");
    assert!(page.contains("how difficult have these problems"), "an answer brought it up");
    // Handed in with an answer missing: said beside the question, and nothing is lost.
    let most = phq_9([2, 1, 1, 1, 1, 1, 1, 1, 0], "shown=difficulty&");
    let wrong = ben.fills_in(&form, &most).await;
    assert_eq!(wrong.status, 400);
    assert!(wrong.body.contains("One answer needs a look") && wrong.body.contains("Please answer this question"));
    assert_eq!(app.ask("select count(*)::text from assignments where completed_at is not null").await, ["0"]);
    let done = phq_9([2, 1, 1, 1, 1, 1, 1, 1, 0], "shown=difficulty&answer%3Adifficulty=very&");
    assert_eq!(goes_on_to(&ben.fills_in(&form, &done).await), form);
    let page = ben.gets(&form).await.body;
    assert!(page.contains("Score: 9, mild") && page.contains("on the patient&#39;s behalf"), "{page}");
    assert!(page.contains("Very difficult"), "{page}");
    assert_eq!(app.ask("select count(*)::text from drafts").await, ["0"]);
    assert_eq!(ben.fills_in(&form, &done).await.status, 409, "once");
    assert_eq!(chloe(&app).await.gets(&form).await.status, 404);
    app.all_work_is_done().await;
    app.finish().await;
}

#[tokio::test]
async fn questions_that_an_answer_brings_up_are_shown_before_anything_is_handed_in() {
    let mut app = TestApp::start().await;
    let form = waits(&mut app, "questionnaire/phq-9").await;
    let ben = ben(&app).await;
    let more = ben.fills_in(&form, &phq_9([3, 0, 0, 0, 0, 0, 0, 0, 0], "")).await;
    assert_eq!(more.status, 200);
    assert!(more.body.contains("brings up more questions") && more.body.contains("how difficult"), "{}", more.body);
    // What is hidden again does not count.
    let none = phq_9([0; 9], "shown=difficulty&answer%3Adifficulty=very&");
    assert_eq!(ben.fills_in(&form, &none).await.status, 303);
    let answers = "select answer->>'answers' from assignments where completed_at is not null";
    assert!(!app.ask(answers).await[0].contains("difficulty"));
    app.all_work_is_done().await;
    app.finish().await;
}

#[tokio::test]
async fn an_answer_that_may_mean_harm_is_told_when_it_is_saved_and_told_once() {
    let mut app = TestApp::start().await;
    let form = waits(&mut app, "questionnaire/phq-9").await;
    let ben = ben(&app).await;
    ben.fills_in(&form, "shown=phq-9&answer%3Aphq-9=1&then=save").await;
    let told = "select kind || ' ' || (due_by - at)::text from notices where kind = 'safety_answer'";
    assert_eq!(app.ask(told).await, ["safety_answer 01:00:00"]);
    let done = phq_9([0, 0, 0, 0, 0, 0, 0, 0, 1], "shown=difficulty&answer%3Adifficulty=not&");
    assert_eq!(ben.fills_in(&form, &done).await.status, 303);
    assert_eq!(app.ask(told).await, ["safety_answer 01:00:00"]);
    assert!(ben.gets(&form).await.body.contains("An answer may mean harm"));
    // Corrected, it stays on the list: somebody calls all the same.
    app.clock_moves_by(jiff::SignedDuration::from_mins(1)).await;
    assert_eq!(ben.fills_in(&format!("{form}/correction"), &phq_9([0; 9], "")).await.status, 303);
    assert_eq!(app.ask(told).await, ["safety_answer 01:00:00"]);
    app.all_work_is_done().await;
    app.finish().await;
}

#[tokio::test]
async fn a_correction_takes_the_place_of_the_answers_and_the_earlier_ones_stay_to_be_seen() {
    let mut app = TestApp::start().await;
    let form = waits(&mut app, "questionnaire/pain").await;
    let ben = ben(&app).await;
    let say = |pain: &str| format!("shown=pain&answer%3Apain={pain}&then=hand-in");
    assert_eq!(ben.fills_in(&format!("{form}/correction"), &say("3")).await.status, 409, "there is nothing to correct");
    ben.fills_in(&form, &say("7")).await;
    let correction = format!("{form}/correction");
    assert!(ben.gets(&correction).await.body.contains("name=\"answer:pain\" value=\"7\" checked"));
    assert_eq!(ben.fills_in(&correction, &say("11")).await.status, 400);
    assert_eq!(ben.fills_in(&correction, &say("7")).await.status, 303);
    app.clock_moves_by(jiff::SignedDuration::from_hours(24 * 20)).await;
    let ben = crate::pages::ben(&app).await;
    assert_eq!(goes_on_to(&ben.fills_in(&correction, &say("4")).await), form);
    let page = ben.gets(&form).await.body;
    assert!(
        page.contains("Score: 4") && page.contains("Earlier answers, corrected since") && page.contains("Score: 7")
    );
    assert_eq!(page.matches("<section").count(), 2, "saving the same again corrects nothing");
    assert_eq!(app.ask("select score::text from assignments where content like '%pain'").await, ["4"]);
    // The outcome takes the last word, of the day on which it was asked.
    let home = ben.gets(&format!("/patients/{}", app.alma().await)).await.body;
    assert!(home.contains("4 on 2 March 2026") && home.contains("corrected once"), "{home}");
    // What the older answer stood for is gone, what the newer stands for has happened.
    let chart = app.chart_of(app.alma().await).await;
    assert_eq!(chart.assignments.iter().map(|a| a.responses.len()).max(), Some(2));
    app.all_work_is_done().await;
    app.finish().await;
}

#[tokio::test]
async fn a_device_that_is_handed_over_shows_one_form_and_nothing_else() {
    let mut app = TestApp::start().await;
    let form = waits(&mut app, "questionnaire/phq-9").await;
    let ben = ben(&app).await;
    let answer = ben.posts(&format!("{form}/handover"), "").await;
    let own = format!("/p/forms/{}", assignment(&app).await);
    assert_eq!(goes_on_to(&answer), own);
    let cookies: Vec<String> = answer.cookies();
    assert!(cookies.iter().any(|c| c.starts_with("stepwell=;") && c.contains("Max-Age=0")), "{cookies:?}");
    assert!(goes_on_to(&ben.gets("/").await).starts_with("/sign-in"), "nobody of staff is signed in");
    let cookie = cookies.iter().find(|c| c.starts_with("stepwell_portal=")).unwrap();
    let mut alma = Browser { to: app.pages, cookie: cookie.split(';').next().unwrap().into(), csrf: String::new() };
    let first = alma.gets(&own).await.body;
    assert!(first.contains("Little interest or pleasure") && !first.contains("/p/today"), "{first}");
    alma.csrf = first.split_once("name=\"csrf\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
    for path in ["/p/today", "/p/forms/019caf10-3180-7c97-bab8-5ef52e919f54", "/p/exercises/a/b"] {
        assert_eq!(goes_on_to(&alma.gets(path).await), own, "{path}");
    }
    assert!(goes_on_to(&alma.gets("/patients").await).starts_with("/sign-in"));
    for n in 1..=9 {
        assert_eq!(alma.posts(&own, &format!("at=phq-{n}&answer=0")).await.status, 303);
    }
    let end = alma.posts(&format!("{own}/answers"), "").await;
    assert!(end.body.contains("Please hand the device back") && !end.body.contains("Alma"), "{}", end.body);
    assert_eq!(alma.gets(&own).await.status, 401, "it is over");
    assert_eq!(app.ask("select count(*)::text from portal_sessions").await, ["0"]);
    let ben = crate::pages::ben(&app).await;
    let page = ben.gets(&form).await.body;
    assert!(page.contains("by the patient at the clinic, on a device that") && page.contains("handed over"), "{page}");
    app.all_work_is_done().await;
    app.finish().await;
}

#[tokio::test]
async fn a_device_given_back_early_is_out_and_what_was_answered_is_kept() {
    let mut app = TestApp::start().await;
    let form = waits(&mut app, "questionnaire/phq-9").await;
    let ben = ben(&app).await;
    let answer = ben.posts(&format!("{form}/handover"), "").await;
    let own = goes_on_to(&answer).to_owned();
    let cookie = answer.cookies().into_iter().find(|c| c.starts_with("stepwell_portal=")).unwrap();
    let mut alma = Browser { to: app.pages, cookie: cookie.split(';').next().unwrap().into(), csrf: String::new() };
    let first = alma.gets(&own).await.body;
    alma.csrf = first.split_once("name=\"csrf\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
    alma.posts(&own, "at=phq-1&answer=2").await;
    let left = alma.posts("/p/leave", "").await;
    assert!(left.status == 200 && left.body.contains("hand the device back"), "{}", left.body);
    assert_eq!(alma.gets(&own).await.status, 401);
    let ben = crate::pages::ben(&app).await;
    assert!(ben.gets(&form).await.body.contains("name=\"answer:phq-1\" value=\"2\" checked"));
    // Nobody came back for it: after an hour the device shows nothing.
    let answer = ben.posts(&format!("{form}/handover"), "").await;
    let cookie = answer.cookies().into_iter().find(|c| c.starts_with("stepwell_portal=")).unwrap();
    let alma = Browser { to: app.pages, cookie: cookie.split(';').next().unwrap().into(), csrf: String::new() };
    assert_eq!(alma.gets(&own).await.status, 200);
    app.clock_moves_by(jiff::SignedDuration::from_mins(61)).await;
    assert_eq!(alma.gets(&own).await.status, 401);
    app.finish().await;
}

#[tokio::test]
async fn at_home_a_form_of_the_clinic_says_where_it_is_answered() {
    let mut app = TestApp::start().await;
    let link = asked(&mut app, "questionnaire/phq-9").await;
    let (alma, form) = comes_in(&app, &link).await;
    let page = alma.gets(&form).await;
    assert!(page.status == 200 && page.body.contains("Please answer these questions at the clinic"), "{}", page.body);
    assert_eq!(alma.posts(&form, "at=phq-1&answer=2").await.status, 200);
    assert_eq!(app.ask("select count(*)::text from drafts").await, ["0"]);
    assert!(!alma.gets("/p/today").await.body.contains("Patient Health Questionnaire"));
    app.finish().await;
}

#[tokio::test]
async fn a_patient_corrects_their_own_answers_for_a_day_or_until_the_next_visit() {
    let mut app = TestApp::start().await;
    let link = asked(&mut app, "questionnaire/pain").await;
    let (alma, form) = comes_in(&app, &link).await;
    alma.posts(&form, "at=pain&answer=7").await;
    let thanks = alma.posts(&format!("{form}/answers"), "").await;
    assert!(thanks.body.contains("Correct my answers"), "{}", thanks.body);
    assert!(alma.gets("/p/today").await.body.contains("you can still correct it"));
    app.clock_moves_by(jiff::SignedDuration::from_mins(1)).await;
    let review = alma.posts(&format!("{form}/correction"), "").await;
    assert_eq!(goes_on_to(&review), format!("{form}/answers"));
    alma.posts(&form, "at=pain&answer=5").await;
    let score = "select score::text from assignments where content like '%pain'";
    assert_eq!(app.ask(score).await, ["7"], "the earlier answers stand until the new ones are handed in");
    assert_eq!(alma.posts(&format!("{form}/answers"), "").await.status, 200);
    assert_eq!(app.ask(score).await, ["5"]);
    // The day is over.
    app.clock_moves_by(jiff::SignedDuration::from_hours(11)).await;
    assert!(alma.gets(&form).await.body.contains("Correct my answers"));
    app.clock_moves_by(jiff::SignedDuration::from_hours(13)).await;
    let link = crate::portal::renewed(&mut app, &link).await;
    let (alma, _) = comes_in(&app, &link).await;
    assert!(!alma.gets(&form).await.body.contains("Correct my answers"));
    assert_eq!(goes_on_to(&alma.posts(&format!("{form}/correction"), "").await), form);
    assert_eq!(app.ask("select count(*)::text from drafts").await, ["0"]);
    app.all_work_is_done().await;
    app.finish().await;
}

#[tokio::test]
async fn harm_that_was_settled_is_told_again_when_the_answer_gets_worse_and_only_then() {
    for (handed_in, told) in [(1, 1), (3, 2)] {
        let mut app = TestApp::start().await;
        let form = waits(&mut app, "questionnaire/phq-9").await;
        let ben = ben(&app).await;
        ben.fills_in(&form, "shown=phq-9&answer%3Aphq-9=1&then=save").await;
        let notice = app.ask("select id::text from notices where kind = 'safety_answer'").await.remove(0);
        assert_eq!(ben.posts(&format!("/notices/{notice}/done"), "").await.status, 303);
        let done = phq_9([0, 0, 0, 0, 0, 0, 0, 0, handed_in], "shown=difficulty&answer%3Adifficulty=not&");
        assert_eq!(ben.fills_in(&form, &done).await.status, 303);
        app.all_work_is_done().await;
        let notices = "select kind from notices where kind = 'safety_answer'";
        assert_eq!(app.ask(notices).await.len(), told, "handed in with {handed_in}");
        app.finish().await;
    }
}

#[tokio::test]
async fn undoing_a_hand_in_opens_the_form_with_everything_in_it() {
    let mut app = TestApp::start().await;
    let form = waits(&mut app, "questionnaire/pain").await;
    let ben = ben(&app).await;
    ben.fills_in(&form, "shown=pain&answer%3Apain=7&then=hand-in").await;
    let change = app.ask("select id::text from changes where body::text ilike '%complete%'").await;
    let undo = format!("/patients/{}/changes/{}", app.alma().await, change[0]);
    assert_eq!(ben.posts(&undo, "_method=DELETE").await.status, 303);
    let page = ben.gets(&form).await.body;
    assert!(page.contains("Hand in") && page.contains("name=\"answer:pain\" value=\"7\" checked"), "{page}");
    app.finish().await;
}

#[tokio::test]
async fn a_correction_that_comes_too_late_is_not_said_to_have_arrived() {
    let mut app = TestApp::start().await;
    let link = asked(&mut app, "questionnaire/pain").await;
    let (alma, form) = comes_in(&app, &link).await;
    alma.posts(&form, "at=pain&answer=7").await;
    alma.posts(&format!("{form}/answers"), "").await;
    alma.posts(&format!("{form}/correction"), "").await;
    alma.posts(&form, "at=pain&answer=5").await;
    assert!(alma.gets("/p/today").await.body.contains("correction begun, not sent"));
    app.clock_moves_by(jiff::SignedDuration::from_hours(25)).await;
    let link = crate::portal::renewed(&mut app, &link).await;
    let (alma, _) = comes_in(&app, &link).await;
    let late = alma.posts(&format!("{form}/answers"), "").await.body;
    assert!(late.contains("Not sent") && !late.contains("have reached"), "{late}");
    assert_eq!(app.ask("select score::text from assignments where content like '%pain'").await, ["7"]);
    app.finish().await;
}

#[tokio::test]
async fn pressing_twice_hands_in_once() {
    let mut app = TestApp::start().await;
    let link = asked(&mut app, "questionnaire/pain").await;
    let (alma, form) = comes_in(&app, &link).await;
    alma.posts(&form, "at=pain&answer=7").await;
    let review = format!("{form}/answers");
    let (one, two) = tokio::join!(alma.posts(&review, ""), alma.posts(&review, ""));
    for answer in [one, two] {
        assert!([200, 303].contains(&answer.status), "{}", answer.body);
    }
    let chart = app.chart_of(app.alma().await).await;
    assert_eq!(chart.assignments.iter().map(|a| a.responses.len()).collect::<Vec<_>>(), [1]);
    app.finish().await;
}

#[tokio::test]
async fn what_was_saved_meanwhile_is_shown_and_not_written_over() {
    let mut app = TestApp::start().await;
    let form = waits(&mut app, "questionnaire/phq-9").await;
    let (ben, dana) = (ben(&app).await, crate::pages::ben(&app).await);
    let old = dana.gets(&form).await.edition();
    ben.fills_in(&form, "shown=phq-1&answer%3Aphq-1=2&shown=phq-2&answer%3Aphq-2=1&then=save").await;
    let late = dana.posts(&form, &format!("edition={old}&shown=phq-1&shown=phq-2&answer%3Aphq-2=3&then=save")).await;
    assert_eq!(late.status, 409);
    assert!(late.body.contains("Somebody else wrote on this form meanwhile"), "{}", late.body);
    assert!(late.body.contains("name=\"answer:phq-1\" value=\"2\" checked"), "theirs");
    assert!(late.body.contains("name=\"answer:phq-2\" value=\"3\" checked"), "and one's own");
    let kept = app.ask("select answers::text from drafts").await.remove(0);
    assert!(kept.contains("\"phq-2\": \"1\""), "not saved yet: {kept}");
    let seen = late.edition();
    let now = "shown=phq-1&answer%3Aphq-1=2&shown=phq-2&answer%3Aphq-2=3&then=save";
    assert_eq!(dana.posts(&form, &format!("edition={seen}&{now}")).await.status, 303);
    app.finish().await;
}

#[tokio::test]
async fn a_form_whose_time_is_over_says_so_to_staff() {
    let mut app = TestApp::start().await;
    let form = waits(&mut app, "questionnaire/pain").await;
    app.clock_moves_by(jiff::SignedDuration::from_hours(24 * 90)).await;
    let ben = ben(&app).await;
    for path in [form.clone(), format!("{form}/correction")] {
        let said = ben.gets(&path).await;
        assert!(said.status == 409 && said.body.contains("give it again"), "{}", said.body);
    }
    app.finish().await;
}
