//! Renders a delivery at the moment of sending: what the mail or the text says is what is true then.

use care::chart::{Channel, Encounter, EncounterState, EventKind, Move, Occurrence, RECOMMENDATION, Subject};
use care::workflow::{Delivery, Facts};
use care::zone;
use delivery::email::{CalendarFile, CalendarMethod, Mail, Mailbox, Message, Unsubscribe, message_id};
use delivery::text::Text;
use delivery::webhook::Call;
use jiff::Timestamp;
use jiff::civil::DateTime;
use pages::email::Rendered;
use serde_json::{Value, json};
use store::{LocationRow, OrgTx};
use wire::calendar::Method;

use super::context::Context;
use super::links::Purpose;
use super::visit_file;
use crate::Roof;
use crate::content::{Template, Templates};

/// Why a letter could not be written; no patient data.
#[derive(Debug, thiserror::Error)]
pub enum Unwritten {
    #[error("there is no template {0}")]
    NoTemplate(String),
    #[error("the template {0} has no text message: give it a text.txt")]
    NoText(String),
    #[error(transparent)]
    Template(#[from] pages::email::TemplateError),
    #[error("the mail could not be made: {0}")]
    Mail(String),
    #[error("the webhook {0} is not there, or its URL cannot be read")]
    Webhook(String),
}

/// What goes over the wire.
pub enum Letter {
    Mail(Box<Message>),
    Text(Text),
    Call(Call),
}

impl Letter {
    pub fn is_mail(&self) -> bool {
        matches!(self, Letter::Mail(_))
    }
}

/// The letter for a delivery, ready to be sent. `parts`: messages that go along in the same one.
pub fn write(
    roof: &Roof,
    tx: &OrgTx,
    context: &Context,
    facts: &Facts,
    d: &Delivery,
    parts: &[Delivery],
) -> Result<Letter, Unwritten> {
    match d.contact.channel {
        Channel::Email => Ok(Letter::Mail(Box::new(mail(roof, tx, context, facts, d, parts)?))),
        Channel::Text => Ok(Letter::Text(text(roof, tx, context, facts, d, parts)?)),
        Channel::Webhook => Err(Unwritten::Webhook(d.contact.value.clone())),
    }
}

/// The Message-ID of a mail: by it a report about it is known.
pub fn mail_id(context: &Context, d: &Delivery) -> String {
    let domain = context.organization.mail_from.rsplit('@').next().unwrap_or("localhost");
    message_id(&d.key.to_string(), domain)
}

fn text(
    roof: &Roof,
    tx: &OrgTx,
    context: &Context,
    facts: &Facts,
    d: &Delivery,
    parts: &[Delivery],
) -> Result<Text, Unwritten> {
    let one = |d: &Delivery| {
        let short =
            template_of(roof, context, facts, d)?.mail.render_text_message(&values(roof, tx, context, facts, d))?;
        short.ok_or_else(|| Unwritten::NoText(d.template.clone()))
    };
    let bodies = std::iter::once(d).chain(parts).map(one).collect::<Result<Vec<_>, _>>()?;
    Ok(Text { key: d.key.to_string(), to: d.contact.value.clone(), body: bodies.join("\n\n") })
}

fn mail(
    roof: &Roof,
    tx: &OrgTx,
    context: &Context,
    facts: &Facts,
    d: &Delivery,
    parts: &[Delivery],
) -> Result<Message, Unwritten> {
    let language = language_of(facts);
    let all = std::iter::once(d).chain(parts);
    let rendered = all.map(|d| render(roof, tx, context, facts, d)).collect::<Result<Vec<_>, _>>()?;
    let rendered = Rendered::join(rendered, language);
    let org = &context.organization;
    let unsubscribe = roof.link(Purpose::Unsubscribe, tx.organization(), d.id);
    let mail = Mail {
        message_id: mail_id(context, d),
        from: Mailbox::new(Some(&org.clinic.name), &org.mail_from),
        to: Mailbox::new(None, &d.contact.value),
        reply_to: None,
        subject: rendered.subject,
        text: rendered.text,
        html: Some(rendered.html),
        calendar: std::iter::once(d).chain(parts).find_map(|d| calendar_of(context, facts, d)),
        list_unsubscribe: Some(Unsubscribe { url: unsubscribe, mailto: None }),
        date: facts.now.as_second(),
        auto_submitted: true,
    };
    mail.message().map_err(|e| Unwritten::Mail(e.to_string()))
}

/// The visit as a calendar file, where the message brings one.
fn calendar_of(context: &Context, facts: &Facts, d: &Delivery) -> Option<CalendarFile> {
    let occurrence = facts.occurrence(d.anchor).filter(|_| d.calendar)?;
    let visit = facts.chart.encounter(occurrence.encounter?)?;
    calendar_file(facts, &context.organization, visit, place_of(context, occurrence, facts))
}

fn language_of<'a>(facts: &'a Facts) -> &'a str {
    facts.chart.patient.language.as_deref().unwrap_or("en")
}

