//! The clinic whose files are read: Main Street in New York, Lakeview in Chicago.

use care::chart::VisitType;
use care::id::{InterfaceId, LocationId};
use jiff::Timestamp;
use uuid::Uuid;
use wire::csv::{self, Column, Context, Dates, Kind, Mapping, Refusal, Row};
use wire::hl7v2::{Content, Interface, MappedType, Update};

pub const MAIN: LocationId = LocationId(Uuid::from_u128(1));
pub const LAKEVIEW: LocationId = LocationId(Uuid::from_u128(2));

pub fn interface() -> Interface {
    let mut interface = Interface::new(InterfaceId(Uuid::nil()), "America/New_York");
    interface.appointment_types.insert("IE".into(), MappedType::Type(VisitType::InitialEvaluation));
    interface.appointment_types.insert("LUNCH".into(), MappedType::Ignore);
    interface.locations.insert("MS".into(), MAIN);
    interface.csv = Some(csv::Feed { facility: Some("FRONT".into()), watch: None });
    interface
}

pub fn context(interface: &Interface) -> Context<'_> {
    let mut context = Context::new(interface, "2026-03-02T15:00:00Z".parse::<Timestamp>().unwrap());
    context.names.insert("Lakeview".into(), LAKEVIEW);
    context.zones.insert(LAKEVIEW, "America/Chicago".into());
    context
}

pub const VISITS: &str = "MRN,Appointment ID,Start,Minutes,Type,Provider,Status,Location\n";

pub fn mapping(kind: Kind, columns: &[(Column, &str)]) -> Mapping {
    let mut mapping = Mapping::new(kind);
    mapping.columns = columns.iter().map(|(column, name)| (*column, (*name).to_string())).collect();
    mapping
}

pub fn visits() -> Mapping {
    let mut mapping = csv::guess(Kind::Visits, &csv::look(VISITS.as_bytes()).unwrap().columns);
    mapping.dates = Dates::MonthFirst;
    mapping
}

pub fn rows_of(bytes: &[u8], mapping: &Mapping) -> Vec<Row> {
    csv::read(bytes, mapping, &context(&interface())).unwrap().rows
}

/// The one row under the header of visits.
pub fn visit_row(row: &str) -> Row {
    let mut rows = rows_of(format!("{VISITS}{row}\n").as_bytes(), &visits());
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

pub fn updates(row: &Row) -> Vec<Update> {
    match &row.reading.as_ref().unwrap().what {
        Content::Updates(updates) => updates.clone(),
        other => panic!("{other:?}"),
    }
}

pub fn refused(row: &Row) -> Refusal {
    row.reading.clone().unwrap_err()
}
