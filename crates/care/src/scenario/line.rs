//! A decision as `stepwell simulate` prints it.

use jiff::Timestamp;
use serde::Serialize;

use crate::workflow::TaskResult;

/// One decision, in the names of the scenario. Instants are RFC 3339 in UTC.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    pub at: Timestamp,
    pub patient: String,
    pub workflow: String,
    pub anchor: String,
    pub step: Option<String>,
    pub occurrence: Option<u32>,
    pub due: Option<Timestamp>,
    pub generation: Option<u32>,
    pub verdict: &'static str,
    pub reason: Option<&'static str>,
    pub tasks: Vec<TaskResult>,
}

impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}  {:<10} {:<16} {:<10}", self.at, self.patient, self.workflow, self.verdict)?;
        if let (Some(step), Some(due)) = (&self.step, self.due) {
            write!(f, " {step} due {due}")?;
        }
        if let Some(reason) = self.reason {
            write!(f, " because {reason}")?;
        }
        write!(f, " [{}]", self.anchor)
    }
}