fn template_of<'a>(
    roof: &'a Roof,
    context: &'a Context,
    facts: &Facts,
    d: &Delivery,
) -> Result<&'a Template, Unwritten> {
    let get = |templates: &'a Templates| templates.get(&d.template, language_of(facts));
    let found = get(&roof.templates).or_else(|| get(&context.own_messages));
    found.ok_or_else(|| Unwritten::NoTemplate(d.template.clone()))
}

fn render(roof: &Roof, tx: &OrgTx, context: &Context, facts: &Facts, d: &Delivery) -> Result<Rendered, Unwritten> {
    Ok(template_of(roof, context, facts, d)?.mail.render_to_join(&values(roof, tx, context, facts, d))?)
}

/// Every variable a template may use.
fn values(roof: &Roof, tx: &OrgTx, context: &Context, facts: &Facts, d: &Delivery) -> Value {
    let language = language_of(facts);
    let occurrence = facts.occurrence(d.anchor);
    let visit = occurrence.and_then(|o| o.encounter).and_then(|id| facts.chart.encounter(id));
    let place = occurrence.and_then(|o| place_of(context, o, facts));
    let link = |purpose| roof.link(purpose, tx.organization(), d.id);
    // The one question that shows nothing of the chart may be answered without the birth date.
    let asked = d.assignment.and_then(|id| facts.chart.assignment(id));
    let form = if asked.is_some_and(|a| a.content == RECOMMENDATION) { Purpose::Answer } else { Purpose::Open };
    json!({
        "patient": { "first_name": facts.chart.patient.given },
        "clinic": { "name": context.organization.clinic.name, "phone": some(&context.organization.phone) },
        "language": if language == "es" { "es" } else { "en" },
        "location": location_values(place),
        "visit": visit_values(facts, occurrence, visit, language),
        "links": {
            "portal": link(Purpose::Visit),
            "register": link(Purpose::Register),
            "questionnaire": link(form),
            "open": link(Purpose::Open),
            "unsubscribe": link(Purpose::Unsubscribe),
        },
        "open": { "forms": facts.chart.open_forms(), "exercises": facts.chart.open_exercises() },
    })
}

fn place_of<'a>(context: &'a Context, occurrence: &Occurrence, facts: &Facts) -> Option<&'a LocationRow> {
    let id = occurrence.location.or(facts.chart.patient.home_location)?;
    context.organization.locations.iter().find(|l| l.id == id)
}

/// An empty text is no value: templates ask with `if`.
fn some(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { json!(text) }
}

/// Every variable is there, also where there is no value: a template that misspells one is told so.
fn location_values(place: Option<&LocationRow>) -> Value {
    let of = |field: fn(&LocationRow) -> &String| place.map_or(Value::Null, |p| some(field(p)));
    json!({
        "name": of(|p| &p.name),
        "address": of(|p| &p.address),
        "phone": of(|p| &p.phone),
        "map_url": of(|p| &p.map_url),
        "booking_url": of(|p| &p.booking_url),
        "first_visit_info": of(|p| &p.first_visit_info),
        "review_links": place.map_or(&[][..], |p| &p.review_links),
    })
}

