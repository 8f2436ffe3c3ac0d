//! Change against the MCID.

use care::questionnaire::outcome::{Change, Way, change, change_on};
use care::questionnaire::scoring::{Instrument, recommendation_net};
use proptest::prelude::*;

fn reached(id: &str, baseline: f64, latest: f64) -> (Way, Option<bool>) {
    let Change { way, mcid_reached, .. } = change(Instrument::parse(id).unwrap(), baseline, latest);
    (way, mcid_reached)
}

#[test]
fn where_higher_is_worse_a_fall_is_the_gain() {
    assert_eq!(reached("ndi", 30.0, 22.5), (Way::Better, Some(true)));
    assert_eq!(reached("ndi", 30.0, 22.6), (Way::Better, Some(false)));
    assert_eq!(reached("ndi", 22.0, 30.0), (Way::Worse, Some(false)));
}

#[test]
fn where_higher_is_better_a_rise_is_the_gain() {
    assert_eq!(reached("lefs", 40.0, 49.0), (Way::Better, Some(true)));
    assert_eq!(reached("lefs", 49.0, 40.0), (Way::Worse, Some(false)));
    assert_eq!(reached("lefs", 40.0, 40.0), (Way::Same, Some(false)));
}

#[test]
fn a_gain_of_exactly_the_mcid_counts_whatever_the_machine_makes_of_decimals() {
    assert_eq!(reached("kos-adls", 50.1, 57.2), (Way::Better, Some(true)));
    assert_eq!(reached("promis-pf-6b", 36.8, 41.8), (Way::Better, Some(true)));
    assert_eq!(reached("promis-pi-6a", 65.3, 60.3), (Way::Better, Some(true)));
}

#[test]
fn roland_morris_asks_for_thirty_percent_of_the_baseline() {
    assert_eq!(reached("rmdq", 10.0, 7.0), (Way::Better, Some(true)));
    assert_eq!(reached("rmdq", 10.0, 8.0), (Way::Better, Some(false)));
    assert_eq!(reached("rmdq", 24.0, 17.0), (Way::Better, Some(false)));
    assert_eq!(reached("rmdq", 0.0, 0.0), (Way::Same, Some(false)));
    assert_eq!(reached("rmdq", 0.0, 3.0), (Way::Worse, Some(false)));
}

#[test]
fn a_rating_of_change_is_the_change_whatever_came_before() {
    assert_eq!(reached("groc", 6.0, 5.0), (Way::Better, Some(true)));
    assert_eq!(reached("groc", -7.0, 4.0), (Way::Better, Some(false)));
    assert_eq!(reached("groc", 3.0, -1.0), (Way::Worse, Some(false)));
    assert_eq!(reached("pgic", 1.0, 2.0), (Way::Better, Some(true)));
    assert_eq!(reached("pgic", 7.0, 3.0), (Way::Better, Some(false)));
    assert_eq!(reached("pgic", 1.0, 4.0), (Way::Same, Some(false)));
}

#[test]
fn where_none_is_published_nothing_is_said() {
    assert_eq!(reached("sane", 20.0, 90.0), (Way::Better, None));
    assert_eq!(reached("recommendation", 9.0, 3.0), (Way::Worse, None));
}

#[test]
fn a_subscale_has_its_own() {
    let fabq = Instrument::Fabq.definition().subscales;
    let reached: Vec<_> = fabq.iter().map(|scale| change_on(scale, 24.0, 18.0).mcid_reached).collect();
    assert_eq!(reached, [Some(true), Some(false)]);
}

#[test]
fn recommendation_is_promoters_less_detractors() {
    assert_eq!(recommendation_net(&[10.0, 9.0, 8.0, 7.0, 6.0]), Some(20.0));
    assert_eq!(recommendation_net(&[0.0, 6.0]), Some(-100.0));
    assert_eq!(recommendation_net(&[]), None);
}

proptest! {
    #[test]
    fn better_one_way_is_worse_the_other(a in -100.0_f64..100.0, b in -100.0_f64..100.0) {
        for instrument in Instrument::NAMED.iter().filter(|i| !matches!(i, Instrument::Groc | Instrument::Pgic)) {
            let (there, back) = (change(*instrument, a, b), change(*instrument, b, a));
            prop_assert_eq!(there.by, -back.by);
            prop_assert_eq!(there.way == Way::Better, back.way == Way::Worse);
            prop_assert!(there.mcid_reached != Some(true) || there.way == Way::Better);
        }
    }
}
