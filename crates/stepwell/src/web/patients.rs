//! Finding patients, and adding one by hand.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use care::chart::{Clinic, ContactPoint, PatientChange, Sex, Source, What, Write};
use care::id::{LocationId, PatientId};
use care::zone;
use jiff::civil::Date;
use pages::Nav;
use pages::staff::{Choice, ContactState, Field, NewPatient, PatientList, PatientRow, Pick};
use serde::Deserialize;

use super::actor::Actor;
use super::error::WebError;
use super::flash::Said;
use super::form::{Posted, filled};
use super::permission::Permission;
use super::{Web, render, times, words};
use crate::runner::{Context, NewChange, record};

/// Rows of the list; who wants more narrows the search.
const SHOWN: usize = 50;

#[derive(Deserialize)]
pub struct Search {
    #[serde(default)]
    q: String,
}

pub async fn list(State(web): State<Web>, actor: Actor) -> Result<Html<String>, WebError> {
    found(&web, &actor, Search { q: String::new() }).await
}

/// By POST: a name has no place in a URL, where histories and logs keep it.
pub async fn search(
    State(web): State<Web>,
    actor: Actor,
    Posted(search): Posted<Search>,
) -> Result<Html<String>, WebError> {
    found(&web, &actor, search).await
}

async fn found(web: &Web, actor: &Actor, search: Search) -> Result<Html<String>, WebError> {
    actor.may(Permission::SeePatients)?;
    let mut tx = actor.begin(web).await?;
    let clinic = tx.clinic().await?.clinic;
    // "Rivera, Alma" as the list writes it finds what it shows.
    let wanted = search.q.replace(',', " ").split_whitespace().collect::<Vec<_>>().join(" ");
    let most = i64::try_from(SHOWN).unwrap_or(i64::MAX);
    let mut rows = tx.search_patients(&wanted, web.roof.now(), most + 1).await?;
    let more = rows.len() > SHOWN;
    rows.truncate(SHOWN);
    render::html(&PatientList {
        frame: actor.frame(web, &clinic, "Patients", Nav::Patients),
        query: search.q,
        rows: rows.into_iter().map(|row| list_row(row, &clinic)).collect(),
        more,
    })
}

fn list_row(row: store::PatientRow, clinic: &Clinic) -> PatientRow {
    let location = row.home_location.and_then(|id| clinic.locations.get(&id));
    let zone = clinic.zone_at(row.home_location);
    let empty = |text: &Option<String>| text.as_deref().is_none_or(|text| text.trim().is_empty());
    let contact = match row.state.as_str() {
        "do_not_contact" => ContactState::DoNotContact(String::new()),
        "deceased" => ContactState::DoNotContact("deceased".into()),
        _ if empty(&row.email) && empty(&row.mobile) => ContactState::NoAddress,
        _ => ContactState::Reachable,
    };
    PatientRow {
        href: format!("/patients/{}", row.id),
        name: words::full_name(&row.given, &row.family),
        birth_date: row.birth_date.map(times::plain_date).unwrap_or_default(),
        location: location.map(|l| l.name.clone()).unwrap_or_default(),
        next_visit: row.next_visit.map(|at| times::short_words(at, zone)).unwrap_or_default(),
        contact,
    }
}

/// The form as it is sent.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Given {
    given: String,
    family: String,
    birth_date: String,
    sex: String,
    language: String,
    zone: String,
    email: String,
    mobile: String,
    location: String,
    send_invite: Option<String>,
}

pub async fn new(State(web): State<Web>, actor: Actor) -> Result<Html<String>, WebError> {
    actor.may(Permission::AddPatients)?;
    let clinic = actor.begin(&web).await?.clinic().await?.clinic;
    let blank = Given { send_invite: Some("yes".into()), ..Given::default() };
    render::html(&page(&web, &actor, &clinic, &blank))
}

