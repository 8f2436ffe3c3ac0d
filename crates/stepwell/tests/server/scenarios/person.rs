//! The keys of a patient, and how much of them each door can say.

use care::chart::{ContactPoint, PatientChange, Sex, Write};
use care::id::LocationId;
use serde::Deserialize;

#[derive(Deserialize, Default, Clone, PartialEq)]
#[serde(default)]
pub struct Person {
    pub given: Option<String>,
    pub family: Option<String>,
    pub birth_date: Option<String>,
    pub sex: Option<String>,
    pub zone: Option<String>,
    pub location: Option<String>,
    pub email: Option<String>,
    pub mobile: Option<String>,
    pub language: Option<String>,
    pub tags: Option<Vec<String>>,
    pub registered: Option<bool>,
    pub send_invite: Option<bool>,
    pub deceased: Option<bool>,
    pub inactive: Option<bool>,
    pub test_patient: Option<bool>,
    pub do_not_contact: Option<String>,
}

impl Person {
    pub fn says_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// What a message about a person can say, and what is left.
    pub fn split_for_emr(&self) -> (Person, Person) {
        let phone = |text: &String| text.chars().any(|c| c.is_ascii_digit()) && !text.chars().any(char::is_alphabetic);
        let said = Person {
            given: self.given.clone(),
            family: self.family.clone(),
            birth_date: self.birth_date.clone(),
            sex: self.sex.clone(),
            location: self.location.clone(),
            email: self.email.clone().filter(|text| text.contains('@')),
            mobile: self.mobile.clone().filter(phone),
            language: self.language.clone(),
            deceased: self.deceased,
            ..Person::default()
        };
        let mut left = self.clone();
        (left.given, left.family, left.birth_date, left.sex) = (None, None, None, None);
        (left.location, left.language, left.deceased) = (None, None, None);
        left.email = left.email.filter(|_| said.email.is_none());
        left.mobile = left.mobile.filter(|_| said.mobile.is_none());
        (said, left)
    }

    /// The form "new patient", if it can say all of this. Names it insists on are made up: no rule looks at them.
    pub fn as_form(&self, location: Option<LocationId>) -> Option<Vec<(&'static str, String)>> {
        let (location, born) = (location?, self.birth_date.clone()?);
        let bad = |text: &Option<String>, good: fn(&str) -> bool| text.as_deref().is_some_and(|text| !good(text));
        let beyond = bad(&self.email, |text| ContactPoint::email(text).is_ok())
            || bad(&self.mobile, |text| ContactPoint::mobile(text).is_ok())
            || bad(&self.language, |text| text == "en" || text == "es")
            || (self.send_invite == Some(true) && self.email.is_none() && self.mobile.is_none());
        let flags = [self.registered, self.deceased, self.inactive, self.test_patient];
        if beyond || flags.contains(&Some(true)) || self.tags.is_some() || self.do_not_contact.is_some() {
            return None;
        }
        let or = |text: &Option<String>, other: &str| text.clone().unwrap_or_else(|| other.into());
        let mut form = vec![
            ("given", or(&self.given, "Jo")),
            ("family", or(&self.family, "Doe")),
            ("birth_date", born),
            ("sex", or(&self.sex, "unknown")),
            ("language", or(&self.language, "en")),
            ("zone", or(&self.zone, "")),
            ("email", or(&self.email, "")),
            ("mobile", or(&self.mobile, "")),
            ("location", location.to_string()),
        ];
        form.extend(self.send_invite.filter(|yes| *yes).map(|_| ("send_invite", "yes".to_owned())));
        Some(form)
    }

    pub fn change(&self, location: Option<LocationId>) -> PatientChange {
        let sex = |word: &String| match word.as_str() {
            "female" => Sex::Female,
            "male" => Sex::Male,
            _ => Sex::Other,
        };
        PatientChange {
            given: Write::some(self.given.clone()),
            family: Write::some(self.family.clone()),
            birth_date: Write::some(self.birth_date.as_ref().map(|date| date.parse().unwrap())),
            sex: Write::some(self.sex.as_ref().map(sex)),
            language: Write::some(self.language.clone()),
            zone: Write::some(self.zone.clone()),
            email: Write::some(self.email.clone()),
            mobile: Write::some(self.mobile.clone()),
            home_location: Write::some(location),
            deceased: Write::some(self.deceased),
            inactive: Write::some(self.inactive),
            test_patient: Write::some(self.test_patient),
            do_not_contact: Write::some(self.do_not_contact.clone()),
            send_invite: Write::some(self.send_invite),
            registered: Write::some(self.registered),
            tags: Write::some(self.tags.clone()),
            ..PatientChange::default()
        }
    }
}
