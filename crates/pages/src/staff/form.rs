//! The parts of a form: what was typed comes back with its error, so that nobody types twice.

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Field {
    pub value: String,
    /// In words, with the cure: "Write the date as 2025-03-31".
    pub error: Option<String>,
}

impl Field {
    pub fn value(value: &str) -> Field {
        Field { value: value.to_owned(), error: None }
    }

    pub fn wrong(value: &str, error: &str) -> Field {
        Field { value: value.to_owned(), error: Some(error.to_owned()) }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

impl Choice {
    pub fn new(value: &str, label: &str) -> Choice {
        Choice { value: value.to_owned(), label: label.to_owned(), chosen: false }
    }
}

/// One of several.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pick {
    pub choices: Vec<Choice>,
    pub error: Option<String>,
}

impl Pick {
    /// The choice whose value is `chosen` is selected.
    pub fn of(choices: Vec<Choice>, chosen: &str) -> Pick {
        let choices = choices.into_iter().map(|choice| Choice { chosen: choice.value == chosen, ..choice }).collect();
        Pick { choices, error: None }
    }
}
