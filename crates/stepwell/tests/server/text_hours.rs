//! When texts go out.

use crate::app::TestApp;
use crate::pages::{ben, chloe};

#[tokio::test]
async fn hours_are_kept_when_they_are_narrower_than_the_laws_and_refused_when_wider() {
    let app = TestApp::start().await;
    let (ben, chloe) = (ben(&app).await, chloe(&app).await);
    assert!(ben.gets("/text-hours").await.body.contains("value=\"08:00\""));
    assert_eq!(ben.posts("/text-hours", "from=09:30&until=18:00").await.status, 303);
    app.all_work_is_done().await;
    let hours = app.tx().await.clinic().await.unwrap().clinic.text_hours;
    assert_eq!(hours.to_string(), "09:30-18:00");
    for (form, said) in [
        ("from=07:00&until=18:00", "choose hours within these"),
        ("from=09:00&until=22:00", "choose hours within these"),
        ("from=18:00&until=09:00", "The end has to come after"),
        ("from=&until=18:00", "Write both times"),
    ] {
        let answer = ben.posts("/text-hours", form).await;
        assert_eq!(answer.status, 400);
        assert!(answer.body.contains(said), "{said}: {}", answer.body);
    }
    assert_eq!(app.tx().await.clinic().await.unwrap().clinic.text_hours, hours, "a refusal changes nothing");
    assert!(chloe.gets("/text-hours").await.body.contains("value=\"08:00\""), "another clinic keeps its own");
    app.finish().await;
}

#[tokio::test]
async fn the_database_itself_takes_no_wider_hours() {
    let app = TestApp::start().await;
    for wider in ["07:59-21:00", "08:00-21:01", "12:00-11:00", "always"] {
        let said = sqlx::query("update organizations set text_hours = $1").bind(wider).execute(&app.sees_all).await;
        let code = said.unwrap_err().as_database_error().and_then(|e| e.code()).unwrap_or_default().into_owned();
        assert_eq!(code, "23514", "{wider}");
    }
    app.finish().await;
}
