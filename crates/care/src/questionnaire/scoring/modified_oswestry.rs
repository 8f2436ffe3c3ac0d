//! Modified Oswestry Low Back Pain Disability Questionnaire (Fritz & Irrgang 2001).
//!
//! As the Oswestry index, with a section on employment and homemaking in place of the one on sex life: ten sections of
//! 0 to 5, score = sum / (5 x sections answered) x 100, in percent; higher is worse.
//! Missing: as there; our choice: eight must be answered. Bands: as there.
//! MCID 6 points (Fritz & Irrgang 2001); the detectable change is 12.7.

use super::{Answers, Definition, Items, Mcid, Scale, Scored, oswestry};

pub const DEFINITION: Definition = Definition {
    title: "Modified Oswestry Disability Questionnaire",
    version: Some("2001"),
    items: Items::all(10, 0, 5),
    scale: SCALE,
    subscales: &[],
};

const SCALE: Scale = Scale { mcid: Mcid::Points(6.0), ..oswestry::SCALE };

pub fn rule(answers: Answers) -> Scored {
    Scored::on(&SCALE, answers.answered(), oswestry::percent(answers))
}
