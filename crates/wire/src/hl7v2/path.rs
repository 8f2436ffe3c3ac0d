//! A place in a message, as settings name it: "PV1-54", "ZXX-5.2", "PID-18.4.2".

use serde::{Deserialize, Serialize};

use super::field::Leaf;
use super::message::Segment;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Path {
    pub segment: String,
    pub field: usize,
    pub component: usize,
    pub subcomponent: Option<usize>,
}

impl Path {
    /// In a segment of the path's name.
    pub(super) fn in_segment<'m>(&self, segment: Segment<'m>) -> Leaf<'m> {
        let leaf = segment.field(self.field).component(self.component);
        self.subcomponent.map_or(leaf, |number| leaf.subcomponent(number))
    }

    pub(super) fn is_field(&self, segment: &str, field: usize) -> bool {
        self.segment == segment && self.field == field
    }
}

impl std::str::FromStr for Path {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        parse(text.trim())
            .ok_or_else(|| format!("`{text}` is not a place in a message: write it as in PV1-54 or ZXX-5.2"))
    }
}

fn parse(text: &str) -> Option<Path> {
    let (segment, rest) = text.split_once('-')?;
    let segment = segment.to_ascii_uppercase();
    let named = segment.len() == 3 && segment.bytes().all(|b| b.is_ascii_alphanumeric());
    let numbers: Option<Vec<usize>> =
        rest.split('.').map(|n| n.parse().ok().filter(|n| (1..=999).contains(n))).collect();
    match numbers?.as_slice() {
        _ if !named => None,
        [field] => Some(Path { segment, field: *field, component: 1, subcomponent: None }),
        [field, component] => Some(Path { segment, field: *field, component: *component, subcomponent: None }),
        [field, component, sub] => {
            Some(Path { segment, field: *field, component: *component, subcomponent: Some(*sub) })
        }
        _ => None,
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}.{}", self.segment, self.field, self.component)?;
        self.subcomponent.map_or(Ok(()), |sub| write!(f, ".{sub}"))
    }
}

impl TryFrom<String> for Path {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Path> for String {
    fn from(path: Path) -> Self {
        path.to_string()
    }
}
