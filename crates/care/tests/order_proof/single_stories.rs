//! Stories that were once told wrong.

use care::chart::{Act, Change, EncounterChange, EncounterKey, PatientChange, Source, Stamp, VisitType, What, Write};
use care::id::{ChangeId, InterfaceId, StaffId};
use jiff::{SignedDuration, Timestamp};

use crate::clock_moves::given;
use crate::story::{APPOINTMENTS, LAKESIDE, MAIN_STREET, encounter, moment, now};
use crate::world::World;

/// A change of the first appointment, an initial evaluation, `minutes` after the story begins.
fn of_the_visit(act: Act, hour: i8, minutes: i64) -> Change {
    of_visit(APPOINTMENTS[0], act, hour, minutes)
}

fn of_visit(number: u128, act: Act, hour: i8, minutes: i64) -> Change {
    let at = now() + SignedDuration::from_mins(minutes);
    let start = Write::Set(moment(6, hour, 0, "America/New_York"));
    let what = EncounterChange::new(encounter(number), EncounterKey::Appointment, act);
    let stamp = Stamp { at, rank: act.rank(), hash: minutes as u64 };
    let what = What::Encounter(EncounterChange { start, visit_type: Write::Set(VisitType::InitialEvaluation), ..what });
    Change { id: ChangeId(uuid::Uuid::nil()), stamp, source: Source::System, received_at: at, what }
}

fn times_given(world: &World, workflow: &str, step: &str) -> usize {
    given(world).iter().filter(|g| (g.0.as_str(), g.2.as_str()) == (workflow, step)).count()
}

#[test]
fn a_step_given_after_the_move_is_not_given_again_for_it() {
    let mut world = World::at(now());
    world.record(&of_the_visit(Act::Book, 9, 0));
    world.later(20);
    // Due three days after the booking, whenever the visit is: the move changes nothing about it.
    world.record(&of_the_visit(Act::Modify, 10, 20));
    world.run_until(now() + SignedDuration::from_hours(80), &mut |_, _| {});
    assert_eq!(times_given(&world, "prepare", "days-later"), 1);
    world.record(&of_the_visit(Act::Note, 10, 80 * 60));
    world.run_until(now() + SignedDuration::from_hours(200), &mut |_, _| {});
    assert_eq!(times_given(&world, "prepare", "days-later"), 1);
}

#[test]
fn a_cancellation_minutes_after_the_booking_stops_what_was_still_to_come() {
    let mut world = World::at(now());
    world.record(&of_the_visit(Act::Book, 9, 0));
    world.run_until(now() + SignedDuration::from_mins(2), &mut |_, _| {});
    assert_eq!(times_given(&world, "prepare", "at-once"), 1);
    world.record(&of_the_visit(Act::Cancel, 9, 2));
    let left = world.plan().pending;
    assert!(!left.iter().any(|p| p.0 == "visit-reminder" || p.2 == "day-before"), "{left:?}");
}

#[test]
fn what_was_given_for_a_later_event_is_not_given_for_an_earlier_one_heard_of_afterwards() {
    let mut world = World::at(now());
    world.record(&of_visit(APPOINTMENTS[0], Act::Book, 9, 0));
    world.run_until(now() + SignedDuration::from_mins(60), &mut |_, _| {});
    world.record(&of_visit(APPOINTMENTS[1], Act::Book, 16, -600));
    world.run_until(now() + SignedDuration::from_mins(120), &mut |_, _| {});
    assert_eq!(times_given(&world, "welcome", "welcome"), 1);
}

#[test]
fn a_visit_that_replaced_none_after_all_gets_what_is_its_own() {
    let [first, second, _] = APPOINTMENTS;
    let mut world = World::at(now());
    world.record(&of_visit(first, Act::Book, 9, 0));
    world.run_until(now() + SignedDuration::from_mins(2000), &mut |_, _| {});
    assert_eq!(times_given(&world, "prepare", "at-once"), 1);
    world.record(&of_visit(first, Act::Cancel, 9, 1999));
    let mut stays = world.clone();
    world.record(&of_visit(second, Act::Book, 16, 2000));
    world.record(&of_visit(first, Act::Reinstate, 9, 2001));
    stays.record(&of_visit(second, Act::Book, 16, 2000));
    for (world, times) in [(&mut world, 2), (&mut stays, 1)] {
        // Three texts a week: what is its own may have to wait.
        world.run_until(world.now() + SignedDuration::from_hours(168), &mut |_, _| {});
        assert_eq!(times_given(world, "prepare", "at-once"), times);
    }
}

