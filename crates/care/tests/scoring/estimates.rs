//! Expected a posteriori, against Simpson's rule on a fine grid with the model written out plainly.

use care::questionnaire::scoring::promis::{Bank, Calibrated, Form};

use crate::simulated::Chance;

const BANK: &str = include_str!("invented-bank.toml");

pub fn bank() -> Bank {
    Bank::parse(BANK).unwrap()
}

/// An item as the file has it, read by other means than the bank does.
pub struct Probabilities {
    slope: f64,
    thresholds: Vec<f64>,
    lowest: f64,
}

impl Probabilities {
    pub fn of(form: &str) -> Vec<Self> {
        let file: toml::Table = BANK.parse().unwrap();
        let listed = file["forms"][form].as_array().unwrap();
        let find = |id: &toml::Value| {
            let item = file["items"].as_array().unwrap().iter().find(|item| item["id"] == *id).unwrap();
            let thresholds = item["thresholds"].as_array().unwrap().iter().map(|t| t.as_float().unwrap()).collect();
            let lowest =
                item.get("lowest").map_or(1.0, |lowest| if lowest.as_integer() == Some(0) { 0.0 } else { 1.0 });
            Self { slope: item["slope"].as_float().unwrap(), thresholds, lowest }
        };
        listed.iter().map(find).collect()
    }

    fn or_higher(&self, category: usize, theta: f64) -> f64 {
        match category.checked_sub(1).map(|index| self.thresholds.get(index)) {
            None => 1.0,
            Some(None) => 0.0,
            Some(Some(threshold)) => 1.0 / (1.0 + (self.slope * (threshold - theta)).exp()),
        }
    }

    pub fn of_category(&self, category: usize, theta: f64) -> f64 {
        self.or_higher(category, theta) - self.or_higher(category + 1, theta)
    }

    pub fn categories(&self) -> usize {
        self.thresholds.len() + 1
    }

    pub fn printed(&self, category: usize) -> f64 {
        self.lowest + f64::from(u8::try_from(category).unwrap())
    }

    pub fn answer(&self, theta: f64, share: f64) -> f64 {
        let category = (1..self.categories()).filter(|category| share < self.or_higher(*category, theta)).count();
        self.printed(category)
    }
}

/// Simpson's rule from -10 to 10.
fn simpson(f: impl Fn(f64) -> f64) -> f64 {
    const HALVES: u32 = 4_000;
    let h = 10.0 / f64::from(HALVES);
    let point = |index: u32| f(-10.0 + h * f64::from(index));
    let odd: f64 = (0..HALVES).map(|i| point(2 * i + 1)).sum();
    let even: f64 = (1..HALVES).map(|i| point(2 * i)).sum();
    (point(0) + point(2 * HALVES) + 4.0 * odd + 2.0 * even) * h / 3.0
}

fn reference(items: &[Probabilities], categories: &[Option<usize>]) -> f64 {
    let weight = |theta: f64| {
        let likelihood: f64 =
            items.iter().zip(categories).filter_map(|(i, c)| Some(i.of_category((*c)?, theta))).product();
        likelihood * (-theta * theta / 2.0).exp()
    };
    simpson(|theta| theta * weight(theta)) / simpson(weight)
}

fn agree(name: &str, calibrated: &Calibrated, items: &[Probabilities], categories: &[Option<usize>]) {
    let answers: Vec<_> = items.iter().zip(categories).map(|(i, c)| c.map(|c| i.printed(c))).collect();
    let theta = calibrated.pattern(&answers).unwrap().theta;
    let expected = reference(items, categories);
    assert!((theta - expected).abs() < 1e-6, "{name} {categories:?}: {theta}, not {expected}");
}

fn form(name: &str) -> (Calibrated, Vec<Probabilities>) {
    let form: Form = name.parse().unwrap();
    (bank().form(form).unwrap().clone(), Probabilities::of(name))
}

