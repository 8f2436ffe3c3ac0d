//! The form "log a visit by hand", and the one that moves a visit.

use care::chart::{Clinic, VisitType};
use care::id::{LocationId, PatientId};
use care::zone::{self, CivilMoment};
use jiff::Timestamp;
use pages::staff::{Choice, Field, LogVisit, Pick};
use serde::Deserialize;

use super::{patients, times, words};

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Given {
    pub state: String,
    pub date: String,
    pub time: String,
    pub location: String,
    pub visit_type: String,
}

/// A visit as the form gives it.
#[derive(Debug, PartialEq)]
pub struct Logged {
    pub arrived: bool,
    pub start: CivilMoment,
    pub location: LocationId,
    pub visit_type: VisitType,
}

/// Date and time as people at the location read them. Errors by field: date, time.
pub fn read_start(
    date: &str,
    time: &str,
    zone: &str,
    now: Timestamp,
) -> Result<CivilMoment, (Option<String>, Option<String>)> {
    let (date, time) = (times::read_date(date), times::read_time(time));
    let today = zone::date_in(now, zone);
    // A year typed wrong would plan, or catch up on, years of messages.
    let near = date.is_none_or(|date| (date.year() - today.year()).abs() <= 2);
    let date_error = match date {
        None => Some("Write the date as 2025-03-31".to_owned()),
        Some(_) if !near => Some("This is years away. Check the year".to_owned()),
        Some(_) => None,
    };
    match (date, time) {
        (Some(date), Some(time)) if near => Ok(CivilMoment { civil: date.to_datetime(time), zone: zone.into() }),
        (_, time) => Err((date_error, time.is_none().then(|| "Write the time as 10:00".to_owned()))),
    }
}

pub fn read(given: &Given, clinic: &Clinic, patient: PatientId, now: Timestamp) -> Result<Logged, Box<LogVisit>> {
    let location = given.location.parse::<LocationId>().ok().filter(|id| clinic.locations.contains_key(id));
    let visit_type = given.visit_type.parse::<VisitType>().ok();
    let start = read_start(&given.date, &given.time, clinic.zone_at(location), now);
    match (location, visit_type, start) {
        (Some(location), Some(visit_type), Ok(start)) => {
            Ok(Logged { arrived: given.state == "arrived", start, location, visit_type })
        }
        (location, visit_type, start) => {
            let mut form = show(given, clinic, patient);
            form.open = true;
            form.location.error = location.is_none().then(|| "Choose a location".into());
            form.visit_type.error = visit_type.is_none().then(|| "Choose a visit type".into());
            (form.date.error, form.time.error) = start.err().unwrap_or_default();
            Err(Box::new(form))
        }
    }
}

/// The form, with what was given before.
pub fn show(given: &Given, clinic: &Clinic, patient: PatientId) -> LogVisit {
    let types = [
        VisitType::InitialEvaluation,
        VisitType::FollowUp,
        VisitType::ReEvaluation,
        VisitType::Discharge,
        VisitType::Other,
    ];
    let types = types.map(|t| Choice::new(t.code(), words::visit_type(Some(t))));
    LogVisit {
        action: format!("/patients/{patient}/visits"),
        state: Pick::of(vec![Choice::new("planned", "Planned"), Choice::new("arrived", "Arrived")], &given.state),
        date: Field::value(&given.date),
        time: Field::value(&given.time),
        location: patients::locations(clinic, &given.location),
        visit_type: Pick::of(types.to_vec(), &given.visit_type),
        open: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use care::chart::Location;
    use uuid::Uuid;

    fn clinic() -> (Clinic, LocationId) {
        let id = LocationId(Uuid::from_u128(1));
        let mut clinic = Clinic::new("Northside", "America/New_York");
        clinic.locations.insert(id, Location::new(id, "Main", "America/Denver", false));
        (clinic, id)
    }

    fn now() -> Timestamp {
        "2025-03-04T12:00:00Z".parse().unwrap()
    }

    fn given(location: &str) -> Given {
        Given {
            state: "arrived".into(),
            date: "2025-03-06".into(),
            time: "10:00".into(),
            location: location.into(),
            visit_type: "follow_up".into(),
        }
    }

    #[test]
    fn a_logged_visit_is_in_the_zone_of_its_location() {
        let (clinic, location) = clinic();
        let logged = read(&given(&location.to_string()), &clinic, PatientId(Uuid::nil()), now()).unwrap();
        assert!(logged.arrived);
        assert_eq!(logged.start.zone, "America/Denver");
        assert_eq!(logged.start.instant().to_string(), "2025-03-06T17:00:00Z");
    }

    #[test]
    fn a_wrong_form_comes_back_open_with_what_was_typed_and_each_error() {
        let (clinic, location) = clinic();
        let wrong = Given { date: "1025-03-06".into(), time: "ten".into(), ..given(&location.to_string()) };
        let form = read(&wrong, &clinic, PatientId(Uuid::nil()), now()).unwrap_err();
        assert!(form.open && form.date.error.is_some() && form.time.error.is_some());
        assert_eq!(form.date.value, "1025-03-06");
        let form = read(&given("nowhere"), &clinic, PatientId(Uuid::nil()), now()).unwrap_err();
        assert!(form.location.error.is_some() && form.date.error.is_none());
    }
}
