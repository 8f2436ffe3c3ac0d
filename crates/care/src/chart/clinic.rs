//! What the clinic is: its zone and its locations. The same for all its patients.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::LocationId;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    pub id: LocationId,
    pub name: String,
    /// IANA name.
    pub zone: String,
    /// An EMR tells us what happens here; else staff log visits by hand.
    pub has_emr: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clinic {
    pub name: String,
    /// The organization's zone, when nothing nearer is known.
    pub zone: String,
    pub locations: BTreeMap<LocationId, Location>,
}

impl Clinic {
    pub fn new(name: &str, zone: &str) -> Self {
        Self { name: name.into(), zone: zone.into(), locations: BTreeMap::new() }
    }

    /// The zone in which people at this location read the clock.
    pub fn zone_at(&self, location: Option<LocationId>) -> &str {
        location.and_then(|id| self.locations.get(&id)).map_or(&self.zone, |l| &l.zone)
    }

    /// A location the clinic does not know (or none) counts as one with an EMR only if every location has one.
    pub fn has_emr_at(&self, location: Option<LocationId>) -> bool {
        match location.and_then(|id| self.locations.get(&id)) {
            Some(location) => location.has_emr,
            None => !self.locations.is_empty() && self.locations.values().all(|l| l.has_emr),
        }
    }
}
