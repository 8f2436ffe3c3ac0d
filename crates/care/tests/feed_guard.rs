//! When a feed counts as silent, and when it has caught up.

#![expect(clippy::unwrap_used, reason = "a test says what it cannot go on without")]

use std::collections::{BTreeMap, BTreeSet};

use care::feed::{Feed, Guard, Look, OpenHours, Watch, look, silent_at};
use jiff::Timestamp;
use jiff::civil::Date;

const NEW_YORK: &str = "America/New_York";

/// Monday to Friday from 8 to 6, silent after an hour.
fn guard() -> Guard {
    let days = ["mon", "tue", "wed", "thu", "fri"].map(|day| (day.to_owned(), "08:00-18:00".to_owned()));
    Guard { silent_after: 60, open: OpenHours::try_from(BTreeMap::from(days)).unwrap() }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn silent_after(heard: &str, closed: &[&str]) -> Timestamp {
    let closed: BTreeSet<Date> = closed.iter().map(|day| day.parse().unwrap()).collect();
    silent_at(&Watch { guard: &guard(), zone: NEW_YORK, closed: &closed }, at(heard)).unwrap()
}

fn seen(feed: &Feed, now: &str) -> Look {
    look(&Watch { guard: &guard(), zone: NEW_YORK, closed: &BTreeSet::new() }, feed, at(now))
}

/// Last heard on Monday 2 March at 10:12 in New York.
fn monday() -> Feed {
    let heard_at = at("2026-03-02T15:12:00Z");
    Feed { heard_at, newest_at: Some(heard_at), waiting: false, silent_since: None, released_at: None }
}

/// Silent since then.
fn silent() -> Feed {
    Feed { silent_since: Some(at("2026-03-02T15:12:00Z")), ..monday() }
}

#[test]
fn within_open_hours_silence_is_an_hour() {
    assert_eq!(silent_after("2026-03-02T15:12:00Z", &[]), at("2026-03-02T16:12:00Z"));
}

#[test]
fn a_night_is_not_silence() {
    // 17:50, and the other 50 minutes from 8 on the next day.
    assert_eq!(silent_after("2026-03-02T22:50:00Z", &[]), at("2026-03-03T13:50:00Z"));
    // Heard at night: the whole hour from 8 on.
    assert_eq!(silent_after("2026-03-03T04:00:00Z", &[]), at("2026-03-03T14:00:00Z"));
}

#[test]
fn neither_is_a_weekend_over_which_the_clocks_change() {
    // Friday 6 March at 17:50; summer time begins on Sunday.
    assert_eq!(silent_after("2026-03-06T22:50:00Z", &[]), at("2026-03-09T12:50:00Z"));
}

#[test]
fn neither_is_a_closed_day() {
    assert_eq!(silent_after("2026-03-02T22:50:00Z", &["2026-03-03"]), at("2026-03-04T13:50:00Z"));
    assert_eq!(silent_after("2026-03-02T15:12:00Z", &["2026-03-02"]), at("2026-03-03T14:00:00Z"));
}

#[test]
fn the_last_minute_before_closing_counts() {
    assert_eq!(silent_after("2026-03-02T22:00:00Z", &[]), at("2026-03-02T23:00:00Z"));
}

#[test]
fn it_is_silent_at_the_minute_and_not_before() {
    let again_at = Some(at("2026-03-02T16:12:00Z"));
    assert_eq!(seen(&monday(), "2026-03-02T16:11:59Z"), Look::Same { again_at });
    assert_eq!(seen(&monday(), "2026-03-02T16:12:00Z"), Look::Silent { since: monday().heard_at });
}

#[test]
fn it_has_caught_up_when_the_newest_message_is_new_and_none_waits() {
    let now = "2026-03-02T17:00:00Z";
    let heard = Feed { heard_at: at(now), newest_at: Some(at("2026-03-02T16:50:00Z")), ..silent() };
    assert_eq!(seen(&heard, now), Look::Speaks { again_at: Some(at("2026-03-02T18:00:00Z")) });
    let not_yet = Look::Same { again_at: None };
    assert_eq!(seen(&Feed { waiting: true, ..heard }, now), not_yet);
    assert_eq!(seen(&Feed { newest_at: Some(at("2026-03-02T16:49:59Z")), ..heard }, now), not_yet, "from a backlog");
    let ahead = Feed { newest_at: Some(at("2026-03-02T17:10:01Z")), ..heard };
    assert_eq!(seen(&ahead, now), not_yet, "a clock that is wrong proves nothing");
    assert_eq!(seen(&Feed { newest_at: None, ..heard }, now), not_yet);
}

#[test]
fn a_release_lasts_until_it_falls_silent_anew() {
    let released = Feed { released_at: Some(at("2026-03-02T17:00:00Z")), ..silent() };
    assert_eq!(seen(&released, "2026-03-02T20:00:00Z"), Look::Same { again_at: None });
    // It spoke again, but of the morning.
    let spoke = Feed { heard_at: at("2026-03-02T17:30:00Z"), newest_at: Some(at("2026-03-02T15:20:00Z")), ..released };
    let again_at = Some(at("2026-03-02T18:30:00Z"));
    assert_eq!(seen(&spoke, "2026-03-02T17:30:00Z"), Look::Same { again_at });
    assert_eq!(seen(&spoke, "2026-03-02T18:30:00Z"), Look::Silent { since: spoke.heard_at });
}

#[test]
fn a_day_closed_afterwards_was_no_silence() {
    let closed = BTreeSet::from(["2026-03-02".parse().unwrap()]);
    let (guard, now) = (guard(), at("2026-03-02T17:00:00Z"));
    let said = look(&Watch { guard: &guard, zone: NEW_YORK, closed: &closed }, &silent(), now);
    assert_eq!(said, Look::Speaks { again_at: Some(at("2026-03-03T14:00:00Z")) });
}

#[test]
fn hours_are_written_as_people_do() {
    let read = |text: &str| serde_json::from_str::<OpenHours>(text).map_err(|e| e.to_string());
    let all_day = read(r#"{"sun":"00:00-24:00"}"#).unwrap();
    assert_eq!(serde_json::to_string(&all_day).unwrap(), r#"{"sun":"00:00-24:00"}"#);
    for wrong in ["8-18", "08:00-08:00", "18:00-08:00", "08:00-24:01", "08:60-18:00", "-1:00-18:00"] {
        assert!(read(&format!(r#"{{"mon":"{wrong}"}}"#)).is_err(), "{wrong}");
    }
    assert!(read(r#"{"monday":"08:00-18:00"}"#).unwrap_err().contains("mon, tue"));
}

#[test]
fn a_guard_that_could_not_work_is_refused() {
    assert!(guard().check().is_ok());
    assert!(Guard { silent_after: 14, ..guard() }.check().unwrap_err().contains("15 minutes"));
    assert!(Guard { open: OpenHours::default(), ..guard() }.check().unwrap_err().contains("open hours"));
}
