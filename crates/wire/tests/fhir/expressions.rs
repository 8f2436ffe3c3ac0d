//! Calculations in FHIRPath: the shapes that are read, and those that would come to another result.

use care::questionnaire::{Calculation, Take};
use serde_json::{Value, json};
use wire::fhir::{self, Cause, Rights};

const CALCULATED: &str = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression";

fn with(expression: &str) -> Value {
    let option = |code: &str, weight: i32| {
        let ordinal = "http://hl7.org/fhir/StructureDefinition/ordinalValue";
        json!({ "valueCoding": { "code": code }, "extension": [{ "url": ordinal, "valueDecimal": weight }] })
    };
    let choice =
        |id: &str| json!({ "linkId": id, "type": "choice", "answerOption": [option("no", 0), option("yes", 3)] });
    let again =
        json!({ "linkId": "again", "type": "group", "repeats": true, "item": [{ "linkId": "n3", "type": "integer" }] });
    let expression = json!({ "language": "text/fhirpath", "expression": expression });
    json!({ "resourceType": "Questionnaire", "status": "active", "title": "T", "publisher": "P", "copyright": "C", "item": [
        choice("c1"), choice("c2"), { "linkId": "n1", "type": "integer" }, { "linkId": "n2", "type": "decimal" }, again,
        { "linkId": "sum", "type": "decimal", "readOnly": true, "extension": [{ "url": CALCULATED, "valueExpression": expression }] },
    ] })
}

fn read(expression: &str) -> Result<Calculation, fhir::Refusal> {
    let read = fhir::read(&with(expression).to_string(), &Rights::default())?;
    Ok(read.form.item("sum").unwrap().calculated.clone().unwrap())
}

#[test]
fn the_common_ways_to_write_a_sum_a_mean_and_a_count_are_read() {
    for (expression, take, of, round) in [
        (
            "%resource.descendants().where(linkId = 'c1' or linkId = 'c2').answer.value.weight().sum()",
            Take::Sum,
            vec!["c1", "c2"],
            None,
        ),
        (
            "%resource.item.where(linkId='c1' or linkId='c2').answer.value.ordinal().sum()",
            Take::Sum,
            vec!["c1", "c2"],
            None,
        ),
        (
            "%resource.repeat(item).where(linkId in ('c1' | 'c2')).answer.valueCoding.ordinal().avg().round(1)",
            Take::Mean,
            vec!["c1", "c2"],
            Some(1),
        ),
        (
            "( %resource.item.where(linkId = 'n1'\n or linkId = 'n2').answer.value.avg() ).round(2)",
            Take::Mean,
            vec!["n1", "n2"],
            Some(2),
        ),
        (
            "QuestionnaireResponse.item.where(linkId = 'n1').answer.valueInteger.sum().round()",
            Take::Sum,
            vec!["n1"],
            Some(0),
        ),
        (
            "%resource.descendants().where(linkId = 'c1' or linkId = 'n1').answer.count()",
            Take::Count,
            vec!["c1", "n1"],
            None,
        ),
    ] {
        let of = of.into_iter().map(str::to_owned).collect();
        assert_eq!(read(expression), Ok(Calculation { take, of, round }), "{expression}");
    }
}

#[test]
fn what_would_come_to_another_result_is_refused_at_its_place() {
    for expression in [
        "%resource.item.where(linkId = 'n1').answer.value + %resource.item.where(linkId = 'n2').answer.value",
        "%resource.item.where(linkId = 'c1').answer.value.sum()",
        "%resource.item.where(linkId = 'n1').answer.value.weight().sum()",
        "%resource.descendants().where(linkId = 'n3').answer.value.sum()",
        "%resource.item.where(linkId != 'n1').answer.value.sum()",
        "%resource.item.where(linkId = 'n1').answer.value.max()",
        "%resource.item.where(linkId = 'n1').answer.value.sum().round(-1)",
        "%score * 2",
        "iif(true, 1, 2)",
        "'",
    ] {
        let refusal = read(expression).unwrap_err();
        assert_eq!(
            (refusal.cause, refusal.path.as_str()),
            (Cause::NotUnderstood, "Questionnaire.item[5].extension[0]"),
            "{expression}"
        );
    }
    let later = read("%resource.item.where(linkId = 'nowhere').answer.value.sum()").unwrap_err();
    assert_eq!((later.cause, later.path.as_str()), (Cause::Contradiction, "Questionnaire.item[5]"));
}
