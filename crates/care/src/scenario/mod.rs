//! Scenarios: a clinic, its patients, what happens and what should follow, in one readable file; played through the same
//! engine as the server. The format is docs/SCENARIOS.md.
//!
//! ```
//! use care::scenario::{Scenario, play};
//! let text = r#"
//! until = "2026-03-10T12:00"
//! [clinic]
//! zone = "America/New_York"
//! [[patients]]
//! id = "alma"
//! email = "alma@example.org"
//! [[workflows]]
//! id = "hello"
//! title = "Hello"
//! kind = "engagement"
//! for = "both"
//! trigger = { event = "encounter.planned" }
//! [[workflows.steps]]
//! id = "now"
//! schedule = "immediately"
//! tasks = [{ send = "email", template = "message/hello" }]
//! [[when]]
//! at = "2026-03-02T09:00"
//! change = "encounter.planned"
//! patient = "alma"
//! encounter = "v1"
//! starts_at = "2026-03-05T09:00"
//! "#;
//! let scenario = Scenario::parse(text, &|path| Err(format!("no file {path}"))).unwrap();
//! let lines = play(&scenario);
//! assert_eq!(lines.last().unwrap().verdict, "sent");
//! ```

mod check;
mod examples;
mod file;
mod happens;
mod line;
mod names;
mod play;
mod read;

pub use check::{Unmet, check};
pub use examples::examples;
pub use file::{Expectation, PatientFields};
pub use happens::{Event, Feed, Happens};
pub use line::Line;
pub use names::Names;
pub use play::{line, play, played};
pub use read::{Person, Scenario, ScenarioError};
