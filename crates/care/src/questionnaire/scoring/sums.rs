//! Sums, with the two common ways to treat what was left out.

use super::{Answers, Unscored};

/// The sum, when every item is answered.
pub fn whole(answers: Answers) -> Result<f64, Unscored> {
    scaled(answers, answers.len())
}

/// The sum as if every item had the mean of those answered; at least `needed` must be. Undivided until the end, so that a
/// whole response gives its sum exactly.
pub fn scaled(answers: Answers, needed: usize) -> Result<f64, Unscored> {
    Ok(answers.sum() * count(answers.len()) / answered(answers, needed)?)
}

/// How many are answered, as a divisor: at least `needed`, and never 0.
pub fn answered(answers: Answers, needed: usize) -> Result<f64, Unscored> {
    Unscored::unless(answers.answered(), needed.max(1))?;
    Ok(count(answers.answered()))
}

/// Items are few.
pub fn count(items: usize) -> f64 {
    u16::try_from(items).map_or(f64::INFINITY, f64::from)
}

/// The row of a table that begins at sum 0 and has one for every sum.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a sum of checked answers, 0 or more")]
pub fn row(table: &[f64], sum: f64) -> f64 {
    table[sum as usize]
}
