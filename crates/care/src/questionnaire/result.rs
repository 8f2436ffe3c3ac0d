//! From a form's answers to its instrument's score.

use super::answers::Answers;
use super::calculation::points_of;
use super::form::{Audience, Form, Item, ItemKind, Setting};
use super::scoring::promis::{self, Bank, BankError};
use super::scoring::{self, Count, Instrument, Refused, Scored};
use crate::library::Wrong;

/// A form's scored questions beside an instrument's items.
#[derive(Debug)]
pub struct Fit<'a> {
    pub count: Count,
    pub lines: Vec<FitLine<'a>>,
}

#[derive(Debug)]
pub struct FitLine<'a> {
    /// Of the instrument's item, from 1.
    pub number: usize,
    pub item: &'a Item,
    /// The lowest and highest points of the instrument's item.
    pub wanted: (f64, f64),
    /// Those of the question; `None`: its answers have no points.
    pub has: Option<(f64, f64)>,
    /// Of a choice: points between the ends that no answer has.
    pub gaps: bool,
}

impl FitLine<'_> {
    pub fn fits(&self) -> bool {
        self.has == Some(self.wanted) && !self.gaps
    }
}

impl Form {
    /// The instrument that scores it, if one does.
    pub fn scored_by(&self) -> Option<Instrument> {
        self.instrument.as_deref().and_then(|id| Instrument::parse(id).ok())
    }

    /// The questions that count, in the instrument's order: those it names, else all that have points.
    pub fn scored_items(&self) -> Vec<&Item> {
        if self.scored.is_empty() {
            return self.all().into_iter().filter(|item| self.has_points(item)).collect();
        }
        self.scored.iter().filter_map(|id| self.item(id)).collect()
    }

    /// The question whose answer may say that somebody may come to harm.
    pub fn harm_item(&self) -> Option<&Item> {
        let number = self.scored_by()?.harm_item()?;
        self.scored_items().get(number - 1).copied()
    }

    /// Whether these answers say so: known before the form is handed in.
    pub fn says_harm(&self, answers: &Answers) -> bool {
        self.harm_said(answers).is_some()
    }

