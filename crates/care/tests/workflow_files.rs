//! What a workflow file that is not right is told: the line, the key, and what is allowed.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says what it cannot go on without")]

use care::workflow::{FileError, Workflow};

const GOOD: &str = r#"title = "Visit reminder"
kind = "engagement"
for = "both"
priority = 8
group = { all = [{ field = "age", op = ">=", value = 18 }] }
trigger = { event = "encounter.planned" }

[[steps]]
id = "two-days-before"
schedule = "2 days before at 10:00"
tasks = [{ send = "email", template = "message/reminder" }]

[[steps]]
id = "after"
schedule = "1 day after"
late = "skip"
tasks = [
  { send = "text", template = "message/after" },
  { assign = "questionnaire/after", via = ["email"], template = "message/form" },
]
"#;

/// The error of the good file with one thing in it replaced.
fn error(old: &str, new: &str) -> FileError {
    assert_eq!(GOOD.matches(old).count(), 1, "{old} should stand once in the file");
    match Workflow::parse(&GOOD.replace(old, new)) {
        Ok(_) => panic!("{new} was accepted"),
        Err(e) => e,
    }
}

fn line_of(text: &str) -> usize {
    1 + GOOD.lines().position(|l| l.contains(text)).unwrap()
}

/// The error stands at the line that holds `place`, names `key`, and its message holds each of `words`.
#[track_caller]
fn says(e: FileError, place: &str, key: &str, words: &[&str]) {
    assert_eq!(e.line, line_of(place), "{e}");
    assert_eq!(e.key.as_deref(), Some(key), "{e}");
    for word in words {
        assert!(e.message.contains(word), "`{word}` is missing: {e}");
    }
    assert!(e.to_string().starts_with(&format!("line {}, `{key}`: ", e.line)), "{e}");
}

#[test]
fn the_good_file_is_good() {
    let workflow = Workflow::parse(GOOD).unwrap();
    assert_eq!((workflow.steps.len(), workflow.priority), (2, 8));
}

