//! The outcomes of all open episodes, and who is on call.

use pages::Nav;
use pages::charts::{Leap, Standing, leap, shares};
use pages::patient::Language;
use pages::patient::portal::Crisis;
use pages::staff::{Choice, DayHours, Field, OnCallLine, OnCallPage, OutcomeBar, OutcomeRow, OutcomesPage, Pick};

use super::{frame, html, patient_frame, stamp};

pub fn pages(name: &str) -> Vec<(&'static str, String)> {
    let nobody = OnCallPage { stands: false, is_on: false, history: vec![], ..on_call(name) };
    let wrong = OnCallPage {
        cover: Pick { error: Some("Choose a person.".into()), ..people(name) },
        crisis_en: Field::wrong("", "Write what the patient is to read, with a number to call."),
        hours_error: Some("Tuesday has only one of its two times: fill in both, or neither.".into()),
        ..on_call(name)
    };
    let words = vec!["Call or text 988 now, day and night.".to_owned(), "We call you today.".to_owned()];
    vec![
        ("outcomes", html(&outcomes(name))),
        (
            "outcomes-none-fits",
            html(&OutcomesPage { bars: vec![], rows: vec![], next: None, narrowed: true, ..outcomes(name) }),
        ),
        ("outcomes-empty", html(&OutcomesPage { bars: vec![], rows: vec![], next: None, ..outcomes(name) })),
        ("on-call", html(&on_call(name))),
        ("on-call-nobody", html(&nobody)),
        ("on-call-wrong", html(&wrong)),
        ("on-call-seen", html(&OnCallPage { may_change: false, ..on_call(name) })),
        ("crisis", html(&Crisis { frame: patient_frame(Language::English), words, on: "/p/forms/a/answers".into() })),
    ]
}

fn pick(all: &str, other: &str) -> Pick {
    Pick::of(vec![Choice::new("", all), Choice::new("1", other)], "")
}

fn outcomes(name: &str) -> OutcomesPage {
    let bar = |title: &str, counts: [i64; 5]| {
        let parts: Vec<_> = Standing::ALL.into_iter().zip(counts).collect();
        OutcomeBar {
            title: title.to_owned(),
            href: "/outcomes?form=questionnaire/koos-jr".into(),
            plot: shares(&parts, title),
            words: "3 fails to progress, 5 a gain that matters".into(),
            answered: "41 of 52 answered, 78 %".into(),
        }
    };
    let standings = Standing::ALL.into_iter().enumerate();
    OutcomesPage {
        frame: frame("Outcomes", Nav::Outcomes),
        location: pick("All locations", "Main Street"),
        practitioner: pick("Everybody", name),
        region: pick("All regions", "Knee"),
        form: pick("All forms", "Knee"),
        bars: vec![bar("Knee", [3, 2, 6, 5, 1]), bar("Pain now", [0, 4, 1, 40, 0])],
        narrowed: false,
        rows: standings.map(|(nth, standing)| row(name, nth, standing)).collect(),
        next: Some("/outcomes?page=2".into()),
        before: None,
    }
}

fn row(name: &str, nth: usize, standing: Standing) -> OutcomeRow {
    let latest = [Some(44.0), None, Some(58.0), Some(80.0), None][nth];
    let plot = Leap { worse: 0.0, better: 100.0, baseline: 52.0, latest, goal: Some(66.0), standing };
    let score = |score: Option<f64>, on: &str| score.map(|score| format!("{score} on {on}")).unwrap_or_default();
    OutcomeRow {
        patient: name.to_owned(),
        href: "/patients/alma#outcomes".into(),
        title: "Knee".into(),
        detail: "Main Street, Ben Ortiz, Knee".into(),
        standing,
        since: if nth < 2 { "since 3 April 2025".into() } else { String::new() },
        plot: (standing != Standing::NoBaseline).then(|| leap(&plot, "Knee")),
        baseline: score((nth < 4).then_some(52.0), "4 March 2025"),
        latest: score(latest, "1 April 2025"),
        change: if latest.is_some() { "+6 in 28 days: better".into() } else { String::new() },
        answered: "2 of 3".into(),
    }
}

fn people(name: &str) -> Pick {
    Pick::of(vec![Choice::new("", "Choose…"), Choice::new("b", name), Choice::new("d", "Dana Cruz")], "b")
}

fn on_call(name: &str) -> OnCallPage {
    let day = |(key, label, open): (&str, &str, bool)| DayHours {
        key: key.into(),
        label: label.into(),
        from: if open { "08:00".into() } else { String::new() },
        to: if open { "18:00".into() } else { String::new() },
    };
    OnCallPage {
        frame: frame("On call", Nav::Workflows),
        on_call: people(name),
        cover: people("Eli Moss"),
        days: [("mon", "Monday", true), ("tue", "Tuesday", true), ("sat", "Saturday", false)].map(day).into(),
        hours_error: None,
        zone: "Denver time".into(),
        crisis_en: Field::value("Call or text 988 now.\nWe call you today."),
        crisis_es: Field::value("Llame al 988 ahora."),
        by_link: true,
        stands: true,
        is_on: true,
        may_change: true,
        history: vec![OnCallLine {
            at: stamp("Mon 3 Mar 2025", "10:05"),
            by: name.to_owned(),
            words: "Dana Cruz on call, Eli Moss covers; by link: yes".into(),
        }],
    }
}
