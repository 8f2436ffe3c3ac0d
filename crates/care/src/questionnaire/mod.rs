//! **questionnaire** — what is asked of a patient, and what the answers come to.
//!
//! It protects: a score is the published one or there is none, with the reason; impossible answers are refused, never
//! bent into range; only like is compared with like.
//!
//! ```
//! use care::questionnaire::{outcome, scoring};
//! let knee = scoring::Instrument::parse("koos-jr")?;
//! let answers = [2.0, 2.0, 1.0, 3.0, 2.0, 2.0, 3.0].map(Some);
//! let first = scoring::score(knee, &answers)?.score.unwrap_or(0.0);
//! assert_eq!(first, 50.012);
//! assert_eq!(outcome::change(knee, first, 68.284).mcid_reached, Some(true));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod outcome;
pub mod scoring;
