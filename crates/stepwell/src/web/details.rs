//! How a patient is to be written to, and who answers for a child.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use care::chart::{Clinic, ContactPoint, Guardian, Patient, PatientChange, What, Write};
use care::id::PatientId;
use care::zone;
use pages::Nav;
use pages::staff::{Choice, Details, Field, Pick};
use serde::Deserialize;

use super::actor::Actor;
use super::by_hand::{HandAct, Held};
use super::error::WebError;
use super::form::{self, Posted, filled};
use super::permission::Permission;
use super::{Web, render, words};
use crate::runner::{Context, Known};

/// The form as it is sent.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Given {
    language: String,
    zone: String,
    do_not_contact: String,
    guardian_name: String,
    guardian_email: String,
    guardian_mobile: String,
}

pub async fn show(State(web): State<Web>, actor: Actor, Path(patient): Path<String>) -> Result<Html<String>, WebError> {
    actor.may(Permission::ChangePatients)?;
    let asked: PatientId = form::id(&patient, "patient")?;
    let mut tx = actor.begin(&web).await?;
    let patient = tx.patient_now(asked).await?.ok_or(WebError::not_found("patient"))?;
    let context = Context::load(&web.roof, &mut tx).await?;
    let known = Known::load(&web.roof, &context, &mut tx, patient).await?;
    let now = as_given(&known.chart().patient);
    render::html(&page(&web, &actor, &context.organization.clinic, &known, &now))
}

pub async fn save(
    State(web): State<Web>,
    actor: Actor,
    Path(patient): Path<String>,
    Posted(given): Posted<Given>,
) -> Result<Response, WebError> {
    let held = Held::take(&web, &actor, &patient).await?;
    match read(&given, &held.known.chart().patient) {
        Ok(what) if what == PatientChange::default() => {
            Ok(render::see(&format!("/patients/{}", held.known.patient), None))
        }
        Ok(what) => {
            let to = format!("/patients/{}", held.known.patient);
            held.record(&web, &actor, What::Patient(Box::new(what)), HandAct::Details, &to).await
        }
        Err(wrong) => {
            let page = page(&web, &actor, &held.context.organization.clinic, &held.known, &given);
            Ok((StatusCode::BAD_REQUEST, render::html(&with_errors(page, wrong))?).into_response())
        }
    }
}

fn as_given(patient: &Patient) -> Given {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let guardian = patient.guardian.clone().unwrap_or_default();
    Given {
        language: text(&patient.language),
        zone: text(&patient.zone),
        do_not_contact: text(&patient.do_not_contact),
        guardian_name: guardian.name.clone(),
        guardian_email: text(&guardian.email),
        guardian_mobile: text(&guardian.mobile),
    }
}

/// A field and what is wrong with it.
type Wrong = (&'static str, &'static str);

/// What differs from what is known.
fn read(given: &Given, patient: &Patient) -> Result<PatientChange, Vec<Wrong>> {
    let mut wrong: Vec<Wrong> = vec![];
    let mut needs = |holds: bool, field: &'static str, cure: &'static str| {
        if !holds {
            wrong.push((field, cure));
        }
    };
    let (email, mobile) = (filled(&given.guardian_email), filled(&given.guardian_mobile));
    let name = filled(&given.guardian_name);
    needs(
        filled(&given.zone).is_none_or(|name| zone::named(name).is_some()),
        "zone",
        "This is not a time zone. Write it like America/Denver",
    );
    needs(name.is_some() || (email.is_none() && mobile.is_none()), "guardian_name", "Give the guardian’s name");
    needs(
        name.is_none() || email.is_some() || mobile.is_some(),
        "guardian_email",
        "Give an email or a mobile number of the guardian",
    );
    needs(
        email.is_none_or(|text| ContactPoint::email(text).is_ok()),
        "guardian_email",
        "This is not an email address. Write it like name@example.org",
    );
    needs(
        mobile.is_none_or(|text| ContactPoint::mobile(text).is_ok()),
        "guardian_mobile",
        "This is not a mobile number. Write it like +1 303 555 0123",
    );
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let owned = |text: &str| filled(text).map(str::to_owned);
    let guardian = name.map(|name| Guardian {
        name: name.to_owned(),
        email: email.map(Into::into),
        mobile: mobile.map(Into::into),
    });
    let language = ["en", "es"].into_iter().find(|code| *code == given.language).map(str::to_owned);
    Ok(PatientChange {
        // A language that the form does not know stays as it is.
        language: if language.is_some() { differing(language, &patient.language) } else { Write::Keep },
        zone: differing(owned(&given.zone), &patient.zone),
        do_not_contact: differing(owned(&given.do_not_contact), &patient.do_not_contact),
        guardian: differing(guardian, &patient.guardian),
        ..PatientChange::default()
    })
}

