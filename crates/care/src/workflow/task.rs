//! What a step gives.

use serde::Deserialize;

use super::definition::Span;
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
    Assign {
        gives: Gives,
        message: Option<Message>,
        /// After this long undone it is overdue.
        due: Option<Span>,
        remind: Option<Remind>,
    },
    /// An item on the care team's work list.
    Tell {
        text: String,
        /// By when somebody should have seen to it.
        within: Option<Span>,
    },
    /// A system beside ours is told, by a webhook of the clinic: its `template` names it, and its ladder has no other way.
    Call(Message),
}

/// What is assigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gives {
    /// "exercise/bridge"
    Item(String),
    /// Of the forms that the trigger names as `baseline`, those that the run stands on.
    Baseline,
    /// The clinic's outcome form for the part of the body that the answered form names.
    OfRegion,
}

impl Gives {
    fn read(text: &str) -> Option<Self> {
        match text {
            "baseline" => Some(Gives::Baseline),
            "of-region" => Some(Gives::OfRegion),
            item if LIBRARY.iter().any(|kind| item.starts_with(kind)) => Some(Gives::Item(item.to_owned())),
            _ => None,
        }
    }
}

/// Asks once more, by other ways, while what was assigned is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remind {
    pub message: Message,
    pub after: Span,
}

/// A message by a ladder of channels: the next one when the one before cannot lead to the patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub ladder: Vec<Channel>,
    pub template: String,
    /// Attach the visit's calendar file.
    pub calendar: bool,
    pub uncertain: Uncertain,
    pub limit: Option<Limit>,
}

impl Message {
    /// The name of the webhook it calls, if it is no message to a patient.
    pub fn webhook(&self) -> Option<&str> {
        self.template.strip_prefix(WEBHOOK)
    }
}

/// docs/SEMANTICS.md section 5, rule 5: how often this content may go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// To this patient, so many times in any such stretch of time.
    Times { count: usize, period: Span },
    /// To one contact point once, whoever shares it.
    OncePerContact,
}

impl std::str::FromStr for Limit {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a limit: \"1 per 30 days\" or \"once per contact\"");
        if text == "once per contact" {
            return Ok(Limit::OncePerContact);
        }
        let (count, period) = text.split_once(" per ").ok_or_else(wrong)?;
        let count = count.parse().ok().filter(|n| *n > 0).ok_or_else(wrong)?;
        Ok(Limit::Times { count, period: period.parse().map_err(|_| wrong())? })
    }
}

impl Task {
    pub fn message(&self) -> Option<&Message> {
        match self {
            Task::Send(message) | Task::Call(message) => Some(message),
            Task::Assign { message, .. } => message.as_ref(),
            Task::Tell { .. } => None,
        }
    }

    pub fn assigns(&self) -> bool {
        matches!(self, Task::Assign { .. })
    }

    /// Does nothing but send a message, to the patient or to a system.
    pub fn only_sends(&self) -> bool {
        matches!(self, Task::Send(_) | Task::Call(_))
    }

    /// The message that it sends to the patient.
    pub fn to_patient(&self) -> Option<&Message> {
        self.message().filter(|m| m.webhook().is_none())
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn ladder(&self) -> Result<Vec<Channel>, String> {
        match self {
            OneOrMany::One(channel) => Ok(vec![Channel::to_patients(channel)?]),
            OneOrMany::Many(channels) => channels.iter().map(|c| Channel::to_patients(c)).collect(),
        }
    }
}

/// A task as its file says it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTask {
    send: Option<OneOrMany>,
    assign: Option<String>,
    tell: Option<String>,
    call: Option<String>,
    via: Option<OneOrMany>,
    template: Option<String>,
    #[serde(default)]
    calendar: bool,
    uncertain: Option<Uncertain>,
    limit: Option<String>,
    due: Option<String>,
    remind: Option<String>,
    text: Option<String>,
    within: Option<String>,
}

