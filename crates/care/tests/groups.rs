//! A group is asked because of an event, or of the patient alone; each clause is judged by itself.

#![expect(clippy::unwrap_used, reason = "a test says what it cannot go on without")]

use std::collections::BTreeSet;

use care::chart::{
    Act, Change, Chart, Clinic, EncounterChange, EncounterKey, EventKind, Location, Occurrence, PatientChange, Source,
    Stamp, What, Write, fold,
};
use care::id::{ChangeId, EncounterId, EpisodeId, LocationId};
use care::workflow::group::{Clause, Field, Group, Judged, Op, Value, value_of};
use care::workflow::{Facts, Workflows};
use care::zone::CivilMoment;
use jiff::Timestamp;
use uuid::Uuid;

const HOME: LocationId = LocationId(Uuid::from_u128(1));
const AWAY: LocationId = LocationId(Uuid::from_u128(2));

fn visit(n: u128, act: Act, start: &str, practitioner: &str, location: LocationId, case: u128) -> What {
    What::Encounter(EncounterChange {
        start: Write::Set(CivilMoment { civil: start.parse().unwrap(), zone: "America/New_York".into() }),
        practitioner: Write::Set(practitioner.into()),
        location: Write::Set(location),
        episode: Write::Set(EpisodeId(Uuid::from_u128(case))),
        ..EncounterChange::new(EncounterId(Uuid::from_u128(n)), EncounterKey::Appointment, act)
    })
}

fn clinic() -> Clinic {
    let mut clinic = Clinic::new("Riverbend", "America/New_York");
    for (id, name) in [(HOME, "Riverside"), (AWAY, "Lakeview")] {
        clinic.locations.insert(id, Location::new(id, name, "America/New_York", true));
    }
    clinic
}

/// Alma, at home in Riverside: a visit past, one missed, and two to come, the nearer one with Dana in Lakeview.
fn alma() -> Vec<What> {
    let home = PatientChange {
        home_location: Write::Set(HOME),
        birth_date: Write::Set("1990-03-03".parse().unwrap()),
        ..PatientChange::default()
    };
    vec![
        What::Patient(Box::new(home)),
        visit(10, Act::Finish, "2026-02-20T09:00", "Ben Adler", HOME, 20),
        visit(11, Act::NoShow, "2026-02-23T09:00", "Ben Adler", HOME, 20),
        visit(12, Act::Book, "2026-03-02T16:00", "Dana Reyes", AWAY, 20),
        visit(13, Act::Book, "2026-03-09T16:00", "Ben Adler", HOME, 20),
    ]
}

struct World {
    clinic: Clinic,
    chart: Chart,
    occurrences: Vec<Occurrence>,
    workflows: Workflows,
}

impl World {
    fn of(changes: Vec<What>) -> Self {
        let change = |(n, what): (u64, What)| Change {
            id: ChangeId(Uuid::from_u128(n.into())),
            stamp: Stamp { at: "2026-02-25T12:00:00Z".parse().unwrap(), rank: 0, hash: n },
            source: Source::System,
            received_at: Timestamp::UNIX_EPOCH,
            what,
        };
        let changes: Vec<_> = (0..).zip(changes).map(change).collect();
        let clinic = clinic();
        let chart = fold(&changes, &clinic);
        let occurrences = chart.occurrences(&clinic);
        Self { clinic, chart, occurrences, workflows: Workflows::default() }
    }

    fn booking(&self, n: u128) -> &Occurrence {
        let id = EncounterId(Uuid::from_u128(n));
        let is_it = |o: &&Occurrence| o.anchor.event == EventKind::EncounterPlanned && o.encounter == Some(id);
        self.occurrences.iter().find(is_it).unwrap()
    }

    /// Monday, 10:00 in New York.
    fn at_ten<T>(&self, ask: impl FnOnce(&Facts) -> T) -> T {
        ask(&Facts {
            clinic: &self.clinic,
            chart: &self.chart,
            occurrences: &self.occurrences,
            workflows: &self.workflows,
            channels: &BTreeSet::new(),
            world: &care::workflow::World::default(),
            undo_until: None,
            now: "2026-03-02T15:00:00Z".parse().unwrap(),
        })
    }

    fn sees(&self, field: Field, occurrence: Option<&Occurrence>) -> String {
        self.at_ten(|facts| value_of(field, facts, occurrence).to_string())
    }
}

fn clause(field: Field, op: Op, value: Value) -> Group {
    Group::Clause(Clause { field, op, value })
}

#[test]
fn asked_because_of_a_visit_a_group_sees_that_visit() {
    let world = World::of(alma());
    let later = Some(world.booking(13));
    assert_eq!(world.sees(Field::HoursToVisit, later), "173", "the clocks skip one in between");
    assert_eq!(world.sees(Field::Practitioner, later), "Ben Adler");
    assert_eq!(world.sees(Field::Practitioner, Some(world.booking(12))), "Dana Reyes");
    assert_eq!(world.sees(Field::Location, Some(world.booking(12))), "Lakeview");
}

#[test]
fn asked_without_an_event_a_group_sees_the_patient_alone() {
    let world = World::of(alma());
    assert_eq!(world.sees(Field::HoursToVisit, None), "6", "of the next visit that is planned");
    assert_eq!(world.sees(Field::Practitioner, None), "not known");
    assert_eq!(world.sees(Field::Location, None), "Riverside");
    assert_eq!(world.sees(Field::EpisodeOpen, None), "yes");
    assert_eq!(World::of(vec![]).sees(Field::HoursToVisit, None), "not known");
}

#[test]
fn visits_that_took_place_are_counted_whatever_the_event() {
    let world = World::of(alma());
    assert_eq!(world.sees(Field::VisitsArrived, None), "1");
    assert_eq!(world.sees(Field::VisitsArrived, Some(world.booking(13))), "1");
}

#[test]
fn every_clause_is_judged_by_itself_and_in_order() {
    let world = World::of(alma());
    let group = Group::All(vec![
        clause(Field::Age, Op::Ge, Value::Number(36.0)),
        Group::Not(Box::new(clause(Field::Practitioner, Op::In, Value::List(vec!["Dana Reyes".into()])))),
        Group::Any(vec![
            clause(Field::VisitsArrived, Op::Gt, Value::Number(0.0)),
            clause(Field::Sex, Op::Ne, Value::Text("male".into())),
        ]),
    ]);
    let judged = world.at_ten(|facts| group.clauses(facts, Some(world.booking(12))));
    let said = |clause: &str, value: &str, holds| Judged { clause: clause.into(), value: value.into(), holds };
    assert_eq!(
        judged,
        [
            said("age >= 36", "35", false),
            said("practitioner in Dana Reyes", "Dana Reyes", true),
            said("visits_arrived > 0", "1", true),
            said("sex != male", "not known", true),
        ]
    );
    let refusal = world.at_ten(|facts| group.holds(facts, world.booking(12))).unwrap_err();
    assert_eq!((refusal.clause.as_str(), refusal.value.as_str()), ("age >= 36", "35"));
    world.at_ten(|facts| group.holds_for_patient(facts)).unwrap_err();
}
