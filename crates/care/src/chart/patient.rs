//! The patient as the fold leaves them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::contact::{Category, Channel, ContactPoint, Placeholder};
use super::fold::Chart;
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

/// The responsible contact person: what is meant for a minor goes here.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Guardian {
    pub name: String,
    pub email: Option<String>,
    pub mobile: Option<String>,
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
    /// When the patient last opened the portal.
    pub logged_in_at: Option<Timestamp>,
    pub tags: Vec<String>,
    /// Who answers for a minor.
    pub guardian: Option<Guardian>,
    /// A yes on record.
    pub consents: BTreeSet<(Channel, Category)>,
    /// A no on record, also where an address given would be basis enough.
    pub refusals: BTreeSet<(Channel, Category)>,
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

impl Chart {
    /// Every contact point the chart names, the guardian's too.
    pub fn contact_points(&self) -> BTreeSet<ContactPoint> {
        let of = |channel| {
            let guardian = self.patient.guardian.as_ref().map(|g| g.reach(channel));
            [Some(self.patient.reach(channel)), guardian]
        };
        let points = Channel::ALL.into_iter().flat_map(of).flatten().filter_map(|reach| match reach {
            Reach::At(point) => Some(point),
            Reach::NoAddress | Reach::NotAnAddress => None,
        });
        points.collect()
    }
}

/// How the text of a field becomes a contact point.
type Read = fn(&str) -> Result<ContactPoint, Placeholder>;

fn reach(channel: Channel, email: Option<&str>, mobile: Option<&str>) -> Reach {
    let (value, read): (_, Read) = match channel {
        Channel::Email => (email, ContactPoint::email),
        Channel::Text => (mobile, ContactPoint::mobile),
        Channel::Webhook => return Reach::NoAddress,
    };
    match value.map(read) {
        None => Reach::NoAddress,
        Some(Err(Placeholder)) => Reach::NotAnAddress,
        Some(Ok(point)) => Reach::At(point),
    }
}

impl Guardian {
    pub fn reach(&self, channel: Channel) -> Reach {
        reach(channel, self.email.as_deref(), self.mobile.as_deref())
    }
}

impl Patient {
    pub fn reach(&self, channel: Channel) -> Reach {
        reach(channel, self.email.as_deref(), self.mobile.as_deref())
    }

    /// Categories with a yes on record, on whatever channel.
    pub fn consented(&self) -> Vec<String> {
        let categories: BTreeSet<_> = self.consents.iter().map(|(_, category)| category.code()).collect();
        categories.into_iter().map(str::to_owned).collect()
    }

    /// The yes or no on record for a channel and category.
    pub fn consent(&mut self, channel: Channel, category: Category, given: bool) {
        let (to, from) = if given {
            self.reopen(channel, category);
            (&mut self.consents, &mut self.refusals)
        } else {
            (&mut self.refusals, &mut self.consents)
        };
        from.remove(&(channel, category));
        to.insert((channel, category));
    }

    /// A yes to one category opens that one: who had closed a contact point for everything keeps it closed for the rest.
    fn reopen(&mut self, channel: Channel, category: Category) {
        let closed = std::mem::take(&mut self.opted_out).into_iter().flat_map(|(point, what)| {
            let all = what.is_none() && point.channel == channel;
            let parts = if all { Category::ALL.map(Some).to_vec() } else { vec![what] };
            parts.into_iter().map(move |what| (point.clone(), what))
        });
        self.opted_out = closed.filter(|(p, what)| p.channel != channel || *what != Some(category)).collect();
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
