//! The schedule in every zone of the bundled tzdata, from 2024 to 2028, against an independent calculation.

#![expect(clippy::expect_used, clippy::panic, reason = "what these functions of a test cannot do is a failed test")]

mod schedule_oracle;

use care::workflow::schedule::{OpenHours, Schedule, before_quiet, next_opening};
use jiff::{Timestamp, civil, tz::TimeZone};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use schedule_oracle::{DAY, HOUR, Table, add_months, split, weekday};

/// A schedule as plain numbers, from which both its text and its due instants are made.
#[derive(Debug, Clone)]
struct Case {
    count: i64,
    unit: &'static str,
    side: &'static str,
    /// Minutes after midnight.
    at: Option<i64>,
    /// One bit per weekday, Monday the lowest; 0 for no `on`.
    on: u8,
    every: Option<(i64, &'static str)>,
    occurrence: u32,
    aim: Aim,
}

/// Where the anchor lies. Half of the cases aim the result at a night in which clocks are moved, because a date
/// picked at random meets one twice in a lifetime of tests.
#[derive(Debug, Clone)]
struct Aim {
    second: i64,
    /// Which of the zone's moves, and how many seconds beside it.
    at_move: Option<(usize, i64)>,
    event_lead: i64,
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const TIMES: u32 = 5;

impl Case {
    fn text(&self) -> String {
        let mut text = format!("{} {} {}", self.count, self.unit, self.side);
        if let Some(at) = self.at {
            text += &format!(" at {:02}:{:02}", at / 60, at % 60);
        }
        if self.on != 0 {
            let named = DAYS.iter().enumerate().filter(|(day, _)| self.on & (1 << day) != 0);
            text += &format!(" on {}", named.map(|(_, name)| *name).collect::<Vec<_>>().join(","));
        }
        if let Some((count, unit)) = self.every {
            text += &format!(" every {count} {unit} up to {TIMES} times");
        }
        text
    }

    fn before(&self) -> bool {
        self.side == "before"
    }

    fn sign(&self) -> i64 {
        if self.before() { -1 } else { 1 }
    }

    /// The instant that the count starts from.
    fn reference(&self, table: &Table) -> i64 {
        let moves = table.moves();
        let Some((index, beside)) = self.aim.at_move else {
            return self.aim.second;
        };
        if moves.is_empty() {
            return self.aim.second;
        }
        let more = self
            .every
            .filter(|_| self.occurrence > 1)
            .map_or(0, |(count, unit)| count * rough(unit) * (i64::from(self.occurrence) - 1));
        moves[index % moves.len()] + beside - self.sign() * self.count * rough(self.unit) - more
    }

