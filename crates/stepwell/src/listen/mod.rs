//! **listen** — what comes in from machines.
//!
//! Protects: the raw message is stored before the acknowledgement; the same message twice changes nothing; nothing is
//! dropped silently.

pub mod mllp;
