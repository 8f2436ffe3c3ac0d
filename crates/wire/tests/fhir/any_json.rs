//! No JSON panics; what a damaged resource is still read as is a form that can be asked, and that goes out and in again.

use proptest::prelude::*;
use serde_json::{Value, json};
use wire::fhir::{self, Response, Rights, Status, response};

use crate::any_form;

/// Damage to a resource: where, by a number to count to, and what.
#[derive(Debug, Clone)]
struct Damage {
    at: usize,
    what: usize,
}

fn damages() -> impl Strategy<Value = Vec<Damage>> {
    let one = (0..400_usize, 0..14_usize).prop_map(|(at, what)| Damage { at, what });
    proptest::collection::vec(one, 1..4)
}

fn damage(value: &mut Value, damage: &Damage, left: &mut usize) -> bool {
    if *left == 0 {
        strike(value, damage.what);
        return true;
    }
    *left -= 1;
    match value {
        Value::Array(list) => list.iter_mut().any(|inner| self::damage(inner, damage, left)),
        Value::Object(map) => map.iter_mut().any(|(_, inner)| self::damage(inner, damage, left)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn strike(value: &mut Value, what: usize) {
    match (what, &mut *value) {
        (10, Value::Object(map)) => {
            let first = map.keys().next().cloned();
            first.map(|key| map.remove(&key));
        }
        (11, Value::Array(list)) => list.reverse(),
        (12, Value::Array(list)) => list.extend(list.clone()),
        (13, Value::String(text)) => *text = text.chars().skip(1).collect(),
        _ => {
            let others = [
                json!(null),
                json!(true),
                json!(-1),
                json!(1e300),
                json!("x"),
                json!(""),
                json!([]),
                json!({}),
                json!("#list.1"),
                json!("' )"),
            ];
            *value = others[what % others.len()].clone();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn no_damaged_questionnaire_panics((questionnaire, _) in any_form::any(), damages in damages()) {
        let mut value = fhir::write(&questionnaire);
        for one in &damages {
            damage(&mut value, one, &mut one.at.clone());
        }
        if let Ok(read) = fhir::read(&value.to_string(), &Rights::default()) {
            prop_assert_eq!(read.form.check(), Ok(()));
            let again = fhir::read(&fhir::write(&read).to_string(), &Rights::default());
            prop_assert_eq!(again.map(|read| read.form), Ok(read.form));
        }
    }

    #[test]
    fn no_damaged_response_panics((questionnaire, answers) in any_form::any(), damages in damages()) {
        let form = &questionnaire.form;
        let response = Response { questionnaire: None, status: Status::Completed, answers, left_out: vec![] };
        let mut value = response::write(form, &response);
        for one in &damages {
            damage(&mut value, one, &mut one.at.clone());
        }
        if let Ok(read) = response::read(form, &value.to_string()) {
            let again = response::read(form, &response::write(form, &read).to_string());
            prop_assert_eq!(again.map(|read| read.answers), Ok(read.answers));
        }
    }

    #[test]
    fn no_text_panics(text in "[\\[\\]{}\":,a-z0-9 ]{0,80}") {
        let _ = fhir::read(&text, &Rights::default());
        let _ = fhir::read(&format!("{{\"resourceType\":\"Questionnaire\",{text}"), &Rights::default());
    }
}
