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

mod account;
mod account_admins;
mod account_items;
mod cast;
mod changes;
mod chart;
mod chart_lists;
mod claim;
mod closed_days;
mod column_map;
mod courses;
mod delivery;
mod effects;
mod enrolment;
mod error;
mod feed;
mod group_sql;
mod harm_plan;
mod import;
mod import_visits;
mod interface;
mod keys;
mod ledger;
mod library;
mod licence;
mod mail_report;
mod mapping;
mod merge;
mod message;
mod organization;
mod outcome_forms;
mod pages;
mod pages_desk;
mod pages_patient;
mod patient_facts;
mod pool;
mod portal;
mod preview;
mod rehearsal;
mod safety;
mod staff;
mod suppressions;
mod text;
mod video;
mod webhooks;
mod workflow;

pub use account::AccountTx;
pub use account_admins::SignedIn;
pub use care::id::{EnrolmentListId, ImportId};
pub use cast::StopRow;
pub use changes::{Recorded, patient_lock};
pub use claim::{Claimed, ClaimedDelivery};
pub use closed_days::{ClosedDayRow, Day, VisitToMove};
pub use column_map::ColumnMapRow;
pub use courses::{CourseCounts, CourseFilter, CourseLine, CourseRow};
pub use delivery::{AttemptOutcome, DeliveryRow};
pub use enrolment::{EnrolmentHurdles, EnrolmentListRow, EnrolmentListState, EnrolmentResults, NewEnrolmentList};
pub use error::Error;
pub use feed::{FeedRow, HeldRow};
pub use harm_plan::HarmPlanRow;
pub use import::{CompleteDays, ImportRow, ImportState, NewImport, Why};
pub use import_visits::{PlannedVisit, RefusedImportRow, RowOrigin};
pub use interface::{GoingLive, InboxCounts, InterfaceRow, InterfaceState};
pub use keys::KeyKind;
pub use library::{Clash, LibraryRow, NewItem, Published};
pub use licence::{Grant, LicenceRow};
pub use mail_report::MailReportRow;
pub use mapping::{ClaimRow, CodeKind, InterfaceNotice, SaidBy, SeenCode, TypeRow, code_key};
pub use merge::MergeRow;
pub use message::{IncomingMessage, MessageEnd, Refused, Stored, WaitingMessage};
pub use organization::{LocationRow, LocationRules, NewOrganization, OrganizationRow, ReviewLink};
pub use pages::*;
pub use pages_desk::{DayCounts, StepCounts, UncertainRow};
pub use pages_patient::{AssignmentRow, AttemptRow};
pub use pool::{OrgTx, Role, Store};
pub use portal::{Handover, PortalSession};
pub use preview::{PreviewId, PreviewRow};
pub use safety::HarmSaid;
pub use staff::{NewStaff, StaffRole, StaffRow};
pub use suppressions::SuppressionRow;
pub use video::{NewVideo, Piece};
pub use webhooks::{WebhookId, WebhookRow};
pub use workflow::{ActivationRow, WorkflowBody};
