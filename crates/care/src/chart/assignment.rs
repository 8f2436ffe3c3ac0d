//! What the patient was given to do: a form, exercises, an article, a care plan; and what came of it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::change::{Change, Source, What};
use super::clinic::Clinic;
use super::episode::EpisodeKey;
use super::fold::Chart;
use crate::id::{AssignmentId, RunId, StaffId};
use crate::questionnaire::Answers;

/// A score in hundredths of a point, so that equal scores are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Score(pub i64);

impl Score {
    /// `None` for what is no number, or one beyond any instrument.
    pub fn of(points: f64) -> Option<Self> {
        (points.is_finite() && points.abs() <= 1e6).then(|| Score((points * 100.0).round() as i64))
    }

    pub fn points(self) -> f64 {
        self.0 as f64 / 100.0
    }
}

impl std::fmt::Display for Score {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.points().fmt(f)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssignmentAct {
    Give {
        /// "questionnaire/recommendation", "exercise/bridge", "education/back-pain", "care-plan/knee".
        content: String,
        due: Timestamp,
        /// The run that gave it, or nobody's: a member of staff did.
        run: Option<RunId>,
        episode: Option<EpisodeKey>,
        /// How many tasks stand between it and something that happened outside; see "Loops".
        depth: u8,
    },
    /// Done, or answered; once more is an amendment.
    Complete {
        score: Option<Score>,
        #[serde(default)]
        answers: Answers,
        /// An answer says that the patient may come to harm: somebody has to call now.
        #[serde(default, skip_serializing_if = "is_false")]
        safety: bool,
        /// The patient answered at the clinic, on a device that this person handed over.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        handed_by: Option<StaffId>,
    },
    Withdraw,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

/// What was answered, when, and who gave it in: the patient, or somebody of the clinic for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    pub at: Timestamp,
    pub by: Source,
    pub handed_by: Option<StaffId>,
    pub score: Option<Score>,
    pub answers: Answers,
    pub safety: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    pub id: AssignmentId,
    pub content: String,
    pub given_at: Timestamp,
    pub due: Timestamp,
    pub run: Option<RunId>,
    pub episode: Option<EpisodeKey>,
    pub depth: u8,
    pub withdrawn_at: Option<Timestamp>,
    /// When nobody answered in time: set by the snapshot, which knows what time it is.
    pub expired_at: Option<Timestamp>,
    /// The last one stands; the others were amended.
    pub responses: Vec<Response>,
}

/// How long what was given may stay undone before it counts as overdue, unless its task says.
pub const DUE_WITHIN: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How long a form may still be answered after it was due: two weeks beyond the last of the reminders that ship. Later an
/// answer would be put down to a time of which it says nothing any more. Exercises, articles and care plans are the patient's to keep: they become overdue and never expire.
pub const EXPIRES_AFTER: SignedDuration = SignedDuration::from_hours(42 * 24);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssignmentState {
    Open,
    Completed { at: Timestamp },
    Expired { at: Timestamp },
    Withdrawn { at: Timestamp },
}

/// So long after it was answered a form does not come again with a care plan: a baseline counts from as early.
const ANSWERED_LATELY: SignedDuration = SignedDuration::from_hours(14 * 24);

impl Chart {
    /// What is given when this is: a care plan brings its forms, but for those that wait or were answered lately.
    pub fn given_with(&self, clinic: &Clinic, content: &str, now: Timestamp) -> Vec<String> {
        let is_fresh = |a: &Assignment| match a.state() {
            AssignmentState::Open => true,
            AssignmentState::Completed { at } => now.duration_since(at) < ANSWERED_LATELY,
            AssignmentState::Expired { .. } | AssignmentState::Withdrawn { .. } => false,
        };
        let fresh = |form: &String| self.assignments.iter().any(|a| a.content == *form && is_fresh(a));
        let forms = clinic.plan_forms.get(content).into_iter().flatten();
        forms.filter(|form| !fresh(form)).cloned().collect()
    }
}

impl Assignment {
    pub fn state(&self) -> AssignmentState {
        match (self.withdrawn_at, self.completed_at(), self.expired_at) {
            (Some(at), _, _) => AssignmentState::Withdrawn { at },
            (None, Some(at), _) => AssignmentState::Completed { at },
            (None, None, Some(at)) => AssignmentState::Expired { at },
            (None, None, None) => AssignmentState::Open,
        }
    }

    pub fn is_open(&self) -> bool {
        self.state() == AssignmentState::Open
    }

    pub fn is_expired(&self) -> bool {
        matches!(self.state(), AssignmentState::Expired { .. })
    }

    /// From when on it is no longer asked for.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.is_a("questionnaire").then(|| self.due.checked_add(EXPIRES_AFTER).unwrap_or(Timestamp::MAX))
    }

    pub fn completed_at(&self) -> Option<Timestamp> {
        self.responses.first().map(|r| r.at)
    }

    /// The name after the kind: "recommendation" of "questionnaire/recommendation".
    pub fn instrument(&self) -> &str {
        self.content.split_once('/').map_or(&self.content, |(_, name)| name)
    }

    pub fn is_a(&self, kind: &str) -> bool {
        self.content.split_once('/').is_some_and(|(k, _)| k == kind)
    }
}

impl Chart {
    /// Questionnaires that wait for an answer.
    pub fn open_forms(&self) -> usize {
        self.open_of("questionnaire")
    }

    /// Exercises that were not done yet.
    pub fn open_exercises(&self) -> usize {
        self.open_of("exercise")
    }

    /// What nobody answered by then has expired.
    pub fn expire(&mut self, now: Timestamp) {
        for open in self.assignments.iter_mut().filter(|a| a.is_open()) {
            open.expired_at = open.expires_at().filter(|at| *at <= now);
        }
    }

    fn open_of(&self, kind: &str) -> usize {
        self.assignments.iter().filter(|a| a.is_a(kind) && a.is_open()).count()
    }
}

/// Folds what the ordered changes say of assignments. An answer to something nobody gave is not kept.
pub(super) fn fold_assignments(ordered: &[&Change]) -> Vec<Assignment> {
    let mut all: BTreeMap<AssignmentId, Assignment> = BTreeMap::new();
    let acts = || {
        ordered.iter().filter_map(|c| match &c.what {
            What::Assignment { assignment, act } => Some((c.stamp.at, c.source, *assignment, act)),
            _ => None,
        })
    };
    for (at, _, id, act) in acts() {
        if let AssignmentAct::Give { content, due, run, episode, depth } = act {
            all.entry(id).or_insert_with(|| Assignment {
                id,
                content: content.clone(),
                given_at: at,
                due: *due,
                run: *run,
                episode: *episode,
                depth: *depth,
                withdrawn_at: None,
                expired_at: None,
                responses: vec![],
            });
        }
    }
    for (at, by, id, act) in acts() {
        let Some(assignment) = all.get_mut(&id) else { continue };
        match act {
            AssignmentAct::Give { .. } => {}
            AssignmentAct::Complete { score, answers, safety, handed_by } => {
                let (score, safety, handed_by) = (*score, *safety, *handed_by);
                assignment.responses.push(Response { at, by, handed_by, score, answers: answers.clone(), safety });
            }
            AssignmentAct::Withdraw => {
                assignment.withdrawn_at.get_or_insert(at);
            }
        }
    }
    let mut all: Vec<_> = all.into_values().collect();
    all.sort_by_key(|a| (a.given_at, a.id));
    all
}
