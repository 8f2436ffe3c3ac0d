//! Knee Outcome Survey, Activities of Daily Living Scale (Irrgang et al. 1998).
//!
//! 14 items of 0 to 5. Score = sum / 70 x 100, in percent; higher is better.
//! Missing: the source names no rule. Our choice: every item must be answered.
//! No bands. MCID 7.1 points (Piva et al. 2009); some registries ask for 10.

use super::{Answers, Bands, Definition, Direction, Items, Mcid, Scale, Scored, sums};

pub const DEFINITION: Definition = Definition {
    title: "Knee Outcome Survey, Activities of Daily Living Scale",
    version: Some("1998"),
    items: Items::all(14, 0, 5),
    scale: SCALE,
    subscales: &[],
};

const SCALE: Scale = Scale {
    name: "function",
    low: 0.0,
    high: 100.0,
    higher_is: Direction::Better,
    bands: Bands::Unnamed,
    mcid: Mcid::Points(7.1),
};

pub fn rule(answers: Answers) -> Scored {
    Scored::on(&SCALE, answers.answered(), sums::whole(answers).map(|sum| sum * 100.0 / 70.0))
}
