//! Random groups over random patients: the engine, patient by patient, and the SQL, over all of them, name the same ones.
//!
//! `PROPTEST_CASES` says how many trees, each asked of every patient; `PROPTEST_RNG_SEED` draws those of an earlier run.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use care::chart::{Chart, Source};
use care::id::PatientId;
use care::workflow::Facts;
use care::workflow::group::{Field, Group, Op};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use stepwell::runner::{Context, Known, NewChange, record};

use super::people::{moments, story};
use super::trees::{ops, tree};
use crate::app::{TestApp, monday};

const PATIENTS: usize = 100;
const TREES: u32 = 1000;

/// Patients as they come in, through the one door.
async fn move_in(app: &TestApp, runner: &mut TestRunner) -> Vec<PatientId> {
    let known = ["Riverside", "Lakeview"].map(|name| app.clinic.locations[name]);
    let mut tx = app.tx().await;
    let context = Context::load(&app.roof, &mut tx).await.unwrap();
    let mut all = vec![];
    for n in 0..PATIENTS {
        let patient = PatientId(app.roof.new_id());
        tx.create_patient(patient, monday()).await.unwrap();
        let mut at = "2024-01-08T12:00:00Z".parse::<Timestamp>().unwrap();
        for what in story(n, known).new_tree(runner).unwrap().current() {
            at += SignedDuration::from_hours(24);
            let change = NewChange { at, source: Source::System, what, message: None };
            record(&app.roof, &mut tx, &context, patient, vec![change], true).await.unwrap();
        }
        all.push(patient);
    }
    tx.commit().await.unwrap();
    all
}

struct Clinic {
    context: Context,
    patients: Vec<Known>,
}

impl Clinic {
    async fn read(app: &TestApp, ids: &[PatientId]) -> Self {
        let mut tx = app.tx().await;
        let context = Context::load(&app.roof, &mut tx).await.unwrap();
        let mut patients = vec![];
        for id in ids {
            patients.push(Known::load(&app.roof, &context, &mut tx, *id).await.unwrap());
        }
        Self { context, patients }
    }

    fn members(&self, group: &Group, now: Timestamp) -> BTreeSet<PatientId> {
        let belongs = |known: &&Known| {
            let chart = later(known, now);
            group.holds_for_patient(&Facts { chart: &chart, ..known.facts(&self.context, now) }).is_ok()
        };
        self.patients.iter().filter(belongs).map(|known| known.patient).collect()
    }
}

/// The chart was read once; what is asked of it later finds forms expired.
fn later(known: &Known, now: Timestamp) -> Chart {
    let mut chart = known.snapshot.chart.clone();
    chart.assignments.iter_mut().for_each(|a| a.expired_at = None);
    chart.expire(now);
    chart
}

async fn members_by_sql(app: &TestApp, group: &Group, now: Timestamp) -> (i64, Vec<PatientId>) {
    let mut tx = app.tx().await;
    let count = tx.count_group(group, now).await.unwrap();
    (count, tx.list_group(group, now, 1000, 0).await.unwrap())
}

/// How often something could have come out differently.
#[derive(Default)]
struct Seen {
    /// By field and operator: of how many patients the clause was true, and false.
    clauses: BTreeMap<(&'static str, &'static str), (u32, u32)>,
    trees: u32,
    /// Trees with some of the patients, but not all.
    parting: u32,
}

impl Seen {
    fn note(&mut self, clinic: &Clinic, group: &Group, now: Timestamp, members: usize) {
        self.trees += 1;
        self.parting += u32::from((1..PATIENTS).contains(&members));
        for known in &clinic.patients {
            let chart = later(known, now);
            let judged = group.clauses(&Facts { chart: &chart, ..known.facts(&clinic.context, now) }, None);
            for (clause, judged) in group.leaves().into_iter().zip(judged) {
                let (yes, no) = self.clauses.entry((clause.field.word(), clause.op.word())).or_default();
                *(if judged.holds { yes } else { no }) += 1;
            }
        }
    }

    fn says_something(&self) {
        assert!(self.parting * 3 > self.trees, "{} of {} trees part the patients", self.parting, self.trees);
        let of = |field: Option<Field>, op: Option<Op>| {
            let asked =
                |(f, o): &&(&str, &str)| field.is_none_or(|x| x.word() == *f) && op.is_none_or(|x| x.word() == *o);
            let found = self.clauses.iter().filter(|(key, _)| asked(key)).map(|(_, n)| n);
            found.fold((0, 0), |sum, n| (sum.0 + n.0, sum.1 + n.1))
        };
        for field in Field::ALL {
            let (yes, no) = of(Some(*field), None);
            assert!(yes > 0 && no > 0, "{}: true of {yes} patients, false of {no}", field.word());
            for op in ops(*field) {
                assert_ne!(of(Some(*field), Some(*op)), (0, 0), "{} {} was never asked", field.word(), op.word());
            }
        }
        for op in Op::ALL {
            let (yes, no) = of(None, Some(*op));
            assert!(yes > 0 && no > 0, "{}: true of {yes} patients, false of {no}", op.word());
        }
    }
}

fn names(ids: &BTreeSet<PatientId>, patients: &[PatientId]) -> Vec<usize> {
    (0..patients.len()).filter(|n| ids.contains(&patients[*n])).collect()
}

#[test]
fn the_engine_and_the_sql_give_every_group_the_same_members() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let app = runtime.block_on(TestApp::start());
    let asked = Config::default();
    let seed = match asked.rng_seed {
        RngSeed::Random => u64::from_le_bytes(stepwell::ids::random()),
        RngSeed::Fixed(seed) => seed,
    };
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { asked.cases } else { TREES };
    println!("PROPTEST_CASES={cases} PROPTEST_RNG_SEED={seed}");
    let rng_seed = RngSeed::Fixed(seed);
    let mut runner = TestRunner::new(Config { cases, rng_seed, failure_persistence: None, ..asked });
    let ids = runtime.block_on(move_in(&app, &mut runner));
    let clinic = runtime.block_on(Clinic::read(&app, &ids));

    let seen = RefCell::new(Seen::default());
    let result = runner.run(&(tree(), moments()), |(group, now)| {
        let members = clinic.members(&group, now);
        let (count, listed) = runtime.block_on(members_by_sql(&app, &group, now));
        let by_sql: BTreeSet<_> = listed.iter().copied().collect();
        let only = |a: &BTreeSet<_>, b: &BTreeSet<_>| names(&(a - b), &ids);
        prop_assert_eq!(
            &members,
            &by_sql,
            "only the engine: {:?}; only the SQL: {:?}; {}; at {}",
            only(&members, &by_sql),
            only(&by_sql, &members),
            &group,
            now
        );
        prop_assert_eq!((count, listed.len()), (i64::try_from(members.len()).unwrap(), members.len()));
        seen.borrow_mut().note(&clinic, &group, now, members.len());
        Ok(())
    });
    result.unwrap_or_else(|e| panic!("{e}"));
    let seen = seen.into_inner();
    println!("{} trees, {} of them part {PATIENTS} patients", seen.trees, seen.parting);
    if cases >= TREES {
        seen.says_something();
    }
    runtime.block_on(app.finish());
}
