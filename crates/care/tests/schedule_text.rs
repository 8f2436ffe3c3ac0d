//! The text of a schedule: what is wrong with it is said where it is; whatever is read prints to what reads the same, and no text at all makes it panic.

use care::workflow::schedule::{Schedule, ScheduleError};
use proptest::prelude::*;

/// Texts in the grammar, with and without what the rules refuse together, in other spellings than the canonical one.
fn grammatical() -> impl Strategy<Value = String> {
    let number = prop_oneof![0..15_u32, 0..10_050_u32];
    let unit = "(hour|day|week|month)s?";
    let tail = "( at (0[0-9]|1[0-9]|2[0-3]):[0-5][0-9])?( on (mon|wed|sun)(, ?(tue|fri|mon)){0,3})?";
    let every = "( every [0-9]{1,2} (hour|day|week|month)s?( up to [0-9]{1,3} times?)?)?";
    let offset = (number, unit, "(before|after|after the event)", tail, every)
        .prop_map(|(number, unit, side, tail, every)| format!("{number} {unit} {side}{tail}{every}"));
    prop_oneof![1 => every.prop_map(|every| format!("immediately{every}")), 9 => offset]
}

/// Words of the grammar in any order, and other words between them.
fn jumbled() -> impl Strategy<Value = String> {
    let word = "immediately|before|after|the|event|at|on|every|up|to|times|days?|hours|months|mon,|,|sun|10:00|9:61|-?[0-9]{1,30}|\\PC{0,3}";
    proptest::collection::vec(word, 0..12).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_reads_as_the_same_schedule(text in grammatical()) {
        if let Ok(schedule) = Schedule::parse(&text) {
            let printed = schedule.to_string();
            let again = Schedule::parse(&printed);
            prop_assert_eq!(again.as_ref(), Ok(&schedule), "{} printed as {}", text, printed);
            prop_assert_eq!(again.map(|again| again.to_string()), Ok(printed));
        }
    }

    #[test]
    fn a_jumble_of_words_is_refused_at_a_place_in_the_text_or_reads_back(text in jumbled()) {
        match Schedule::parse(&text) {
            Ok(schedule) => prop_assert_eq!(Schedule::parse(&schedule.to_string()), Ok(schedule)),
            Err(error) => prop_assert!(error.to_string().starts_with("schedule: "), "{}", error),
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        prop_assert!(Schedule::parse(&text).is_err());
    }
}

#[test]
fn most_of_the_grammatical_texts_are_accepted() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let tried = 2_000;
    let accepted = (0..tried)
        .filter(|_| {
            let text = grammatical().new_tree(&mut runner).unwrap().current();
            Schedule::parse(&text).is_ok()
        })
        .count();
    assert!(accepted > tried / 3, "only {accepted} of {tried}: the property above would say little");
}

#[track_caller]
fn refusal(text: &str) -> String {
    match Schedule::parse(text) {
        Ok(schedule) => format!("accepted as {schedule}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn refusals_name_the_word_its_place_and_what_is_allowed() {
    let cases = [
        ("", "found the end of the text, expected `immediately` or a whole number"),
        ("soon", "found `soon` at byte 0, expected `immediately` or a whole number"),
        ("-1 days after", "found `-1` at byte 0, expected"),
        ("7 fortnights after", "found `fortnights` at byte 2, expected `hours`, `days`, `weeks` or `months`"),
        ("7 days", "found the end of the text, expected `before`, `after` or `after the event`"),
        ("7 days before the event", "`the` at byte 14 cannot follow `before`"),
        ("7 days after the visit", "found `visit` at byte 17, expected `event`"),
        ("7 days after at 9:00", "found `9:00` at byte 16, expected a time from 00:00 to 23:59"),
        ("7 days after at 24:00", "found `24:00` at byte 16"),
        ("7 days after at +1:00", "found `+1:00` at byte 16"),
        ("7 days after on mon,day", "found `mon,day` at byte 16, expected weekdays"),
        ("7 days after on mon,", "found the end of the text, expected weekdays"),
        ("7 days after every 0 days", "`0` at byte 19 is too small, write 1 or more"),
        ("7 days after every week", "found `week` at byte 19, expected a whole number"),
        ("7 days after every 2 weeks up to 0 times", "`0` at byte 33"),
        ("7 days after every 2 weeks up to 3", "found the end of the text, expected `times`"),
        ("0 weeks after", "`0` at byte 0 is too small, write 1 or more"),
        ("0 hours after", "`0` at byte 0 is too small, write 1 or more"),
        ("10001 days after", "`10001` at byte 0 is too large, the most is 10000"),
        ("99999999999999999999999999 days after", "is too large"),
        ("2 hours after at 10:00", "`at` at byte 14 cannot be used with hours"),
        ("2 hours after on mon", "`on` at byte 14 cannot be used with hours"),
        ("1 day after at 10:00 every 6 hours up to 2 times", "`at` at byte 12 cannot be used with hours"),
        ("7 days before every 2 days up to 2 times", "`every` at byte 14 cannot be used with `before`"),
        ("immediately at 10:00", "`at` at byte 12 cannot be used with `immediately`"),
        ("7 days after on mon at 10:00", "found `at` at byte 20, but nothing may follow here"),
        ("7 days after ünd", "found `ünd` at byte 13"),
    ];
    for (text, said) in cases {
        let refusal = refusal(text);
        assert!(refusal.contains(said), "{text}: {refusal}");
    }
}

#[test]
fn the_canonical_text_is_printed_and_serde_speaks_it() {
    let cases = [
        ("immediately", "immediately"),
        ("immediately every 030 day up to 4 times", "immediately every 30 days up to 4 times"),
        ("  1  days   after ", "1 day after"),
        ("1 weeks after the event at 09:05", "1 week after the event at 09:05"),
        ("2 month before on sun, mon,mon", "2 months before on mon,sun"),
        ("1 day after every 1 month up to 1 times", "1 day after every 1 month up to 1 time"),
    ];
    for (text, canonical) in cases {
        let schedule = Schedule::parse(text).unwrap();
        assert_eq!(schedule.to_string(), canonical);
        let json = serde_json::to_string(&schedule).unwrap();
        assert_eq!(json, format!("\"{canonical}\""));
        assert_eq!(serde_json::from_str::<Schedule>(&json).unwrap(), schedule);
    }
    let refused = serde_json::from_str::<Schedule>("\"2 hours after at 10:00\"").unwrap_err();
    assert!(refused.to_string().contains("cannot be used with hours"), "{refused}");
}

#[test]
fn a_repetition_without_an_end_needs_goals() {
    let endless = Schedule::parse("1 day after every 1 week").unwrap();
    assert_eq!(endless.check(false), Err(ScheduleError::RepeatsForever));
    assert_eq!(endless.check(true), Ok(()));
    let ends = Schedule::parse("1 day after every 1 week up to 3 times").unwrap();
    assert_eq!(ends.check(false), Ok(()));
    assert_eq!(Schedule::parse("1 day before").unwrap().check(false), Ok(()));
}
