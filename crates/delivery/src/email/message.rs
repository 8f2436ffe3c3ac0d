//! A mail as values, and the bytes (RFC 5322, MIME) it becomes.
//!
//! The same mail always gives the same bytes: the date is an argument, the Message-ID derives from the delivery key
//! and the MIME boundaries from the Message-ID. A second try after a lost answer is therefore the same mail.

use super::address::{self, BadAddress};
use mail_builder::MessageBuilder;
use mail_builder::headers::{
    HeaderType, address::Address, content_type::ContentType, date::Date, message_id::MessageId, raw::Raw, url::URL,
};
use mail_builder::mime::{BodyPart, MimePart};
use sha2::{Digest, Sha256};
use std::fmt;

/// One mail to one person, rendered.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// Without angle brackets; see [`message_id`].
    pub message_id: String,
    pub from: Mailbox,
    pub to: Mailbox,
    pub reply_to: Option<Mailbox>,
    pub subject: String,
    pub text: String,
    pub html: Option<String>,
    pub calendar: Option<CalendarFile>,
    pub list_unsubscribe: Option<Unsubscribe>,
    /// Seconds since 1970, UTC.
    pub date: i64,
    /// Says `Auto-Submitted: auto-generated`, so that out-of-office replies stay away.
    pub auto_submitted: bool,
}

/// An address with the name shown for it.
#[derive(Clone, PartialEq, Eq)]
pub struct Mailbox {
    pub name: Option<String>,
    pub address: String,
}

impl Mailbox {
    #[must_use]
    pub fn new(name: Option<&str>, address: &str) -> Self {
        Self { name: name.map(str::to_owned), address: address.to_owned() }
    }
}

/// A calendar entry (RFC 5545) that travels with the mail: as a part that mail programs offer to put into the
/// calendar, and as a file for those that do not.
#[derive(Clone, PartialEq, Eq)]
pub struct CalendarFile {
    pub method: CalendarMethod,
    /// Such as `visit.ics`.
    pub name: String,
    pub body: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalendarMethod {
    Request,
    Cancel,
    Publish,
}

impl CalendarMethod {
    fn word(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
            Self::Publish => "PUBLISH",
        }
    }
}

/// One-click unsubscription, RFC 8058: the address that a mail program posts to, and one to write to.
#[derive(Clone, PartialEq, Eq)]
pub struct Unsubscribe {
    /// An https URL; http only for this very machine (the demo).
    pub url: String,
    /// A `mailto:` URL.
    pub mailto: Option<String>,
}

/// Why a mail cannot be written. Names the place, never what stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadMail {
    #[error("{field}: {cause}")]
    Address { field: &'static str, cause: BadAddress },
    #[error("{field} contains a line break or another control character; remove it where it was typed")]
    ControlCharacter { field: &'static str },
    #[error("the Message-ID is not of the form key@domain; check the mail domain in the settings")]
    MessageId,
    #[error("the unsubscribe link is not a plain https URL; check the public address in the settings")]
    UnsubscribeUrl,
    #[error("the unsubscribe address is not a plain mailto: URL; check it in the settings")]
    UnsubscribeMailto,
}

/// A message ready for the wire: its bytes, and the envelope it travels in.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    sender: String,
    recipient: String,
    bytes: Vec<u8>,
}

impl Message {
    /// `sender` is where bounces go, `recipient` whom it is for; neither needs to stand in the message's own headers.
    pub fn new(sender: &str, recipient: &str, bytes: Vec<u8>) -> Result<Self, BadMail> {
        check_address("the envelope's sender", sender)?;
        check_address("the envelope's recipient", recipient)?;
        Ok(Self { sender: sender.to_owned(), recipient: recipient.to_owned(), bytes })
    }

    /// The same message with its bounces sent elsewhere than to its From address.
    pub fn with_bounces_to(self, sender: &str) -> Result<Self, BadMail> {
        Self::new(sender, &self.recipient, self.bytes)
    }

    #[must_use]
    pub fn sender(&self) -> &str {
        &self.sender
    }

    #[must_use]
    pub fn recipient(&self) -> &str {
        &self.recipient
    }

    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Debug output ends up in logs and error reports: it shows which mail, and nothing of the patient.
macro_rules! shows_little {
    ($($name:ident { $($field:ident),* })*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name))$(.field(stringify!($field), &self.$field))*.finish_non_exhaustive()
            }
        }
    )*};
}
shows_little! { Mail { message_id, date } Message {} Mailbox {} CalendarFile { method } Unsubscribe {} }

/// A Message-ID that is the same at every attempt: derived (SHA-256) from the delivery key, so that it says nothing
/// about the patient and a gateway that sees it twice can tell.
#[must_use]
pub fn message_id(delivery_key: &str, domain: &str) -> String {
    format!("{}@{domain}", digest("message-id", delivery_key))
}

