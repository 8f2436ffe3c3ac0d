//! Global Rating of Change, 15 steps (Jaeschke et al. 1989).
//!
//! One item from -7 (a very great deal worse) by 0 (the same) to +7 (a very great deal better). Score = the answer; higher
//! is better. Missing: none may be.
//! It asks for the change itself, so there is no baseline: +5, "quite a bit better", is the usual cut; some use +3.
//! Bands: below 0 worse, 0 the same, from 1 a little better, from 5 better by the cut.

use super::{Answers, Bands, Definition, Direction, Items, Mcid, Scale, Scored, sums};

pub const DEFINITION: Definition = Definition {
    title: "Global Rating of Change",
    version: Some("1989"),
    items: Items::all(1, -7, 7),
    scale: SCALE,
    subscales: &[],
};

const SCALE: Scale = Scale {
    name: "change",
    low: -7.0,
    high: 7.0,
    higher_is: Direction::Better,
    bands: Bands::From(&[(-7.0, "worse"), (0.0, "the same"), (1.0, "a little better"), (5.0, "better")]),
    mcid: Mcid::Answer { neutral: 0.0, cut: 5.0 },
};

pub fn rule(answers: Answers) -> Scored {
    Scored::on(&SCALE, answers.answered(), sums::whole(answers))
}
