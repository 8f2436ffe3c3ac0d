//! A clinic in memory, driven by the same engine as the server: scenarios are played on it, and a workflow is rehearsed
//! on a clinic's own patients before it is switched on.

mod family;
mod memo;
mod merge;
mod outlook;
mod patient;
pub mod preview;
mod rehearse;
mod replay;
mod report;
mod samples;
mod stage;
mod switches;
mod tally;

pub use family::{contact_points_in, families, families_of};
pub use outlook::{Outlook, Steps, TakenUp};
pub use patient::Player;
pub use rehearse::{Candidate, Rehearsed, future, past};
pub use report::{Collision, Day, Kind, Late, Listed, Number, Report, Sending};
pub use samples::{Sample, SampleLine};
pub use stage::{Said, Stage};
pub use switches::Gateway;
