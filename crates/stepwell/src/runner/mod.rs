//! **runner** — record, tick, outbox: carries what comes in to the pure rooms, commits what they answer, sends what was
//! committed.
//!
//! Protects: one patient at a time; a stale timer does nothing and says so; a crash anywhere is repaired by running again.
//! Every transaction here holds the patient's row, commits state, events, decisions, planned steps and outbox rows
//! together, and talks to no gateway.

pub mod call;
pub mod context;
pub mod count;
pub mod courses;
pub mod days;
pub mod enrol;
pub mod feeds;
pub mod import;
pub mod inbox;
pub mod letter;
pub mod links;
pub mod live;
pub mod merge;
pub mod outbox;
pub mod preview;
pub mod publish;
pub mod reading;
pub mod record;
pub mod rehearse;
pub mod reports;
pub mod settle;
pub mod stage;
pub mod tick;
pub mod visit_file;
pub mod watch;
pub mod work;
pub mod zones;

pub use context::{Context, Known};
pub use record::{NewChange, record};
