//! Every rule over all sums, with every set of one or two missing answers, and over every response where that many fit.

use care::questionnaire::scoring::{Instrument, score};

use crate::oracle::{Fraction, at, thousandths, whole};
use crate::rules::{Form, all};

fn given(answers: &[Option<i64>]) -> Vec<Option<f64>> {
    answers.iter().map(|answer| answer.map(|answer| f64::from(i16::try_from(answer).unwrap()))).collect()
}

fn compare(form: &Form, answers: &[Option<i64>]) {
    let instrument = Instrument::parse(form.id).unwrap();
    let scored = score(instrument, &given(answers)).unwrap();
    let named = form.parts.len() > 1;
    assert_eq!(scored.subscales.len(), if named { form.parts.len() } else { 0 }, "{}", form.id);
    for (index, part) in form.parts.iter().enumerate() {
        let (mine, band) = match scored.subscales.get(index) {
            Some(subscale) => {
                assert_eq!(subscale.name, part.name);
                (subscale.score, subscale.band)
            }
            None => (scored.score, scored.band),
        };
        let expected = part.score(answers);
        match (mine, expected) {
            (Ok(mine), Some(expected)) => {
                assert!(expected.is(mine), "{} {}: {mine}, not {expected:?}, for {answers:?}", form.id, part.name);
                assert_eq!(band, (part.band)(expected), "{} {}: {expected:?}", form.id, part.name);
            }
            (mine, expected) => {
                assert!(mine.is_err() && expected.is_none(), "{}: {mine:?}, {expected:?}, {answers:?}", form.id);
                assert_eq!(band, None);
            }
        }
    }
    if named {
        assert_eq!((scored.score, scored.band), (scored.subscales[0].score, scored.subscales[0].band));
    }
}

/// A response with that much above the least sum, filled from the left or from the right.
fn with_sum(form: &Form, missing: &[usize], above: i64, from_the_right: bool) -> Vec<Option<i64>> {
    let mut left = above;
    let mut answers = vec![None; form.items.len()];
    let order: Vec<usize> =
        if from_the_right { (0..answers.len()).rev().collect() } else { (0..answers.len()).collect() };
    for item in order.into_iter().filter(|item| !missing.contains(item)) {
        let (low, high) = form.items[item];
        let more = left.min(high - low);
        answers[item] = Some(low + more);
        left -= more;
    }
    answers
}

fn every_sum(form: &Form, missing: &[usize]) {
    let room: i64 =
        form.items.iter().enumerate().filter(|(item, _)| !missing.contains(item)).map(|(_, s)| s.1 - s.0).sum();
    for above in 0..=room {
        compare(form, &with_sum(form, missing, above, false));
        compare(form, &with_sum(form, missing, above, true));
    }
}

#[test]
fn every_sum_with_none_one_and_two_answers_missing_is_what_the_formula_gives() {
    for form in all() {
        every_sum(&form, &[]);
        for one in 0..form.items.len() {
            every_sum(&form, &[one]);
            (0..one).for_each(|other| every_sum(&form, &[other, one]));
        }
    }
}

#[test]
fn more_than_two_missing_is_what_the_rule_says_up_to_an_empty_form() {
    for form in all() {
        for count in 3..=form.items.len() {
            for first in 0..form.items.len() {
                let missing: Vec<usize> = (first..first + count).map(|item| item % form.items.len()).collect();
                every_sum(&form, &missing);
            }
        }
    }
}

/// Counts through all responses, a missing answer being one more choice.
fn every_response(items: &[(i64, i64)], mut each: impl FnMut(&[Option<i64>])) {
    let mut answers = vec![None; items.len()];
    loop {
        each(&answers);
        let Some(turning) = (0..items.len()).find(|item| answers[*item] != Some(items[*item].1)) else { return };
        answers[turning] = Some(answers[turning].map_or(items[turning].0, |answer| answer + 1));
        answers[..turning].fill(None);
    }
}

#[test]
fn short_forms_agree_on_every_response_there_is() {
    for form in all() {
        let responses: f64 =
            form.items.iter().map(|(low, high)| f64::from(i16::try_from(high - low).unwrap()) + 2.0).product();
        if responses < 3e6 {
            every_response(&form.items, |answers| compare(&form, answers));
        }
    }
}

