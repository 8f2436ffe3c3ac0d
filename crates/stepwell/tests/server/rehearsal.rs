//! A rehearsal of the days to come says what then comes, and leaves no trace.

use std::collections::BTreeSet;
use std::sync::Mutex;

use care::rehearsal::{Candidate, Report, Said, future};
use care::workflow::Activation;
use jiff::{SignedDuration, Timestamp};
use stepwell::runner::rehearse::{Outcome, Wanted, rehearse};
use stepwell::runner::stage::stage;

use crate::app::TestApp;
use crate::messages::{alma, message, patient, visit};

const DAYS: i64 = 30;

/// Alma and three dozen more, in all the ways in which a clinic's patients differ.
async fn a_clinic_at_work(app: &mut TestApp) {
    app.emr_sends(&message("S12", "20260302090000", &alma(), Some(&visit("AP1", "IE", "202603161400")))).await;
    for n in 0..36_u32 {
        let mut person = patient(&format!("{}", 2000 + n), &format!("Person{n}"), &address(n), language(n));
        person.mobile = format!("555-0200-{:04}", 1000 + n / 2);
        person.birth = match n % 6 {
            0 => format!("198003{:02}", 10 + n / 2),
            1 => "20150411".into(),
            _ => "19710924".into(),
        };
        let kind = if n % 3 == 0 { "IE" } else { "FU" };
        let day = 3 + n % 27;
        let start = format!("202603{day:02}{:02}30", 9 + n % 7);
        let booked = visit(&format!("B{n}"), kind, &start);
        app.clock_moves_by(SignedDuration::from_secs(20)).await;
        app.emr_sends(&message("S12", &format!("2026030209{n:02}10"), &person, Some(&booked))).await;
        if n % 4 == 0 {
            let again = visit(&format!("C{n}"), "FU", &format!("202603{:02}1100", 12 + n % 15));
            app.clock_moves_by(SignedDuration::from_secs(2)).await;
            app.emr_sends(&message("S12", &format!("2026030209{n:02}20"), &person, Some(&again))).await;
        }
    }
    app.clock_moves_to("2026-03-06T22:10:00Z").await;
    for n in (0..36).filter(|n| 3 + n % 27 < 7) {
        let person = patient(&format!("{}", 2000 + n), &format!("Person{n}"), &address(n), language(n));
        let was = visit(&format!("B{n}"), "FU", &format!("202603{:02}{:02}30", 3 + n % 27, 9 + n % 7));
        let event = if n % 2 == 0 { "A04" } else { "S26" };
        app.emr_sends(&message(event, &format!("2026030617{n:02}00"), &person, Some(&was))).await;
    }
    app.clock_moves_to("2026-03-07T15:00:30Z").await;
}

fn language(n: u32) -> &'static str {
    if n.is_multiple_of(5) { "es" } else { "en" }
}

/// Some share one, some have none, some have one that nobody can mean.
fn address(n: u32) -> String {
    match n {
        4 | 5 => "household@mail.example".into(),
        7 => String::new(),
        9 => "none@none.com".into(),
        10..=17 => "frontdesk@mail.example".into(),
        _ => format!("person{n}@mail.example"),
    }
}

fn wanted(candidate: Candidate) -> Wanted {
    Wanted { candidate, past: None, next: Some(DAYS), channels: None }
}

async fn rehearsed(app: &TestApp, wanted: &Wanted) -> Outcome {
    rehearse(&app.roof, app.clinic.organization, wanted, &|_, _| {}).await.unwrap()
}

/// "at patient workflow step occurrence generation channel", as foreseen.
fn foreseen(report: &Report) -> Vec<String> {
    let line = |s: &care::rehearsal::Sending| {
        let (at, channel) = (s.at.as_second(), s.channel.code());
        format!("{at} {} {} {} {} {} {channel}", s.patient, s.workflow, s.step, s.occurrence, s.generation)
    };
    let mut lines: Vec<String> = report.sends.iter().map(line).collect();
    lines.sort();
    lines
}

