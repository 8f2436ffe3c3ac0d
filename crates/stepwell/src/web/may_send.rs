//! Where the patient may be written to: addresses and their stops, a yes or no on record, and who answers for a child.

use std::collections::{BTreeMap, BTreeSet};

use care::chart::{
    Assignment, Category, Change, Channel, Clinic, ContactPoint, Guardian, Patient, Reach, SaidBy, Stamp, What,
};
use care::id::{AssignmentId, PatientId};
use jiff::civil::Date;
use pages::charts::ContentKind;
use pages::staff::{AddressStop, Choice, ConsentLine, Contact, ContactState, OpenTask, Pick, RecordConsent};
use store::SuppressionRow;

use super::actor::Actor;
use super::permission::Permission;
use super::{times, words};
use crate::runner::{Context, Known};

/// One of the addresses of a chart, as a word in an address of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub channel: Channel,
    pub of_guardian: bool,
}

impl Place {
    pub const ALL: [Place; 4] = [
        Place { channel: Channel::Email, of_guardian: false },
        Place { channel: Channel::Text, of_guardian: false },
        Place { channel: Channel::Email, of_guardian: true },
        Place { channel: Channel::Text, of_guardian: true },
    ];

    pub fn word(self) -> &'static str {
        match (self.channel, self.of_guardian) {
            (Channel::Email, false) => "email",
            (Channel::Text, false) => "text",
            (Channel::Email, true) => "guardian-email",
            (Channel::Text, true) => "guardian-text",
            // No place is one.
            (Channel::Webhook, _) => "webhook",
        }
    }

    pub fn of_word(word: &str) -> Option<Place> {
        Place::ALL.into_iter().find(|place| place.word() == word)
    }

    /// What stands in the field, and what it leads to.
    fn reach(self, patient: &Patient) -> (Option<&str>, Reach) {
        match (&patient.guardian, self.of_guardian) {
            (_, false) => (self.pick(&patient.email, &patient.mobile), patient.reach(self.channel)),
            (Some(guardian), true) => (self.pick(&guardian.email, &guardian.mobile), guardian.reach(self.channel)),
            (None, true) => (None, Reach::NoAddress),
        }
    }

    fn pick<'a>(self, email: &'a Option<String>, mobile: &'a Option<String>) -> Option<&'a str> {
        match self.channel {
            Channel::Email => email.as_deref(),
            Channel::Text => mobile.as_deref(),
            Channel::Webhook => None,
        }
    }

    /// The contact point it leads to now.
    pub fn point(self, patient: &Patient) -> Option<ContactPoint> {
        match self.reach(patient).1 {
            Reach::At(point) => Some(point),
            Reach::NoAddress | Reach::NotAnAddress => None,
        }
    }
}

/// Why nothing may or can be sent, if so.
pub fn contact_state(known: &Known) -> ContactState {
    let patient = &known.snapshot.chart.patient;
    if patient.deceased {
        return ContactState::DoNotContact("deceased".into());
    }
    if let Some(why) = &patient.do_not_contact {
        return ContactState::DoNotContact(why.clone());
    }
    let reaches = Channel::ALL.map(|channel| patient.reach(channel));
    let works = |reach: &Reach| matches!(reach, Reach::At(point) if point_note(known, point).is_empty());
    if reaches.iter().any(works) {
        return ContactState::Reachable;
    }
    if reaches.iter().all(|reach| *reach == Reach::NoAddress) {
        return ContactState::NoAddress;
    }
    let why = reaches.iter().find_map(|reach| match reach {
        Reach::At(point) => Some(point_note(known, point)),
        Reach::NotAnAddress => Some("what stands in the field is no address".into()),
        Reach::NoAddress => None,
    });
    ContactState::Unreachable(why.unwrap_or_default())
}

/// What is wrong with an address; empty = nothing.
fn point_note(known: &Known, point: &ContactPoint) -> String {
    if known.world.suppressed.contains(point) {
        return "the address sent messages back, complained, or said STOP".into();
    }
    if known.snapshot.chart.patient.opted_out.contains(&(point.clone(), None)) {
        return "the patient opted out".into();
    }
    String::new()
}

/// The addresses of the patient and of the guardian. `stops`: those nothing may go to.
pub fn contacts(known: &Known, stops: &[SuppressionRow], actor: &Actor, clinic: &Clinic) -> Vec<Contact> {
    let patient = &known.snapshot.chart.patient;
    let may_lift = actor.may(Permission::LiftStops).is_ok();
    let contact = |place: Place| {
        let (address, reach) = place.reach(patient);
        let mut stop = None;
        let note = match reach {
            Reach::At(point) => {
                let stands = |s: &&SuppressionRow| s.channel == point.channel.code() && s.address == point.value;
                let standing = stops.iter().find(stands);
                let action = format!("/patients/{}/stops/{}", known.patient, place.word());
                stop = Some(AddressStop { action, stands: standing.is_some() }).filter(|stop| may_lift || !stop.stands);
                standing.map_or_else(|| opted_out_of(patient, &point), |row| stop_words(row, &clinic.zone))
            }
            Reach::NotAnAddress => "not an address".into(),
            Reach::NoAddress => return None,
        };
        let kind = match place.channel {
            Channel::Email => ContentKind::Email,
            Channel::Text => ContentKind::Text,
            Channel::Webhook => ContentKind::Webhook,
        };
        Some(Contact { kind, address: address?.to_owned(), note, of_guardian: place.of_guardian, stop })
    };
    Place::ALL.into_iter().filter_map(contact).collect()
}

/// The addresses whose stops are to be read.
pub fn addresses(known: &Known) -> Vec<String> {
    known.snapshot.chart.contact_points().into_iter().map(|point| point.value).collect()
}

