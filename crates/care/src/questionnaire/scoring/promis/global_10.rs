//! PROMIS Global-10 (Hays et al. 2009; tables of the HealthMeasures scoring manual).
//!
//! Ten items in the order of their numbers, Global01 to Global10: each 1 to 5 as printed, where 5 is best (fatigue "none"
//! and emotional problems "never" are 5), but for item 7, pain, which is 0 to 10.
//! Pain is recoded 0 to 5, 1-3 to 4, 4-6 to 3, 7-9 to 2, 10 to 1. Physical health = items 3 + 6 + 7 + 8, mental health =
//! items 2 + 4 + 5 + 10, each sum, 4 to 20, read off its table of T; higher is better. Items 1 and 9 stand for
//! themselves. `score` is that of physical health, our choice.
//! Missing: our choice: all four items of a scale must be answered. No bands. MCID 5 points: see the domain forms.

use super::super::{Answers, Bands, Definition, Direction, Items, Mcid, OddItem, Part, Scale, Scored, Unscored, sums};

pub const DEFINITION: Definition = Definition {
    title: "PROMIS Global-10",
    version: Some("1.2"),
    items: Items { odd: Some(OddItem { item: PAIN, low: 0, high: 10 }), ..Items::all(10, 1, 5) },
    scale: PHYSICAL,
    subscales: &[PHYSICAL, MENTAL],
};

const PAIN: usize = 7;

const PHYSICAL: Scale = Scale {
    name: "physical_health",
    low: 16.2,
    high: 67.7,
    higher_is: Direction::Better,
    bands: Bands::Unnamed,
    mcid: Mcid::Points(5.0),
};
const MENTAL: Scale = Scale { name: "mental_health", low: 21.2, high: 67.6, ..PHYSICAL };

const PHYSICAL_T: [f64; 17] =
    [16.2, 19.9, 23.5, 26.7, 29.6, 32.4, 34.9, 37.4, 39.8, 42.3, 44.9, 47.7, 50.8, 54.1, 57.7, 61.9, 67.7];
/// One of the two sources prints 21.1 first.
const MENTAL_T: [f64; 17] =
    [21.2, 25.1, 28.4, 31.3, 33.8, 36.3, 38.8, 41.1, 43.5, 45.8, 48.3, 50.8, 53.3, 56.0, 59.0, 62.5, 67.6];

pub fn rule(answers: Answers) -> Scored {
    let of = |items| answered(answers, items);
    let count = of([3, 6, PAIN, 8]).count() + of([2, 4, 5, 10]).count();
    let physical = Part::on(&PHYSICAL, by_table(of([3, 6, PAIN, 8]), &PHYSICAL_T));
    let mental = Part::on(&MENTAL, by_table(of([2, 4, 5, 10]), &MENTAL_T));
    Scored::by_subscale(count, physical, &[mental])
}

fn answered(answers: Answers<'_>, items: [usize; 4]) -> impl Iterator<Item = f64> {
    items.into_iter().filter_map(move |item| {
        let answer = answers.item(item)?;
        Some(if item == PAIN { recoded(answer) } else { answer })
    })
}

fn recoded(pain: f64) -> f64 {
    match pain {
        ..1.0 => 5.0,
        ..4.0 => 4.0,
        ..7.0 => 3.0,
        ..10.0 => 2.0,
        _ => 1.0,
    }
}

fn by_table(answers: impl Iterator<Item = f64>, table: &[f64; 17]) -> Result<f64, Unscored> {
    let (count, sum) = answers.fold((0, 0.0), |(count, sum), answer| (count + 1, sum + answer));
    Unscored::unless(count, 4)?;
    Ok(sums::row(table, sum - 4.0))
}
