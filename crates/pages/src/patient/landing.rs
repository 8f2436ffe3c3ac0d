use super::{PatientFrame, dial};
use askama::Template;

#[derive(Debug, Clone)]
pub struct LandingVisit {
    /// In the patient's language: "Tuesday, March 4".
    pub date: String,
    /// All times of that day: "10:00 AM".
    pub times: Vec<String>,
    /// "Denver time", when it is not the patient's own zone.
    pub zone_note: Option<String>,
    pub location: String,
    pub address: String,
    pub map_url: Option<String>,
    pub phone: String,
    /// The calendar file.
    pub calendar_href: String,
    pub cancelled: bool,
}

impl LandingVisit {
    fn dial(&self) -> String {
        dial(&self.phone)
    }
}

/// `GET /p/{token}`: the next visit, on a phone.
#[derive(Template)]
#[template(path = "patient/landing.html")]
pub struct PatientLanding {
    pub frame: PatientFrame,
    pub first_name: String,
    pub visit: Option<LandingVisit>,
}

impl PatientLanding {
    /// Only a web address becomes a link.
    fn map(&self) -> Option<&str> {
        let map = self.visit.as_ref()?.map_url.as_deref()?;
        (map.starts_with("https://") || map.starts_with("http://")).then_some(map)
    }
}
