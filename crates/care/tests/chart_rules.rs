//! The chart's rules of docs/SEMANTICS.md section 4, "Order-proof", one sentence each.

#![expect(clippy::unwrap_used, reason = "a test says what it cannot go on without")]

use care::chart::{
    Act, Change, Chart, Clinic, EncounterChange, EncounterKey, EncounterState, EpisodeChange, EpisodeKey, EventKind,
    Location, Notice, PatientChange, Source, Stamp, Subject, Validity, What, Write, fold,
};
use care::id::{ChangeId, EncounterId, EpisodeId, InterfaceId, LocationId, StaffId};
use care::zone::CivilMoment;
use jiff::Timestamp;
use uuid::Uuid;

const EMR: Source = Source::Emr(InterfaceId(Uuid::from_u128(1)));
const STAFF: Source = Source::Staff(StaffId(Uuid::from_u128(2)));
const MAIN_STREET: LocationId = LocationId(Uuid::from_u128(3));
const V1: EncounterId = EncounterId(Uuid::from_u128(11));
const V2: EncounterId = EncounterId(Uuid::from_u128(12));
const V3: EncounterId = EncounterId(Uuid::from_u128(13));
/// A registration's visit number.
const R1: EncounterId = EncounterId(Uuid::from_u128(5));
const KNEE: EpisodeId = EpisodeId(Uuid::from_u128(21));
const BACK: EpisodeId = EpisodeId(Uuid::from_u128(22));

fn clinic() -> Clinic {
    let mut clinic = Clinic::new("Stepping Stones", "America/New_York");
    let location = Location::new(MAIN_STREET, "Main Street", "America/New_York", true);
    clinic.locations.insert(MAIN_STREET, location);
    clinic
}

/// The chart of what was said, at minutes 1, 2, 3, ... of 2 March.
fn chart(said: Vec<(Source, What)>) -> Chart {
    let changes: Vec<Change> = (1..)
        .zip(said)
        .map(|(minute, (source, what))| {
            let rank = if let What::Encounter(e) = &what { e.act.rank() } else { 0 };
            let stamp = Stamp { at: minute_of(minute), rank, hash: minute as u64 };
            Change { id: ChangeId(Uuid::from_u128(minute as u128)), stamp, source, received_at: stamp.at, what }
        })
        .collect();
    let backwards: Vec<Change> = changes.iter().rev().cloned().collect();
    let chart = fold(&changes, &clinic());
    assert_eq!(chart, fold(&backwards, &clinic()));
    chart
}

fn minute_of(minute: i64) -> Timestamp {
    Timestamp::from_second(1_772_460_000 + 60 * minute).unwrap()
}

fn at(day: i8, hour: i8) -> CivilMoment {
    CivilMoment { civil: jiff::civil::date(2026, 3, day).at(hour, 0, 0, 0), zone: "America/New_York".into() }
}

fn act(visit: EncounterId, act: Act) -> (Source, What) {
    (EMR, What::Encounter(EncounterChange::new(visit, EncounterKey::Appointment, act)))
}

fn starting(visit: EncounterId, act: Act, start: CivilMoment) -> (Source, What) {
    let change = EncounterChange::new(visit, EncounterKey::Appointment, act);
    (EMR, What::Encounter(EncounterChange { start: Write::Set(start), location: Write::Set(MAIN_STREET), ..change }))
}

fn registered_as(visit: EncounterId, act: Act, start: CivilMoment) -> (Source, What) {
    let change = EncounterChange::new(visit, EncounterKey::Visit, act);
    (EMR, What::Encounter(EncounterChange { start: Write::Set(start), location: Write::Set(MAIN_STREET), ..change }))
}

fn of_case(visit: EncounterId, case: EpisodeId) -> (Source, What) {
    let change = EncounterChange::new(visit, EncounterKey::Appointment, Act::Note);
    (EMR, What::Encounter(EncounterChange { episode: Write::Set(case), ..change }))
}

