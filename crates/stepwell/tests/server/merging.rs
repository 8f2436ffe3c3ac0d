//! Two records of one person become one.

use care::chart::{Category, Channel, Source, What};
use care::id::{AssignmentId, PatientId};
use care::rehearsal::{Player, Stage};
use care::workflow::{Delivery, Ledger};
use jiff::civil::date;
use stepwell::runner::merge::{Two, unmerge};
use stepwell::runner::{Context, Known, NewChange, record};
use wire::hl7v2::write::{Outgoing, Patient, adt};

use crate::app::TestApp;
use crate::messages::{ALMA, alma, message, outgoing, patient, visit};
use crate::pages::ben;

/// "The patient 2000 is 1000."
pub fn merge(sent_at: &str) -> Vec<u8> {
    adt(&Outgoing { merged: Some("2000".into()), ..outgoing("A40", sent_at, &alma(), None) })
}

#[tokio::test]
async fn after_a_merge_both_stories_are_one_and_nothing_is_sent_twice() {
    let mut app = TestApp::start().await;
    let double = patient("2000", "Alma", ALMA, "en");
    // Two numbers of one person, each with a visit on the same day: two reminders are planned.
    app.emr_sends(&message("S12", "20260302095000", &alma(), Some(&visit("AP1", "IE", "202603161400")))).await;
    app.emr_sends(&message("S12", "20260302095500", &double, Some(&visit("AP2", "FU", "202603161600")))).await;
    let (survivor, gone) = (app.patient("1000").await, app.patient("2000").await);
    assert_ne!(survivor, gone);
    let told = app.mails_to(ALMA).len();
    assert!(told > 0, "invite and welcome");

    app.clock_moves_to("2026-03-03T15:00:00Z").await;
    app.emr_sends(&merge("20260303100000")).await;
    assert_eq!(app.patient("2000").await, survivor, "the old number leads to the survivor");
    let chart = app.chart_of(survivor).await;
    assert_eq!(chart.encounters.len(), 2);
    assert_eq!(app.plan_of(gone).await, []);
    let reminders = app.plan_of(survivor).await.into_iter().filter(|(_, step, _)| step == "two-days-before");
    assert_eq!(reminders.count(), 1, "one day, one reminder");
    assert_eq!(app.mails_to(ALMA).len(), told, "nothing was sent anew");

    // Replayed, and told about under the old number: still one story.
    app.emr_sends(&merge("20260303100000")).await;
    app.emr_sends(&message("S13", "20260303101000", &double, Some(&visit("AP2", "FU", "202603161630")))).await;
    assert_eq!(app.chart_of(survivor).await.encounters.len(), 2);
    let before = app.mails_to(ALMA).len();
    app.clock_moves_to("2026-03-15T15:00:00Z").await;
    let sent: Vec<_> = app.mails_to(ALMA).split_off(before);
    let reminders: Vec<_> = sent.iter().filter(|m| m.text.as_ref().unwrap().contains("2:00 PM")).collect();
    assert_eq!(reminders.len(), 1, "{:?}", sent.iter().map(|m| &m.subject).collect::<Vec<_>>());
    assert!(reminders[0].text.as_ref().unwrap().contains("4:30 PM"), "with both times: {:?}", reminders[0].text);
    app.finish().await;
}

#[tokio::test]
async fn a_merge_of_two_who_were_both_welcomed_welcomes_nobody_again() {
    let mut app = TestApp::start().await;
    let double = patient("2000", "Alma", ALMA, "en");
    app.emr_sends(&message("S12", "20260302095000", &alma(), Some(&visit("AP1", "IE", "202603161400")))).await;
    app.emr_sends(&message("S12", "20260302095500", &double, Some(&visit("AP2", "IE", "202603171400")))).await;
    assert_eq!(app.mails_to(ALMA).len(), 2, "two mails a day to one address, whoever they are for");
    app.emr_sends(&merge("20260302095700")).await;
    app.clock_moves_to("2026-03-04T15:00:00Z").await;
    assert_eq!(app.mails_to(ALMA).len(), 2);
    let decisions = app.decisions_of(app.alma().await).await;
    assert!(decisions.contains(&"welcome welcome cancelled already_ran".into()), "{decisions:#?}");
    app.finish().await;
}

