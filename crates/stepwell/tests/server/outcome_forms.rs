//! Which form measures the course of what hurts where.

use care::chart::BodyRegion;

use crate::app::TestApp;
use crate::pages::{ben, chloe};

fn all(neck: &str) -> String {
    let form = |region: BodyRegion| if region == BodyRegion::Neck { neck } else { region.free_form() };
    let fields = BodyRegion::ALL.map(|region| format!("{}={}", region.code(), form(region).replace('/', "%2F")));
    fields.join("&")
}

#[tokio::test]
async fn an_administrator_chooses_a_form_for_a_part_of_the_body_for_the_own_clinic_only() {
    let app = TestApp::start().await;
    let (ben, chloe) = (ben(&app).await, chloe(&app).await);
    assert!(ben.gets("/outcome-forms").await.body.contains("Wrist or hand"));
    assert_eq!(ben.posts("/outcome-forms", &all("questionnaire/sane")).await.status, 303);
    let clinic = app.tx().await.clinic().await.unwrap().clinic;
    assert_eq!(clinic.outcome_form(Some(BodyRegion::Neck)), "questionnaire/sane");
    assert_eq!(clinic.outcome_form(Some(BodyRegion::Knee)), "questionnaire/koos-jr");
    assert_eq!(clinic.outcome_forms.len(), 1, "what is free for everybody is no choice");
    let neck_of_hillside = "value=\"questionnaire/sane\" selected";
    assert!(ben.gets("/outcome-forms").await.body.contains(neck_of_hillside));
    assert!(!chloe.gets("/outcome-forms").await.body.contains(neck_of_hillside), "another clinic keeps its own");
    app.finish().await;
}

#[tokio::test]
async fn a_form_that_is_not_there_or_measures_something_else_is_refused_beside_its_field() {
    let app = TestApp::start().await;
    let ben = ben(&app).await;
    for wrong in ["questionnaire/ndi", "questionnaire/phq-2", "exercise/bridge", ""] {
        let answer = ben.posts("/outcome-forms", &all(wrong)).await;
        assert_eq!(answer.status, 400, "{wrong}");
        assert!(answer.body.contains("id=\"f-neck-error\""), "{}", answer.body);
    }
    assert!(app.tx().await.clinic().await.unwrap().clinic.outcome_forms.is_empty(), "a refusal changes nothing");
    app.finish().await;
}
