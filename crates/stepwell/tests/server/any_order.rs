//! docs/SEMANTICS.md, "Order-proof", through the database: the messages about one patient, in any order and doubled, one at
//! a time while the clock stands still, end in the same chart and the same plan.
//!
//! The same story is told twice, of two patients: to the one in order, to the other jumbled. Compared is what has no ids of
//! ours in it.

use std::collections::{BTreeMap, BTreeSet};

use care::chart::{Anchor, Chart, Encounter, Subject};
use care::id::{EncounterId, MessageId, PatientId};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use sha2::{Digest, Sha256};
use store::IncomingMessage;
use stepwell::runner::{Context, Known, inbox};
use uuid::Uuid;
use wire::hl7v2::write::{Outgoing, Visit};

use crate::app::TestApp;
use crate::messages::{outgoing, patient, visit, write};

/// One message of a story, without the patient and the numbers that would make two patients' stories one.
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
    let event = select(vec!["S12", "S12", "S12", "S13", "S13", "S14", "S15", "S17", "S26", "A04", "A04", "A11", "A08", "A03", "A13", "A28"]);
    // All before now; few, so that stamps tie.
    let sent_at = select(vec!["20260226090000", "20260227090000", "20260227090000", "20260301120000", "20260302093000"]);
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
        let order = prop::collection::vec(0..n, 0..3).prop_flat_map(move |doubled| {
            Just((0..n).chain(doubled).collect::<Vec<_>>()).prop_shuffle()
        });
        (Just(story), order)
    })
}

/// The message as the EMR says it of this patient.
fn bytes(told: &Told, mrn: &str) -> Vec<u8> {
    let person = patient(mrn, "Alma", told.email, "en");
    let number = |kind: &str| format!("{mrn}-{kind}{}", told.number);
    let by_schedule = told.event.starts_with('S');
    let about = Visit {
        appointment: if by_schedule { number("AP") } else { String::new() },
        number: if by_schedule { String::new() } else { number("VN") },
        case: if told.case == 0 { String::new() } else { format!("{mrn}-C{}", told.case) },
        location: told.location.into(),
        ..visit("", told.type_code, told.start)
    };
    let about = (told.event != "A28").then_some(about);
    write(&Outgoing { ..outgoing(told.event, told.sent_at, &person, about.as_ref()) })
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

/// What is known and planned, in words that two patients can share.
#[derive(Debug, PartialEq)]
struct Outcome {
    patient: String,
    visits: BTreeSet<String>,
    episodes: BTreeSet<String>,
    plan: BTreeSet<String>,
    answers: BTreeSet<String>,
}

async fn outcome(app: &TestApp, mrn: &str) -> Option<Outcome> {
    let mut tx = app.tx().await;
    let (id, _) = tx.find_key(store::KeyKind::Patient, "RIVER", mrn).await.unwrap()?;
    let context = Context::load(&app.roof, &mut tx).await.unwrap();
    let known = Known::load(&context, &mut tx, PatientId(id)).await.unwrap();
    let keys: Vec<(Uuid, String)> = sqlx::query_as("select id, value from external_keys where patient = $1")
        .bind(id)
        .fetch_all(&app.sees_all)
        .await
        .unwrap();
    let names = Names(keys.into_iter().map(|(id, value)| (id, value.replace(mrn, "")) ).collect());
    Some(names.outcome(&known))
}

struct Names(BTreeMap<Uuid, String>);

impl Names {
    fn visit(&self, chart: &Chart, id: EncounterId) -> String {
        let ids = chart.encounter(id).map_or(vec![id], |e| e.ids.clone());
        ids.iter().map(|id| self.0[&id.0].clone()).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join("+")
    }

    /// Ids in a debug text by the numbers they stand for.
    fn words(&self, text: String) -> String {
        self.0.iter().fold(text, |text, (id, name)| text.replace(&id.to_string(), name))
    }

    fn anchor(&self, chart: &Chart, anchor: Anchor) -> String {
        let subject = match anchor.subject {
            Subject::Encounter(id) => self.visit(chart, id),
            other => self.words(format!("{other:?}")),
        };
        format!("{} {} {}", anchor.event.code(), subject, anchor.nth)
    }

    fn outcome(&self, known: &Known) -> Outcome {
        let chart = &known.chart;
        let visit = |e: &Encounter| {
            let name = self.visit(chart, e.id);
            self.words(format!("{name}: {:?}", Encounter { ids: vec![], id: EncounterId(Uuid::nil()), ..e.clone() }))
        };
        let steps = known.ledger.runs.values().flat_map(|run| run.steps.iter().map(move |step| (run, step)));
        let plan = steps.filter(|(_, step)| step.state.is_pending()).map(|(run, s)| {
            let anchor = self.anchor(chart, run.anchor);
            format!("{} {anchor} {} {} {} {} {}", run.workflow, s.step, s.occurrence, s.generation, s.due, s.expires)
        });
        let holds = |anchor: &Anchor| known.occurrences.iter().any(|o| o.anchor == *anchor);
        let answers = known.ledger.entries.iter().filter(|((_, anchor), _)| holds(anchor));
        Outcome {
            patient: self.words(format!("{:?}", chart.patient)),
            visits: chart.encounters.iter().map(visit).collect(),
            episodes: chart.episodes.iter().map(|e| self.words(format!("{e:?}"))).collect(),
            plan: plan.collect(),
            answers: answers
                .map(|((workflow, anchor), entry)| format!("{workflow} {} {:?}", self.anchor(chart, *anchor), entry.reason))
                .collect(),
        }
    }
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
    let config = Config { cases: 200, failure_persistence: None, rng_seed: RngSeed::Fixed(20_260_302), max_shrink_iters: 300, ..Config::default() };
    let (case, seen) = (std::cell::Cell::new(0), std::cell::RefCell::new(Seen::default()));
    let result = TestRunner::new(config).run(&story(), |(story, order)| {
        case.set(case.get() + 1);
        let (first, second) = (format!("T{}", case.get()), format!("J{}", case.get()));
        let (told, jumbled) = runtime.block_on(async {
            for one in &story {
                comes_in(&app, bytes(one, &first)).await;
            }
            for i in &order {
                comes_in(&app, bytes(&story[*i], &second)).await;
            }
            (outcome(&app, &first).await, outcome(&app, &second).await)
        });
        prop_assert_eq!(&told, &jumbled);
        if let Some(told) = told {
            let mut seen = seen.borrow_mut();
            seen.planned += u32::from(!told.plan.is_empty());
            seen.two_numbers += u32::from(told.visits.iter().any(|v| v.contains('+')));
            seen.cancelled += u32::from(told.visits.iter().any(|v| v.contains("state: Cancelled")));
        }
        Ok(())
    });
    let seen = seen.into_inner();
    println!("{seen:?}");
    result.unwrap_or_else(|e| panic!("{e}"));
    assert!(seen.planned > 40 && seen.two_numbers > 5 && seen.cancelled > 20, "easy stories prove nothing: {seen:?}");
    runtime.block_on(async {
        app.all_work_is_done().await;
        app.finish().await;
    });
}
