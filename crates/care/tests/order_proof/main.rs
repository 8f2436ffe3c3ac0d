//! docs/SEMANTICS.md, "Order-proof": the same set of messages, however ordered, doubled or replayed before the clock
//! moves, gives the same chart, the same plan and the same sends. Random stories of one patient of one made-up clinic.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says what it cannot go on without")]

mod clock_moves;
mod permutations;
mod single_stories;
mod story;
mod world;

use proptest::test_runner::{Config, RngSeed, TestRunner};

/// The same cases on every machine; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` look elsewhere and longer.
fn runner(cases: u32) -> TestRunner {
    let asked = Config::default();
    let rng_seed = if asked.rng_seed == RngSeed::Random { RngSeed::Fixed(20_260_302) } else { asked.rng_seed };
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { asked.cases } else { cases };
    TestRunner::new(Config { cases, rng_seed, failure_persistence: None, max_shrink_iters: 20_000, ..asked })
}
