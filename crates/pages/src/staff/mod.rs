//! The staff pages, one struct each. Every path, date and number arrives as text: the roof decides how they read.

mod activation;
mod clinics;
mod closed_days;
mod counting;
mod course;
mod details;
mod enrolment;
mod feed;
mod fill;
mod form;
mod give;
mod home;
mod imports;
mod instruments;
mod interface_live;
mod interface_types;
mod interfaces;
mod library;
mod location;
mod mailbox;
mod merge;
mod new_patient;
mod on_call;
mod outcome_forms;
mod outcomes;
mod patient;
mod patient_list;
mod problem;
mod refused;
mod rehearsal;
mod schematic;
mod settle;
mod sign_in;
mod text_hours;
mod webhooks;
mod why;
mod workflow;
mod workflow_edit;
mod workflow_list;

pub use activation::{ActivationPage, Cover};
pub use clinics::{ClinicLine, ClinicsPage};
pub use closed_days::{CloseForm, ClosedDay, ClosedDayPage, ClosedDays, VisitToMove};
pub use counting::Counting;
pub use course::CourseCard;
pub use details::Details;
pub use enrolment::{ByHand, ClauseRow, Counted, Enrol, Enrolled, EnrolmentList, EnrolmentListLine, Member};
pub use feed::{DayHours, FeedPage, FeedState, HeldStep};
pub use fill::{AnsweredForm, AnsweredLine, AnsweredVersion, FillPage, FillQuestion};
pub use form::{Choice, Field, Pick};
pub use give::{GiveChoice, GiveGroup, GivePage};
pub use home::{Count, Home, HomeVisit, Notice};
pub use imports::{
    ColumnPick, CompleteDays, CountLine, ExampleGroup, Import, ImportCheck, ImportColumns, ImportRefusal, ImportRow,
    Imports, WordGroup, WordPick,
};
pub use instruments::{AttachPage, FitRow, ImportItemPage, InstrumentRow, InstrumentsPage, TriedFile};
pub use interface_live::{InterfaceLive, RunsLine};
pub use interface_types::{ClaimLine, InterfaceTypes, TypeLine};
pub use interfaces::{InterfaceRow, Interfaces, PlaceRow};
pub use library::{
    ItemBody, ItemLink, ItemVersion, LibraryItem, LibraryNotice, LibraryPage, LibraryTab, NoticeLine, NoticePart,
    Shelf, ShelfRow, ShownExercise, ShownLetter, ShownQuestion,
};
pub use location::LocationPage;
pub use mailbox::{MailRow, Mailbox, OpenMail};
pub use merge::{MergeCompare, MergeLine, MergeRow, MergeSearch, MergedFrom};
pub use new_patient::NewPatient;
pub use on_call::{OnCallLine, OnCallPage};
pub use outcome_forms::{OutcomeFormsPage, RegionRow};
pub use outcomes::{OutcomeBar, OutcomeRow, OutcomesPage};
pub use patient::{
    AddressStop, AnsweredRow, ConsentLine, Contact, ContactState, LogVisit, OpenTask, PatientPage, PlannedRow,
    RecordConsent, StopRun, ThreadDay, ThreadKind, ThreadRow, Visit, VisitActions, VisitState, WhyRow, WhyStep,
};
pub use patient_list::{PatientList, PatientRow};
pub use problem::Problem;
pub use refused::{OutlineLine, RefusedMessage, RefusedMessages, RefusedRow, RefusedState};
pub use rehearsal::{
    RehearsalCount, RehearsalLine, RehearsalPage, RehearsalPart, RehearsalRow, RehearsalSample, RehearsalState,
};
pub use schematic::{Lane, Panel, Schematic};
pub use settle::{Settle, Way};
pub use sign_in::SignIn;
pub use text_hours::TextHoursPage;
pub use webhooks::{WebhookLine, WebhookNews, Webhooks};
pub use why::{Check, Given, Recorded, Try, WhyDelivery, WhyEvent, WhyPage, WhyPlanned, WhyRun};
pub use workflow::{ActiveSpan, DecisionRow, GroupLine, RunCounts, StepRow, VersionRow, WorkflowPage};
pub use workflow_edit::{EditWorkflow, EffectChoice, EffectRow, ExampleRow, Findings, PublishWorkflow};
pub use workflow_list::{
    ContentItem, EmrFilter, EmrFit, Kind, Scope, Status, WorkflowGroup, WorkflowList, WorkflowRow,
};