/// The same as it came.
async fn came(app: &TestApp, since: Timestamp) -> Vec<String> {
    let sql = "select extract(epoch from date_trunc('second', ended_at))::bigint || ' ' || patient || ' ' || workflow || ' ' || step
        || ' ' || occurrence || ' ' || generation || ' ' || channel
        from deliveries where organization = $1 and state = 'sent' and ended_at >= to_timestamp($2::bigint)";
    let query = sqlx::query_scalar(sql).bind(app.clinic.organization.0).bind(since.as_second());
    let mut lines: Vec<String> = query.fetch_all(&app.sees_all).await.unwrap();
    lines.sort();
    lines
}

/// Every row of every table, as one hash a table, with the transaction that wrote it last.
async fn everything(app: &TestApp) -> Vec<String> {
    let tables = app.ask("select format('%I', tablename) from pg_tables where schemaname = 'public' order by 1").await;
    let mut all = vec![];
    for table in tables {
        let sql = format!(
            "select count(*) || ' ' || md5(coalesce(string_agg(xmin::text || t::text, '|' order by t::text), '')) from {table} t"
        );
        let hash: String = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&app.sees_all).await.unwrap();
        all.push(format!("{table} {hash}"));
    }
    all
}

#[tokio::test]
async fn the_rehearsal_of_the_next_days_is_what_then_goes_out() {
    let mut app = TestApp::start().await;
    a_clinic_at_work(&mut app).await;
    let (now, before) = (app.roof.now(), everything(&app).await);
    let report = rehearsed(&app, &wanted(Candidate::of("visit-reminder"))).await.next.unwrap();
    assert_eq!(everything(&app).await, before, "a rehearsal writes nothing");

    app.clock_moves_by(SignedDuration::from_hours(24 * DAYS)).await;
    let (foreseen, came) = (foreseen(&report), came(&app, now).await);
    assert_eq!(foreseen, came);
    assert!(came.len() > 40, "only {} messages went out", came.len());
    let workflows: BTreeSet<&str> = came.iter().filter_map(|line| line.split(' ').nth(2)).collect();
    assert!(workflows.len() >= 3, "{workflows:?}");
    assert_eq!(report.patients, 37);
    assert!(!report.unreachable.is_empty() && !report.samples.is_empty(), "{:?}", report.unreachable);
    app.finish().await;
}

#[tokio::test]
async fn each_decision_of_the_next_days_is_the_one_rehearsed() {
    let mut app = TestApp::start().await;
    a_clinic_at_work(&mut app).await;
    let mut tx = app.tx().await;
    let patients = tx.patient_ids().await.unwrap();
    let stage = stage(&app.roof, &mut tx, &patients).await.unwrap();
    drop(tx);
    let until = app.roof.now() + SignedDuration::from_hours(24 * DAYS);
    let now = app.roof.now();
    let rehearsed = future(stage, &Candidate::of("visit-reminder"), until).stage;
    let mut foreseen: Vec<String> = rehearsed.said.iter().filter_map(decision).collect();
    foreseen.sort();

    app.clock_moves_by(SignedDuration::from_hours(24 * DAYS)).await;
    let sql = "select extract(epoch from date_trunc('second', at))::bigint || ' ' || patient || ' ' || workflow || ' '
        || coalesce(step, '-') || ' ' || coalesce(occurrence, 0) || ' ' || coalesce(generation, 0) || ' ' || verdict || ' '
        || coalesce(reason, '-')
        from decisions where organization = $1 and at >= to_timestamp($2::bigint)";
    let query = sqlx::query_scalar(sql).bind(app.clinic.organization.0).bind(now.as_second());
    let mut came: Vec<String> = query.fetch_all(&app.sees_all).await.unwrap();
    came.sort();
    assert_eq!(foreseen, came);
    assert!(came.len() > 100, "only {} decisions", came.len());
    app.finish().await;
}

