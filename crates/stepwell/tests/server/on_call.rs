//! Who acts on an answer that may mean harm: until that is said such a form is answered at the clinic only.

use crate::app::TestApp;
use crate::editing::encoded;
use crate::pages::{Browser, ben, chloe};
use crate::portal::{asked, comes_in};

const CALL: &str = "Call or text 988 now.";

/// The form of the settings; Ben is on call on Mondays, Paul covers.
async fn plan(app: &TestApp, by_link: bool) -> String {
    let on_call = app.ask("select id::text from staff where name = 'Ben Adler'").await.remove(0);
    let cover = app.ask("select id::text from staff where name = 'Paul Ames'").await.remove(0);
    let by_link = if by_link { "&by_link=yes" } else { "" };
    format!("on_call={on_call}&cover={cover}&mon_from=08:00&mon_to=18:00&crisis_en={}{by_link}", encoded(CALL))
}

fn sends_phq_9() -> String {
    "title = \"Mood\"\nkind = \"outcomes\"\nfor = \"both\"\ntrigger = { event = \"encounter.planned\" }\n[[steps]]\n\
     id = \"ask\"\nschedule = \"immediately\"\n\
     tasks = [{ assign = \"questionnaire/phq-9\", via = \"email\", template = \"message/recommendation\" }]\n"
        .to_owned()
}

async fn creates(browser: &Browser, text: &str) -> crate::pages::Answer {
    browser.posts("/workflows/new", &format!("key=mood&text={}&then=publish", encoded(text))).await
}

#[tokio::test]
async fn a_workflow_that_would_send_the_phq_9_waits_until_somebody_is_on_call() {
    let app = TestApp::start().await;
    let ben = ben(&app).await;
    let refused = creates(&ben, &sends_phq_9()).await;
    assert_eq!(refused.status, 422);
    for words in ["asks about harm", "who is on call, a cover, hours", "assign it without a message"] {
        assert!(refused.body.contains(words), "{words}: {}", refused.body);
    }
    // Without a message it is asked at the clinic, which needs nobody's leave.
    let at_the_clinic = sends_phq_9().replace(", via = \"email\", template = \"message/recommendation\"", "");
    assert_eq!(creates(&ben, &at_the_clinic).await.status, 303);
    // Something on record is not enough: a link has to be allowed in so many words.
    assert_eq!(ben.posts("/settings/on-call", &plan(&app, false).await).await.status, 303);
    let text = sends_phq_9();
    assert_eq!(
        ben.posts("/workflows/new", &format!("key=mail&text={}&then=publish", encoded(&text))).await.status,
        422
    );
    assert_eq!(ben.posts("/settings/on-call", &plan(&app, true).await).await.status, 303);
    assert_eq!(
        ben.posts("/workflows/new", &format!("key=mail&text={}&then=publish", encoded(&text))).await.status,
        303
    );
    assert_eq!(ben.posts("/workflows/mail/activation", "").await.status, 303);
    // Taken back while it was off: it cannot be switched on again.
    assert_eq!(ben.posts("/workflows/mail/activation", "_method=DELETE").await.status, 303);
    assert_eq!(ben.posts("/settings/on-call", "_method=DELETE").await.status, 303);
    let refused = ben.posts("/workflows/mail/activation", "").await;
    assert!(refused.status == 409 && refused.body.contains("asks about harm"), "{}", refused.body);
    app.all_work_is_done().await;
    app.finish().await;
}

#[tokio::test]
async fn nothing_less_than_two_people_hours_and_words_is_kept_and_only_from_an_administrator() {
    let app = TestApp::start().await;
    let ben = ben(&app).await;
    let whole = plan(&app, true).await;
    let cover = whole.split('&').find_map(|pair| pair.strip_prefix("cover=")).unwrap().to_owned();
    let on_call = whole.split('&').find_map(|pair| pair.strip_prefix("on_call=")).unwrap().to_owned();
    for (form, said) in [
        (whole.replace(&format!("on_call={on_call}"), "on_call="), "Choose a person."),
        (whole.replace(&cover, &on_call), "Choose somebody else"),
        (whole.replace("mon_to=18:00", "mon_to="), "Monday has only one of its two times"),
        (whole.replace("mon_from=08:00&mon_to=18:00&", ""), "Say on which days and when"),
        (whole.replace(&encoded(CALL), "+"), "Write what the patient is to read"),
    ] {
        let answer = ben.posts("/settings/on-call", &form).await;
        assert_eq!(answer.status, 400, "{form}");
        assert!(answer.body.contains(said), "{said}: {}", answer.body);
    }
    let fay = Browser::signed_in(&app, "fay@riverbend.example", "fays long password").await;
    assert_eq!(fay.posts("/settings/on-call", &whole).await.status, 403);
    assert_eq!(app.ask("select count(*)::text from harm_plans").await, ["0"], "a refusal keeps nothing");
    ben.posts("/settings/on-call", &whole).await;
    ben.posts("/settings/on-call", &whole).await;
    ben.posts("/settings/on-call", "_method=DELETE").await;
    let page = fay.gets("/settings/on-call").await.body;
    assert!(
        page.contains("Ben Adler on call, Paul Ames covers; by link: yes") && page.contains("taken back"),
        "{page}"
    );
    assert_eq!(app.ask("select count(*)::text from harm_plans").await, ["2"], "the same said twice is said once");
    assert!(!chloe(&app).await.gets("/settings/on-call").await.body.contains("Paul Ames"));
    app.finish().await;
}

