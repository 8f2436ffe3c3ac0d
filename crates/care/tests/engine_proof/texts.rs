//! Random workflow files: every event, every rule, every kind of task.

use care::chart::EventKind;
use care::workflow::Workflow;
use proptest::prelude::*;
use proptest::sample::select;

const BEFORE: [&str; 4] = ["2 days before at 10:00", "3 hours before", "1 weeks before", "1 days before at 07:00"];
const AFTER: [&str; 10] = [
    "immediately",
    "immediately",
    "2 hours after",
    "1 hours after the event",
    "0 days after at 20:00",
    "1 days after at 09:00",
    "1 days after at 22:30",
    "3 days after the event at 18:00 on mon,wed,fri",
    "1 days after at 09:00 every 1 days up to 3 times",
    "immediately every 2 days up to 3 times",
];
const TASKS: [&str; 16] = [
    r#"{ send = "email", template = "message/a" }"#,
    r#"{ send = "email", template = "message/b" }"#,
    r#"{ send = "text", template = "message/a" }"#,
    r#"{ send = "text", template = "message/c" }"#,
    r#"{ send = ["email", "text"], template = "message/b" }"#,
    r#"{ send = ["text", "email"], template = "message/c" }"#,
    r#"{ send = ["text", "email"], template = "message/a", limit = "1 per 5 days" }"#,
    r#"{ send = "email", template = "message/d", limit = "2 per 10 days" }"#,
    r#"{ send = ["email", "text"], template = "message/e", limit = "once per contact" }"#,
    r#"{ assign = "questionnaire/recommendation", via = ["email", "text"], template = "message/f" }"#,
    r#"{ assign = "questionnaire/check", via = "text", template = "message/f", due = "2 days" }"#,
    r#"{ assign = "questionnaire/check", via = "email", template = "message/g", remind = "text after 1 days if open" }"#,
    r#"{ assign = "exercise/bridge", due = "3 days" }"#,
    r#"{ assign = "care-plan/knee", via = ["email"], template = "message/h" }"#,
    r#"{ assign = "education/knee" }"#,
    r#"{ tell = "care_team", text = "Please call", within = "4 hours" }"#,
];

fn line(key: &'static str, odds: f64, values: &[&str]) -> impl Strategy<Value = String> + use<> {
    let values: Vec<String> = values.iter().map(|v| (*v).to_owned()).collect();
    prop::option::weighted(odds, select(values))
        .prop_map(move |v| v.map_or(String::new(), |v| format!("{key} = {v}\n")))
}

