//! The fragments that other rooms lean on: what a visit's buttons send, and one drawing.

use pages::charts::{ContentKind, MarkedStep, TriggerLabels, timeline};
use pages::staff::{Home, HomeVisit, VisitActions, VisitState};
use pages::{Frame, Nav, Template};

#[test]
fn a_planned_visit_can_arrive_be_missed_cancelled_and_moved() {
    let actions = VisitActions {
        base: "/patients/p/visits/v".to_owned(),
        arrive: true,
        no_show: true,
        cancel: true,
        move_from: Some(("2025-03-04".to_owned(), "10:00".to_owned())),
    };
    let visit = HomeVisit {
        time: "10:00".to_owned(),
        patient: "Rivera, Alma".to_owned(),
        patient_href: "/patients/p".to_owned(),
        visit_type: "Follow-up".to_owned(),
        location: "Main Street".to_owned(),
        practitioner: None,
        state: VisitState::Planned,
        note: String::new(),
        actions,
    };
    let page = Home {
        frame: Frame::new("Today", "Northside Therapy", Nav::Today, "token"),
        date: "Tuesday, 4 March 2025".to_owned(),
        several_locations: false,
        counts: vec![],
        visits: vec![visit],
        notices: vec![],
    };
    let page = page.render().unwrap();
    let (_, row) = page.split_once("<td class=\"doing\">").unwrap();
    let (row, _) = row.split_once("</td>").unwrap();
    let lines: Vec<&str> = row.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_reminder_is_drawn_before_its_visit() {
    let step = |offset_minutes, label: &str, content_kind| MarkedStep {
        offset_minutes,
        label: label.to_owned(),
        content_kind,
        repeats: false,
        from_event: false,
    };
    let steps = [step(-2 * 1440, "Your visit", ContentKind::Email), step(-180, "See you today", ContentKind::Text)];
    let drawing = timeline(&steps, &TriggerLabels::two("Visit day planned", "The visit"));
    insta::assert_snapshot!(drawing.as_str().replace("><", ">\n<"));
}
