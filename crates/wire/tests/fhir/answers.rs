//! Answers nest as FHIR nests them, and what is no answer to the form is refused.

use care::questionnaire::{Answers, Form};
use serde_json::{Value, json};
use wire::fhir::{Response, Status, response};

fn form() -> Form {
    let text = r#"
        version = 1
        licence = "CC0-1.0"
        attribution = "A"
        title = { en = "T" }
        items = [
          { id = "pain", kind = "integer", text = { en = "" }, items = [{ id = "where", kind = "string", text = { en = "" } }] },
          { id = "help", kind = "choice", repeats = true, text = { en = "" }, options = [
            { code = "ice", text = { en = "Ice" } }, { code = "heat", text = { en = "Heat" } }] },
          { id = "drugs", kind = "group", repeats = true, text = { en = "" }, items = [
            { id = "name", kind = "string", text = { en = "" } }, { id = "daily", kind = "boolean", text = { en = "" } }] },
        ]"#;
    Form::read("f.toml", text).unwrap().body
}

fn items() -> Value {
    json!([
        { "linkId": "pain", "answer": [{ "valueInteger": 4, "item": [{ "linkId": "where", "answer": [{ "valueString": "knee" }] }] }] },
        { "linkId": "help", "answer": [
            { "valueCoding": { "code": "ice", "display": "Ice" } }, { "valueCoding": { "code": "heat", "display": "Heat" } }] },
        { "linkId": "drugs" },
        { "linkId": "drugs", "item": [{ "linkId": "daily", "answer": [{ "valueBoolean": true }] }] },
    ])
}

fn answers() -> Answers {
    let mut answers: Answers = [("pain", "4"), ("where", "knee"), ("daily#2", "true")].into_iter().collect();
    answers.set("help", ["ice", "heat"]);
    answers
}

#[test]
fn answers_are_nested_in_answers_and_groups_stand_as_often_as_they_were_asked() {
    let response = Response { questionnaire: None, status: Status::Completed, answers: answers(), left_out: vec![] };
    assert_eq!(response::write(&form(), &response)["item"], items());
}

#[test]
fn they_are_read_back_with_whose_they_are_left_out() {
    let json = json!({ "resourceType": "QuestionnaireResponse", "status": "amended", "subject": { "reference": "Patient/1" },
        "questionnaire": "https://forms.example/f|2", "item": items() });
    let read = response::read(&form(), &json.to_string()).unwrap();
    assert_eq!((read.status, &read.answers), (Status::Amended, &answers()));
    assert_eq!(read.questionnaire.as_deref(), Some("https://forms.example/f|2"));
    assert_eq!(read.left_out, ["QuestionnaireResponse.subject"]);
}

#[test]
fn what_is_no_answer_to_the_form_is_refused_without_saying_it() {
    for (item, rest) in [
        (json!({ "linkId": "rash" }), ".linkId"),
        (json!({ "linkId": "where" }), ".linkId"),
        (json!({ "linkId": "pain", "answer": [{ "valueString": "secret" }] }), ".answer[0].valueString"),
        (json!({ "linkId": "pain", "answer": [{ "valueInteger": 1 }, { "valueInteger": 2 }] }), ""),
        (json!({ "linkId": "pain", "answer": [{ "valueQuantity": {} }] }), ".answer[0].valueQuantity"),
        (json!({ "linkId": "help", "answer": [{ "valueCoding": { "code": "secret" } }] }), ".answer[0].valueCoding"),
        (json!({ "linkId": "drugs", "answer": [{ "valueString": "secret" }] }), ".answer[0]"),
        (json!({ "linkId": "pain", "modifierExtension": [] }), ".modifierExtension"),
    ] {
        let json = json!({ "resourceType": "QuestionnaireResponse", "status": "completed", "item": [item] });
        let refusal = response::read(&form(), &json.to_string()).unwrap_err();
        assert_eq!(refusal.path, format!("QuestionnaireResponse.item[0]{rest}"));
        assert!(!refusal.to_string().contains("secret"), "{refusal}");
    }
}
