use care::chart::VisitType;
use care::id::InterfaceId;
use serde_json::json;
use uuid::Uuid;
use wire::hl7v2::{DischargeMeans, Interface, MappedType, Path, StampFrom};

#[test]
fn an_id_and_a_zone_are_settings_enough() {
    let id = Uuid::from_u128(7);
    let read: Interface = serde_json::from_value(json!({ "id": id, "zone": "Europe/Berlin" })).unwrap();
    assert_eq!(read, Interface::new(InterfaceId(id), "Europe/Berlin"));
    assert!(read.production, "careful until told otherwise");
}

#[test]
fn settings_are_written_and_read_back() {
    let mut interface = Interface::new(InterfaceId(Uuid::from_u128(7)), "Europe/Berlin");
    interface.appointment_types.insert("IE".into(), MappedType::Type(VisitType::InitialEvaluation));
    interface.appointment_types.insert("LUNCH".into(), MappedType::Ignore);
    interface.discharge_means = DischargeMeans::Case;
    interface.stamp_from = StampFrom::PatientUpdate;
    interface.episode_from = Some("zxx-5.2".parse().unwrap());
    let written = serde_json::to_value(&interface).unwrap();
    assert_eq!(written["episode_from"], json!("ZXX-5.2"));
    assert_eq!(written["appointment_types"], json!({ "IE": { "type": "initial_evaluation" }, "LUNCH": "ignore" }));
    assert_eq!(serde_json::from_value::<Interface>(written).unwrap(), interface);
}

#[test]
fn a_place_in_a_message_is_checked_when_it_is_typed() {
    for (typed, shown) in [("PV1-54", "PV1-54.1"), (" pid-18.4.2 ", "PID-18.4.2")] {
        assert_eq!(typed.parse::<Path>().unwrap().to_string(), shown);
    }
    for wrong in ["", "PV1", "PV1-", "PV1-0", "PV-1", "PV1-1.2.3.4", "PV1-x", "PV1-1000", "PVÉ-1"] {
        let error = wrong.parse::<Path>().unwrap_err();
        assert!(error.contains("PV1-54"), "{error}");
    }
}