fn trigger() -> impl Strategy<Value = (EventKind, String)> {
    let events: Vec<EventKind> = EventKind::ALL.to_vec();
    let often = select(vec![
        EventKind::EncounterPlanned,
        EventKind::EncounterPlanned,
        EventKind::VisitDayPlanned,
        EventKind::EncounterArrived,
        EventKind::EncounterCancelled,
        EventKind::Manual,
    ]);
    let filter =
        select(vec!["", "", "", r#", first_in = "episode""#, r#", visit_type = ["initial_evaluation", "follow_up"]"#]);
    let event = prop_oneof![2 => often, 3 => select(events)];
    (event, filter, select(vec!["visits", "login"]), select(vec![3u32, 7])).prop_map(|(event, filter, of, days)| {
        let visit = event.code().starts_with("encounter") || event == EventKind::VisitDayPlanned;
        let filter = match event {
            EventKind::Inactivity => format!(r#", of = "{of}", days = {days}"#),
            _ if visit => filter.to_owned(),
            _ => String::new(),
        };
        (event, format!("trigger = {{ event = \"{}\"{filter} }}\n", event.code()))
    })
}

fn of_an_assignment(event: EventKind) -> bool {
    matches!(
        event,
        EventKind::CarePlanAssigned
            | EventKind::CarePlanCompleted
            | EventKind::ExerciseAssigned
            | EventKind::ExerciseOverdue
            | EventKind::QuestionnaireAssigned
            | EventKind::QuestionnaireCompleted
            | EventKind::QuestionnaireOverdue
            | EventKind::RecommendationGiven
    )
}

fn step(event: EventKind) -> impl Strategy<Value = String> {
    let schedules: Vec<&str> = if event.allows_before() { [&BEFORE[..], &AFTER[..]].concat() } else { AFTER.to_vec() };
    // What is begun by an assignment assigns nothing that begins another: nobody may publish a circle.
    let circle = |task: &str| of_an_assignment(event) && task.contains("assign") && !task.contains("education");
    let tasks: Vec<&str> = TASKS.into_iter().filter(|task| !circle(task)).collect();
    let tasks = prop::collection::vec(select(tasks), 1..3);
    (
        select(schedules),
        tasks,
        line("late", 0.2, &[r#""skip""#, r#""collapse""#, r#""send until +2 days""#, r#""send until anchor""#]),
        line("expires", 0.2, &[r#""12 hours""#, r#""3 days""#]),
        line("on_move", 0.3, &[r#""once""#, r#""resend""#]),
        line("until", 0.2, &[r#"["visit_booked"]"#, r#"["registered"]"#, r#"["completed"]"#]),
    )
        .prop_map(|(schedule, tasks, late, expires, on_move, until)| {
            format!("schedule = \"{schedule}\"\n{late}{expires}{on_move}{until}tasks = [{}]\n", tasks.join(", "))
        })
}

/// A workflow for `event`.
fn of_event(event: EventKind, trigger: String) -> impl Strategy<Value = String> {
    let head = (
        select(vec!["engagement", "outcomes"]),
        select(vec!["both", "both", "both", "emr", "no-emr"]),
        0..10u8,
        line("category", 0.5, &[r#""care""#, r#""feedback""#, r#""marketing""#, r#""outcomes""#]),
        line("repeat", 0.4, &[r#""per_anchor""#, r#""per_episode""#, r#""per_patient""#]),
        line("min_gap", 0.2, &[r#""2 days""#, r#""10 days""#]),
        line("until", 0.15, &[r#"["registered"]"#, r#"["completed"]"#, r#"["visit_booked"]"#]),
    );
    let rules = (
        line("on_cancel", 0.3, &[r#""stop""#, r#""continue""#]),
        line("on_leave", 0.4, &[r#""stop""#, r#""skip""#, r#""finish""#]),
        line("on_discharge", 0.3, &[r#""stop""#, r#""continue""#]),
        line("attention", 0.3, &[r#""counts""#, r#""bypass""#]),
        line(
            "group",
            0.4,
            &[
                r#"{ field = "registered", op = "=", value = false }"#,
                r#"{ field = "visits_booked", op = ">", value = 0 }"#,
                r#"{ any = [{ field = "age", op = ">=", value = 18 }, { field = "has_mobile", op = "=", value = true }] }"#,
                r#"{ field = "episode_open", op = "=", value = true }"#,
            ],
        ),
    );
    let steps = prop::collection::vec(step(event), 1..4);
    let text = (head, rules, steps).prop_map(move |(head, rules, steps)| {
        let (kind, serves, priority, category, repeat, min_gap, until) = head;
        let (on_cancel, on_leave, on_discharge, attention, group) = rules;
        let steps = (1..).zip(steps).map(|(n, step)| format!("[[steps]]\nid = \"s{n}\"\n{step}"));
        let steps: String = steps.collect();
        format!(
            "title = \"One\"\nkind = \"{kind}\"\nfor = \"{serves}\"\npriority = {priority}\n{category}{trigger}{repeat}\
             {min_gap}{until}{on_cancel}{on_leave}{on_discharge}{attention}{group}{steps}"
        )
    });
    text.prop_map(|text| {
        Workflow::parse(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
        text
    })
}

/// A workflow, and what it may be edited to: the same trigger, other rules and steps.
pub fn edited() -> impl Strategy<Value = (String, String)> {
    trigger().prop_flat_map(|(event, trigger)| (of_event(event, trigger.clone()), of_event(event, trigger)))
}
