//! The patient group: a tree of all / any / not over clauses, each evaluated by itself, so that a "no" names the clause
//! and the value it saw.

use serde::{Deserialize, Serialize};

mod field;
mod read;
mod write;

pub use field::{Field, Shape, value_of, visits_booked};

use super::facts::Facts;
use crate::chart::Occurrence;

#[derive(Debug, Clone, PartialEq)]
pub enum Group {
    All(Vec<Group>),
    Any(Vec<Group>),
    Not(Box<Group>),
    Clause(Clause),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Clause {
    pub field: Field,
    pub op: Op,
    pub value: Value,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $what:literal { $($variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($variant),* }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word),* }
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                $name::ALL.iter().copied().find(|x| x.word() == text).ok_or_else(|| {
                    let all: Vec<_> = $name::ALL.iter().map(|x| x.word()).collect();
                    format!("`{text}` is not {}; allowed: {}", $what, all.join(" "))
                })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(self.word())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                <String as serde::Deserialize>::deserialize(d)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use words;

words! { Op, "an operator" {
    Eq = "=", Ne = "!=", Gt = ">", Ge = ">=", Lt = "<", Le = "<=", In = "in", Has = "has",
}}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<String>),
    Unknown,
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Bool(b) => write!(f, "{}", if *b { "yes" } else { "no" }),
            Value::Number(n) => write!(f, "{n}"),
            Value::Text(t) => f.write_str(t),
            Value::List(l) => write!(f, "{}", l.join(", ")),
            Value::Unknown => f.write_str("not known"),
        }
    }
}

impl std::fmt::Display for Clause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.field.word(), self.op.word(), self.value)
    }
}

/// The clause that decided a "no", and the value it saw.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Saw {
    pub clause: String,
    pub value: String,
}

/// One clause judged by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    pub clause: String,
    pub value: String,
    pub holds: bool,
}

impl Group {
    /// `Ok` when the patient belongs to the group now, asked because of an event.
    pub fn holds(&self, facts: &Facts, occurrence: &Occurrence) -> Result<(), Saw> {
        self.judge(&|field| value_of(field, facts, Some(occurrence)))
    }

    /// `Ok` when the patient belongs to the group now, whatever happened.
    pub fn holds_for_patient(&self, facts: &Facts) -> Result<(), Saw> {
        self.judge(&|field| value_of(field, facts, None))
    }

    /// Every clause in the order in which it is written, each judged by itself whatever the others say.
    pub fn clauses(&self, facts: &Facts, occurrence: Option<&Occurrence>) -> Vec<Judged> {
        let judged = |clause: &Clause| {
            let seen = value_of(clause.field, facts, occurrence);
            Judged { clause: clause.to_string(), holds: clause.is_met_by(&seen), value: seen.to_string() }
        };
        self.leaves().into_iter().map(judged).collect()
    }

    /// Every clause in the order in which it is written.
    pub fn leaves(&self) -> Vec<&Clause> {
        match self {
            Group::All(parts) | Group::Any(parts) => parts.iter().flat_map(Group::leaves).collect(),
            Group::Not(part) => part.leaves(),
            Group::Clause(clause) => vec![clause],
        }
    }

    /// The tree over whatever the fields are said to be.
    pub fn judge(&self, see: &dyn Fn(Field) -> Value) -> Result<(), Saw> {
        match self {
            Group::All(parts) => parts.iter().try_for_each(|part| part.judge(see)),
            Group::Any(parts) => {
                let mut first = None;
                for part in parts {
                    match part.judge(see) {
                        Ok(()) => return Ok(()),
                        Err(saw) => first = first.or(Some(saw)),
                    }
                }
                first.map_or(Ok(()), Err)
            }
            Group::Not(part) => match part.judge(see) {
                Ok(()) => Err(Saw { clause: format!("not ({part})"), value: "it is so".into() }),
                Err(_) => Ok(()),
            },
            Group::Clause(clause) => {
                let seen = see(clause.field);
                let saw = || Saw { clause: clause.to_string(), value: seen.to_string() };
                if clause.is_met_by(&seen) { Ok(()) } else { Err(saw()) }
            }
        }
    }
}

impl Clause {
    /// `store::group_sql` says the same in SQL.
    fn is_met_by(&self, seen: &Value) -> bool {
        match (seen, &self.value, self.op) {
            (Value::Unknown, _, op) => op == Op::Ne,
            (Value::Bool(a), Value::Bool(b), Op::Eq) => a == b,
            (Value::Bool(a), Value::Bool(b), Op::Ne) => a != b,
            (Value::Number(a), Value::Number(b), op) => compares(op, a.partial_cmp(b)),
            (Value::Text(a), Value::Text(b), op) => compares(op, Some(a.cmp(b))),
            (Value::Text(a), Value::List(b), Op::In) => b.contains(a),
            (Value::List(a), Value::Text(b), Op::Has) => a.contains(b),
            _ => false,
        }
    }
}

pub(super) fn compares(op: Op, order: Option<std::cmp::Ordering>) -> bool {
    use std::cmp::Ordering::{Equal, Greater, Less};
    match (op, order) {
        (Op::Eq, Some(Equal)) | (Op::Ge, Some(Equal | Greater)) | (Op::Le, Some(Equal | Less)) => true,
        (Op::Gt, Some(Greater)) | (Op::Lt, Some(Less)) => true,
        (Op::Ne, order) => order != Some(Equal),
        _ => false,
    }
}

impl std::fmt::Display for Group {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let join = |f: &mut std::fmt::Formatter<'_>, parts: &[Group], word: &str| {
            for (i, part) in parts.iter().enumerate() {
                if i > 0 {
                    write!(f, " {word} ")?;
                }
                match part {
                    Group::Clause(clause) => write!(f, "{clause}")?,
                    tree => write!(f, "({tree})")?,
                }
            }
            Ok(())
        };
        match self {
            Group::All(parts) if parts.is_empty() => f.write_str("everyone"),
            Group::All(parts) => join(f, parts, "and"),
            Group::Any(parts) => join(f, parts, "or"),
            Group::Not(part) => write!(f, "not ({part})"),
            Group::Clause(clause) => write!(f, "{clause}"),
        }
    }
}
