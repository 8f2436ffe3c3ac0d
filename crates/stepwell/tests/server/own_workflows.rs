//! Workflows that a clinic writes itself: who may, under which key, and that they do not start one another for ever.

use care::id::StaffId;
use store::{NewStaff, StaffRole};

use crate::app::TestApp;
use crate::editing::{before, encoded};
use crate::pages::{Answer, Browser, ben};

fn asks(event: &str, instrument: &str, content: &str) -> String {
    format!(
        "title = \"Asks\"\nkind = \"outcomes\"\nfor = \"both\"\n\
         trigger = {{ event = \"{event}\", instrument = \"{instrument}\" }}\n[[steps]]\nid = \"ask\"\n\
         schedule = \"1 day after\"\ntasks = [{{ assign = \"questionnaire/{content}\" }}]\n"
    )
}

async fn creates(browser: &Browser, key: &str, text: &str) -> Answer {
    browser.posts("/workflows/new", &format!("key={key}&text={}&then=publish", encoded(text))).await
}

#[tokio::test]
async fn workflows_that_would_start_one_another_are_refused_in_words() {
    let app = TestApp::start().await;
    let ben = ben(&app).await;
    let first = creates(&ben, "knee", &asks("questionnaire.completed", "pain", "knee")).await;
    assert_eq!((first.status, first.header("location")), (303, Some("/workflows/knee")), "{}", first.body);
    let second = creates(&ben, "pain", &asks("questionnaire.overdue", "knee", "pain")).await;
    assert_eq!(second.status, 422);
    let said = "`knee` assigns questionnaire/knee, and questionnaire.overdue starts `pain`; `pain` assigns questionnaire/pain, \
                and questionnaire.completed starts `knee`";
    assert!(second.body.contains(said), "{}", second.body);
    let other = creates(&ben, "pain", &asks("questionnaire.overdue", "back", "pain")).await;
    assert_eq!(other.status, 303, "{}", other.body);
    app.finish().await;
}

#[tokio::test]
async fn a_new_workflow_needs_a_key_of_its_own_and_begins_switched_off() {
    let app = TestApp::start().await;
    let ben = ben(&app).await;
    let blank = ben.gets("/workflows/new").await;
    assert_eq!(blank.status, 200);
    for (key, said) in [("welcome", "There is a workflow of that key"), ("Two%20Words", "lower-case letters")] {
        let answer = creates(&ben, key, &before()).await;
        assert_eq!(answer.status, 422);
        assert!(answer.body.contains(said), "{}", answer.body);
    }
    assert_eq!(creates(&ben, "our-own", &before()).await.status, 303);
    let page = ben.gets("/workflows/our-own").await.body;
    assert!(page.contains("This workflow is inactive") && page.contains("Organization"), "{page}");
    app.finish().await;
}

#[tokio::test]
async fn only_an_administrator_edits_and_nobody_sees_another_clinics_workflows() {
    let app = TestApp::start().await;
    let mut tx = app.tx().await;
    let password_hash = stepwell::password::hash("desk long password").unwrap();
    let id = StaffId(app.roof.new_id());
    let (email, name) = ("desk@riverbend.example".to_owned(), "Dana Desk".to_owned());
    tx.create_staff(&NewStaff { id, email, name, role: StaffRole::FrontDesk, password_hash }).await.unwrap();
    tx.commit().await.unwrap();
    let desk = Browser::signed_in(&app, "desk@riverbend.example", "desk long password").await;
    for path in ["/workflows/visit-reminder/edit", "/workflows/new", "/workflows/visit-reminder/activation"] {
        assert_eq!(desk.gets(path).await.status, 403, "{path}");
    }
    for path in ["/workflows/visit-reminder/edit", "/workflows/visit-reminder/versions", "/workflows/new"] {
        assert_eq!(
            desk.posts(path, &format!("key=own&text={}&base=1", encoded(&before()))).await.status,
            403,
            "{path}"
        );
    }
    let list = desk.gets("/workflows").await.body;
    assert!(!list.contains("/workflows/new"), "what one may not do is not offered");

    assert_eq!(creates(&ben(&app).await, "our-own", &before()).await.status, 303);
    let chloe = Browser::signed_in(&app, "chloe@hillside.example", "chloes long password").await;
    for path in ["/workflows/our-own", "/workflows/our-own/edit", "/workflows/our-own/activation"] {
        assert_eq!(chloe.gets(path).await.status, 404, "{path}");
    }
    let foreign = format!("text={}&base=1&then=publish", encoded(&before()));
    assert_eq!(chloe.posts("/workflows/our-own/edit", &foreign).await.status, 404);
    app.finish().await;
}
