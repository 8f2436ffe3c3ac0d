//! Patients put on a workflow by hand: one, and a list with its count first.

use care::chart::{PatientChange, Source, What, Write};
use care::id::{PatientId, StaffId};
use care::workflow::Activation;
use jiff::SignedDuration;
use stepwell::runner::{Context, NewChange, enrol, record};
use store::{EnrolmentListId, NewStaff, StaffRole};

use crate::app::TestApp;
use crate::pages::{Answer, Browser, ben, chloe};

const CHECK_IN: &str = r#"
title = "Check-in call"
kind = "monitoring"
for = "both"
trigger = { event = "manual" }
repeat = "per_anchor"

[[steps]]
id = "day-before"
schedule = "1 day before"
tasks = [{ tell = "care_team", text = "Call tomorrow", within = "1 day" }]

[[steps]]
id = "two-days-after"
schedule = "2 days after at 10:00"
tasks = [{ send = "email", template = "message/reactivation" }]
"#;

/// The filter, as the form sends it.
const TAGGED: &str = "join=all&field1=tags&op1=has&value1=knee&address=yes";

impl TestApp {
    /// Both clinics have the workflow, and it is on.
    async fn check_in_is_on(&self) {
        for organization in [self.clinic.organization, self.other.organization] {
            let mut tx = self.roof.app.begin(organization).await.unwrap();
            let now = self.roof.now();
            tx.publish_workflow("check-in-call", CHECK_IN, now).await.unwrap();
            tx.activate("check-in-call", self.roof.new_id(), None, &Activation::open(now)).await.unwrap();
            tx.commit().await.unwrap();
        }
    }

    /// New patients with a tag and an address of their own.
    async fn tagged(&self, from: usize, many: usize) -> Vec<PatientId> {
        let mut all = vec![];
        for number in from..from + many {
            let patient = PatientId(self.roof.new_id());
            let what = What::Patient(Box::new(PatientChange {
                given: Write::Set(format!("Patient{number:02}")),
                family: Write::Set("Knee".into()),
                email: Write::Set(format!("knee{number}@mail.example")),
                tags: Write::Set(vec!["knee".into()]),
                home_location: Write::Set(self.clinic.locations["Riverside"]),
                ..PatientChange::default()
            }));
            let source = Source::Staff(StaffId(self.roof.new_id()));
            let change = NewChange { at: self.roof.now(), source, what, message: None };
            let mut tx = self.tx().await;
            tx.create_patient(patient, self.roof.now()).await.unwrap();
            let context = Context::load(&self.roof, &mut tx).await.unwrap();
            store::patient_lock(&mut tx, patient).await.unwrap();
            record(&self.roof, &mut tx, &context, patient, vec![change], false).await.unwrap();
            tx.commit().await.unwrap();
            all.push(patient);
        }
        all
    }

    async fn one(&self) -> PatientId {
        self.tagged(0, 1).await[0]
    }

    async fn runs(&self) -> String {
        self.ask("select count(*)::text from runs where workflow = 'check-in-call'").await[0].clone()
    }

    async fn check_in_plan(&self, patient: PatientId) -> Vec<(String, String)> {
        let plan = self.plan_of(patient).await.into_iter();
        plan.filter(|(workflow, ..)| workflow == "check-in-call").map(|(_, step, due)| (step, due)).collect()
    }
}

/// A field that the page's form sends along.
fn hidden(page: &str, name: &str) -> String {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("{page}"));
    rest.split('"').next().unwrap().to_owned()
}

/// The form behind a count, as it stands on the page.
fn enrol_form(page: &str) -> String {
    let (members, list) = (hidden(page, "members"), hidden(page, "list"));
    format!("{TAGGED}&members={members}&list={list}&date=2026-03-12&time=10%3A00")
}

async fn counted(browser: &Browser) -> Answer {
    browser.gets(&format!("/workflows/check-in-call/enrol?{TAGGED}")).await
}