fn differing<T: PartialEq>(given: Option<T>, known: &Option<T>) -> Write<T> {
    if given == *known { Write::Keep } else { given.map_or(Write::Clear, Write::Set) }
}

fn page(web: &Web, actor: &Actor, clinic: &Clinic, known: &Known, given: &Given) -> Details {
    let p = &known.chart().patient;
    let mut languages = vec![Choice::new("en", "English"), Choice::new("es", "Spanish")];
    if !["en", "es"].contains(&given.language.as_str()) {
        languages.insert(0, Choice::new(&given.language, &words::language(filled(&given.language))));
    }
    Details {
        frame: actor.frame(web, clinic, "Edit details", Nav::Patients),
        patient: words::full_name(p.given.as_deref().unwrap_or(""), p.family.as_deref().unwrap_or("")),
        patient_href: format!("/patients/{}", known.patient),
        error: None,
        language: Pick::of(languages, &given.language),
        zone: Field::value(&given.zone),
        do_not_contact: Field::value(&given.do_not_contact),
        guardian_name: Field::value(&given.guardian_name),
        guardian_email: Field::value(&given.guardian_email),
        guardian_mobile: Field::value(&given.guardian_mobile),
    }
}

fn with_errors(mut page: Details, wrong: Vec<Wrong>) -> Details {
    page.error = Some(match wrong.len() {
        1 => "One field needs another look.".into(),
        some => format!("{some} fields need another look."),
    });
    for (field, cure) in wrong {
        let slot = match field {
            "zone" => &mut page.zone.error,
            "guardian_name" => &mut page.guardian_name.error,
            "guardian_email" => &mut page.guardian_email.error,
            "guardian_mobile" => &mut page.guardian_mobile.error,
            _ => &mut page.error,
        };
        *slot = Some(cure.to_owned());
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alma() -> Patient {
        let guardian = Guardian { name: "Maria".into(), email: Some("maria@example.org".into()), mobile: None };
        Patient { language: Some("es".into()), guardian: Some(guardian), ..Patient::default() }
    }

    #[test]
    fn a_form_sent_as_it_was_shown_changes_nothing() {
        assert_eq!(read(&as_given(&alma()), &alma()), Ok(PatientChange::default()));
    }

    #[test]
    fn only_what_differs_is_said_and_an_empty_guardian_is_none() {
        let empty = Given { language: "en".into(), do_not_contact: "asked by phone".into(), ..Given::default() };
        let change = read(&empty, &alma()).unwrap();
        assert_eq!(change.language, Write::Set("en".into()));
        assert_eq!(change.do_not_contact, Write::Set("asked by phone".into()));
        assert_eq!((change.guardian, change.zone), (Write::Clear, Write::Keep));
    }

    #[test]
    fn each_wrong_field_is_named() {
        let wrong = |given: Given| -> Vec<&str> {
            read(&given, &alma()).unwrap_err().into_iter().map(|(field, _)| field).collect()
        };
        let mobile = || "123".to_owned();
        assert_eq!(
            wrong(Given { zone: "Denver".into(), guardian_mobile: mobile(), ..Given::default() }),
            ["zone", "guardian_name", "guardian_mobile"]
        );
        assert_eq!(wrong(Given { guardian_name: "Maria".into(), ..Given::default() }), ["guardian_email"]);
    }
}
