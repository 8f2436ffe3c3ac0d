//! PROMIS forms: public tables, banks, and what happens without either.

use care::questionnaire::scoring::promis::{Domain, Form};
use care::questionnaire::scoring::{Instrument, Scored, Unscored, score, score_with};

use crate::estimates::bank;
use crate::oracle::thousandths;

/// As printed in the scoring manuals.
const PRINTED: [(&str, &str); 9] = [
    ("promis-anx-4a", "40.3 48.0 51.2 53.7 55.8 57.7 59.5 61.4 63.4 65.3 67.3 69.3 71.2 73.3 75.4 77.9 81.6"),
    ("promis-dep-4a", "41.0 49.0 51.8 53.9 55.7 57.3 58.9 60.5 62.2 63.9 65.7 67.5 69.4 71.2 73.3 75.7 79.4"),
    (
        "promis-dep-8a",
        "38.2 44.7 47.5 49.4 50.9 52.1 53.2 54.1 55.1 55.9 56.8 57.7 58.5 59.4 60.3 61.2 62.1 63.0 63.9 64.9 65.8 66.8
         67.7 68.7 69.7 70.7 71.7 72.8 73.9 75.0 76.4 78.2 81.3",
    ),
    ("promis-fatigue-4a", "33.7 39.7 43.1 46.0 48.6 51.0 53.1 55.1 57.0 58.8 60.7 62.7 64.6 66.7 69.0 71.6 75.8"),
    ("promis-pf-4a", "22.9 26.9 29.1 30.7 32.1 33.3 34.4 35.6 36.7 37.9 39.1 40.4 41.8 43.4 45.3 48.0 56.9"),
    (
        "promis-pf-6b",
        "21.5 25.4 27.5 29.1 30.4 31.5 32.5 33.4 34.3 35.1 36.0 36.8 37.6 38.5 39.3 40.2 41.1 42.1 43.1 44.2 45.4 46.8
         48.6 50.9 58.7",
    ),
    ("promis-pi-4a", "41.6 49.6 52.0 53.9 55.6 57.1 58.5 59.9 61.2 62.5 63.8 65.2 66.6 68.0 69.7 71.6 75.6"),
    ("promis-sd-4a", "32.0 37.5 41.1 43.8 46.2 48.4 50.5 52.4 54.3 56.1 57.9 59.8 61.7 63.8 66.0 68.8 73.3"),
    ("promis-social-4a", "27.5 31.8 34.0 35.7 37.3 38.8 40.5 42.3 44.2 46.2 48.1 50.0 51.9 53.7 55.8 58.3 64.2"),
];

fn instrument(id: &str) -> Instrument {
    Instrument::parse(id).unwrap()
}

/// Answers of 1 to 5 with that much above the lowest sum.
fn answers(items: usize, above: usize) -> Vec<Option<f64>> {
    (0..items).map(|item| Some(1.0 + f64::from(u8::try_from(above.saturating_sub(item * 4).min(4)).unwrap()))).collect()
}

fn without(mut answers: Vec<Option<f64>>, items: &[usize]) -> Vec<Option<f64>> {
    items.iter().for_each(|item| answers[*item] = None);
    answers
}

#[test]
fn every_sum_is_read_off_the_printed_table() {
    assert_eq!(Form::published().count(), PRINTED.len());
    for (id, figures) in PRINTED {
        let printed = thousandths(figures);
        let items = (printed.len() - 1) / 4;
        for (above, expected) in printed.iter().enumerate() {
            let t = score(instrument(id), &answers(items, above)).unwrap().score.unwrap();
            assert_eq!(format!("{:.0}", t * 1000.0), expected.to_string(), "{id}, row {above}");
        }
    }
}

