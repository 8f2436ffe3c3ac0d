use std::fmt;

/// Which file of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Subject,
    Html,
    Text,
    /// The text message.
    Short,
}

impl Part {
    pub fn file(self) -> &'static str {
        match self {
            Part::Subject => "subject.txt",
            Part::Html => "body.mjml",
            Part::Text => "body.txt",
            Part::Short => "text.txt",
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.file())
    }
}

/// What is wrong with a template, where, and the cure. Never carries a value: values are patients' data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    #[error("{part} is empty; write its text")]
    Empty { part: Part },
    #[error(
        "{part} line {line}: this is not valid template syntax; check that every {{{{ }}}} and {{% %}} is closed and every if and for has its end"
    )]
    Syntax { part: Part, line: usize },
    #[error(
        "{part} line {line}: there is no variable {name:?}; use one of the variables in docs, e.g. patient.first_name"
    )]
    UnknownVariable { part: Part, line: usize, name: String },
    #[error("{part} line {line}: there is no filter, test or function of that name; take it out")]
    UnknownWord { part: Part, line: usize },
    #[error(
        "body.mjml line {line}: this is not valid MJML ({cause}); write only <mj-section> elements and close every tag"
    )]
    Mjml { line: usize, cause: &'static str },
    #[error("{part} line {line}: {name:?} has no value for this mail; put it inside {{% if {name} %}} … {{% endif %}}")]
    NoValue { part: Part, line: usize, name: String },
    #[error("{part} line {line}: the template takes too many steps; make its loops smaller")]
    TooLong { part: Part, line: usize },
    #[error("{part} line {line}: this expression cannot be computed; use plain variables, if and for")]
    Expression { part: Part, line: usize },
}