#[tokio::test]
async fn an_opt_out_of_either_holds_for_both() {
    let mut app = TestApp::start().await;
    let double = patient("2000", "Alma", ALMA, "en");
    app.emr_sends(&message("A28", "20260302095000", &alma(), None)).await;
    app.emr_sends(&message("A28", "20260302095500", &double, None)).await;
    app.opts_out(app.patient("2000").await, Channel::Email, ALMA).await;
    app.emr_sends(&merge("20260302095700")).await;
    app.emr_sends(&message("S12", "20260302095800", &alma(), Some(&visit("AP1", "IE", "202603161400")))).await;
    assert_eq!(app.mails_to(ALMA).len(), 0);
    let decisions = app.decisions_of(app.alma().await).await;
    assert!(decisions.contains(&"welcome welcome skipped opted_out".into()), "{decisions:#?}");
    app.finish().await;
}

#[tokio::test]
async fn an_unknown_number_that_is_merged_away_leaves_the_survivor_as_it_is() {
    let mut app = TestApp::start().await;
    app.emr_sends(&message("S12", "20260302095000", &alma(), Some(&visit("AP1", "IE", "202603161400")))).await;
    let plan = app.plan_of(app.alma().await).await;
    app.emr_sends(&merge("20260302095700")).await;
    assert_eq!(app.plan_of(app.alma().await).await, plan);
    assert_eq!(app.patient("2000").await, app.alma().await);
    app.finish().await;
}

/// Alma's second record.
fn double() -> Patient {
    patient("2000", "Alma", "alma@work.example", "en")
}

/// The clinic as it stands, in memory.
async fn stage_of(app: &TestApp, patients: [PatientId; 2]) -> Stage {
    let mut tx = app.tx().await;
    let context = Context::load(&app.roof, &mut tx).await.unwrap();
    let clinic = context.organization.clinic.clone();
    let mut stage = Stage::new(clinic, context.workflows.clone(), context.channels.clone(), app.roof.now());
    for patient in patients {
        let known = Known::load(&app.roof, &context, &mut tx, patient).await.unwrap();
        stage.enter(patient, Player::new(known.changes, known.ledger));
    }
    stage
}

/// What a ledger says, without ids: each run and where its steps stand, each message and whether it went.
fn told(ledger: &Ledger) -> Vec<String> {
    let went = |d: &Delivery| ledger.went(d).map_or("did not go".into(), |at| format!("{at}"));
    let messages = ledger.deliveries.values();
    let messages = messages.map(|d| format!("{} {} {} {}", d.workflow, d.key.step, d.contact.value, went(d)));
    let mut lines: Vec<String> = ledger
        .runs
        .values()
        .map(|run| {
            let mut steps: Vec<String> = run
                .steps
                .iter()
                .map(|s| format!("{}/{}/{} {:?}", s.step, s.occurrence, s.generation, s.state))
                .collect();
            steps.sort();
            format!("{} {:?} {:?} {steps:?}", run.workflow, run.anchor, run.ended)
        })
        .chain(messages)
        .collect();
    lines.sort();
    lines
}

async fn stands_as_on(stage: &Stage, app: &TestApp, patients: [PatientId; 2]) {
    for patient in patients {
        let played = stage.patients.get(&patient).map(|p| told(&p.ledger)).unwrap_or_default();
        assert_eq!(told(&app.ledger_of(patient).await), played);
    }
}

async fn says_no(app: &TestApp, patient: PatientId, category: Category) {
    let what = What::Consent { channel: Channel::Email, category, given: false, said_by: None };
    let change = NewChange { at: app.roof.now(), source: Source::Patient, what, message: None };
    let mut tx = app.tx().await;
    let context = Context::load(&app.roof, &mut tx).await.unwrap();
    let patient = store::patient_lock(&mut tx, patient).await.unwrap().unwrap();
    record(&app.roof, &mut tx, &context, patient, vec![change], false).await.unwrap();
    tx.commit().await.unwrap();
}

async fn undone(app: &TestApp, survivor: PatientId, gone: PatientId) -> bool {
    let mut tx = app.tx().await;
    let context = Context::load(&app.roof, &mut tx).await.unwrap();
    let done = unmerge(&app.roof, &mut tx, &context, Two { survivor, gone }).await.unwrap();
    tx.commit().await.unwrap();
    app.all_work_is_done().await;
    done
}

