//! A visit as a calendar file: one visit is one entry for ever, and every change is a later edition of it.

use care::chart::Encounter;
use jiff::Timestamp;
use store::{LocationRow, OrganizationRow};
use wire::calendar::{self, Method};

/// A visit that no longer stands takes its entry out of the calendar.
pub fn method_of(visit: &Encounter) -> Method {
    if visit.state.stands() { Method::Request } else { Method::Cancel }
}

/// The file's text; `None` for a visit without a start.
pub fn text(
    organization: &OrganizationRow,
    visit: &Encounter,
    place: Option<&LocationRow>,
    now: Timestamp,
) -> Option<String> {
    let domain = organization.mail_from.rsplit('@').next().unwrap_or("localhost");
    let of_place = |field: fn(&LocationRow) -> &String| place.map(|p| field(p).clone()).unwrap_or_default();
    Some(calendar::event(&calendar::CalendarVisit {
        uid: format!("{}@{domain}", visit.id),
        sequence: u32::try_from(visit.moves.len() + visit.cancellations.len()).unwrap_or(0),
        start: visit.start.clone()?,
        minutes: visit.minutes,
        title: organization.clinic.name.clone(),
        location_name: of_place(|p| &p.name),
        address: of_place(|p| &p.address),
        description: of_place(|p| &p.phone),
        organizer_email: Some(organization.mail_from.clone()),
        method: method_of(visit),
        stamp: now,
    }))
}
