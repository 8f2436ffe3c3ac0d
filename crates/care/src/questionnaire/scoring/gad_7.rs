//! Generalized Anxiety Disorder, seven items (Spitzer et al. 2006).
//!
//! Seven items of 0 to 3. Score = sum, 0 to 21; higher is worse.
//! Missing: the source names no rule. Our choice, as for the PHQ-9: at most 2, the mean of the others stands in for them,
//! not rounded.
//! Bands: 0-4 minimal, 5-9 mild, 10-14 moderate, from 15 severe. MCID 4 points (Toussaint et al. 2020).

use super::{Answers, Bands, Definition, Direction, Items, Mcid, Scale, Scored, sums};

pub const DEFINITION: Definition =
    Definition { title: "GAD-7", version: Some("2006"), items: Items::all(7, 0, 3), scale: SCALE, subscales: &[] };

const SCALE: Scale = Scale {
    name: "anxiety",
    low: 0.0,
    high: 21.0,
    higher_is: Direction::Worse,
    bands: Bands::From(&[(0.0, "minimal"), (5.0, "mild"), (10.0, "moderate"), (15.0, "severe")]),
    mcid: Mcid::Points(4.0),
};

pub fn rule(answers: Answers) -> Scored {
    Scored::on(&SCALE, answers.answered(), sums::scaled(answers, 5))
}