fn email(source: Source, email: &str) -> (Source, What) {
    (source, What::Patient(Box::new(PatientChange { email: Write::Set(email.into()), ..PatientChange::default() })))
}

fn state(chart: &Chart, visit: EncounterId) -> &'static str {
    chart.encounter(visit).unwrap().state.code()
}

fn validity(chart: &Chart, event: EventKind) -> Vec<Validity> {
    let occurrences = chart.occurrences(&clinic());
    occurrences.into_iter().filter(|o| o.anchor.event == event).map(|o| o.validity).collect()
}

#[test]
fn a_cancel_for_an_unknown_visit_leaves_a_tombstone() {
    let chart = chart(vec![act(V1, Act::Cancel)]);
    assert_eq!(state(&chart, V1), "cancelled");
    assert_eq!(validity(&chart, EventKind::EncounterPlanned), []);
    assert!(chart.episodes.is_empty(), "a tombstone opens no episode");
}

#[test]
fn a_booking_that_comes_after_its_cancel_but_was_made_before_it_stays_cancelled() {
    // `chart` folds what was said backwards too.
    let told = chart(vec![starting(V1, Act::Book, at(6, 9)), act(V1, Act::Cancel)]);
    assert_eq!(state(&told, V1), "cancelled");
    assert_eq!(validity(&told, EventKind::EncounterPlanned), [Validity::Cancelled]);
}

#[test]
fn booking_a_cancelled_visit_with_the_same_start_is_for_the_work_list() {
    let chart = chart(vec![starting(V1, Act::Book, at(6, 9)), act(V1, Act::Cancel), starting(V1, Act::Book, at(6, 9))]);
    let visit = chart.encounter(V1).unwrap();
    assert_eq!(visit.state, EncounterState::Cancelled { at: minute_of(2) });
    assert_eq!(visit.notices, [Notice::BookingOfCancelledVisit { at: minute_of(3) }]);
}

#[test]
fn booking_a_cancelled_visit_with_a_different_start_reopens_it() {
    let chart = chart(vec![starting(V1, Act::Book, at(6, 9)), act(V1, Act::Cancel), starting(V1, Act::Book, at(7, 9))]);
    let visit = chart.encounter(V1).unwrap();
    assert_eq!((visit.state, visit.start.clone()), (EncounterState::Planned, Some(at(7, 9))));
    assert_eq!(visit.notices, []);
    assert_eq!(validity(&chart, EventKind::EncounterCancelled), [Validity::Corrected]);
}

#[test]
fn the_same_instant_in_another_zone_is_the_same_start() {
    let pacific =
        CivilMoment { civil: jiff::civil::date(2026, 3, 6).at(6, 0, 0, 0), zone: "America/Los_Angeles".into() };
    let chart = chart(vec![starting(V1, Act::Book, at(6, 9)), act(V1, Act::Cancel), starting(V1, Act::Book, pacific)]);
    assert_eq!(state(&chart, V1), "cancelled");
}

#[test]
fn a_modification_reopens_a_cancelled_visit() {
    let chart = chart(vec![starting(V1, Act::Book, at(6, 9)), act(V1, Act::Cancel), act(V1, Act::Modify)]);
    assert_eq!(state(&chart, V1), "planned");
}

#[test]
fn a_note_never_changes_the_state() {
    for last in [Act::Book, Act::Arrive, Act::Finish, Act::NoShow, Act::Cancel, Act::Delete] {
        let before = chart(vec![starting(V1, Act::Book, at(6, 9)), act(V1, last)]);
        let after = chart(vec![starting(V1, Act::Book, at(6, 9)), act(V1, last), act(V1, Act::Note)]);
        assert_eq!(before.encounter(V1).unwrap().state, after.encounter(V1).unwrap().state, "{last:?}");
    }
}

