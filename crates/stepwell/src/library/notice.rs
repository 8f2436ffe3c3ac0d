//! By what right each item is here: the library's notice, gathered by licence.

use std::collections::BTreeMap;
use std::fmt::Write;

use care::library::Kind;
use store::LibraryRow;

/// The items under one licence or permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub licence: String,
    /// Who is to be named, from which source, and for which items.
    pub lines: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub attribution: String,
    pub source: Option<String>,
    pub items: Vec<LibraryRow>,
}

/// Items that share licence, attribution and source stand together.
pub fn parts(rows: Vec<LibraryRow>) -> Vec<Part> {
    type Lines = BTreeMap<(String, Option<String>), Vec<LibraryRow>>;
    let mut all: BTreeMap<String, Lines> = BTreeMap::new();
    for row in rows {
        let line = (row.attribution.clone(), row.source.clone());
        all.entry(row.licence.clone()).or_default().entry(line).or_default().push(row);
    }
    let line = |((attribution, source), items)| Line { attribution, source, items };
    let part = |(licence, lines): (String, Lines)| Part { licence, lines: lines.into_iter().map(line).collect() };
    all.into_iter().map(part).collect()
}

/// The notice as plain text.
pub fn text(parts: &[Part]) -> String {
    let mut all = String::from("By what right each item of the library is here\n");
    for Part { licence, lines } in parts {
        let _ = write!(all, "\n{licence}\n{}\n", "-".repeat(licence.chars().count().min(100)));
        for Line { attribution, source, items } in lines {
            let _ = writeln!(all, "\n{attribution}");
            if let Some(source) = source {
                let _ = writeln!(all, "Source: {source}");
            }
            for row in items {
                let _ = writeln!(all, "  {} \"{}\", version {}", row.name, row.title, row.version);
            }
        }
    }
    all
}

/// What a kind is called where several of it are listed.
pub fn kind_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Questionnaire => "Questionnaires",
        Kind::Exercise => "Exercises",
        Kind::Education => "Education",
        Kind::CarePlan => "Care plans",
        Kind::Message => "Messages",
    }
}
