//! A form filled in at the clinic, and what was answered.

use pages::Nav;
use pages::patient::Language;
use pages::patient::portal::{HandedBack, Input, QuestionOption, Thanks};
use pages::staff::{AnsweredForm, AnsweredLine, AnsweredVersion, FillPage, FillQuestion};

use super::{frame, html, patient_frame, stamp};

pub fn pages(name: &str) -> Vec<(&'static str, String)> {
    let back = |answered| HandedBack { frame: patient_frame(Language::English), answered };
    let thanks = |until: Option<&str>| Thanks {
        frame: patient_frame(Language::English),
        correct: "/p/forms/a/correction".into(),
        until: until.map(str::to_owned),
    };
    vec![
        ("fill", html(&fill(name))),
        ("fill-wrong", html(&FillPage { faults: 2, more: true, ..fill(name) })),
        ("fill-correction", html(&FillPage { correcting: true, handover: None, ..fill(name) })),
        ("answered", html(&answered(name))),
        ("handed-back", html(&back(true))),
        ("handed-back-left", html(&back(false))),
        ("thanks", html(&thanks(Some("Wednesday, March 5, 9:30 AM")))),
        ("thanks-final", html(&thanks(None))),
    ]
}

fn option(code: &str, text: &str, chosen: bool) -> QuestionOption {
    QuestionOption { code: code.into(), text: text.into(), chosen }
}

fn fill(name: &str) -> FillPage {
    let often =
        || vec![option("0", "Not at all", false), option("1", "Several days", true), option("", "no answer", false)];
    let scale = (0..=10).map(|n: u8| option(&n.to_string(), &n.to_string(), n == 3)).collect();
    let line = Input::Line { value: name.to_owned(), longest: 80 };
    let number = Input::Number { value: "200".into(), min: Some("0".into()), max: Some("100".into()), whole: true };
    let questions = vec![
        question(1, Input::One(often()), None),
        question(2, Input::Scale(scale), Some("Please answer this question.")),
        question(3, Input::Many(often()), None),
        question(4, Input::OneOrOther { options: often(), other: name.to_owned() }, None),
        question(5, line, None),
        question(6, number, Some("Please write a number up to 100.")),
        question(7, Input::Lines { value: "It was <hard>".into(), longest: 2000 }, None),
        question(8, Input::Date { value: "2025-03-04".into() }, None),
        FillQuestion { fixed: Some("Climb the stairs".into()), ..question(9, Input::Scale(vec![]), None) },
    ];
    FillPage {
        frame: frame("Pain now", Nav::Patients),
        patient: name.to_owned(),
        home: "/patients/alma".into(),
        title: "Pain now".into(),
        action: "/patients/alma/forms/a1".into(),
        lead: format!("Read the questions to {name} as they are."),
        language: "en",
        more: false,
        newer: false,
        edition: "e".into(),
        faults: 0,
        correcting: false,
        handover: Some("/patients/alma/forms/a1/handover".into()),
        questions,
    }
}

fn question(number: usize, input: Input, error: Option<&str>) -> FillQuestion {
    FillQuestion {
        number,
        place: format!("q{number}#1"),
        lead: if number == 1 { vec!["Over the last 2 weeks, how often …".into()] } else { vec![] },
        text: "How well can you do this now?".into(),
        help: (number == 2).then(|| "0 means not at all.".into()),
        about: (number == 2).then(|| "Climb the stairs".into()),
        required: number != 1,
        fixed: None,
        input,
        error: error.map(str::to_owned),
        once_more: if number == 1 { vec![("q1#2".into(), "Medicine".into())] } else { vec![] },
    }
}

fn answered(name: &str) -> AnsweredForm {
    let line = |answer: &str| AnsweredLine {
        question: "What is hard for you?".into(),
        about: None,
        answer: answer.to_owned(),
    };
    let version = |who: &str, harm| AnsweredVersion {
        at: stamp("Tue 4 Mar 2025", "09:30"),
        who: who.to_owned(),
        score: vec!["Score: 12, moderate".into(), "percent: 44.4".into()],
        unscored: None,
        harm,
        answers: vec![line(name), line("")],
    };
    let unscored = AnsweredVersion {
        score: vec![],
        unscored: Some("2 of the items that count are answered, at least 7 must be".into()),
        ..version("by the patient", false)
    };
    AnsweredForm {
        frame: frame("Pain now", Nav::Patients),
        patient: name.to_owned(),
        home: "/patients/alma".into(),
        title: "Pain now".into(),
        correct: "/patients/alma/forms/a1/correction".into(),
        language: "en",
        versions: vec![version("by Ben Ortiz, on the patient's behalf", true), unscored],
    }
}
