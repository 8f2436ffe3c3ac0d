//! Lower Extremity Functional Scale (Binkley et al. 1999).
//!
//! 20 items of 0 to 4. Score = sum, 0 to 80; higher is better.
//! Missing: the source names no rule. Our choice, the strict end of what is common: at most 2 may be missing, the mean of
//! the others stands in for them.
//! No bands. MCID 9 points (Binkley et al. 1999).

use super::{Answers, Bands, Definition, Direction, Items, Mcid, Scale, Scored, sums};

pub const DEFINITION: Definition = Definition {
    title: "Lower Extremity Functional Scale",
    version: Some("1999"),
    items: Items::all(20, 0, 4),
    scale: SCALE,
    subscales: &[],
};

const SCALE: Scale = Scale {
    name: "function",
    low: 0.0,
    high: 80.0,
    higher_is: Direction::Better,
    bands: Bands::Unnamed,
    mcid: Mcid::Points(9.0),
};

pub fn rule(answers: Answers) -> Scored {
    Scored::on(&SCALE, answers.answered(), sums::scaled(answers, 18))
}
