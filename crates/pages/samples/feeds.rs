//! Feeds and closed days.

use pages::Nav;
use pages::staff::{
    Choice, CloseForm, ClosedDay, ClosedDayPage, ClosedDays, DayHours, FeedPage, FeedState, Field, HeldStep, Pick,
    VisitToMove,
};

use super::{frame, html, stamp};

pub fn pages(name: &str) -> Vec<(&'static str, String)> {
    let speaks = FeedPage { held: vec![], held_count: 0, may_decide: false, ..feed(name) };
    let frame_of_days = || frame("Closed days", Nav::ClosedDays);
    vec![
        ("feed-silent", html(&feed(name))),
        (
            "feed-speaks",
            html(&FeedPage { state: FeedState::Speaks, said: "It may be silent for 1 hour.".into(), ..speaks }),
        ),
        (
            "closed-days",
            html(&ClosedDays { frame: frame_of_days(), days: vec![closed(false), closed(true)], form: Some(form()) }),
        ),
        ("closed-days-empty", html(&ClosedDays { frame: frame_of_days(), days: vec![], form: None })),
        ("closed-day", html(&closed_day(vec![visit("08:20", name), visit("10:00", "Baker, Tom")]))),
        ("closed-day-empty", html(&closed_day(vec![]))),
    ]
}

fn feed(name: &str) -> FeedPage {
    let held = |patient: &str, step: &str| HeldStep {
        patient: patient.into(),
        patient_href: "/patients/alma".into(),
        workflow: "Visit reminder".into(),
        step: step.into(),
        location: "Main Street".into(),
        due: stamp("Tue 4 Mar 2025", "10:00"),
        expires: stamp("Thu 6 Mar 2025", "10:00"),
    };
    let day = |(key, label): (&str, &str)| {
        let open = key != "sat" && key != "sun";
        let time = |text: &str| if open { text.to_owned() } else { String::new() };
        DayHours { key: key.into(), label: label.into(), from: time("08:00"), to: time("18:00") }
    };
    let week = [("mon", "Monday"), ("tue", "Tuesday"), ("sat", "Saturday"), ("sun", "Sunday")];
    FeedPage {
        frame: frame("The feed of Main Street EMR", Nav::Refused),
        id: "emr".into(),
        name: "Main Street EMR".into(),
        state: FeedState::Silent,
        said: "Silent since Tue 4 Mar, 08:12. What rests on what it says is held.".into(),
        last_message: Some(stamp("Tue 4 Mar 2025", "08:12")),
        quiet_for: "1 hour 28 minutes".into(),
        newest: Some(stamp("Tue 4 Mar 2025", "08:12")),
        locations: "Main Street".into(),
        held_count: 14,
        held: vec![held(name, "two-days-before"), held("Baker, Tom", "three-hours-before")],
        may_decide: true,
        silent_after: Field::value("60"),
        days: week.into_iter().map(day).collect(),
        zone: "America/Denver".into(),
        hours_error: None,
        may_change: true,
    }
}

fn closed(opens_soon: bool) -> ClosedDay {
    ClosedDay {
        href: "/closed-days/main-street/2025-03-06".into(),
        day: "Thursday, 6 March 2025".into(),
        location: "Main Street".into(),
        reason: "Snow".into(),
        reminders: 9,
        visits: 14,
        opens_soon,
    }
}

fn form() -> CloseForm {
    CloseForm {
        location: Pick::of(vec![Choice::new("all", "All locations"), Choice::new("main", "Main Street")], "all"),
        from: Field::wrong("2025-03-01", "This day is over."),
        to: Field::default(),
        reason: Field::default(),
    }
}

fn visit(time: &str, patient: &str) -> VisitToMove {
    VisitToMove {
        time: time.into(),
        patient: patient.into(),
        patient_href: "/patients/alma".into(),
        phone: "+13035550123".into(),
        email: String::new(),
        practitioner: "Ben Ortiz".into(),
    }
}

fn closed_day(visits: Vec<VisitToMove>) -> ClosedDayPage {
    ClosedDayPage {
        frame: frame("Closed day", Nav::ClosedDays),
        closed: closed(false),
        zone: None,
        by_emr: false,
        visits,
        may_open: true,
    }
}
