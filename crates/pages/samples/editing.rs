//! A workflow edited, published and switched on.

use pages::Nav;
use pages::staff::{
    ActivationPage, Choice, Counting, Cover, EditWorkflow, EffectChoice, EffectRow, ExampleRow, Field, Findings,
    PublishWorkflow,
};

use super::{frame, html, stamp};

const TEXT: &str = "title = \"Visit reminder\"\nkind = \"engagement\"\nfor = \"both\"\n\
trigger = { event = \"visit_day.planned\" }\n\n[[steps]]\nid = \"two-days-before\"\n\
schedule = \"2 days before at 10:00\"\ntasks = [{ send = \"email\", template = \"message/visit-reminder\" }]\n";

pub fn pages(name: &str) -> Vec<(&'static str, String)> {
    let bad = Findings {
        problem: Some("line 2, `kind`: `engagment` is not a kind of workflow; allowed: engagement outcomes".to_owned()),
        examples: vec![],
    };
    let example = |name: &str, unmet: &[&str]| ExampleRow {
        name: name.to_owned(),
        unmet: unmet.iter().map(|line| (*line).to_owned()).collect(),
    };
    let failing = Findings {
        problem: None,
        examples: vec![
            example("The reminder goes out two days before", &[]),
            example(
                &format!("{name} is reminded once"),
                &["[[then]] number 1: no decision agrees: step = \"again\", verdict = \"performed\""],
            ),
        ],
    };
    let fine = Findings { problem: None, examples: vec![example("The reminder goes out two days before", &[])] };
    vec![
        ("workflow-edit", html(&edit(None))),
        ("workflow-edit-wrong", html(&edit(Some(bad)))),
        ("workflow-edit-failing", html(&edit(Some(failing)))),
        ("workflow-edit-fine", html(&edit(Some(fine)))),
        ("workflow-create", html(&create())),
        ("workflow-publish", html(&publish(true))),
        ("workflow-publish-plain", html(&publish(false))),
        ("activation", html(&activation(false))),
        ("activation-off", html(&activation(true))),
        ("workflow-publish-counting", html(&counting(Counting::Running { done: 400, of: 1200 }))),
        ("workflow-publish-stale", html(&counting(Counting::Stale))),
        ("workflow-publish-failed", html(&counting(Counting::Failed))),
    ]
}

fn edit(findings: Option<Findings>) -> EditWorkflow {
    EditWorkflow {
        frame: frame("Edit Visit reminder", Nav::Workflows),
        key: Some("visit-reminder".to_owned()),
        key_field: Field::default(),
        title: "Visit reminder".to_owned(),
        base: 2,
        shipped: findings.is_none(),
        text: TEXT.to_owned(),
        findings,
    }
}

fn create() -> EditWorkflow {
    EditWorkflow {
        key: None,
        key_field: Field::wrong("Visit reminder", "Write the key with lower-case letters, digits and hyphens."),
        title: String::new(),
        base: 0,
        shipped: false,
        ..edit(None)
    }
}

fn row(step: &str, counts: [usize; 6], due: &str) -> EffectRow {
    let [stay, move_to, new, now, late, dropped] = counts;
    EffectRow {
        step: step.to_owned(),
        stay,
        move_to,
        new,
        now,
        late,
        dropped,
        due: due.to_owned(),
        ..Default::default()
    }
}

fn choice(code: &'static str, label: &'static str, about: &str, rows: Vec<EffectRow>) -> EffectChoice {
    EffectChoice { code, label, about: about.to_owned(), rows, chosen: code == "stay" }
}

fn publish(in_flight: bool) -> PublishWorkflow {
    let moved = vec![
        row("two-days-before", [2, 9, 0, 1, 2, 0], "between Tue 4 Mar, 10:00 and Fri 21 Mar, 10:00"),
        row("three-hours-before", [0, 0, 0, 0, 0, 14], ""),
        EffectRow { not_repeated: 3, ..row("welcome", [0; 6], "") },
    ];
    let choices = vec![
        choice(
            "stay",
            "They stay with their version",
            "14 runs end as they began.",
            vec![row("two-days-before", [14, 0, 0, 0, 0, 0], "")],
        ),
        choice(
            "move",
            "They move to the new version",
            "Steps are matched by their id. What was given is not given again.",
            moved,
        ),
        choice(
            "stop",
            "They stop",
            "14 runs end. 2 messages that have not gone out are withdrawn.",
            vec![row("two-days-before", [0, 0, 0, 0, 0, 14], "")],
        ),
    ];
    PublishWorkflow {
        frame: frame("Publish version 3 of Visit reminder", Nav::Workflows),
        key: "visit-reminder".to_owned(),
        title: "Visit reminder".to_owned(),
        version: 3,
        text: TEXT.to_owned(),
        preview: "p1".to_owned(),
        counting: counted(),
        runs: if in_flight { "14 runs are in flight, 14 of them with steps to come." } else { "No run is in flight." }
            .to_owned(),
        is_active: in_flight,
        choices: if in_flight { choices } else { vec![] },
    }
}

fn counted() -> Counting {
    Counting::Done { at: stamp("Mon 3 Mar 2025", "09:12"), patients: 1200 }
}

fn counting(counting: Counting) -> PublishWorkflow {
    PublishWorkflow { counting, runs: String::new(), ..publish(false) }
}

fn activation(is_active: bool) -> ActivationPage {
    let place = |value: &str, label: &str, chosen| Choice { chosen, ..Choice::new(value, label) };
    let cover = Cover {
        chosen: true,
        runs: "14 runs would begin for visits that are already booked.".to_owned(),
        messages: vec!["12 by email".to_owned(), "3 by text".to_owned()],
        rows: vec![row("two-days-before", [0, 0, 12, 1, 1, 0], "between Wed 5 Mar, 10:00 and Fri 21 Mar, 10:00")],
    };
    ActivationPage {
        frame: frame("Switch on Visit reminder", Nav::Workflows),
        key: "visit-reminder".to_owned(),
        title: "Visit reminder".to_owned(),
        preview: "p1".to_owned(),
        counting: counted(),
        is_active,
        waits: "5 planned steps wait.".to_owned(),
        rows: if is_active { vec![] } else { vec![row("two-days-before", [3, 0, 0, 1, 1, 0], "")] },
        since: Some("8 events of its kind came since it was switched off. They start nothing.".to_owned()),
        covers: false,
        cover: (!is_active).then_some(cover),
        locations: if is_active {
            vec![]
        } else {
            vec![place("l1", "Main Street", true), place("l2", "Lakeside", false)]
        },
        error: None,
    }
}
