//! What is fixed about an instrument: its items, scales, bands and MCID.

use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Definition {
    pub title: &'static str,
    /// The published version the rule belongs to; None when only an imported bank can say.
    pub version: Option<&'static str>,
    pub items: Items,
    /// What [`Scored::score`] is on. For an instrument of subscales it is the one that leads, by its name.
    pub scale: Scale,
    /// All subscales, the leading one too; empty when there is one score only.
    pub subscales: &'static [Scale],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Items {
    pub count: Count,
    pub low: i16,
    pub high: i16,
    /// One item that has a printed scale of its own.
    pub odd: Option<OddItem>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OddItem {
    /// Counted from 1.
    pub item: usize,
    pub low: i16,
    pub high: i16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    Exactly(usize),
    Either(usize, usize),
    Between(usize, usize),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    pub name: &'static str,
    pub low: f64,
    pub high: f64,
    pub higher_is: Direction,
    pub bands: Bands,
    pub mcid: Mcid,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Better,
    Worse,
}

/// The published names for parts of a scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bands {
    Unnamed,
    /// Each begins at its number and ends where the next begins: also right for scores with decimals.
    From(&'static [(f64, &'static str)]),
    /// Each ends at its number, which is part of it.
    UpTo(&'static [(f64, &'static str)]),
}

/// The smallest change that patients find important.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mcid {
    /// None is published, or change is not what the instrument is for.
    Unknown,
    Points(f64),
    /// A share of the baseline, as in 0.3.
    ShareOfBaseline(f64),
    /// The answer is a change already: important from `cut` on, none at `neutral`.
    Answer {
        neutral: f64,
        cut: f64,
    },
}

impl Items {
    pub(super) const fn all(count: usize, low: i16, high: i16) -> Self {
        Self { count: Count::Exactly(count), low, high, odd: None }
    }

    /// Lowest and highest answer of an item, counted from 1.
    #[must_use]
    pub fn scale_of(&self, item: usize) -> (i16, i16) {
        match self.odd {
            Some(odd) if odd.item == item => (odd.low, odd.high),
            Some(_) | None => (self.low, self.high),
        }
    }
}

impl Count {
    #[must_use]
    pub fn allows(self, given: usize) -> bool {
        match self {
            Self::Exactly(count) => given == count,
            Self::Either(one, other) => given == one || given == other,
            Self::Between(least, most) => (least..=most).contains(&given),
        }
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(count) => write!(f, "{count}"),
            Self::Either(one, other) => write!(f, "{one} or {other}"),
            Self::Between(least, most) => write!(f, "{least} to {most}"),
        }
    }
}

impl Direction {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Worse => "worse",
        }
    }
}

impl Bands {
    #[must_use]
    pub fn of(self, score: f64) -> Option<&'static str> {
        match self {
            Self::Unnamed => None,
            Self::From(bands) => bands.iter().rev().find(|(edge, _)| score >= *edge).map(|(_, name)| *name),
            Self::UpTo(bands) => bands.iter().find(|(edge, _)| score <= *edge).map(|(_, name)| *name),
        }
    }
}
