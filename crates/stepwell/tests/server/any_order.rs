//! docs/SEMANTICS.md, "Order-proof", through the database: the messages about one patient, in any order and doubled, one at
//! a time while the clock stands still, end in the same chart and the same plan.
//!
//! The same story is told twice to a clinic that knows nothing: once in order, once jumbled.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use care::chart::{Anchor, Chart, EncounterState, Snapshot};
use care::id::{MessageId, PatientId};
use care::workflow::Reason;
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use sha2::{Digest, Sha256};
use sqlx::Executor;
use stepwell::runner::{Context, Known, inbox};
use store::{IncomingMessage, KeyKind};
use wire::hl7v2::write::Visit;

use crate::app::TestApp;
use crate::messages::{alma, message, patient, visit};

/// Everything that came of messages.
const FORGET: &str = "delete from attempts; delete from deliveries; delete from assignments; delete from planned_steps;
    delete from runs; delete from entries; delete from decisions; delete from notices; delete from events;
    delete from encounters; delete from contact_points; delete from changes; delete from external_keys; delete from patients; delete from messages";

/// One message of a story.
#[derive(Debug, Clone)]
struct Told {
    event: &'static str,
    sent_at: &'static str,
    number: u8,
    start: &'static str,
    type_code: &'static str,
    location: &'static str,
    case: u8,
    email: &'static str,
}

fn told() -> impl Strategy<Value = Told> {
    let event = select(vec![
        "S12", "S12", "S12", "S13", "S13", "S14", "S15", "S17", "S26", "A04", "A04", "A11", "A08", "A03", "A13", "A28",
    ]);
    // All before now; few, so that stamps tie.
    let sent_at =
        select(vec!["20260226090000", "20260227090000", "20260227090000", "20260301120000", "20260302093000"]);
    let start = select(vec!["202603061400", "202603061400", "202603061600", "202603091000", "202603012330"]);
    let rest = (select(vec!["IE", "IE", "FU", "WHAT"]), select(vec!["RIV", "RIV", "", "NOWHERE"]), 0..3u8);
    let email = select(vec!["a@mail.example", "a@mail.example", "b@mail.example", "none@none.com"]);
    (event, sent_at, 0..2u8, start, rest, email).prop_map(
        |(event, sent_at, number, start, (type_code, location, case), email)| Told {
            event,
            sent_at,
            number,
            start,
            type_code,
            location,
            case,
            email,
        },
    )
}

/// A story, and an order of it with doubles.
fn story() -> impl Strategy<Value = (Vec<Told>, Vec<usize>)> {
    prop::collection::vec(told(), 2..8).prop_flat_map(|story| {
        let n = story.len();
        let order = prop::collection::vec(0..n, 0..3)
            .prop_flat_map(move |doubled| Just((0..n).chain(doubled).collect::<Vec<_>>()).prop_shuffle());
        (Just(story), order)
    })
}

/// The message as the EMR says it of Alma.
fn bytes(told: &Told) -> Vec<u8> {
    let person = patient(&alma().mrn, "Alma", told.email, "en");
    let by_schedule = told.event.starts_with('S');
    let about = Visit {
        appointment: if by_schedule { format!("AP{}", told.number) } else { String::new() },
        number: if by_schedule { String::new() } else { format!("VN{}", told.number) },
        case: if told.case == 0 { String::new() } else { format!("C{}", told.case) },
        location: told.location.into(),
        ..visit("", told.type_code, told.start)
    };
    message(told.event, told.sent_at, &person, (told.event != "A28").then_some(&about))
}

/// Stored and applied by itself, as a listener and the inbox do.
async fn comes_in(app: &TestApp, body: Vec<u8>) {
    let message = IncomingMessage {
        id: MessageId(app.roof.new_id()),
        interface: app.interface(),
        sender: "RIVEREMR|RIVERSIDE".into(),
        control_id: String::new(),
        body_hash: Sha256::digest(&body).to_vec(),
        kind: String::new(),
        body,
        received_at: app.roof.now(),
    };
    app.roof.runner.store_messages(app.clinic.organization, &[message]).await.unwrap();
    inbox::apply_waiting(&app.roof).await.unwrap();
}

/// What is known and planned, without the ids that no two tellings share.
#[derive(Debug, PartialEq)]
struct Outcome {
    chart: Chart,
    plan: BTreeSet<(String, Anchor, String, u32, u32, Timestamp, Timestamp)>,
    /// What each workflow made of each event that holds.
    answers: BTreeMap<(String, Anchor), Option<Reason>>,
}

/// Tells the story in this order to a clinic that knows nothing yet.
async fn outcome(app: &TestApp, story: &[Told], order: impl IntoIterator<Item = usize>) -> Outcome {
    app.sees_all.execute(FORGET).await.unwrap();
    for i in order {
        comes_in(app, bytes(&story[i])).await;
    }
    let mut tx = app.tx().await;
    let context = Context::load(&app.roof, &mut tx).await.unwrap();
    let (patient, _) = tx.find_key(KeyKind::Patient, "RIVER", &alma().mrn).await.unwrap().unwrap();
    let known = Known::load(&app.roof, &context, &mut tx, PatientId(patient)).await.unwrap();
    let Known { snapshot: Snapshot { chart, occurrences, .. }, ledger, .. } = known;
    // Two numbers of one visit are one name.
    let ledger = ledger.canonical(&chart);
    let steps = ledger.runs.values().flat_map(|run| run.steps.iter().map(move |step| (run, step)));
    let pending = steps.filter(|(_, step)| step.state.is_pending()).map(|(run, s)| {
        (run.workflow.clone(), run.anchor, s.step.clone(), s.occurrence, s.generation, s.due, s.expires)
    });
    let holds = |anchor: &Anchor| occurrences.iter().any(|o| o.anchor == *anchor);
    let answers = ledger.entries.into_iter().filter(|((_, anchor), _)| holds(anchor));
    Outcome { plan: pending.collect(), answers: answers.map(|(key, entry)| (key, entry.reason)).collect(), chart }
}

/// How many stories had something in them that could have gone wrong.
#[derive(Debug, Default)]
struct Seen {
    planned: u32,
    two_numbers: u32,
    cancelled: u32,
}

#[test]
fn every_order_of_the_messages_ends_in_the_same_chart_and_plan() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let app = runtime.block_on(TestApp::start());
    let config = Config {
        cases: 200,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20_260_302),
        max_shrink_iters: 300,
        ..Config::default()
    };
    let seen = RefCell::new(Seen::default());
    let result = TestRunner::new(config).run(&story(), |(story, order)| {
        let (told, jumbled) = runtime.block_on(async {
            (outcome(&app, &story, 0..story.len()).await, outcome(&app, &story, order.iter().copied()).await)
        });
        prop_assert_eq!(&told, &jumbled);
        let mut seen = seen.borrow_mut();
        let visits = || told.chart.encounters.iter();
        seen.planned += u32::from(!told.plan.is_empty());
        seen.two_numbers += u32::from(visits().any(|v| v.ids.len() > 1));
        seen.cancelled += u32::from(visits().any(|v| matches!(v.state, EncounterState::Cancelled { .. })));
        Ok(())
    });
    let seen = seen.into_inner();
    println!("{seen:?}");
    result.unwrap_or_else(|e| panic!("{e}"));
    assert!(seen.planned > 40 && seen.two_numbers > 10 && seen.cancelled > 5, "easy stories prove nothing: {seen:?}");
    runtime.block_on(async {
        app.all_work_is_done().await;
        app.finish().await;
    });
}
