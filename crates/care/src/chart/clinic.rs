//! What the clinic is: its zone, its locations and its rules. The same for all its patients.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::body_region::{ANY_REGION, BodyRegion};
use super::contact::{Category, Channel};
use super::encounter::VisitType;
use crate::id::LocationId;
use crate::workflow::schedule::OpenHours;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    pub id: LocationId,
    pub name: String,
    /// IANA name.
    pub zone: String,
    /// An EMR tells us what happens here; else staff log visits by hand.
    pub has_emr: bool,
    /// Days on which nobody works: holidays, storms.
    pub closed: BTreeSet<Date>,
    /// The EMR never says "arrived" here: a start passed this long ago and not cancelled counts as arrived.
    pub arrived_after: Option<SignedDuration>,
    /// Nothing planned and none for so many days: the episode is presumed to have ended.
    pub ended_after: Option<u32>,
    /// Its feed has been silent for too long: nothing that rests on what it did not say may be believed.
    pub silent: bool,
    /// While it is: up to when the feed was heard.
    pub heard_until: Option<Timestamp>,
}

impl Location {
    pub fn new(id: LocationId, name: &str, zone: &str, has_emr: bool) -> Self {
        Self {
            id,
            name: name.into(),
            zone: zone.into(),
            has_emr,
            closed: BTreeSet::new(),
            arrived_after: None,
            ended_after: None,
            silent: false,
            heard_until: None,
        }
    }
}

/// What an EMR's appointment type means here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypeMapping {
    /// `None`: no visit at all, but a block in the calendar or a staff meeting.
    pub is: Option<VisitType>,
    /// When the clinic said so, if visits of that type had come before.
    pub since: Option<Timestamp>,
    /// Until then it was mapped to no visit at all.
    pub hidden_until: Option<Timestamp>,
}

/// Who is meant by an EMR's word for a practitioner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Display name.
    pub name: String,
    /// When the clinic said so, if visits of theirs had come before.
    pub since: Option<Timestamp>,
}

/// How much one patient, and one contact point, may be asked to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Budget {
    pub texts_a_day: usize,
    pub texts_a_week: usize,
    pub emails_a_day: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { texts_a_day: 1, texts_a_week: 3, emails_a_day: 2 }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clinic {
    pub name: String,
    /// The organization's zone, when nothing nearer is known.
    pub zone: String,
    pub locations: BTreeMap<LocationId, Location>,
    /// By `interface/code`.
    pub visit_types: BTreeMap<String, TypeMapping>,
    /// By `interface/code`.
    pub practitioners: BTreeMap<String, Claim>,
    pub budget: Budget,
    /// For which channels and categories an address given is basis enough; anything else needs a yes on record.
    pub basis: BTreeSet<(Channel, Category)>,
    /// When texts may go out, on the patient's clock: never wider than the law's hours.
    pub text_hours: OpenHours,
    /// The webhooks that are set up and switched on, by name.
    pub webhooks: BTreeSet<String>,
    /// The forms the clinic has chosen for parts of the body: "questionnaire/ndi".
    pub outcome_forms: BTreeMap<BodyRegion, String>,
    /// Forms of the instrument most clinics use there, where the clinic has a licence for it.
    pub usual_forms: BTreeMap<BodyRegion, String>,
    /// Forms whose words need a licence that the clinic has not, or not any more: they are not given.
    pub withheld: BTreeSet<String>,
    /// The forms that come with a care plan.
    pub plan_forms: BTreeMap<String, Vec<String>>,
}

impl Clinic {
    pub fn new(name: &str, zone: &str) -> Self {
        use Category::{Care, Feedback, Outcomes};
        use Channel::{Email, Text};
        let basis = [(Email, Care), (Email, Outcomes), (Email, Feedback), (Text, Care), (Text, Outcomes)];
        Self {
            name: name.into(),
            zone: zone.into(),
            locations: BTreeMap::new(),
            visit_types: BTreeMap::new(),
            practitioners: BTreeMap::new(),
            budget: Budget::default(),
            basis: basis.into(),
            text_hours: OpenHours::default(),
            webhooks: BTreeSet::new(),
            outcome_forms: BTreeMap::new(),
            usual_forms: BTreeMap::new(),
            withheld: BTreeSet::new(),
            plan_forms: BTreeMap::new(),
        }
    }

    /// By which form the course of what hurts there is measured.
    pub fn outcome_form(&self, region: Option<BodyRegion>) -> &str {
        let Some(region) = region else { return ANY_REGION };
        self.outcome_forms.get(&region).map_or(self.usual_form(region), String::as_str)
    }

    /// The same where nothing is chosen.
    pub fn usual_form(&self, region: BodyRegion) -> &str {
        self.usual_forms.get(&region).map_or(region.free_form(), String::as_str)
    }

    pub fn location(&self, id: Option<LocationId>) -> Option<&Location> {
        id.and_then(|id| self.locations.get(&id))
    }

    /// The zone in which people at this location read the clock.
    pub fn zone_at(&self, location: Option<LocationId>) -> &str {
        self.location(location).map_or(&self.zone, |l| &l.zone)
    }

    /// A location the clinic does not know (or none) counts as one with an EMR only if every location has one.
    pub fn has_emr_at(&self, location: Option<LocationId>) -> bool {
        match self.location(location) {
            Some(location) => location.has_emr,
            None => !self.locations.is_empty() && self.locations.values().all(|l| l.has_emr),
        }
    }

    /// Says what a type means from now on.
    pub fn map_type(&mut self, code: &str, is: Option<VisitType>, now: Timestamp) {
        let before = self.visit_types.get(code);
        let was_hidden = before.is_some_and(|m| m.is.is_none()) && is.is_some();
        let hidden_until = if was_hidden { Some(now) } else { before.and_then(|m| m.hidden_until) };
        self.visit_types.insert(code.to_owned(), TypeMapping { is, since: Some(now), hidden_until });
    }

    pub fn is_silent(&self, location: Option<LocationId>) -> bool {
        self.location(location).is_some_and(|l| l.silent)
    }
}
