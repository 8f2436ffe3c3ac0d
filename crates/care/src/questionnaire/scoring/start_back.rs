//! STarT Back screening tool (Hill et al. 2008).
//!
//! Nine items of 0 or 1 as the form prints them: items 1 to 8 agree = 1; item 9 very much and extremely = 1, the other
//! three 0. Score = sum, 0 to 9; higher is worse. Missing: our choice: every item must be answered.
//! Bands: up to 3 low risk; from 4 medium, or high when items 5 to 9 come to 4 or 5. That sum is `psychosocial`.
//! It sorts patients into three ways of care, so change has no MCID.

use super::{Answers, Bands, Definition, Direction, Items, Mcid, Scale, Scored, sums};

pub const DEFINITION: Definition =
    Definition { title: "STarT Back", version: Some("2008"), items: Items::all(9, 0, 1), scale: SCALE, subscales: &[] };

const SCALE: Scale = Scale {
    name: "risk",
    low: 0.0,
    high: 9.0,
    higher_is: Direction::Worse,
    // The score alone does not tell medium from high.
    bands: Bands::Unnamed,
    mcid: Mcid::Unknown,
};

pub fn rule(answers: Answers) -> Scored {
    let score = sums::whole(answers);
    let scored = Scored::on(&SCALE, answers.answered(), score);
    let Ok(total) = score else { return scored };
    let psychosocial = answers.items(5, 9).sum();
    let band = match (total > 3.0, psychosocial > 3.0) {
        (false, _) => "low",
        (true, false) => "medium",
        (true, true) => "high",
    };
    Scored { band: Some(band), ..scored.with("psychosocial", psychosocial) }
}
