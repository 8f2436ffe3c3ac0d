//! Checks a form as a whole: what its parts say of one another.

use std::collections::BTreeSet;

use super::answers::Value;
use super::condition::{Condition, Operator};
use super::form::{Form, Item, ItemKind, Options};
use crate::library::{self, Problem, Wrong};

impl Form {
    /// Reads a questionnaire's file.
    pub fn read(file: &str, text: &str) -> Result<library::Item<Form>, Problem> {
        let item = library::Item::<Form>::read(file, text)?;
        item.body.check().map_err(|wrong| wrong.in_file(file))?;
        Ok(item)
    }

    /// What makes a form one that can be asked: each fault is named by the question's id.
    pub fn check(&self) -> Result<(), Wrong> {
        let mut before = BTreeSet::new();
        for item in self.all() {
            let wrong = |cure: String| Wrong::at(format!("items.{}", item.id), cure);
            self.check_item(item, &before).map_err(wrong)?;
            if !before.insert(item.id.as_str()) {
                return Err(wrong("is there twice: each item needs an id of its own".into()));
            }
        }
        if before.is_empty() {
            return Err(Wrong::at("items", "a form needs at least one question"));
        }
        let mut named = BTreeSet::new();
        for id in &self.scored {
            if !named.insert(id) {
                return Err(Wrong::at("scored", format!("`{id}` is there twice")));
            }
            if !self.item(id).is_some_and(|item| item.kind.asks()) {
                return Err(Wrong::at("scored", format!("`{id}` is no question of this form")));
            }
        }
        self.check_instrument()
    }

    fn check_item(&self, item: &Item, before: &BTreeSet<&str>) -> Result<(), String> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '/');
        if item.id.is_empty() || !item.id.chars().all(plain) {
            return Err("an id is made of letters, digits, points, hyphens, slashes and underscores".into());
        }
        self.check_options(item)?;
        if item.min.zip(item.max).is_some_and(|(min, max)| min > max) {
            return Err("`min` is more than `max`".into());
        }
        if item.slider && (item.min.is_none() || item.max.is_none()) {
            return Err("a slider needs `min` and `max`".into());
        }
        if item.kind == ItemKind::Group && item.items.is_empty() {
            return Err("a group needs items".into());
        }
        if item.calculated.as_ref().is_some_and(|calculation| calculation.of.is_empty()) {
            return Err("a calculation names the questions it is `of`".into());
        }
        let calculated_from = item.calculated.iter().flat_map(|c| &c.of);
        let looked_at = item.when.iter().map(|c| &c.item).chain(calculated_from).chain(&item.about);
        if let Some(id) = looked_at.into_iter().find(|id| !before.contains(id.as_str())) {
            return Err(format!("refers to `{id}`, which is no item before it"));
        }
        item.when.iter().try_for_each(|condition| self.check_condition(condition))
    }

    fn check_options(&self, item: &Item) -> Result<(), String> {
        if let Some(Options::Shared(name)) = &item.options
            && !self.options.contains_key(name)
        {
            return Err(format!("takes its options from `{name}`, which is not among [options]"));
        }
        let choices = self.choices(item);
        if item.kind.has_options() != item.options.is_some() || (item.kind == ItemKind::Choice && choices.is_empty()) {
            return Err("options belong to a choice, and a choice needs them".into());
        }
        let codes: BTreeSet<_> = choices.iter().map(|choice| &choice.code).collect();
        if codes.len() < choices.len() || codes.iter().any(|code| code.trim().is_empty()) {
            return Err("each option needs a code of its own".into());
        }
        Ok(())
    }

    fn check_condition(&self, condition: &Condition) -> Result<(), String> {
        let Condition { item: id, op, value } = condition;
        let Some(question) = self.item(id).filter(|item| item.kind.asks()) else {
            return Err(format!("its condition looks at `{id}`, which is no question"));
        };
        if *op == Operator::Exists {
            return match value.as_str() {
                "true" | "false" => Ok(()),
                _ => Err("a condition with `exists` has the value true or false".into()),
            };
        }
        if Value::read(question.kind, value).is_err() {
            return Err(format!("its condition compares `{id}` with `{value}`, which is no answer to it"));
        }
        let known = self.choices(question).iter().any(|choice| choice.code == *value);
        if question.kind == ItemKind::Choice && !known {
            return Err(format!("its condition asks for `{value}`, which is no option of `{id}`"));
        }
        Ok(())
    }
}