pub async fn create(State(web): State<Web>, actor: Actor, Posted(given): Posted<Given>) -> Result<Response, WebError> {
    actor.may(Permission::AddPatients)?;
    web.let_time_pass().await?;
    let mut tx = actor.begin(&web).await?;
    let context = Context::load(&web.roof, &mut tx).await?;
    let clinic = &context.organization.clinic;
    let today = zone::date_in(web.roof.now(), &clinic.zone);
    let what = match read(&given, clinic, today) {
        Ok(what) => what,
        Err(wrong) => {
            let page = with_errors(page(&web, &actor, clinic, &given), wrong);
            return Ok((StatusCode::BAD_REQUEST, render::html(&page)?).into_response());
        }
    };
    let patient = PatientId(web.roof.new_id());
    let at = web.roof.now();
    tx.create_patient(patient, at).await?;
    store::patient_lock(&mut tx, patient).await?.ok_or(WebError::not_found("patient"))?;
    let what = What::Patient(Box::new(what));
    let change = NewChange { at, source: Source::Staff(actor.staff), what, message: None };
    record(&web.roof, &mut tx, &context, patient, vec![change], false).await?;
    tx.commit().await?;
    web.settle().await?;
    Ok(render::see(&format!("/patients/{patient}"), Some(&Said::PatientAdded)))
}

/// A field and what is wrong with it.
type Wrong = (&'static str, &'static str);

fn read(given: &Given, clinic: &Clinic, today: Date) -> Result<PatientChange, Vec<Wrong>> {
    let mut wrong: Vec<Wrong> = vec![];
    let mut needs = |holds: bool, field: &'static str, cure: &'static str| {
        if !holds {
            wrong.push((field, cure));
        }
    };
    let (email, mobile) = (filled(&given.email), filled(&given.mobile));
    let born = times::read_date(&given.birth_date);
    let sex = [Sex::Female, Sex::Male, Sex::Other].into_iter().find(|sex| sex.code() == given.sex);
    let location = given.location.parse::<LocationId>().ok().filter(|id| clinic.locations.contains_key(id));
    let invite = given.send_invite.is_some();
    needs(filled(&given.given).is_some(), "given", "Give the given name");
    needs(filled(&given.family).is_some(), "family", "Give the family name");
    needs(born.is_some(), "birth_date", "Write the birth date as 1977-06-12");
    needs(
        born.is_none_or(|born| born <= today),
        "birth_date",
        "The birth date lies in the future. Write it as 1977-06-12",
    );
    needs(born.is_none_or(|born| born.year() > 1880), "birth_date", "Nobody is that old. Write it as 1977-06-12");
    needs(
        email.is_none_or(|text| ContactPoint::email(text).is_ok()),
        "email",
        "This is not an email address. Write it like name@example.org",
    );
    needs(
        mobile.is_none_or(|text| ContactPoint::mobile(text).is_ok()),
        "mobile",
        "This is not a mobile number. Write it like +1 303 555 0123",
    );
    needs(
        filled(&given.zone).is_none_or(|name| zone::named(name).is_some()),
        "zone",
        "This is not a time zone. Write it like America/Denver",
    );
    needs(location.is_some(), "location", "Choose a location");
    needs(
        !invite || email.is_some() || mobile.is_some(),
        "",
        "Give an email or a mobile number to send the invite to.",
    );
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let text = |text: &str| Write::some(filled(text).map(str::to_owned));
    Ok(PatientChange {
        given: text(&given.given),
        family: text(&given.family),
        birth_date: Write::some(born),
        sex: Write::some(sex),
        language: Write::Set(if given.language == "es" { "es" } else { "en" }.into()),
        zone: text(&given.zone),
        email: text(&given.email),
        mobile: text(&given.mobile),
        home_location: Write::some(location),
        send_invite: if invite { Write::Set(true) } else { Write::Keep },
        ..PatientChange::default()
    })
}