#[test]
fn start_back_sorts_every_response_into_its_way_of_care() {
    let instrument = Instrument::StartBack;
    every_response(&[(0, 1); 9], |answers| {
        let scored = score(instrument, &given(answers)).unwrap();
        let Some(answers) = answers.iter().copied().collect::<Option<Vec<i64>>>() else {
            assert_eq!(scored.score.unwrap_err().code(), "too_few_answers");
            assert_eq!(scored.band, None);
            return;
        };
        let (all, last_five): (i64, i64) = (answers.iter().sum(), answers[4..].iter().sum());
        let band = if all <= 3 {
            "low"
        } else if last_five <= 3 {
            "medium"
        } else {
            "high"
        };
        assert!(Fraction(all, 1).is(scored.score.unwrap()));
        assert_eq!(scored.band, Some(band));
    });
}

const PHYSICAL: &str = "16.2 19.9 23.5 26.7 29.6 32.4 34.9 37.4 39.8 42.3 44.9 47.7 50.8 54.1 57.7 61.9 67.7";
const MENTAL: &str = "21.2 25.1 28.4 31.3 33.8 36.3 38.8 41.1 43.5 45.8 48.3 50.8 53.3 56.0 59.0 62.5 67.6";
/// What a pain of 0 to 10 counts.
const PAIN: [i64; 11] = [5, 4, 4, 4, 3, 3, 3, 2, 2, 2, 1];

#[test]
fn global_10_reads_both_tables_for_every_response_of_the_items_that_count() {
    let table = |figures: &str, answers: Vec<Option<i64>>| {
        let sum: Option<i64> = answers.into_iter().sum();
        sum.map(|sum| Fraction(thousandths(figures)[at(sum - 4)], 1000))
    };
    let agree = |answers: &[Option<i64>]| {
        let scored = score(Instrument::PromisGlobal10, &given(answers)).unwrap();
        let pain = answers[6].map(|pain| PAIN[at(pain)]);
        let expected = [
            table(PHYSICAL, vec![answers[2], answers[5], pain, answers[7]]),
            table(MENTAL, vec![answers[1], answers[3], answers[4], answers[9]]),
        ];
        for (subscale, expected) in scored.subscales.iter().zip(expected) {
            match (subscale.score, expected) {
                (Ok(t), Some(expected)) => assert!(expected.is(t), "{t}, not {expected:?}, for {answers:?}"),
                (mine, expected) => assert!(mine.is_err() && expected.is_none(), "{mine:?}, {expected:?}, {answers:?}"),
            }
        }
        assert_eq!(scored.score, scored.subscales[0].score);
        assert_eq!(
            scored.subscales.iter().map(|part| part.name).collect::<Vec<_>>(),
            ["physical_health", "mental_health"]
        );
    };
    let one_to_five = (1, 5);
    every_response(&[one_to_five, one_to_five, (0, 10), one_to_five], |four| {
        agree(&[None, Some(1), four[0], Some(2), Some(3), four[1], four[2], four[3], None, Some(4)]);
    });
    every_response(&[one_to_five; 4], |four| {
        agree(&[Some(1), four[0], Some(2), four[1], four[2], Some(3), Some(0), Some(4), Some(5), four[3]]);
    });
}

#[test]
fn phq_9_raises_the_alarm_for_item_9_with_any_score_or_none() {
    every_response(&[(0, 3); 9], |answers| {
        let harm = answers[8].is_some_and(|answer| answer > 0);
        assert_eq!(score(Instrument::Phq9, &given(answers)).unwrap().safety, Some(harm), "{answers:?}");
    });
}

#[test]
fn phq_9_takes_a_tenth_answer_and_does_not_count_it() {
    let nine = [Some(1.0); 9];
    for tenth in [None, Some(0.0), Some(3.0)] {
        let ten: Vec<_> = nine.into_iter().chain([tenth]).collect();
        assert_eq!(score(Instrument::Phq9, &ten), score(Instrument::Phq9, &nine));
    }
}

#[test]
fn ndi_carries_its_percentage_beside_it() {
    for sum in 0..=50 {
        let form = all().into_iter().find(|form| form.id == "ndi").unwrap();
        let scored = score(Instrument::Ndi, &given(&with_sum(&form, &[], sum, false))).unwrap();
        assert_eq!(scored.also.len(), 1);
        assert!(Fraction(sum * 2, 1).is(scored.also[0].1), "{:?}", scored.also);
    }
    assert_eq!(whole(all().iter().filter(|form| form.id == "ndi").count()), 1);
}

#[test]
fn no_instrument_is_left_out_of_these_tests() {
    let elsewhere = ["promis-global-10", "start-back"];
    let described: Vec<_> = all().iter().map(|form| form.id).collect();
    for instrument in Instrument::NAMED {
        let id = instrument.id();
        assert!(described.contains(&&*id) || elsewhere.contains(&&*id), "{id}");
    }
}
