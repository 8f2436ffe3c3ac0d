//! A clinic in memory, driven by the same engine as the server: scenarios are played on it, and a workflow is rehearsed
//! on a clinic's own patients before it is switched on.

mod memo;
mod merge;
mod patient;
pub mod preview;
mod stage;
mod switches;

pub use patient::Player;
pub use stage::{Said, Stage};
pub use switches::Gateway;
