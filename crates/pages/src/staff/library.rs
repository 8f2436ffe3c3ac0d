use crate::charts::Svg;
use crate::staff::{Pick, Scope};
use crate::{Frame, Prose, Video};
use askama::Template;

/// A link with a count, or with none.
#[derive(Debug, Clone)]
pub struct LibraryTab {
    pub href: String,
    pub label: String,
    pub count: Option<usize>,
    pub here: bool,
}

#[derive(Debug, Clone)]
pub struct ShelfRow {
    pub href: String,
    pub title: String,
    /// What it is for, in a sentence; may be empty.
    pub about: String,
    /// "English, Spanish".
    pub languages: String,
    pub version: u32,
    pub licence: String,
    pub scope: Scope,
}

#[derive(Debug, Clone)]
pub struct Shelf {
    pub title: String,
    pub rows: Vec<ShelfRow>,
}

/// `GET /library?kind=…&q=…&region=…&language=…&scope=…`
#[derive(Template)]
#[template(path = "staff/library.html")]
pub struct LibraryPage {
    pub frame: Frame,
    pub tabs: Vec<LibraryTab>,
    /// The kind that is shown, as the address says it; empty = all.
    pub kind: String,
    pub q: String,
    pub region: Pick,
    pub language: Pick,
    pub scope: Pick,
    pub shelves: Vec<Shelf>,
}

/// Another page, by its title.
#[derive(Debug, Clone)]
pub struct ItemLink {
    pub href: String,
    pub title: String,
}

#[derive(Debug, Clone)]
pub struct ItemVersion {
    pub version: u32,
    /// "4 March 2025".
    pub published: String,
    pub href: String,
    pub here: bool,
}

/// A question as the patient reads it.
#[derive(Debug, Clone)]
pub struct ShownQuestion {
    pub text: String,
    pub help: Option<String>,
    /// A heading or words, and nothing to answer.
    pub words_only: bool,
    /// "Yes or no", "A number from 0 to 10"; empty where the options say it.
    pub answer: String,
    pub options: Vec<String>,
    /// "Only if …".
    pub only_if: Option<String>,
    pub required: bool,
}

#[derive(Debug, Clone)]
pub struct ShownExercise {
    pub purpose: String,
    pub position: String,
    pub steps: Vec<String>,
    pub cautions: Vec<String>,
    pub dose: String,
    pub equipment: Vec<String>,
    pub pictures: Option<(Svg, Svg)>,
    pub video: Option<Video>,
    pub easier: Vec<ItemLink>,
    pub harder: Vec<ItemLink>,
}

/// A message filled in with samples, in one language.
#[derive(Debug, Clone)]
pub struct ShownLetter {
    /// "English".
    pub language: String,
    pub code: String,
    pub subject: String,
    pub text: String,
    /// Where the mail is shown as a mail program shows it.
    pub mail: String,
    pub short: Option<String>,
    /// "98 of 160 signs, 1 segment".
    pub segments: String,
}

#[derive(Debug, Clone)]
pub enum ItemBody {
    Exercise(Box<ShownExercise>),
    Article { summary: String, body: Prose },
    Form { intro: Option<String>, facts: Vec<String>, questions: Vec<ShownQuestion> },
    Plan { summary: String, exercises: Vec<(ItemLink, String)>, articles: Vec<ItemLink>, forms: Vec<ItemLink> },
    Message(Vec<ShownLetter>),
}

/// `GET /library/{kind}/{id}?language=…&version=…`
#[derive(Template)]
#[template(path = "staff/library_item.html")]
pub struct LibraryItem {
    pub frame: Frame,
    pub title: String,
    /// "Exercises", and the list of them.
    pub kind: ItemLink,
    pub scope: Scope,
    /// Of the words shown: "en", "es".
    pub language: String,
    /// Empty where all languages stand on the page.
    pub languages: Vec<LibraryTab>,
    pub version: u32,
    /// A later version is in use.
    pub newer: Option<u32>,
    pub licence: String,
    pub attribution: String,
    pub source: Option<String>,
    pub versions: Vec<ItemVersion>,
    pub workflows: Vec<ItemLink>,
    pub plans: Vec<ItemLink>,
    /// Where it is said which instrument scores it.
    pub scored_by: Option<String>,
    pub body: ItemBody,
}

impl LibraryItem {
    fn say<'a>(&self, english: &'a str, spanish: &'a str) -> &'a str {
        if self.language == "es" { spanish } else { english }
    }
}

/// The items that share attribution and source.
#[derive(Debug, Clone)]
pub struct NoticeLine {
    pub attribution: String,
    pub source: Option<String>,
    /// By kind: "Exercises", and their titles.
    pub items: Vec<(String, Vec<String>)>,
}

#[derive(Debug, Clone)]
pub struct NoticePart {
    pub licence: String,
    pub lines: Vec<NoticeLine>,
}

/// `GET /library/notice`: by what right each item is here.
#[derive(Template)]
#[template(path = "staff/library_notice.html")]
pub struct LibraryNotice {
    pub frame: Frame,
    pub parts: Vec<NoticePart>,
}