#[test]
fn an_arrival_takes_a_no_show_back() {
    let chart = chart(vec![starting(V1, Act::Book, at(6, 9)), act(V1, Act::NoShow), act(V1, Act::Arrive)]);
    assert_eq!(state(&chart, V1), "arrived");
    assert_eq!(validity(&chart, EventKind::EncounterNoShow), [Validity::Corrected]);
    assert_eq!(validity(&chart, EventKind::EncounterArrived), [Validity::Valid]);
}

#[test]
fn a_finish_taken_back_leaves_the_patient_arrived_and_what_came_of_it() {
    let chart = chart(vec![starting(V1, Act::Book, at(6, 9)), act(V1, Act::Finish), act(V1, Act::Unfinish)]);
    assert_eq!(state(&chart, V1), "arrived");
    assert_eq!(validity(&chart, EventKind::EncounterFinished), [Validity::Valid]);
    assert_eq!(validity(&chart, EventKind::EncounterArrived), [Validity::Valid]);
}

#[test]
fn of_one_source_time_the_later_state_stands() {
    let mut changes = vec![];
    for (n, (source, what)) in [act(V1, Act::Cancel), starting(V1, Act::Book, at(6, 9))].into_iter().enumerate() {
        let rank = if let What::Encounter(e) = &what { e.act.rank() } else { 0 };
        let stamp = Stamp { at: minute_of(1), rank, hash: n as u64 };
        changes.push(Change { id: ChangeId(Uuid::nil()), stamp, source, received_at: stamp.at, what });
    }
    assert_eq!(state(&fold(&changes, &clinic()), V1), "cancelled");
}

#[test]
fn a_value_staff_corrected_stands_until_the_emr_sends_a_different_one() {
    let said = vec![email(EMR, "old@example.org"), email(STAFF, "alma@example.org"), email(EMR, "old@example.org")];
    assert_eq!(chart(said.clone()).patient.email.as_deref(), Some("alma@example.org"));
    let more = said.into_iter().chain([email(EMR, "new@example.org")]).collect();
    assert_eq!(chart(more).patient.email.as_deref(), Some("new@example.org"));
}

#[test]
fn a_start_staff_corrected_stands_until_the_emr_sends_a_different_one() {
    let (_, corrected) = starting(V1, Act::Modify, at(7, 9));
    let said = vec![starting(V1, Act::Book, at(6, 9)), (STAFF, corrected), starting(V1, Act::Modify, at(6, 9))];
    assert_eq!(chart(said.clone()).encounter(V1).unwrap().start, Some(at(7, 9)));
    let more = said.into_iter().chain([starting(V1, Act::Modify, at(8, 9))]).collect();
    assert_eq!(chart(more).encounter(V1).unwrap().start, Some(at(8, 9)));
}

#[test]
fn no_value_writes_nothing_and_an_explicit_delete_does() {
    let nothing = || (EMR, What::Patient(Box::default()));
    let clear = (EMR, What::Patient(Box::new(PatientChange { email: Write::Clear, ..PatientChange::default() })));
    let said = vec![email(EMR, "alma@example.org"), nothing()];
    assert_eq!(chart(said.clone()).patient.email.as_deref(), Some("alma@example.org"));
    assert_eq!(chart(said.into_iter().chain([clear]).collect()).patient.email, None);
}

#[test]
fn a_death_entered_in_error_is_taken_back() {
    let died =
        |died| (EMR, What::Patient(Box::new(PatientChange { deceased: Write::Set(died), ..PatientChange::default() })));
    assert!(chart(vec![died(true)]).patient.deceased);
    assert!(!chart(vec![died(true), died(false)]).patient.deceased);
}

#[test]
fn a_registration_joins_the_appointment_of_the_day() {
    let chart = chart(vec![starting(V1, Act::Book, at(6, 9)), registered_as(R1, Act::Arrive, at(6, 10))]);
    assert_eq!(chart.encounters.len(), 1);
    let visit = chart.encounter(R1).unwrap();
    assert_eq!((visit.id, visit.ids.clone()), (V1, vec![R1, V1]));
    assert_eq!((visit.state.code(), visit.start.clone()), ("arrived", Some(at(6, 9))), "it was booked for nine");
}

