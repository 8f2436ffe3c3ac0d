//! A received mail as a person reads it, for the demo's mailbox.

use mail_parser::{Address, MessageParser, MimeHeaders};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    pub subject: String,
    /// As shown: `Name <address>`.
    pub from: String,
    pub to: String,
    pub reply_to: Option<String>,
    /// Without angle brackets.
    pub message_id: Option<String>,
    /// Seconds since 1970, UTC.
    pub date: Option<i64>,
    /// The header as it stands, unfolded.
    pub list_unsubscribe: Option<String>,
    pub list_unsubscribe_post: Option<String>,
    pub text: Option<String>,
    pub html: Option<String>,
    pub calendar: Option<Calendar>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    pub method: Option<String>,
    pub body: String,
}

impl Parsed {
    /// `None` if it is no message at all.
    #[must_use]
    pub fn read(raw: &[u8]) -> Option<Self> {
        let message = MessageParser::default().parse(raw)?;
        let header = |name: &'static str| -> Option<String> {
            let text = message.header_raw(name)?;
            Some(text.split_ascii_whitespace().collect::<Vec<_>>().join(" "))
        };
        let part = |subtype: &str| {
            message.parts.iter().find_map(|part| {
                let kind = part.content_type();
                let is_it = kind.is_some_and(|kind| {
                    kind.ctype().eq_ignore_ascii_case("text")
                        && kind.subtype().is_some_and(|found| found.eq_ignore_ascii_case(subtype))
                });
                if is_it { part.text_contents().map(|text| (kind, text.to_owned())) } else { None }
            })
        };
        let calendar = part("calendar").map(|(kind, body)| Calendar {
            method: kind.and_then(|kind| kind.attribute("method")).map(str::to_owned),
            body,
        });
        Some(Self {
            subject: message.subject().unwrap_or_default().to_owned(),
            from: shown(message.from()).unwrap_or_default(),
            to: shown(message.to()).unwrap_or_default(),
            reply_to: shown(message.reply_to()),
            message_id: message.message_id().map(str::to_owned),
            date: message.date().map(mail_parser::DateTime::to_timestamp),
            list_unsubscribe: header("List-Unsubscribe"),
            list_unsubscribe_post: header("List-Unsubscribe-Post"),
            text: part("plain").map(|(_, text)| text),
            html: part("html").map(|(_, html)| html),
            calendar,
        })
    }
}

fn shown(addresses: Option<&Address<'_>>) -> Option<String> {
    let shown: Vec<String> = addresses?
        .iter()
        .map(|address| match (address.name(), address.address().unwrap_or_default()) {
            (Some(name), address) => format!("{name} <{address}>"),
            (None, address) => address.to_owned(),
        })
        .collect();
    Some(shown.join(", "))
}
