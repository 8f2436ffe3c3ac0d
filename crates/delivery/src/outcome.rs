//! What became of one attempt, in words every channel shares.

use crate::email::Down;
use std::fmt;

/// What one attempt to hand over a message came to. Replies are redacted and safe to store and show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The gateway took the message and answers for it from here.
    Sent { reply: String },
    /// The gateway may take it later: try again after [`backoff`](crate::backoff).
    Temporary { reply: String, code: Option<EnhancedCode> },
    /// The gateway will never take this message. `address_is_bad` only if it said so of this very address; then the
    /// address belongs on the suppression list.
    Permanent { reply: String, code: Option<EnhancedCode>, address_is_bad: bool },
    /// The message was handed over whole and no answer came: it may or may not have been taken.
    Unknown,
    /// Nobody to hand it to: the message was certainly not sent, and neither would any other be.
    ChannelDown { reason: Down },
}

/// An enhanced status code of RFC 3463, such as 5.1.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EnhancedCode {
    pub class: u8,
    pub subject: u16,
    pub detail: u16,
}

impl EnhancedCode {
    /// Reads `class.subject.detail`; anything else is `None`.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let mut numbers = text.split('.');
        let mut number = || -> Option<u16> {
            let digits = numbers.next()?;
            let plain = (1..=3).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
            if plain { digits.parse().ok() } else { None }
        };
        let (class, subject, detail) = (number()?, number()?, number()?);
        let class = u8::try_from(class).ok().filter(|class| matches!(class, 2 | 4 | 5))?;
        numbers.next().is_none().then_some(Self { class, subject, detail })
    }

    /// Whether it says that the recipient's address does not work: 5.1.x and 5.2.1 (mailbox disabled). 5.1.7 and
    /// 5.1.8 are of that family but speak of the sender's address.
    #[must_use]
    pub fn names_a_bad_recipient(self) -> bool {
        match (self.class, self.subject, self.detail) {
            (5, 1, 7 | 8) => false,
            (5, 1, _) | (5, 2, 1) => true,
            _ => false,
        }
    }
}

impl fmt::Display for EnhancedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enhanced_codes_are_read_strictly() {
        assert_eq!(EnhancedCode::read("5.1.10"), Some(EnhancedCode { class: 5, subject: 1, detail: 10 }));
        for not_a_code in ["", "5", "5.1", "5.1.1.1", "3.1.1", "5.1.x", "5.+1.1", "5..1", "5.1.1111"] {
            assert_eq!(EnhancedCode::read(not_a_code), None, "{not_a_code}");
        }
    }

    #[test]
    fn only_codes_about_the_recipient_name_a_bad_address() {
        let bad = |code| EnhancedCode::read(code).unwrap().names_a_bad_recipient();
        assert!(["5.1.1", "5.1.2", "5.1.3", "5.1.10", "5.2.1"].into_iter().all(bad));
        assert!(!["5.1.7", "5.1.8", "5.2.2", "5.7.1", "5.7.26", "4.1.1", "4.2.1", "5.0.0"].into_iter().any(bad));
    }
}