#[test]
fn a_task_may_call_a_webhook_and_nothing_else_may_stand_beside_it() {
    let called =
        GOOD.replace(r#"{ send = "email", template = "message/reminder" }"#, r#"{ call = "webhook/registry" }"#);
    let task = &Workflow::parse(&called).unwrap().steps[0].tasks[0];
    assert_eq!(task.message().and_then(|m| m.webhook()), Some("registry"));
    assert!(task.only_sends() && task.to_patient().is_none());
    let old = r#"{ send = "email", template = "message/reminder" }"#;
    for nameless in ["registry", "webhook/", "webhook/Registry", "webhook/a b", "webhook/../x"] {
        let e = error(old, &format!("{{ call = \"{nameless}\" }}"));
        says(e, "message/reminder", "tasks", &["names no webhook"]);
    }
    let both = error(old, r#"{ call = "webhook/registry", template = "message/reminder" }"#);
    says(both, "message/reminder", "tasks", &["{ call = \"webhook/...\" }"]);
    let channel = error(old, r#"{ send = "webhook", template = "message/reminder" }"#);
    says(channel, "message/reminder", "tasks", &["`webhook` is not a channel: email, text"]);
}

#[test]
fn an_unknown_key_is_named_with_those_that_exist() {
    let e = error("priority = 8", "prority = 8");
    says(e, "priority", "prority", &["prority", "`priority`", "`trigger`"]);
}

#[test]
fn an_unknown_key_of_a_step_is_named_with_those_that_exist() {
    let e = error("late = \"skip\"", "lated = \"skip\"");
    says(e, "late = \"skip\"", "lated", &["lated", "`late`", "`on_move`"]);
}

#[test]
fn a_schedule_that_cannot_be_read_says_what_could_be() {
    let e = error("1 day after", "1 fortnight after");
    says(e, "1 day after", "schedule", &["fortnight", "`hours`, `days`, `weeks` or `months`"]);
}

#[test]
fn an_event_that_does_not_exist_is_answered_with_the_list() {
    let e = error("encounter.planned", "encounter.booked");
    says(e, "trigger", "trigger", &["`encounter.booked` is not an event", "encounter.planned", "patient.registered"]);
}

#[test]
fn an_operator_that_does_not_exist_is_answered_with_the_list() {
    let e = error("\">=\"", "\"=>\"");
    says(e, "group", "group", &["`=>` is not an operator", ">=", "has"]);
}

#[test]
fn a_field_that_does_not_exist_is_answered_with_the_list() {
    let e = error("\"age\"", "\"shoe_size\"");
    says(e, "group", "group", &["`shoe_size` is not a field", "visits_booked"]);
}

#[test]
fn a_value_that_no_field_could_have_is_refused() {
    let e = error("value = 18", "value = \"eighteen\"");
    says(e, "group", "group", &["`age` takes a number"]);
}

#[test]
fn a_step_id_stands_once() {
    let e = error("\"after\"", "\"two-days-before\"");
    says(e, "id = \"after\"", "id", &["`two-days-before`", "twice"]);
}

#[test]
fn a_step_has_an_id() {
    says(error("\"after\"", "\"\""), "id = \"after\"", "id", &["empty"]);
    let e = error("id = \"after\"\n", "");
    assert_eq!(e.line, line_of("id = \"after\"") - 1, "{e}");
    assert!(e.message.contains("missing field `id`"), "{e}");
}

#[test]
fn nothing_comes_before_an_arrival() {
    let e = error("encounter.planned", "encounter.arrived");
    says(e, "2 days before", "schedule", &["before `encounter.arrived`", "only when it happens", "after"]);
}

#[test]
fn a_repetition_has_an_end() {
    let e = error("1 day after", "1 day after every 2 days");
    says(e, "1 day after", "schedule", &["without an end", "up to K times", "until"]);
}

#[test]
fn goals_are_an_end_of_a_repetition() {
    let text =
        GOOD.replace("late = \"skip\"", "until = [\"registered\"]").replace("1 day after", "1 day after every 2 days");
    assert!(Workflow::parse(&text).is_ok());
}

#[test]
fn a_priority_is_0_to_9() {
    says(error("priority = 8", "priority = 12"), "priority", "priority", &["12", "0 to 9"]);
    says(error("priority = 8", "priority = 1200"), "priority", "priority", &["1200", "0 to 9"]);
    says(error("priority = 8", "priority = -1"), "priority", "priority", &["-1", "0 to 9"]);
    says(error("priority = 8", "priority = \"high\""), "priority", "priority", &["high", "0 to 9"]);
}

#[test]
fn a_late_rule_is_one_of_four() {
    let e = error("\"skip\"", "\"never\"");
    says(e, "late = \"skip\"", "late", &["`never`", "skip", "collapse", "send until anchor"]);
}

#[test]
fn words_of_the_head_are_answered_with_those_allowed() {
    says(error("\"engagement\"", "\"campaign\""), "kind", "kind", &["`campaign`", "engagement outcomes monitoring"]);
    says(error("\"both\"", "\"everyone\""), "for", "for", &["`everyone`", "emr no-emr both"]);
}

#[test]
fn a_task_that_is_not_one_points_at_its_line() {
    let e = error("{ send = \"email\", template", "{ post = \"email\", template");
    says(e, "\"message/reminder\"", "tasks", &["post", "send", "assign"]);
    let e = error("{ send = \"text\",", "{ send = \"pigeon\",");
    says(e, "\"message/after\"", "tasks", &["`pigeon` is not a channel: email, text"]);
    let e = error("questionnaire/after", "quiz/after");
    says(e, "questionnaire/after", "tasks", &["questionnaire/", "education/"]);
}

#[test]
fn a_goal_in_a_list_of_its_own_line_points_at_that_line() {
    let text = GOOD.replace("late = \"skip\"", "until = [\n  \"registered\",\n  \"happy\",\n]");
    let e = Workflow::parse(&text).unwrap_err();
    assert_eq!((e.line, e.key.as_deref()), (line_of("late = \"skip\"") + 2, Some("until")), "{e}");
    assert!(e.message.contains("`happy` is not a goal; allowed: registered"), "{e}");
}

#[test]
fn what_is_missing_is_named() {
    let e = error("title = \"Visit reminder\"\n", "");
    assert!(e.message.contains("missing field `title`"), "{e}");
    assert_eq!(e.line, 1, "{e}");
    let at_steps = GOOD.find("[[steps]]").unwrap();
    let e = Workflow::parse(&GOOD[..at_steps]).unwrap_err();
    assert!(e.message.contains("[[steps]]"), "{e}");
}

#[test]
fn text_that_is_not_toml_is_told_where() {
    let e = error("for = \"both\"", "for = both");
    assert_eq!((e.line, e.key.as_deref()), (line_of("for = "), Some("for")), "{e}");
}

#[test]
fn an_equals_sign_in_a_comment_is_no_key() {
    let e =
        Workflow::parse(&GOOD.replace("[[steps]]\nid = \"after\"", "[[steps]] # step = two\nid = \"\"")).unwrap_err();
    assert_eq!((e.line, e.key.as_deref()), (line_of("id = \"after\""), Some("id")), "{e}");
}

#[test]
fn every_workflow_of_the_content_can_be_read() {
    let folder = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../content/workflows"));
    let mut read = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "toml") {
            let workflow = Workflow::parse(&std::fs::read_to_string(&path).unwrap());
            assert!(workflow.is_ok(), "{}: {}", path.display(), workflow.unwrap_err());
            read += 1;
        }
    }
    assert!(read >= 7, "only {read} workflows found");
}
