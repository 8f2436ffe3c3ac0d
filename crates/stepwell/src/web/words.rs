//! The engine's words in the clinic's English.

use std::collections::BTreeMap;

use care::chart::{EncounterState, EventKind, Source, VisitType};
use care::workflow::decision::{Detail, TaskResult};
use care::workflow::definition::Step;
use care::workflow::group::Saw;
use care::workflow::task::{Gives, Task};
use jiff::Timestamp;
use pages::charts::ContentKind;
use pages::staff::VisitState;
use pages::{Reason, Verdict};

use super::{ground_words, times};

pub fn visit_type(kind: Option<VisitType>) -> &'static str {
    match kind {
        Some(VisitType::InitialEvaluation) => "Initial evaluation",
        Some(VisitType::FollowUp) => "Follow-up",
        Some(VisitType::ReEvaluation) => "Re-evaluation",
        Some(VisitType::Discharge) => "Discharge visit",
        Some(VisitType::Other) => "Other visit",
        Some(VisitType::Unmapped) => "Type not mapped",
        None => "Visit",
    }
}

/// `None`: nothing but notes or a tombstone, no visit to show.
pub fn visit_state(state: EncounterState) -> Option<VisitState> {
    match state {
        EncounterState::Unknown => None,
        EncounterState::Planned => Some(VisitState::Planned),
        EncounterState::Arrived { .. } => Some(VisitState::Arrived),
        EncounterState::Finished { .. } => Some(VisitState::Finished),
        EncounterState::NoShow { .. } => Some(VisitState::NoShow),
        EncounterState::Cancelled { .. } => Some(VisitState::Cancelled),
        EncounterState::EnteredInError { .. } => Some(VisitState::EnteredInError),
    }
}

/// The state as the chart table names it.
pub fn visit_state_named(code: &str) -> Option<VisitState> {
    Some(match code {
        "planned" => VisitState::Planned,
        "arrived" => VisitState::Arrived,
        "finished" => VisitState::Finished,
        "no_show" => VisitState::NoShow,
        "cancelled" => VisitState::Cancelled,
        "entered_in_error" => VisitState::EnteredInError,
        _ => return None,
    })
}

/// What happened, as a short sentence.
pub fn event(kind: EventKind) -> &'static str {
    match kind {
        EventKind::EncounterPlanned => "Visit booked",
        EventKind::EncounterArrived => "Patient arrived",
        EventKind::EncounterFinished => "Visit finished",
        EventKind::VisitDayPlanned => "Visit day planned",
        EventKind::EncounterNoShow => "Visit missed",
        EventKind::EncounterCancelled => "Visit cancelled",
        EventKind::EncounterRescheduled => "Visit moved",
        EventKind::EpisodeOpened => "Episode of care opened",
        EventKind::EpisodeDischarged => "Episode of care ended",
        EventKind::PatientCreated => "Patient added",
        EventKind::PatientRegistered => "Patient registered",
        EventKind::PatientBirthday => "Birthday",
        EventKind::EpisodePresumedEnded => "Episode of care presumed ended",
        EventKind::CarePlanAssigned => "Care plan given",
        EventKind::CarePlanCompleted => "Care plan completed",
        EventKind::ExerciseAssigned => "Exercise given",
        EventKind::ExerciseOverdue => "Exercises overdue",
        EventKind::QuestionnaireAssigned => "Questionnaire given",
        EventKind::QuestionnaireCompleted => "Questionnaire answered",
        EventKind::QuestionnaireOverdue => "Questionnaire overdue",
        EventKind::RecommendationGiven => "Recommendation given",
        EventKind::Inactivity => "Nothing planned or no login for a while",
        EventKind::Manual => "Put on by hand",
    }
}

pub fn source(source: Source) -> &'static str {
    match source {
        Source::Emr(_) => "by the EMR",
        Source::Staff(_) => "by hand",
        Source::Patient => "by the patient",
        Source::System => "by Stepwell",
    }
}

/// "message/visit-reminder" reads "Visit reminder".
pub fn content(name: &str) -> String {
    let plain = name.split_once('/').map_or(name, |(_, rest)| rest).replace(['-', '_'], " ");
    let mut signs = plain.chars();
    signs.next().map_or(String::new(), |first| first.to_uppercase().chain(signs).collect())
}

/// What a thing of the library is called there; without a title, by its name.
pub fn called(titles: &BTreeMap<String, String>, name: &str) -> String {
    titles.get(name).cloned().unwrap_or_else(|| content(name))
}

pub fn content_kind(task: &Task) -> ContentKind {
    match task {
        Task::Send(message) => match message.ladder.first() {
            Some(care::chart::Channel::Text) => ContentKind::Text,
            _ => ContentKind::Email,
        },
        Task::Assign { gives: Gives::Baseline | Gives::OfRegion, .. } => ContentKind::Questionnaire,
        Task::Assign { gives: Gives::Item(content), .. } => match content.split_once('/').map(|(kind, _)| kind) {
            Some("exercise") => ContentKind::Exercise,
            Some("education") => ContentKind::Education,
            Some("care-plan") => ContentKind::CarePlan,
            _ => ContentKind::Questionnaire,
        },
        Task::Tell { .. } => ContentKind::Team,
        Task::Call(_) => ContentKind::Webhook,
    }
}

pub fn task_title(task: &Task) -> String {
    match task {
        Task::Send(message) | Task::Call(message) => content(&message.template),
        Task::Assign { gives: Gives::Item(name), .. } => content(name),
        Task::Assign { gives: Gives::Baseline, .. } => "the forms the episode began with".into(),
        Task::Assign { gives: Gives::OfRegion, .. } => "the form for the part of the body".into(),
        Task::Tell { text, .. } => text.clone(),
    }
}

