//! What scores forms, and files brought in.

use pages::Nav;
use pages::staff::{
    AttachPage, Choice, Field, FitRow, ImportItemPage, InstrumentRow, InstrumentsPage, ItemLink, Pick, TriedFile,
};

use super::{frame, html};

pub fn pages(name: &str) -> Vec<(&'static str, String)> {
    let wrong = ("/library/instruments/ndi".to_owned(), Field::value(name), Field::value(""));
    vec![
        ("instruments", html(&instruments(name, true, None))),
        ("instruments-seen", html(&instruments(name, false, None))),
        ("instruments-wrong", html(&instruments(name, true, Some(wrong)))),
        ("attach", html(&attach(name, None))),
        ("attach-wrong", html(&attach(name, Some(name.to_owned())))),
        ("import-item", html(&import_item(name, None))),
        ("import-item-tried", html(&import_item(name, Some(true)))),
        ("import-item-refused", html(&import_item(name, Some(false)))),
    ]
}

fn instruments(name: &str, may_change: bool, wrong: Option<(String, Field, Field)>) -> InstrumentsPage {
    let row = |id: &str, owner, grant| InstrumentRow {
        id: id.to_owned(),
        title: format!("Instrument {id}"),
        action: format!("/library/instruments/{id}"),
        owner,
        grant,
        forms: vec![ItemLink { href: "/library/questionnaire/a".into(), title: name.to_owned() }],
    };
    let granted = Some(format!("Granted by {name}: contract 12."));
    InstrumentsPage {
        frame: frame("Instruments", Nav::Library),
        licensed: vec![row("ndi", Some("its owner"), None), row("lefs", Some("its owner"), granted)],
        free: vec![row("phq-9", None, None), InstrumentRow { forms: vec![], ..row("hoos-jr", None, None) }],
        may_change,
        wrong,
    }
}

fn attach(name: &str, error: Option<String>) -> AttachPage {
    let line = |number, fits| FitRow {
        number,
        question: name.to_owned(),
        wanted: "0 to 5".into(),
        has: "0 to 4".into(),
        fits,
    };
    AttachPage {
        frame: frame("What scores it", Nav::Library),
        title: name.to_owned(),
        home: "/library/questionnaire/a".into(),
        action: "/library/questionnaire/a/instrument".into(),
        instrument: Pick::of(vec![Choice::new("ndi", "Neck Disability Index")], "ndi"),
        scored: name.to_owned(),
        bank: name.to_owned(),
        next: error.is_none().then_some(2),
        error,
        lines: vec![line(1, true), line(2, false)],
    }
}

fn import_item(name: &str, good: Option<bool>) -> ImportItemPage {
    let tried =
        good.map(|good| TriedFile { name: name.to_owned(), text: name.to_owned(), words: name.to_owned(), good });
    ImportItemPage {
        frame: frame("Bring in an item", Nav::Library),
        kind: Pick::of(vec![Choice::new("questionnaire", "Questionnaires")], "questionnaire"),
        licence: name.to_owned(),
        attribution: name.to_owned(),
        error: good.is_none().then(|| name.to_owned()),
        tried,
    }
}
