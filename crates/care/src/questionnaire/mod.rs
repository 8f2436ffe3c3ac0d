//! **questionnaire** — what is asked of a patient, and what the answers come to.
//!
//! It protects: a published version never changes; answers to what was not asked are dropped before anything is scored; a
//! score is the published one or there is none, with the reason; an answer that cannot be is refused, never bent into
//! range; only like is compared with like.
//!
//! ```
//! use care::questionnaire::{Answers, Form};
//! let form = Form::read("content/questionnaires/fall.toml", r#"
//!     version = 1
//!     licence = "CC0-1.0"
//!     attribution = "The Stepwell contributors"
//!     title = { en = "Falls" }
//!     items = [
//!       { id = "fell", kind = "boolean", text = { en = "Did you fall this year?" }, required = true },
//!       { id = "times", kind = "integer", text = { en = "How often?" }, required = true, min = 1,
//!         when = [{ item = "fell", op = "=", value = "true" }] },
//!     ]
//! "#)?.body;
//! let no: Answers = [("fell", "false"), ("times", "3")].into_iter().collect();
//! assert_eq!(form.walk(&no).answers.first("times"), None, "nobody asked");
//! let yes: Answers = [("fell", "true")].into_iter().collect();
//! assert_eq!(form.walk(&yes).first_open().map(|asked| asked.place.as_str()), Some("times"));
//! # Ok::<(), care::library::Problem>(())
//! ```
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

mod answers;
mod calculation;
mod condition;
pub mod course;
mod form;
mod harm;
pub mod outcome;
pub mod progress;
mod read;
mod result;
pub mod scoring;
mod walk;

pub use answers::{Answers, MOST_ROUNDS, Unreadable, Value};
pub use calculation::{Calculation, Take, points_of};
pub use condition::{Condition, Enable, Operator};
pub use form::{Audience, Choice, Form, Item, ItemKind, Options, Setting};
pub use harm::HarmPlan;
pub use result::{Fit, FitLine};
pub use walk::{Asked, Fault, OnceMore, Walk, fault_of};
