use super::super::PatientFrame;
use askama::Template;

/// `GET /p/forms/{assignment}?at={place}`: one question of a form. POSTs `at` and `answer` (several times for several
/// answers), `other` for words of one's own, or `skip`.
#[derive(Template)]
#[template(path = "patient/portal/question.html")]
pub struct Question {
    pub frame: PatientFrame,
    pub form_title: String,
    pub action: String,
    pub at: String,
    /// The question before.
    pub back: Option<String>,
    /// This is the how-manieth of so many.
    pub number: usize,
    pub of: usize,
    /// Said before the first question, and the words that stand before this one.
    pub lead: Vec<String>,
    pub text: String,
    pub help: Option<String>,
    /// What the question is about: an earlier answer of the patient's.
    pub about: Option<String>,
    pub required: bool,
    pub input: Input,
    pub error: Option<String>,
    /// The group can be asked once more, and this time round be taken back: "Medicine (2)".
    pub round: Option<String>,
}

pub struct QuestionOption {
    pub code: String,
    pub text: String,
    pub chosen: bool,
}

pub enum Input {
    /// One of these.
    One(Vec<QuestionOption>),
    /// Any of these.
    Many(Vec<QuestionOption>),
    /// One of these, or words.
    OneOrOther {
        options: Vec<QuestionOption>,
        other: String,
    },
    /// Any of these, and words: one answer on each line.
    ManyAndOthers {
        options: Vec<QuestionOption>,
        other: String,
    },
    /// One answer on each line.
    Several {
        value: String,
        longest: usize,
    },
    /// A few numbers in a row.
    Scale(Vec<QuestionOption>),
    Number {
        value: String,
        min: Option<String>,
        max: Option<String>,
        whole: bool,
    },
    Line {
        value: String,
        longest: usize,
    },
    Lines {
        value: String,
        longest: usize,
    },
    Date {
        value: String,
    },
    DateTime {
        value: String,
    },
    Time {
        value: String,
    },
}

impl Input {
    /// Several fields share one legend; a single one has a label.
    pub(crate) fn is_group(&self) -> bool {
        match self {
            Input::One(_)
            | Input::Many(_)
            | Input::OneOrOther { .. }
            | Input::ManyAndOthers { .. }
            | Input::Scale(_) => true,
            Input::Several { .. }
            | Input::Number { .. }
            | Input::Line { .. }
            | Input::Lines { .. }
            | Input::Date { .. }
            | Input::DateTime { .. }
            | Input::Time { .. } => false,
        }
    }
}

impl Question {
    fn percent(&self) -> usize {
        self.number.saturating_sub(1) * 100 / self.of.max(1)
    }
}
