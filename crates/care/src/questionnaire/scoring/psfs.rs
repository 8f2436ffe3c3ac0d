//! Patient-Specific Functional Scale (Stratford et al. 1995).
//!
//! Three to five activities that the patient names, each 0 to 10; a follow-up asks for the same ones. Score = mean, 0 to
//! 10; higher is better.
//! Missing: an activity not rated is left out of the mean; three must be rated.
//! No bands. MCID 2 points, which is the detectable change of the mean (Stratford et al. 1995); for a single activity it
//! is 3.

use super::{Answers, Bands, Count, Definition, Direction, Items, Mcid, Scale, Scored, sums};

pub const DEFINITION: Definition = Definition {
    title: "Patient-Specific Functional Scale",
    version: Some("1995"),
    items: Items { count: Count::Between(3, 5), low: 0, high: 10, odd: None },
    scale: SCALE,
    subscales: &[],
};

const SCALE: Scale = Scale {
    name: "function",
    low: 0.0,
    high: 10.0,
    higher_is: Direction::Better,
    bands: Bands::Unnamed,
    mcid: Mcid::Points(2.0),
};

pub fn rule(answers: Answers) -> Scored {
    let mean = sums::answered(answers, 3).map(|answered| answers.sum() / answered);
    Scored::on(&SCALE, answers.answered(), mean)
}
