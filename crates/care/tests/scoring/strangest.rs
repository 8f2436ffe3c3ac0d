//! No input makes it panic, and no score leaves its scale.

use care::questionnaire::outcome::change;
use care::questionnaire::scoring::promis::Bank;
use care::questionnaire::scoring::{Instrument, score, score_with};
use proptest::prelude::*;

use crate::estimates::bank;

fn anybody() -> impl Strategy<Value = Instrument> {
    let forms =
        ["promis-pf-6b", "promis-pf-10a", "promis-pi-6a", "promis-ue-3a"].map(|id| Instrument::parse(id).unwrap());
    proptest::sample::select([Instrument::NAMED, &forms].concat())
}

proptest! {
    #[test]
    fn no_answers_make_it_panic(
        instrument in anybody(),
        answers in proptest::collection::vec(proptest::option::of(proptest::num::f64::ANY), 0..50),
    ) {
        let _ = score(instrument, &answers);
    }

    #[test]
    fn no_whole_numbers_make_it_panic_or_leave_the_scale(
        (instrument, answers) in anybody().prop_flat_map(|instrument| {
            let items = instrument.definition().items;
            let counts: Vec<usize> = (0..60).filter(|count| items.count.allows(*count)).collect();
            let answers = proptest::sample::select(counts).prop_flat_map(move |count| {
                (1..=count).map(|item| {
                    let (low, high) = items.scale_of(item);
                    proptest::option::weighted(0.9, (low..=high).prop_map(f64::from))
                }).collect::<Vec<_>>()
            });
            (Just(instrument), answers)
        }),
    ) {
        let scale = instrument.definition().scale;
        if let Ok(value) = score(instrument, &answers).unwrap().score {
            prop_assert!((scale.low..=scale.high).contains(&value), "{instrument}: {value}");
        }
    }

    #[test]
    fn no_name_makes_it_panic(name in ".{0,60}", form in "promis-[a-z]{0,3}-[0-9]{0,4}[a-zé]{0,2}") {
        let _ = Instrument::parse(&name);
        let _ = Instrument::parse(&form);
    }

    #[test]
    fn no_bank_makes_it_panic(
        slope in proptest::num::f64::ANY,
        thresholds in proptest::collection::vec(proptest::num::f64::ANY, 0..4),
        lowest in any::<i16>(),
        answer in proptest::num::f64::ANY,
    ) {
        let text = format!(
            "name = 'n'\nversion = '1'\nlicence = 'l'\n[forms]\npromis-ue-1a = ['A']\n[[items]]\nid = 'A'\nslope = {slope:?}\nthresholds = {thresholds:?}\nlowest = {lowest}"
        );
        if let Ok(bank) = Bank::parse(&text) {
            let _ = score_with(Instrument::parse("promis-ue-1a").unwrap(), &[Some(answer)], Some(&bank));
        }
    }

    #[test]
    fn no_scores_make_a_change_panic(
        instrument in anybody(),
        baseline in proptest::num::f64::ANY,
        latest in proptest::num::f64::ANY,
    ) {
        let _ = change(instrument, baseline, latest);
    }

    #[test]
    fn a_pattern_is_estimated_within_reach_of_the_prior(
        answers in proptest::collection::vec(proptest::option::of((1_u8..=5).prop_map(f64::from)), 10),
    ) {
        let bank = bank();
        let form = bank.form("promis-pf-10a".parse().unwrap()).unwrap();
        let estimate = form.pattern(&answers).unwrap();
        prop_assert!(estimate.theta.abs() < 5.0 && estimate.sd > 0.0 && estimate.sd <= 1.0 + 1e-9);
    }
}
