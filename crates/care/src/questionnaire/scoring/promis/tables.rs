//! The public tables from sum to T (HealthMeasures scoring manuals). The row of the lowest sum comes first.
//!
//! The forms of four items are those of the PROMIS-29 profile.

use super::{Domain, Form};

pub struct Table {
    pub form: Form,
    pub version: &'static str,
    pub t: &'static [f64],
}

pub fn of(form: Form) -> Option<&'static Table> {
    ALL.iter().find(|table| table.form == form)
}

const fn form(domain: Domain, items: u8, letter: char) -> Form {
    Form { domain, items, letter }
}

pub const ALL: &[Table] = &[
    Table {
        form: form(Domain::Anxiety, 4, 'a'),
        version: "1.0",
        t: &[40.3, 48.0, 51.2, 53.7, 55.8, 57.7, 59.5, 61.4, 63.4, 65.3, 67.3, 69.3, 71.2, 73.3, 75.4, 77.9, 81.6],
    },
    Table {
        form: form(Domain::Depression, 4, 'a'),
        version: "1.0",
        t: &[41.0, 49.0, 51.8, 53.9, 55.7, 57.3, 58.9, 60.5, 62.2, 63.9, 65.7, 67.5, 69.4, 71.2, 73.3, 75.7, 79.4],
    },
    Table {
        form: form(Domain::Depression, 8, 'a'),
        version: "1.0",
        t: &[
            38.2, 44.7, 47.5, 49.4, 50.9, 52.1, 53.2, 54.1, 55.1, 55.9, 56.8, 57.7, 58.5, 59.4, 60.3, 61.2, 62.1, 63.0,
            63.9, 64.9, 65.8, 66.8, 67.7, 68.7, 69.7, 70.7, 71.7, 72.8, 73.9, 75.0, 76.4, 78.2, 81.3,
        ],
    },
    Table {
        form: form(Domain::Fatigue, 4, 'a'),
        version: "1.0",
        t: &[33.7, 39.7, 43.1, 46.0, 48.6, 51.0, 53.1, 55.1, 57.0, 58.8, 60.7, 62.7, 64.6, 66.7, 69.0, 71.6, 75.8],
    },
    Table {
        form: form(Domain::PainInterference, 4, 'a'),
        version: "1.0",
        t: &[41.6, 49.6, 52.0, 53.9, 55.6, 57.1, 58.5, 59.9, 61.2, 62.5, 63.8, 65.2, 66.6, 68.0, 69.7, 71.6, 75.6],
    },
    Table {
        form: form(Domain::PhysicalFunction, 4, 'a'),
        version: "1.0",
        t: &[22.9, 26.9, 29.1, 30.7, 32.1, 33.3, 34.4, 35.6, 36.7, 37.9, 39.1, 40.4, 41.8, 43.4, 45.3, 48.0, 56.9],
    },
    Table {
        form: form(Domain::PhysicalFunction, 6, 'b'),
        version: "1.2",
        t: &[
            21.5, 25.4, 27.5, 29.1, 30.4, 31.5, 32.5, 33.4, 34.3, 35.1, 36.0, 36.8, 37.6, 38.5, 39.3, 40.2, 41.1, 42.1,
            43.1, 44.2, 45.4, 46.8, 48.6, 50.9, 58.7,
        ],
    },
    Table {
        form: form(Domain::SleepDisturbance, 4, 'a'),
        version: "1.0",
        t: &[32.0, 37.5, 41.1, 43.8, 46.2, 48.4, 50.5, 52.4, 54.3, 56.1, 57.9, 59.8, 61.7, 63.8, 66.0, 68.8, 73.3],
    },
    Table {
        form: form(Domain::SocialRoles, 4, 'a'),
        version: "2.0",
        t: &[27.5, 31.8, 34.0, 35.7, 37.3, 38.8, 40.5, 42.3, 44.2, 46.2, 48.1, 50.0, 51.9, 53.7, 55.8, 58.3, 64.2],
    },
];
