//! The portal: the door, the list, a question of each kind, an exercise, an article; and what staff give.

use pages::patient::portal::{
    Answered, ArticleCard, ArticlePage, Door, DoorState, ExerciseCard, ExercisePage, FormCard, Input, NextVisit,
    Outside, Question, QuestionOption, Review, Today, Trouble, TroubleKind, Variant, WeekDay,
};
use pages::patient::{Language, PatientFrame};
use pages::staff::{GiveChoice, GiveGroup, GivePage};
use pages::{Nav, Prose, Video};

use super::{frame, html, patient_frame};

pub fn pages(name: &str) -> Vec<(&'static str, String)> {
    let door = |state| Door { frame: patient_frame(Language::English), action: "/p/open/abc".to_owned(), state };
    let wrong = DoorState::Asks { error: Some("This is not the birth date we have.".to_owned()) };
    let line = |value: &str| Input::Line { value: value.to_owned(), longest: 80 };
    let number = Input::Number { value: "2".to_owned(), min: Some("0".to_owned()), max: None, whole: false };
    vec![
        ("door", html(&door(DoorState::Asks { error: None }))),
        ("door-wrong", html(&door(wrong))),
        ("door-locked", html(&door(DoorState::Locked))),
        ("door-used", html(&door(DoorState::Used { renew: true }))),
        ("door-renewed", html(&door(DoorState::Renewed))),
        ("trouble-too-old", html(&Trouble { frame: patient_frame(Language::English), what: TroubleKind::TooOld })),
        ("trouble-not-there", html(&Trouble { frame: patient_frame(Language::English), what: TroubleKind::NotThere })),
        ("trouble-not-taken", html(&Trouble { frame: patient_frame(Language::English), what: TroubleKind::NotTaken })),
        ("trouble-failed", html(&Trouble { frame: patient_frame(Language::English), what: TroubleKind::Failed })),
        ("outside", html(&Outside { frame: patient_frame(Language::English), left: false })),
        ("left", html(&Outside { frame: patient_frame(Language::English), left: true })),
        ("today", html(&today(name, Language::English))),
        ("today-es", html(&today(name, Language::Spanish))),
        ("today-empty", html(&empty(name))),
        ("question-one", html(&question(Input::One(options(name)), None))),
        ("question-many", html(&question(Input::Many(options(name)), None))),
        (
            "question-many-and-others",
            html(&question(Input::ManyAndOthers { options: options(name), other: name.to_owned() }, None)),
        ),
        ("question-several", html(&question(Input::Several { value: name.to_owned(), longest: 500 }, None))),
        ("question-other", html(&question(Input::OneOrOther { options: options(name), other: name.to_owned() }, None))),
        ("question-scale", html(&question(Input::Scale(scale()), Some("Please answer this question.")))),
        ("question-number", html(&question(number, None))),
        ("question-line", html(&question(line(name), Some("Please use at most 80 letters.")))),
        ("question-date", html(&question(Input::Date { value: "2025-03-04".to_owned() }, None))),
        ("review", html(&review(name))),
        ("exercise", html(&exercise(name, false))),
        ("exercise-done", html(&exercise(name, true))),
        ("article", html(&article(name))),
        ("give", html(&give(name))),
    ]
}

fn words() -> PatientFrame {
    patient_frame(Language::English)
}

fn today(name: &str, language: Language) -> Today {
    let exercise = |title: &str, done| ExerciseCard {
        href: "/p/exercises/a/b".to_owned(),
        title: title.to_owned(),
        dose: "2 sets of 10, hold 5 seconds; once a day".to_owned(),
        done,
    };
    let article = |read| ArticleCard { href: "/p/articles/a/b".to_owned(), title: "Sleep".to_owned(), read };
    let days = ["Wed", "Thu", "Fri", "Sat", "Sun", "Mon", "Tue"].into_iter().enumerate();
    Today {
        frame: patient_frame(language),
        first_name: name.to_owned(),
        date: "Tuesday, March 4".to_owned(),
        forms: vec![FormCard {
            href: "/p/forms/a".to_owned(),
            title: "Your knee".to_owned(),
            due: Some("by Friday, March 7".to_owned()),
            begun: true,
            answered: false,
        }],
        exercises: vec![exercise("Bridge", true), exercise(name, false)],
        articles: vec![article(false), article(true)],
        visit: Some(NextVisit {
            date: "Thursday, March 6".to_owned(),
            times: vec!["10:00 AM".to_owned()],
            location: "Main Street".to_owned(),
        }),
        week: days.map(|(n, day)| WeekDay { name: day.to_owned(), done: n % 2 == 0, today: n == 6 }).collect(),
    }
}

