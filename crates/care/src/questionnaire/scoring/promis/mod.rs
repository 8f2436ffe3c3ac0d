//! PROMIS: short forms of one domain, and Global-10 (Cella et al. 2010; the scoring manuals of HealthMeasures).
//!
//! A domain form has items of 1 to 5 unless its bank says otherwise. Score = T, mean 50 and standard deviation 10 in the
//! general population, to one decimal; higher is more of what the domain names. In order of preference:
//!
//! 1. every item answered: the sum is read off the form's public table, or off the one made from an imported bank;
//! 2. items missing, bank imported: expected a posteriori from the pattern; our choice: half the items must be answered;
//! 3. items missing, public table only: the sum is scaled up to the whole form, rounded up, and read off; at least half of
//!    the items and no fewer than 4 must be answered.
//!
//! Without table and bank there is no score. Bands by domain: see [`Domain`]. MCID 5 points, half a standard deviation; 2
//! to 6 are published, and our choice is the careful end of the usual 3 to 5.

mod bank;
mod domain;
mod eap;
mod form;
pub(super) mod global_10;
mod item;
mod sum_score;
mod tables;

pub use bank::{Bank, BankError, Calibration, Parameters};
pub use domain::Domain;
pub use eap::Estimate;
pub use form::{Calibrated, Form, UnknownForm};
pub use item::Item;

use super::{Answers, Refused, Scored, Unscored, sums};

pub(super) fn score(form: Form, given: &[Option<f64>], bank: Option<&Calibrated>) -> Result<Scored, Refused> {
    let items = form.definition().items;
    let answers = match bank {
        Some(bank) if items.count.allows(given.len()) => Answers::check_each(given, |item| bank.scale_of(item))?,
        Some(_) | None => Answers::check(&items, given)?,
    };
    let scale = bank.map_or(form.definition().scale, |bank| bank.scale(form));
    let scored = |score| Scored::on(&scale, answers.answered(), score);
    let found = match (answers.answered() == answers.len(), tables::of(form), bank) {
        (true, Some(table), _) => {
            Ok(scored(Ok(sums::row(table.t, answers.sum() - least_sum(form)))).with("sum", answers.sum()))
        }
        (true, None, Some(bank)) => Ok(scored(Ok(bank.by_sum(answers))).with("sum", answers.sum())),
        (false, _, Some(bank)) => Unscored::unless(answers.answered(), answers.len().div_ceil(2)).map(|()| {
            let estimate = bank.estimate(answers);
            scored(Ok(estimate.t())).with("theta", estimate.theta).with("standard_error", estimate.sd * 10.0)
        }),
        (false, Some(table), None) => {
            Unscored::unless(answers.answered(), answers.len().div_ceil(2).max(4)).map(|()| {
                let whole = (answers.sum() * sums::count(answers.len()) / sums::count(answers.answered())).ceil();
                scored(Ok(sums::row(table.t, whole - least_sum(form))))
            })
        }
        (_, None, None) => Err(Unscored::BankNeeded { form }),
    };
    Ok(found.unwrap_or_else(|reason| scored(Err(reason))))
}

/// Every answer the lowest, on the printed scale of 1 to 5.
fn least_sum(form: Form) -> f64 {
    f64::from(form.items)
}