fn page(web: &Web, actor: &Actor, clinic: &Clinic, given: &Given) -> NewPatient {
    let pick = |choices: &[(&str, &str)], chosen: &str| {
        Pick::of(choices.iter().map(|(value, label)| Choice::new(value, label)).collect(), chosen)
    };
    NewPatient {
        frame: actor.frame(web, clinic, "New patient", Nav::Patients),
        error: None,
        given: Field::value(&given.given),
        family: Field::value(&given.family),
        birth_date: Field::value(&given.birth_date),
        sex: pick(&[("unknown", "Not known"), ("female", "Female"), ("male", "Male"), ("other", "Other")], &given.sex),
        language: pick(&[("en", "English"), ("es", "Spanish")], &given.language),
        zone: Field::value(&given.zone),
        email: Field::value(&given.email),
        mobile: Field::value(&given.mobile),
        location: locations(clinic, &given.location),
        send_invite: given.send_invite.is_some(),
    }
}

/// The clinic's locations to choose from.
pub fn locations(clinic: &Clinic, chosen: &str) -> Pick {
    let mut all: Vec<_> = clinic.locations.values().collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    Pick::of(all.iter().map(|l| Choice::new(&l.id.to_string(), &l.name)).collect(), chosen)
}

fn with_errors(mut page: NewPatient, wrong: Vec<Wrong>) -> NewPatient {
    page.error = Some(match wrong.len() {
        1 => "One field needs another look.".into(),
        some => format!("{some} fields need another look."),
    });
    for (field, cure) in wrong {
        let slot = match field {
            "given" => &mut page.given.error,
            "family" => &mut page.family.error,
            "birth_date" => &mut page.birth_date.error,
            "email" => &mut page.email.error,
            "mobile" => &mut page.mobile.error,
            "zone" => &mut page.zone.error,
            "location" => &mut page.location.error,
            _ => &mut page.error,
        };
        *slot = Some(cure.to_owned());
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use care::chart::Location;

    const TODAY: Date = jiff::civil::date(2025, 3, 4);

    fn clinic() -> (Clinic, LocationId) {
        let id = LocationId(uuid::Uuid::from_u128(1));
        let mut clinic = Clinic::new("Northside", "America/Denver");
        clinic.locations.insert(id, Location::new(id, "Main", "America/Denver", false));
        (clinic, id)
    }

    fn alma(location: LocationId) -> Given {
        Given {
            given: " Alma ".into(),
            family: "Rivera".into(),
            birth_date: "1977-06-12".into(),
            language: "es".into(),
            email: "alma@example.org".into(),
            location: location.to_string(),
            send_invite: Some("yes".into()),
            ..Given::default()
        }
    }

    fn wrong_fields(given: &Given) -> Vec<&'static str> {
        read(given, &clinic().0, TODAY).err().unwrap_or_default().into_iter().map(|(field, _)| field).collect()
    }

    #[test]
    fn a_complete_form_becomes_a_change_and_empty_fields_say_nothing() {
        let (clinic, location) = clinic();
        let change = read(&alma(location), &clinic, TODAY).unwrap();
        assert_eq!(change.given, Write::Set("Alma".into()));
        assert_eq!(change.language, Write::Set("es".into()));
        assert_eq!(change.send_invite, Write::Set(true));
        assert_eq!((change.mobile, change.zone, change.sex), (Write::Keep, Write::Keep, Write::Keep));
    }

    #[test]
    fn each_wrong_field_is_named() {
        let (_, location) = clinic();
        let wrong = Given {
            given: " ".into(),
            birth_date: "3025-01-01".into(),
            email: "alma@".into(),
            mobile: "123".into(),
            zone: "Denver".into(),
            location: "elsewhere".into(),
            ..alma(location)
        };
        assert_eq!(wrong_fields(&wrong), ["given", "birth_date", "email", "mobile", "zone", "location"]);
    }

    #[test]
    fn an_invite_needs_somewhere_to_go() {
        let (_, location) = clinic();
        let unreachable = Given { email: String::new(), ..alma(location) };
        assert_eq!(wrong_fields(&unreachable), [""]);
        assert_eq!(wrong_fields(&Given { send_invite: None, ..unreachable }), [""; 0]);
    }
}
