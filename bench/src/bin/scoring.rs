//! How many complete responses of ten items are scored in a second, on one core. The goal is a million.
//!
//! `cargo run --release -p bench --bin scoring`

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use care::questionnaire::scoring::promis::Bank;
use care::questionnaire::scoring::{Instrument, score_with};

const GOAL: f64 = 1e6;
const BANK: &str = include_str!("../../../crates/care/tests/scoring/invented-bank.toml");
/// In the last row an answer is missing from each response: what a bank can score and a table cannot.
const ROWS: [(&str, bool); 6] = [
    ("ndi", false),
    ("oswestry", false),
    ("phq-9", false),
    ("promis-global-10", false),
    ("promis-pf-10a", false),
    ("promis-pf-10a", true),
];

fn main() -> ExitCode {
    let bank = match Bank::parse(BANK) {
        Ok(bank) => bank,
        Err(e) => {
            eprintln!("the bank of invented items: {e}");
            return ExitCode::FAILURE;
        }
    };
    let mut slow = false;
    for (id, with_gaps) in ROWS {
        let Ok(instrument) = Instrument::parse(id) else { return ExitCode::FAILURE };
        let rate = rate(instrument, &responses(instrument, with_gaps), &bank);
        let goal = if with_gaps { "one answer missing, no goal" } else { "goal 1,000,000" };
        println!("{id:<18} {rate:>12.0} responses a second ({goal})");
        slow |= !with_gaps && rate < GOAL;
    }
    if slow { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// A thousand different responses, always the same ones.
fn responses(instrument: Instrument, with_gaps: bool) -> Vec<[Option<f64>; 10]> {
    let items = instrument.definition().items;
    let mut state: u32 = 7;
    let mut answer = |item: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (low, high) = items.scale_of(item + 1);
        let choices = u32::from((high - low).unsigned_abs()) + 1;
        Some(f64::from(low) + f64::from((state >> 16) % choices))
    };
    let mut all: Vec<_> = (0..1000).map(|_| std::array::from_fn(&mut answer)).collect();
    if with_gaps {
        all.iter_mut()
            .enumerate()
            .for_each(|(index, response): (usize, &mut [Option<f64>; 10])| response[index % 10] = None);
    }
    all
}

fn rate(instrument: Instrument, responses: &[[Option<f64>; 10]], bank: &Bank) -> f64 {
    let begun = Instant::now();
    let mut scored = 0_u32;
    while begun.elapsed() < Duration::from_secs(1) {
        for response in responses {
            let _ = black_box(score_with(instrument, black_box(response), Some(bank)));
        }
        scored += 1;
    }
    f64::from(scored) * 1000.0 / begun.elapsed().as_secs_f64()
}