fn visit_values(facts: &Facts, o: Option<&Occurrence>, visit: Option<&Encounter>, language: &str) -> Value {
    let zone_name = facts.clinic.zone_at(o.and_then(|o| o.location));
    let civil = |at: Timestamp| zone::of(zone_name).to_datetime(at);
    let start = visit.and_then(Encounter::starts_at);
    let told = o.zip(visit).and_then(|(o, v)| move_of(o, v));
    let moved = told.map(|m| zone::of(facts.clinic.zone_at(m.from_location)).to_datetime(m.from.instant()));
    let old_place = told.and_then(|m| facts.clinic.location(m.from_location)).map(|l| &l.name);
    let cancelled = visit.is_some_and(|v| matches!(v.state, EncounterState::Cancelled { .. }));
    let elsewhere = facts.chart.home_zone(facts.clinic) != zone_name;
    let times = o.zip(start).map(|(o, start)| times_of_day(facts, o, start)).unwrap_or_default();
    json!({
        "date": start.map(|at| date_words(civil(at), language)),
        "time": start.map(|at| time_words(civil(at), language)),
        "zone_note": if elsewhere { some(&zone_words(zone_name, language)) } else { Value::Null },
        "times": times.into_iter().map(|at| time_words(civil(at), language)).collect::<Vec<_>>(),
        "old_date": moved.map(|m| date_words(m, language)),
        "old_time": moved.map(|m| time_words(m, language)),
        "old_location": old_place,
        "change": if cancelled { Some("cancelled") } else { told.zip(visit).map(|(m, v)| change_word(facts, m, v)) },
        "cancelled": cancelled,
    })
}

/// The move this message is about: the event's own, else the last one.
fn move_of<'a>(o: &Occurrence, visit: &'a Encounter) -> Option<&'a Move> {
    match o.anchor.event {
        EventKind::EncounterRescheduled => visit.moves.get(usize::try_from(o.anchor.nth).ok()?.checked_sub(1)?),
        _ => visit.moves.last(),
    }
}

/// What is new to the patient. Another place in another zone has another time too, as clocks there show it.
fn change_word(facts: &Facts, moved: &Move, visit: &Encounter) -> &'static str {
    let wall = |at: Timestamp, place| zone::of(facts.clinic.zone_at(place)).to_datetime(at);
    let place = moved.from_location.is_some() && moved.from_location != visit.location;
    let time = visit
        .starts_at()
        .is_some_and(|now| wall(moved.from.instant(), moved.from_location) != wall(now, visit.location));
    match (place, time) {
        (false, false) if moved.reopened => "reopened",
        (true, false) => "place",
        (true, true) => "both",
        (false, _) => "time",
    }
}

/// Several visits of one day at one location are one to the patient: all their times.
fn times_of_day(facts: &Facts, o: &Occurrence, start: Timestamp) -> Vec<Timestamp> {
    let Subject::VisitDay { location, date } = o.anchor.subject else { return vec![start] };
    let zone_name = facts.clinic.zone_at(location);
    let that_day = facts.chart.encounters.iter().filter(|e| e.state.stands() && e.location == location);
    let mut times: Vec<_> = that_day.filter_map(Encounter::starts_at).collect();
    times.retain(|at| zone::date_in(*at, zone_name) == date);
    times.sort();
    if times.is_empty() { vec![start] } else { times }
}

fn zone_words(zone_name: &str, language: &str) -> String {
    let city = zone_name.rsplit('/').next().unwrap_or(zone_name).replace('_', " ");
    if language == "es" { format!("hora de {city}") } else { format!("{city} time") }
}

const DAYS_ES: [&str; 7] = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"];
const MONTHS_ES: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];

pub fn date_words(at: DateTime, language: &str) -> String {
    let index = |n: i8| usize::try_from(n).unwrap_or(0);
    if language == "es" {
        let day = DAYS_ES[index(at.weekday().to_monday_zero_offset())];
        return format!("{day}, {} de {}", at.day(), MONTHS_ES[index(at.month() - 1)]);
    }
    at.strftime("%A, %B %-d").to_string()
}

pub fn time_words(at: DateTime, language: &str) -> String {
    let text = at.strftime("%-I:%M %p").to_string();
    if language == "es" { text.replace("AM", "a. m.").replace("PM", "p. m.") } else { text }
}

fn calendar_file(
    facts: &Facts,
    org: &store::OrganizationRow,
    visit: &Encounter,
    place: Option<&LocationRow>,
) -> Option<CalendarFile> {
    let method = match visit_file::method_of(visit) {
        Method::Request => CalendarMethod::Request,
        Method::Cancel => CalendarMethod::Cancel,
    };
    let body = visit_file::text(org, visit, place, facts.now)?;
    Some(CalendarFile { method, name: "visit.ics".into(), body })
}
