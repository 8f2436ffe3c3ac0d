//! An item of the graded response model (Samejima 1969): logistic, without the factor 1.7.

/// P(answer is the k-th category or a higher one) = 1 / (1 + exp(-slope (theta - threshold k))).
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    pub id: String,
    pub slope: f64,
    /// Rising; one fewer than there are categories.
    pub thresholds: Vec<f64>,
    /// The printed number of the lowest category.
    pub lowest: i16,
}

impl Item {
    #[must_use]
    pub fn categories(&self) -> usize {
        self.thresholds.len() + 1
    }

    #[must_use]
    pub fn highest(&self) -> i16 {
        i16::try_from(self.thresholds.len()).map_or(i16::MAX, |above| self.lowest.saturating_add(above))
    }

    /// The logarithm of the probability of a category, counted from 0. Written so that nothing cancels out far away from
    /// the thresholds: with x > y, s(x) - s(y) = s(x) s(-y) (1 - exp(y - x)).
    #[must_use]
    pub fn log_probability(&self, category: usize, theta: f64) -> f64 {
        let distance = |threshold: Option<&f64>| threshold.map(|threshold| self.slope * (theta - threshold));
        let lower = distance(category.checked_sub(1).and_then(|index| self.thresholds.get(index)));
        let upper = distance(self.thresholds.get(category));
        match (lower, upper) {
            (None, None) => 0.0,
            (Some(x), None) => log_logistic(x),
            (None, Some(y)) => log_logistic(-y),
            (Some(x), Some(y)) => log_logistic(x) + log_logistic(-y) + (-(y - x).exp()).ln_1p(),
        }
    }
}

fn log_logistic(x: f64) -> f64 {
    if x < 0.0 { x - x.exp().ln_1p() } else { -(-x).exp().ln_1p() }
}
