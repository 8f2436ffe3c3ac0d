//! An imported item bank: the parameters of items, and which of them a form has. The file is in docs/SCORING.md.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::super::{Instrument, Scale};
use super::eap::STEEPEST;
use super::{Calibrated, Form, Item};

#[derive(Debug, Clone)]
pub struct Bank {
    pub name: String,
    pub version: String,
    /// By what right it is here.
    pub licence: String,
    forms: BTreeMap<Form, Calibrated>,
}

/// What a bank says of one form: kept with the form, so that a score never changes when the bank does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// Of the bank.
    pub name: String,
    pub version: String,
    pub licence: String,
    /// In the form's order.
    pub items: Vec<Parameters>,
}

/// Of one item of the graded response model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    pub slope: f64,
    pub thresholds: Vec<f64>,
    /// The printed number of the lowest answer.
    #[serde(default = "one")]
    pub lowest: i16,
}

/// What is wrong with a bank's file: where, and what it should be.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum BankError {
    #[error("{0}")]
    Toml(#[from] toml::de::Error),
    #[error("{field} is empty: write what the bank's owner calls it, its version, and the licence you have")]
    Unnamed { field: &'static str },
    #[error("items: `{id}` is there twice; an item has one set of parameters")]
    ItemTwice { id: String },
    #[error("item `{id}`: slope must be above 0 and at most {STEEPEST}")]
    Slope { id: String },
    #[error(
        "item `{id}`: thresholds must be numbers from -10 to 10, one at least and nine at most, each above the one before"
    )]
    Thresholds { id: String },
    #[error("item `{id}`: lowest must be from -100 to 100")]
    Lowest { id: String },
    #[error("forms: `{form}` is not a PROMIS form; write promis-, a domain, the number of items and a letter")]
    FormName { form: String },
    #[error("forms: `{form}` lists {listed} different items, its name says {}", form.items)]
    FormItems { form: Form, listed: usize },
    #[error("forms: `{form}` names item `{id}`, which is not among the items")]
    NoSuchItem { form: Form, id: String },
    #[error("forms: `{form}` has a public table for answers of 1 to 5; its items in the bank must have these five")]
    OtherAnswers { form: Form },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    version: String,
    licence: String,
    items: Vec<FileItem>,
    forms: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileItem {
    id: String,
    slope: f64,
    thresholds: Vec<f64>,
    #[serde(default = "one")]
    lowest: i16,
}

fn one() -> i16 {
    1
}

impl Bank {
    /// Reads a bank's file and prepares its forms, which takes a moment: do it once.
    pub fn parse(text: &str) -> Result<Self, BankError> {
        let file: File = toml::from_str(text)?;
        for (field, value) in [("name", &file.name), ("version", &file.version), ("licence", &file.licence)] {
            if value.trim().is_empty() {
                return Err(BankError::Unnamed { field });
            }
        }
        let mut items = BTreeMap::new();
        for item in file.items {
            let item = checked(item)?;
            if let Some(item) = items.insert(item.id.clone(), item) {
                return Err(BankError::ItemTwice { id: item.id });
            }
        }
        let forms = file.forms.into_iter().map(|(name, ids)| form(&name, &ids, &items)).collect::<Result<_, _>>()?;
        Ok(Self { name: file.name, version: file.version, licence: file.licence, forms })
    }

    /// The part of a bank that a form has kept.
    pub fn of(form: Form, kept: &Calibration) -> Result<Self, BankError> {
        let item = |(nth, kept): (usize, &Parameters)| FileItem {
            id: nth.to_string(),
            slope: kept.slope,
            thresholds: kept.thresholds.clone(),
            lowest: kept.lowest,
        };
        let items = (1..).zip(&kept.items).map(item);
        let items = items.map(|item| checked(item).map(|item| (item.id.clone(), item)));
        let items = items.collect::<Result<BTreeMap<_, _>, _>>()?;
        let ids: Vec<String> = (1..=kept.items.len()).map(|nth| nth.to_string()).collect();
        let forms = [self::form(&form.to_string(), &ids, &items)?].into();
        Ok(Self { name: kept.name.clone(), version: kept.version.clone(), licence: kept.licence.clone(), forms })
    }

    /// What it says of a form.
    #[must_use]
    pub fn calibration(&self, form: Form) -> Option<Calibration> {
        let items = self.form(form)?.items().iter();
        let items = items
            .map(|item| Parameters { slope: item.slope, thresholds: item.thresholds.clone(), lowest: item.lowest })
            .collect();
        Some(Calibration {
            name: self.name.clone(),
            version: self.version.clone(),
            licence: self.licence.clone(),
            items,
        })
    }

    #[must_use]
    pub fn form(&self, form: Form) -> Option<&Calibrated> {
        self.forms.get(&form)
    }

    /// The scale of a form that it has: without a public table its ends come from the bank.
    #[must_use]
    pub fn scale(&self, instrument: Instrument) -> Option<Scale> {
        let Instrument::Promis(form) = instrument else { return None };
        self.form(form).map(|calibrated| calibrated.scale(form))
    }

    pub fn forms(&self) -> impl Iterator<Item = Form> {
        self.forms.keys().copied()
    }
}

fn checked(item: FileItem) -> Result<Item, BankError> {
    let FileItem { id, slope, thresholds, lowest } = item;
    if !(slope > 0.0 && slope <= STEEPEST) {
        return Err(BankError::Slope { id });
    }
    let rising = thresholds.is_sorted_by(|one, next| one < next);
    let within = thresholds.iter().all(|threshold| (-10.0..=10.0).contains(threshold));
    if !rising || !within || !(1..=9).contains(&thresholds.len()) {
        return Err(BankError::Thresholds { id });
    }
    if !(-100..=100).contains(&lowest) {
        return Err(BankError::Lowest { id });
    }
    Ok(Item { id, slope, thresholds, lowest })
}

fn form(name: &str, ids: &[String], items: &BTreeMap<String, Item>) -> Result<(Form, Calibrated), BankError> {
    let form: Form = name.parse().map_err(|_| BankError::FormName { form: name.to_owned() })?;
    let listed = ids.iter().collect::<BTreeSet<_>>().len();
    if listed != ids.len() || listed != usize::from(form.items) {
        return Err(BankError::FormItems { form, listed });
    }
    let find = |id: &String| items.get(id).cloned().ok_or_else(|| BankError::NoSuchItem { form, id: id.clone() });
    let items = ids.iter().map(find).collect::<Result<Vec<_>, _>>()?;
    let usual = items.iter().all(|item| item.lowest == 1 && item.categories() == 5);
    if Form::published().any(|published| published == form) && !usual {
        return Err(BankError::OtherAnswers { form });
    }
    Ok((form, Calibrated::new(items)))
}
