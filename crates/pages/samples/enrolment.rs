//! Patients put on a workflow by hand: one, and a list.

use pages::staff::{
    ByHand, Choice, ClauseRow, Counted, Enrol, Enrolled, EnrolmentList, EnrolmentListLine, Field, Member, Pick,
};
use pages::{Nav, Reason};

use super::{frame, html, stamp};

const LIST: &str = "019caf10-3180-7c97-bab8-5ef52e919f54";

pub fn pages(name: &str) -> Vec<(&'static str, String)> {
    let count = |patients| Enrol { counted: Some(counted(name, patients)), ..enrol() };
    let refused =
        Counted { barred: Some("The workflow is switched off. Switch it on, then enrol.".into()), ..counted(name, 1) };
    let wrong = "The list has changed since it was counted: look at it again.";
    vec![
        ("enrol", html(&Enrol { earlier: vec![], ..enrol() })),
        ("enrol-counted", html(&count(34))),
        ("enrol-nobody", html(&count(0))),
        ("enrol-barred", html(&Enrol { problem: Some(wrong.into()), counted: Some(refused), ..enrol() })),
        ("enrolment-under-way", html(&list(Some((50, 134))))),
        ("enrolment-done", html(&list(None))),
    ]
}

pub fn by_hand(open: bool) -> ByHand {
    let row = |workflow: &str, end: Option<&str>| Enrolled {
        workflow: workflow.into(),
        href: "/workflows/check-in-call".into(),
        at: stamp("Mon 3 Mar 2025", "16:20"),
        moment: stamp("Thu 6 Mar 2025", "10:00"),
        end: end.map(str::to_owned),
    };
    let date = Field { value: "2025-03-06".into(), error: open.then(|| "This is years away. Check the year".into()) };
    ByHand {
        action: "/patients/alma/enrolments".into(),
        workflow: Pick::of(vec![Choice::new("check-in-call", "Check-in call")], ""),
        date,
        time: Field::value("10:00"),
        zone: "Denver time".into(),
        open,
        rows: vec![row("Check-in call", Some("/patients/alma/enrolments/e1/end")), row("Therapeutic monitoring", None)],
    }
}

/// A clinic without a workflow that staff could start.
pub fn nothing_by_hand() -> ByHand {
    ByHand { workflow: Pick::default(), rows: vec![], ..by_hand(false) }
}

fn enrol() -> Enrol {
    let fields = || vec![Choice::new("", "Nothing"), Choice::new("age", "age"), Choice::new("tags", "tags")];
    let ops = || vec![Choice::new(">=", "is at least"), Choice::new("has", "include")];
    let clause = |number, field: &str, op: &str, value| ClauseRow {
        number,
        field: Pick::of(fields(), field),
        op: Pick::of(ops(), op),
        value,
    };
    Enrol {
        frame: frame("Enrol a list", Nav::Workflows),
        id: "check-in-call".into(),
        title: "Check-in call".into(),
        problem: None,
        join: Pick::of(vec![Choice::new("all", "all conditions hold"), Choice::new("any", "any holds")], "all"),
        clauses: vec![
            clause(1, "age", ">=", Field::wrong("old", "Write a number")),
            clause(2, "tags", "has", Field::value("knee")),
        ],
        location: Pick::of(vec![Choice::new("", "Any"), Choice::new("main", "Main Street")], "main"),
        address: true,
        counted: None,
        earlier: vec![EnrolmentListLine {
            href: format!("/workflows/check-in-call/enrolments/{LIST}"),
            at: stamp("Mon 3 Mar 2025", "09:12"),
            filter: "age is at least 65 and location is Main Street".into(),
            patients: 134,
            class: "good",
            state: "Enrolled",
        }],
    }
}

fn counted(name: &str, patients: usize) -> Counted {
    let member = |_| Member { name: name.to_owned(), href: "/patients/alma".into() };
    Counted {
        filter: "age is at least 65 and location is Main Street".into(),
        patients,
        notes: vec!["2 have neither email nor mobile number.".into(), "1 is on this workflow already.".into()],
        first: (0..patients.min(20)).map(member).collect(),
        hidden: vec![("members".into(), format!("{patients}-0a1b"))],
        date: Field::value("2025-03-06"),
        time: Field::wrong("ten", "Write the time as 10:00"),
        zone: "Denver time".into(),
        barred: None,
    }
}

fn list(progress: Option<(usize, usize)>) -> EnrolmentList {
    let passed = |code, many| (Reason::from_code(code, "en"), many);
    EnrolmentList {
        frame: frame("Enrolled", Nav::Workflows),
        id: "check-in-call".into(),
        list: LIST.into(),
        title: "Check-in call".into(),
        filter: "age is at least 65 and location is Main Street".into(),
        at: stamp("Tue 4 Mar 2025", "09:12"),
        by: "Ben Ortiz".into(),
        moment: stamp("Thu 6 Mar 2025", "10:00"),
        class: if progress.is_some() { "wait" } else { "good" },
        state: if progress.is_some() { "Enrolling" } else { "Enrolled" },
        patients: 134,
        progress,
        failed: progress.is_none().then_some(120),
        enrolled: 134,
        began: 131,
        under_way: 131,
        passed: vec![passed("not_in_group", 2), passed("do_not_contact", 1)],
        may_stop: true,
    }
}
