//! **store** — the only SQL.
//!
//! Protects: no query without an organization (every one runs in an [`OrgTx`], which row-level security reads); state,
//! events, decisions, planned steps and outbox rows commit together.
//!
//! ```no_run
//! # async fn example(store: store::Store, clinic: care::id::OrganizationId) -> Result<(), store::Error> {
//! let mut tx = store.begin(clinic).await?;
//! let places = tx.clinic().await?;
//! println!("{} has {} locations", places.clinic.name, places.clinic.locations.len());
//! tx.commit().await?;
//! # Ok(())
//! # }
//! ```

mod cast;
mod changes;
mod chart;
mod chart_lists;
mod claim;
mod delivery;
mod effects;
mod error;
mod group_sql;
mod interface;
mod keys;
mod ledger;
mod message;
mod organization;
mod pages;
mod pages_desk;
mod pages_patient;
mod patient_facts;
mod pool;
mod rehearsal;
mod staff;
mod text;
mod workflow;

pub use changes::{Recorded, patient_lock};
pub use claim::{Claimed, ClaimedDelivery};
pub use delivery::{AttemptOutcome, DeliveryRow};
pub use error::Error;
pub use interface::{InboxCounts, InterfaceRow, InterfaceState};
pub use keys::KeyKind;
pub use message::{IncomingMessage, MessageEnd, Refused, Stored, WaitingMessage};
pub use organization::{LocationRow, NewOrganization, OrganizationRow, ReviewLink};
pub use pages::*;
pub use pages_desk::{DayCounts, StepCounts, UncertainRow};
pub use pages_patient::AssignmentRow;
pub use pool::{OrgTx, Role, Store};
pub use staff::{NewStaff, StaffRole, StaffRow};
pub use workflow::{ActivationRow, WorkflowBody};
