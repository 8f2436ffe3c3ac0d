//! A way through a form: what is asked, in order, given what was answered so far.

use std::collections::BTreeSet;

use super::answers::{Answers, MOST_ROUNDS, Value, round_of};
use super::condition::is_enabled;
use super::form::{Form, Item, ItemKind};

/// A question, group or display that is shown, and where: see [`Answers`].
#[derive(Debug, Clone, PartialEq)]
pub struct Asked<'a> {
    pub item: &'a Item,
    pub place: String,
}

/// A group that can be asked once more.
#[derive(Debug, Clone, PartialEq)]
pub struct OnceMore<'a> {
    pub group: &'a Item,
    /// So many stand before it in [`Walk::asked`].
    pub after: usize,
    /// The first question of the next time round: with it among `opened`, the round is asked.
    pub place: String,
}

/// What is asked, and the answers that count: those to hidden branches are dropped, what is calculated is filled in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Walk<'a> {
    pub asked: Vec<Asked<'a>>,
    pub answers: Answers,
    pub once_more: Vec<OnceMore<'a>>,
}

/// What was said, and at which places somebody is asked although nothing there is answered yet.
#[derive(Clone, Copy)]
struct Given<'a> {
    answers: &'a Answers,
    opened: &'a [String],
}

impl Form {
    /// Walks the form once from top to bottom: conditions and calculations look only at what stands before them.
    pub fn walk(&self, given: &Answers) -> Walk<'_> {
        self.walk_opened(given, &[])
    }

    /// Takes back everything said in the time round of a place: of two medicines the one.
    pub fn forget_round(&self, answers: &mut Answers, place: &str) {
        let Some((id, round)) = place.split_once('#') else { return };
        let mut groups = self.all().into_iter().filter(|item| item.kind == ItemKind::Group && item.repeats);
        let Some(group) = groups.rfind(|group| group.within().iter().any(|item| item.id == id)) else {
            return;
        };
        let (within, nth) = round.rsplit_once('.').unwrap_or(("", round));
        let here = |place: &&str| {
            group.within().iter().any(|item| round_of(place, &item.id, within).is_some_and(|n| n.to_string() == nth))
        };
        let gone: Vec<String> = answers.places().map(|(place, _)| place).filter(here).map(str::to_owned).collect();
        for place in gone {
            answers.set(place, Vec::<String>::new());
        }
    }

    /// The same, asking a group once more where one of its places is among those `opened`.
    pub fn walk_opened(&self, answers: &Answers, opened: &[String]) -> Walk<'_> {
        let mut walk = Walk::default();
        walk.through(self, &self.items, Given { answers, opened }, "");
        walk
    }
}

impl<'a> Walk<'a> {
    fn through(&mut self, form: &'a Form, items: &'a [Item], given: Given, round: &str) {
        for item in items {
            let place = place_of(item, round);
            if is_enabled(form, item, &self.answers, &place) {
                self.one(form, item, given, round, place);
            }
        }
    }

    fn one(&mut self, form: &'a Form, item: &'a Item, given: Given, round: &str, place: String) {
        self.answer(form, item, given.answers, &place);
        if !item.hidden {
            self.asked.push(Asked { item, place });
        }
        if item.kind == ItemKind::Group && item.repeats {
            self.again_and_again(form, item, given, round);
        } else {
            self.through(form, &item.items, given, round);
        }
    }

    /// A round is asked if anything in it is answered or opened; the first one, if there is no other.
    fn again_and_again(&mut self, form: &'a Form, group: &'a Item, given: Given, round: &str) {
        let inside = group.within();
        let opened = given.opened.iter().map(String::as_str);
        let places = given.answers.places().map(|(place, _)| place).chain(opened);
        let nth = |place| inside.iter().find_map(|item| round_of(place, &item.id, round));
        let mut rounds: BTreeSet<usize> = places.filter_map(nth).collect();
        if rounds.is_empty() {
            rounds.insert(1);
        }
        let within = |nth: usize| if round.is_empty() { nth.to_string() } else { format!("{round}.{nth}") };
        for nth in &rounds {
            self.through(form, &group.items, given, &within(*nth));
        }
        let next = rounds.last().map_or(1, |last| last + 1);
        let first = inside.into_iter().find(|item| item.is_answered() && item.when.is_empty());
        if let Some(first) = first.filter(|_| next <= MOST_ROUNDS && !group.hidden) {
            let place = place_of(first, &within(next));
            self.once_more.push(OnceMore { group, after: self.asked.len(), place });
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
        self.asked.iter().filter(|asked| asked.item.is_answered())
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
