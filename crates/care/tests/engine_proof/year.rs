//! One whole year: twenty workflows that overlap, a thousand patients, and the rules at every send.

use std::collections::BTreeMap;
use std::time::Instant;

use care::chart::{
    Act, AssignmentAct, Channel, EncounterChange, EncounterKey, EpisodeChange, PatientChange, Score, Source, VisitType,
    What, Write,
};
use care::id::{EncounterId, InterfaceId, PatientId};
use care::rehearsal::{Player, Stage};
use care::zone::CivilMoment;
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp, ToSpan};
use uuid::Uuid;

use crate::clinic::{LAKESIDE, MAIN_STREET, rooms, workflows};
use crate::watch::Watch;

/// Key, trigger, the rest of the head, and the steps: schedule and task.
type Short = (&'static str, &'static str, &'static str, &'static [(&'static str, &'static str)]);

const EMAIL: &str = r#"{ send = "email", template = "message/a" }"#;
const TEXT: &str = r#"{ send = "text", template = "message/b" }"#;
const BOTH: &str = r#"{ send = ["email", "text"], template = "message/c" }"#;
const TEXT_FIRST: &str = r#"{ send = ["text", "email"], template = "message/d", limit = "2 per 14 days" }"#;
const FORM: &str = r#"{ assign = "questionnaire/recommendation", via = ["email", "text"], template = "message/e", remind = "text after 2 days if open" }"#;
const CHECK: &str = r#"{ assign = "questionnaire/check", via = ["email"], template = "message/f", due = "3 days" }"#;
const EXERCISE: &str = r#"{ assign = "exercise/bridge", due = "5 days" }"#;
const TELL: &str = r#"{ tell = "care_team", text = "Please call", within = "4 hours" }"#;

const TWENTY: [Short; 20] = [
    (
        "day-reminder",
        "event = \"visit_day.planned\"",
        "priority = 9",
        &[("2 days before at 10:00", BOTH), ("3 hours before", TEXT)],
    ),
    ("visit-reminder", "event = \"encounter.planned\"", "priority = 8", &[("1 days before at 18:00", TEXT)]),
    (
        "welcome",
        "event = \"encounter.planned\", visit_type = \"initial_evaluation\"",
        "repeat = \"per_episode\"",
        &[("immediately", EMAIL), ("1 weeks before", EMAIL)],
    ),
    (
        "changed",
        "event = [\"encounter.rescheduled\", \"encounter.cancelled\"]",
        "priority = 9",
        &[("immediately", BOTH)],
    ),
    (
        "missed",
        "event = \"encounter.no_show\"",
        "group = { field = \"visits_booked\", op = \"=\", value = 0 }",
        &[("2 hours after", BOTH), ("3 days after at 10:00", BOTH)],
    ),
    (
        "arrived",
        "event = \"encounter.arrived\", first_in = \"episode\"",
        "repeat = \"per_episode\"",
        &[("2 hours after", EMAIL), ("1 days after at 09:00 every 1 weeks up to 4 times", EXERCISE)],
    ),
    (
        "after-visit",
        "event = \"encounter.finished\"",
        "min_gap = \"14 days\"\ncategory = \"feedback\"",
        &[("1 days after at 10:00 on mon,tue,wed,thu,fri", FORM)],
    ),
    ("score-low", "event = \"recommendation.given\", score = \"<= 6\"", "", &[("immediately", TELL)]),
    (
        "score-high",
        "event = \"recommendation.given\", score = \">= 9\"",
        "category = \"feedback\"",
        &[("1 days after at 12:00", EMAIL)],
    ),
    (
        "check-ins",
        "event = \"episode.opened\"",
        "kind = \"monitoring\"\nrepeat = \"per_episode\"",
        &[("1 weeks after at 09:00 every 2 weeks up to 6 times", CHECK)],
    ),
    ("forms-late", "event = \"questionnaire.overdue\"", "", &[("immediately", TEXT_FIRST)]),
    (
        "exercise-late",
        "event = \"exercise.overdue\"",
        "min_gap = \"20 days\"",
        &[("1 days after at 08:00", TEXT_FIRST)],
    ),
    ("answered", "event = \"questionnaire.completed\"", "", &[("2 hours after", EMAIL)]),
    (
        "goodbye",
        "event = \"episode.discharged\"",
        "on_discharge = \"continue\"",
        &[("2 days after at 09:00", EMAIL), ("1 months after at 09:00", BOTH)],
    ),
    (
        "lapsed",
        "event = \"episode.presumed_ended\"",
        "on_discharge = \"continue\"",
        &[("1 days after at 10:00", TELL), ("3 days after at 10:00", BOTH)],
    ),
    (
        "idle",
        "event = \"inactivity\", of = \"visits\", days = 10",
        "until = [\"visit_booked\"]",
        &[("1 days after at 11:00", BOTH), ("5 days after at 11:00", TEXT)],
    ),
    (
        "no-login",
        "event = \"inactivity\", of = \"login\", days = 30",
        "min_gap = \"60 days\"",
        &[("1 days after at 17:00", EMAIL)],
    ),
    ("birthday", "event = \"patient.birthday\"", "priority = 1", &[("0 days before at 09:00", EMAIL)]),
    (
        "created",
        "event = \"patient.created\"",
        "until = [\"registered\"]",
        &[("1 days after at 09:00 every 5 days up to 4 times", BOTH)],
    ),
    ("registered", "event = \"patient.registered\"", "", &[("immediately", EMAIL), ("3 days after at 21:30", TEXT)]),
];