/// Ben enrols the list that he counted; where it can be seen.
async fn ben_enrols(browser: &Browser) -> String {
    let page = counted(browser).await;
    let answer = browser.posts("/workflows/check-in-call/enrolments", &enrol_form(&page.body)).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let path = answer.header("location").unwrap().to_owned();
    let again = browser.posts("/workflows/check-in-call/enrolments", &enrol_form(&page.body)).await;
    assert_eq!(again.header("location"), Some(path.as_str()), "pressed twice it is one list");
    path
}

fn list_id(path: &str) -> EnrolmentListId {
    path.rsplit('/').next().unwrap().parse().unwrap()
}

async fn enrols_one(browser: &Browser, patient: PatientId) -> Answer {
    let form = "workflow=check-in-call&enrol-date=2026-03-12&enrol-time=10%3A00";
    browser.posts(&format!("/patients/{patient}/enrolments"), form).await
}

#[tokio::test]
async fn one_patient_is_enrolled_at_a_chosen_moment_and_a_step_lies_before_it() {
    let mut app = TestApp::start().await;
    app.check_in_is_on().await;
    let patient = app.one().await;
    let ben = ben(&app).await;
    let page = ben.gets(&format!("/patients/{patient}")).await.body;
    assert!(page.contains("<option value=\"check-in-call\"") && page.contains("New York time"), "{page}");

    assert_eq!(enrols_one(&ben, patient).await.status, 303);
    assert_eq!(enrols_one(&ben, patient).await.status, 303, "pressed twice");
    assert_eq!(app.runs().await, "1");
    let due = |step: &str, at: &str| (step.to_owned(), at.to_owned());
    assert_eq!(
        app.check_in_plan(patient).await,
        [due("day-before", "2026-03-11T14:00:00Z"), due("two-days-after", "2026-03-14T14:00:00Z")]
    );
    app.clock_moves_to("2026-03-11T14:00:00Z").await;
    assert_eq!(app.ask("select text from notices where text is not null").await, ["Call tomorrow"]);
    assert_eq!(app.mails_to("knee0@mail.example").len(), 0);
    app.clock_moves_to("2026-03-14T14:00:00Z").await;
    assert_eq!(app.mails_to("knee0@mail.example").len(), 1);
    app.finish().await;
}

#[tokio::test]
async fn what_was_begun_by_hand_is_stopped_and_both_can_be_undone_for_a_minute() {
    let app = TestApp::start().await;
    app.check_in_is_on().await;
    let patient = app.one().await;
    let ben = ben(&app).await;
    let undo = |answer: &Answer| {
        let said = answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        format!("_method=DELETE&change={}", said.rsplit('.').next().unwrap())
    };
    let answer = enrols_one(&ben, patient).await;
    let enrolment = app.chart_of(patient).await.enrolments[0].id;
    let path = |act: &str| format!("/patients/{patient}/enrolments/{enrolment}/{act}");
    assert_eq!(ben.posts(&path("end"), &undo(&answer)).await.status, 409, "that change is the other one");

    let stopped = ben.posts(&path("end"), "").await;
    assert_eq!(stopped.status, 303, "{}", stopped.body);
    assert_eq!(app.check_in_plan(patient).await, []);
    let decisions = app.decisions_of(patient).await;
    assert!(decisions.contains(&"check-in-call day-before cancelled stopped_by_staff".into()), "{decisions:#?}");
    assert_eq!(ben.posts(&path("end"), "").await.status, 409, "it is stopped");
    assert_eq!(ben.posts(&path("end"), &undo(&stopped)).await.status, 303);
    assert_eq!(app.check_in_plan(patient).await.len(), 2, "as if it had not been stopped");

    assert_eq!(ben.posts(&path("beginning"), &undo(&answer)).await.status, 303);
    assert_eq!(app.check_in_plan(patient).await, []);
    assert!(app.chart_of(patient).await.enrolments.is_empty());

    let late = enrols_one(&ben, patient).await;
    let enrolment = app.chart_of(patient).await.enrolments[0].id;
    app.clock_moves_by(SignedDuration::from_secs(61)).await;
    let path = format!("/patients/{patient}/enrolments/{enrolment}/beginning");
    assert_eq!(ben.posts(&path, &undo(&late)).await.status, 409);
    assert_eq!(app.check_in_plan(patient).await.len(), 2);
    app.finish().await;
}

