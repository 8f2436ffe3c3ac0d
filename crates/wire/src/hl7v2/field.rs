//! Fields and their parts, cut when asked for.

use std::borrow::Cow;

use care::chart::Write;

use super::escape::unescape;
use super::message::Delimiters;

/// Cuts at an ASCII byte.
fn pieces(text: &str, at: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let cut = text.as_bytes().iter().position(|b| *b == at);
        let (piece, left) = match cut {
            Some(i) => (text.get(..i).unwrap_or(""), text.get(i + 1..)),
            None => (text, None),
        };
        rest = left;
        Some(piece)
    })
}

fn piece(text: &str, at: u8, number: usize) -> &str {
    number.checked_sub(1).and_then(|n| pieces(text, at).nth(n)).unwrap_or("")
}

#[derive(Debug, Clone, Copy)]
pub struct Field<'m> {
    text: &'m str,
    delimiters: Delimiters,
}

impl<'m> Field<'m> {
    pub(super) fn new(text: &'m str, delimiters: Delimiters) -> Self {
        Self { text, delimiters }
    }

    pub fn raw(&self) -> &'m str {
        self.text
    }

    /// Nothing is said: no change.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// `""`: delete.
    pub fn is_null(&self) -> bool {
        self.text == "\"\""
    }

    pub fn repetitions(&self) -> impl Iterator<Item = Repetition<'m>> + use<'m> {
        let delimiters = self.delimiters;
        pieces(self.text, delimiters.repetition).map(move |text| Repetition { text, delimiters })
    }

    /// A component of the first repetition.
    pub fn component(&self, number: usize) -> Leaf<'m> {
        let text = piece(self.text, self.delimiters.repetition, 1);
        Repetition { text, delimiters: self.delimiters }.component(number)
    }
}

#[derive(Debug, Clone, Copy)]
pub struct Repetition<'m> {
    text: &'m str,
    delimiters: Delimiters,
}

impl<'m> Repetition<'m> {
    pub fn raw(&self) -> &'m str {
        self.text
    }

    pub fn component(&self, number: usize) -> Leaf<'m> {
        Leaf { text: piece(self.text, self.delimiters.component, number), delimiters: self.delimiters }
    }
}

/// A component or subcomponent: where escapes are undone.
#[derive(Debug, Clone, Copy)]
pub struct Leaf<'m> {
    text: &'m str,
    delimiters: Delimiters,
}

impl<'m> Leaf<'m> {
    pub fn raw(&self) -> &'m str {
        self.text
    }

    pub fn is_null(&self) -> bool {
        self.text == "\"\""
    }

    pub fn subcomponent(&self, number: usize) -> Leaf<'m> {
        Leaf { text: piece(self.text, self.delimiters.subcomponent, number), delimiters: self.delimiters }
    }

    /// Unescaped, untrimmed.
    pub fn text(&self) -> Cow<'m, str> {
        unescape(self.text, self.delimiters)
    }

    /// Unescaped and trimmed; `None` when empty or deleted.
    pub fn value(&self) -> Option<String> {
        if self.is_null() {
            return None;
        }
        let text = self.text();
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_string())
    }

    /// Empty keeps, `""` clears.
    pub fn write(&self) -> Write<String> {
        if self.is_null() { Write::Clear } else { Write::some(self.value()) }
    }
}
