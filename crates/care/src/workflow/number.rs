//! A test of a number, as a trigger writes it: ">= 10".

use serde::Deserialize;

use super::group::{Op, Saw, compares};

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NumberTest {
    op: Op,
    value: f64,
}

impl NumberTest {
    /// `Ok` when the number passes. One that is not known never does.
    pub fn holds(&self, what: &str, seen: Option<f64>) -> Result<(), Saw> {
        if seen.is_some_and(|seen| compares(self.op, seen.partial_cmp(&self.value))) {
            return Ok(());
        }
        let value = seen.map_or("not known".to_owned(), |seen| seen.to_string());
        Err(Saw { clause: format!("{what} {self}"), value })
    }
}

impl std::fmt::Display for NumberTest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.op.word(), self.value)
    }
}

impl std::str::FromStr for NumberTest {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a test of a number such as \">= 10\"; operators: = != > >= < <=");
        let (op, value) = text.split_once(' ').ok_or_else(wrong)?;
        let op: Op = op.parse().map_err(|_| wrong())?;
        let value: f64 = value.trim().parse().map_err(|_| wrong())?;
        if matches!(op, Op::In | Op::Has) || !value.is_finite() { Err(wrong()) } else { Ok(Self { op, value }) }
    }
}

impl serde::Serialize for NumberTest {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for NumberTest {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}