#[tokio::test]
async fn merging_and_telling_apart_decide_as_the_stage_does() {
    let mut app = TestApp::start().await;
    app.emr_sends(&message("S12", "20260302090000", &alma(), Some(&visit("AP1", "IE", "202603161400")))).await;
    app.emr_sends(&message("S12", "20260302091000", &double(), Some(&visit("AP2", "FU", "202603161600")))).await;
    app.emr_sends(&message("S12", "20260302092000", &double(), Some(&visit("AP3", "FU", "202603201600")))).await;
    let (survivor, gone) = (app.patient("1000").await, app.patient("2000").await);
    app.clock_moves_to("2026-03-03T15:00:00Z").await;
    says_no(&app, gone, Category::Care).await;
    let mut stage = stage_of(&app, [survivor, gone]).await;
    stage.merge(survivor, gone);
    app.emr_hands_over(&merge("20260303095900")).await;
    stepwell::runner::inbox::apply_waiting(&app.roof).await.unwrap();
    stands_as_on(&stage, &app, [survivor, gone]).await;
    let united = app.chart_of(survivor).await;
    assert!(united.patient.refusals.contains(&(Channel::Email, Category::Care)), "the stricter answer");
    app.all_work_is_done().await;
    stage.play_until(app.roof.now());
    stands_as_on(&stage, &app, [survivor, gone]).await;

    app.clock_moves_to("2026-03-04T15:00:00Z").await;
    stage.play_until(app.roof.now());
    stage.unmerge(survivor, gone);
    assert!(undone(&app, survivor, gone).await);
    stage.play_until(app.roof.now());
    stands_as_on(&stage, &app, [survivor, gone]).await;
    let (one, other) = (app.chart_of(survivor).await, app.chart_of(gone).await);
    assert_eq!((one.encounters.len(), other.encounters.len()), (1, 2));
    assert!(one.patient.refusals.is_empty(), "the other's no went back with the other");
    assert!(other.patient.refusals.contains(&(Channel::Email, Category::Care)));
    assert_eq!(app.patient("2000").await, gone, "the number leads to its own record again");
    app.clock_moves_to("2026-03-15T15:00:00Z").await;
    stage.play_until(app.roof.now());
    stands_as_on(&stage, &app, [survivor, gone]).await;
    app.finish().await;
}

#[tokio::test]
async fn what_went_in_a_run_that_is_closed_as_a_double_went_to_the_united_patient() {
    let mut app = TestApp::start().await;
    app.emr_sends(&message("S12", "20260302090000", &alma(), Some(&visit("AP1", "FU", "202603161400")))).await;
    app.emr_sends(&message("S12", "20260302091000", &double(), Some(&visit("AP2", "FU", "202603161600")))).await;
    let (survivor, gone) = (app.patient("1000").await, app.patient("2000").await);
    app.clock_moves_to("2026-03-14T18:00:00Z").await;
    let both = app.ledger_of(survivor).await.deliveries.len() + app.ledger_of(gone).await.deliveries.len();
    let mut stage = stage_of(&app, [survivor, gone]).await;
    stage.merge(survivor, gone);
    app.emr_hands_over(&merge("20260314135900")).await;
    stepwell::runner::inbox::apply_waiting(&app.roof).await.unwrap();
    stands_as_on(&stage, &app, [survivor, gone]).await;
    let united = app.ledger_of(survivor).await;
    assert_eq!(united.deliveries.len(), both);
    let reminders = united.deliveries.values().filter(|d| d.key.step == "two-days-before");
    assert_eq!(reminders.count(), 2, "one in the run that stands, one in the double");
    assert!(undone(&app, survivor, gone).await);
    stage.unmerge(survivor, gone);
    stands_as_on(&stage, &app, [survivor, gone]).await;
    app.finish().await;
}

