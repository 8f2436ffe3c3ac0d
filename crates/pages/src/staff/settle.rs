use crate::Frame;
use askama::Template;

/// One way to settle it: a button that POSTs to `action`.
#[derive(Debug, Clone)]
pub struct Way {
    pub action: String,
    pub words: String,
    /// What pressing it does.
    pub effect: String,
    pub primary: bool,
}

/// Something only a person can settle, on a page of its own: what it is, where to look, and the ways out.
#[derive(Template)]
#[template(path = "staff/settle.html")]
pub struct Settle {
    pub frame: Frame,
    pub heading: String,
    pub since: String,
    pub detail: String,
    /// Where to look first: path and words.
    pub look: Option<(String, String)>,
    pub ways: Vec<Way>,
}