const FORMS: &str = "a task is { send = \"email\" | \"text\" | [\"email\", \"text\"], template = \"message/...\" }, \
     { assign = \"questionnaire/... | exercise/... | education/... | care-plan/... | baseline | of-region\", via = [...], template = \"message/...\" } \
     { tell = \"care_team\", text = \"...\", within = \"4 hours\" } or { call = \"webhook/...\" }";
const WEBHOOK: &str = "webhook/";
const LIBRARY: [&str; 4] = ["questionnaire/", "exercise/", "education/", "care-plan/"];

impl RawTask {
    pub(super) fn read(&self) -> Result<Task, String> {
        match (&self.send, &self.assign, &self.tell, &self.call) {
            (Some(ladder), None, None, None) if self.via.is_none() && self.says_nothing_of_assigning() => {
                self.message(ladder.ladder()?).map(Task::Send)
            }
            (None, Some(given), None, None) => {
                let gives = Gives::read(given).ok_or(FORMS)?;
                let message = self.via.as_ref().map(|ladder| self.message(ladder.ladder()?)).transpose()?;
                let remind = self.remind.as_deref().map(|text| self.remind(text)).transpose()?;
                Ok(Task::Assign { gives, message, due: span(&self.due)?, remind })
            }
            (None, None, Some(who), None) if who == "care_team" && self.template.is_none() => {
                let text = self.text.clone().filter(|t| !t.trim().is_empty()).ok_or("`tell` needs a text")?;
                Ok(Task::Tell { text, within: span(&self.within)? })
            }
            (None, None, None, Some(webhook)) if self.says_nothing_of_a_message() => self.call(webhook).map(Task::Call),
            _ => Err(FORMS.into()),
        }
    }

    /// The receiver knows a call by its id: without another word one whose end nobody knows is made again.
    fn call(&self, webhook: &str) -> Result<Message, String> {
        if !webhook.strip_prefix(WEBHOOK).is_some_and(is_webhook_name) {
            return Err(format!("`{webhook}` names no webhook: webhook/ and up to 60 of a-z, 0-9 and -"));
        }
        Ok(Message {
            ladder: vec![Channel::Webhook],
            template: webhook.to_owned(),
            calendar: false,
            uncertain: self.uncertain.unwrap_or(Uncertain::Resend),
            limit: None,
        })
    }

    fn says_nothing_of_a_message(&self) -> bool {
        let plain = self.via.is_none() && self.template.is_none() && self.limit.is_none() && !self.calendar;
        plain && self.says_nothing_of_assigning()
    }

    fn says_nothing_of_assigning(&self) -> bool {
        self.due.is_none() && self.remind.is_none() && self.text.is_none() && self.within.is_none()
    }

    /// "text after 2 days if open": the same message once more.
    fn remind(&self, text: &str) -> Result<Remind, String> {
        let wrong = || format!("`{text}` is not a reminder such as \"text after 2 days if open\"");
        let (channel, rest) = text.split_once(" after ").ok_or_else(wrong)?;
        let after = rest.strip_suffix(" if open").and_then(|s| s.parse().ok()).ok_or_else(wrong)?;
        Ok(Remind { message: self.message(vec![Channel::to_patients(channel)?])?, after })
    }

    fn message(&self, ladder: Vec<Channel>) -> Result<Message, String> {
        let template = self.template.clone().ok_or("a message needs a template = \"message/...\"")?;
        if !template.starts_with("message/") || ladder.is_empty() {
            return Err(format!("`{template}` is not a message template, or no channel is named; {FORMS}"));
        }
        Ok(Message {
            ladder,
            template,
            calendar: self.calendar,
            uncertain: self.uncertain.unwrap_or(Uncertain::Ask),
            limit: self.limit.as_deref().map(str::parse).transpose()?,
        })
    }
}

fn span(text: &Option<String>) -> Result<Option<Span>, String> {
    text.as_deref().map(str::parse).transpose()
}

/// What a webhook may be called.
pub fn is_webhook_name(name: &str) -> bool {
    let plain = |sign: u8| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == b'-';
    (1..=60).contains(&name.len()) && name.bytes().all(plain)
}