#[test]
fn with_missing_answers_and_no_bank_the_sum_is_scaled_up_and_rounded_up() {
    let (id, figures) = PRINTED[4 + 1];
    let printed = thousandths(figures);
    for above in 0..=24 {
        for one in 0..6 {
            for other in 0..6 {
                let given = without(answers(6, above), &[one, other]);
                let kept = (0..6).filter(|item| ![one, other].contains(item));
                let (count, sum) =
                    kept.fold((0, 0), |(n, sum), item| (n + 1, sum + 1 + above.saturating_sub(4 * item).min(4)));
                let whole: usize = (sum * 6).div_ceil(count);
                let t = score(instrument(id), &given).unwrap().score.unwrap();
                assert_eq!(format!("{:.0}", t * 1000.0), printed[whole - 6].to_string(), "{given:?}");
            }
        }
    }
    let three = without(answers(6, 12), &[0, 1, 2]);
    let unscored = score(instrument(id), &three).unwrap().score;
    assert_eq!(unscored, Err(Unscored::TooFewAnswers { answered: 3, needed: 4 }));
}

#[test]
fn with_missing_answers_a_bank_scores_the_pattern_and_says_how_sure_it_is() {
    let (bank, id) = (bank(), "promis-pf-4a");
    let given = without(answers(4, 9), &[1]);
    assert!(score(instrument(id), &given).unwrap().score.is_err());
    let scored = score_with(instrument(id), &given, Some(&bank)).unwrap();
    let estimate = bank.form(id.parse().unwrap()).unwrap().pattern(&given).unwrap();
    assert_eq!(scored.score, Ok(estimate.t()));
    assert_eq!(scored.also, [("theta", estimate.theta), ("standard_error", estimate.sd * 10.0)]);
    let one = without(answers(4, 9), &[0, 1, 2]);
    let unscored = score_with(instrument(id), &one, Some(&bank)).unwrap().score;
    assert_eq!(unscored, Err(Unscored::TooFewAnswers { answered: 1, needed: 2 }));
}

#[test]
fn a_whole_form_goes_by_its_public_table_before_its_bank_and_by_the_bank_without_one() {
    let bank = bank();
    let public = answers(4, 8);
    assert_eq!(score_with(instrument("promis-pf-4a"), &public, Some(&bank)).unwrap().score, Ok(36.7));
    let ten = instrument("promis-pf-10a");
    for above in 0..=40 {
        let t = score_with(ten, &answers(10, above), Some(&bank)).unwrap().score;
        assert_eq!(t, Ok(bank.form("promis-pf-10a".parse().unwrap()).unwrap().table()[above]));
    }
}

#[test]
fn without_table_and_bank_the_reason_says_what_to_import() {
    let form = "promis-pi-6a".parse().unwrap();
    let Scored { score, answered, band, .. } = score(instrument("promis-pi-6a"), &answers(6, 9)).unwrap();
    assert_eq!((score, answered, band), (Err(Unscored::BankNeeded { form }), 6, None));
    let said = Unscored::BankNeeded { form }.to_string();
    assert_eq!(
        said,
        "there is no public table for promis-pi-6a: import an item bank with the parameters of its 6 items"
    );
}

#[test]
fn a_bank_brings_its_own_printed_scales() {
    let (bank, upper) = (bank(), instrument("promis-ue-3a"));
    assert!(score_with(upper, &[Some(5.0), Some(2.0), Some(1.0)], Some(&bank)).unwrap().score.is_ok());
    let said = score_with(upper, &[Some(5.0), Some(3.0), Some(1.0)], Some(&bank)).unwrap_err().to_string();
    assert_eq!(said, "item 2 must be a whole number from 0 to 2, or null when it was not answered");
}

#[test]
fn bands_turn_at_their_edges_in_the_direction_of_the_domain() {
    let band = |domain: Domain, t: f64| domain.bands().of(t).unwrap();
    let pain = [54.9, 55.0, 59.9, 60.0, 69.9, 70.0].map(|t| band(Domain::PainInterference, t));
    assert_eq!(pain, ["within normal limits", "mild", "mild", "moderate", "moderate", "severe"]);
    let function = [29.9, 30.0, 39.9, 40.0, 44.9, 45.0].map(|t| band(Domain::PhysicalFunction, t));
    assert_eq!(function, ["severe", "moderate", "moderate", "mild", "mild", "within normal limits"]);
}