#[tokio::test]
async fn the_stricter_answer_holds_for_the_united_record_though_the_yes_came_later() {
    let mut app = TestApp::start().await;
    app.emr_sends(&message("A28", "20260302090000", &alma(), None)).await;
    app.emr_sends(&message("A28", "20260302090100", &double(), None)).await;
    let (survivor, gone) = (app.patient("1000").await, app.patient("2000").await);
    says_no(&app, gone, Category::Feedback).await;
    app.clock_moves_to("2026-03-03T15:00:00Z").await;
    let mut tx = app.tx().await;
    let context = Context::load(&app.roof, &mut tx).await.unwrap();
    let what = What::Consent { channel: Channel::Email, category: Category::Feedback, given: true, said_by: None };
    let change = NewChange { at: app.roof.now(), source: Source::Patient, what, message: None };
    store::patient_lock(&mut tx, survivor).await.unwrap();
    record(&app.roof, &mut tx, &context, survivor, vec![change], false).await.unwrap();
    tx.commit().await.unwrap();
    app.clock_moves_to("2026-03-03T16:00:00Z").await;
    app.emr_sends(&merge("20260303105900")).await;
    let no = (Channel::Email, Category::Feedback);
    assert!(app.chart_of(survivor).await.patient.refusals.contains(&no));
    assert!(undone(&app, survivor, gone).await);
    assert!(!app.chart_of(survivor).await.patient.refusals.contains(&no), "the survivor's own yes again");
    assert!(app.chart_of(gone).await.patient.refusals.contains(&no));
    app.finish().await;
}

#[tokio::test]
async fn what_is_said_under_the_old_number_while_merged_goes_back_with_it() {
    let mut app = TestApp::start().await;
    app.emr_sends(&message("S12", "20260302090000", &alma(), Some(&visit("AP1", "IE", "202603161400")))).await;
    app.emr_sends(&message("A28", "20260302090100", &double(), None)).await;
    let (survivor, gone) = (app.patient("1000").await, app.patient("2000").await);
    app.emr_sends(&merge("20260302094000")).await;
    app.emr_sends(&message("S12", "20260302095000", &double(), Some(&visit("AP2", "IE", "202603171400")))).await;
    assert_eq!(app.chart_of(survivor).await.encounters.len(), 2);
    let to_alma = app.mails_to(ALMA).len();
    assert!(undone(&app, survivor, gone).await);
    assert_eq!(app.chart_of(survivor).await.encounters.len(), 1);
    assert_eq!(app.chart_of(gone).await.encounters.len(), 1);
    assert_eq!(app.mails_to(ALMA).len(), to_alma, "the survivor is told nothing anew");
    let welcomed = app.mails_to("alma@work.example").len();
    assert!(welcomed > 0, "the other, who was new here after all, is welcomed");
    let reminded = app.plan_of(gone).await.iter().any(|(workflow, ..)| workflow == "visit-reminder");
    assert!(reminded, "and what is ahead of it goes on");
    assert!(!undone(&app, survivor, gone).await, "once");
    app.finish().await;
}

#[tokio::test]
async fn what_somebody_saved_and_ticked_off_stays_with_what_they_were_given() {
    let mut app = TestApp::start().await;
    app.emr_sends(&message("S12", "20260302090000", &alma(), Some(&visit("AP1", "IE", "202603161400")))).await;
    app.emr_sends(&message("A28", "20260302090100", &double(), None)).await;
    let (survivor, gone) = (app.patient("1000").await, app.patient("2000").await);
    let ben = ben(&app).await;
    for content in ["questionnaire%2Frmdq", "exercise%2Fbridge"] {
        let given = format!("content={content}&days=7");
        assert_eq!(ben.posts(&format!("/patients/{gone}/assignments"), &given).await.status, 303);
    }
    let ids = app.ask("select id::text from assignments order by content desc").await;
    let [form, exercise] = [0, 1].map(|n: usize| AssignmentId(ids[n].parse().unwrap()));
    let mut tx = app.tx().await;
    let now = app.roof.now();
    tx.save_draft(gone, form, &[("rmdq-1", "true")].into_iter().collect(), now).await.unwrap();
    tx.mark_done(gone, (exercise, "bridge"), date(2026, 3, 2), Some(now)).await.unwrap();
    tx.commit().await.unwrap();
    let whose = "select patient::text from drafts union all select patient::text from done_marks";
    app.emr_sends(&merge("20260302094000")).await;
    assert_eq!(app.ask(whose).await, [survivor.to_string(), survivor.to_string()]);
    assert!(undone(&app, survivor, gone).await);
    assert_eq!(app.ask(whose).await, [gone.to_string(), gone.to_string()]);
    app.finish().await;
}

