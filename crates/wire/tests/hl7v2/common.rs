//! The made-up messages and the interface they come in by.

use care::chart::VisitType;
use care::id::{InterfaceId, LocationId};
use uuid::Uuid;
use wire::hl7v2::{self, Content, Interface, MappedType, Reading, Refusal, Update, VisitReading};

pub const MAIN: LocationId = LocationId(Uuid::from_u128(1));

pub fn file(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/messages/{name}.hl7", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|e| panic!("{path}: {e}"))
}

pub fn interface() -> Interface {
    let mut interface = Interface::new(InterfaceId(Uuid::nil()), "America/New_York");
    interface.appointment_types.insert("ie".into(), MappedType::Type(VisitType::InitialEvaluation));
    interface.locations.insert("main".into(), MAIN);
    interface.providers.insert("204".into(), "Ben Okafor, PT".into());
    interface
}

pub fn read(name: &str) -> Result<Reading, Refusal> {
    hl7v2::read(&file(name), &interface())
}

pub fn update_by(name: &str, interface: &Interface) -> Update {
    let reading = hl7v2::read(&file(name), interface).unwrap_or_else(|e| panic!("{name}: {e}"));
    match reading.what {
        Content::Updates(updates) => updates.into_iter().next().unwrap_or_else(|| panic!("{name}: no update")),
        other => panic!("{name}: {other:?}"),
    }
}

pub fn update(name: &str) -> Update {
    update_by(name, &interface())
}

pub fn visit(name: &str) -> VisitReading {
    update(name).visit.unwrap_or_else(|| panic!("{name}: no visit"))
}