#[test]
fn a_text_that_waits_for_room_waits_on_when_its_visit_is_called_off_and_on_again_at_once() {
    // The text at once takes the day's place: the one for the evening waits for the morning of the visit.
    let mut world = World::at(now());
    world.record(&of_the_visit(Act::Book, 9, 0));
    world.run_until(now() + SignedDuration::from_hours(9), &mut |_, _| {});
    assert_eq!(times_given(&world, "prepare", "day-before"), 0);
    world.record(&of_the_visit(Act::Cancel, 9, 540));
    world.record(&of_the_visit(Act::Reinstate, 9, 541));
    world.run_until(now() + SignedDuration::from_hours(24), &mut |_, _| {});
    assert_eq!(times_given(&world, "prepare", "day-before"), 1);
}

#[test]
fn what_comes_too_late_keeps_no_place_for_itself() {
    let staff = Source::Staff(StaffId(uuid::Uuid::from_u128(8)));
    let told = |at: Timestamp, source: Source, what: What| {
        let rank = if let What::Encounter(e) = &what { e.act.rank() } else { 0 };
        Change { id: ChangeId(uuid::Uuid::nil()), stamp: Stamp { at, rank, hash: 3 }, source, received_at: at, what }
    };
    let visit = |number, act| EncounterChange::new(encounter(number), EncounterKey::Appointment, act);
    let ago = |hours| now() - SignedDuration::from_hours(hours);
    let at = |day, hour, minute| Write::Set(moment(day, hour, minute, "UTC"));
    let [first, second, third] = APPOINTMENTS;
    let booked = visit(first, Act::Book);
    let came = EncounterChange { visit_type: Write::Set(VisitType::InitialEvaluation), ..visit(first, Act::Arrive) };
    let (here, there) = (Write::Set(MAIN_STREET), Write::Set(LAKESIDE));
    let before = [
        told(ago(48), staff, What::Encounter(EncounterChange { start: at(5, 11, 30), location: here, ..booked })),
        told(ago(48), staff, What::Encounter(came)),
        told(
            ago(200),
            staff,
            What::Encounter(EncounterChange { start: at(7, 9, 0), location: there.clone(), ..visit(third, Act::Book) }),
        ),
    ];
    // Their invitations expired weeks ago; they are of a higher priority, and the mail that waits is not.
    let invite = PatientChange { send_invite: Write::Set(true), ..PatientChange::default() };
    let earlier = EncounterChange {
        visit_type: Write::Set(VisitType::InitialEvaluation),
        location: there,
        ..visit(second, Act::Arrive)
    };
    let batch = [
        told(now(), staff, What::Patient(Box::new(invite))),
        told(ago(24), Source::Emr(InterfaceId(uuid::Uuid::from_u128(7))), What::Encounter(earlier)),
    ];
    let mut lived = World::at(now());
    for change in &before {
        lived.record(change);
    }
    lived.run_until(now() + SignedDuration::from_mins(10), &mut |_, _| {});
    let mut turned = lived.clone();
    for change in &batch {
        lived.record(change);
    }
    for change in batch.iter().rev() {
        turned.record(change);
    }
    for world in [&mut lived, &mut turned] {
        world.run_until(now() + SignedDuration::from_hours(200), &mut |_, _| {});
    }
    assert_eq!(given(&lived), given(&turned));
    let at_once =
        |g: &(_, _, String, _, _, Timestamp)| g.2 == "days-later" && g.5 < now() + SignedDuration::from_hours(1);
    assert!(given(&lived).iter().any(at_once), "{:?}", given(&lived));
}
