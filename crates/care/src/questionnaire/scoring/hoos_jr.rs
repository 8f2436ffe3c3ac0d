//! HOOS, JR. for hip replacement (Lyman et al. 2016).
//!
//! Six items of 0 to 4. The sum, 0 to 24, is read off an interval table: 100 at 0, 0 at 24; higher is better.
//! Missing: every item must be answered. No bands. MCID 18 points (Lyman et al. 2018).

use super::{Answers, Definition, Items, Mcid, Scale, Scored, koos_jr};

pub const DEFINITION: Definition =
    Definition { title: "HOOS, JR.", version: Some("1.0"), items: Items::all(6, 0, 4), scale: SCALE, subscales: &[] };

const SCALE: Scale = Scale { mcid: Mcid::Points(18.0), ..koos_jr::SCALE };

const INTERVAL: [f64; 25] = [
    100.0, 92.340, 85.257, 80.550, 76.776, 73.472, 70.426, 67.516, 64.664, 61.815, 58.930, 55.985, 52.965, 49.858,
    46.652, 43.335, 39.902, 36.363, 32.735, 29.009, 25.103, 20.805, 15.633, 8.104, 0.0,
];

pub fn rule(answers: Answers) -> Scored {
    koos_jr::by_table(&SCALE, &INTERVAL, answers)
}
