//! Numeric Pain Rating Scale, 0 to 10 (Jensen et al. 1986; Childs et al. 2005).
//!
//! One item, or three: now, best and worst of the last day. Score = the rating, or the mean of the three; higher is
//! worse. Missing: none may be.
//! Bands: 0 none, up to 3 mild, 4-6 moderate, from 7 severe; our choice among the groupings in use, and the one that
//! PROMIS Global-10 uses for its pain item.
//! MCID 2 points (Childs et al. 2005, low back); 2.17 is given for the shoulder, 1.16 for the knee.

use super::{Answers, Bands, Count, Definition, Direction, Items, Mcid, Scale, Scored, sums};

pub const DEFINITION: Definition = Definition {
    title: "Numeric Pain Rating Scale",
    version: Some("0-10"),
    items: Items { count: Count::Either(1, 3), low: 0, high: 10, odd: None },
    scale: SCALE,
    subscales: &[],
};

const SCALE: Scale = Scale {
    name: "pain",
    low: 0.0,
    high: 10.0,
    higher_is: Direction::Worse,
    // A mean of three that is not 0 is a third at least.
    bands: Bands::From(&[(0.0, "none"), (0.3, "mild"), (4.0, "moderate"), (7.0, "severe")]),
    mcid: Mcid::Points(2.0),
};

pub fn rule(answers: Answers) -> Scored {
    let mean = sums::whole(answers).map(|sum| sum / sums::count(answers.len()));
    Scored::on(&SCALE, answers.answered(), mean)
}
