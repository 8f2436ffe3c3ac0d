use super::enrolment::{by_hand, nothing_by_hand};
use super::{actions, frame, html, stamp};
use pages::charts::{ContentKind, CoursePlot, CoursePoint, course};
use pages::staff::{
    AddressStop, AnsweredRow, Choice, ConsentLine, Contact, ContactState, CourseCard, Details, Field, LogVisit,
    MergedFrom, NewPatient, OpenTask, PatientList, PatientPage, PatientRow, Pick, PlannedRow, RecordConsent, StopRun,
    ThreadKind, ThreadRow, Visit, VisitState, WhyRow, WhyStep,
};
use pages::{Nav, Reason, Stamp, Verdict};

pub fn pages(name: &str) -> Vec<(&'static str, String)> {
    vec![
        ("patients", html(&list(name, "ri"))),
        ("patients-none", html(&PatientList { rows: vec![], ..list(name, "zz") })),
        ("patients-empty", html(&PatientList { rows: vec![], ..list(name, "") })),
        ("patient", html(&page(name))),
        ("patient-new", html(&page_of_a_new_patient(name))),
        ("details", html(&details(name, None))),
        ("details-refused", html(&details(name, Some("One field needs another look.".to_owned())))),
        ("new-patient", html(&new_patient())),
        ("new-patient-refused", html(&new_patient_refused(name))),
    ]
}

fn list(name: &str, query: &str) -> PatientList {
    let row = |name: &str, next_visit: &str, contact| PatientRow {
        href: "/patients/alma".to_owned(),
        name: name.to_owned(),
        birth_date: "12 June 1977".to_owned(),
        location: "Main Street".to_owned(),
        next_visit: next_visit.to_owned(),
        contact,
    };
    PatientList {
        frame: frame("Patients", Nav::Patients),
        query: query.to_owned(),
        rows: vec![
            row(name, "Thu 6 Mar, 10:00", ContactState::Reachable),
            row("Rivas, Pedro", "", ContactState::NoAddress),
            row("Riddle, June", "Fri 7 Mar, 08:40", ContactState::DoNotContact("asked by phone on 2 March".to_owned())),
            row("Rice, Walter", "Mon 10 Mar, 13:20", ContactState::Unreachable("the email bounced".to_owned())),
        ],
        more: true,
    }
}

fn picks() -> (Pick, Pick, Pick) {
    let state = Pick::of(vec![Choice::new("planned", "Planned"), Choice::new("arrived", "Arrived")], "planned");
    let location = Pick::of(vec![Choice::new("main", "Main Street"), Choice::new("lake", "Lakeside")], "main");
    let visit_type = Pick::of(
        vec![Choice::new("initial_evaluation", "Initial evaluation"), Choice::new("follow_up", "Follow-up")],
        "follow_up",
    );
    (state, location, visit_type)
}

fn log_visit(open: bool) -> LogVisit {
    let (state, location, visit_type) = picks();
    let date = Field { value: String::new(), error: open.then(|| "Give the date of the visit".to_owned()) };
    LogVisit {
        action: "/patients/alma/visits".to_owned(),
        state,
        date,
        time: Field::value("10:00"),
        location,
        visit_type,
        open,
    }
}

fn visit(date: &str, time: &str, visit_type: &str, state: VisitState) -> Visit {
    Visit {
        at: stamp(date, time),
        location: "Main Street".to_owned(),
        visit_type: visit_type.to_owned(),
        practitioner: Some("Ben Ortiz".to_owned()),
        state,
        source: "by the EMR".to_owned(),
        actions: actions("v1", state),
    }
}

fn because(code: &str) -> Option<Reason> {
    Some(Reason::from_code(code, "en"))
}

fn thread_row(kind: ThreadKind, at: Stamp, title: &str) -> ThreadRow {
    ThreadRow { kind, at, title: title.to_owned(), code: None, verdict: None, reason: None, detail: None }
}

fn thread() -> Vec<ThreadRow> {
    use ThreadKind::{Decision, Delivery, Event, Task};
    let today = |time| stamp("Tue 4 March 2025", time);
    let monday = |time| stamp("Mon 3 March 2025", time);
    vec![
        ThreadRow {
            detail: Some("to a•••@example.org, accepted by the mail server".to_owned()),
            ..thread_row(Delivery, today("10:00"), "Email “Your visit on Thursday”")
        },
        ThreadRow {
            verdict: Some(Verdict::Performed),
            code: Some("email-2-days".to_owned()),
            detail: Some("Email “Your visit on Thursday”".to_owned()),
            ..thread_row(Decision, today("10:00"), "Reminder is due")
        },
        ThreadRow {
            detail: Some("by the EMR, received 09:12".to_owned()),
            ..thread_row(Event, today("09:12"), "Visit moved from Wed 5 March 09:20 to Thu 6 March 10:00")
        },
        ThreadRow {
            verdict: Some(Verdict::Cancelled),
            reason: because("anchor_moved"),
            detail: Some("Visit reminder, text-3-hours: was due Wed 5 March 06:20".to_owned()),
            ..thread_row(Decision, today("09:12"), "Reminder planned anew")
        },
        ThreadRow {
            detail: Some("open, due Thu 6 March".to_owned()),
            ..thread_row(Task, monday("10:05"), "Questionnaire “Intake” given")
        },
        ThreadRow {
            verdict: Some(Verdict::NotStarted),
            reason: because("not_in_group"),
            detail: Some("Birthday: opted in to greetings is no".to_owned()),
            ..thread_row(Decision, monday("10:04"), "Birthday looked at")
        },
        ThreadRow {
            at: Stamp { zone: Some("Phoenix".to_owned()), ..monday("10:04") },
            ..thread_row(Event, monday("10:04"), "Initial evaluation booked for Wed 5 March 09:20")
        },
    ]
}

