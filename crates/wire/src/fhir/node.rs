//! A place in a resource, with the path that leads there.

use serde_json::{Map, Value};

use super::refusal::{Cause, Refusal};

/// serde's own errors say what is wrong and not where, so elements are read one by one.
#[derive(Debug, Clone)]
pub(super) struct Node<'a> {
    pub value: &'a Value,
    pub path: String,
}

type Read<T> = Result<T, Refusal>;

impl<'a> Node<'a> {
    pub fn refuse(&self, cause: Cause, cure: impl Into<String>) -> Refusal {
        Refusal::new(cause, &self.path, cure)
    }

    pub fn object(&self) -> Read<&'a Map<String, Value>> {
        self.value.as_object().ok_or_else(|| self.refuse(Cause::WrongShape, "write an object"))
    }

    pub fn get(&self, key: &str) -> Option<Node<'a>> {
        let value = self.value.as_object()?.get(key).filter(|value| !value.is_null())?;
        Some(Node { value, path: format!("{}.{key}", self.path) })
    }

    /// The elements of a list; none where there is no list.
    pub fn list(&self, key: &str) -> Read<Vec<Node<'a>>> {
        let Some(list) = self.get(key) else { return Ok(vec![]) };
        let values = list.value.as_array().ok_or_else(|| list.refuse(Cause::WrongShape, "write a list"))?;
        let node = |(i, value)| Node { value, path: format!("{}[{i}]", list.path) };
        Ok(values.iter().enumerate().map(node).collect())
    }

    pub fn text(&self, key: &str) -> Read<Option<&'a str>> {
        self.get(key).map(|node| node.as_text()).transpose()
    }

    pub fn needed_text(&self, key: &str) -> Read<&'a str> {
        let missing = || Refusal::new(Cause::Missing, format!("{}.{key}", self.path), "write a text");
        self.text(key)?.ok_or_else(missing)
    }

    pub fn as_text(&self) -> Read<&'a str> {
        let text = self.value.as_str().filter(|text| !text.trim().is_empty());
        text.ok_or_else(|| self.refuse(Cause::WrongShape, "write a text that is not empty"))
    }

    pub fn flag(&self, key: &str) -> Read<bool> {
        self.get(key).map_or(Ok(false), |node| node.as_flag())
    }

    pub fn as_flag(&self) -> Read<bool> {
        self.value.as_bool().ok_or_else(|| self.refuse(Cause::WrongShape, "write true or false"))
    }

    pub fn as_number(&self) -> Read<f64> {
        self.value.as_f64().ok_or_else(|| self.refuse(Cause::WrongShape, "write a number"))
    }

    /// Its `value[x]`, whichever it is: the type as in "Coding", and the value.
    pub fn choice(&self, stem: &str) -> Read<Option<(&'a str, Node<'a>)>> {
        let typed = |key: &'a String| key.strip_prefix(stem).filter(|rest| rest.starts_with(char::is_uppercase));
        let mut found = self.object()?.keys().filter_map(typed);
        let Some(kind) = found.next() else { return Ok(None) };
        if found.next().is_some() {
            return Err(self.refuse(Cause::Contradiction, format!("write one `{stem}[x]`, not two")));
        }
        Ok(self.get(&format!("{stem}{kind}")).map(|node| (kind, node)))
    }

    /// Every key must be one of these; those that change nothing for a patient are named in `left_out`.
    pub fn check_keys(&self, known: &[&str], harmless: &[&str], left_out: &mut Vec<String>) -> Read<()> {
        for key in self.object()?.keys() {
            let path = format!("{}.{key}", self.path);
            // `_text` holds what is said beside the value of `text`.
            let name = key.strip_prefix('_').unwrap_or(key);
            if key == "modifierExtension" {
                return Err(Refusal::new(Cause::NotUnderstood, path, "it changes the meaning of what it stands on"));
            }
            if known.contains(&key.as_str()) || key == "id" {
                continue;
            }
            if !known.contains(&name) && !harmless.contains(&name) {
                return Err(Refusal::new(Cause::UnknownElement, path, "remove it, or mend its name"));
            }
            left_out.push(path);
        }
        Ok(())
    }
}
