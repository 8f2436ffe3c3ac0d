//! Worked examples that others have published.

use care::questionnaire::scoring::{Instrument, score};

struct Example {
    source: &'static str,
    id: &'static str,
    answers: &'static [i8],
    score: f64,
}

/// -1 stands for an answer left out.
const EXAMPLES: &[Example] = &[
    Example {
        source: "CMS ACCESS implementation guide, musculoskeletal track: PROMIS PF 6b, sum 17",
        id: "promis-pf-6b",
        answers: &[4, 3, 3, 4, 1, 2],
        score: 36.8,
    },
    Example {
        source: "CMS ACCESS implementation guide, musculoskeletal track: KOOS JR, sum 15",
        id: "koos-jr",
        answers: &[2, 2, 1, 3, 2, 2, 3],
        score: 50.012,
    },
    Example {
        source: "CMS ACCESS implementation guide, musculoskeletal track: QuickDASH of 50, a mean of 3",
        id: "quickdash",
        answers: &[3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3],
        score: 50.0,
    },
    Example {
        source: "Fairbank & Pynsent 2000: 16 of 50 is 32 %",
        id: "oswestry",
        answers: &[2, 2, 2, 2, 2, 2, 1, 1, 1, 1],
        score: 32.0,
    },
    Example {
        source: "Fairbank & Pynsent 2000: one section missed, 16 of 45 is 35.5 % (not rounded here)",
        id: "oswestry",
        answers: &[2, 2, 2, 2, 2, 2, 2, -1, 1, 1],
        score: 320.0 / 9.0,
    },
    Example {
        source: "HealthMeasures scoring manuals: 5 of 8 items, each 2: 10 x 8 / 5 = 16, read off the table of Depression 8a",
        id: "promis-dep-8a",
        answers: &[2, 2, 2, 2, 2, -1, -1, -1],
        score: 55.1,
    },
    Example {
        source: "Kroenke, Spitzer & Williams 2001: the worst answers come to 27",
        id: "phq-9",
        answers: &[3, 3, 3, 3, 3, 3, 3, 3, 3],
        score: 27.0,
    },
    Example {
        source: "Binkley et al. 1999: no difficulty with anything is 80",
        id: "lefs",
        answers: &[4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4],
        score: 80.0,
    },
];

#[test]
fn published_examples_come_out_as_published() {
    for example in EXAMPLES {
        let answers: Vec<_> = example.answers.iter().map(|a| (*a >= 0).then_some(f64::from(*a))).collect();
        let scored = score(Instrument::parse(example.id).unwrap(), &answers).unwrap().score.unwrap();
        assert!((scored - example.score).abs() < 1e-9, "{}: {scored}", example.source);
    }
}