    /// The answer that says so.
    pub fn harm_said<'a>(&self, answers: &'a Answers) -> Option<&'a str> {
        let item = self.harm_item()?;
        let answer = answers.first(&item.id)?;
        points_of(self, item, answer).filter(|points| *points > 0.0).map(|_| answer)
    }

    /// Whether a patient may be asked away from the clinic. `harm_by_link`: somebody is named who acts on an answer that
    /// may mean harm.
    pub fn is_for_home(&self, harm_by_link: bool) -> bool {
        let anywhere = match self.harm_item() {
            Some(_) => harm_by_link,
            None => self.setting == Setting::Anywhere,
        };
        anywhere && self.audience == Audience::Patient
    }

    fn has_points(&self, item: &Item) -> bool {
        let counts = match item.kind {
            ItemKind::Integer | ItemKind::Decimal | ItemKind::Boolean => true,
            ItemKind::Choice | ItemKind::OpenChoice => self.choices(item).iter().any(|choice| choice.weight.is_some()),
            ItemKind::Group
            | ItemKind::Display
            | ItemKind::Date
            | ItemKind::DateTime
            | ItemKind::Time
            | ItemKind::String
            | ItemKind::Text => false,
        };
        counts && item.calculated.is_none() && !item.repeats
    }

    /// What a response comes to: nothing for a form that nothing scores. `answers` are those of [`Form::walk`].
    pub fn score(&self, answers: &Answers) -> Option<Result<Scored, Refused>> {
        let points = |item: &Item| answers.first(&item.id).and_then(|text| points_of(self, item, text));
        let given: Vec<_> = self.scored_items().into_iter().map(points).collect();
        let instrument = self.scored_by()?;
        let bank = self.bank(instrument).and_then(Result::ok);
        Some(scoring::score_with(instrument, &given, bank.as_ref()))
    }

    fn bank(&self, instrument: Instrument) -> Option<Result<Bank, BankError>> {
        let Instrument::Promis(form) = instrument else { return None };
        self.calibration.as_ref().map(|kept| Bank::of(form, kept))
    }

    /// Whether the instrument named can score this form: as many questions as it has, and the same points for answers.
    pub fn check_instrument(&self) -> Result<(), Wrong> {
        let Some(id) = self.instrument.as_deref() else {
            let unused = || Wrong::at("calibration", "belongs to an `instrument`: name it, or leave this out");
            return self.calibration.as_ref().map_or(Ok(()), |_| Err(unused()));
        };
        let instrument = Instrument::parse(id).map_err(|e| Wrong::at("instrument", e.to_string()))?;
        let bank = self.bank(instrument).transpose().map_err(|e| Wrong::at("calibration", e.to_string()))?;
        if let Instrument::Promis(form) = instrument {
            if bank.is_none() && !Form::is_tabled(form) {
                let cure = format!("{id} has no public table: attach the item bank that its owner licensed to you");
                return Err(Wrong::at("calibration", cure));
            }
        } else if self.calibration.is_some() {
            return Err(Wrong::at("calibration", format!("{id} is not scored by an item bank: leave it out")));
        }
        let fits = self.fit(instrument);
        if !fits.count.allows(fits.lines.len()) {
            let cure = format!(
                "{id} has another number of items than the {} scored here: name them in `scored`",
                fits.lines.len()
            );
            return Err(Wrong::at("scored", cure));
        }
        if let Some(line) = fits.lines.iter().find(|line| !line.fits()) {
            let (low, high) = line.wanted;
            let number = line.number;
            let cure = format!("as item {number} of {id} its answers must count from {low} to {high}, each step once");
            return Err(Wrong::at(format!("items.{}", line.item.id), cure));
        }
        Ok(())
    }

    fn is_tabled(form: promis::Form) -> bool {
        promis::Form::published().any(|published| published == form)
    }

    /// How the scored questions meet an instrument's items, one by one.
    pub fn fit(&self, instrument: Instrument) -> Fit<'_> {
        let scale = instrument.definition().items;
        let bank = self.bank(instrument).and_then(Result::ok);
        let calibrated = if let Instrument::Promis(form) = instrument {
            bank.as_ref().and_then(|bank| bank.form(form))
        } else {
            None
        };
        let wanted = |number| match calibrated {
            Some(calibrated) => calibrated.scale_of(number),
            None => scale.scale_of(number),
        };
        let lines = (1..).zip(self.scored_items()).map(|(number, item)| {
            let (low, high) = wanted(number);
            let has_points = |points: i16| {
                let choices = self.choices(item);
                choices.is_empty() || choices.iter().any(|choice| choice.weight == Some(f64::from(points)))
            };
            let gaps = !(low..=high).all(has_points);
            FitLine { number, item, wanted: (f64::from(low), f64::from(high)), has: self.range_of(item), gaps }
        });
        Fit { count: scale.count, lines: lines.collect() }
    }

    /// Lowest and highest points an answer can have.
    fn range_of(&self, item: &Item) -> Option<(f64, f64)> {
        match item.kind {
            ItemKind::Integer | ItemKind::Decimal => item.min.zip(item.max),
            ItemKind::Boolean => Some((0.0, 1.0)),
            ItemKind::Choice | ItemKind::OpenChoice => {
                let weights: Option<Vec<f64>> = self.choices(item).iter().map(|choice| choice.weight).collect();
                let weights = weights?;
                let least = weights.iter().copied().reduce(f64::min)?;
                Some((least, weights.iter().copied().reduce(f64::max)?))
            }
            ItemKind::Group
            | ItemKind::Display
            | ItemKind::Date
            | ItemKind::DateTime
            | ItemKind::Time
            | ItemKind::String
            | ItemKind::Text => None,
        }
    }
}
