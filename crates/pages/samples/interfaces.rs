//! The pages about feeds, merges and locations.

use super::{frame, html, stamp};
use pages::Nav;
use pages::staff::{
    Choice, ClaimLine, Counting, FeedState, Field, InterfaceLive, InterfaceRow, InterfaceTypes, Interfaces,
    LocationPage, MergeCompare, MergeLine, MergeRow, MergeSearch, Pick, PlaceRow, RunsLine, TypeLine,
};

pub fn pages(name: &str) -> Vec<(&'static str, String)> {
    vec![
        ("interfaces", html(&interfaces())),
        ("interface-types", html(&types(name, true))),
        ("interface-types-empty", html(&InterfaceTypes { types: vec![], people: vec![], ..types(name, false) })),
        ("interface-live", html(&live(vec![("Visit reminder", 31), ("After your visit", 1)]))),
        ("interface-live-nothing", html(&live(vec![]))),
        (
            "interface-live-counting",
            html(&InterfaceLive { counting: Counting::Running { done: 200, of: 9000 }, ..live(vec![]) }),
        ),
        ("merge-search", html(&search(name, "rivera"))),
        ("merge-search-empty", html(&MergeSearch { rows: vec![], ..search(name, "zz") })),
        ("merge-compare", html(&compare(name))),
        ("location", html(&location())),
    ]
}

fn row(name: &str, live: bool, going: bool) -> InterfaceRow {
    InterfaceRow {
        id: name.to_lowercase(),
        name: name.to_owned(),
        address: Some("127.0.0.1:2575".to_owned()),
        live,
        going,
        zone: "America/Denver".to_owned(),
        offsets: "Time offsets are not trusted".to_owned(),
        authority: Some("MAPLE".to_owned()),
        mapped: "4 visit types, 2 practitioners, 1 place".to_owned(),
        waiting: 0,
        refused: 2,
        feed: if live { FeedState::Silent } else { FeedState::Loading },
    }
}

fn interfaces() -> Interfaces {
    let place = |name: &str, arrived: &str, ended: &str| PlaceRow {
        name: name.to_owned(),
        href: "/locations/1".to_owned(),
        arrived: arrived.to_owned(),
        ended: ended.to_owned(),
    };
    Interfaces {
        frame: frame("Interfaces", Nav::Refused),
        rows: vec![row("Maple", true, false), row("Oak", false, true), row("Elm", false, false)],
        places: vec![
            place("Main Street", "when the EMR says so", "when the EMR says so"),
            place("Hill Road", "4 hours after the start, unless cancelled", "nothing planned and none for 45 days"),
        ],
        may_switch: true,
    }
}

fn pick(chosen: &str) -> Pick {
    let choices = [("", "not mapped"), ("follow_up", "Follow-up"), ("ignore", "no visit: pass over")];
    Pick::of(choices.map(|(value, label)| Choice::new(value, label)).to_vec(), chosen)
}

fn types(name: &str, may_map: bool) -> InterfaceTypes {
    let line = |code: &str, visits: &str, is: &str| TypeLine {
        code: code.to_owned(),
        visits: visits.to_owned(),
        is: pick(is),
        words: "Follow-up".to_owned(),
        mapped: !is.is_empty(),
    };
    let claim = |code: &str, sent_as: &str, name: &str| ClaimLine {
        code: code.to_owned(),
        sent_as: sent_as.to_owned(),
        visits: "12 visits".to_owned(),
        name: name.to_owned(),
        staff: Pick::of(vec![Choice::new("", "nobody here"), Choice::new("1", "Ben Adler")], ""),
    };
    InterfaceTypes {
        frame: frame("Maple: words of the EMR", Nav::Refused),
        id: "1".to_owned(),
        name: "Maple".to_owned(),
        types: vec![
            line("NP60", "3 visits", ""),
            line("FU", "128 visits", "follow_up"),
            line("LUNCH", "none yet", "ignore"),
        ],
        people: vec![claim("204", name, ""), claim("77", "Adler", "Ben Adler, PT")],
        may_map,
    }
}

fn live(runs: Vec<(&str, usize)>) -> InterfaceLive {
    let line =
        |(title, runs): (&str, usize)| RunsLine { workflow: title.to_owned(), href: "/workflows/x".to_owned(), runs };
    InterfaceLive {
        frame: frame("Maple goes live", Nav::Refused),
        id: "1".to_owned(),
        name: "Maple".to_owned(),
        patients: 1204,
        with_visit: 31,
        visits: 44,
        waiting: 3,
        covers: false,
        runs: runs.into_iter().map(line).collect(),
        messages: 12,
        preview: "p1".to_owned(),
        counting: Counting::Done { at: stamp("Mon 3 Mar 2025", "09:12"), patients: 31 },
    }
}

fn search(name: &str, query: &str) -> MergeSearch {
    MergeSearch {
        frame: frame("Merge", Nav::Patients),
        name: name.to_owned(),
        base: "/patients/1".to_owned(),
        query: query.to_owned(),
        rows: vec![MergeRow {
            href: "/patients/1/merge/2".to_owned(),
            name: name.to_owned(),
            birth_date: "12 June 1977".to_owned(),
            location: "Main Street".to_owned(),
            next_visit: String::new(),
        }],
    }
}

fn compare(name: &str) -> MergeCompare {
    let line =
        |label, kept: &str, gone: &str| MergeLine { label, kept: kept.to_owned(), gone: gone.to_owned(), alike: true };
    MergeCompare {
        frame: frame("Are these one person?", Nav::Patients),
        base: "/patients/1".to_owned(),
        action: "/patients/1/merge/2".to_owned(),
        kept: name.to_owned(),
        gone: name.to_owned(),
        lines: vec![
            line("Name", name, name),
            line("Birth date", "12 June 1977", "12 June 1978"),
            line("Email", "alma@example.org", ""),
        ],
    }
}

fn location() -> LocationPage {
    let pick = |choices: &[(&str, &str)], chosen: &str| {
        Pick::of(choices.iter().map(|(value, label)| Choice::new(value, label)).collect(), chosen)
    };
    LocationPage {
        frame: frame("Main Street", Nav::Refused),
        id: "1".to_owned(),
        name: "Main Street".to_owned(),
        arrived: pick(&[("message", "the EMR says so"), ("start", "the start has passed")], "start"),
        hours: Field::wrong("0", "A number from 1 to 72"),
        ended: pick(&[("message", "the EMR says so")], "message"),
        days: Field::value(""),
        may_change: true,
    }
}
