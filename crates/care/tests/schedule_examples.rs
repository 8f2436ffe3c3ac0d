//! Rules 2 to 5 of docs/SEMANTICS.md section 3 as examples, one sentence each.

mod schedule_wall;

use care::workflow::schedule::Schedule;
use jiff::Timestamp;
use schedule_wall::{moment, shown, tz};

const NEW_YORK: &str = "America/New_York";
const BERLIN: &str = "Europe/Berlin";

/// The wall time in the zone, with its offset, of an occurrence of a step; the anchor is a wall time there, or an
/// instant. "none" where there is no such occurrence.
#[track_caller]
fn nth(text: &str, anchor: &str, zone: &str, occurrence: u32) -> String {
    let anchor = moment(anchor, zone);
    due_text(text, anchor, anchor, zone, occurrence)
}

#[track_caller]
fn due(text: &str, anchor: &str, zone: &str) -> String {
    nth(text, anchor, zone, 1)
}

fn due_text(text: &str, anchor: Timestamp, event: Timestamp, zone: &str, occurrence: u32) -> String {
    let schedule = match Schedule::parse(text) {
        Ok(schedule) => schedule,
        Err(error) => return format!("{text}: {error}"),
    };
    schedule.due(anchor, event, &tz(zone), occurrence).map_or("none".to_string(), |due| shown(due, zone))
}

#[test]
fn days_keep_the_wall_time_of_the_anchor_and_hours_are_elapsed() {
    // Clocks go forward on 9 March 2025 in New York.
    assert_eq!(due("1 day after", "2025-03-08 12:00", NEW_YORK), "2025-03-09 12:00 -04:00");
    assert_eq!(due("24 hours after", "2025-03-08 12:00", NEW_YORK), "2025-03-09 13:00 -04:00");
    assert_eq!(due("1 week before", "2025-03-12 12:00", NEW_YORK), "2025-03-05 12:00 -05:00");
    assert_eq!(due("48 hours before", "2025-03-10 12:00", NEW_YORK), "2025-03-08 11:00 -05:00");
}

#[test]
fn a_month_after_31_january_is_the_end_of_february_and_two_are_31_march() {
    assert_eq!(due("1 month after", "2025-01-31 09:00", BERLIN), "2025-02-28 09:00 +01:00");
    assert_eq!(due("1 month after", "2028-01-31 09:00", BERLIN), "2028-02-29 09:00 +01:00");
    assert_eq!(due("2 months after", "2025-01-31 09:00", BERLIN), "2025-03-31 09:00 +02:00");
    assert_eq!(due("1 month before", "2025-03-31 09:00", BERLIN), "2025-02-28 09:00 +01:00");
}

#[test]
fn twelve_months_after_29_february_is_28_february() {
    assert_eq!(due("12 months after", "2024-02-29 09:00", BERLIN), "2025-02-28 09:00 +01:00");
    assert_eq!(due("48 months after", "2024-02-29 09:00", BERLIN), "2028-02-29 09:00 +01:00");
}

#[test]
fn a_wall_time_in_a_gap_moves_forward_by_the_gap() {
    assert_eq!(due("1 day after at 02:30", "2025-03-08 12:00", NEW_YORK), "2025-03-09 03:30 -04:00");
    assert_eq!(due("1 day after", "2025-03-29 02:30", BERLIN), "2025-03-30 03:30 +02:00");
    // Lord Howe moves by half an hour, at 02:00.
    assert_eq!(due("1 day after at 02:10", "2025-10-04 12:00", "Australia/Lord_Howe"), "2025-10-05 02:40 +11:00");
}

#[test]
fn a_wall_time_that_comes_twice_is_the_first() {
    assert_eq!(due("1 day after at 01:30", "2025-11-01 12:00", NEW_YORK), "2025-11-02 01:30 -04:00");
    assert_eq!(due("1 day before at 02:30", "2025-10-27 12:00", BERLIN), "2025-10-26 02:30 +02:00");
    assert_eq!(due("1 day after at 01:45", "2025-04-05 12:00", "Australia/Lord_Howe"), "2025-04-06 01:45 +11:00");
}

#[test]
fn the_day_that_samoa_skipped_becomes_the_next_one() {
    assert_eq!(due("1 day after at 10:00", "2011-12-29 08:00", "Pacific/Apia"), "2011-12-31 10:00 +14:00");
}

#[test]
fn zero_days_after_at_an_earlier_time_is_the_next_day() {
    assert_eq!(due("0 days after at 09:00", "2025-05-05 08:00", BERLIN), "2025-05-05 09:00 +02:00");
    assert_eq!(due("0 days after at 09:00", "2025-05-05 09:00", BERLIN), "2025-05-05 09:00 +02:00");
    assert_eq!(due("0 days after at 09:00", "2025-05-05 09:01", BERLIN), "2025-05-06 09:00 +02:00");
}

#[test]
fn zero_days_before_at_the_anchors_time_or_later_is_the_day_before() {
    assert_eq!(due("0 days before at 09:00", "2025-05-05 10:00", BERLIN), "2025-05-05 09:00 +02:00");
    assert_eq!(due("0 days before at 09:00", "2025-05-05 09:00", BERLIN), "2025-05-04 09:00 +02:00");
    assert_eq!(due("0 days before at 09:00", "2025-05-05 08:00", BERLIN), "2025-05-04 09:00 +02:00");
}