#[tokio::test]
async fn staff_give_it_by_hand_for_the_clinic_or_not_at_all() {
    let mut app = TestApp::start().await;
    asked(&mut app, "education/sleep").await;
    let ben = ben(&app).await;
    let to = format!("/patients/{}/assignments", app.alma().await);
    let give = "content=questionnaire%2Fphq-9&days=7";
    let refused = ben.posts(&to, give).await;
    assert_eq!(refused.status, 400);
    assert!(refused.body.contains("named who is on call") && refused.body.contains("Here, at the clinic"));
    let here = ben.posts(&to, &format!("{give}&place=here")).await;
    assert_eq!(here.status, 303, "{}", here.body);
    let form = here.header("location").unwrap().to_owned();
    assert!(form.contains("/forms/") && ben.gets(&form).await.body.contains("hurting yourself"));
    ben.posts("/settings/on-call", &plan(&app, true).await).await;
    assert_eq!(ben.posts(&to, give).await.status, 303);
    app.finish().await;
}

#[tokio::test]
async fn at_home_the_answer_is_met_by_the_clinics_words_and_told_to_the_person_on_call() {
    let mut app = TestApp::start().await;
    let staff = ben(&app).await;
    staff.posts("/settings/on-call", &plan(&app, true).await).await;
    let link = asked(&mut app, "questionnaire/phq-9").await;
    let (alma, form) = comes_in(&app, &link).await;
    assert!(alma.gets("/p/today").await.body.contains("Patient Health Questionnaire"));
    for n in 1..=8 {
        alma.posts(&form, &format!("at=phq-{n}&answer=1")).await;
        assert!(!alma.gets(&format!("{form}?at=phq-{n}")).await.body.contains(CALL));
    }
    assert_eq!(alma.gets(&format!("{form}/help?at=phq-9")).await.status, 303, "not before it is said");
    let on = alma.posts(&form, "at=phq-9&answer=2").await;
    let help = on.header("location").unwrap().to_owned();
    assert!(help.starts_with(&format!("{form}/help")), "{help}");
    let page = alma.gets(&help).await.body;
    assert!(page.contains(CALL) && page.contains("?at=difficulty"), "{page}");
    // Told at once, to who is on call on a Monday morning; nothing is handed in yet.
    let whose = "select s.name from notices n join staff s on s.id = n.for_staff where n.kind = 'safety_answer'";
    assert_eq!(app.ask(whose).await, ["Ben Adler"]);
    assert!(staff.gets("/").await.body.contains("This is for Ben Adler."));
    alma.posts(&form, "at=difficulty&answer=very").await;
    let done = alma.posts(&format!("{form}/answers"), "").await;
    assert!(done.body.contains("Your answers have reached your team") && !done.body.contains(CALL));
    assert_eq!(app.ask(whose).await, ["Ben Adler"], "once");
    app.all_work_is_done().await;
    app.finish().await;
}

#[tokio::test]
async fn outside_the_hours_the_cover_is_told_and_without_the_settings_home_is_shut_again() {
    let mut app = TestApp::start().await;
    let staff = ben(&app).await;
    staff.posts("/settings/on-call", &plan(&app, true).await).await;
    let link = asked(&mut app, "questionnaire/phq-9").await;
    let (alma, form) = comes_in(&app, &link).await;
    app.clock_moves_to("2026-03-02T23:30:00Z").await;
    alma.posts(&form, "at=phq-9&answer=1").await;
    let whose = "select s.name from notices n join staff s on s.id = n.for_staff where n.kind = 'safety_answer'";
    assert_eq!(app.ask(whose).await, ["Paul Ames"]);
    staff.posts("/settings/on-call", "_method=DELETE").await;
    let shut = alma.gets(&form).await.body;
    assert!(shut.contains("Please answer these questions at the clinic") && !shut.contains(CALL), "{shut}");
    assert!(!alma.gets("/p/today").await.body.contains("Patient Health Questionnaire"));
    app.finish().await;
}
