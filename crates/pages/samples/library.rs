//! The library: its shelves, an item of each kind, and by what right they are here.

use pages::charts::Svg;
use pages::patient::{Language, NoticePage};
use pages::staff::{
    Choice, ItemBody, ItemLink, ItemVersion, LibraryItem, LibraryNotice, LibraryPage, LibraryTab, NoticeLine,
    NoticePart, Pick, Scope, Shelf, ShelfRow, ShownExercise, ShownLetter, ShownQuestion,
};
use pages::{Nav, Prose, Video};

use super::{frame, html, patient_frame};

pub fn pages(name: &str) -> Vec<(&'static str, String)> {
    let item = |body| html(&item(name, body));
    let article =
        || ItemBody::Article { summary: name.to_owned(), body: Prose::of("Rest.\n\n## When to call\n\n- soon") };
    let notice = LibraryNotice { frame: frame("Sources and licences", Nav::Library), parts: parts(name) };
    let to_patients = |language| NoticePage { frame: patient_frame(language), parts: parts(name) };
    vec![
        ("library", html(&library(name, shelves(name)))),
        ("library-empty", html(&library(name, vec![]))),
        ("library-exercise", item(ItemBody::Exercise(Box::new(exercise(name))))),
        ("library-article", item(article())),
        ("library-form", item(form(name))),
        ("library-plan", item(plan(name))),
        (
            "library-message",
            item(ItemBody::Message(vec![letter("English", "en", name), letter("Spanish", "es", name)])),
        ),
        ("library-item-unused", html(&LibraryItem { workflows: vec![], plans: vec![], ..self::item(name, article()) })),
        ("library-notice", html(&notice)),
        ("notice", html(&to_patients(Language::English))),
        ("notice-es", html(&to_patients(Language::Spanish))),
    ]
}

fn tab(label: &str, count: Option<usize>, here: bool) -> LibraryTab {
    LibraryTab { href: "/library".to_owned(), label: label.to_owned(), count, here }
}

fn library(name: &str, shelves: Vec<Shelf>) -> LibraryPage {
    LibraryPage {
        frame: frame("Library", Nav::Library),
        tabs: vec![tab("All", Some(3), false), tab("Exercises", Some(2), true)],
        kind: "exercise".to_owned(),
        q: name.to_owned(),
        region: Pick::of(vec![Choice::new("", "Any"), Choice::new("knee", "Knee")], "knee"),
        language: Pick::of(vec![Choice::new("", "Any"), Choice::new("es", "Spanish")], ""),
        scope: Pick::of(vec![Choice::new("", "Anybody's"), Choice::new("account", "Your account's")], ""),
        shelves,
    }
}

fn shelves(name: &str) -> Vec<Shelf> {
    let row = |title: &str, scope| ShelfRow {
        href: "/library/exercise/bridge".to_owned(),
        title: title.to_owned(),
        about: "Makes your hips and your back strong.".to_owned(),
        languages: "English, Spanish".to_owned(),
        version: 2,
        licence: "CC-BY-4.0".to_owned(),
        scope,
    };
    vec![Shelf {
        title: "Exercises".to_owned(),
        rows: vec![row("Bridge", Scope::Global), row("Clamshell", Scope::Account), row(name, Scope::Organization)],
    }]
}

fn link(title: &str) -> ItemLink {
    ItemLink { href: "/library/exercise/clamshell".to_owned(), title: title.to_owned() }
}

fn item(name: &str, body: ItemBody) -> LibraryItem {
    let version = |version, here| ItemVersion {
        version,
        published: "4 March 2025".to_owned(),
        href: format!("/library/exercise/bridge?version={version}"),
        here,
    };
    LibraryItem {
        frame: frame("Bridge", Nav::Library),
        title: name.to_owned(),
        kind: ItemLink { href: "/library?kind=exercise".to_owned(), title: "Exercises".to_owned() },
        scope: Scope::Account,
        language: "en".to_owned(),
        languages: vec![tab("English", None, true), tab("Spanish", None, false)],
        version: 1,
        newer: Some(2),
        licence: "CC-BY-4.0".to_owned(),
        attribution: name.to_owned(),
        source: Some("A public agency".to_owned()),
        scored_by: None,
        versions: vec![version(2, false), version(1, true)],
        workflows: vec![link("Welcome")],
        plans: vec![link("Knee, early")],
        body,
    }
}

fn exercise(name: &str) -> ShownExercise {
    ShownExercise {
        purpose: "Makes your hips strong.".to_owned(),
        position: "Lie on your back.".to_owned(),
        steps: vec!["Lift your hips.".to_owned(), "Lower slowly.".to_owned()],
        cautions: vec!["Stop if it hurts.".to_owned()],
        dose: "2 sets of 10, hold 5 seconds; once a day".to_owned(),
        equipment: vec!["a mat or a bed".to_owned()],
        pictures: Some((Svg::default(), Svg::default())),
        video: Some(Video::Link { href: "https://videos.example/squat".to_owned(), host: "videos.example".to_owned() }),
        easier: vec![link(name)],
        harder: vec![link("One-leg bridge")],
    }
}

fn form(name: &str) -> ItemBody {
    let question = |text: &str, options: &[&str]| ShownQuestion {
        text: text.to_owned(),
        help: Some("0 means no pain.".to_owned()),
        words_only: false,
        answer: if options.is_empty() { "A number from 0 to 10".to_owned() } else { String::new() },
        options: options.iter().map(|option| (*option).to_owned()).collect(),
        only_if: Some("Only if “surgery” = yes".to_owned()),
        required: true,
    };
    let words = ShownQuestion { words_only: true, answer: String::new(), ..question("Your knee", &[]) };
    ItemBody::Form {
        intro: Some("These few questions help us.".to_owned()),
        facts: vec!["Scored as KOOS-JR".to_owned()],
        questions: vec![words, question(name, &[]), question("Where?", &["Neck", name])],
    }
}

fn plan(name: &str) -> ItemBody {
    ItemBody::Plan {
        summary: "The first weeks.".to_owned(),
        exercises: vec![(link(name), "once a day".to_owned())],
        articles: vec![link("Sleep")],
        forms: vec![link("Pain now")],
    }
}

fn letter(language: &str, code: &str, name: &str) -> ShownLetter {
    ShownLetter {
        language: language.to_owned(),
        code: code.to_owned(),
        subject: "See you on Tuesday, March 4".to_owned(),
        text: format!("Hello {name},\n\nsee you."),
        mail: "/library/message/visit-reminder/mail?language=en".to_owned(),
        short: (code == "en").then(|| "See you on Tuesday.".to_owned()),
        segments: "98 of 160 signs, 1 segment".to_owned(),
    }
}

fn parts(name: &str) -> Vec<NoticePart> {
    let line = |source: Option<&str>| NoticeLine {
        attribution: name.to_owned(),
        source: source.map(str::to_owned),
        items: vec![("Exercises".to_owned(), vec!["Bridge".to_owned(), "Clamshell".to_owned()])],
    };
    let part =
        |licence: &str| NoticePart { licence: licence.to_owned(), lines: vec![line(None), line(Some("An agency"))] };
    vec![part("CC-BY-4.0"), part("All uses, without permission")]
}
