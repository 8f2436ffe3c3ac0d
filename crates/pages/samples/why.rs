use super::{frame, html, stamp};
use pages::staff::{Check, Given, Recorded, StopRun, Try, WhyDelivery, WhyEvent, WhyPage, WhyPlanned, WhyRun};
use pages::{Nav, Reason, Stamp, Verdict};

pub fn pages(name: &str) -> Vec<(&'static str, String)> {
    vec![
        ("why", html(&page(name, "en"))),
        ("why-es", html(&page(name, "es"))),
        ("why-nothing", html(&WhyPage { events: vec![], ..page(name, "en") })),
    ]
}

fn page(name: &str, language: &'static str) -> WhyPage {
    let heading = format!("Why {name} did, or did not, get Visit reminder");
    WhyPage {
        frame: frame(&heading, Nav::Patients),
        heading,
        patient: name.to_owned(),
        patient_href: "/patients/alma".to_owned(),
        workflow: "Visit reminder".to_owned(),
        workflow_href: "/workflows/visit-reminder".to_owned(),
        language,
        as_of: "Tue 4 March 2025, 09:40".to_owned(),
        history: vec!["On since Sat 1 Mar, 08:00".to_owned(), "Off from Mon 3 Feb to Sat 1 Mar".to_owned()],
        trigger: "Visit day planned".to_owned(),
        group: "age is at least 18".to_owned(),
        nothing: "Nothing of this kind has happened: no “visit day planned” so far.".to_owned(),
        events: vec![moved(language), passed(language)],
    }
}

fn because(code: &str, language: &str) -> Option<Reason> {
    Some(Reason::from_code(code, language))
}

fn check(question: &str, holds: bool, saw: &str) -> Check {
    Check { question: question.to_owned(), holds, saw: saw.to_owned() }
}

fn recorded(at: Stamp, verdict: Verdict, reason: Option<Reason>, detail: &str) -> Recorded {
    Recorded { at, verdict, reason, detail: Some(detail.to_owned()).filter(|d| !d.is_empty()) }
}

fn event(title: &str, holds: bool) -> WhyEvent {
    WhyEvent {
        title: title.to_owned(),
        happened: stamp("Mon 3 Mar 2025", "10:04"),
        heard: Some(stamp("Mon 3 Mar 2025", "10:05")),
        gone: false,
        was_on: check("", true, "on since Sat 1 Mar, 08:00"),
        then: vec![],
        now: vec![
            check("Used at this location", true, "Main Street"),
            check("The filter lets it through", true, ""),
            check("It still counts", true, ""),
        ],
        clauses: vec![check("Group: age is at least 18", holds, "it is 47")],
        run: None,
    }
}

fn moved(language: &str) -> WhyEvent {
    let step = WhyPlanned {
        title: "Email “Visit reminder”".to_owned(),
        id: "two-days-before".to_owned(),
        due: stamp("Tue 4 Mar 2025", "10:00"),
        sum: Some("2 days before at 10:00, counted from 2025-03-06 10:00 (America/Denver)".to_owned()),
        verdict: Verdict::NotSent,
        reason: because("refused_by_gateway", language),
        recorded: vec![
            recorded(stamp("Mon 3 Mar 2025", "10:05"), Verdict::Planned, None, "2 days before at 10:00"),
            recorded(stamp("Tue 4 Mar 2025", "10:00"), Verdict::Performed, None, "Visit reminder by email"),
        ],
        deliveries: vec![WhyDelivery {
            title: "Email “Visit reminder” to alma@example.org".to_owned(),
            verdict: Verdict::NotSent,
            reason: because("refused_by_gateway", language),
            tries: vec![Try {
                at: stamp("Tue 4 Mar 2025", "10:00"),
                outcome: "refused".to_owned(),
                reply: "550 5.1.1 <alma@example.org> user unknown".to_owned(),
            }],
        }],
    };
    let run = WhyRun {
        version: "2".to_owned(),
        started: stamp("Mon 3 Mar 2025", "10:05"),
        verdict: Verdict::Running,
        ended: None,
        stop: Some(StopRun { action: "/patients/alma/why/visit-reminder/stop".to_owned(), run: "r1".to_owned() }),
        steps: vec![step],
        given: vec![Given {
            title: "Intake".to_owned(),
            state: "open".to_owned(),
            withdraw: Some("/patients/alma/assignments/a1/withdrawal".to_owned()),
        }],
    };
    WhyEvent { run: Some(run), ..event("Visit day planned: Thu 6 Mar, 10:00", true) }
}

fn passed(language: &str) -> WhyEvent {
    let then = vec![recorded(
        stamp("Mon 3 Mar 2025", "10:05"),
        Verdict::NotStarted,
        because("not_in_group", language),
        "needs age >= 18; it is 16",
    )];
    WhyEvent { then, gone: true, ..event("Visit day planned: Fri 7 Mar, 10:00", false) }
}