#[tokio::test]
async fn a_record_that_took_in_another_goes_back_with_it() {
    let mut app = TestApp::start().await;
    let third = patient("3000", "Alma", "alma@third.example", "en");
    app.emr_sends(&message("S12", "20260302090000", &alma(), Some(&visit("AP1", "FU", "202603161400")))).await;
    app.emr_sends(&message("S12", "20260302090100", &double(), Some(&visit("AP2", "FU", "202603171400")))).await;
    app.emr_sends(&message("S12", "20260302090200", &third, Some(&visit("AP3", "FU", "202603181400")))).await;
    let ids = [app.patient("1000").await, app.patient("2000").await, app.patient("3000").await];
    let takes = |gone: &str, into: &Patient, at: &str| {
        adt(&Outgoing { merged: Some(gone.into()), ..outgoing("A40", at, into, None) })
    };
    app.emr_sends(&takes("3000", &double(), "20260302094000")).await;
    app.emr_sends(&takes("2000", &alma(), "20260302094100")).await;
    assert_eq!(app.chart_of(ids[0]).await.encounters.len(), 3);
    assert!(!undone(&app, ids[0], ids[2]).await, "the third was merged into the second");
    assert!(undone(&app, ids[0], ids[1]).await);
    assert_eq!(app.chart_of(ids[0]).await.encounters.len(), 1);
    assert_eq!(app.chart_of(ids[1]).await.encounters.len(), 2);
    assert_eq!(app.patient("3000").await, ids[1]);
    assert!(undone(&app, ids[1], ids[2]).await);
    assert_eq!(app.chart_of(ids[1]).await.encounters.len(), 1);
    assert_eq!(app.chart_of(ids[2]).await.encounters.len(), 1);
    app.finish().await;
}

#[tokio::test]
async fn staff_find_the_other_record_look_at_both_merge_them_and_an_administrator_undoes_it() {
    let mut app = TestApp::start().await;
    app.emr_sends(&message("S12", "20260302090000", &alma(), Some(&visit("AP1", "FU", "202603161400")))).await;
    app.emr_sends(&message("S12", "20260302090100", &double(), Some(&visit("AP2", "FU", "202603171400")))).await;
    let (survivor, gone) = (app.patient("1000").await, app.patient("2000").await);
    let ben = ben(&app).await;
    let page = ben.gets(&format!("/patients/{survivor}")).await;
    let search = format!("/patients/{survivor}/merge");
    assert!(page.body.contains(&search), "{}", page.body);
    let found = ben.posts(&search, "q=reyes").await;
    let compare = format!("/patients/{survivor}/merge/{gone}");
    assert!(found.body.contains(&compare), "{}", found.body);
    assert!(!found.body.contains(&format!("merge/{survivor}\"")), "not with itself");
    let both = ben.gets(&compare).await;
    assert!(both.body.contains("alma@work.example") && both.body.contains("2000"), "{}", both.body);
    assert_eq!(ben.posts(&compare, "").await.status, 303);
    app.all_work_is_done().await;
    assert_eq!(app.chart_of(survivor).await.encounters.len(), 2);
    let email = app.chart_of(survivor).await.patient.email;
    assert_eq!(email.as_deref(), Some(ALMA), "the record that stays keeps its words, though the other's are newer");
    assert_eq!(ben.posts(&compare, "").await.status, 409, "they are one already");
    let page = ben.gets(&format!("/patients/{survivor}")).await;
    assert!(page.body.contains("Merged from Reyes, Alma on ") && page.body.contains("by Ben Adler"), "{}", page.body);
    assert_eq!(ben.posts(&compare, "_method=DELETE").await.status, 303);
    app.all_work_is_done().await;
    assert_eq!(app.chart_of(survivor).await.encounters.len(), 1);
    assert_eq!(ben.gets(&format!("/patients/{gone}")).await.status, 200, "a record of its own again");
    assert_eq!(ben.posts(&compare, "_method=DELETE").await.status, 409);
    app.finish().await;
}
