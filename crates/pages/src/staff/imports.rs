use askama::Template;

use super::form::{Choice, Field, Pick};
use crate::{Frame, Stamp};

/// One imported file of the list.
#[derive(Debug, Clone)]
pub struct ImportRow {
    pub id: String,
    pub file_name: String,
    pub received: Stamp,
    /// The column map, once one is chosen.
    pub map: Option<String>,
    /// "Imported".
    pub state: String,
    /// The badge's class: "good", "wait", "problem", "quiet".
    pub class: &'static str,
    /// "3 new visits, 1 changed".
    pub summary: String,
}

/// `GET /imports`; an upload is a multipart `POST /imports`.
#[derive(Template)]
#[template(path = "staff/imports.html")]
pub struct Imports {
    pub frame: Frame,
    pub rows: Vec<ImportRow>,
    /// "10 MB".
    pub largest: String,
    /// Where files come from; not asked while there is one at most.
    pub feeds: Vec<Choice>,
    pub error: Option<String>,
}

/// What one column may hold, and which column of the file does.
#[derive(Debug, Clone)]
pub struct ColumnPick {
    /// The form's field, "column.start".
    pub name: String,
    pub label: String,
    pub needed: bool,
    pub pick: Pick,
}

/// What the file's words mean: states of a visit, locations, types.
#[derive(Debug, Clone)]
pub struct WordGroup {
    pub title: String,
    pub hint: String,
    pub words: Vec<WordPick>,
}

#[derive(Debug, Clone)]
pub struct WordPick {
    /// The form's field, "status.Bumped".
    pub name: String,
    pub word: String,
    pub pick: Pick,
}

/// `GET /imports/{id}/columns`; saved by a `POST` to the same.
#[derive(Template)]
#[template(path = "staff/import_columns.html")]
pub struct ImportColumns {
    pub frame: Frame,
    pub id: String,
    pub file_name: String,
    /// "UTF-8, columns parted by a semicolon, 212 rows".
    pub shape: String,
    pub headers: Vec<String>,
    /// The first rows.
    pub rows: Vec<Vec<String>>,
    pub kinds: Pick,
    /// The kind shown.
    pub kind: String,
    /// Saved maps to begin from; empty while there is none.
    pub maps: Vec<Choice>,
    pub map_name: Field,
    pub columns: Vec<ColumnPick>,
    pub dates: Pick,
    pub words: Vec<WordGroup>,
    /// For visits: the days that the file holds wholly.
    pub complete: Option<CompleteDays>,
    pub error: Option<String>,
}

#[derive(Debug, Clone)]
pub struct CompleteDays {
    pub from: Field,
    pub until: Field,
    pub locations: Vec<Choice>,
}

/// "Visits: 3 new, 1 changed, 20 unchanged".
#[derive(Debug, Clone)]
pub struct CountLine {
    pub what: String,
    pub new: u32,
    pub changed: u32,
    pub unchanged: u32,
}

#[derive(Debug, Clone)]
pub struct ExampleGroup {
    pub title: String,
    pub lines: Vec<String>,
}

/// Why a file is refused as a whole.
#[derive(Debug, Clone)]
pub struct ImportRefusal {
    pub cause: String,
    pub place: String,
    pub cure: String,
    /// A tick lets it through: the visits are really cancelled.
    pub may_be_allowed: bool,
}

/// `GET /imports/{id}/dry-run`; "Import" is `POST /imports/{id}/application`.
#[derive(Template)]
#[template(path = "staff/import_check.html")]
pub struct ImportCheck {
    pub frame: Frame,
    pub id: String,
    pub file_name: String,
    pub refusal: Option<ImportRefusal>,
    pub counts: Vec<CountLine>,
    /// What else happens, each a sentence.
    pub notes: Vec<String>,
    pub groups: Vec<ExampleGroup>,
    /// The interface only loads: nothing will be sent.
    pub loading: bool,
}

impl ImportCheck {
    /// Nothing stands against it, or nothing that a person could not allow.
    pub fn may_import(&self) -> bool {
        self.refusal.as_ref().is_none_or(|refusal| refusal.may_be_allowed)
    }
}

/// `GET /imports/{id}`: an import under way, or ended.
#[derive(Template)]
#[template(path = "staff/import.html")]
pub struct Import {
    pub frame: Frame,
    pub id: String,
    pub file_name: String,
    pub received: Stamp,
    pub state: String,
    pub class: &'static str,
    /// Patients done, of how many.
    pub progress: Option<(u32, u32)>,
    pub refusal: Option<ImportRefusal>,
    pub counts: Vec<CountLine>,
    pub notes: Vec<String>,
    /// Rows that wait among the refused messages.
    pub refused_rows: i64,
}
