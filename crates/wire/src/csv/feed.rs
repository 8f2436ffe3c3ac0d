//! What a clinic says about where its files come from, and what the reader must know beside the map.

use std::collections::BTreeMap;

use care::id::LocationId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::hl7v2::{Interface, look_up};

/// Of an interface that is fed by files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feed {
    /// Whose numbers these are: MSH-4 of the HL7 feed that speaks of the same records. Without it the numbers are this
    /// interface's own.
    #[serde(default)]
    pub facility: Option<String>,
    #[serde(default)]
    pub watch: Option<Watch>,
}

/// A folder whose files are taken as they come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Watch {
    pub folder: String,
    /// The name of the saved column map.
    pub map: String,
    /// Each file holds every visit from its first day to its last.
    #[serde(default)]
    pub complete: bool,
}

/// What reading needs beside bytes and map.
#[derive(Debug, Clone)]
pub struct Context<'i> {
    pub interface: &'i Interface,
    /// The moment the file speaks of, for rows that do not say when they changed.
    pub stamp_at: Timestamp,
    /// The clinic's locations by name: a file that writes them needs no map.
    pub names: BTreeMap<String, LocationId>,
    /// The zone in which a location reads the clock; without an entry the interface's.
    pub zones: BTreeMap<LocationId, String>,
}

impl<'i> Context<'i> {
    pub fn new(interface: &'i Interface, stamp_at: Timestamp) -> Self {
        Self { interface, stamp_at, names: BTreeMap::new(), zones: BTreeMap::new() }
    }

    /// What stands before every number, as the sender's facility does in HL7.
    pub fn facility(&self) -> String {
        let named = self.interface.csv.as_ref().and_then(|feed| feed.facility.clone());
        named.unwrap_or_else(|| self.interface.id.to_string())
    }

    /// A visit's or an episode's number as it is kept.
    pub fn scoped(&self, number: &str) -> String {
        format!("{}/{number}", self.facility())
    }

    pub(super) fn zone(&self, location: Option<LocationId>) -> &str {
        location.and_then(|id| self.zones.get(&id)).unwrap_or(&self.interface.zone)
    }

    pub(super) fn location(&self, of_map: &BTreeMap<String, LocationId>, word: &str) -> Option<LocationId> {
        [of_map, &self.interface.locations, &self.names].into_iter().find_map(|map| look_up(map, word)).copied()
    }
}
