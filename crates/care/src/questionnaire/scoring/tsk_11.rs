//! Tampa Scale of Kinesiophobia, 11 items (Woby et al. 2005).
//!
//! Eleven items of 1 to 4, none reversed (the form of 17 reverses four). Score = sum, 11 to 44; higher is worse.
//! Missing: the source names no rule. Our choice: every item must be answered.
//! No bands. MCID 4 points (Woby et al. 2005).

use super::{Answers, Bands, Definition, Direction, Items, Mcid, Scale, Scored, sums};

pub const DEFINITION: Definition = Definition {
    title: "Tampa Scale of Kinesiophobia, 11 items",
    version: Some("2005"),
    items: Items::all(11, 1, 4),
    scale: SCALE,
    subscales: &[],
};

const SCALE: Scale = Scale {
    name: "fear of movement",
    low: 11.0,
    high: 44.0,
    higher_is: Direction::Worse,
    bands: Bands::Unnamed,
    mcid: Mcid::Points(4.0),
};

pub fn rule(answers: Answers) -> Scored {
    Scored::on(&SCALE, answers.answered(), sums::whole(answers))
}
