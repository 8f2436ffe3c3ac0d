//! Single Assessment Numeric Evaluation (Williams et al. 1999).
//!
//! One item: how normal is it, 0 to 100 percent. Score = the answer; higher is better. Missing: none may be.
//! No bands. Published MCIDs differ by joint and treatment, so none is taken.

use super::{Answers, Bands, Definition, Direction, Items, Mcid, Scale, Scored, sums};

pub const DEFINITION: Definition = Definition {
    title: "Single Assessment Numeric Evaluation",
    version: Some("1999"),
    items: Items::all(1, 0, 100),
    scale: SCALE,
    subscales: &[],
};

const SCALE: Scale = Scale {
    name: "function",
    low: 0.0,
    high: 100.0,
    higher_is: Direction::Better,
    bands: Bands::Unnamed,
    mcid: Mcid::Unknown,
};

pub fn rule(answers: Answers) -> Scored {
    Scored::on(&SCALE, answers.answered(), sums::whole(answers))
}