fn why() -> Vec<WhyRow> {
    let row = |workflow: &str, verdict, code: Option<&str>, detail: Option<&str>, steps| WhyRow {
        workflow: workflow.to_owned(),
        href: "/workflows/x".to_owned(),
        verdict,
        reason: code.and_then(because),
        detail: detail.map(str::to_owned),
        steps,
        more: usize::from(verdict == Verdict::Running) * 2,
        stop: (verdict == Verdict::Running).then(stop_run),
    };
    let step = |step: &str, due, verdict, code: Option<&str>| WhyStep {
        title: "Email “Your visit”".to_owned(),
        step: step.to_owned(),
        due,
        verdict,
        reason: code.and_then(because),
    };
    let reminder = vec![
        step("email-2-days", Some(stamp("Tue 4 Mar", "10:00")), Verdict::Performed, None),
        step("text-3-hours", Some(stamp("Thu 6 Mar", "08:00")), Verdict::Skipped, Some("no_consent")),
    ];
    vec![
        row("Visit reminder", Verdict::Running, None, None, reminder),
        row(
            "Intake and qualification",
            Verdict::Running,
            None,
            None,
            vec![step("nudge", Some(stamp("Tue 4 Mar", "10:00")), Verdict::Deferred, Some("attention_budget"))],
        ),
        row(
            "Birthday",
            Verdict::NotStarted,
            Some("not_in_group"),
            Some("opted in to greetings is no, needs yes"),
            vec![],
        ),
        row(
            "Recommendation",
            Verdict::NotStarted,
            Some("workflow_inactive"),
            Some("switched off on 1 March by Ben Ortiz"),
            vec![],
        ),
    ]
}

fn stop_run() -> StopRun {
    StopRun { action: "/patients/alma/why/visit-reminder/stop".to_owned(), run: "r1".to_owned() }
}

fn record_consent() -> RecordConsent {
    let pick = |choices: &[(&str, &str)]| {
        Pick::of(choices.iter().map(|(value, label)| Choice::new(value, label)).collect(), "")
    };
    RecordConsent {
        action: "/patients/alma/consents".to_owned(),
        channel: pick(&[("email", "Email"), ("text", "Text")]),
        category: pick(&[("care", "Care"), ("feedback", "Feedback")]),
        given: pick(&[("yes", "Yes"), ("no", "No")]),
        said_by: pick(&[("patient", "The patient"), ("guardian", "The guardian")]),
    }
}

fn planned(due: Stamp, workflow: &str, step: &str, kind: ContentKind, content: &str, note: &str) -> PlannedRow {
    PlannedRow {
        due,
        workflow: workflow.to_owned(),
        step: step.to_owned(),
        kind,
        content: content.to_owned(),
        note: note.to_owned(),
    }
}

