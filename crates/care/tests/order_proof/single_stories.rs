//! Stories that were once told wrong.

use care::chart::{Act, Change, EncounterChange, EncounterKey, Source, Stamp, VisitType, What, Write};
use care::id::ChangeId;
use jiff::SignedDuration;

use crate::clock_moves::given;
use crate::story::{APPOINTMENTS, encounter, moment, now};
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
