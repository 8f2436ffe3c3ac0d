//! The pages on which files are imported.

use pages::Nav;
use pages::staff::{
    Choice, ColumnPick, CompleteDays, CountLine, ExampleGroup, Field, Import, ImportCheck, ImportColumns,
    ImportRefusal, ImportRow, Imports, Pick, WordGroup, WordPick,
};

use super::{frame, html, stamp};

pub fn pages(name: &str) -> Vec<(&'static str, String)> {
    vec![
        ("imports", html(&imports(name, Some("The file is larger than 10 MB.")))),
        ("imports-empty", html(&Imports { rows: vec![], feeds: vec![], ..imports(name, None) })),
        ("import-columns", html(&columns(name))),
        ("import-check", html(&check(name, None))),
        ("import-check-refused", html(&check(name, Some(refusal())))),
        ("import-under-way", html(&import(Some((40, 212)), None))),
        ("import-refused", html(&import(None, Some(refusal())))),
    ]
}

fn imports(name: &str, error: Option<&str>) -> Imports {
    let row = |state: &str, class, map: Option<&str>, summary: &str| ImportRow {
        id: "019caf10-3180-7c97-bab8-5ef52e919f54".into(),
        file_name: format!("{name}.csv"),
        received: stamp("Tue 4 Mar 2025", "09:40"),
        map: map.map(str::to_owned),
        state: state.into(),
        class,
        summary: summary.into(),
    };
    Imports {
        frame: frame("Imports", Nav::Imports),
        rows: vec![
            row("Uploaded", "wait", None, ""),
            row("Imported", "good", Some("daily visits"), "3 new visits, 1 changed, 2 cancelled"),
            row("Refused", "problem", Some("daily visits"), "A column of the map is not in the file"),
        ],
        largest: "10 MB".into(),
        feeds: vec![Choice::new("a", "Front desk"), Choice::new("b", "Billing")],
        error: error.map(str::to_owned),
    }
}

fn columns(name: &str) -> ImportColumns {
    let headers: Vec<String> = ["MRN", "Patient", "Start", "Status"].map(str::to_owned).into();
    let of = |chosen: &str| {
        let choices = headers.iter().map(|name| Choice::new(name, name));
        Pick::of(std::iter::once(Choice::new("", "Not in the file")).chain(choices).collect(), chosen)
    };
    let column = |code: &str, label: &str, needed, chosen: &str| ColumnPick {
        name: format!("column.{code}"),
        label: label.into(),
        needed,
        pick: of(chosen),
    };
    let states = vec![Choice::new("", "Not known: refuse the row"), Choice::new("booked", "Booked")];
    ImportColumns {
        frame: frame("Columns", Nav::Imports),
        id: "1".into(),
        file_name: "visits.csv".into(),
        shape: "UTF-8, columns parted by a comma, 212 rows".into(),
        headers: headers.clone(),
        rows: vec![vec!["1001".into(), name.into(), "3/10/2025 14:30".into(), "Bumped".into()]],
        kinds: Pick::of(vec![Choice::new("patients", "Patients"), Choice::new("visits", "Visits")], "visits"),
        kind: "visits".into(),
        maps: vec![Choice::new("daily visits", "daily visits")],
        map_name: Field::value("daily visits"),
        columns: vec![
            column("patient_number", "Patient number", true, "MRN"),
            column("start", "Start", true, "Start"),
            column("practitioner", "Practitioner", false, ""),
        ],
        dates: Pick::of(vec![Choice::new("iso", "2026-03-31"), Choice::new("month_first", "3/31/2026")], "month_first"),
        words: vec![WordGroup {
            title: "What the words for a status mean".into(),
            hint: "A row with a word that nobody explained is refused.".into(),
            words: vec![WordPick { name: "status.0".into(), word: "Bumped".into(), pick: Pick::of(states, "") }],
        }],
        complete: Some(CompleteDays {
            from: Field::value("2025-03-03"),
            until: Field::wrong("2025-03-01", "The last day is before the first."),
            locations: vec![Choice::new("1", "Main Street")],
        }),
        error: Some("A saved map needs a name.".into()),
    }
}

fn refusal() -> ImportRefusal {
    ImportRefusal {
        cause: "Too many visits vanish".into(),
        place: "file".into(),
        cure: "40 of 120 visits planned on these days are not in the file: have the export checked.".into(),
        may_be_allowed: true,
    }
}

fn counts() -> Vec<CountLine> {
    ["Patients", "Visits"].map(|what| CountLine { what: what.into(), new: 3, changed: 1, unchanged: 208 }).into()
}

fn check(name: &str, refusal: Option<ImportRefusal>) -> ImportCheck {
    ImportCheck {
        frame: frame("Dry run", Nav::Imports),
        id: "1".into(),
        file_name: "visits.csv".into(),
        refusal,
        counts: counts(),
        notes: vec!["2 of 60 planned visits are missing from the file and would be cancelled.".into()],
        groups: vec![
            ExampleGroup { title: "New patients".into(), lines: vec![name.into()] },
            ExampleGroup {
                title: "Visits that change".into(),
                lines: vec![format!("{name}: Mon 10 Mar 2025, 14:30 moves to Tue 11 Mar 2025, 09:00")],
            },
        ],
        loading: true,
    }
}

fn import(progress: Option<(u32, u32)>, refusal: Option<ImportRefusal>) -> Import {
    Import {
        frame: frame("Import", Nav::Imports),
        id: "1".into(),
        file_name: "visits.csv".into(),
        received: stamp("Tue 4 Mar 2025", "09:40"),
        state: "Importing".into(),
        class: "wait",
        progress,
        refusal,
        counts: counts(),
        notes: vec![],
        refused_rows: 2,
    }
}
