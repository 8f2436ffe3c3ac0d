//! Contact points: an address belongs to itself; families share them.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    Email,
    Text,
    /// A system beside ours is told; no message to a patient goes this way.
    Webhook,
}

impl Channel {
    /// Those by which patients are written to.
    pub const ALL: [Channel; 2] = [Channel::Email, Channel::Text];

    pub fn code(self) -> &'static str {
        match self {
            Channel::Email => "email",
            Channel::Text => "text",
            Channel::Webhook => "webhook",
        }
    }

    /// A channel by which patients are written to.
    pub fn to_patients(text: &str) -> Result<Self, String> {
        let found = Channel::ALL.into_iter().find(|c| c.code() == text);
        found.ok_or_else(|| format!("`{text}` is not a channel: email, text"))
    }
}

impl std::str::FromStr for Channel {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        [Channel::Email, Channel::Text, Channel::Webhook]
            .into_iter()
            .find(|c| c.code() == text)
            .ok_or_else(|| format!("`{text}` is not a channel: email, text"))
    }
}

/// What a message is for; consent and opt-out are given by category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    Care,
    Outcomes,
    Feedback,
    Marketing,
}

impl Category {
    pub const ALL: [Category; 4] = [Category::Care, Category::Outcomes, Category::Feedback, Category::Marketing];

    pub fn code(self) -> &'static str {
        match self {
            Category::Care => "care",
            Category::Outcomes => "outcomes",
            Category::Feedback => "feedback",
            Category::Marketing => "marketing",
        }
    }
}

impl std::str::FromStr for Category {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Category::ALL
            .into_iter()
            .find(|c| c.code() == text)
            .ok_or_else(|| format!("`{text}` is not a category: care, outcomes, feedback, marketing"))
    }
}

/// An email address or a phone number, normalised so that the same one is equal to itself; for a webhook its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ContactPoint {
    pub channel: Channel,
    pub value: String,
}

/// Why an address that is there cannot be meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placeholder;

impl ContactPoint {
    pub fn webhook(name: &str) -> Self {
        Self { channel: Channel::Webhook, value: name.to_owned() }
    }

    /// Trimmed and lower-cased: the part before the @ is case-insensitive at every provider patients use.
    pub fn email(text: &str) -> Result<Self, Placeholder> {
        let value = text.trim().to_lowercase();
        let well_formed = value.split_once('@').is_some_and(|(user, host)| {
            !user.is_empty() && host.contains('.') && !host.starts_with('.') && !host.ends_with('.')
        });
        let plain = value.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"<>(),;:\\\"[]".contains(c))
            && value.matches('@').count() == 1;
        if !well_formed || !plain || is_placeholder(&value) {
            Err(Placeholder)
        } else {
            Ok(Self { channel: Channel::Email, value })
        }
    }

    /// Digits only, with a leading + when it was given; ten digits are North American.
    pub fn mobile(text: &str) -> Result<Self, Placeholder> {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let same = digits.chars().all(|c| digits.starts_with(c));
        if !(10..=15).contains(&digits.len()) || same {
            return Err(Placeholder);
        }
        let value = if digits.len() == 10 { format!("+1{digits}") } else { format!("+{digits}") };
        Ok(Self { channel: Channel::Text, value })
    }
}

/// Front desks type these when a field must be filled and the patient has nothing to give.
fn is_placeholder(email: &str) -> bool {
    const USERS: [&str; 9] = ["none", "no", "noemail", "na", "n/a", "declined", "unknown", "refused", "test"];
    const HOSTS: [&str; 5] = ["none.com", "noemail.com", "na.com", "email.com", "no.com"];
    email.split_once('@').is_some_and(|(user, host)| USERS.contains(&user) || HOSTS.contains(&host))
}
