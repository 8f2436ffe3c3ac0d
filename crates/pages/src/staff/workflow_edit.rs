use crate::Frame;
use crate::staff::{Counting, Field};
use askama::Template;

/// A story of the file, played.
#[derive(Debug, Clone)]
pub struct ExampleRow {
    pub name: String,
    /// What it expects and did not happen; empty = it passes.
    pub unmet: Vec<String>,
}

/// What a check of the text said.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    /// Why it cannot be published, with line and key where there is one.
    pub problem: Option<String>,
    pub examples: Vec<ExampleRow>,
}

impl Findings {
    pub fn is_fine(&self) -> bool {
        self.problem.is_none() && self.failing() == 0
    }

    fn failing(&self) -> usize {
        self.examples.iter().filter(|example| !example.unmet.is_empty()).count()
    }
}

/// `GET` and `POST /workflows/{key}/edit`; for a new one `/workflows/new`.
#[derive(Template)]
#[template(path = "staff/workflow_edit.html")]
pub struct EditWorkflow {
    pub frame: Frame,
    /// `None`: a new one, whose key is still to be typed.
    pub key: Option<String>,
    pub key_field: Field,
    pub title: String,
    /// The version it begins from.
    pub base: u32,
    /// It came with Stepwell: what is published from here on is the clinic's own.
    pub shipped: bool,
    pub text: String,
    pub findings: Option<Findings>,
}

/// What becomes of one step, counted; `due`: when what moves or is new will be due.
#[derive(Debug, Clone, Default)]
pub struct EffectRow {
    pub step: String,
    pub stay: usize,
    pub move_to: usize,
    pub new: usize,
    pub due: String,
    pub now: usize,
    pub late: usize,
    pub dropped: usize,
    pub ended: usize,
    pub not_repeated: usize,
}

/// One of the things that can be done with the runs in flight.
#[derive(Debug, Clone)]
pub struct EffectChoice {
    /// "stay", "move", "stop".
    pub code: &'static str,
    pub label: &'static str,
    /// What it means, and for how many.
    pub about: String,
    pub rows: Vec<EffectRow>,
    pub chosen: bool,
}

/// What publishing does, before it is done: `POST /workflows/{key}/versions` does it.
#[derive(Template)]
#[template(path = "staff/workflow_publish.html")]
pub struct PublishWorkflow {
    pub frame: Frame,
    pub key: String,
    pub title: String,
    pub version: u32,
    pub text: String,
    /// Stands for the text and what was counted of it.
    pub preview: String,
    pub counting: Counting,
    /// "12 runs are in flight, 7 of them with steps to come."
    pub runs: String,
    pub is_active: bool,
    /// Empty: nothing is in flight.
    pub choices: Vec<EffectChoice>,
}

impl PublishWorkflow {
    fn href(&self) -> String {
        format!("/workflows/{}/previews/{}", self.key, self.preview)
    }
}
