//! Expected a posteriori: the mean of the trait given the answers, with a standard normal prior.
//!
//! The integral is a sum over a grid. It runs from -8 to 8, so that what is cut off is below 1e-14, and in steps of 0.05:
//! for a function as smooth as this the error of such a sum falls exponentially, and is below 1e-8 up to the steepest
//! slope that a bank may have.

use super::item::Item;

pub const STEEPEST: f64 = 20.0;

const POINTS: u16 = 321;
const STEP: f64 = 0.05;
const FIRST: f64 = -8.0;

/// Where a respondent stands, in standard deviations of the population.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    pub theta: f64,
    /// The standard deviation of the posterior.
    pub sd: f64,
}

impl Estimate {
    /// The T score, to one decimal.
    #[must_use]
    pub fn t(self) -> f64 {
        ((50.0 + 10.0 * self.theta) * 10.0).round() / 10.0
    }

    /// Mean and standard deviation of weighted points. The weights are not all 0.
    pub fn of(weighted: impl Iterator<Item = (f64, f64)>) -> Self {
        let (mut mass, mut first, mut second) = (0.0, 0.0, 0.0);
        for (theta, weight) in weighted {
            mass += weight;
            first += weight * theta;
            second += weight * theta * theta;
        }
        let theta = first / mass;
        Self { theta, sd: (second / mass - theta * theta).max(0.0).sqrt() }
    }
}

/// The logarithms of an item's probabilities on the grid, by category.
#[derive(Debug, Clone)]
pub struct Likelihoods(Vec<Vec<f64>>);

impl Likelihoods {
    pub fn of(item: &Item) -> Self {
        let on_grid = |category| grid().map(|theta| item.log_probability(category, theta)).collect();
        Self((0..item.categories()).map(on_grid).collect())
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a checked answer less the lowest one")]
    pub fn of_category(&self, category: f64) -> &[f64] {
        &self.0[category as usize]
    }
}

fn grid() -> impl Iterator<Item = f64> {
    (0..POINTS).map(|index| FIRST + STEP * f64::from(index))
}

/// The estimate from the likelihoods of what was answered; of nothing it is the prior.
pub fn estimate<'a>(answers: impl Iterator<Item = &'a [f64]>) -> Estimate {
    let mut logs: Vec<f64> = grid().map(|theta| -theta * theta / 2.0).collect();
    for answer in answers {
        for (log, more) in logs.iter_mut().zip(answer) {
            *log += more;
        }
    }
    // Answers that contradict one another are unlikely everywhere: taken against the likeliest point nothing vanishes.
    let likeliest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    Estimate::of(grid().zip(logs.iter().map(|log| (log - likeliest).exp())))
}
