use crate::patient::portal::Input;
use crate::{Frame, Stamp};
use askama::Template;

/// A form on one page, to be filled in by staff. POSTs to `action`: `shown` for each question that stands on the page,
/// `answer:PLACE` (several times for several answers), `other:PLACE` for words of one's own, `then` = save or hand-in,
/// `again` = a place of the group that is asked once more.
#[derive(Template)]
#[template(path = "staff/fill.html")]
pub struct FillPage {
    pub frame: Frame,
    pub patient: String,
    pub home: String,
    pub title: String,
    pub action: String,
    pub lead: String,
    /// Of the questions: for the `lang` attribute.
    pub language: &'static str,
    /// What was answered brought up questions that nobody has seen.
    pub more: bool,
    /// Somebody else has written on it since it was shown.
    pub newer: bool,
    /// Of what the page shows: comes back with it.
    pub edition: String,
    pub faults: usize,
    pub correcting: bool,
    /// Where a device is handed over; `None`: not for this form.
    pub handover: Option<String>,
    pub questions: Vec<FillQuestion>,
}

pub struct FillQuestion {
    pub number: usize,
    pub place: String,
    /// The words before it.
    pub lead: Vec<String>,
    pub text: String,
    pub help: Option<String>,
    pub about: Option<String>,
    pub required: bool,
    /// The answer of the time before, which is not asked again.
    pub fixed: Option<String>,
    pub input: Input,
    pub error: Option<String>,
    /// Groups that end here and can be asked once more: the first place of the next time, and the group's words.
    pub once_more: Vec<(String, String)>,
}

/// What was answered, the newest first: the others were corrected.
#[derive(Template)]
#[template(path = "staff/answered.html")]
pub struct AnsweredForm {
    pub frame: Frame,
    pub patient: String,
    pub home: String,
    pub title: String,
    pub correct: String,
    pub language: &'static str,
    pub versions: Vec<AnsweredVersion>,
}

pub struct AnsweredVersion {
    pub at: Stamp,
    /// "by Ben Ortiz, on the patient's behalf".
    pub who: String,
    /// "Score: 12, moderate", then every other number.
    pub score: Vec<String>,
    /// Why there is no score.
    pub unscored: Option<String>,
    /// An answer may mean harm.
    pub harm: bool,
    pub answers: Vec<AnsweredLine>,
}

pub struct AnsweredLine {
    pub question: String,
    pub about: Option<String>,
    /// Empty = not answered.
    pub answer: String,
}
