//! What is not understood is refused, with the path that leads to it.

use serde_json::{Value, json};
use wire::fhir::{self, Cause, Refusal, Rights};

/// A form whose third item is a group with this item in it.
fn with(item: &Value) -> Value {
    let group = json!({ "linkId": "g", "type": "group", "item": [item] });
    let (a, b) = (json!({ "linkId": "a", "type": "integer" }), json!({ "linkId": "b", "type": "boolean" }));
    json!({ "resourceType": "Questionnaire", "title": "T", "publisher": "P", "copyright": "C", "item": [a, b, group] })
}

fn refused(item: &Value) -> Refusal {
    fhir::read(&with(item).to_string(), &Rights::default()).unwrap_err()
}

#[test]
fn each_thing_that_is_not_understood_is_named_by_its_path() {
    let sdc = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression";
    let variable = "http://hl7.org/fhir/StructureDefinition/variable";
    for (item, cause, rest) in [
        (json!({ "type": "attachment" }), Cause::NotUnderstood, ".type"),
        (json!({ "type": "reference" }), Cause::NotUnderstood, ".type"),
        (json!({ "type": "quantity" }), Cause::NotUnderstood, ".type"),
        (json!({ "type": 7 }), Cause::WrongShape, ".type"),
        (json!({}), Cause::Missing, ".type"),
        (json!({ "type": "text", "enabelWhen": [] }), Cause::UnknownElement, ".enabelWhen"),
        (json!({ "type": "text", "modifierExtension": [] }), Cause::NotUnderstood, ".modifierExtension"),
        (json!({ "type": "text", "readOnly": true }), Cause::NotUnderstood, ".readOnly"),
        (json!({ "type": "text", "maxLength": -1 }), Cause::WrongShape, ".maxLength"),
        (json!({ "type": "text", "linkId": "a" }), Cause::Contradiction, ".linkId"),
        (json!({ "type": "choice" }), Cause::Contradiction, ""),
        (
            json!({ "type": "choice", "answerValueSet": "http://loinc.org/vs/LL1" }),
            Cause::NotUnderstood,
            ".answerValueSet",
        ),
        (
            json!({ "type": "choice", "answerOption": [{ "valueReference": {} }] }),
            Cause::NotUnderstood,
            ".answerOption[0].valueReference",
        ),
        (
            json!({ "type": "integer", "initial": [{ "valueString": "much" }] }),
            Cause::Contradiction,
            ".initial[0].valueString",
        ),
        (json!({ "type": "text", "extension": [{ "url": sdc }] }), Cause::NotUnderstood, ".extension('"),
        (json!({ "type": "text", "extension": [{ "url": variable }] }), Cause::NotUnderstood, ".extension('"),
    ] {
        let mut item = item;
        if item.get("linkId").is_none() {
            item["linkId"] = json!("q");
        }
        let refusal = refused(&item);
        assert_eq!(refusal.cause, cause, "{refusal}");
        let wanted = format!("Questionnaire.item[2].item[0]{rest}");
        assert!(refusal.path == wanted || (rest.ends_with('\'') && refusal.path.starts_with(&wanted)), "{refusal}");
        assert!(!refusal.cure.is_empty());
    }
}

#[test]
fn a_condition_is_refused_where_it_stands() {
    let good = json!({ "question": "a", "operator": ">", "answerInteger": 3 });
    for (bad, rest) in [
        (json!({ "question": "a", "operator": "~", "answerInteger": 3 }), ".enableWhen[1].operator"),
        (json!({ "question": "a", "operator": "=", "answerQuantity": {} }), ".enableWhen[1].answerQuantity"),
        (json!({ "question": "a", "operator": "=" }), ".enableWhen[1]"),
        (json!({ "question": "a", "operator": "exists", "answerInteger": 1 }), ".enableWhen[1].answerInteger"),
        (json!({ "question": "later", "operator": "=", "answerInteger": 1 }), ""),
        (json!({ "question": "b", "operator": "=", "answerInteger": 1 }), ""),
    ] {
        let item = json!({ "linkId": "q", "type": "text", "enableBehavior": "all", "enableWhen": [good, bad] });
        assert_eq!(refused(&item).path, format!("Questionnaire.item[2].item[0]{rest}"));
    }
    let silent = json!({ "linkId": "q", "type": "text", "enableWhen": [good, good] });
    assert_eq!(refused(&silent).path, "Questionnaire.item[2].item[0].enableBehavior");
}

#[test]
fn two_weights_for_one_option_must_agree() {
    let url = |name: &str| format!("http://hl7.org/fhir/StructureDefinition/{name}");
    let weights =
        json!([{ "url": url("itemWeight"), "valueDecimal": 1 }, { "url": url("ordinalValue"), "valueDecimal": 2 }]);
    let item = json!({ "linkId": "q", "type": "choice", "answerOption": [{ "valueCoding": { "code": "x" }, "extension": weights }] });
    assert_eq!(refused(&item).path, "Questionnaire.item[2].item[0].answerOption[0]");
}

#[test]
fn what_is_no_questionnaire_is_refused_as_that() {
    let cause = |text: &str| fhir::read(text, &Rights::default()).unwrap_err().cause;
    assert_eq!(cause("<Questionnaire/>"), Cause::NotJson);
    assert_eq!(cause("[]"), Cause::WrongShape);
    assert_eq!(cause("{\"resourceType\":\"Patient\"}"), Cause::OtherResource);
}
