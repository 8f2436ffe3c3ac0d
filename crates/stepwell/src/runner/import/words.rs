//! What an import does, in words for the clinic's staff.

use care::chart::{Clinic, Encounter, EncounterState, Episode, EpisodeState, Patient};
use care::zone::CivilMoment;

pub fn who(patient: &Patient) -> String {
    let parts: Vec<&str> = [&patient.family, &patient.given]
        .into_iter()
        .filter_map(|part| part.as_deref())
        .filter(|p| !p.is_empty())
        .collect();
    if parts.is_empty() { "Name not known".into() } else { parts.join(", ") }
}

/// "email, mobile".
pub fn changed_fields(before: &Patient, after: &Patient) -> String {
    let fields = [
        (before.given != after.given || before.family != after.family, "name"),
        (before.birth_date != after.birth_date, "birth date"),
        (before.sex != after.sex, "sex"),
        (before.language != after.language, "language"),
        (before.email != after.email, "email"),
        (before.mobile != after.mobile, "mobile"),
        (before.home_location != after.home_location, "location"),
    ];
    let changed: Vec<&str> = fields.into_iter().filter(|(changed, _)| *changed).map(|(_, name)| name).collect();
    if changed.is_empty() { "details".into() } else { changed.join(", ") }
}

fn start(start: Option<&CivilMoment>) -> String {
    start.map_or("no time".into(), |start| start.civil.strftime("%a %-d %b %Y, %H:%M").to_string())
}

fn place(visit: &Encounter, clinic: &Clinic) -> String {
    let place = visit.location.and_then(|id| clinic.locations.get(&id));
    place.map_or_else(String::new, |place| format!(" at {}", place.name))
}

fn state(visit: &Encounter) -> &'static str {
    match visit.state {
        EncounterState::Unknown => "not known",
        EncounterState::Planned => "planned",
        EncounterState::Arrived { .. } => "arrived",
        EncounterState::Finished { .. } => "finished",
        EncounterState::NoShow { .. } => "no-show",
        EncounterState::Cancelled { .. } => "cancelled",
        EncounterState::EnteredInError { .. } => "entered in error",
    }
}

/// "Tue 10 Mar 2026, 14:30 at Riverside"; what it is, unless it is planned.
pub fn visit(visit: &Encounter, clinic: &Clinic) -> String {
    let suffix = if visit.state == EncounterState::Planned { String::new() } else { format!(", {}", state(visit)) };
    format!("{}{}{suffix}", start(visit.start.as_ref()), place(visit, clinic))
}

pub fn visit_change(before: &Encounter, after: &Encounter, clinic: &Clinic) -> String {
    let mut said = vec![];
    let instant = |visit: &Encounter| visit.start.as_ref().map(CivilMoment::instant);
    if instant(before) != instant(after) || before.location != after.location {
        let to = format!("{}{}", start(after.start.as_ref()), place(after, clinic));
        said.push(format!("moves to {to}"));
    }
    if state(before) != state(after) {
        said.push(format!("is {}", state(after)));
    }
    if before.practitioner != after.practitioner {
        said.push("has another practitioner".into());
    }
    if before.visit_type != after.visit_type {
        said.push("is of another type".into());
    }
    if said.is_empty() {
        said.push("details".into());
    }
    format!("{}{} {}", start(before.start.as_ref()), place(before, clinic), said.join(", "))
}

pub fn episode(episode: &Episode) -> String {
    let title = episode.title.as_deref().unwrap_or("Episode");
    let opened = format!("{title}, opened on {}", episode.opened_on.strftime("%-d %b %Y"));
    match &episode.state {
        EpisodeState::Open => opened,
        EpisodeState::Discharged { on, .. } => format!("{opened}, discharged on {}", on.strftime("%-d %b %Y")),
        EpisodeState::PresumedEnded { .. } => opened,
    }
}
