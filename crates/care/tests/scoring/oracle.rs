//! The second implementation: whole numbers and fractions only, driven by a description of each form. It shares nothing
//! with the one under test but the published formulas.

/// A fraction that is never divided out.
#[derive(Debug, Clone, Copy)]
pub struct Fraction(pub i64, pub i64);

impl Fraction {
    pub fn at_most(self, whole: i64) -> bool {
        self.0 <= whole * self.1
    }

    pub fn below(self, whole: i64) -> bool {
        self.0 < whole * self.1
    }

    #[expect(clippy::cast_precision_loss, reason = "sums of a few hundred")]
    pub fn is(self, score: f64) -> bool {
        (score * self.1 as f64 - self.0 as f64).abs() < 1e-9 * self.1 as f64
    }
}

/// What is made of a part's answers: how many there are, how many items it has, their sum.
#[derive(Clone, Copy)]
pub enum Formula {
    /// The sum, those missing taken as the mean.
    Sum,
    /// The sum, those missing taken as nothing.
    Ticks,
    /// Percent of what the answered items could give, each `most`.
    Percent {
        most: i64,
    },
    /// Lowest answer is 1 and becomes 0, five choices, to 100.
    FromOneToHundred,
    /// Lowest answer is 0 and becomes 100, five choices.
    FromHundredDown,
    Mean,
    /// By the sum less the least sum; figures in thousandths.
    Table {
        figures: &'static str,
        least: i64,
    },
}

pub struct Part {
    pub name: &'static str,
    /// Counted from 1.
    pub items: Vec<usize>,
    pub may_miss: usize,
    pub formula: Formula,
    pub band: fn(Fraction) -> Option<&'static str>,
}

impl Part {
    /// None when too many are missing.
    pub fn score(&self, answers: &[Option<i64>]) -> Option<Fraction> {
        let given: Vec<i64> = self.items.iter().filter_map(|item| answers[item - 1]).collect();
        let (all, count) = (whole(self.items.len()), whole(given.len()));
        let sum: i64 = given.iter().sum();
        if self.items.len() - given.len() > self.may_miss || (given.is_empty() && self.may_miss < self.items.len()) {
            return None;
        }
        Some(match self.formula {
            Formula::Sum => Fraction(sum * all, count),
            Formula::Ticks => Fraction(sum, 1),
            Formula::Percent { most } => Fraction(sum * 100, most * count),
            Formula::FromOneToHundred => Fraction(25 * sum - 25 * count, count),
            Formula::FromHundredDown => Fraction(100 * count - 25 * sum, count),
            Formula::Mean => Fraction(sum, count),
            Formula::Table { figures, least } => Fraction(thousandths(figures)[at(sum - least)], 1000),
        })
    }
}

pub fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap()
}

pub fn at(index: i64) -> usize {
    usize::try_from(index).unwrap()
}

/// "92.34" is 92340.
pub fn thousandths(figures: &str) -> Vec<i64> {
    let one = |figure: &str| {
        let (whole, part) = figure.split_once('.').unwrap_or((figure, ""));
        format!("{whole}{part:0<3}").parse().unwrap()
    };
    figures.split_whitespace().map(one).collect()
}
