//! A mail that tells what became of another one: a delivery status notification (RFC 3464), or somebody's complaint about
//! it (RFC 5965), as a mail server hands them over. Anybody can write such a mail: it names a message, and whoever keeps
//! the ledger sees whether it was theirs.

use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders, PartType};

use crate::EnhancedCode;

/// What came of a mail after it had been taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    /// It was not delivered, and will not be.
    Back { code: EnhancedCode },
    /// It is still being tried.
    Late { code: EnhancedCode },
    /// Whom it was for says that it is unwanted.
    Complained,
}

#[derive(Clone, PartialEq, Eq)]
pub struct Report {
    pub came: Came,
    /// Of the mail it is about, without angle brackets.
    pub message_id: String,
    /// Whom the report says it was for: the address it went to in the end, and the one it was sent to; lower-cased.
    pub recipients: Vec<String>,
}

/// Shows no address.
impl std::fmt::Debug for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { came, message_id, .. } = self;
        f.debug_struct("Report").field("came", came).field("message_id", message_id).finish_non_exhaustive()
    }
}

impl Report {
    /// `None`: the mail is no such report, or does not say about which mail it is.
    #[must_use]
    pub fn read(raw: &[u8]) -> Option<Self> {
        let mail = MessageParser::default().parse(raw)?;
        let message_id = original_id(&mail)?;
        let (came, recipients) = part(&mail, "message", "delivery-status")
            .and_then(|status| status_of(status.contents()))
            .or_else(|| part(&mail, "message", "feedback-report").and_then(|said| complaint_of(said.contents())))?;
        Some(Self { came, message_id, recipients })
    }
}

impl Came {
    /// The address will not work for the next mail either. What was wrong with the mail or its sender (5.5 protocol, 5.6
    /// content, 5.7 policy, 5.3.4 too big, 5.1.7 and 5.1.8 the sender's address) says nothing of it.
    #[must_use]
    pub fn ends_the_address(self) -> bool {
        match self {
            Came::Back { code } => match (code.class, code.subject, code.detail) {
                (5, 5..=7, _) | (5, 3, 4) | (5, 1, 7 | 8) => false,
                (class, ..) => class == 5,
            },
            Came::Late { .. } | Came::Complained => false,
        }
    }
}

fn part<'m, 'x>(mail: &'m Message<'x>, kind: &str, subtype: &str) -> Option<&'m MessagePart<'x>> {
    mail.parts.iter().find(|part| is_of(part, kind, subtype))
}

fn is_of(part: &MessagePart, kind: &str, subtype: &str) -> bool {
    let same = |found: &str, wanted: &str| found.eq_ignore_ascii_case(wanted);
    part.content_type().is_some_and(|c| same(c.ctype(), kind) && c.subtype().is_some_and(|s| same(s, subtype)))
}

/// The mail that comes back is a part of the report: whole, or its head.
fn original_id(mail: &Message) -> Option<String> {
    let whole = mail.parts.iter().find_map(|part| match &part.body {
        PartType::Message(original) => original.message_id().map(str::to_owned),
        PartType::Text(_)
        | PartType::Html(_)
        | PartType::Binary(_)
        | PartType::InlineBinary(_)
        | PartType::Multipart(_) => None,
    });
    whole.or_else(|| {
        let head = part(mail, "text", "rfc822-headers").or_else(|| part(mail, "message", "rfc822-headers"))?;
        let head = [head.contents(), b"\r\n\r\n"].concat();
        MessageParser::default().parse_headers(&head)?.message_id().map(str::to_owned)
    })
}

/// The fields of a group, which are written as those of a mail's head.
fn field(group: &Message, name: &'static str) -> Option<String> {
    let text = group.header_raw(name)?;
    let plain = text.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    Some(plain).filter(|text| !text.is_empty())
}

/// The groups after the first are about one recipient each; a mail of ours has one.
fn status_of(contents: &[u8]) -> Option<(Came, Vec<String>)> {
    let text = String::from_utf8_lossy(contents).replace("\r\n", "\n");
    text.split("\n\n").map(|group| format!("{}\n\n", group.trim_start_matches('\n'))).find_map(|group| {
        let group = MessageParser::default().parse_headers(group.as_bytes())?;
        let action = field(&group, "Action")?.to_ascii_lowercase();
        let status = field(&group, "Status")?;
        // A word in brackets may follow the number.
        let code = EnhancedCode::read(status.split([' ', '(']).next()?)?;
        let came = match action.as_str() {
            "failed" => Came::Back { code },
            "delayed" => Came::Late { code },
            _ => return None,
        };
        let recipients = ["Final-Recipient", "Original-Recipient"].into_iter().filter_map(|name| field(&group, name));
        Some((came, recipients.map(|text| address_of(&text)).collect()))
    })
}

fn complaint_of(contents: &[u8]) -> Option<(Came, Vec<String>)> {
    let head = [contents, b"\r\n\r\n"].concat();
    let said = MessageParser::default().parse_headers(&head)?;
    let kind = field(&said, "Feedback-Type")?.to_ascii_lowercase();
    let recipient = field(&said, "Original-Rcpt-To").map(|text| address_of(&text));
    (kind != "not-spam").then(|| (Came::Complained, recipient.into_iter().collect()))
}

/// "rfc822; <Alma@example.org>" is alma@example.org.
fn address_of(text: &str) -> String {
    let address = text.split_once(';').map_or(text, |(_, address)| address);
    address.trim().trim_matches(['<', '>']).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_says_something_of_the_address_ends_it() {
        let back = |text: &str| Came::Back { code: EnhancedCode::read(text).unwrap() };
        for hard in ["5.1.1", "5.1.10", "5.2.1", "5.2.2", "5.4.1", "5.0.0"] {
            assert!(back(hard).ends_the_address(), "{hard}");
        }
        for not in ["5.7.1", "5.7.26", "5.6.0", "5.3.4", "5.1.8", "4.4.7", "4.2.2"] {
            assert!(!back(not).ends_the_address(), "{not}");
        }
        let late = Came::Late { code: EnhancedCode::read("5.1.1").unwrap() };
        assert!(!late.ends_the_address() && !Came::Complained.ends_the_address());
    }
}
