//! **workflow** — docs/SEMANTICS.md, all of it: what a workflow does, exactly.
//!
//! [`decide::reconcile`] turns a changed chart into runs, planned steps and the "no"s with their reasons;
//! [`perform::perform`] turns a due step into tasks; [`send::check`] says yes or no once more at the moment of sending.
//! All three read [`Facts`] and write [`Effect`]s: the store commits them, the simulator applies them, and both see the
//! same decisions.

pub mod attention;
pub mod cycle;
pub mod decide;
pub mod decision;
pub mod definition;
pub mod facts;
pub mod give;
pub mod ground;
pub mod group;
pub mod hold;
pub mod ledger;
pub mod maintain;
pub mod merge;
pub mod number;
pub mod path;
pub mod perform;
pub mod plan;
pub mod reason;
pub mod rebooking;
mod replan;
pub mod schedule;
pub mod send;
pub mod task;
pub mod trigger;
pub mod why;
pub mod work;

pub use cycle::{Cycle, Link};
pub use decision::{Decision, Detail, TaskResult, Verdict};
pub use definition::{FileError, For, Kind, Workflow};
pub use facts::{Activation, Edit, Facts, InFlight, Published, Traffic, Workflows, World};
pub use ground::{Answer, Asked, Ground};
pub use ledger::{Delivery, DeliveryState, Effect, Ledger, PlannedStep, Run, StepState, Told};
pub use reason::Reason;