#[test]
fn a_registration_of_another_day_or_hours_away_is_a_visit_of_its_own() {
    for start in [at(7, 9), at(6, 14)] {
        let chart = chart(vec![starting(V1, Act::Book, at(6, 9)), registered_as(R1, Act::Arrive, start)]);
        assert_eq!((state(&chart, V1), state(&chart, R1)), ("planned", "arrived"));
    }
}

#[test]
fn a_registration_joins_the_nearest_of_two_appointments() {
    let booked = vec![starting(V1, Act::Book, at(6, 9)), starting(V2, Act::Book, at(6, 11))];
    let said = booked.into_iter().chain([registered_as(R1, Act::Arrive, at(6, 11))]).collect();
    let chart = chart(said);
    assert_eq!((state(&chart, V1), state(&chart, V2)), ("planned", "arrived"));
}

#[test]
fn a_message_that_names_both_numbers_joins_them_whatever_the_day() {
    let change = EncounterChange::new(R1, EncounterKey::Visit, Act::Arrive);
    let both = (EMR, What::Encounter(EncounterChange { same_as: Some(V1), start: Write::Set(at(9, 9)), ..change }));
    let chart = chart(vec![starting(V1, Act::Book, at(6, 9)), both]);
    assert_eq!((chart.encounters.len(), state(&chart, V1)), (1, "arrived"));
}

#[test]
fn two_visits_of_one_day_are_one_visit_day() {
    let chart = chart(vec![starting(V1, Act::Book, at(6, 11)), starting(V2, Act::Book, at(6, 9))]);
    let days: Vec<_> =
        chart.occurrences(&clinic()).into_iter().filter(|o| o.anchor.event == EventKind::VisitDayPlanned).collect();
    assert_eq!(days.len(), 1);
    let subject = Subject::VisitDay { location: Some(MAIN_STREET), date: jiff::civil::date(2026, 3, 6) };
    assert_eq!((days[0].anchor.subject, days[0].moment.clone()), (subject, at(6, 9)));
}

#[test]
fn a_visit_day_stands_as_long_as_one_of_its_visits_does() {
    let booked = vec![starting(V1, Act::Book, at(6, 11)), starting(V2, Act::Book, at(6, 9)), act(V2, Act::Cancel)];
    let told = chart(booked.clone());
    let day = told.occurrences(&clinic()).into_iter().find(|o| o.anchor.event == EventKind::VisitDayPlanned).unwrap();
    assert_eq!((day.validity, day.moment), (Validity::Valid, at(6, 11)));
    let told = chart(booked.into_iter().chain([act(V1, Act::Cancel)]).collect());
    let day = told.occurrences(&clinic()).into_iter().find(|o| o.anchor.event == EventKind::VisitDayPlanned).unwrap();
    assert_eq!(
        (day.validity, day.moment),
        (Validity::Cancelled, at(6, 9)),
        "what goes on after it counts from its time"
    );
}

#[test]
fn a_moved_visit_leaves_its_day_and_comes_to_another() {
    let chart = chart(vec![starting(V1, Act::Book, at(6, 9)), starting(V1, Act::Modify, at(7, 9))]);
    let mut days = validity(&chart, EventKind::VisitDayPlanned);
    days.sort_by_key(|v| *v != Validity::Moved);
    assert_eq!(days, [Validity::Moved, Validity::Valid]);
    assert_eq!(validity(&chart, EventKind::EncounterRescheduled), [Validity::Valid]);
}