fn page(name: &str) -> PatientPage {
    let contact = |kind, address: &str, note: &str| Contact {
        kind,
        address: address.to_owned(),
        note: note.to_owned(),
        of_guardian: false,
        stop: Some(AddressStop { action: "/patients/alma/stops/text".to_owned(), stands: !note.is_empty() }),
    };
    PatientPage {
        frame: frame(name, Nav::Patients),
        name: name.to_owned(),
        age: "47 years, born 12 June 1977".to_owned(),
        language: "English".to_owned(),
        location: "Main Street".to_owned(),
        episode: "knee, right, since 3 March 2025".to_owned(),
        contact: ContactState::DoNotContact("asked by phone on 2 March".to_owned()),
        contacts: vec![
            contact(ContentKind::Email, "alma.rivera@example.org", ""),
            contact(ContentKind::Text, "+1 303 555 0123", "STOP on 1 March"),
        ],
        guardian: "Maria Rivera answers for the patient".to_owned(),
        details_href: "/patients/alma/details".to_owned(),
        give_href: "/patients/alma/assignments/new".to_owned(),
        courses: vec![course_card()],
        consents: vec![ConsentLine {
            about: "Text, feedback".to_owned(),
            yes: true,
            detail: "said by the patient, recorded by hand on 2 March 2025".to_owned(),
        }],
        record_consent: record_consent(),
        open_tasks: vec![OpenTask {
            title: "Intake".to_owned(),
            given: stamp("Mon 3 Mar", "10:05"),
            detail: "by Intake and qualification, due Thu 6 March".to_owned(),
            withdraw: Some("/patients/alma/assignments/a1/withdrawal".to_owned()),
            answer: Some("/patients/alma/forms/a1".to_owned()),
        }],
        answered: vec![AnsweredRow {
            title: "Pain now".to_owned(),
            at: stamp("Tue 4 Mar", "09:30"),
            detail: "by Ben Ortiz, corrected once".to_owned(),
            href: "/patients/alma/forms/a2".to_owned(),
        }],
        visits: vec![
            visit("Thu 6 Mar 2025", "10:00", "Initial evaluation", VisitState::Planned),
            visit("Mon 10 Mar 2025", "10:00", "Follow-up", VisitState::Planned),
            visit("Fri 28 Feb 2025", "08:40", "Initial evaluation", VisitState::Cancelled),
            visit("Thu 20 Feb 2025", "08:40", "Initial evaluation", VisitState::NoShow),
        ],
        log_visit: log_visit(false),
        by_hand: by_hand(false),
        plan: vec![
            planned(
                stamp("Thu 6 Mar", "07:30"),
                "Intake and qualification",
                "desk",
                ContentKind::Team,
                "Hand over the tablet",
                "only if the form is open",
            ),
            planned(
                stamp("Sat 8 Mar", "10:00"),
                "Visit reminder",
                "email-2-days",
                ContentKind::Email,
                "Your visit on Monday",
                "",
            ),
            planned(
                stamp("Mon 10 Mar", "07:00"),
                "Visit reminder",
                "text-3-hours",
                ContentKind::Text,
                "See you today",
                "moves to 08:00, quiet hours",
            ),
        ],
        why: why(),
        thread: thread(),
        merged: vec![MergedFrom {
            words: format!("Merged from {name} on 3 March 2025 by the EMR"),
            action: "/patients/1/merge/2".to_owned(),
        }],
        may_unmerge: true,
        merge_href: "/patients/1/merge".to_owned(),
    }
}

fn course_card() -> CourseCard {
    let point = |day, score, date: &str| CoursePoint { day, score, date: date.to_owned() };
    let points = vec![point(0, 52.5, "3 Mar"), point(30, 70.7, "2 Apr")];
    let plot = CoursePlot { points, low: 0.0, high: 100.0, matters: Some((68.5, 100.0)) };
    CourseCard {
        title: "Your knee".to_owned(),
        plot: course(&plot, "Your knee: scores over time"),
        baseline: Some("52.5 on 3 March 2025".to_owned()),
        latest: Some("70.7 on 2 April 2025".to_owned()),
        change: Some("+18.2 in 30 days: better".to_owned()),
        matters: Some(true),
        answered: "2 of 3 answered".to_owned(),
        band: None,
    }
}

fn page_of_a_new_patient(name: &str) -> PatientPage {
    PatientPage {
        contact: ContactState::NoAddress,
        contacts: vec![],
        guardian: String::new(),
        consents: vec![],
        open_tasks: vec![],
        answered: vec![],
        courses: vec![],
        episode: String::new(),
        visits: vec![],
        log_visit: log_visit(true),
        by_hand: nothing_by_hand(),
        plan: vec![],
        why: vec![],
        thread: vec![],
        merged: vec![],
        ..page(name)
    }
}

fn new_patient() -> NewPatient {
    let (_, location, _) = picks();
    let pick = |choices: &[(&str, &str)]| {
        Pick::of(choices.iter().map(|(value, label)| Choice::new(value, label)).collect(), "")
    };
    NewPatient {
        frame: frame("New patient", Nav::Patients),
        error: None,
        given: Field::default(),
        family: Field::default(),
        birth_date: Field::default(),
        sex: pick(&[("unknown", "Not known"), ("female", "Female"), ("male", "Male"), ("other", "Other")]),
        language: pick(&[("en", "English"), ("es", "Spanish")]),
        zone: Field::default(),
        email: Field::default(),
        mobile: Field::default(),
        location,
        send_invite: true,
    }
}

fn new_patient_refused(name: &str) -> NewPatient {
    NewPatient {
        error: Some("Two fields need another look.".to_owned()),
        given: Field::value(name),
        birth_date: Field::wrong("3025-01-01", "The birth date lies in the future. Write it as 1977-06-12"),
        email: Field::wrong("alma@", "This is not an email address. Write it like name@example.org"),
        ..new_patient()
    }
}

fn details(name: &str, error: Option<String>) -> Details {
    let mobile = match error {
        Some(_) => Field::wrong("123", "This is not a mobile number. Write it like +1 303 555 0123"),
        None => Field::value("+1 303 555 0177"),
    };
    Details {
        frame: frame("Edit details", Nav::Patients),
        patient: name.to_owned(),
        patient_href: "/patients/alma".to_owned(),
        error,
        language: Pick::of(vec![Choice::new("en", "English"), Choice::new("es", "Spanish")], "es"),
        zone: Field::value("America/Phoenix"),
        do_not_contact: Field::default(),
        guardian_name: Field::value("Maria Rivera"),
        guardian_email: Field::default(),
        guardian_mobile: mobile,
    }
}