fn decision(said: &Said) -> Option<String> {
    let Said::Decided(patient, d) = said else { return None };
    let step = d.step.as_ref();
    let (occurrence, generation) = step.map_or((0, 0), |s| (s.occurrence, s.generation));
    let (at, id) = (d.at.as_second(), step.map_or("-", |s| s.id.as_str()));
    let (verdict, reason) = (d.verdict.code(), d.reason.map_or("-", |r| r.code()));
    Some(format!("{at} {patient} {} {id} {occurrence} {generation} {verdict} {reason}", d.workflow))
}

#[tokio::test]
async fn a_workflow_that_is_off_is_rehearsed_as_if_it_were_switched_on_now() {
    let mut app = TestApp::start().await;
    app.turn("visit-reminder", false).await;
    a_clinic_at_work(&mut app).await;
    let candidate = Candidate { cover: true, ..Candidate::of("visit-reminder") };
    let report = rehearsed(&app, &wanted(candidate.clone())).await.next.unwrap();
    let without = rehearsed(&app, &wanted(Candidate { cover: false, ..candidate })).await.next.unwrap();
    assert_eq!(without.sent(), 0, "nobody books anything");
    assert!(report.sent() > 10 && report.started > 10, "{} sent", report.sent());

    let now = app.roof.now();
    let mut tx = app.tx().await;
    let activation = Activation { cover: true, ..Activation::open(now) };
    assert!(tx.activate("visit-reminder", app.roof.new_id(), None, &activation).await.unwrap());
    tx.wake_everybody(now).await.unwrap();
    tx.commit().await.unwrap();
    app.clock_moves_by(SignedDuration::from_hours(24 * DAYS)).await;
    assert_eq!(foreseen(&report), came(&app, now).await);
    app.finish().await;
}

#[tokio::test]
async fn the_past_once_more_sends_what_was_sent() {
    let mut app = TestApp::start().await;
    let start = app.roof.now() - SignedDuration::from_secs(1);
    a_clinic_at_work(&mut app).await;
    let seen = Mutex::new(vec![]);
    let wanted = Wanted { past: Some(90), next: None, ..wanted(Candidate::of("welcome")) };
    let progress = |done, of| seen.lock().unwrap().push((done, of));
    let outcome = rehearse(&app.roof, app.clinic.organization, &wanted, &progress).await.unwrap();
    assert_eq!(seen.into_inner().unwrap(), [(0, 37), (37, 37)]);
    let past = outcome.past.unwrap();
    assert_eq!(foreseen(&past), came(&app, start).await);
    assert!(past.started > 5 && outcome.next.is_none(), "{} started", past.started);

    let alone = Wanted { candidate: Candidate { alone: true, ..Candidate::of("welcome") }, ..wanted };
    let alone = rehearsed(&app, &alone).await.past.unwrap();
    assert_eq!(alone.by_workflow.keys().collect::<Vec<_>>(), ["welcome"]);
    let alma = app.alma().await;
    assert!(alone.sends.iter().any(|s| s.patient == alma), "Alma was welcomed");
    app.finish().await;
}

#[tokio::test]
async fn another_clinic_s_patients_are_not_on_the_stage() {
    let mut app = TestApp::start().await;
    a_clinic_at_work(&mut app).await;
    let wanted = wanted(Candidate::of("visit-reminder"));
    let theirs = rehearse(&app.roof, app.other.organization, &wanted, &|_, _| {}).await.unwrap().next.unwrap();
    assert_eq!((theirs.patients, theirs.sends.len()), (0, 0));
    assert_eq!(theirs.days.len(), 31, "an empty clinic has empty days");
    let unknown = Wanted { candidate: Candidate::of("none"), ..wanted };
    let refused = rehearse(&app.roof, app.other.organization, &unknown, &|_, _| {}).await.unwrap_err();
    assert!(refused.to_string().contains("no workflow `none`"), "{refused}");
    app.finish().await;
}
