//! Hip disability and Osteoarthritis Outcome Score, all five subscales (Nilsdotter et al. 2003; koos.nu).
//!
//! 40 items of 0 to 4, in the order of the form: symptoms 5, pain 10, daily living 17, sport 4, quality of life 4.
//! Each subscale = 100 - mean of the answered x 25, 0 to 100; higher is better. There is no total; `score` is that of
//! daily living, our choice.
//! Missing: half of a subscale's items must be answered. No bands. MCID 8 points (8 to 10 are given).

use super::{Answers, Definition, Items, Scored, koos};

pub const DEFINITION: Definition =
    Definition { title: "HOOS", version: Some("LK2.0"), items: Items::all(40, 0, 4), ..koos::DEFINITION };

pub fn rule(answers: Answers) -> Scored {
    koos::by_part(answers, [5, 10, 17, 4, 4])
}
