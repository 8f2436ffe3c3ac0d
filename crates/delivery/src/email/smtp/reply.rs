//! What a gateway answers: its lines, what they mean for the mail, and what of them may be kept.

use super::Stage;
use crate::{EnhancedCode, Outcome};

/// A whole answer: three digits and the text of its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) code: u16,
    pub(super) lines: Vec<String>,
}

/// One line of an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) code: u16,
    pub(super) last: bool,
    pub(super) text: String,
}

/// Reads `250-text`, `250 text` or `250`, without the line end. Anything else is `None`.
pub(super) fn read_line(line: &[u8]) -> Option<Line> {
    let (digits, rest) = line.split_at_checked(3)?;
    let [first @ b'2'..=b'5', second @ b'0'..=b'9', third @ b'0'..=b'9'] = *digits else {
        return None;
    };
    let code = [first, second, third].iter().fold(0, |code, digit| code * 10 + u16::from(digit - b'0'));
    let (last, text) = match rest.split_first() {
        None => (true, rest),
        Some((b' ', text)) => (true, text),
        Some((b'-', text)) => (false, text),
        Some(_) => return None,
    };
    Some(Line { code, last, text: String::from_utf8_lossy(text).into_owned() })
}

impl Reply {
    pub(super) fn is_positive(&self) -> bool {
        (200..300).contains(&self.code)
    }

    /// The enhanced code that the text starts with, if it is of the same class as the reply's own.
    pub(super) fn enhanced(&self) -> Option<EnhancedCode> {
        let text = self.lines.first()?;
        let code = EnhancedCode::read(text.split_whitespace().next()?)?;
        (u16::from(code.class) == self.code / 100).then_some(code)
    }

    /// What this refusal means for the mail. An answer that is neither yes nor no where one was due counts as a no
    /// for now.
    ///
    /// Only an enhanced code makes an address bad, and only where the recipient is judged: a bare 550 is as often
    /// the verdict on the sender.
    pub(super) fn refusal(&self, stage: Stage, recipient: &str) -> Outcome {
        let (reply, code) = (self.redacted(recipient), self.enhanced());
        if self.code < 500 {
            return Outcome::Temporary { reply, code };
        }
        let judges_recipient = matches!(stage, Stage::Recipient | Stage::Body);
        let address_is_bad = judges_recipient && code.is_some_and(EnhancedCode::names_a_bad_recipient);
        Outcome::Permanent { reply, code, address_is_bad }
    }

    /// The answer as it may be stored and shown: one line, short, without anything that looks like an address.
    pub(super) fn redacted(&self, recipient: &str) -> String {
        let text = self.lines.join(" ");
        let kept = redact(&text, recipient);
        format!("{} {kept}", self.code).trim_end().chars().take(LONGEST_KEPT).collect()
    }
}

/// In characters.
pub(super) const LONGEST_KEPT: usize = 300;
const REDACTED: &str = "[address]";
const BETWEEN_WORDS: &str = " <>()[]{}\"',;:";

/// Replaces every word that holds an @ (plain or encoded) or the recipient's part before the @.
fn redact(text: &str, recipient: &str) -> String {
    let text: String = text.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect();
    let local = recipient.rsplit_once('@').map_or(recipient, |(local, _)| local).to_lowercase();
    let mut kept = String::with_capacity(text.len());
    for piece in text.split_inclusive(|sign: char| BETWEEN_WORDS.contains(sign) || sign.is_whitespace()) {
        let word = piece.trim_end_matches(|sign: char| BETWEEN_WORDS.contains(sign) || sign.is_whitespace());
        let between = piece.get(word.len()..).unwrap_or_default();
        kept.push_str(if gives_away(&word.to_lowercase(), &local) { REDACTED } else { word });
        kept.push_str(between);
    }
    kept
}

fn gives_away(word: &str, local: &str) -> bool {
    let holds_an_at = ["@", "＠", "=40", "%40", "&#64"].iter().any(|at| word.contains(at));
    // A short name ("al") is part of too many plain words to be looked for inside them.
    let holds_the_name =
        !local.is_empty() && (word.trim_matches('.') == local || local.chars().count() > 3 && word.contains(local));
    holds_an_at || holds_the_name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(code: u16, text: &str) -> Reply {
        Reply { code, lines: vec![text.to_owned()] }
    }

    fn bad_address(code: u16, text: &str, stage: Stage) -> Option<bool> {
        match reply(code, text).refusal(stage, "alma.perez@clinic.example") {
            Outcome::Permanent { address_is_bad, .. } => Some(address_is_bad),
            Outcome::Temporary { .. } => None,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn reply_lines_are_read_strictly() {
        assert_eq!(read_line(b"250 ok"), Some(Line { code: 250, last: true, text: "ok".into() }));
        assert_eq!(read_line(b"250-ok"), Some(Line { code: 250, last: false, text: "ok".into() }));
        assert_eq!(read_line(b"354"), Some(Line { code: 354, last: true, text: String::new() }));
        for not_smtp in [&b""[..], b"25", b"650 ok", b"150 ok", b"2x0 ok", b"250_ok", b"+OK", b"HTTP/1.1 400"] {
            assert_eq!(read_line(not_smtp), None, "{not_smtp:?}");
        }
    }

    #[test]
    fn only_a_verdict_on_the_recipient_makes_the_address_bad() {
        assert_eq!(bad_address(550, "5.1.1 unknown", Stage::Recipient), Some(true));
        assert_eq!(bad_address(550, "5.2.1 disabled", Stage::Body), Some(true));
        assert_eq!(bad_address(550, "5.1.1 sender unknown", Stage::Sender), Some(false));
        assert_eq!(bad_address(554, "5.7.1 policy", Stage::Recipient), Some(false));
        assert_eq!(bad_address(550, "no such user", Stage::Recipient), Some(false));
        assert_eq!(bad_address(552, "5.2.2 full", Stage::Recipient), Some(false));
        assert_eq!(bad_address(550, "4.1.1 muddled", Stage::Recipient), Some(false));
        assert_eq!(bad_address(450, "4.1.1 try later", Stage::Recipient), None);
    }

    #[test]
    fn stored_replies_hold_no_address() {
        let cases = [
            ("5.1.1 <alma.perez@clinic.example>: no such user", "550 5.1.1 <[address]>: no such user"),
            ("5.1.1 User ALMA.PEREZ unknown", "550 5.1.1 User [address] unknown"),
            ("user alma.perez.", "550 user [address]"),
            ("b+alma.perez=clinic.example was not found", "550 [address] was not found"),
            ("see https://help.example/?q=someone%40else.example", "550 see https:[address]"),
            ("a@b,c@d;e@f", "550 [address],[address];[address]"),
            ("mailbox\tunavailable\u{1b}[31m", "550 mailbox unavailable [31m"),
        ];
        for (said, kept) in cases {
            assert_eq!(reply(550, said).redacted("alma.perez@clinic.example"), kept);
        }
        assert_eq!(reply(550, "al is not also here").redacted("al@b.example"), "550 [address] is not also here");
    }

    #[test]
    fn stored_replies_are_short() {
        assert_eq!(reply(550, &"long ".repeat(1000)).redacted("a@b.example").chars().count(), LONGEST_KEPT);
    }
}