fn texts() -> BTreeMap<String, String> {
    let text = |(key, trigger, head, steps): Short| {
        let kind = if head.contains("kind =") { "" } else { "kind = \"engagement\"\n" };
        let steps = (1..).zip(steps).map(|(n, (schedule, task))| {
            format!("[[steps]]\nid = \"s{n}\"\nschedule = \"{schedule}\"\ntasks = [{task}]\n")
        });
        let steps: String = steps.collect();
        (key.to_owned(), format!("title = \"{key}\"\nfor = \"both\"\n{kind}{head}\ntrigger = {{ {trigger} }}\n{steps}"))
    };
    TWENTY.into_iter().map(text).collect()
}

/// The same numbers on every machine: a linear congruence is chance enough for a year.
struct Dice(u64);

impl Dice {
    fn upto(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

const EMR: Source = Source::Emr(InterfaceId(Uuid::from_u128(7)));
const PATIENTS: u64 = 1000;

fn patient(n: u64) -> PatientId {
    PatientId(Uuid::from_u128(100_000 + u128::from(n)))
}

/// Two of three have an address of their own, one shares the phone of the one before.
fn somebody(n: u64, dice: &mut Dice) -> PatientChange {
    let phone = if n % 3 == 2 { n - 1 } else { n };
    let zone = ["America/New_York", "America/Chicago", "America/Los_Angeles"][dice.upto(3) as usize];
    let born = date(1940 + dice.upto(60) as i16, 1 + dice.upto(12) as i8, 1 + dice.upto(28) as i8);
    PatientChange {
        email: Write::Set(format!("p{n}@example.org")),
        mobile: Write::Set(format!("+1555{:07}", 1_000_000 + phone)),
        zone: if dice.upto(2) == 0 { Write::Set(zone.into()) } else { Write::Keep },
        birth_date: Write::Set(born),
        home_location: Write::Set(if n.is_multiple_of(4) { LAKESIDE } else { MAIN_STREET }),
        ..PatientChange::default()
    }
}

/// What is to be told, and when.
type News = (Timestamp, u64, What);

fn visit(patient: u64, nth: u64, act: Act, start: Option<(Date, i8)>) -> What {
    let encounter = EncounterId(Uuid::from_u128(1_000_000 + u128::from(patient * 100 + nth)));
    let here =
        if patient.is_multiple_of(4) { (LAKESIDE, "America/Los_Angeles") } else { (MAIN_STREET, "America/New_York") };
    let moment = start.map(|(day, hour)| CivilMoment { civil: day.at(hour, 0, 0, 0), zone: here.1.into() });
    let kind = if nth == 0 { VisitType::InitialEvaluation } else { VisitType::FollowUp };
    What::Encounter(EncounterChange {
        start: Write::some(moment),
        location: if act == Act::Book { Write::Set(here.0) } else { Write::Keep },
        visit_type: if act == Act::Book { Write::Set(kind) } else { Write::Keep },
        ..EncounterChange::new(encounter, EncounterKey::Appointment, act)
    })
}

/// One patient's year: an episode of five to nine visits, some moved, missed or cancelled, forms, a discharge.
fn life(n: u64, from: Timestamp, dice: &mut Dice) -> Vec<News> {
    let hours = |h: u64| SignedDuration::from_hours(h as i64);
    let first = from + hours(24 * dice.upto(200) + dice.upto(24));
    let mut news = vec![(first, n, What::Patient(Box::new(somebody(n, dice))))];
    let mut at = first + hours(2);
    for nth in 0..5 + dice.upto(5) {
        let ahead = 1 + dice.upto(9);
        let day = care::zone::date_in(at, "America/New_York") + (ahead as i64).days();
        let hour = 8 + dice.upto(9) as i8;
        news.push((at, n, visit(n, nth, Act::Book, Some((day, hour)))));
        let start = CivilMoment { civil: day.at(hour, 0, 0, 0), zone: "America/New_York".into() }.instant();
        match dice.upto(10) {
            0 => news.push((start - hours(20), n, visit(n, nth, Act::Cancel, None))),
            1 => news.push((start + hours(4), n, visit(n, nth, Act::NoShow, None))),
            2 => {
                news.push((at + hours(5), n, visit(n, nth, Act::Modify, Some((day.tomorrow().unwrap(), hour)))));
                news.push((start + hours(30), n, visit(n, nth, Act::Finish, None)));
            }
            _ => {
                news.push((start + hours(3), n, visit(n, nth, Act::Arrive, None)));
                news.push((start + hours(4), n, visit(n, nth, Act::Finish, None)));
            }
        }
        at = start + hours(30 + dice.upto(90));
    }
    let registers = PatientChange { registered: Write::Set(true), ..PatientChange::default() };
    if dice.upto(2) == 0 {
        news.push((first + hours(24 * (1 + dice.upto(20))), n, What::Patient(Box::new(registers))));
    }
    if dice.upto(3) > 0 {
        let on = care::zone::date_in(at, "America/New_York");
        news.push((at + hours(48), n, What::Episode(EpisodeChange::Discharge { episode: None, on })));
    }
    news
}

/// Every so often a patient answers what is open.
fn answer(stage: &mut Stage, n: u64, dice: &mut Dice) {
    let Some(player) = stage.patients.get(&patient(n)) else { return };
    let given = player.changes.iter().rev().find_map(|c| match &c.what {
        What::Assignment { assignment, act: AssignmentAct::Give { .. } } => Some(*assignment),
        _ => None,
    });
    if let Some(assignment) = given {
        let act = AssignmentAct::Complete {
            score: Score::of(dice.upto(11) as f64),
            answers: care::questionnaire::Answers::default(),
            safety: false,
            handed_by: None,
        };
        stage.record(patient(n), Source::Patient, stage.now, What::Assignment { assignment, act });
    }
}

#[test]
fn twenty_workflows_on_a_thousand_patients_keep_the_rules_for_a_year() {
    let from: Timestamp = "2026-01-01T14:00:00Z".parse().unwrap();
    let began = Instant::now();
    let mut dice = Dice(20_260_101);
    let mut news: Vec<News> = (0..PATIENTS).flat_map(|n| life(n, from, &mut dice)).collect();
    news.sort_by_key(|(at, n, _)| (*at, *n));
    let mut stage = Stage::new(rooms(), workflows(&texts(), from), Channel::ALL.into(), from);
    let mut watch = Watch::default();
    for (count, (at, n, what)) in (0u64..).zip(news) {
        while stage.play_next(at).is_some() {
            watch.listen(&stage);
        }
        stage.play_until(at);
        if !stage.patients.contains_key(&patient(n)) {
            stage.enter(patient(n), Player::default());
        }
        stage.record(patient(n), EMR, at, what);
        if count.is_multiple_of(3) {
            answer(&mut stage, n, &mut dice);
        }
        watch.listen(&stage);
    }
    let end = from + SignedDuration::from_hours(24 * 365);
    while stage.play_next(end).is_some() {
        watch.listen(&stage);
    }
    stage.play_until(end);
    watch.ledgers(&stage);
    watch.the_end(&stage);
    let changes: usize = stage.patients.values().map(|p| p.changes.len()).sum();
    let runs: usize = stage.patients.values().map(|p| p.ledger.runs.len()).sum();
    println!("{changes} changes, {runs} runs, {:?} sent, {:?} in {:?}", watch.sent, watch.counts, began.elapsed());
    assert_eq!(stage.workflows.0.len(), 20);
    assert!(stage.patients.len() as u64 == PATIENTS && watch.sent[&Channel::Email] > 10_000);
    assert!(watch.sent[&Channel::Text] > 5000 && watch.counts["deferred"] > 1000);
    for key in stage.workflows.0.keys() {
        let ran = |p: &Player| p.ledger.runs.values().any(|r| r.workflow == *key);
        assert!(stage.patients.values().any(ran), "{key} never ran: the year proves nothing of it");
    }
}
