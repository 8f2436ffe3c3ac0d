//! Rule 7 of docs/SEMANTICS.md section 3 as examples: texts and the hours in which nobody wants one.

mod schedule_wall;

use care::workflow::schedule::{OpenHours, before_quiet, next_opening};
use jiff::{Timestamp, civil};
use schedule_wall::{moment, shown, tz};

const BERLIN: &str = "Europe/Berlin";

fn moved_back(due: &str, visit: &str, zone: &str) -> String {
    shown(before_quiet(moment(due, zone), moment(visit, zone), OpenHours::default(), &tz(zone)), zone)
}

#[test]
fn a_text_before_a_visit_moves_out_of_quiet_hours_to_the_evening_before() {
    assert_eq!(moved_back("2025-05-05 05:00", "2025-05-05 07:00", BERLIN), "2025-05-04 20:59 +02:00");
    assert_eq!(moved_back("2025-05-05 21:00", "2025-05-06 21:00", BERLIN), "2025-05-05 20:59 +02:00");
    assert_eq!(moved_back("2025-05-05 08:00", "2025-05-05 10:00", BERLIN), "2025-05-05 08:00 +02:00");
    // The night in which clocks go forward.
    assert_eq!(moved_back("2025-03-30 06:00", "2025-03-30 07:30", BERLIN), "2025-03-29 20:59 +01:00");
}

#[test]
fn hours_of_a_clinics_own_are_narrower_than_those_of_the_law_or_refused() {
    let read = |text: &str| text.parse::<OpenHours>().map(|h| h.to_string()).map_err(|e| e.to_string());
    for good in ["08:00-21:00", "09:30-18:00", "20:59-21:00"] {
        assert_eq!(read(good), Ok(good.to_owned()));
    }
    for wider in ["07:59-21:00", "08:00-21:01", "00:00-23:59"] {
        assert!(read(wider).is_err_and(|e| e.contains("within 08:00-21:00") && e.contains(wider)), "{wider}");
    }
    for none in ["18:00-09:00", "10:00-10:00"] {
        assert!(read(none).is_err_and(|e| e.contains("at least a minute")), "{none}");
    }
    for no_hours in ["", "9-18", "09:00", "09:00-25:00", "09:00-18:00-19:00"] {
        assert!(read(no_hours).is_err_and(|e| e.contains("09:00-18:00")), "{no_hours}");
    }
}

#[test]
fn a_text_moved_out_of_quiet_hours_leaves_an_hour_before_the_visit() {
    assert_eq!(moved_back("2025-05-05 21:20", "2025-05-05 21:40", BERLIN), "2025-05-05 20:40 +02:00");
    assert_eq!(moved_back("2025-05-05 07:30", "2025-05-05 08:30", BERLIN), "2025-05-04 20:59 +02:00");
}

#[test]
fn other_texts_move_forward_to_the_opening() {
    let next = |at: &str| shown(next_opening(moment(at, BERLIN), OpenHours::default(), &tz(BERLIN)), BERLIN);
    assert_eq!(next("2025-05-05 05:00"), "2025-05-05 08:00 +02:00");
    assert_eq!(next("2025-05-05 21:00"), "2025-05-06 08:00 +02:00");
    assert_eq!(next("2025-05-05 20:59"), "2025-05-05 20:59 +02:00");
    assert_eq!(next("2025-10-25 23:00"), "2025-10-26 08:00 +01:00");
}

#[test]
fn quiet_hours_follow_the_clock_on_the_wall_where_it_is_moved() {
    let at = |text: &str| text.parse::<civil::Time>().unwrap();
    let early = OpenHours::new(at("02:30"), at("21:00")).unwrap();
    // 02:30 does not come; the first open moment is 03:00.
    let night = moment("2025-03-30 01:00", BERLIN);
    assert_eq!(shown(next_opening(night, early, &tz(BERLIN)), BERLIN), "2025-03-30 03:00 +02:00");
    // The second 02:10 opens at the second 02:30, not at the first, which has passed.
    let second = moment("2025-10-26T01:10:00Z", BERLIN);
    assert_eq!(shown(next_opening(second, early, &tz(BERLIN)), BERLIN), "2025-10-26 02:30 +01:00");
    // A close in the gap: the last open minute is the one before the clock is moved.
    let late = OpenHours::new(at("00:30"), at("02:30")).unwrap();
    let visit = moment("2025-03-30 09:00", BERLIN);
    let due = moment("2025-03-30 05:00", BERLIN);
    assert_eq!(shown(before_quiet(due, visit, late, &tz(BERLIN)), BERLIN), "2025-03-30 01:59 +01:00");
}

#[test]
fn hours_that_never_open_are_refused() {
    let at = |text: &str| text.parse::<civil::Time>().unwrap();
    assert!(OpenHours::new(at("21:00"), at("08:00")).is_err());
    assert!(OpenHours::new(at("08:00"), at("08:00")).is_err());
    assert!(OpenHours::new(at("08:00"), at("08:01")).is_ok());
}

#[test]
fn a_day_without_any_open_hour_is_passed_over() {
    // Samoa had no 30 December 2011.
    let hours = OpenHours::default();
    let evening = moment("2011-12-29 22:00", "Pacific/Apia");
    assert_eq!(shown(next_opening(evening, hours, &tz("Pacific/Apia")), "Pacific/Apia"), "2011-12-31 08:00 +14:00");
    let morning = moment("2011-12-31 07:00", "Pacific/Apia");
    let visit = moment("2011-12-31 10:00", "Pacific/Apia");
    assert_eq!(
        shown(before_quiet(morning, visit, hours, &tz("Pacific/Apia")), "Pacific/Apia"),
        "2011-12-29 20:59 -10:00"
    );
}

#[test]
fn the_ends_of_time_are_no_reason_to_panic() {
    for anchor in [Timestamp::MIN, Timestamp::MAX] {
        for zone in ["UTC", "America/New_York", "Pacific/Apia"] {
            let hours = OpenHours::default();
            assert!(before_quiet(anchor, anchor, hours, &tz(zone)) <= anchor);
            assert!(next_opening(anchor, hours, &tz(zone)) >= anchor);
        }
    }
}
