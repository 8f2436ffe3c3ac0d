//! A way through a form: what is asked, in order, given what was answered so far.

use super::answers::{Answers, Value};
use super::condition::is_enabled;
use super::form::{Form, Item, ItemKind};

/// A question, group or display that is shown, and where: see [`Answers`].
#[derive(Debug, Clone, PartialEq)]
pub struct Asked<'a> {
    pub item: &'a Item,
    pub place: String,
}

/// What is asked, and the answers that count: those to hidden branches are dropped, what is calculated is filled in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Walk<'a> {
    pub asked: Vec<Asked<'a>>,
    pub answers: Answers,
}

impl Form {
    /// Walks the form once from top to bottom: conditions and calculations look only at what stands before them.
    pub fn walk(&self, given: &Answers) -> Walk<'_> {
        let mut walk = Walk::default();
        walk.through(self, &self.items, given, "");
        walk
    }
}

impl<'a> Walk<'a> {
    fn through(&mut self, form: &'a Form, items: &'a [Item], given: &Answers, round: &str) {
        for item in items {
            let place = place_of(item, round);
            if is_enabled(form, item, &self.answers, &place) {
                self.one(form, item, given, round, place);
            }
        }
    }

    fn one(&mut self, form: &'a Form, item: &'a Item, given: &Answers, round: &str, place: String) {
        self.answer(form, item, given, &place);
        if !item.hidden {
            self.asked.push(Asked { item, place });
        }
        if item.kind == ItemKind::Group && item.repeats {
            let rounds = item.within().into_iter().map(|inner| given.rounds(&inner.id, round)).max();
            let rounds = rounds.unwrap_or(0).max(1);
            for nth in 1..=rounds {
                let inner = if round.is_empty() { nth.to_string() } else { format!("{round}.{nth}") };
                self.through(form, &item.items, given, &inner);
            }
        } else {
            self.through(form, &item.items, given, round);
        }
    }

    fn answer(&mut self, form: &Form, item: &Item, given: &Answers, place: &str) {
        if let Some(calculation) = &item.calculated {
            let result = calculation.result(form, &self.answers);
            self.answers.set(place, result.map(|number| number.to_string()));
        } else if !given.get(place).is_empty() {
            self.answers.set(place, given.get(place));
        } else if item.hidden {
            self.answers.set(place, item.initial.clone());
        }
    }

    /// Questions that a person answers: no groups, no words, nothing calculated.
    pub fn questions(&self) -> impl Iterator<Item = &Asked<'a>> {
        self.asked.iter().filter(|asked| asked.item.kind.asks() && asked.item.calculated.is_none())
    }

    /// The first question that must be answered and is not.
    pub fn first_open(&self) -> Option<&Asked<'a>> {
        self.questions().find(|asked| asked.item.required && self.answers.get(&asked.place).is_empty())
    }

    /// Everything that keeps these answers from being handed in, by place.
    pub fn faults(&self, form: &Form) -> Vec<(String, Fault)> {
        let mut faults = vec![];
        for asked in self.questions() {
            let texts = self.answers.get(&asked.place);
            if let Some(fault) = fault_of(form, asked.item, texts) {
                faults.push((asked.place.clone(), fault));
            }
        }
        faults
    }
}

fn place_of(item: &Item, round: &str) -> String {
    if round.is_empty() { item.id.clone() } else { format!("{}#{round}", item.id) }
}

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fault {
    Missing,
    /// Not a number, not a day.
    Unreadable(ItemKind),
    BelowMin(f64),
    AboveMax(f64),
    /// More characters than this.
    TooLong(usize),
    NotAnOption,
    /// One answer was asked for.
    Several,
}

/// Answers of one place against its question: also used for one answer at a time.
pub fn fault_of(form: &Form, item: &Item, texts: &[String]) -> Option<Fault> {
    if texts.is_empty() {
        return item.required.then_some(Fault::Missing);
    }
    if texts.len() > 1 && !item.repeats {
        return Some(Fault::Several);
    }
    texts.iter().find_map(|text| fault_of_one(form, item, text))
}

fn fault_of_one(form: &Form, item: &Item, text: &str) -> Option<Fault> {
    let Ok(value) = Value::read(item.kind, text) else { return Some(Fault::Unreadable(item.kind)) };
    if item.kind == ItemKind::Choice && !form.choices(item).iter().any(|choice| choice.code == text) {
        return Some(Fault::NotAnOption);
    }
    if let Value::Number(number) = value {
        return match (item.min.filter(|min| number < *min), item.max.filter(|max| number > *max)) {
            (Some(min), _) => Some(Fault::BelowMin(min)),
            (None, Some(max)) => Some(Fault::AboveMax(max)),
            (None, None) => None,
        };
    }
    item.max_length.filter(|longest| text.chars().count() > *longest).map(Fault::TooLong)
}
