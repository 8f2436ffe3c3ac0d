//! Scores against a second implementation, and against worked examples.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its own figures should stop")]

mod banks;
mod brute_force;
mod estimates;
mod examples;
mod names;
mod oracle;
mod outcomes;
mod promis_forms;
mod refusals;
mod rules;
mod simulated;
mod strangest;
