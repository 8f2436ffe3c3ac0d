use crate::Frame;
use crate::charts::ContentKind;
use askama::Template;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Engagement,
    Outcomes,
    Monitoring,
}

impl Kind {
    pub fn label(self) -> &'static str {
        match self {
            Kind::Engagement => "Engagement",
            Kind::Outcomes => "Outcomes",
            Kind::Monitoring => "Monitoring",
        }
    }

    pub fn about(self) -> &'static str {
        match self {
            Kind::Engagement => "Messages that bring patients to their visits and keep them in touch.",
            Kind::Outcomes => "Questionnaires that measure whether therapy works.",
            Kind::Monitoring => "Regular check-ins for patients that the team enrols.",
        }
    }
}

/// Where a workflow's event comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmrFit {
    With,
    Without,
    Both,
}

impl EmrFit {
    pub fn label(self) -> &'static str {
        match self {
            EmrFit::With => "With EMR",
            EmrFit::Without => "Without EMR",
            EmrFit::Both => "With or without EMR",
        }
    }
}

/// The filter links of list and schematic (`?for=emr`, `?for=no-emr`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmrFilter {
    All,
    With,
    Without,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    Global,
    Account,
    Organization,
}

impl Scope {
    pub fn label(self) -> &'static str {
        match self {
            Scope::Global => "Global",
            Scope::Account => "Your account's",
            Scope::Organization => "Organization",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Active,
    Inactive,
}

impl Status {
    pub fn is_active(self) -> bool {
        self == Status::Active
    }

    pub fn label(self) -> &'static str {
        match self {
            Status::Active => "Active",
            Status::Inactive => "Inactive",
        }
    }
}

/// One thing a workflow gives, by the way it goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentItem {
    pub kind: ContentKind,
    pub title: String,
}

/// One workflow: its page is `/workflows/{id}`, its switch `/workflows/{id}/activation`.
#[derive(Debug, Clone)]
pub struct WorkflowRow {
    pub id: String,
    pub title: String,
    pub fit: EmrFit,
    pub patient_group: String,
    pub trigger: String,
    /// One line per step, e.g. "2 days before at 10:00".
    pub schedule: Vec<String>,
    pub content: Vec<ContentItem>,
    pub status: Status,
    pub scope: Scope,
    /// Switching has something to decide: it leads to its own page first.
    pub decide: bool,
}

#[derive(Debug, Clone)]
pub struct WorkflowGroup {
    pub kind: Kind,
    pub rows: Vec<WorkflowRow>,
}

impl WorkflowGroup {
    pub fn active(&self) -> usize {
        self.rows.iter().filter(|row| row.status.is_active()).count()
    }
}

/// `GET /workflows?for=…`
#[derive(Template)]
#[template(path = "staff/workflow_list.html")]
pub struct WorkflowList {
    pub frame: Frame,
    pub filter: EmrFilter,
    pub groups: Vec<WorkflowGroup>,
    pub may_edit: bool,
}
