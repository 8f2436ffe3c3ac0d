use super::{DayHours, Field, Pick};
use crate::{Frame, Stamp};
use askama::Template;

/// `GET /settings/on-call`: who acts on an answer that may mean harm. POSTs `on_call`, `cover`, `mon_from`, `mon_to` and
/// so on, `crisis_en`, `crisis_es` and `by_link`; `DELETE` takes it back.
#[derive(Template)]
#[template(path = "staff/on_call.html")]
pub struct OnCallPage {
    pub frame: Frame,
    pub on_call: Pick,
    pub cover: Pick,
    pub days: Vec<DayHours>,
    pub hours_error: Option<String>,
    pub zone: String,
    pub crisis_en: Field,
    pub crisis_es: Field,
    pub by_link: bool,
    /// Something is said.
    pub stands: bool,
    /// And it lets such forms be asked by a link.
    pub is_on: bool,
    pub may_change: bool,
    /// The newest first.
    pub history: Vec<OnCallLine>,
}

pub struct OnCallLine {
    pub at: Stamp,
    pub by: String,
    pub words: String,
}
