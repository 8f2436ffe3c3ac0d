//! A group as it is written, and what may be written.

use serde::Deserialize;

use super::{Clause, Group, Op, Shape, Value};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    all: Option<Vec<Group>>,
    any: Option<Vec<Group>>,
    not: Option<Box<Group>>,
    field: Option<String>,
    op: Option<String>,
    value: Option<Value>,
}

impl<'de> Deserialize<'de> for Group {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let raw = Raw::deserialize(d)?;
        match raw {
            Raw { all: Some(parts), any: None, not: None, field: None, op: None, value: None } => Ok(Group::All(parts)),
            Raw { any: Some(parts), all: None, not: None, field: None, op: None, value: None } => Ok(Group::Any(parts)),
            Raw { not: Some(part), all: None, any: None, field: None, op: None, value: None } => Ok(Group::Not(part)),
            Raw { field: Some(field), op: Some(op), value: Some(value), all: None, any: None, not: None } => {
                let clause = Clause {
                    field: field.parse().map_err(D::Error::custom)?,
                    op: op.parse().map_err(D::Error::custom)?,
                    value,
                };
                clause.check().map_err(D::Error::custom)?;
                Ok(Group::Clause(clause))
            }
            _ => Err(D::Error::custom(
                "a patient group is one of { all = [...] }, { any = [...] }, { not = {...} } or { field, op, value }",
            )),
        }
    }
}

impl Clause {
    /// A clause that could never hold is refused when it is written, not found out when nobody gets anything.
    fn check(&self) -> Result<(), String> {
        let (fits, needs) = match self.field.shape() {
            Shape::Number => (
                matches!(&self.value, Value::Number(_)) && !matches!(self.op, Op::In | Op::Has),
                "a number, with = != > >= < <=",
            ),
            Shape::YesNo => (
                matches!(&self.value, Value::Bool(_)) && matches!(self.op, Op::Eq | Op::Ne),
                "true or false, with = or !=",
            ),
            Shape::Text => (
                matches!((&self.value, self.op), (Value::Text(_), Op::Eq | Op::Ne) | (Value::List(_), Op::In)),
                "a text with = or !=, or a list with in",
            ),
            Shape::List => (matches!((&self.value, self.op), (Value::Text(_), Op::Has)), "a text, with has"),
        };
        if fits { Ok(()) } else { Err(format!("`{}` takes {needs}", self.field.word())) }
    }
}
