//! Oswestry Disability Index, version 2.1a (Fairbank & Pynsent 2000).
//!
//! Ten sections of 0 to 5. Score = sum / (5 x sections answered) x 100, in percent; higher is worse.
//! Missing: a section left out leaves the divisor. The source sets no limit; our choice: eight must be answered.
//! Bands: to 20 minimal, to 40 moderate, to 60 severe, to 80 crippling, above bed-bound.
//! MCID 10 points (Ostelo et al. 2008).

use super::{Answers, Bands, Definition, Direction, Items, Mcid, Scale, Scored, Unscored, sums};

pub const DEFINITION: Definition = Definition {
    title: "Oswestry Disability Index",
    version: Some("2.1a"),
    items: Items::all(10, 0, 5),
    scale: SCALE,
    subscales: &[],
};

pub const SCALE: Scale = Scale {
    name: "disability",
    low: 0.0,
    high: 100.0,
    higher_is: Direction::Worse,
    bands: Bands::UpTo(&[
        (20.0, "minimal"),
        (40.0, "moderate"),
        (60.0, "severe"),
        (80.0, "crippling"),
        (100.0, "bed-bound"),
    ]),
    mcid: Mcid::Points(10.0),
};

pub fn rule(answers: Answers) -> Scored {
    Scored::on(&SCALE, answers.answered(), percent(answers))
}

pub fn percent(answers: Answers) -> Result<f64, Unscored> {
    Ok(answers.sum() * 20.0 / sums::answered(answers, 8)?)
}