#[tokio::test]
async fn a_form_without_a_workflow_or_a_date_comes_back_with_what_was_typed() {
    let app = TestApp::start().await;
    let patient = app.one().await;
    let ben = ben(&app).await;
    let off = ben.posts("/workflows/portal-link/activation", "_method=DELETE").await;
    assert_eq!(off.status, 303, "the only one that ships and is started by hand: {}", off.body);
    let page = ben.gets(&format!("/patients/{patient}")).await.body;
    assert!(page.contains("No active workflow can be started by hand"), "{page}");
    assert_eq!(enrols_one(&ben, patient).await.status, 400, "there is no such workflow");
    app.check_in_is_on().await;
    let form = "workflow=check-in-call&enrol-date=1026-03-12&enrol-time=ten";
    let answer = ben.posts(&format!("/patients/{patient}/enrolments"), form).await;
    assert_eq!(answer.status, 400);
    assert!(answer.body.contains("value=\"1026-03-12\"") && answer.body.contains("This is years away"));
    assert_eq!(app.runs().await, "0");
    app.finish().await;
}

#[tokio::test]
async fn a_list_of_thirty_is_counted_first_then_enrolled_and_then_stopped_as_a_whole() {
    let app = TestApp::start().await;
    app.check_in_is_on().await;
    let patients = app.tagged(0, 30).await;
    let ben = ben(&app).await;
    enrols_one(&ben, patients[0]).await;
    let page = counted(&ben).await;
    assert_eq!(page.status, 200);
    for words in ["30 patients", "Enrol 30 patients", "1 is on this workflow already", "Patient19", "and 10 more"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    assert!(!page.body.contains("Patient20"), "only the first twenty");
    assert_eq!(app.runs().await, "1", "counting enrols nobody");

    let path = ben_enrols(&ben).await;
    assert!(ben.gets(&path).await.body.contains("0 of 30 patients are done"));
    app.all_work_is_done().await;
    assert_eq!(app.runs().await, "31");
    assert_eq!(app.check_in_plan(patients[29]).await[0].1, "2026-03-11T14:00:00Z");
    let result = ben.gets(&path).await.body;
    assert!(result.contains("<strong>30</strong> <span>runs begun</span>"), "{result}");

    assert_eq!(ben.posts(&path, "_method=DELETE").await.status, 303);
    app.all_work_is_done().await;
    assert_eq!(app.check_in_plan(patients[29]).await, []);
    assert_eq!(app.check_in_plan(patients[0]).await.len(), 2, "what was begun alone goes on");
    let decisions = app.decisions_of(patients[29]).await;
    assert!(decisions.contains(&"check-in-call day-before cancelled stopped_by_staff".into()), "{decisions:#?}");
    assert_eq!(ben.posts(&path, "_method=DELETE").await.status, 409, "once");
    app.finish().await;
}

#[tokio::test]
async fn a_list_that_changed_since_it_was_counted_is_refused_and_shown_anew() {
    let app = TestApp::start().await;
    app.check_in_is_on().await;
    app.tagged(0, 3).await;
    let ben = ben(&app).await;
    let page = counted(&ben).await;
    app.tagged(3, 1).await;
    let answer = ben.posts("/workflows/check-in-call/enrolments", &enrol_form(&page.body)).await;
    assert_eq!(answer.status, 409);
    assert!(answer.body.contains("has changed") && answer.body.contains("Enrol 4 patients"), "{}", answer.body);
    assert!(answer.body.contains("value=\"2026-03-12\""), "what was typed stays");
    app.all_work_is_done().await;
    assert_eq!(app.runs().await, "0");
    let again = ben.posts("/workflows/check-in-call/enrolments", &enrol_form(&answer.body)).await;
    assert_eq!(again.status, 303);
    app.all_work_is_done().await;
    assert_eq!(app.runs().await, "4");
    app.finish().await;
}

#[tokio::test]
async fn a_list_interrupted_by_a_crash_goes_on_and_enrols_nobody_twice() {
    let app = TestApp::start().await;
    app.check_in_is_on().await;
    app.tagged(0, 60).await;
    let ben = ben(&app).await;
    let path = ben_enrols(&ben).await;
    let (clinic, list) = (app.clinic.organization, list_id(&path));
    assert!(enrol::chunk(&app.roof, clinic, list).await.unwrap());
    assert_eq!(app.runs().await, "50");
    assert!(ben.gets(&path).await.body.contains("50 of 60 patients are done"));
    // As if what was done had been forgotten: the same chunk is done again.
    sqlx::query("update enrolment_lists set enrolled = 0").execute(&app.sees_all).await.unwrap();
    app.clock_moves_by(SignedDuration::from_secs(5)).await;
    assert!(!enrol::chunk(&app.roof, clinic, list).await.unwrap(), "it was done by the runner");
    assert_eq!(app.runs().await, "60");
    let said = "select count(*)::text from changes where body ? 'enrolment'";
    assert_eq!(app.ask(said).await, ["60"]);
    app.finish().await;
}

#[tokio::test]
async fn a_list_is_stopped_in_the_middle_and_nobody_else_is_enrolled() {
    let app = TestApp::start().await;
    app.check_in_is_on().await;
    app.tagged(0, 60).await;
    let ben = ben(&app).await;
    let path = ben_enrols(&ben).await;
    assert!(enrol::chunk(&app.roof, app.clinic.organization, list_id(&path)).await.unwrap());
    assert_eq!(ben.posts(&path, "_method=DELETE").await.status, 303);
    app.all_work_is_done().await;
    assert_eq!(app.runs().await, "50");
    let pending = "select count(*)::text from planned_steps where state = 'pending'";
    assert_eq!(app.ask(pending).await, ["0"]);
    app.finish().await;
}

#[tokio::test]
async fn chloe_of_another_clinic_can_neither_see_nor_stop_what_ben_began() {
    let app = TestApp::start().await;
    app.check_in_is_on().await;
    let patients = app.tagged(0, 2).await;
    let (ben, chloe) = (ben(&app).await, chloe(&app).await);
    let path = ben_enrols(&ben).await;
    app.all_work_is_done().await;
    assert!(counted(&chloe).await.body.contains("Nobody is on this list"));
    assert_eq!(chloe.gets(&path).await.status, 404);
    assert_eq!(chloe.posts(&path, "_method=DELETE").await.status, 404);
    assert_eq!(enrols_one(&chloe, patients[0]).await.status, 404);
    let enrolment = app.chart_of(patients[0]).await.enrolments[0].id;
    let end = format!("/patients/{}/enrolments/{enrolment}/end", patients[0]);
    assert_eq!(chloe.posts(&end, "").await.status, 404);
    assert_eq!(app.check_in_plan(patients[0]).await.len(), 2);
    let elsewhere = "select count(distinct organization)::text from runs where workflow = 'check-in-call'";
    assert_eq!(app.ask(elsewhere).await, ["1"]);
    app.finish().await;
}

#[tokio::test]
async fn the_front_desk_enrols_one_patient_and_no_list() {
    let app = TestApp::start().await;
    app.check_in_is_on().await;
    let patient = app.one().await;
    let mut tx = app.roof.app.begin(app.clinic.organization).await.unwrap();
    tx.create_staff(&NewStaff {
        id: StaffId(app.roof.new_id()),
        email: "dee@riverbend.example".into(),
        name: "Dee".into(),
        role: StaffRole::FrontDesk,
        password_hash: stepwell::password::hash("dees long password").unwrap(),
    })
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let dee = Browser::signed_in(&app, "dee@riverbend.example", "dees long password").await;
    let page = counted(&ben(&app).await).await;
    assert_eq!(counted(&dee).await.status, 403);
    assert_eq!(dee.posts("/workflows/check-in-call/enrolments", &enrol_form(&page.body)).await.status, 403);
    assert!(!dee.gets("/workflows/check-in-call").await.body.contains("/enrol\""));
    assert_eq!(enrols_one(&dee, patient).await.status, 303);
    assert_eq!(app.runs().await, "1");
    app.finish().await;
}
