//! Disabilities of the Arm, Shoulder and Hand (Hudak et al. 1996; scoring by the Institute for Work & Health).
//!
//! 30 items of 1 to 5. Score = (mean of the answered - 1) x 25, 0 to 100; higher is worse.
//! Missing: at most 3, so 27 must be answered. No bands. MCID 10 points (Sorensen et al. 2013).
//! Its work and sport modules are instruments of their own: `dash-work`, `dash-sport`.

use super::{Answers, Bands, Definition, Direction, Items, Mcid, Scale, Scored, Unscored, sums};

pub const DEFINITION: Definition =
    Definition { title: "DASH", version: Some("1996"), items: Items::all(30, 1, 5), scale: SCALE, subscales: &[] };

pub const SCALE: Scale = Scale {
    name: "disability",
    low: 0.0,
    high: 100.0,
    higher_is: Direction::Worse,
    bands: Bands::Unnamed,
    mcid: Mcid::Points(10.0),
};

pub fn rule(answers: Answers) -> Scored {
    Scored::on(&SCALE, answers.answered(), disability(answers, 27))
}

/// (mean - 1) x 25, with one division only.
pub fn disability(answers: Answers, needed: usize) -> Result<f64, Unscored> {
    let answered = sums::answered(answers, needed)?;
    Ok((answers.sum() - answered) * 25.0 / answered)
}
