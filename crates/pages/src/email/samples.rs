//! Situations that every message is tried in.

use serde_json::{Value, json};

use super::variables::{sample_context, sparse_context};

/// As long as our links are: address, purpose and 64 signs.
fn link(purpose: &str) -> String {
    format!("https://clinic.example.org/p/{purpose}/{}", "A1b2C3d4".repeat(8))
}

/// Everything is known and long: names, places, links, and the longest date there is.
fn longest(language: &str) -> Value {
    let mut long = in_language(sample_context(), language);
    long["patient"]["first_name"] = json!("Guadalupe");
    long["clinic"]["name"] = json!("Northside Hand Therapy");
    long["location"]["name"] = json!("Northside Park Avenue");
    for (name, purpose) in
        [("portal", "visit"), ("register", "register"), ("questionnaire", "answer"), ("open", "open")]
    {
        long["links"][name] = json!(link(purpose));
    }
    long
}

/// The words of the letter's language that come with the values: days and times.
fn in_language(mut context: Value, language: &str) -> Value {
    let (date, time, old_date, old_time, note) = match language {
        "es" => {
            ("miércoles, 24 de septiembre", "10:00 a. m.", "martes, 23 de septiembre", "9:00 a. m.", "hora de Denver")
        }
        _ => ("Wednesday, September 24", "10:00 AM", "Tuesday, September 23", "9:00 AM", "Denver time"),
    };
    context["language"] = json!(language);
    context["visit"]["date"] = json!(date);
    context["visit"]["time"] = json!(time);
    context["visit"]["times"] = json!([time]);
    context["visit"]["old_date"] = json!(old_date);
    context["visit"]["old_time"] = json!(old_time);
    if !context["visit"]["zone_note"].is_null() {
        context["visit"]["zone_note"] = json!(note);
    }
    context
}

/// Every situation a message in `language` meets, with a name for it.
pub fn every_sample(language: &str) -> Vec<(&'static str, Value)> {
    let mut samples = vec![
        ("full", in_language(sample_context(), language)),
        ("sparse", in_language(sparse_context(), language)),
        ("longest", longest(language)),
    ];
    for change in ["time", "place", "both", "reopened", "cancelled"] {
        let mut context = longest(language);
        context["visit"]["change"] = json!(change);
        context["visit"]["cancelled"] = json!(change == "cancelled");
        samples.push((change, context));
    }
    let mut nameless = longest(language);
    nameless["patient"]["first_name"] = Value::Null;
    nameless["location"]["booking_url"] = Value::Null;
    samples.push(("nameless", nameless));
    samples
}

/// Letters that GSM-7 lacks, in a name and a day: such a text goes out in UCS-2.
pub fn accented(language: &str) -> Value {
    let mut context = longest(language);
    context["patient"]["first_name"] = json!("José María");
    if language == "es" {
        context["visit"]["date"] = json!("sábado, 27 de septiembre");
    }
    context
}
