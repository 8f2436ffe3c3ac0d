//! Who acts on an answer that may mean harm, and what the patient reads at it.

use jiff::Timestamp;

use crate::feed::OpenHours;
use crate::id::StaffId;
use crate::library::In;
use crate::zone;

/// What a clinic has said. Without it nobody is asked such a question away from the clinic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HarmPlan {
    /// Called on within the hours.
    pub on_call: StaffId,
    /// Called on at any other time.
    pub cover: StaffId,
    pub hours: OpenHours,
    /// Shown to the patient at the answer.
    pub crisis: In<String>,
    /// Such forms may be asked by a link.
    pub by_link: bool,
}

impl HarmPlan {
    /// Who is told of an answer given then.
    pub fn who(&self, at: Timestamp, zone: &str) -> StaffId {
        let day = zone::date_in(at, zone);
        let open = self.hours.on(day.weekday()).map(|hours| hours.instants(day, zone));
        let within = open.is_some_and(|(from, until)| from <= at && at < until);
        if within { self.on_call } else { self.cover }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use uuid::Uuid;

    #[test]
    fn within_the_hours_it_is_the_one_on_call_and_else_the_cover() {
        let (dana, eli) = (StaffId(Uuid::from_u128(1)), StaffId(Uuid::from_u128(2)));
        let hours = BTreeMap::from([("mon".to_owned(), "08:00-18:00".to_owned())]);
        let plan = HarmPlan {
            on_call: dana,
            cover: eli,
            hours: hours.try_into().unwrap(),
            crisis: In { en: "Call 988.".into(), es: None },
            by_link: true,
        };
        let who = |at: &str| plan.who(at.parse().unwrap(), "America/New_York");
        // Monday, 2 March 2026.
        assert_eq!(who("2026-03-02T12:59:59Z"), eli);
        assert_eq!(who("2026-03-02T13:00:00Z"), dana);
        assert_eq!(who("2026-03-02T22:59:59Z"), dana);
        assert_eq!(who("2026-03-02T23:00:00Z"), eli);
        assert_eq!(who("2026-03-03T15:00:00Z"), eli, "a day without hours");
    }
}
