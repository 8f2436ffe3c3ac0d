//! What a patient sees: phone first, reading grade 6, English and Spanish.

mod answer;
mod landing;
mod notice;
pub mod portal;
mod register;
mod said;
mod unsubscribe;

pub use answer::Answer;
pub use landing::{LandingVisit, PatientLanding};
pub use notice::NoticePage;
pub use register::Register;
pub use said::Said;
pub use unsubscribe::{UnsubscribeConfirm, Unsubscribed};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    English,
    Spanish,
}

impl Language {
    /// For the `lang` attribute.
    pub fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Spanish => "es",
        }
    }

    /// One of the two; the templates keep both side by side.
    pub fn say<'a>(self, english: &'a str, spanish: &'a str) -> &'a str {
        match self {
            Language::English => english,
            Language::Spanish => spanish,
        }
    }
}

/// What every patient page shares.
#[derive(Debug, Clone)]
pub struct PatientFrame {
    pub language: Language,
    pub clinic_name: String,
    /// As people read it; empty = none.
    pub clinic_phone: String,
    pub csrf: String,
    /// On a device of the clinic's that was handed over: it shows one form, and no way to anything else.
    pub on_loan: bool,
}

impl PatientFrame {
    pub(crate) fn dial(&self) -> String {
        dial(&self.clinic_phone)
    }
}

/// The digits of a phone number for a `tel:` link.
fn dial(phone: &str) -> String {
    let digits = phone.chars().filter(|sign| sign.is_ascii_digit() || *sign == '+');
    format!("tel:{}", digits.collect::<String>())
}
