//! How likely somebody is to recommend the clinic (the method of Reichheld 2003).
//!
//! One item from 0 to 10. Score = the answer; higher is better. Missing: none may be. Over many answers the figure is the
//! percentage of promoters minus that of detractors: [`net`].
//! Bands: 0-6 detractor, 7-8 passive, 9-10 promoter. No MCID: it does not measure health.

use super::{Answers, Bands, Definition, Direction, Items, Mcid, Scale, Scored, sums};

pub const DEFINITION: Definition = Definition {
    title: "Likelihood to recommend",
    version: Some("2003"),
    items: Items::all(1, 0, 10),
    scale: SCALE,
    subscales: &[],
};

const SCALE: Scale = Scale {
    name: "likelihood",
    low: 0.0,
    high: 10.0,
    higher_is: Direction::Better,
    bands: Bands::From(&[(0.0, "detractor"), (7.0, "passive"), (9.0, "promoter")]),
    mcid: Mcid::Unknown,
};

pub fn rule(answers: Answers) -> Scored {
    Scored::on(&SCALE, answers.answered(), sums::whole(answers))
}

/// Percentage of promoters minus percentage of detractors, from -100 to 100. None without answers.
#[must_use]
pub fn net(scores: &[f64]) -> Option<f64> {
    let (promoters, detractors) =
        scores.iter().fold((0_u32, 0_u32), |(up, down), score| match SCALE.bands.of(*score) {
            Some("promoter") => (up + 1, down),
            Some("detractor") => (up, down + 1),
            Some(_) | None => (up, down),
        });
    let all = u32::try_from(scores.len()).ok().filter(|all| *all > 0)?;
    Some((f64::from(promoters) - f64::from(detractors)) * 100.0 / f64::from(all))
}
