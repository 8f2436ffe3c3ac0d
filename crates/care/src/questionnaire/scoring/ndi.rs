//! Neck Disability Index (Vernon & Mior 1991).
//!
//! Ten sections of 0 to 5. Score = sum, 0 to 50, with the percentage of 50 beside it; higher is worse.
//! Missing: nine sections must be answered; the mean of those stands in for the one left out (Vernon), which is the same
//! as the percentage of what was possible.
//! Bands: 0-4 none, 5-14 mild, 15-24 moderate, 25-34 severe, from 35 complete (Vernon).
//! MCID 7.5 points (Young et al. 2009), as registries use it; Vernon gives 5, and the detectable change is 10.2.

use super::{Answers, Bands, Definition, Direction, Items, Mcid, Scale, Scored, sums};

pub const DEFINITION: Definition = Definition {
    title: "Neck Disability Index",
    version: Some("1991"),
    items: Items::all(10, 0, 5),
    scale: SCALE,
    subscales: &[],
};

const SCALE: Scale = Scale {
    name: "disability",
    low: 0.0,
    high: 50.0,
    higher_is: Direction::Worse,
    bands: Bands::From(&[(0.0, "none"), (5.0, "mild"), (15.0, "moderate"), (25.0, "severe"), (35.0, "complete")]),
    mcid: Mcid::Points(7.5),
};

pub fn rule(answers: Answers) -> Scored {
    let score = sums::scaled(answers, 9);
    let scored = Scored::on(&SCALE, answers.answered(), score);
    match score {
        Ok(sum) => scored.with("percent", sum * 2.0),
        Err(_) => scored,
    }
}