#[test]
fn the_estimate_is_that_of_a_fine_quadrature_for_every_set_of_one_or_two_missing_answers() {
    let mut chance = Chance(4);
    for name in ["promis-pf-6b", "promis-pf-10a", "promis-ue-3a"] {
        let (calibrated, items) = form(name);
        let mut somebody = || -> Vec<Option<usize>> {
            items
                .iter()
                .map(|item| Some(usize::try_from(chance.next() % 60).unwrap() * item.categories() / 60))
                .collect()
        };
        for one in 0..items.len() {
            for other in 0..=one {
                let mut categories = somebody();
                categories[one] = None;
                agree(name, &calibrated, &items, &categories);
                categories[other] = None;
                agree(name, &calibrated, &items, &categories);
            }
        }
    }
}

#[test]
fn the_estimate_holds_at_both_ends_for_contradictions_and_for_nothing_answered() {
    for name in ["promis-pf-6b", "promis-pf-10a", "promis-ue-3a"] {
        let (calibrated, items) = form(name);
        let ends = |which: &dyn Fn(usize) -> bool| -> Vec<Option<usize>> {
            items.iter().enumerate().map(|(i, item)| Some(if which(i) { item.categories() - 1 } else { 0 })).collect()
        };
        for categories in [ends(&|_| true), ends(&|_| false), ends(&|i| i % 2 == 0), ends(&|i| i % 2 == 1)] {
            agree(name, &calibrated, &items, &categories);
        }
        agree(name, &calibrated, &items, &vec![None; items.len()]);
        assert!((calibrated.pattern(&vec![None; items.len()]).unwrap().sd - 1.0).abs() < 1e-9);
    }
}

#[test]
fn over_ten_thousand_respondents_the_mean_error_is_small() {
    let (calibrated, items) = form("promis-pf-10a");
    let mut chance = Chance(20_240_501);
    let (mut sum, mut squares, mut spread) = (0.0, 0.0, 0.0);
    for _ in 0..10_000 {
        let theta = chance.normal();
        let estimate = calibrated.pattern(&chance.answers(&items, theta)).unwrap();
        sum += estimate.theta - theta;
        squares += (estimate.theta - theta).powi(2);
        spread += estimate.sd.powi(2);
    }
    let (bias, rmse, expected) = (sum / 1e4, (squares / 1e4).sqrt(), (spread / 1e4).sqrt());
    println!(
        "10,000 respondents: mean error {bias:.4}, root mean square {rmse:.4}, expected of the posterior {expected:.4}"
    );
    assert!(bias.abs() < 0.05, "mean error {bias}");
    // The posterior knows how far off it is.
    assert!((rmse / expected - 1.0).abs() < 0.05, "{rmse} against {expected}");
}

/// T for each sum by going through every pattern, on the grid of the published tables.
fn by_every_pattern(items: &[Probabilities]) -> Vec<f64> {
    let most: usize = items.iter().map(|item| item.categories() - 1).sum();
    let mut mass = vec![(0.0, 0.0); most + 1];
    let patterns: usize = items.iter().map(Probabilities::categories).product();
    for pattern in 0..patterns {
        let mut rest = pattern;
        let categories: Vec<usize> = items
            .iter()
            .map(|item| {
                let category = rest % item.categories();
                rest /= item.categories();
                category
            })
            .collect();
        let of_sum = &mut mass[categories.iter().sum::<usize>()];
        for step in -45_i8..=45 {
            let theta = f64::from(step) * 0.1;
            let likelihood: f64 = items.iter().zip(&categories).map(|(item, c)| item.of_category(*c, theta)).product();
            let weight = likelihood * (-theta * theta / 2.0).exp();
            of_sum.0 += weight * theta;
            of_sum.1 += weight;
        }
    }
    mass.into_iter().map(|(first, weight)| 50.0 + 10.0 * first / weight).collect()
}

#[test]
fn the_table_made_from_a_bank_is_that_of_all_patterns_together() {
    for name in ["promis-pf-4a", "promis-pf-6b", "promis-pi-4b", "promis-ue-3a"] {
        let (calibrated, items) = form(name);
        let expected = by_every_pattern(&items);
        assert_eq!(calibrated.table().len(), expected.len());
        for (sum, (t, expected)) in calibrated.table().iter().zip(expected).enumerate() {
            // To one decimal.
            assert!((t - expected).abs() < 0.05 + 1e-6, "{name}, sum {sum}: {t}, not {expected}");
            assert!((t * 10.0 - (t * 10.0).round()).abs() < 1e-9, "{t} has one decimal");
        }
        assert!(calibrated.table().is_sorted(), "{name}");
    }
}