fn digest(purpose: &str, of: &str) -> String {
    let hash = Sha256::new().chain_update(purpose).chain_update([0]).chain_update(of).finalize();
    hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

impl Mail {
    /// Writes the mail, with bounces going to its From address.
    pub fn message(&self) -> Result<Message, BadMail> {
        self.check()?;
        let mut builder = MessageBuilder::new()
            .header("Message-ID", MessageId::new(self.message_id.as_str()))
            .header("Date", Date::new(self.date))
            .from(written(&self.from))
            .to(written(&self.to))
            .subject(self.subject.as_str());
        if let Some(reply_to) = &self.reply_to {
            builder = builder.reply_to(written(reply_to));
        }
        if let Some(unsubscribe) = &self.list_unsubscribe {
            let urls = std::iter::once(unsubscribe.url.as_str()).chain(unsubscribe.mailto.as_deref());
            builder = builder
                .header("List-Unsubscribe", HeaderType::URL(URL::new_list(urls)))
                .header("List-Unsubscribe-Post", Raw::new("List-Unsubscribe=One-Click"));
        }
        if self.auto_submitted {
            builder = builder.header("Auto-Submitted", Raw::new("auto-generated"));
        }
        let mut bytes = Vec::new();
        builder.body(self.body()).serialize(&mut bytes);
        Message::new(&self.from.address, &self.to.address, bytes)
    }

    /// The text, an HTML and a calendar version of it if there are any, and the calendar entry once more as a file.
    fn body(&self) -> MimePart<'_> {
        let mut versions = vec![MimePart::new("text/plain", self.text.as_str())];
        if let Some(html) = &self.html {
            versions.push(MimePart::new("text/html", html.as_str()));
        }
        let Some(calendar) = &self.calendar else {
            return match versions.pop() {
                Some(only) if versions.is_empty() => only,
                last => {
                    versions.extend(last);
                    self.multipart("multipart/alternative", versions)
                }
            };
        };
        let as_version =
            ContentType::new("text/calendar").attribute("charset", "utf-8").attribute("method", calendar.method.word());
        versions.push(MimePart::new(as_version, calendar.body.as_str()));
        let as_file = ContentType::new("application/ics").attribute("name", calendar.name.as_str());
        let file = MimePart::new(as_file, BodyPart::Binary(calendar.body.as_bytes().into()))
            .attachment(calendar.name.as_str());
        let versions = self.multipart("multipart/alternative", versions);
        self.multipart("multipart/mixed", vec![versions, file])
    }

    fn multipart<'x>(&self, kind: &'static str, parts: Vec<MimePart<'x>>) -> MimePart<'x> {
        let boundary = format!("=_{}", digest(kind, &self.message_id));
        MimePart::new(ContentType::new(kind).attribute("boundary", boundary), parts)
    }

    fn check(&self) -> Result<(), BadMail> {
        let mailboxes = [
            ("the sender", Some(&self.from)),
            ("the recipient", Some(&self.to)),
            ("the address for replies", self.reply_to.as_ref()),
        ];
        for (field, mailbox) in mailboxes {
            let Some(mailbox) = mailbox else { continue };
            check_address(field, &mailbox.address)?;
            check_line(field, mailbox.name.as_deref().unwrap_or_default())?;
        }
        check_line("the subject", &self.subject)?;
        if let Some(calendar) = &self.calendar {
            check_line("the calendar file's name", &calendar.name)?;
        }
        check_message_id(&self.message_id)?;
        self.list_unsubscribe.as_ref().map_or(Ok(()), check_unsubscribe)
    }
}

fn written(mailbox: &Mailbox) -> Address<'_> {
    Address::new_address(mailbox.name.as_deref(), mailbox.address.as_str())
}

fn check_address(field: &'static str, address: &str) -> Result<(), BadMail> {
    address::check(address).map_err(|cause| BadMail::Address { field, cause })
}

/// Header text is one line. Unicode's own line and paragraph separators count as breaks too.
fn check_line(field: &'static str, text: &str) -> Result<(), BadMail> {
    let breaks = |sign: char| sign.is_control() || matches!(sign, '\u{2028}' | '\u{2029}');
    if text.chars().any(breaks) { Err(BadMail::ControlCharacter { field }) } else { Ok(()) }
}

fn check_message_id(id: &str) -> Result<(), BadMail> {
    let plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_+=@".contains(&byte));
    let halves =
        id.split_once('@').is_some_and(|(key, domain)| !key.is_empty() && !domain.is_empty() && !domain.contains('@'));
    if plain && halves && id.len() <= 250 { Ok(()) } else { Err(BadMail::MessageId) }
}

fn check_unsubscribe(unsubscribe: &Unsubscribe) -> Result<(), BadMail> {
    let plain =
        |url: &str| url.len() <= 900 && url.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>\",".contains(&byte));
    let here = ["http://localhost:", "http://localhost/", "http://127.0.0.1:", "http://127.0.0.1/", "http://[::1]"];
    let url = unsubscribe.url.as_str();
    if !plain(url) || !(url.starts_with("https://") || here.iter().any(|start| url.starts_with(start))) {
        return Err(BadMail::UnsubscribeUrl);
    }
    match unsubscribe.mailto.as_deref() {
        Some(mailto) if !plain(mailto) || !mailto.starts_with("mailto:") => Err(BadMail::UnsubscribeMailto),
        Some(_) | None => Ok(()),
    }
}