    /// The rules again, in days and seconds.
    fn expected(&self, reference: i64, table: &Table) -> Option<i64> {
        let again = i64::from(self.occurrence) - 1;
        let (more, more_unit) = match self.every {
            Some(_) if self.occurrence > TIMES => return None,
            Some((count, unit)) => (count * again, unit),
            None if again == 0 => (0, "days"),
            None => return None,
        };
        if self.unit == "hours" {
            let base = reference + self.sign() * self.count * HOUR;
            if more_unit == "hours" || more == 0 {
                return Some(base + if more_unit == "hours" { more * HOUR } else { 0 });
            }
            let (day, time) = split(table.wall(base));
            return Some(table.instant(add(day, more, more_unit) * DAY + time));
        }
        let (start, start_time) = split(table.wall(reference));
        let time = self.at.map_or(start_time, |at| at * 60);
        let mut day = add(start, self.sign() * self.count, self.unit);
        if self.at.is_some() {
            let wrong =
                if self.before() { (day, time) >= (start, start_time) } else { (day, time) < (start, start_time) };
            day += if wrong { self.sign() } else { 0 };
        }
        day = match (self.unit, more_unit) {
            ("months", "months") => add_months(start, self.sign() * self.count + more),
            (_, "hours") => day,
            _ => add(day, more, more_unit),
        };
        while self.on != 0 && self.on & (1 << weekday(day)) == 0 {
            day += self.sign();
        }
        let elapsed = if more_unit == "hours" { more * HOUR } else { 0 };
        Some(table.instant(day * DAY + time) + elapsed)
    }
}

fn add(day: i64, count: i64, unit: &str) -> i64 {
    match unit {
        "weeks" => day + 7 * count,
        "months" => add_months(day, count),
        _ => day + count,
    }
}

fn rough(unit: &str) -> i64 {
    match unit {
        "hours" => HOUR,
        "days" => DAY,
        "weeks" => 7 * DAY,
        _ => 30 * DAY + DAY / 2,
    }
}

fn length() -> impl Strategy<Value = (i64, &'static str)> {
    prop_oneof![
        (1..=200_i64).prop_map(|count| (count, "hours")),
        (0..=60_i64).prop_map(|count| (count, "days")),
        (1..=26_i64).prop_map(|count| (count, "weeks")),
        (1..=18_i64).prop_map(|count| (count, "months")),
    ]
}

/// From 2024 to 2028, by the minute or to the second.
fn second() -> impl Strategy<Value = i64> {
    (19_723 * DAY..21_550 * DAY, any::<bool>()).prop_map(|(at, whole)| if whole { at - at % 900 } else { at })
}

/// A time of the day in minutes, mostly in the hours in which clocks are moved.
fn time_of_day() -> impl Strategy<Value = i64> {
    prop_oneof![3 => 0..240_i64, 1 => 0..1440_i64]
}

fn aim() -> impl Strategy<Value = Aim> {
    let at_move = proptest::option::of((0..16_usize, -26 * HOUR..26 * HOUR));
    (second(), at_move, 0..30 * DAY).prop_map(|(second, at_move, event_lead)| Aim { second, at_move, event_lead })
}

fn case() -> impl Strategy<Value = Case> {
    let side = prop_oneof![Just("before"), Just("after"), Just("after the event")];
    let clock = (proptest::option::of(time_of_day()), prop_oneof![Just(0_u8), 1..128_u8]);
    let every =
        proptest::option::of((1..=9_i64, prop_oneof![Just("hours"), Just("days"), Just("weeks"), Just("months")]));
    (length(), side, clock, every, 1..=TIMES + 1, aim()).prop_map(allowed)
}

type Parts = ((i64, &'static str), &'static str, (Option<i64>, u8), Option<(i64, &'static str)>, u32, Aim);

/// Leaves out what the rules refuse together.
fn allowed(((count, unit), side, (at, on), every, occurrence, aim): Parts) -> Case {
    let (at, on) = if unit == "hours" { (None, 0) } else { (at, on) };
    let clock = at.is_some() || on != 0;
    let every = every.filter(|(_, every)| side != "before" && !(clock && *every == "hours"));
    let occurrence = if every.is_none() && occurrence <= TIMES { 1 } else { occurrence };
    Case { count, unit, side, at, on, every, occurrence, aim }
}

/// Runs a property in every zone, with the same cases on every machine and other ones in every zone.
fn in_every_zone<S: Strategy>(cases: u32, strategy: S, holds: impl Fn(&Table, S::Value) -> Result<(), TestCaseError>) {
    let mut zones = 0;
    for name in jiff::tz::db().available() {
        let table = Table::new(TimeZone::get(name.as_str()).expect("a zone of the bundled tzdata"));
        let mut seed = [0_u8; 16];
        for (index, byte) in name.as_str().bytes().enumerate() {
            seed[index % 16] ^= byte.rotate_left(index as u32 / 16);
        }
        let config = Config { cases, failure_persistence: None, ..Config::default() };
        let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::XorShift, &seed));
        if let Err(error) = runner.run(&strategy, |case| holds(&table, case)) {
            panic!("{}: {error}", name.as_str());
        }
        zones += 1;
    }
    assert!(zones > 400, "the bundled tzdata has some 600 zones, not {zones}");
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a second of these years")
}

#[test]
fn due_instants_agree_with_an_independent_calculation_in_every_zone() {
    in_every_zone(1_000, case(), |table, case| {
        let reference = case.reference(table);
        let (anchor, event) = match case.side {
            "after the event" => (reference + case.aim.event_lead, reference),
            _ => (reference, reference - case.aim.event_lead),
        };
        let schedule = Schedule::parse(&case.text()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let due = schedule.due(at(anchor), at(event), &table.zone, case.occurrence);
        let expected = case.expected(reference, table).map(at);
        prop_assert_eq!(due, expected, "{} of {}", schedule, at(reference));
        Ok(())
    });
}

#[test]
fn immediately_is_the_event_in_every_zone_and_repeats_from_it() {
    let repeat = (1..=9_i64, prop_oneof![Just("hours"), Just("days"), Just("weeks"), Just("months")]);
    in_every_zone(200, (repeat, 1..=TIMES, aim()), |table, ((count, unit), occurrence, aim)| {
        // "Immediately" is zero hours after the event.
        let case = Case {
            count: 0,
            unit: "hours",
            side: "after the event",
            at: None,
            on: 0,
            every: Some((count, unit)),
            occurrence,
            aim,
        };
        let event = case.reference(table);
        let text = format!("immediately every {count} {unit} up to {TIMES} times");
        let schedule = Schedule::parse(&text).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let due = schedule.due(at(event + case.aim.event_lead), at(event), &table.zone, occurrence);
        prop_assert_eq!(due, case.expected(event, table).map(at), "{} of {}", text, at(event));
        Ok(())
    });
}

/// Opening and close in minutes, and the moment.
fn quiet() -> impl Strategy<Value = (i64, i64, Aim)> {
    let usual = Just((480, 1260));
    let any_hours = (0..1430_i64, 1..1440_i64).prop_map(|(open, long)| (open, (open + long).min(1439)));
    let night = (0..240_i64, 1..300_i64).prop_map(|(open, long)| (open, open + long));
    prop_oneof![usual, any_hours, night].prop_flat_map(|(open, close)| (Just(open), Just(close), aim()))
}

fn open_hours(open: i64, close: i64) -> OpenHours {
    let time = |minutes: i64| civil::Time::midnight().saturating_add(jiff::SignedDuration::from_mins(minutes));
    OpenHours::new(time(open), time(close)).expect("at least a minute open")
}

fn moment(aim: &Aim, table: &Table) -> i64 {
    let moves = table.moves();
    match aim.at_move {
        Some((index, beside)) if !moves.is_empty() => moves[index % moves.len()] + beside,
        Some(_) | None => aim.second,
    }
}

#[test]
fn other_texts_go_out_at_the_first_open_second_in_every_zone() {
    in_every_zone(100, quiet(), |table, (open, close, aim)| {
        let is_open = |second: i64| (open * 60..close * 60).contains(&split(table.wall(second)).1);
        let asked = moment(&aim, table);
        let found = next_opening(at(asked), open_hours(open, close), &table.zone).as_second();
        prop_assert!(found >= asked && is_open(found), "{} gives {}", at(asked), at(found));
        // Between the two every whole minute is quiet, and so is the second before.
        let minutes = (asked..found).step_by(60).chain((found > asked).then_some(found - 1));
        for minute in minutes {
            prop_assert!(!is_open(minute), "{} gives {}, but {} is open", at(asked), at(found), at(minute));
        }
        Ok(())
    });
}

#[test]
fn texts_before_a_visit_go_out_at_the_last_open_minute_in_every_zone() {
    in_every_zone(200, (quiet(), 0..48 * HOUR), |table, ((open, close, aim), before)| {
        let is_open = |second: i64| (open * 60..close * 60).contains(&split(table.wall(second)).1);
        let due = moment(&aim, table);
        let visit = due + if before % 2 == 0 { before } else { before % (2 * HOUR) };
        let found = before_quiet(at(due), at(visit), open_hours(open, close), &table.zone).as_second();
        if is_open(due) {
            prop_assert_eq!(found, due);
            return Ok(());
        }
        let limit = due.min(visit - HOUR);
        prop_assert!(found <= limit && is_open(found), "{} gives {}", at(due), at(found));
        prop_assert!(found == limit || !is_open(found + 60), "{} is not the last open minute", at(found));
        for minute in (found + 60..=limit).step_by(60).chain((found < limit).then_some(limit)) {
            prop_assert!(!is_open(minute), "{} gives {}, but {} is open", at(due), at(found), at(minute));
        }
        Ok(())
    });
}
