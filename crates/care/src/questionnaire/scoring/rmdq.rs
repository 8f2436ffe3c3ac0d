//! Roland-Morris Disability Questionnaire (Roland & Morris 1983).
//!
//! 24 statements, 1 when ticked and 0 when not. Score = number of ticks, 0 to 24; higher is worse.
//! Missing: a statement that is not ticked counts 0, so there is always a score; whether the form was handed in at all is
//! known where forms are kept.
//! No bands. MCID: 30 % of the baseline (Ostelo et al. 2008). The same paper gives 5 points; our choice is the share,
//! because 5 points cannot be gained from a low baseline.

use super::{Answers, Bands, Definition, Direction, Items, Mcid, Scale, Scored};

pub const DEFINITION: Definition = Definition {
    title: "Roland-Morris Disability Questionnaire",
    version: Some("1983"),
    items: Items::all(24, 0, 1),
    scale: SCALE,
    subscales: &[],
};

const SCALE: Scale = Scale {
    name: "disability",
    low: 0.0,
    high: 24.0,
    higher_is: Direction::Worse,
    bands: Bands::Unnamed,
    mcid: Mcid::ShareOfBaseline(0.3),
};

pub fn rule(answers: Answers) -> Scored {
    Scored::on(&SCALE, answers.answered(), Ok(answers.sum()))
}
