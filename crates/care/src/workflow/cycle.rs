//! Workflows that start one another for ever, found before anybody is caught in it: docs/SEMANTICS.md section 4, "Loops".
//!
//! A workflow leads to another when it assigns something and the other waits for an event of such an assignment. Only
//! what the files say is looked at: a score or a group that would break the circle for some patient breaks it for no
//! other.

use std::collections::{BTreeMap, BTreeSet};

use super::definition::Workflow;
use super::facts::Workflows;
use super::task::{Gives, Task};
use super::trigger::Trigger;
use crate::chart::{EventKind, RECOMMENDATION};

/// One workflow leads to the next: it assigns this, and that starts the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub from: String,
    pub assigns: String,
    pub event: EventKind,
    pub to: String,
}

/// A way through workflows that ends where it began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cycle(pub Vec<Link>);

impl std::fmt::Display for Cycle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (nth, link) in self.0.iter().enumerate() {
            let then = if nth == 0 { "" } else { "; " };
            let Link { from, assigns, event, to } = link;
            write!(f, "{then}`{from}` assigns {assigns}, and {} starts `{to}`", event.code())?;
        }
        f.write_str("; so they would go round for ever")
    }
}

impl Workflows {
    /// A circle among the newest versions, if there is one; whether they are switched on or not, since that can change.
    pub fn cycle(&self) -> Option<Cycle> {
        let current: BTreeMap<&str, &Workflow> =
            self.0.iter().filter_map(|(key, p)| Some((key.as_str(), &**p.current()?.1))).collect();
        let mut done = BTreeSet::new();
        let mut found = current.keys().find_map(|key| round(key, &current, &mut vec![], &mut done))?;
        // A circle begins nowhere: it is told from the first of its names on.
        let first = found.iter().enumerate().min_by_key(|(_, link)| &link.from).map_or(0, |(at, _)| at);
        found.rotate_left(first);
        Some(Cycle(found))
    }
}

/// Goes on from `at`, having come by `path`. `done`: from there no way leads back.
fn round<'a>(
    at: &'a str,
    all: &BTreeMap<&'a str, &Workflow>,
    path: &mut Vec<Link>,
    done: &mut BTreeSet<&'a str>,
) -> Option<Vec<Link>> {
    if let Some(begin) = path.iter().position(|link| link.from == at) {
        return Some(path.split_off(begin));
    }
    if done.contains(at) {
        return None;
    }
    for (to, next) in all {
        let Some((assigns, event)) = all.get(at).and_then(|from| leads(from, next)) else { continue };
        path.push(Link { from: at.to_owned(), assigns: assigns.to_owned(), event, to: (*to).to_owned() });
        if let Some(found) = round(to, all, path, done) {
            return Some(found);
        }
        path.pop();
    }
    done.insert(at);
    None
}

/// What one assigns that starts the other, and by which event.
fn leads<'a>(from: &'a Workflow, to: &Workflow) -> Option<(&'a str, EventKind)> {
    // A form has one baseline in an episode: what waits for it is not started by it again and again.
    if !to.trigger.baseline.is_empty() {
        return None;
    }
    from.steps.iter().flat_map(|step| &step.tasks).find_map(|task| match task {
        Task::Assign { gives, .. } => given(gives, from, &to.trigger),
        Task::Send(_) | Task::Tell { .. } | Task::Call(_) => None,
    })
}

fn given<'a>(gives: &'a Gives, from: &'a Workflow, to: &Trigger) -> Option<(&'a str, EventKind)> {
    let event = |content: &str| events_of(content).iter().find(|e| to.events.contains(e)).copied();
    match gives {
        Gives::Item(content) => {
            let (_, instrument) = content.split_once('/')?;
            Some((content.as_str(), event(content).filter(|_| lets(to, instrument))?))
        }
        Gives::Baseline => {
            let form = from.trigger.baseline.iter().find(|form| lets(to, form))?;
            Some((form.as_str(), event(FORM)?))
        }
        // Any form but the one whose answer names the part of the body.
        Gives::OfRegion => {
            let another = to.instruments.iter().any(|name| !from.trigger.instruments.contains(name));
            Some((FORM, event(FORM).filter(|_| to.instruments.is_empty() || another)?))
        }
    }
}

const FORM: &str = "questionnaire/";

fn lets(to: &Trigger, instrument: &str) -> bool {
    to.instruments.is_empty() || to.instruments.iter().any(|i| i == instrument)
}

/// What can come of an assignment.
fn events_of(content: &str) -> &'static [EventKind] {
    use EventKind::{
        CarePlanAssigned, CarePlanCompleted, ExerciseAssigned, ExerciseOverdue, QuestionnaireAssigned,
        QuestionnaireCompleted, QuestionnaireOverdue, RecommendationGiven,
    };
    if content == RECOMMENDATION {
        return &[QuestionnaireAssigned, QuestionnaireCompleted, QuestionnaireOverdue, RecommendationGiven];
    }
    match content.split_once('/') {
        Some(("questionnaire", _)) => &[QuestionnaireAssigned, QuestionnaireCompleted, QuestionnaireOverdue],
        Some(("exercise", _)) => &[ExerciseAssigned, ExerciseOverdue],
        Some(("care-plan", _)) => &[CarePlanAssigned, CarePlanCompleted],
        _ => &[],
    }
}