fn empty(name: &str) -> Today {
    let (forms, exercises, articles, week) = (vec![], vec![], vec![], vec![]);
    Today { forms, exercises, articles, week, visit: None, ..today(name, Language::English) }
}

fn options(name: &str) -> Vec<QuestionOption> {
    let option = |code: &str, text: &str| QuestionOption {
        code: code.to_owned(),
        text: text.to_owned(),
        chosen: code == "some",
    };
    vec![option("never", "Not at all"), option("some", "Several days"), option("other", name)]
}

fn scale() -> Vec<QuestionOption> {
    let option = |n: u8| QuestionOption { code: n.to_string(), text: n.to_string(), chosen: n == 3 };
    (0..=10).map(option).collect()
}

fn question(input: Input, error: Option<&str>) -> Question {
    Question {
        frame: words(),
        form_title: "Your knee".to_owned(),
        action: "/p/forms/a".to_owned(),
        at: "q2".to_owned(),
        back: Some("/p/forms/a?at=q1".to_owned()),
        number: 2,
        of: 7,
        lead: vec!["Think of the last week.".to_owned()],
        text: "How well can you do this now?".to_owned(),
        help: Some("0 means not at all.".to_owned()),
        about: Some("Climb the stairs".to_owned()),
        required: error.is_some(),
        input,
        error: error.map(str::to_owned),
        round: error.map(|_| "Medicine (2)".to_owned()),
    }
}

fn review(name: &str) -> Review {
    let line = |answer: &str| Answered {
        question: "What is hard for you?".to_owned(),
        answer: answer.to_owned(),
        href: "/p/forms/a?at=q1".to_owned(),
    };
    let answers = vec![line(name), line("")];
    Review {
        frame: words(),
        form_title: "Your knee".to_owned(),
        action: "/p/forms/a/answers".to_owned(),
        answers,
        once_more: vec![("/p/forms/a?at=name%232".to_owned(), name.to_owned())],
    }
}

fn exercise(name: &str, done: bool) -> ExercisePage {
    let other = |title: &str| Variant { title: title.to_owned(), href: "/p/exercises/a/c".to_owned() };
    ExercisePage {
        frame: words(),
        title: name.to_owned(),
        purpose: "Makes your hips strong.".to_owned(),
        position: "Lie on your back.".to_owned(),
        steps: vec!["Lift your hips.".to_owned(), "Lower slowly.".to_owned()],
        cautions: vec!["Stop if it hurts.".to_owned()],
        dose: "2 sets of 10, hold 5 seconds; once a day".to_owned(),
        equipment: vec!["a mat or a bed".to_owned()],
        pictures: (!done).then(Default::default),
        video: done.then(|| Video::Here { src: "/p/exercises/a/b/video".to_owned() }),
        easier: vec![other("Pelvic tilt")],
        harder: vec![other("One-leg bridge")],
        action: "/p/exercises/a/b/today".to_owned(),
        done,
        only_shown: false,
    }
}

fn article(name: &str) -> ArticlePage {
    ArticlePage {
        frame: words(),
        title: name.to_owned(),
        body: Prose::of("Rest helps.\n\n## When to call\n\n- when it gets worse"),
        source: Some("A public agency".to_owned()),
        action: "/p/articles/a/b/today".to_owned(),
        read: false,
    }
}

fn give(name: &str) -> GivePage {
    let choice = |name: &str, title: &str| GiveChoice { name: name.to_owned(), title: title.to_owned() };
    GivePage {
        frame: frame("Give something", Nav::Patients),
        patient: name.to_owned(),
        home: "/patients/alma".to_owned(),
        action: "/patients/alma/assignments".to_owned(),
        groups: vec![GiveGroup {
            title: "Exercises".to_owned(),
            choices: vec![choice("exercise/bridge", "Bridge"), choice("exercise/clamshell", name)],
        }],
    }
}
