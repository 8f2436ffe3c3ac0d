//! QuickDASH (Beaton et al. 2005; scoring by the Institute for Work & Health).
//!
//! 11 items of 1 to 5. Score = (mean of the answered - 1) x 25, 0 to 100; higher is worse.
//! Missing: at most 1, so 10 must be answered. No bands. MCID 8 points (Mintken et al. 2009).

use super::{Answers, Definition, Items, Mcid, Scale, Scored, dash};

pub const DEFINITION: Definition =
    Definition { title: "QuickDASH", version: Some("2005"), items: Items::all(11, 1, 5), scale: SCALE, subscales: &[] };

const SCALE: Scale = Scale { mcid: Mcid::Points(8.0), ..dash::SCALE };

pub fn rule(answers: Answers) -> Scored {
    Scored::on(&SCALE, answers.answered(), dash::disability(answers, 10))
}
