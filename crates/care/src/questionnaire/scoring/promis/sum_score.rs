//! T for each sum of a form, from the parameters of its items (Lord & Wingersky 1984; Thissen et al. 1995).
//!
//! On the grid of the published tables, -4.5 to 4.5 in steps of 0.1: it gives them to one decimal.

use super::eap::Estimate;
use super::item::Item;

fn grid() -> impl Iterator<Item = f64> {
    (-45_i8..=45).map(|tenth| f64::from(tenth) / 10.0)
}

/// An estimate for every sum, the lowest first.
pub fn table(items: &[Item]) -> Vec<Estimate> {
    let likelihoods: Vec<_> = grid().map(|theta| (theta, of_sums(items, theta))).collect();
    let sums = 1 + items.iter().map(|item| item.thresholds.len()).sum::<usize>();
    let weight = |theta: f64, likelihood: f64| likelihood * (-theta * theta / 2.0).exp();
    let weighted = |sum: usize| likelihoods.iter().map(move |(theta, of)| (*theta, weight(*theta, of[sum])));
    (0..sums).map(|sum| Estimate::of(weighted(sum))).collect()
}

/// The probability of each sum at one point: item by item, each sum is reached from the lower ones.
fn of_sums(items: &[Item], theta: f64) -> Vec<f64> {
    items.iter().fold(vec![1.0], |before, item| {
        let mut after = vec![0.0; before.len() + item.thresholds.len()];
        for category in 0..item.categories() {
            let probability = item.log_probability(category, theta).exp();
            for (sum, reached) in before.iter().enumerate() {
                after[sum + category] += reached * probability;
            }
        }
        after
    })
}
