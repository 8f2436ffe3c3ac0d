//! docs/SEMANTICS.md as a whole, over random clinics: whatever workflows there are and whatever happens, nobody gets what
//! they must not get. The rules are counted again here, by code that shares nothing with the engine's.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says what it cannot go on without")]

mod beats;
mod clinic;
mod edits;
mod texts;
mod watch;
mod worlds;
mod year;

use proptest::test_runner::{Config, RngSeed, TestRunner};

/// The same cases on every machine; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` look elsewhere and longer.
fn runner(cases: u32) -> TestRunner {
    let asked = Config::default();
    let rng_seed = if asked.rng_seed == RngSeed::Random { RngSeed::Fixed(20_260_302) } else { asked.rng_seed };
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { asked.cases } else { cases };
    let max_shrink_iters =
        if std::env::var_os("PROPTEST_MAX_SHRINK_ITERS").is_some() { asked.max_shrink_iters } else { 4000 };
    TestRunner::new(Config { cases, rng_seed, failure_persistence: None, max_shrink_iters, ..asked })
}
