//! The forms, described for the second implementation.

use crate::oracle::{Formula, Fraction, Part};

pub struct Form {
    pub id: &'static str,
    /// Lowest and highest of each item.
    pub items: Vec<(i64, i64)>,
    /// The first gives the score.
    pub parts: Vec<Part>,
}

const HIP: &str = "100 92.340 85.257 80.550 76.776 73.472 70.426 67.516 64.664 61.815 58.930 55.985 52.965 49.858
    46.652 43.335 39.902 36.363 32.735 29.009 25.103 20.805 15.633 8.104 0";
const KNEE: &str = "100 91.975 84.600 79.914 76.332 73.342 70.704 68.284 65.994 63.776 61.583 59.381 57.140 54.840
    52.465 50.012 47.487 44.905 42.281 39.625 36.931 34.174 31.307 28.251 24.875 20.941 15.939 8.291 0";

fn unnamed(_: Fraction) -> Option<&'static str> {
    None
}

fn one(id: &'static str, count: usize, scale: (i64, i64), may_miss: usize, formula: Formula) -> Form {
    let part = Part { name: "", items: (1..=count).collect(), may_miss, formula, band: unnamed };
    Form { id, items: vec![scale; count], parts: vec![part] }
}

fn banded(mut form: Form, band: fn(Fraction) -> Option<&'static str>) -> Form {
    form.parts[0].band = band;
    form
}

/// The names of whole-number bands by the first number that is no longer in them.
fn below(score: Fraction, bands: &[(i64, &'static str)], rest: &'static str) -> Option<&'static str> {
    Some(bands.iter().find(|(end, _)| score.below(*end)).map_or(rest, |band| band.1))
}

fn up_to(score: Fraction, bands: &[(i64, &'static str)], rest: &'static str) -> Option<&'static str> {
    Some(bands.iter().find(|(end, _)| score.at_most(*end)).map_or(rest, |band| band.1))
}

fn oswestry(score: Fraction) -> Option<&'static str> {
    up_to(score, &[(20, "minimal"), (40, "moderate"), (60, "severe"), (80, "crippling")], "bed-bound")
}

fn pain(score: Fraction) -> Option<&'static str> {
    if score.at_most(0) { Some("none") } else { below(score, &[(4, "mild"), (7, "moderate")], "severe") }
}

fn joint(id: &'static str, lengths: [usize; 5]) -> Form {
    let names = ["symptoms", "pain", "daily_living", "sport", "quality_of_life"];
    let mut next = 1;
    let mut parts: Vec<Part> = names
        .into_iter()
        .zip(lengths)
        .map(|(name, length)| {
            let items = (next..next + length).collect();
            next += length;
            Part { name, items, may_miss: length / 2, formula: Formula::FromHundredDown, band: unnamed }
        })
        .collect();
    let daily_living = parts.remove(2);
    parts.insert(0, daily_living);
    Form { id, items: vec![(0, 4); next - 1], parts }
}

fn fear_avoidance() -> Form {
    let part =
        |name, items: &[usize], band| Part { name, items: items.into(), may_miss: 0, formula: Formula::Sum, band };
    Form {
        id: "fabq",
        items: vec![(0, 6); 16],
        parts: vec![
            part("physical_activity", &[2, 3, 4, 5], |score| up_to(score, &[(14, "not raised")], "raised")),
            part("work", &[6, 7, 9, 10, 11, 12, 15], |score| up_to(score, &[(29, "not raised")], "raised")),
        ],
    }
}

/// Every form that is scored by one formula for each of its parts. STarT Back's band and Global-10's recoding have tests
/// of their own.
pub fn all() -> Vec<Form> {
    use Formula::{FromOneToHundred, Mean, Percent, Sum, Table, Ticks};
    let phq =
        |score| below(score, &[(5, "minimal"), (10, "mild"), (15, "moderate"), (20, "moderately severe")], "severe");
    vec![
        one("dash", 30, (1, 5), 3, FromOneToHundred),
        one("dash-sport", 4, (1, 5), 0, FromOneToHundred),
        one("dash-work", 4, (1, 5), 0, FromOneToHundred),
        fear_avoidance(),
        banded(one("gad-7", 7, (0, 3), 2, Sum), |score| {
            below(score, &[(5, "minimal"), (10, "mild"), (15, "moderate")], "severe")
        }),
        banded(one("groc", 1, (-7, 7), 0, Sum), |score| {
            below(score, &[(0, "worse"), (1, "the same"), (5, "a little better")], "better")
        }),
        joint("hoos", [5, 10, 17, 4, 4]),
        one("hoos-jr", 6, (0, 4), 0, Table { figures: HIP, least: 0 }),
        joint("koos", [7, 9, 17, 5, 4]),
        one("koos-jr", 7, (0, 4), 0, Table { figures: KNEE, least: 0 }),
        one("kos-adls", 14, (0, 5), 0, Percent { most: 5 }),
        one("lefs", 20, (0, 4), 2, Sum),
        banded(one("modified-oswestry", 10, (0, 5), 2, Percent { most: 5 }), oswestry),
        banded(one("ndi", 10, (0, 5), 1, Sum), |score| {
            below(score, &[(5, "none"), (15, "mild"), (25, "moderate"), (35, "severe")], "complete")
        }),
        banded(one("nprs", 1, (0, 10), 0, Mean), pain),
        banded(one("nprs", 3, (0, 10), 0, Mean), pain),
        banded(one("oswestry", 10, (0, 5), 2, Percent { most: 5 }), oswestry),
        banded(one("pgic", 1, (1, 7), 0, Sum), |score| {
            up_to(score, &[(2, "much improved"), (3, "minimally improved"), (4, "no change")], "worse")
        }),
        banded(one("phq-2", 2, (0, 3), 0, Sum), |score| below(score, &[(3, "negative")], "positive")),
        banded(one("phq-9", 9, (0, 3), 2, Sum), phq),
        one("psfs", 3, (0, 10), 0, Mean),
        one("psfs", 4, (0, 10), 1, Mean),
        one("psfs", 5, (0, 10), 2, Mean),
        one("quickdash", 11, (1, 5), 1, FromOneToHundred),
        banded(one("recommendation", 1, (0, 10), 0, Sum), |score| {
            below(score, &[(7, "detractor"), (9, "passive")], "promoter")
        }),
        one("rmdq", 24, (0, 1), 24, Ticks),
        one("sane", 1, (0, 100), 0, Sum),
        one("tsk-11", 11, (1, 4), 0, Sum),
    ]
}