fn stop_words(row: &SuppressionRow, zone: &str) -> String {
    let what = match row.reason.as_str() {
        "stop" => "said STOP",
        "bounced" => "sent messages back",
        _ => "complained",
    };
    format!("{what}, {}", times::short_words(row.at, zone))
}

fn opted_out_of(patient: &Patient, point: &ContactPoint) -> String {
    let closed: Vec<_> = patient.opted_out.iter().filter(|(closed, _)| closed == point).collect();
    if closed.iter().any(|(_, category)| category.is_none()) {
        return "opted out".into();
    }
    let categories: Vec<_> = closed.iter().filter_map(|(_, category)| category.map(Category::code)).collect();
    if categories.is_empty() { String::new() } else { format!("opted out of {}", categories.join(", ")) }
}

pub fn guardian_words(guardian: Option<&Guardian>) -> String {
    guardian.map(|g| format!("{} answers for the patient", g.name)).unwrap_or_default()
}

/// The last yes or no to each kind of message on each channel.
pub fn consents(changes: &[Change], zone: &str) -> Vec<ConsentLine> {
    let mut last: BTreeMap<(Channel, Category), (Stamp, ConsentLine)> = BTreeMap::new();
    for change in changes {
        let What::Consent { channel, category, given, said_by } = &change.what else { continue };
        let who = match said_by {
            Some(SaidBy::Patient) => "said by the patient, ",
            Some(SaidBy::Guardian) => "said by the guardian, ",
            None => "",
        };
        let detail =
            format!("{who}recorded {} {}", words::source(change.source), times::short_words(change.stamp.at, zone));
        let about = format!("{}: {}", words::content(channel.code()), category.code());
        let line = ConsentLine { about, yes: *given, detail };
        let place = last.entry((*channel, *category)).or_insert_with(|| (change.stamp, line.clone()));
        if change.stamp > place.0 {
            *place = (change.stamp, line);
        }
    }
    last.into_values().map(|(_, line)| line).collect()
}

pub fn record_consent(patient: PatientId) -> RecordConsent {
    let pick = |choices: &[(&str, &str)], chosen: &str| {
        Pick::of(choices.iter().map(|(value, label)| Choice::new(value, label)).collect(), chosen)
    };
    let categories = Category::ALL.map(|c| (c.code(), category_words(c)));
    RecordConsent {
        action: format!("/patients/{patient}/consents"),
        channel: pick(&[("email", "Email"), ("text", "Text messages")], "text"),
        category: pick(&categories, "feedback"),
        given: pick(&[("yes", "Yes, send them"), ("no", "No, do not send them")], "yes"),
        said_by: pick(&[("patient", "The patient"), ("guardian", "The guardian")], "patient"),
    }
}

fn category_words(category: Category) -> &'static str {
    match category {
        Category::Care => "Care: visits, reminders",
        Category::Outcomes => "Outcomes: how it goes",
        Category::Feedback => "Feedback: what they think of us",
        Category::Marketing => "News and offers",
    }
}

/// How far back it is counted what patients tick off.
pub const MARKED_DAYS: i32 = 7;

/// What the patient was given and has not done.
///
/// `marks`: what was ticked off in the last days, day by day.
pub fn open_tasks(
    context: &Context,
    known: &Known,
    titles: &BTreeMap<String, String>,
    marks: &[(AssignmentId, String, Date)],
) -> Vec<OpenTask> {
    let clinic = &context.organization.clinic;
    let chart = &known.snapshot.chart;
    let zone = chart.home_zone(clinic);
    let task = |a: &Assignment| {
        let run = a.run.and_then(|id| known.ledger.runs.get(&id));
        let workflow = run.and_then(|run| context.workflows.version(&run.workflow, run.version));
        let by = workflow.map_or("by hand".to_owned(), |workflow| format!("by “{}”", workflow.title));
        OpenTask {
            title: words::called(titles, &a.content),
            given: times::stamp(a.given_at, zone, &clinic.zone),
            detail: format!("{by}, due {}{}", times::short_words(a.due, zone), done_words(a, marks)),
            withdraw: a.is_open().then(|| format!("/patients/{}/assignments/{}/withdrawal", known.patient, a.id)),
            answer: a.is_a("questionnaire").then(|| format!("/patients/{}/forms/{}", known.patient, a.id)),
        }
    };
    // An exercise is completed by its first "done", and goes on: what came of it is what one looks for.
    let goes_on = |a: &&Assignment| a.is_open() || (a.is_a("exercise") && a.withdrawn_at.is_none());
    chart.assignments.iter().rev().filter(goes_on).map(task).collect()
}

/// On how many of the last days something of it was ticked off.
fn done_words(of: &Assignment, marks: &[(AssignmentId, String, Date)]) -> String {
    if of.is_a("questionnaire") || of.is_a("education") {
        return String::new();
    }
    let days: BTreeSet<Date> = marks.iter().filter(|(id, ..)| *id == of.id).map(|(_, _, day)| *day).collect();
    match days.len() {
        0 => format!(", not ticked off in the last {MARKED_DAYS} days"),
        count => format!(", ticked off on {count} of the last {MARKED_DAYS} days"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_of_every_place_is_read_back() {
        for place in Place::ALL {
            assert_eq!(Place::of_word(place.word()), Some(place));
        }
        assert_eq!(Place::of_word("fax"), None);
    }

    #[test]
    fn a_place_of_a_guardian_who_is_not_there_leads_nowhere() {
        let patient = Patient { email: Some("alma@example.org".into()), ..Patient::default() };
        assert!(Place::ALL[0].point(&patient).is_some());
        assert_eq!(Place::ALL[2].point(&patient), None);
    }
}
