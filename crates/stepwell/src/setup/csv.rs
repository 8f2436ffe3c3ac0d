//! `[interfaces.csv]`: an interface that is fed by files, and its column maps.

use std::collections::BTreeMap;

use care::id::{InterfaceId, LocationId};
use serde::Deserialize;
use store::ColumnMapRow;
use wire::csv::{Column, Dates, Feed, Kind, Mapping, Status, Watch};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CsvSetup {
    /// MSH-4 of the HL7 feed that speaks of the same records.
    facility: Option<String>,
    /// Files put there are imported.
    folder: Option<String>,
    /// The map of the folder's files.
    map: Option<String>,
    /// Each of the folder's files holds every visit from its first day to its last.
    #[serde(default)]
    complete: bool,
    #[serde(default)]
    maps: BTreeMap<String, MapSetup>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MapSetup {
    kind: Kind,
    columns: BTreeMap<Column, String>,
    dates: Option<Dates>,
    #[serde(default)]
    statuses: BTreeMap<String, Status>,
    /// The file's name for a location to the location's own.
    #[serde(default)]
    locations: BTreeMap<String, String>,
}

impl CsvSetup {
    pub fn feed(&self) -> Result<Feed, String> {
        let watch = match (&self.folder, &self.map) {
            (None, None) => None,
            (Some(folder), Some(map)) if self.maps.contains_key(map) => {
                Some(Watch { folder: folder.clone(), map: map.clone(), complete: self.complete })
            }
            (Some(_), Some(map)) => {
                return Err(format!("there is no map `{map}`: give it as [interfaces.csv.maps.NAME]"));
            }
            (Some(_), None) => return Err("a folder needs the `map` its files are read with".into()),
            (None, Some(_)) => return Err("`map` belongs to a `folder`".into()),
        };
        Ok(Feed { facility: self.facility.clone(), watch })
    }

    pub fn maps(
        &self,
        interface: InterfaceId,
        locations: &BTreeMap<String, LocationId>,
    ) -> Result<Vec<ColumnMapRow>, String> {
        self.maps.iter().map(|(name, map)| map.row(name, interface, locations)).collect()
    }
}

impl MapSetup {
    fn row(
        &self,
        name: &str,
        interface: InterfaceId,
        locations: &BTreeMap<String, LocationId>,
    ) -> Result<ColumnMapRow, String> {
        let place = |(word, location): (&String, &String)| {
            let id = locations.get(location).ok_or_else(|| format!("map {name}: there is no location `{location}`"))?;
            Ok((word.clone(), *id))
        };
        let mapping = Mapping {
            kind: self.kind,
            columns: self.columns.clone(),
            dates: self.dates.unwrap_or(Dates::Iso),
            statuses: self.statuses.clone(),
            locations: self.locations.iter().map(place).collect::<Result<_, String>>()?,
        };
        mapping.check().map_err(|refusal| format!("map {name}: {}", refusal.cure))?;
        let body = serde_json::to_value(&mapping).map_err(|e| e.to_string())?;
        Ok(ColumnMapRow { name: name.to_owned(), interface, body })
    }
}