#[test]
fn on_rolls_forward_after_and_back_before() {
    // 9 May 2025 is a Friday.
    assert_eq!(due("1 day after on mon", "2025-05-09 10:00", BERLIN), "2025-05-12 10:00 +02:00");
    assert_eq!(due("1 day before on mon", "2025-05-09 10:00", BERLIN), "2025-05-05 10:00 +02:00");
    assert_eq!(due("1 day after on sat,mon", "2025-05-09 10:00", BERLIN), "2025-05-10 10:00 +02:00");
    // The side check comes first: Friday 09:00 has passed, Saturday rolls on to the next Friday.
    assert_eq!(due("0 days after at 09:00 on fri", "2025-05-09 10:00", BERLIN), "2025-05-16 09:00 +02:00");
}

#[test]
fn after_the_event_counts_from_the_event_and_checks_its_side_against_the_event() {
    let event = moment("2025-05-05 10:00", BERLIN);
    let visit = moment("2025-05-20 15:00", BERLIN);
    let due = |text: &str| due_text(text, visit, event, BERLIN, 1);
    assert_eq!(due("immediately"), "2025-05-05 10:00 +02:00");
    assert_eq!(due("2 hours after the event"), "2025-05-05 12:00 +02:00");
    assert_eq!(due("0 days after the event at 09:00"), "2025-05-06 09:00 +02:00");
    assert_eq!(due("0 days after at 09:00"), "2025-05-21 09:00 +02:00");
}

#[test]
fn months_of_a_repeat_count_from_the_anchor_never_chained() {
    let text = "1 month after every 1 month up to 4 times";
    let all: Vec<String> = (0..=5).map(|n| nth(text, "2025-01-31 09:00", BERLIN, n)).collect();
    assert_eq!(
        all,
        [
            "none",
            "2025-02-28 09:00 +01:00",
            "2025-03-31 09:00 +02:00",
            "2025-04-30 09:00 +02:00",
            "2025-05-31 09:00 +02:00",
            "none",
        ]
    );
}

#[test]
fn months_of_a_repeat_count_from_the_base_when_the_base_is_in_days() {
    let text = "7 days after every 1 month up to 3 times";
    let all: Vec<String> = (1..=3).map(|n| nth(text, "2024-12-24 09:00", BERLIN, n)).collect();
    assert_eq!(all, ["2024-12-31 09:00 +01:00", "2025-01-31 09:00 +01:00", "2025-02-28 09:00 +01:00"]);
}

#[test]
fn at_and_on_hold_for_every_occurrence() {
    let text = "1 day after at 08:00 on tue,thu every 10 days up to 3 times";
    // Monday 5 May, so Tuesday 6; then Friday 16 rolls to Tuesday 20; then Monday 26 rolls to Tuesday 27.
    let all: Vec<String> = (1..=3).map(|n| nth(text, "2025-05-05 10:00", BERLIN, n)).collect();
    assert_eq!(all, ["2025-05-06 08:00 +02:00", "2025-05-20 08:00 +02:00", "2025-05-27 08:00 +02:00"]);
}

#[test]
fn occurrences_count_from_a_base_that_the_side_check_has_moved() {
    let text = "0 days after at 09:00 every 1 day up to 3 times";
    assert_eq!(nth(text, "2025-05-05 10:00", BERLIN, 1), "2025-05-06 09:00 +02:00");
    assert_eq!(nth(text, "2025-05-05 10:00", BERLIN, 2), "2025-05-07 09:00 +02:00");
}

#[test]
fn repeats_in_hours_are_elapsed_and_repeats_of_hours_in_days_keep_the_wall_time() {
    assert_eq!(
        nth("1 day after every 24 hours up to 2 times", "2025-03-07 12:00", NEW_YORK, 2),
        "2025-03-09 13:00 -04:00"
    );
    assert_eq!(
        nth("2 hours after every 1 day up to 2 times", "2025-03-08 12:00", NEW_YORK, 2),
        "2025-03-09 14:00 -04:00"
    );
    assert_eq!(
        nth("immediately every 30 days up to 4 times", "2025-03-01 12:00", NEW_YORK, 2),
        "2025-03-31 12:00 -04:00"
    );
    // The second 01:30 of the night is itself at first, and a plain 01:30 from then on.
    let again = "2025-11-02T06:30:00Z";
    let text = "immediately every 1 day up to 2 times";
    assert_eq!(nth(text, again, NEW_YORK, 1), "2025-11-02 01:30 -05:00");
    assert_eq!(nth(text, again, NEW_YORK, 2), "2025-11-03 01:30 -05:00");
}

#[test]
fn what_the_years_cannot_tell_is_none_and_never_a_panic() {
    let anchors = ["2025-05-05T10:00:00Z", "9999-12-30T00:00:00Z", "-009999-01-03T00:00:00Z"];
    let texts = [
        "10000 months after every 10000 months",
        "10000 hours after every 10000 hours",
        "10000 weeks after at 00:00 on mon every 10000 days",
        "immediately every 10000 weeks",
        "10000 months before at 23:59 on sun",
    ];
    for anchor in [Timestamp::MIN, Timestamp::MAX].into_iter().chain(anchors.map(|a| moment(a, "UTC"))) {
        for text in texts {
            for zone in ["UTC", NEW_YORK, "Pacific/Apia"] {
                let schedule = Schedule::parse(text).unwrap();
                for occurrence in [0, u32::MAX] {
                    assert_eq!(schedule.due(anchor, anchor, &tz(zone), occurrence), None, "{text}");
                }
                schedule.due(anchor, anchor, &tz(zone), 1);
            }
        }
    }
}
