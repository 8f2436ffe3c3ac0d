//! Patient Global Impression of Change (Guy 1976; Farrar et al. 2001).
//!
//! One item from 1 (very much improved) by 4 (no change) to 7 (very much worse), which is also how CMS codes it. Score =
//! the answer; higher is worse. Missing: none may be.
//! It asks for the change itself, so there is no baseline: 2, "much improved", is the cut (Farrar et al. 2001). A form of
//! the same name counts the other way round (Hurst & Bolton 2004): turn its answers before they come here.
//! Bands: up to 2 much improved, 3 minimally improved, 4 no change, from 5 worse.

use super::{Answers, Bands, Definition, Direction, Items, Mcid, Scale, Scored, sums};

pub const DEFINITION: Definition = Definition {
    title: "Patient Global Impression of Change",
    version: Some("1976"),
    items: Items::all(1, 1, 7),
    scale: SCALE,
    subscales: &[],
};

const SCALE: Scale = Scale {
    name: "change",
    low: 1.0,
    high: 7.0,
    higher_is: Direction::Worse,
    bands: Bands::UpTo(&[(2.0, "much improved"), (3.0, "minimally improved"), (4.0, "no change"), (7.0, "worse")]),
    mcid: Mcid::Answer { neutral: 4.0, cut: 2.0 },
};

pub fn rule(answers: Answers) -> Scored {
    Scored::on(&SCALE, answers.answered(), sums::whole(answers))
}
