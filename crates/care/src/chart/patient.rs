//! The patient as the fold leaves them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::contact::{Category, Channel, ContactPoint, Placeholder};
use crate::id::LocationId;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    Female,
    Male,
    Other,
}

impl Sex {
    pub fn code(self) -> &'static str {
        match self {
            Sex::Female => "female",
            Sex::Male => "male",
            Sex::Other => "other",
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Patient {
    /// The first stamp that speaks of this patient.
    pub created_at: Option<Timestamp>,
    pub given: Option<String>,
    pub family: Option<String>,
    pub birth_date: Option<Date>,
    pub sex: Option<Sex>,
    pub language: Option<String>,
    pub zone: Option<String>,
    pub email: Option<String>,
    pub mobile: Option<String>,
    pub phone: Option<String>,
    pub home_location: Option<LocationId>,
    pub deceased: bool,
    pub inactive: bool,
    pub test_patient: bool,
    pub do_not_contact: Option<String>,
    pub send_invite: bool,
    /// When the patient registered at the portal.
    pub registered_at: Option<Timestamp>,
    pub tags: Vec<String>,
    /// Contact points their holder has closed, by category (`None`: all).
    pub opted_out: BTreeSet<(ContactPoint, Option<Category>)>,
}

/// Whether a channel leads to the patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    At(ContactPoint),
    NoAddress,
    /// Something stands in the field, but nobody can be reached by it.
    NotAnAddress,
}

/// How the text of a field becomes a contact point.
type Read = fn(&str) -> Result<ContactPoint, Placeholder>;

impl Patient {
    pub fn reach(&self, channel: Channel) -> Reach {
        let (value, read): (_, Read) = match channel {
            Channel::Email => (&self.email, ContactPoint::email),
            Channel::Text => (&self.mobile, ContactPoint::mobile),
        };
        match value.as_deref().map(read) {
            None => Reach::NoAddress,
            Some(Err(Placeholder)) => Reach::NotAnAddress,
            Some(Ok(point)) => Reach::At(point),
        }
    }

    pub fn has_opted_out(&self, contact: &ContactPoint, category: Category) -> bool {
        self.opted_out.contains(&(contact.clone(), None)) || self.opted_out.contains(&(contact.clone(), Some(category)))
    }

    /// Whole years on a day; someone born on 29 February has their birthday on the 28th in other years.
    pub fn age_on(&self, day: Date) -> Option<i16> {
        let born = self.birth_date?;
        let years = day.year() - born.year();
        let birthday = Date::new(day.year(), born.month(), born.day())
            .or_else(|_| Date::new(day.year(), born.month(), 28))
            .ok()?;
        Some(if day < birthday { years - 1 } else { years })
    }
}
