//! The parser: one pass over the text that notes where segments and fields begin; the rest is cut when asked for.

use super::field::Field;

/// Stands for a delimiter the message does not have: no byte of UTF-8 text is 0xFF.
const NONE: u8 = 0xFF;

/// The encoding characters, from MSH-1 and MSH-2; all ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delimiters {
    pub field: u8,
    pub component: u8,
    pub repetition: u8,
    pub escape: u8,
    pub subcomponent: u8,
    pub truncation: u8,
}

impl Default for Delimiters {
    fn default() -> Self {
        Self { field: b'|', component: b'^', repetition: b'~', escape: b'\\', subcomponent: b'&', truncation: NONE }
    }
}

impl Delimiters {
    /// Of bytes that begin with `MSH`; `None` when no sensible field separator follows.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let field = *bytes.get(3).filter(|b| is_delimiter(**b))?;
        let mut rest = bytes[4..].iter().copied().take_while(|b| *b != field && is_delimiter(*b));
        let Some(component) = rest.next() else {
            return Some(Self { field, ..Self::default() });
        };
        let mut next = || rest.next().unwrap_or(NONE);
        let (repetition, escape, subcomponent, truncation) = (next(), next(), next(), next());
        Some(Self { field, component, repetition, escape, subcomponent, truncation })
    }
}

fn is_delimiter(byte: u8) -> bool {
    byte.is_ascii_punctuation() || byte == b'\t'
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAMessage {
    #[error("this is not an HL7 version 2 message")]
    NotHl7,
    #[error("the message does not begin with MSH")]
    NoMsh,
}

/// A message that borrows its text. CR, LF and CRLF end a segment; a line that begins none belongs to the segment before
/// if it holds fields (a raw line break inside a text), and is junk if not.
#[derive(Debug, Clone)]
pub struct Message<'a> {
    text: &'a str,
    delimiters: Delimiters,
    spans: Vec<Span>,
    /// Where field separators stand, of all segments.
    separators: Vec<u32>,
}

#[derive(Debug, Clone, Copy)]
struct Span {
    start: u32,
    end: u32,
    /// Its first in `separators`.
    first: u32,
}

impl<'a> Message<'a> {
    pub fn parse(text: &'a str) -> Result<Self, NotAMessage> {
        let text = text.trim_start_matches(|c: char| c == '\u{feff}' || c == '\u{b}' || c.is_ascii_whitespace());
        let text = text.trim_end_matches(['\u{1c}', '\u{1a}', '\0', '\r', '\n', ' ']);
        let bytes = text.as_bytes();
        if u32::try_from(bytes.len()).is_err() {
            return Err(NotAMessage::NotHl7);
        }
        if !bytes.starts_with(b"MSH") {
            let other = bytes.get(3).is_some_and(|b| is_delimiter(*b)) && is_name(bytes);
            return Err(if other { NotAMessage::NoMsh } else { NotAMessage::NotHl7 });
        }
        let delimiters = Delimiters::of(bytes).ok_or(NotAMessage::NotHl7)?;
        let (spans, separators) = scan(bytes, delimiters.field);
        Ok(Self { text, delimiters, spans, separators })
    }

    pub fn delimiters(&self) -> Delimiters {
        self.delimiters
    }

    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Never: a message has its MSH.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    pub fn at(&self, index: usize) -> Option<Segment<'_>> {
        let span = *self.spans.get(index)?;
        let next = self.spans.get(index + 1).map_or(self.separators.len(), |s| s.first as usize);
        Some(Segment {
            text: self.text,
            separators: self.separators.get(span.first as usize..next)?,
            span,
            delimiters: self.delimiters,
        })
    }

    pub fn segments(&self) -> impl Iterator<Item = Segment<'_>> {
        (0..self.spans.len()).filter_map(|index| self.at(index))
    }

    /// The first segment of this name.
    pub fn segment(&self, name: &str) -> Option<Segment<'_>> {
        self.segments().find(|s| s.name() == name)
    }
}

fn is_name(bytes: &[u8]) -> bool {
    matches!(bytes, [a, b, c, ..] if a.is_ascii_uppercase()
        && [b, c].iter().all(|x| x.is_ascii_uppercase() || x.is_ascii_digit()))
}

fn begins_segment(bytes: &[u8], separator: u8) -> bool {
    is_name(bytes) && bytes.get(3).is_none_or(|b| *b == separator || is_break(*b))
}

fn is_break(byte: u8) -> bool {
    byte == b'\r' || byte == b'\n'
}

fn scan(bytes: &[u8], separator: u8) -> (Vec<Span>, Vec<u32>) {
    let mut spans = Vec::with_capacity(16);
    let mut separators = Vec::with_capacity(bytes.len() / 6);
    let mut open = Span { start: 0, end: 0, first: 0 };
    let mut i = 3;
    while let Some(&byte) = bytes.get(i) {
        if byte == separator {
            separators.push(i as u32);
            i += 1;
        } else if is_break(byte) {
            let (next, line) = next_line(bytes, i, separator);
            if line != Line::Continues {
                spans.push(Span { end: i as u32, ..open });
                open = Span { start: next as u32, end: 0, first: separators.len() as u32 };
            }
            if line == Line::Nothing {
                return (spans, separators);
            }
            i = if line == Line::Segment { next + 3 } else { next };
        } else {
            i += 1;
        }
    }
    spans.push(Span { end: bytes.len() as u32, ..open });
    (spans, separators)
}

#[derive(PartialEq, Eq)]
enum Line {
    Segment,
    /// More fields of the segment before.
    Continues,
    Nothing,
}

/// The next line after `i` that is anything, and what.
fn next_line(bytes: &[u8], mut i: usize, separator: u8) -> (usize, Line) {
    loop {
        while bytes.get(i).is_some_and(|b| is_break(*b)) {
            i += 1;
        }
        let rest = &bytes[i..];
        if rest.is_empty() {
            return (i, Line::Nothing);
        }
        if begins_segment(rest, separator) {
            return (i, Line::Segment);
        }
        let line = rest.iter().position(|b| is_break(*b)).unwrap_or(rest.len());
        if rest[..line].contains(&separator) {
            return (i, Line::Continues);
        }
        i += line;
    }
}

#[derive(Debug, Clone, Copy)]
pub struct Segment<'m> {
    text: &'m str,
    separators: &'m [u32],
    span: Span,
    delimiters: Delimiters,
}

impl<'m> Segment<'m> {
    pub fn name(&self) -> &'m str {
        let start = self.span.start as usize;
        self.text.get(start..start + 3).unwrap_or("")
    }

    pub fn raw(&self) -> &'m str {
        self.text.get(self.span.start as usize..self.span.end as usize).unwrap_or("")
    }

    /// The field of this number, as the standard counts: MSH-1 is the separator itself. Empty when it is not there.
    pub fn field(&self, number: usize) -> Field<'m> {
        let index = if self.name() == "MSH" { number.wrapping_sub(1) } else { number };
        let text = match index {
            0 if number == 1 => self.separators.first().map(|s| (*s as usize, *s as usize + 1)),
            0 | usize::MAX => None,
            _ => self.separators.get(index - 1).map(|s| {
                let end = self.separators.get(index).copied().unwrap_or(self.span.end);
                (*s as usize + 1, end as usize)
            }),
        };
        let text = text.and_then(|(from, to)| self.text.get(from..to)).unwrap_or("");
        Field::new(text, self.delimiters)
    }
}
