use askama::Template;

use super::form::{Field, Pick};
use crate::{Frame, Reason, Stamp};

/// A workflow that staff put the patient on.
#[derive(Debug, Clone)]
pub struct Enrolled {
    pub workflow: String,
    pub href: String,
    /// When that was.
    pub at: Stamp,
    /// The moment its steps count from.
    pub moment: Stamp,
    /// Where a POST stops it; `None` when it is stopped.
    pub end: Option<String>,
}

/// On the patient's page: `POST {action}` with `workflow`, `date`, `time`.
#[derive(Debug, Clone)]
pub struct ByHand {
    pub action: String,
    /// Active workflows that staff put patients on; none = there is none.
    pub workflow: Pick,
    pub date: Field,
    pub time: Field,
    /// "Denver time".
    pub zone: String,
    /// Show the form unfolded, as after an error.
    pub open: bool,
    pub rows: Vec<Enrolled>,
}

/// One line of the filter: the form's `field1`, `op1`, `value1`.
#[derive(Debug, Clone)]
pub struct ClauseRow {
    pub number: usize,
    pub field: Pick,
    pub op: Pick,
    pub value: Field,
}

/// A patient on the list.
#[derive(Debug, Clone)]
pub struct Member {
    pub name: String,
    pub href: String,
}

/// What was counted, before anybody is enrolled.
#[derive(Debug, Clone)]
pub struct Counted {
    /// The filter in words.
    pub filter: String,
    pub patients: usize,
    /// What stands in the way of some of them, each a sentence.
    pub notes: Vec<String>,
    /// The first by name.
    pub first: Vec<Member>,
    /// What the form sends along: the filter, and who was counted.
    pub hidden: Vec<(String, String)>,
    pub date: Field,
    pub time: Field,
    /// "Denver time".
    pub zone: String,
    /// Why nobody can be enrolled now.
    pub barred: Option<String>,
}

impl Counted {
    pub(super) fn button(&self) -> String {
        match self.patients {
            1 => "Enrol 1 patient".into(),
            many => format!("Enrol {many} patients"),
        }
    }

    fn more(&self) -> usize {
        self.patients.saturating_sub(self.first.len())
    }
}

/// A list that was enrolled before.
#[derive(Debug, Clone)]
pub struct EnrolmentListLine {
    pub href: String,
    pub at: Stamp,
    pub filter: String,
    pub patients: usize,
    /// The badge: its class and words.
    pub class: &'static str,
    pub state: &'static str,
}

/// `GET /workflows/{id}/enrol`: the filter; with its fields, what it counts. "Enrol" is `POST /workflows/{id}/enrolments`.
#[derive(Template)]
#[template(path = "staff/enrol.html")]
pub struct Enrol {
    pub frame: Frame,
    pub id: String,
    pub title: String,
    /// Something needs another look.
    pub problem: Option<String>,
    pub join: Pick,
    pub clauses: Vec<ClauseRow>,
    pub location: Pick,
    pub address: bool,
    pub counted: Option<Counted>,
    pub earlier: Vec<EnrolmentListLine>,
}

/// `GET /workflows/{id}/enrolments/{list}`: under way, or what came of it; "Stop" is a `DELETE` of the same.
#[derive(Template)]
#[template(path = "staff/enrolment_list.html")]
pub struct EnrolmentList {
    pub frame: Frame,
    pub id: String,
    pub list: String,
    pub title: String,
    pub filter: String,
    pub at: Stamp,
    pub by: String,
    pub moment: Stamp,
    /// The badge: its class and words.
    pub class: &'static str,
    pub state: &'static str,
    pub patients: usize,
    /// Under way: done, of how many.
    pub progress: Option<(usize, usize)>,
    /// It could not go on after so many.
    pub failed: Option<usize>,
    pub enrolled: usize,
    pub began: i64,
    pub under_way: i64,
    pub passed: Vec<(Reason, i64)>,
    pub may_stop: bool,
}
