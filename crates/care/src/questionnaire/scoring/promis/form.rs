//! A short form by its name, as in `promis-pf-6b`: domain, number of items, a letter.

use std::fmt;
use std::str::FromStr;

use super::super::{Answers, Definition, Items, Mcid, Scale, sums};
use super::eap::{self, Estimate};
use super::item::Item;
use super::{Domain, sum_score, tables};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Form {
    pub domain: Domain,
    pub items: u8,
    pub letter: char,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a PROMIS form: its id is promis-, a domain, the number of items and a letter, as in promis-pf-6b")]
pub struct UnknownForm;

impl Form {
    /// Forms that have a public table.
    pub fn published() -> impl Iterator<Item = Self> {
        tables::ALL.iter().map(|table| table.form)
    }

    #[must_use]
    pub(in super::super) fn definition(self) -> Definition {
        let table = tables::of(self);
        // Without a table the ends of the grid that sum scores are made on.
        let (low, high) = match table.map(|table| table.t) {
            Some([low, .., high]) => (*low, *high),
            Some(_) | None => (5.0, 95.0),
        };
        Definition {
            title: self.domain.title(),
            version: table.map(|table| table.version),
            items: Items::all(usize::from(self.items), 1, 5),
            scale: Scale {
                name: "T",
                low,
                high,
                higher_is: self.domain.higher_is(),
                bands: self.domain.bands(),
                mcid: Mcid::Points(5.0),
            },
            subscales: &[],
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "promis-{}-{}{}", self.domain.code(), self.items, self.letter)
    }
}

impl FromStr for Form {
    type Err = UnknownForm;
    fn from_str(id: &str) -> Result<Self, UnknownForm> {
        let (code, form) = id.strip_prefix("promis-").and_then(|rest| rest.rsplit_once('-')).ok_or(UnknownForm)?;
        let domain = Domain::ALL.into_iter().find(|domain| domain.code() == code).ok_or(UnknownForm)?;
        let letter = form.chars().last().filter(char::is_ascii_lowercase).ok_or(UnknownForm)?;
        let items = form.trim_end_matches(letter).parse().ok().filter(|items| *items > 0).ok_or(UnknownForm)?;
        let found = Self { domain, items, letter };
        // `promis-pf-06b` and `promis-pf-6bb` would be second names of the same form.
        if found.to_string() == id { Ok(found) } else { Err(UnknownForm) }
    }
}

/// A form whose items have parameters: made once, when its bank is read.
#[derive(Debug, Clone)]
pub struct Calibrated {
    items: Vec<Item>,
    likelihoods: Vec<eap::Likelihoods>,
    by_sum: Vec<f64>,
    least_sum: f64,
}

impl Calibrated {
    #[must_use]
    pub fn new(items: Vec<Item>) -> Self {
        let by_sum = sum_score::table(&items).iter().map(|estimate| estimate.t()).collect();
        let likelihoods = items.iter().map(eap::Likelihoods::of).collect();
        let least_sum = items.iter().map(|item| f64::from(item.lowest)).sum();
        Self { items, likelihoods, by_sum, least_sum }
    }

    /// Expected a posteriori of the trait, from whatever is answered.
    pub fn pattern(&self, answers: &[Option<f64>]) -> Result<Estimate, super::Refused> {
        Answers::check_each(answers, |item| self.scale_of(item)).map(|answers| self.estimate(answers))
    }

    /// T for every sum, the lowest first.
    #[must_use]
    pub fn table(&self) -> &[f64] {
        &self.by_sum
    }

    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    pub(super) fn estimate(&self, answers: Answers) -> Estimate {
        let given = answers.iter().zip(&self.items).zip(&self.likelihoods);
        let seen = given.filter_map(|((answer, item), likelihoods)| {
            answer.map(|answer| likelihoods.of_category(answer - f64::from(item.lowest)))
        });
        eap::estimate(seen)
    }

    pub(super) fn by_sum(&self, answers: Answers) -> f64 {
        sums::row(&self.by_sum, answers.sum() - self.least_sum)
    }

    /// Lowest and highest answer of an item, counted from 1. A form of more items than the bank has allows none.
    pub fn scale_of(&self, item: usize) -> (i16, i16) {
        let item = item.checked_sub(1).and_then(|index| self.items.get(index));
        item.map_or((0, -1), |item| (item.lowest, item.highest()))
    }

    #[must_use]
    pub fn scale(&self, form: Form) -> Scale {
        let scale = form.definition().scale;
        match &self.by_sum[..] {
            [low, .., high] if tables::of(form).is_none() => Scale { low: *low, high: *high, ..scale },
            [..] => scale,
        }
    }
}
