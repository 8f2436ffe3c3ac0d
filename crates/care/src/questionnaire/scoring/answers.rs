//! Answers that the instrument can have: checked before a formula sees them.

use super::definition::{Count, Items};

/// Why a response cannot be one of this instrument. Names the item, never what was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("{given} answers were given, expected {expected}; write null for an item that was not answered")]
    Count { given: usize, expected: Count },
    #[error("item {item} must be a whole number from {low} to {high}, or null when it was not answered")]
    Answer { item: usize, low: i16, high: i16 },
}

/// The answers in item order; each is a whole number on its item's printed scale, or missing.
#[derive(Debug, Clone, Copy)]
pub struct Answers<'a>(&'a [Option<f64>]);

impl<'a> Answers<'a> {
    pub fn check(items: &Items, given: &'a [Option<f64>]) -> Result<Self, Refused> {
        if !items.count.allows(given.len()) {
            return Err(Refused::Count { given: given.len(), expected: items.count });
        }
        Self::check_each(given, |item| items.scale_of(item))
    }

    /// `scale` gives lowest and highest answer of an item, counted from 1.
    pub(super) fn check_each(given: &'a [Option<f64>], scale: impl Fn(usize) -> (i16, i16)) -> Result<Self, Refused> {
        for (index, answer) in given.iter().enumerate() {
            let item = index + 1;
            let (low, high) = scale(item);
            // Not a number and infinity fail both comparisons that they must pass.
            let possible = |answer: f64| {
                answer >= f64::from(low) && answer <= f64::from(high) && answer.trunc().total_cmp(&answer).is_eq()
            };
            if answer.is_some_and(|answer| !possible(answer)) {
                return Err(Refused::Answer { item, low, high });
            }
        }
        Ok(Self(given))
    }

    pub(super) fn len(self) -> usize {
        self.0.len()
    }

    pub(super) fn answered(self) -> usize {
        self.0.iter().flatten().count()
    }

    /// The sum of what was answered. Whole numbers, so it is exact in any order.
    pub(super) fn sum(self) -> f64 {
        self.0.iter().flatten().sum()
    }

    /// The answer of an item, counted from 1 as on paper.
    pub(super) fn item(self, item: usize) -> Option<f64> {
        item.checked_sub(1).and_then(|index| self.0.get(index)).copied().flatten()
    }

    /// The items from one to another, both counted from 1 and included; what is not there is left out.
    pub(super) fn items(self, first: usize, last: usize) -> Self {
        let last = last.min(self.0.len());
        Self(self.0.get(first.saturating_sub(1)..last).unwrap_or_default())
    }

    pub(super) fn iter(self) -> impl Iterator<Item = Option<f64>> + 'a {
        self.0.iter().copied()
    }
}
