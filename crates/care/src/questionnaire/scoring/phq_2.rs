//! Patient Health Questionnaire, first two items (Kroenke et al. 2003).
//!
//! Two items of 0 to 3. Score = sum, 0 to 6; higher is worse. Missing: our choice: both must be answered.
//! Bands: from 3 positive: ask the other seven. It screens, so change has no MCID.

use super::{Answers, Bands, Definition, Direction, Items, Mcid, Scale, Scored, sums};

pub const DEFINITION: Definition =
    Definition { title: "PHQ-2", version: Some("2003"), items: Items::all(2, 0, 3), scale: SCALE, subscales: &[] };

const SCALE: Scale = Scale {
    name: "depression",
    low: 0.0,
    high: 6.0,
    higher_is: Direction::Worse,
    bands: Bands::From(&[(0.0, "negative"), (3.0, "positive")]),
    mcid: Mcid::Unknown,
};

pub fn rule(answers: Answers) -> Scored {
    Scored::on(&SCALE, answers.answered(), sums::whole(answers))
}
