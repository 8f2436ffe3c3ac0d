//! How much of what a scenario says of a patient each door can say.

use care::chart::{Category, Channel, ContactPoint};
use care::id::LocationId;
use care::scenario::PatientFields;

/// What a message about a person can say, and what is left.
pub fn split_for_emr(all: &PatientFields) -> (PatientFields, PatientFields) {
    let phone = |text: &String| text.chars().any(|c| c.is_ascii_digit()) && !text.chars().any(char::is_alphabetic);
    let said = PatientFields {
        given: all.given.clone(),
        family: all.family.clone(),
        birth_date: all.birth_date.clone(),
        sex: all.sex.clone(),
        location: all.location.clone(),
        email: all.email.clone().filter(|text| text.contains('@')),
        mobile: all.mobile.clone().filter(phone),
        language: all.language.clone(),
        deceased: all.deceased,
        ..PatientFields::default()
    };
    let mut left = all.clone();
    (left.given, left.family, left.birth_date, left.sex) = (None, None, None, None);
    (left.location, left.language, left.deceased) = (None, None, None);
    left.email = left.email.filter(|_| said.email.is_none());
    left.mobile = left.mobile.filter(|_| said.mobile.is_none());
    (said, left)
}

/// The form "new patient", if it can say all of this. Names it insists on are made up: no rule looks at them.
pub fn as_form(all: &PatientFields, location: Option<LocationId>) -> Option<Vec<(&'static str, String)>> {
    let (location, born) = (location?, all.birth_date.clone()?);
    let bad = |text: &Option<String>, good: fn(&str) -> bool| text.as_deref().is_some_and(|text| !good(text));
    let beyond = bad(&all.email, |text| ContactPoint::email(text).is_ok())
        || bad(&all.mobile, |text| ContactPoint::mobile(text).is_ok())
        || bad(&all.language, |text| text == "en" || text == "es")
        || (all.send_invite == Some(true) && all.email.is_none() && all.mobile.is_none());
    let told = all.guardian.is_some() || all.consents.is_some();
    let flags = [all.registered, all.deceased, all.inactive, all.test_patient];
    if beyond || told || flags.contains(&Some(true)) || all.tags.is_some() || all.do_not_contact.is_some() {
        return None;
    }
    let or = |text: &Option<String>, other: &str| text.clone().unwrap_or_else(|| other.into());
    let mut form = vec![
        ("given", or(&all.given, "Jo")),
        ("family", or(&all.family, "Doe")),
        ("birth_date", born),
        ("sex", or(&all.sex, "unknown")),
        ("language", or(&all.language, "en")),
        ("zone", or(&all.zone, "")),
        ("email", or(&all.email, "")),
        ("mobile", or(&all.mobile, "")),
        ("location", location.to_string()),
    ];
    form.extend(all.send_invite.filter(|yes| *yes).map(|_| ("send_invite", "yes".to_owned())));
    Some(form)
}

pub fn consents(all: &PatientFields) -> Vec<(Channel, Category)> {
    let read = |text: &String| {
        let (channel, category) = text.split_once(':').unwrap();
        (channel.parse().unwrap(), category.parse().unwrap())
    };
    all.consents.iter().flatten().map(read).collect()
}
