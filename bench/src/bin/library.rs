//! How long the whole library takes to load: every file that ships is read and checked, and every message made ready. The
//! goal is two seconds. Publishing it is the database's part: `stepwell import content` says it with a clinic of one's own.
//!
//! `cargo run --release -p bench --bin library`

use std::process::ExitCode;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use stepwell::content::Templates;
use stepwell::library::shipped;

const GOAL: Duration = Duration::from_secs(2);
const ROUNDS: usize = 5;

fn main() -> ExitCode {
    let mut slowest = Duration::ZERO;
    let mut count = 0;
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let (items, problems) = shipped(Timestamp::UNIX_EPOCH);
        let (templates, broken) = Templates::load();
        let took = begun.elapsed();
        for problem in &problems {
            eprintln!("{problem}");
        }
        for template in &broken {
            eprintln!("{template}");
        }
        if !problems.is_empty() || !broken.is_empty() {
            return ExitCode::FAILURE;
        }
        count = items.len() + templates.names().count();
        slowest = slowest.max(took);
    }
    println!(
        "{count} items and templates in {:.0} ms, the slowest of {ROUNDS} (goal 2,000)",
        slowest.as_secs_f64() * 1e3
    );
    if slowest < GOAL { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
