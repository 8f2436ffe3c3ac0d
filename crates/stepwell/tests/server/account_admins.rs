//! Who administers an account goes into each of its clinics, and nobody else goes into any but their own.

use care::id::{AccountId, OrganizationId};

use crate::account::Group;
use crate::app::TestApp;
use crate::pages::{Browser, ben, chloe};

/// Ben's and Chloe's clinics are in the account; Ben administers it.
async fn group(app: &TestApp) -> Group {
    let group = Group::of_riverbend(app).await;
    group.joins(app, app.other.organization).await;
    assert!(names(app, "ben@riverbend.example", Some(group.account)).await);
    group
}

async fn names(app: &TestApp, email: &str, account: Option<AccountId>) -> bool {
    let (clinic, staff) = app.roof.app.find_staff(email).await.unwrap().unwrap();
    let mut tx = app.roof.app.begin(clinic).await.unwrap();
    let done = tx.set_account_admin(staff, account).await.unwrap();
    tx.commit().await.unwrap();
    done
}

async fn leaves(app: &TestApp, clinic: OrganizationId) {
    let mut tx = app.roof.app.begin(clinic).await.unwrap();
    tx.set_account(None).await.unwrap();
    tx.commit().await.unwrap();
}

/// The browser after its session has moved.
async fn goes(app: &TestApp, browser: &Browser, clinic: OrganizationId) -> Browser {
    let answer = browser.posts(&format!("/clinics/{clinic}"), "").await;
    assert_eq!((answer.status, answer.header("location")), (303, Some("/")), "{}", answer.body);
    let cookie = answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    assert_eq!(browser.gets("/").await.status, 303, "the session that was is over");
    Browser::with_cookie(app.pages, cookie).await
}

#[tokio::test]
async fn an_accounts_administrator_acts_in_each_clinic_under_their_own_name_and_comes_back() {
    let app = TestApp::start().await;
    group(&app).await;
    let at_home = ben(&app).await;
    let page = at_home.gets("/clinics").await.body;
    assert!(page.contains("Clinics of Three Rivers") && page.contains("Hillside Therapy"), "{page}");
    assert!(page.contains(&format!("action=\"/clinics/{}\"", app.other.organization)) && !page.contains("Lakeside"));

    let there = goes(&app, &at_home, app.other.organization).await;
    let home = there.gets("/").await.body;
    assert!(home.contains("Hillside Therapy") && home.contains("Ben Adler (Three Rivers)"), "{home}");
    assert_eq!(there.posts("/workflows/welcome/activation", "_method=DELETE").await.status, 303);
    let history = chloe(&app).await.gets("/workflows/welcome").await.body;
    assert!(history.contains("by Ben Adler (Three Rivers)"), "{history}");
    let off = "select o.name from activations a join organizations o on o.id = a.organization
               where a.workflow = 'welcome' and a.until_at is not null";
    assert_eq!(app.ask(off).await, ["Hillside Therapy"], "and nowhere else");

    let back = goes(&app, &there, app.clinic.organization).await;
    let home = back.gets("/").await.body;
    assert!(home.contains("Riverbend Physical Therapy") && !home.contains("Ben Adler (Three Rivers)"), "{home}");
    let again = ben(&app).await.gets("/").await.body;
    assert!(again.contains("Riverbend Physical Therapy"), "and signs in at home");
    app.finish().await;
}

#[tokio::test]
async fn an_organizations_administrator_goes_nowhere_and_an_accounts_not_beyond_it() {
    let app = TestApp::start().await;
    let group = group(&app).await;
    let (ben, chloe) = (ben(&app).await, chloe(&app).await);
    assert!(ben.gets("/").await.body.contains("href=\"/clinics\""));
    assert!(!chloe.gets("/").await.body.contains("href=\"/clinics\""));
    assert_eq!(chloe.gets("/clinics").await.status, 403);
    assert_eq!(chloe.posts(&format!("/clinics/{}", app.clinic.organization), "").await.status, 403);
    assert_eq!(ben.posts(&format!("/clinics/{}", group.stranger), "").await.status, 404);
    assert_eq!(ben.gets("/").await.status, 200, "still at home");
    assert!(!names(&app, "fay@riverbend.example", Some(group.account)).await, "the front desk administers nothing");
    assert_eq!(app.ask("select count(*)::text from staff where guest").await, ["0"]);
    app.finish().await;
}

#[tokio::test]
async fn a_guests_session_ends_when_the_right_is_taken_back_or_a_clinic_leaves() {
    let app = TestApp::start().await;
    let group = group(&app).await;
    let (home, other) = (app.clinic.organization, app.other.organization);
    let there = goes(&app, &ben(&app).await, other).await;
    names(&app, "ben@riverbend.example", None).await;
    assert_eq!(there.gets("/").await.status, 303);
    names(&app, "ben@riverbend.example", Some(group.account)).await;
    assert_eq!(there.gets("/").await.status, 200);
    for clinic in [home, other] {
        leaves(&app, clinic).await;
        assert_eq!(there.gets("/").await.status, 303);
        assert_eq!(there.posts("/workflows/welcome/activation", "_method=DELETE").await.status, 303);
        group.joins(&app, clinic).await;
        assert_eq!(there.gets("/").await.status, 200);
    }
    assert_eq!(app.ask("select count(*)::text from activations where until_at is not null").await, ["0"]);
    app.finish().await;
}
