//! **care** — what is true of a patient, and what should follow.
//!
//! The pure room: it reads no clock, no random source and no database. Time, ids, actor and organization are arguments.
//! It protects four promises:
//!
//! - [`chart`]: a patient's chart is the fold of their changes in stamp order, so it depends on the *set* of messages
//!   that came in, never on their arrival (docs/SEMANTICS.md, "Order-proof").
//! - [`library`]: nothing is given without a licence and an attribution.
//! - [`workflow`]: for every event and every due step there is exactly one verdict, and a "no" carries its reason.
//! - [`questionnaire`]: a score is the published one or there is none, and the reason says what is missing.
//!
//! ```
//! use care::chart::{Clinic, fold};
//! let clinic = Clinic::new("Stepping Stones", "America/New_York");
//! assert!(fold(&[], &clinic).encounters.is_empty());
//! ```

pub mod chart;
pub mod feed;
pub mod id;
pub mod library;
pub mod questionnaire;
pub mod rehearsal;
pub mod scenario;
pub mod workflow;
pub mod zone;
