//! A group as it is stored with a decision: what [`super::read`] takes.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Group;

impl Serialize for Group {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let mut map = s.serialize_map(None)?;
        match self {
            Group::All(parts) => map.serialize_entry("all", parts)?,
            Group::Any(parts) => map.serialize_entry("any", parts)?,
            Group::Not(part) => map.serialize_entry("not", part)?,
            Group::Clause(clause) => {
                map.serialize_entry("field", &clause.field)?;
                map.serialize_entry("op", &clause.op)?;
                map.serialize_entry("value", &clause.value)?;
            }
        }
        map.end()
    }
}
