//! The case: HL7 has no event for it, so each interface says where its number stands.

use jiff::Timestamp;

use super::interface::Interface;
use super::read::{Group, Reader};
use super::reading::{EpisodeAct, EpisodeReading};
use super::time::Dtm;

/// The number of the case this patient's part of the message names.
fn number(group: &Group, reader: &Reader) -> Option<String> {
    let path = reader.interface.episode_from.as_ref()?;
    let number = path.in_segment(group.segment(&path.segment)?).value()?;
    Some(reader.scoped(&number))
}

/// The case is named.
pub(super) fn seen(group: &Group, reader: &Reader, at: Timestamp) -> Option<EpisodeReading> {
    let title = service_title(group, reader.interface);
    let on = reader.clock.date(at);
    number(group, reader).map(|number| EpisodeReading { number: Some(number), title, act: EpisodeAct::Seen, on })
}

/// An A03 or A13 that speaks of the case: of the one named, or the patient's only one.
pub(super) fn ended(group: &Group, reader: &Reader, act: EpisodeAct, at: Timestamp) -> EpisodeReading {
    let discharged = group.segment("PV1").and_then(|pv1| pv1.field(45).component(1).value());
    let discharged = discharged.and_then(|text| text.parse::<Dtm>().ok());
    let on = discharged.map_or(at, |time| reader.clock.instant(&time));
    EpisodeReading { number: number(group, reader), title: None, act, on: reader.clock.date(on) }
}

/// PV1-53 describes what PV1-54 numbers.
fn service_title(group: &Group, interface: &Interface) -> Option<String> {
    let path = interface.episode_from.as_ref().filter(|path| path.is_field("PV1", 54))?;
    group.segment(&path.segment)?.field(53).component(1).value()
}
