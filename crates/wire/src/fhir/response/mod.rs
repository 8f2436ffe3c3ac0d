//! QuestionnaireResponse: the answers to a form, nested as FHIR nests them.

mod read;
mod write;

pub use read::read;
pub use write::write;

use care::questionnaire::Answers;

/// FHIR's code for how far the answers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    InProgress,
    Completed,
    Amended,
    EnteredInError,
    Stopped,
}

impl Status {
    pub const ALL: [Status; 5] =
        [Status::InProgress, Status::Completed, Status::Amended, Status::EnteredInError, Status::Stopped];

    pub fn code(self) -> &'static str {
        match self {
            Status::InProgress => "in-progress",
            Status::Completed => "completed",
            Status::Amended => "amended",
            Status::EnteredInError => "entered-in-error",
            Status::Stopped => "stopped",
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// The form that was answered, by its canonical address.
    pub questionnaire: Option<String>,
    pub status: Status,
    pub answers: Answers,
    /// Paths of what was read and is not kept.
    pub left_out: Vec<String>,
}

/// Where a question stands in the nth time its groups are asked: see [`Answers`].
fn place(id: &str, round: &str) -> String {
    if round.is_empty() { id.to_owned() } else { format!("{id}#{round}") }
}

fn inner(round: &str, nth: usize) -> String {
    if round.is_empty() { nth.to_string() } else { format!("{round}.{nth}") }
}
