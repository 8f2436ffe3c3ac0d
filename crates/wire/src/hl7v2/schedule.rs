//! SIU: the scheduler's view of a visit (SCH and its resources), under its appointment number.

use care::chart::{Act, Write};
use care::zone::CivilMoment;

use super::field::{Field, Leaf};
use super::interface::{AppointmentNumber, look_up};
use super::meaning::{self, Meaning, Status};
use super::message::Segment;
use super::read::{Group, Reader};
use super::reading::VisitReading;
use super::refusal::{Cause, Refusal};
use super::time::{Dtm, Precision};
use super::{place, registration};

pub(super) fn visit(group: &Group, meaning: Meaning, reader: &mut Reader) -> Result<Option<VisitReading>, Refusal> {
    let sch = group.shared("SCH").next();
    let sch = sch.ok_or_else(|| Refusal::missing("SCH", "have the sender add SCH with the appointment"))?;
    let Some(act) = act(sch, meaning, reader) else {
        return Ok(None);
    };
    let pv1 = group.segment("PV1");
    let registered = pv1.and_then(|pv1| registration::number(pv1, reader));
    let mut visit = VisitReading::new(Some(number(sch, reader)?), registered, act);
    who_and_where(group, pv1, reader, &mut visit);
    if meaning == Meaning::Resource {
        return Ok(Some(visit).filter(VisitReading::writes_something));
    }
    visit.type_seen = visit_type(sch, reader);
    let started = start(group, sch, act, reader)?;
    if started.is_none() && act == Act::Book {
        let cure = "have the sender fill SCH-11.4 or AIS-4 with the start of the appointment";
        return Err(Refusal::new(Cause::NoStart, "SCH-11.4", cure));
    }
    visit.start = Write::some(started);
    visit.minutes = Write::some(minutes(group, sch, reader));
    Ok(Some(visit))
}

/// The event decides over S15, S16, S17, S26; the status over S12 to S14. `None`: no visit.
fn act(sch: Segment, meaning: Meaning, reader: &mut Reader) -> Option<Act> {
    let Meaning::Appointment { act, status_decides } = meaning else {
        return Some(Act::Note);
    };
    let status = [1, 2].into_iter().filter_map(|n| sch.field(25).component(n).value());
    let status = status.filter_map(|text| meaning::of_status(&text)).next();
    match status {
        Some(Status::Did(said)) if status_decides => Some(said),
        Some(Status::Did(said)) if said != act => {
            reader.remark("SCH-25", "the status says something else than the event: the event counts");
            Some(act)
        }
        Some(Status::Waitlist) if act == Act::Book => {
            reader.remark("SCH-25", "on the waiting list: no visit is made of it yet");
            None
        }
        // Back to the waiting list: the booked time is given up.
        Some(Status::Waitlist) if status_decides => Some(Act::Cancel),
        _ => Some(act),
    }
}

fn number(sch: Segment, reader: &Reader) -> Result<String, Refusal> {
    let order = match reader.interface.appointment_number {
        AppointmentNumber::Filler => [2, 1],
        AppointmentNumber::Placer => [1, 2],
    };
    let number = order.into_iter().find_map(|field| sch.field(field).component(1).value());
    let cure = "have the sender fill SCH-2 (or SCH-1) with the appointment's number";
    number.map(|n| reader.scoped(&n)).ok_or_else(|| Refusal::new(Cause::NoVisitId, "SCH-2", cure))
}

fn who_and_where(group: &Group, pv1: Option<Segment>, reader: &Reader, visit: &mut VisitReading) {
    let mut people: Vec<Field> = standing(group, "AIP").map(|aip| aip.field(3)).collect();
    let mut places: Vec<Field> = standing(group, "AIL").map(|ail| ail.field(3)).collect();
    if let Some(pv1) = pv1 {
        people.extend(place::of_registration(pv1));
        places.push(pv1.field(3));
    }
    place::practitioner(&people, visit);
    place::location(&places, reader.interface, visit);
}

