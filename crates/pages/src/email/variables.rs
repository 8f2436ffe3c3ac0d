//! What a mail may say. Anything else is refused when the template is compiled.

use serde_json::{Value, json};

/// Every variable. No score, diagnosis or instrument is among them: a mail carries a link, a first name, a clinic.
pub const VARIABLES: [&str; 31] = [
    "language",
    "patient.first_name",
    "clinic.name",
    "clinic.phone",
    "location.name",
    "location.address",
    "location.phone",
    "location.map_url",
    "location.booking_url",
    "location.first_visit_info",
    "location.review_links",
    "visit.date",
    "visit.time",
    "visit.zone_note",
    "visit.times",
    "visit.old_date",
    "visit.old_time",
    "visit.old_location",
    // What a change is: "time", "place", "both", "reopened" or "cancelled".
    "visit.change",
    "visit.cancelled",
    "links.portal",
    "links.unsubscribe",
    "links.questionnaire",
    "links.open",
    "links.register",
    // How many wait for the patient: forms, and exercises.
    "open.forms",
    "open.exercises",
    // The groups themselves, for `{% if visit %}`.
    "visit",
    "location",
    "links",
    "open",
];

/// A mail in which everything is known.
pub fn sample_context() -> Value {
    json!({
        "language": "en",
        "patient": { "first_name": "Alma" },
        "clinic": { "name": "Northside Therapy", "phone": "(303) 555-0100" },
        "location": {
            "name": "Northside Main Street",
            "address": "12 Main Street, Denver, CO 80202",
            "phone": "(303) 555-0101",
            "map_url": "https://maps.example.org/northside",
            "booking_url": "https://book.example.org/northside",
            "first_visit_info": "Please come 10 minutes early and wear loose clothes.",
            "review_links": [{ "name": "Map reviews", "url": "https://reviews.example.org/northside" }],
        },
        "visit": {
            "date": "Tuesday, March 4",
            "time": "10:00 AM",
            "zone_note": "Denver time",
            "times": ["10:00 AM", "2:30 PM"],
            "old_date": "Monday, March 3",
            "old_time": "9:00 AM",
            "old_location": "Northside Park Avenue",
            "change": "both",
            "cancelled": false,
        },
        "links": {
            "portal": "https://clinic.example.org/p/portal",
            "unsubscribe": "https://clinic.example.org/p/unsubscribe/abc",
            "questionnaire": "https://clinic.example.org/p/form/abc",
            "open": "https://clinic.example.org/p/open/abc",
            "register": "https://clinic.example.org/p/register/abc",
        },
        "open": { "forms": 2, "exercises": 3 },
    })
}

/// The same with all that a clinic or a visit may lack left empty (`null`, `[]`) and the other branch of each yes and no.
/// A template must render with both.
pub fn sparse_context() -> Value {
    let mut sparse = sample_context();
    for place in ["map_url", "booking_url", "first_visit_info"] {
        sparse["location"][place] = Value::Null;
    }
    sparse["location"]["review_links"] = json!([]);
    sparse["clinic"]["phone"] = Value::Null;
    sparse["location"]["phone"] = Value::Null;
    sparse["visit"]["zone_note"] = Value::Null;
    sparse["visit"]["times"] = json!(["10:00 AM"]);
    sparse["visit"]["old_location"] = Value::Null;
    sparse["visit"]["change"] = json!("cancelled");
    sparse["visit"]["cancelled"] = json!(true);
    sparse["open"] = json!({ "forms": 1, "exercises": 0 });
    sparse["language"] = json!("es");
    sparse
}
