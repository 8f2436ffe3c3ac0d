//! The optional work module, the same for DASH and QuickDASH
//! (scoring by the Institute for Work & Health).
//!
//! 4 items of 1 to 5. Score = (mean - 1) x 25, 0 to 100; higher is worse. Missing: none may be.
//! No bands; no MCID of its own is published.

use super::{Answers, Definition, Items, Mcid, Scale, Scored, dash};

pub const DEFINITION: Definition = Definition {
    title: "DASH, work module",
    version: Some("1996"),
    items: Items::all(4, 1, 5),
    scale: SCALE,
    subscales: &[],
};

const SCALE: Scale = Scale { mcid: Mcid::Unknown, ..dash::SCALE };

pub fn rule(answers: Answers) -> Scored {
    Scored::on(&SCALE, answers.answered(), dash::disability(answers, 4))
}