#[test]
fn the_first_named_case_adopts_the_default_episode() {
    let said = vec![starting(V1, Act::Book, at(6, 9)), of_case(V1, KNEE)];
    let told = chart(said.clone());
    assert_eq!(told.episodes.len(), 1);
    assert_eq!((told.episodes[0].key, told.episodes[0].named), (EpisodeKey::First, Some(KNEE)));
    assert_eq!(told.episodes[0].opened_at, minute_of(1), "the opening stays where it was");
    let told = chart(said.into_iter().chain([starting(V2, Act::Book, at(7, 9)), of_case(V2, BACK)]).collect());
    assert_eq!(told.encounter(V1).unwrap().episode, EpisodeKey::First);
    assert_eq!(told.encounter(V2).unwrap().episode, EpisodeKey::Named(BACK));
    assert_eq!(told.episodes.len(), 2, "only later cases open new ones");
}

#[test]
fn after_a_discharge_the_next_visit_without_a_case_begins_the_next_episode() {
    let on = jiff::civil::date(2026, 3, 2);
    let booked = |visit, day| starting(visit, Act::Book, at(day, 9));
    let discharge = (EMR, What::Episode(EpisodeChange::Discharge { episode: None, on }));
    let reopen = (EMR, What::Episode(EpisodeChange::Reopen { episode: None }));
    let case_of = |chart: &Chart, visit| chart.encounter(visit).unwrap().episode;

    let said = vec![booked(V1, 6), discharge.clone(), booked(V2, 7)];
    let told = chart(said.clone());
    assert_eq!((case_of(&told, V1), case_of(&told, V2)), (EpisodeKey::First, EpisodeKey::Next(1)));
    assert_eq!(told.episodes.iter().map(|e| e.is_open()).collect::<Vec<_>>(), [false, true]);

    // What moves or is confirmed after the discharge was planned before it.
    let told = chart(vec![booked(V1, 6), discharge.clone(), starting(V1, Act::Modify, at(8, 9))]);
    assert_eq!((case_of(&told, V1), told.episodes.len()), (EpisodeKey::First, 1));

    let taken_back = chart(said.iter().cloned().chain([reopen]).collect());
    assert_eq!(case_of(&taken_back, V2), EpisodeKey::First);
    assert_eq!((taken_back.episodes.len(), taken_back.episodes[0].is_open()), (1, true));

    let named = chart(said.iter().cloned().chain([of_case(V1, KNEE), of_case(V2, BACK)]).collect());
    assert_eq!(case_of(&named, V2), EpisodeKey::Next(1), "the case that is named later is the one that had opened");
    assert_eq!(named.episodes.iter().map(|e| e.named).collect::<Vec<_>>(), [Some(KNEE), Some(BACK)]);

    let again = chart(said.into_iter().chain([discharge.clone(), booked(V3, 9)]).collect());
    assert_eq!(case_of(&again, V3), EpisodeKey::Next(2));
    assert!(again.episodes[..2].iter().all(|e| !e.is_open()), "a discharge without a case is of the last");

    let told = chart(vec![discharge, booked(V1, 6)]);
    assert!(told.episodes[0].is_open(), "of whom nothing was known there was nothing to discharge");
}

#[test]
fn a_case_closed_and_reopened_is_open() {
    let on = jiff::civil::date(2026, 3, 2);
    let open = (EMR, What::Episode(EpisodeChange::Open { episode: KNEE, on, title: None }));
    let discharge = (EMR, What::Episode(EpisodeChange::Discharge { episode: Some(KNEE), on }));
    let reopen = (EMR, What::Episode(EpisodeChange::Reopen { episode: Some(KNEE) }));
    let told = chart(vec![open.clone(), discharge.clone()]);
    assert!(!told.episodes[0].is_open());
    assert_eq!(validity(&told, EventKind::EpisodeDischarged), [Validity::Valid]);
    let told = chart(vec![open, discharge, reopen]);
    assert!(told.episodes[0].is_open());
    assert_eq!(validity(&told, EventKind::EpisodeOpened), [Validity::Valid]);
}
