//! Workflows that would start one another for ever.

#![expect(clippy::unwrap_used, reason = "a test says what it cannot go on without")]

use std::sync::Arc;

use care::workflow::{Published, Workflow, Workflows};

/// A workflow that waits for something and assigns something.
fn file(trigger: &str, assigns: &str) -> String {
    format!(
        "title = \"T\"\nkind = \"outcomes\"\nfor = \"both\"\ntrigger = {{ {trigger} }}\n[[steps]]\nid = \"s\"\n\
         schedule = \"1 day after\"\ntasks = [{{ assign = \"{assigns}\" }}]\n"
    )
}

fn cycle_of(files: &[(&str, String)]) -> Option<String> {
    let mut all = Workflows::default();
    for (key, text) in files {
        let versions = [(1, Arc::new(Workflow::parse(text).unwrap()))].into();
        all.0.insert((*key).to_owned(), Published { versions, ..Published::default() });
    }
    all.cycle().map(|cycle| cycle.to_string())
}

#[test]
fn two_workflows_that_start_each_other_are_named_with_what_leads_from_one_to_the_other() {
    let said = cycle_of(&[
        ("knee", file("event = \"questionnaire.completed\", instrument = \"pain\"", "questionnaire/knee")),
        ("pain", file("event = \"questionnaire.overdue\", instrument = \"knee\"", "questionnaire/pain")),
        ("begin", file("event = \"encounter.arrived\"", "questionnaire/knee")),
    ]);
    let wanted = "`knee` assigns questionnaire/knee, and questionnaire.overdue starts `pain`; \
                  `pain` assigns questionnaire/pain, and questionnaire.completed starts `knee`; so they would go round for ever";
    assert_eq!(said.as_deref(), Some(wanted));
}

#[test]
fn a_workflow_that_starts_itself_is_a_circle_of_one() {
    let own = file("event = \"questionnaire.overdue\"", "questionnaire/knee");
    assert!(cycle_of(&[("again", own)]).is_some_and(|said| said.starts_with("`again` assigns questionnaire/knee")));
}

#[test]
fn an_instrument_that_is_not_let_through_breaks_the_circle() {
    let chain = [
        ("a", file("event = \"questionnaire.completed\", instrument = \"first\"", "questionnaire/second")),
        ("b", file("event = \"questionnaire.completed\", instrument = \"second\"", "questionnaire/third")),
    ];
    assert_eq!(cycle_of(&chain), None);
}

#[test]
fn each_kind_of_content_leads_on_by_its_own_events_only() {
    for (event, content, goes_round) in [
        ("questionnaire.assigned", "questionnaire/x", true),
        ("recommendation.given", "questionnaire/recommendation", true),
        ("recommendation.given", "questionnaire/x", false),
        ("exercise.assigned", "exercise/x", true),
        ("exercise.assigned", "care-plan/x", false),
        ("exercise.overdue", "exercise/x", true),
        ("exercise.overdue", "questionnaire/x", false),
        ("care_plan.assigned", "care-plan/x", true),
        ("care_plan.completed", "care-plan/x", true),
        ("care_plan.completed", "exercise/x", false),
        ("questionnaire.completed", "education/x", false),
        ("encounter.arrived", "questionnaire/x", false),
    ] {
        let text = file(&format!("event = \"{event}\""), content);
        assert_eq!(cycle_of(&[("w", text)]).is_some(), goes_round, "{event} {content}");
    }
}

#[test]
fn the_workflows_that_ship_do_not_go_round() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../content/workflows");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<(String, String)> = files
        .map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap()))
        .collect();
    assert!(files.len() > 5);
    let named: Vec<(&str, String)> = files.iter().map(|(key, text)| (key.as_str(), text.clone())).collect();
    assert_eq!(cycle_of(&named), None);
}
