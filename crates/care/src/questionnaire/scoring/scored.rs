//! What a response comes to.

use super::definition::Scale;
use super::promis::Form;

#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// How many of the items that count were answered.
    pub answered: usize,
    /// On the instrument's published scale.
    pub score: Result<f64, Unscored>,
    /// The published name for where the score lies.
    pub band: Option<&'static str>,
    /// More numbers by name, such as the percentage of a sum.
    pub also: Vec<(&'static str, f64)>,
    /// Every subscale, where there are any.
    pub subscales: Vec<Part>,
    /// Some where the instrument asks about harm: true calls for a person now, whatever the score, also without one.
    pub safety: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    pub name: &'static str,
    pub score: Result<f64, Unscored>,
    pub band: Option<&'static str>,
}

impl Part {
    pub(super) fn on(scale: &Scale, score: Result<f64, Unscored>) -> Self {
        Self { name: scale.name, score, band: score.ok().and_then(|score| scale.bands.of(score)) }
    }
}

/// Why there is no score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unscored {
    #[error("{answered} of the items that count are answered, at least {needed} must be")]
    TooFewAnswers { answered: usize, needed: usize },
    #[error("there is no public table for {form}: import an item bank with the parameters of its {} items", form.items)]
    BankNeeded { form: Form },
}

impl Unscored {
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TooFewAnswers { .. } => "too_few_answers",
            Self::BankNeeded { .. } => "item_bank_needed",
        }
    }

    /// Nothing to say against a score when enough items are answered.
    pub(super) fn unless(answered: usize, needed: usize) -> Result<(), Self> {
        if answered < needed { Err(Self::TooFewAnswers { answered, needed }) } else { Ok(()) }
    }
}

impl Scored {
    pub(super) fn on(scale: &Scale, answered: usize, score: Result<f64, Unscored>) -> Self {
        let band = score.ok().and_then(|score| scale.bands.of(score));
        Self { answered, score, band, also: Vec::new(), subscales: Vec::new(), safety: None }
    }

    /// An instrument of subscales; the first leads.
    pub(super) fn by_subscale(answered: usize, leading: Part, others: &[Part]) -> Self {
        let subscales = std::iter::once(leading).chain(others.iter().copied()).collect();
        Self { answered, score: leading.score, band: leading.band, also: Vec::new(), subscales, safety: None }
    }

    pub(super) fn with(mut self, name: &'static str, value: f64) -> Self {
        self.also.push((name, value));
        self
    }
}
