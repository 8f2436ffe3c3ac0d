//! Fear-Avoidance Beliefs Questionnaire (Waddell et al. 1993).
//!
//! Sixteen items of 0 to 6, in two subscales: physical activity = items 2, 3, 4, 5, 0 to 24; work = items 6, 7, 9, 10,
//! 11, 12, 15, 0 to 42. Higher is worse. There is no total; `score` is that of physical activity, our choice, because
//! everyone can answer it.
//! Missing: the source names no rule. Our choice: every item of a subscale must be answered; the other five do not count.
//! Bands: physical activity above 14 and work above 29 are raised. MCID 4 and 7 points (Monticone et al. 2020).

use super::{Answers, Bands, Definition, Direction, Items, Mcid, Part, Scale, Scored, Unscored};

pub const DEFINITION: Definition = Definition {
    title: "Fear-Avoidance Beliefs Questionnaire",
    version: Some("1993"),
    items: Items::all(16, 0, 6),
    scale: PHYSICAL_ACTIVITY,
    subscales: &[PHYSICAL_ACTIVITY, WORK],
};

const PHYSICAL_ACTIVITY: Scale = Scale {
    name: "physical_activity",
    low: 0.0,
    high: 24.0,
    higher_is: Direction::Worse,
    bands: Bands::UpTo(&[(14.0, "not raised"), (24.0, "raised")]),
    mcid: Mcid::Points(4.0),
};
const WORK: Scale = Scale {
    name: "work",
    high: 42.0,
    bands: Bands::UpTo(&[(29.0, "not raised"), (42.0, "raised")]),
    mcid: Mcid::Points(7.0),
    ..PHYSICAL_ACTIVITY
};

const PHYSICAL_ACTIVITY_ITEMS: [usize; 4] = [2, 3, 4, 5];
const WORK_ITEMS: [usize; 7] = [6, 7, 9, 10, 11, 12, 15];

pub fn rule(answers: Answers) -> Scored {
    let counted = PHYSICAL_ACTIVITY_ITEMS.iter().chain(&WORK_ITEMS);
    let answered = counted.filter(|item| answers.item(**item).is_some()).count();
    let physical_activity = Part::on(&PHYSICAL_ACTIVITY, whole(answers, &PHYSICAL_ACTIVITY_ITEMS));
    Scored::by_subscale(answered, physical_activity, &[Part::on(&WORK, whole(answers, &WORK_ITEMS))])
}

fn whole(answers: Answers, items: &[usize]) -> Result<f64, Unscored> {
    let given = || items.iter().filter_map(|item| answers.item(*item));
    Unscored::unless(given().count(), items.len())?;
    Ok(given().sum())
}
