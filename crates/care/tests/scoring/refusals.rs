//! Answers that cannot be are refused with item and range, never bent into it.

use care::questionnaire::scoring::{Count, Instrument, Refused, score};

fn counts(count: Count) -> Vec<usize> {
    (0..60).filter(|given| count.allows(*given)).collect()
}

fn every_instrument() -> Vec<Instrument> {
    let forms = ["promis-pf-6b", "promis-pi-4a", "promis-ue-7a"].map(|id| Instrument::parse(id).unwrap());
    Instrument::NAMED.iter().copied().chain(forms).collect()
}

#[test]
fn an_impossible_answer_is_refused_with_its_item_and_range() {
    for instrument in every_instrument() {
        let items = instrument.definition().items;
        for count in counts(items.count) {
            for item in 1..=count {
                let (low, high) = items.scale_of(item);
                let (least, most) = (f64::from(low), f64::from(high));
                let impossible = [
                    least - 1.0,
                    most + 1.0,
                    least + 0.5,
                    most - 1e-9,
                    1e300,
                    f64::NAN,
                    f64::INFINITY,
                    f64::NEG_INFINITY,
                ];
                for answer in impossible {
                    let mut answers = vec![None; count];
                    answers[item - 1] = Some(answer);
                    let refused = score(instrument, &answers);
                    assert_eq!(refused, Err(Refused::Answer { item, low, high }), "{instrument}: {answer}");
                }
                for answer in [least, most] {
                    let mut answers = vec![None; count];
                    answers[item - 1] = Some(answer);
                    assert!(score(instrument, &answers).is_ok(), "{instrument}: item {item} may be {answer}");
                }
            }
        }
    }
}

#[test]
fn a_wrong_number_of_answers_is_refused_with_the_right_one() {
    for instrument in every_instrument() {
        let expected = instrument.definition().items.count;
        for given in (0..60).filter(|given| !expected.allows(*given)) {
            assert_eq!(score(instrument, &vec![None; given]), Err(Refused::Count { given, expected }), "{instrument}");
        }
    }
}

#[test]
fn the_words_name_item_and_range_and_not_what_was_answered() {
    let mut answers = vec![Some(3.0); 11];
    answers[3] = Some(77.0);
    let said = score(Instrument::QuickDash, &answers).unwrap_err().to_string();
    assert_eq!(said, "item 4 must be a whole number from 1 to 5, or null when it was not answered");
    let said = score(Instrument::Psfs, &[Some(1.0)]).unwrap_err().to_string();
    assert_eq!(said, "1 answers were given, expected 3 to 5; write null for an item that was not answered");
}