/// The resources of this kind that are not being taken off (segment action code, in field 2 of each).
fn standing<'m>(group: &Group<'m>, name: &'static str) -> impl Iterator<Item = Segment<'m>> + use<'m> {
    group.shared(name).filter(|s| !s.field(2).component(1).raw().trim().eq_ignore_ascii_case("D"))
}

/// SCH-8, else SCH-7: the first word that the interface maps, else the first there is. What it means is not asked here.
fn visit_type(sch: Segment, reader: &Reader) -> Option<String> {
    let said: Vec<String> =
        [8, 7].into_iter().flat_map(|f| [1, 2].map(|n| sch.field(f).component(n).value())).flatten().collect();
    let mapped = said.iter().find(|code| look_up(&reader.interface.appointment_types, code).is_some());
    mapped.or(said.first()).cloned()
}

/// SCH-11.4, TQ1-7, AIS-4, AIP-6: the first that is filled.
fn start(group: &Group, sch: Segment, act: Act, reader: &mut Reader) -> Result<Option<CivilMoment>, Refusal> {
    let of = |name, field| group.shared(name).next().map(|s| s.field(field).component(1));
    let places = [
        ("SCH-11.4", Some(sch.field(11).component(4).subcomponent(1))),
        ("TQ1-7", of("TQ1", 7)),
        ("AIS-4", of("AIS", 4)),
        ("AIP-6", of("AIP", 6)),
    ];
    let filled = places.into_iter().find_map(|(place, leaf)| Some((place, leaf?.value()?)));
    let Some((place, text)) = filled else {
        return Ok(None);
    };
    let too_coarse = || {
        let cure = "this is a date without a time of day: have the sender add the time, then replay";
        Refusal::new(Cause::BadTime, place, cure)
    };
    let read = match text.parse::<Dtm>() {
        Ok(time) if time.precision < Precision::Hour => Err(too_coarse()),
        Ok(time) => Ok(time),
        Err(bad) => Err(Refusal::bad_time(place, &bad)),
    };
    match read {
        Ok(time) => Ok(Some(reader.clock.moment(&time))),
        // A visit that goes away, or was missed, does so whatever its time says.
        Err(_) if matches!(act, Act::Cancel | Act::Delete | Act::NoShow) => {
            reader.remark(place, "the start cannot be read and stays as it was");
            Ok(None)
        }
        Err(refusal) => Err(refusal),
    }
}

/// SCH-9 with SCH-10, else AIS-7 with AIS-8, else SCH-11.3. The end in SCH-11.5 is not looked at: it is often of another day.
fn minutes(group: &Group, sch: Segment, reader: &mut Reader) -> Option<u32> {
    let stated = sch.field(9).component(1);
    if let Some(minutes) = duration(stated, sch.field(10).component(1)) {
        return Some(minutes);
    }
    if stated.value().is_some() {
        reader.remark("SCH-9", "the duration cannot be read");
    }
    let service = group.shared("AIS").next();
    let of_service = service.and_then(|ais| duration(ais.field(7).component(1), ais.field(8).component(1)));
    of_service.or_else(|| {
        let text = sch.field(11).component(3).value()?;
        let (unit, count) = text.split_at_checked(1)?;
        in_minutes(count, unit)
    })
}

fn duration(count: Leaf, unit: Leaf) -> Option<u32> {
    in_minutes(&count.value()?, &unit.value().unwrap_or_default())
}

fn in_minutes(count: &str, unit: &str) -> Option<u32> {
    let count: f64 = count.trim().parse().ok().filter(|c: &f64| c.is_finite() && *c > 0.0)?;
    let minutes = match unit.trim().to_ascii_uppercase().as_str() {
        "" | "M" | "MIN" | "MINS" | "MINUTE" | "MINUTES" => count,
        "H" | "HR" | "HRS" | "HOUR" | "HOURS" => count * 60.0,
        "S" | "SEC" | "SECS" | "SECOND" | "SECONDS" => count / 60.0,
        _ => return None,
    };
    // Longer than a day is a mistake, not a visit.
    (1.0..=1440.0).contains(&minutes).then_some(minutes.round() as u32)
}