/// What a step gives: "Email “Visit reminder”".
pub fn step_title(step: &Step) -> String {
    let one = |task: &Task| format!("{} “{}”", content_kind(task).label(), task_title(task));
    step.tasks.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// `of_step`: the decision is about a step, not about whether the workflow starts.
pub fn verdict(code: &str, of_step: bool) -> Verdict {
    match code {
        "performed" => Verdict::Performed,
        "sent" => Verdict::Sent,
        "not_sent" => Verdict::NotSent,
        "deferred" => Verdict::Deferred,
        "skipped" => Verdict::Skipped,
        "cancelled" => Verdict::Cancelled,
        "passed" if of_step => Verdict::Passed,
        "passed" => Verdict::NotStarted,
        _ => Verdict::Planned,
    }
}

pub fn reason(code: Option<&str>) -> Option<Reason> {
    reason_in(code, "en")
}

pub fn reason_in(code: Option<&str>, language: &str) -> Option<Reason> {
    code.map(|code| Reason::from_code(code, language))
}

/// "needs visit type = follow up; it is discharge".
pub fn saw(saw: &Saw) -> String {
    format!("needs {}; it is {}", saw.clause.replace('_', " "), saw.value.replace('_', " "))
}

/// What a decision rested on: the clause and what it saw, how the due moment came about, until when it waits, and what
/// became of each task.
pub fn detail(
    detail: &serde_json::Value,
    tasks: &serde_json::Value,
    at: Timestamp,
    zone: &str,
    language: &str,
) -> Option<String> {
    let detail: Detail = serde_json::from_value(detail.clone()).unwrap_or_default();
    let tasks: Vec<TaskResult> = serde_json::from_value(tasks.clone()).unwrap_or_default();
    let saw = detail.saw.as_ref().map(saw);
    let before = if language == "es" { "hasta el" } else { "until" };
    let until = detail.until.map(|at| format!("{before} {}", times::short_words(at, zone)));
    let limits = ground_words::say(&detail, at, zone, language);
    let done = tasks.iter().map(|task| task_result(task, language));
    let parts: Vec<String> = [saw, until, detail.sum].into_iter().flatten().chain(limits).chain(done).collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

fn task_result(task: &TaskResult, language: &str) -> String {
    let how = task.channel.map(|channel| format!(" by {}", channel.code())).unwrap_or_default();
    let why = task.reason.map(|why| format!(": {}", Reason::from_code(why.code(), language).words)).unwrap_or_default();
    format!("{}{how}{why}", content(&task.content))
}

/// "Rivera, Alma".
pub fn full_name(given: &str, family: &str) -> String {
    match (family.trim(), given.trim()) {
        ("", "") => "Name not known".into(),
        ("", only) | (only, "") => only.to_owned(),
        (family, given) => format!("{family}, {given}"),
    }
}

pub fn language(code: Option<&str>) -> String {
    match code {
        Some("en") => "English".into(),
        Some("es") => "Spanish".into(),
        Some(other) => other.to_owned(),
        None => "language not known".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_reason_the_engine_gives_has_plain_words_in_both_languages_and_no_other_has() {
        for language in ["en", "es"] {
            for given in care::workflow::Reason::ALL {
                assert!(pages::reason_words(given.code(), language).is_some(), "{given} in {language}");
            }
        }
        let given: Vec<_> = care::workflow::Reason::ALL.iter().map(|reason| reason.code()).collect();
        assert_eq!(given, pages::REASON_CODES);
    }

    #[test]
    fn what_was_handed_over_is_told_from_what_was_sent() {
        let words = ["performed", "sent", "not_sent", "deferred"].map(|code| verdict(code, true).label());
        assert_eq!(words, ["Handed over", "Sent", "Not sent", "Waiting"]);
    }

    #[test]
    fn an_event_that_came_to_nothing_did_not_start_and_a_step_passed() {
        assert_eq!(verdict("passed", false), Verdict::NotStarted);
        assert_eq!(verdict("passed", true), Verdict::Passed);
        for code in ["planned", "performed", "deferred", "skipped", "cancelled"] {
            assert_eq!(verdict(code, true), verdict(code, false));
        }
    }

    #[test]
    fn a_decision_shows_the_clause_and_what_it_saw() {
        let seen = json!({ "saw": { "clause": "visit_type = initial_evaluation", "value": "follow_up" } });
        let words = detail(&seen, &json!([]), Timestamp::UNIX_EPOCH, "UTC", "en");
        assert_eq!(words.as_deref(), Some("needs visit type = initial evaluation; it is follow up"));
        assert_eq!(detail(&json!({}), &json!([]), Timestamp::UNIX_EPOCH, "UTC", "en"), None);
    }

    #[test]
    fn a_performed_step_shows_what_became_of_its_tasks() {
        let tasks = json!([{ "content": "message/welcome", "channel": "text", "reason": "channel_not_set_up" }]);
        let words = detail(&json!({}), &tasks, Timestamp::UNIX_EPOCH, "UTC", "en").unwrap();
        assert!(words.starts_with("Welcome by text: "), "{words}");
    }

    #[test]
    fn content_names_read_as_words() {
        assert_eq!(content("message/visit-reminder"), "Visit reminder");
        assert_eq!(content(""), "");
    }

    #[test]
    fn names_are_shown_as_far_as_they_are_known() {
        assert_eq!(full_name("Alma", "Rivera"), "Rivera, Alma");
        assert_eq!(full_name("", "Rivera"), "Rivera");
        assert_eq!(full_name("Alma", " "), "Alma");
        assert_eq!(full_name("", ""), "Name not known");
    }
}
