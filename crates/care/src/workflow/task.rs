//! What a step gives.

use serde::Deserialize;

use crate::chart::Channel;

/// What happens to an attempt whose outcome a crash left unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Uncertain {
    /// Send again: a reminder twice is better than none.
    Resend,
    /// Hold it until staff decide.
    Ask,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    Send(Message),
    Assign { content: String, message: Option<Message> },
}

/// A message by a ladder of channels: the next one when the one before cannot lead to the patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub ladder: Vec<Channel>,
    pub template: String,
    /// Attach the visit's calendar file.
    pub calendar: bool,
    pub uncertain: Uncertain,
}

impl Task {
    pub fn message(&self) -> Option<&Message> {
        match self {
            Task::Send(message) => Some(message),
            Task::Assign { message, .. } => message.as_ref(),
        }
    }

    pub fn assigns(&self) -> bool {
        matches!(self, Task::Assign { .. })
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// A task as its file says it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTask {
    send: Option<OneOrMany>,
    assign: Option<String>,
    via: Option<OneOrMany>,
    template: Option<String>,
    #[serde(default)]
    calendar: bool,
    uncertain: Option<Uncertain>,
}

const FORMS: &str = "a task is { send = \"email\" | \"text\" | [\"email\", \"text\"], template = \"message/...\" } or \
     { assign = \"questionnaire/... | exercise/... | education/... | care-plan/...\", via = [...], template = \"message/...\" }";
const LIBRARY: [&str; 4] = ["questionnaire/", "exercise/", "education/", "care-plan/"];

impl RawTask {
    pub(super) fn read(&self) -> Result<Task, String> {
        match (&self.send, &self.assign, &self.via) {
            (Some(ladder), None, None) => self.message(ladder).map(Task::Send),
            (None, Some(content), via) if LIBRARY.iter().any(|kind| content.starts_with(kind)) => {
                let message = via.as_ref().map(|ladder| self.message(ladder)).transpose()?;
                Ok(Task::Assign { content: content.clone(), message })
            }
            _ => Err(FORMS.into()),
        }
    }

    fn message(&self, ladder: &OneOrMany) -> Result<Message, String> {
        let ladder = match ladder {
            OneOrMany::One(channel) => vec![channel.parse()?],
            OneOrMany::Many(channels) => channels.iter().map(|c| c.parse()).collect::<Result<Vec<_>, String>>()?,
        };
        let template = self.template.clone().ok_or("a message needs a template = \"message/...\"")?;
        if !template.starts_with("message/") || ladder.is_empty() {
            return Err(format!("`{template}` is not a message template, or no channel is named; {FORMS}"));
        }
        Ok(Message { ladder, template, calendar: self.calendar, uncertain: self.uncertain.unwrap_or(Uncertain::Ask) })
    }
}
