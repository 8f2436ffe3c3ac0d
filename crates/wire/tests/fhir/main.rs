//! FHIR Questionnaires and their answers, in and out.

#![expect(clippy::unwrap_used, reason = "a test says what it cannot go on without")]

mod answers;
mod any_form;
mod any_json;
mod expressions;
mod reading;
mod refusals;
mod round_trip;
mod shipped;
