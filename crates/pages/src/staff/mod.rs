//! The staff pages, one struct each. Every path, date and number arrives as text: the roof decides how they read.

mod enrolment;
mod form;
mod home;
mod imports;
mod interfaces;
mod mailbox;
mod new_patient;
mod patient;
mod patient_list;
mod problem;
mod refused;
mod schematic;
mod settle;
mod sign_in;
mod workflow;
mod workflow_list;

pub use enrolment::{ByHand, ClauseRow, Counted, Enrol, Enrolled, EnrolmentList, EnrolmentListLine, Member};
pub use form::{Choice, Field, Pick};
pub use home::{Count, Home, HomeVisit, Notice};
pub use imports::{
    ColumnPick, CompleteDays, CountLine, ExampleGroup, Import, ImportCheck, ImportColumns, ImportRefusal, ImportRow,
    Imports, WordGroup, WordPick,
};
pub use interfaces::{InterfaceRow, Interfaces};
pub use mailbox::{MailRow, Mailbox, OpenMail};
pub use new_patient::NewPatient;
pub use patient::{
    Contact, ContactState, LogVisit, PatientPage, PlannedRow, ThreadDay, ThreadKind, ThreadRow, Visit, VisitActions,
    VisitState, WhyRow, WhyStep,
};
pub use patient_list::{PatientList, PatientRow};
pub use problem::Problem;
pub use refused::{OutlineLine, RefusedMessage, RefusedMessages, RefusedRow, RefusedState};
pub use schematic::{Lane, Panel, Schematic};
pub use settle::{Settle, Way};
pub use sign_in::SignIn;
pub use workflow::{DecisionRow, GroupLine, RunCounts, StepRow, WorkflowPage};
pub use workflow_list::{
    ContentItem, EmrFilter, EmrFit, Kind, Scope, Status, WorkflowGroup, WorkflowList, WorkflowRow,
};
