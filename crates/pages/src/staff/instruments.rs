use super::{Field, ItemLink, Pick};
use crate::Frame;
use askama::Template;

/// `GET /library/instruments`: what scores forms, and by what right the words are used. POSTs `by` and `reference` to an
/// instrument's `action`; `DELETE` there takes it back.
#[derive(Template)]
#[template(path = "staff/instruments.html")]
pub struct InstrumentsPage {
    pub frame: Frame,
    pub licensed: Vec<InstrumentRow>,
    pub free: Vec<InstrumentRow>,
    pub may_change: bool,
    /// Of the instrument with this action: what was filled in, and what is wrong with it.
    pub wrong: Option<(String, Field, Field)>,
}

pub struct InstrumentRow {
    pub id: String,
    pub title: String,
    pub action: String,
    /// Who grants the licence.
    pub owner: Option<&'static str>,
    /// "Granted by Mapi Research Trust, contract 12; recorded by Ben Adler on 2 March 2026".
    pub grant: Option<String>,
    pub forms: Vec<ItemLink>,
}

/// `GET /library/questionnaire/{id}/instrument`: which instrument scores a form. POSTs `instrument`, `scored`, `bank`, and
/// `then` = check or publish.
#[derive(Template)]
#[template(path = "staff/attach.html")]
pub struct AttachPage {
    pub frame: Frame,
    pub title: String,
    pub home: String,
    pub action: String,
    pub instrument: Pick,
    /// Ids of the questions, in the instrument's order.
    pub scored: String,
    /// The text of an item bank's file.
    pub bank: String,
    pub error: Option<String>,
    pub lines: Vec<FitRow>,
    /// Everything fits: the version that would be published.
    pub next: Option<u32>,
}

pub struct FitRow {
    pub number: usize,
    pub question: String,
    pub wanted: String,
    pub has: String,
    pub fits: bool,
}

/// `GET /library/import`: a file is brought in. POSTs `file` or `name` and `text`, `kind`, `licence`, `attribution`, and
/// `then` = try or publish.
#[derive(Template)]
#[template(path = "staff/import_item.html")]
pub struct ImportItemPage {
    pub frame: Frame,
    pub kind: Pick,
    pub licence: String,
    pub attribution: String,
    pub error: Option<String>,
    pub tried: Option<TriedFile>,
}

/// What would become of the file.
pub struct TriedFile {
    pub name: String,
    pub text: String,
    pub words: String,
    pub good: bool,
}
