//! Patient Health Questionnaire, nine items (Kroenke, Spitzer & Williams 2001).
//!
//! Nine items of 0 to 3; a tenth about difficulty may be given and is not scored. Score = sum of nine, 0 to 27; higher is
//! worse.
//! Missing: our choice, as is common: at most 2, the mean of the others stands in for them, not rounded.
//! Item 9 above 0 is a safety answer, whatever the rest says and also when there is no score.
//! Bands: 0-4 minimal, 5-9 mild, 10-14 moderate, 15-19 moderately severe, from 20 severe. MCID 5 points (Löwe et al. 2004).

use super::{Answers, Bands, Count, Definition, Direction, Items, Mcid, Scale, Scored, sums};

pub const DEFINITION: Definition = Definition {
    title: "PHQ-9",
    version: Some("2001"),
    items: Items { count: Count::Either(9, 10), low: 0, high: 3, odd: None },
    scale: SCALE,
    subscales: &[],
};

const SCALE: Scale = Scale {
    name: "depression",
    low: 0.0,
    high: 27.0,
    higher_is: Direction::Worse,
    bands: Bands::From(&[
        (0.0, "minimal"),
        (5.0, "mild"),
        (10.0, "moderate"),
        (15.0, "moderately severe"),
        (20.0, "severe"),
    ]),
    mcid: Mcid::Points(5.0),
};

/// The item that asks about harm.
pub const HARM: usize = 9;

pub fn rule(answers: Answers) -> Scored {
    let scored = answers.items(1, 9);
    let harm = answers.item(HARM).is_some_and(|answer| answer > 0.0);
    Scored { safety: Some(harm), ..Scored::on(&SCALE, scored.answered(), sums::scaled(scored, 7)) }
}
