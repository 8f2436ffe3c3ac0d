//! ADT: registration's view of a visit (PV1), under its visit number.

use care::chart::{Act, Write};
use care::id::LocationId;
use care::zone::CivilMoment;

use super::interface::{DischargeMeans, Interface, MappedType, look_up};
use super::meaning::Meaning;
use super::message::Segment;
use super::read::{Group, Reader, time_in};
use super::reading::{EpisodeAct, EpisodeReading, VisitReading};
use super::refusal::{Cause, Refusal};
use super::time::{Dtm, Precision};
use super::{episode, place};

type Said = (Option<VisitReading>, Option<EpisodeReading>);

pub(super) fn visit(group: &Group, meaning: Meaning, reader: &mut Reader) -> Result<Said, Refusal> {
    let of_case = reader.interface.discharge_means == DischargeMeans::Case;
    let ended = |act| Ok((None, Some(episode::ended(group, reader, act, reader.stamp_at))));
    if meaning == Meaning::Charge {
        return Ok((charge(group, reader)?, None));
    }
    let act = match meaning {
        Meaning::Arrival => Act::Arrive,
        Meaning::PreAdmit => Act::Book,
        Meaning::End if of_case => return ended(EpisodeAct::Discharged),
        Meaning::EndUndone if of_case => return ended(EpisodeAct::Reopened),
        Meaning::End => Act::Finish,
        Meaning::EndUndone => Act::Unfinish,
        Meaning::VisitGone(act) => act,
        Meaning::Demographics => Act::Note,
        Meaning::Person | Meaning::PersonGone | Meaning::Merge => return Ok((None, None)),
        Meaning::Appointment { .. } | Meaning::Resource | Meaning::Charge | Meaning::Unused(_) => {
            return Ok((None, None));
        }
    };
    Ok((of_number(group, act, reader)?, None))
}

/// A charge for a visit: the patient was there, at the visit's time and not when it was billed. PV1-44, else FT1-4.
fn charge(group: &Group, reader: &mut Reader) -> Result<Option<VisitReading>, Refusal> {
    let Some(mut visit) = of_number(group, Act::Arrive, reader)? else { return Ok(None) };
    let to_the_hour = |time: &Dtm| time.precision >= Precision::Hour;
    let of = |name, field, place| match group.segment(name) {
        Some(segment) => time_in(segment, field, place).map(|time| time.filter(to_the_hour)),
        None => Ok(None),
    };
    let time = of("PV1", 44, "PV1-44")?.or(of("FT1", 4, "FT1-4")?);
    let moment = time.map(|time| reader.clock.moment(&time));
    visit.by_charge = true;
    visit.happened = moment.as_ref().map(CivilMoment::instant);
    visit.start = Write::some(moment);
    Ok(Some(visit))
}

fn of_number(group: &Group, act: Act, reader: &mut Reader) -> Result<Option<VisitReading>, Refusal> {
    let pv1 = group.segment("PV1");
    let number = pv1.and_then(|pv1| number(pv1, reader));
    let (Some(pv1), Some(number)) = (pv1, number) else {
        return no_number(pv1, act, reader).map(|()| None);
    };
    let mut visit = VisitReading::new(None, Some(number), act);
    visit.start = Write::some(start(group, pv1, act, reader)?);
    place::practitioner(&place::of_registration(pv1), &mut visit);
    place::location(&[pv1.field(3)], reader.interface, &mut visit);
    // PV1-18 holds many things; only what the clinic mapped is a visit type.
    let kind = pv1.field(18).component(1).value();
    match kind.as_ref().and_then(|kind| look_up(&reader.interface.appointment_types, kind)) {
        Some(MappedType::Ignore) => return Ok(None),
        Some(MappedType::Type(_)) => visit.type_seen = kind,
        None => {}
    }
    Ok(Some(visit).filter(|visit| act != Act::Note || visit.writes_something()))
}

/// PV1-19, or PV1-50 where PV1-19 numbers the case.
pub(super) fn number(pv1: Segment, reader: &Reader) -> Option<String> {
    let of_case = reader.interface.episode_from.as_ref().is_some_and(|path| path.is_field("PV1", 19));
    let number = pv1.field(if of_case { 50 } else { 19 }).component(1).value()?;
    Some(reader.scoped(&number))
}

/// Some systems send an A04 or A05 to register a person, without any visit; but an end or a cancellation is of a visit.
fn no_number(pv1: Option<Segment>, act: Act, reader: &mut Reader) -> Result<(), Refusal> {
    let speaks_of_visit = pv1.is_some_and(|pv1| !pv1.field(44).is_empty());
    match act {
        Act::Note => Ok(()),
        Act::Arrive | Act::Book if !speaks_of_visit => {
            reader.remark("PV1-19", "no visit number: taken as a registration of the person only");
            Ok(())
        }
        _ => Err(Refusal::new(
            Cause::NoVisitId,
            "PV1-19",
            "have the sender fill PV1-19 with the visit number, or correct where the interface looks for the case",
        )),
    }
}

/// PV1-44; an arrival's else EVN-6 or EVN-2, a visit's to come else PV2-8. A mere date is no start.
fn start(group: &Group, pv1: Segment, act: Act, reader: &Reader) -> Result<Option<CivilMoment>, Refusal> {
    let to_the_hour = |time: &Dtm| time.precision >= Precision::Hour;
    let mut found = match (act, group.segment("PV2")) {
        (Act::Book, Some(pv2)) => time_in(pv2, 8, "PV2-8")?.filter(to_the_hour),
        _ => None,
    };
    // What goes away needs no time, so a bad one must not keep it.
    let goes = matches!(act, Act::Cancel | Act::Delete);
    if found.is_none() && !goes {
        found = time_in(pv1, 44, "PV1-44")?.filter(to_the_hour);
    }
    if found.is_none()
        && act == Act::Arrive
        && let Some(evn) = group.shared("EVN").next()
    {
        found = time_in(evn, 6, "EVN-6")?.filter(to_the_hour);
        if found.is_none() {
            found = time_in(evn, 2, "EVN-2")?.filter(to_the_hour);
        }
    }
    Ok(found.map(|time| reader.clock.moment(&time)))
}

/// PD1-3, the patient's clinic; without a list of places the one there is.
pub(super) fn home(group: &Group, interface: &Interface) -> Write<LocationId> {
    if interface.locations.is_empty() {
        return Write::some(interface.default_location);
    }
    let clinic = group.segment("PD1").map(|pd1| pd1.field(3));
    let codes = clinic.into_iter().flat_map(|clinic| [3, 10, 1].map(|n| clinic.component(n).value()));
    Write::some(codes.flatten().find_map(|code| look_up(&interface.locations, &code).copied()))
}
