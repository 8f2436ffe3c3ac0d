//! KOOS, JR. for knee replacement (Lyman et al. 2016).
//!
//! Seven items of 0 to 4. The sum, 0 to 28, is read off an interval table: 100 at 0, 0 at 28; higher is better.
//! Missing: every item must be answered. No bands. MCID 16 points (Lyman et al. 2018); 14 is also in use.

use super::{Answers, Bands, Definition, Direction, Items, Mcid, Scale, Scored, sums};

pub const DEFINITION: Definition =
    Definition { title: "KOOS, JR.", version: Some("1.0"), items: Items::all(7, 0, 4), scale: SCALE, subscales: &[] };

pub const SCALE: Scale = Scale {
    name: "joint health",
    low: 0.0,
    high: 100.0,
    higher_is: Direction::Better,
    bands: Bands::Unnamed,
    mcid: Mcid::Points(16.0),
};

const INTERVAL: [f64; 29] = [
    100.0, 91.975, 84.600, 79.914, 76.332, 73.342, 70.704, 68.284, 65.994, 63.776, 61.583, 59.381, 57.140, 54.840,
    52.465, 50.012, 47.487, 44.905, 42.281, 39.625, 36.931, 34.174, 31.307, 28.251, 24.875, 20.941, 15.939, 8.291, 0.0,
];

pub fn rule(answers: Answers) -> Scored {
    by_table(&SCALE, &INTERVAL, answers)
}

/// The score that belongs to the sum, which is beside it.
pub fn by_table(scale: &Scale, interval: &[f64], answers: Answers) -> Scored {
    match sums::whole(answers) {
        Ok(sum) => Scored::on(scale, answers.answered(), Ok(sums::row(interval, sum))).with("sum", sum),
        Err(reason) => Scored::on(scale, answers.answered(), Err(reason)),
    }
}
