//! Knee injury and Osteoarthritis Outcome Score, all five subscales (Roos et al. 1998; koos.nu).
//!
//! 42 items of 0 to 4, in the order of the form: symptoms 7, pain 9, daily living 17, sport 5, quality of life 4.
//! Each subscale = 100 - mean of the answered x 25, 0 to 100; higher is better. There is no total; `score` is that of
//! daily living, our choice.
//! Missing: half of a subscale's items must be answered. No bands. MCID 8 points (8 to 10 are given).

use super::{Answers, Bands, Definition, Direction, Items, Mcid, Part, Scale, Scored, Unscored, sums};

pub const DEFINITION: Definition = Definition {
    title: "KOOS",
    version: Some("LK1.0"),
    items: Items::all(42, 0, 4),
    scale: DAILY_LIVING,
    subscales: &[DAILY_LIVING, SYMPTOMS, PAIN, SPORT, QUALITY_OF_LIFE],
};

pub const DAILY_LIVING: Scale = Scale {
    name: "daily_living",
    low: 0.0,
    high: 100.0,
    higher_is: Direction::Better,
    bands: Bands::Unnamed,
    mcid: Mcid::Points(8.0),
};
pub const SYMPTOMS: Scale = Scale { name: "symptoms", ..DAILY_LIVING };
pub const PAIN: Scale = Scale { name: "pain", ..DAILY_LIVING };
pub const SPORT: Scale = Scale { name: "sport", ..DAILY_LIVING };
pub const QUALITY_OF_LIFE: Scale = Scale { name: "quality_of_life", ..DAILY_LIVING };

pub fn rule(answers: Answers) -> Scored {
    by_part(answers, [7, 9, 17, 5, 4])
}

/// `lengths`: how many items symptoms, pain, daily living, sport and quality of life have, in this order.
pub fn by_part(answers: Answers, lengths: [usize; 5]) -> Scored {
    let mut first = 1;
    let [symptoms, pain, daily_living, sport, quality_of_life] = lengths.map(|length| {
        let part = answers.items(first, first + length - 1);
        first += length;
        of_hundred(part)
    });
    Scored::by_subscale(
        answers.answered(),
        Part::on(&DAILY_LIVING, daily_living),
        &[
            Part::on(&SYMPTOMS, symptoms),
            Part::on(&PAIN, pain),
            Part::on(&SPORT, sport),
            Part::on(&QUALITY_OF_LIFE, quality_of_life),
        ],
    )
}

fn of_hundred(part: Answers) -> Result<f64, Unscored> {
    let answered = sums::answered(part, part.len().div_ceil(2))?;
    Ok((answered * 4.0 - part.sum()) * 25.0 / answered)
}
