//! A Questionnaire of another system, as such systems write it.

use care::library::{Language, Licence};
use care::questionnaire::{Enable, ItemKind, Operator, Options};
use wire::fhir::{self, Rights};

const KNEES: &str = r##"{
  "resourceType": "Questionnaire", "language": "en-US", "status": "draft", "title": "Knees", "version": "2.1-beta",
  "url": "https://forms.example/knees", "publisher": "Orthopaedics of Example", "copyright": "Free for care",
  "_title": { "extension": [{ "url": "http://hl7.org/fhir/StructureDefinition/translation", "extension": [
    { "url": "lang", "valueCode": "es-MX" }, { "url": "content", "valueString": "Rodillas" }] }] },
  "description": "For research", "code": [{ "code": "1-8" }],
  "contained": [{ "resourceType": "ValueSet", "id": "often", "status": "active", "compose": { "include": [{ "system": "http://loinc.org",
    "concept": [
      { "code": "LA1", "display": "Never", "extension": [{ "url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": 0 }] },
      { "code": "LA2", "display": "Often", "extension": [{ "url": "http://hl7.org/fhir/StructureDefinition/itemWeight", "valueDecimal": 2 }] }] }] } }],
  "item": [
    { "linkId": "/1", "prefix": "A.", "text": "Swelling", "type": "choice", "required": true, "answerValueSet": "#often",
      "item": [{ "linkId": "/1/h", "type": "display", "text": "Think of the last week.", "extension": [
        { "url": "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl", "valueCodeableConcept": { "coding": [{ "code": "help" }] } }] }] },
    { "linkId": "/2", "text": "Pain", "type": "integer", "extension": [
        { "url": "http://hl7.org/fhir/StructureDefinition/minValue", "valueInteger": 0 },
        { "url": "http://hl7.org/fhir/StructureDefinition/maxValue", "valueInteger": 10 },
        { "url": "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl", "valueCodeableConcept": { "coding": [{ "code": "slider" }] } }] },
    { "linkId": "/3", "text": "Side", "type": "choice", "answerOption": [{ "valueString": "left" }, { "valueInteger": 2, "initialSelected": true }] },
    { "linkId": "/4", "text": "More", "type": "text", "maxLength": 200, "enableBehavior": "any", "enableWhen": [
        { "question": "/1", "operator": "=", "answerCoding": { "system": "http://loinc.org", "code": "LA2" } },
        { "question": "/2", "operator": ">=", "answerInteger": 7 }] }
  ] }"##;

#[test]
fn all_that_decides_what_is_asked_is_read() {
    let read = fhir::read(KNEES, &Rights::default()).unwrap();
    let form = read.form;
    assert_eq!(form.title.get(Language::Es), "Rodillas");
    let swelling = form.item("/1").unwrap();
    assert_eq!((swelling.text.en.as_str(), swelling.required), ("A. Swelling", true));
    assert_eq!(swelling.help.as_ref().unwrap().en, "Think of the last week.");
    assert!(swelling.items.is_empty(), "help is no item");
    let weights: Vec<_> = form.choices(swelling).iter().map(|choice| (choice.code.as_str(), choice.weight)).collect();
    assert_eq!(weights, [("LA1", Some(0.0)), ("LA2", Some(2.0))]);
    let pain = form.item("/2").unwrap();
    assert_eq!((pain.min, pain.max, pain.slider), (Some(0.0), Some(10.0), true));
    let side = form.item("/3").unwrap();
    assert!(
        matches!(&side.options, Some(Options::Own(choices)) if choices[0].code == "left" && choices[1].code == "2")
    );
    assert_eq!(side.initial.as_deref(), Some("2"));
    let more = form.item("/4").unwrap();
    assert_eq!((more.kind, more.max_length, more.enable), (ItemKind::Text, Some(200), Enable::Any));
    assert_eq!((more.when[0].value.as_str(), more.when[1].op), ("LA2", Operator::AtLeast));
}

#[test]
fn address_version_and_rights_are_kept_and_what_is_not_is_named() {
    let read = fhir::read(KNEES, &Rights::default()).unwrap();
    assert_eq!((read.url.as_deref(), read.version.as_deref()), (Some("https://forms.example/knees"), Some("2.1-beta")));
    assert_eq!(read.header.licence, Licence::Permission("Free for care".into()));
    assert_eq!((read.header.attribution.as_str(), read.header.version), ("Orthopaedics of Example", 1));
    for path in ["Questionnaire.description", "Questionnaire.code"] {
        assert!(read.left_out.iter().any(|left| left == path), "{path}: {:?}", read.left_out);
    }
}

#[test]
fn who_imports_may_give_the_rights() {
    let bare = KNEES.replace("\"publisher\"", "\"purpose\"").replace("\"copyright\"", "\"approvalDate\"");
    let given = Rights { licence: Some(Licence::Permission("By letter".into())), attribution: Some("Example".into()) };
    let read = fhir::read(&bare, &given).unwrap();
    assert_eq!((read.header.licence.to_string().as_str(), read.header.attribution.as_str()), ("By letter", "Example"));
    assert_eq!(fhir::read(&bare, &Rights::default()).unwrap_err().path, "Questionnaire.copyright");
    let nobody = Rights { attribution: None, ..given };
    assert_eq!(fhir::read(&bare, &nobody).unwrap_err().path, "Questionnaire.publisher");
}

#[test]
fn a_spanish_form_needs_its_english() {
    let refusal = fhir::read(&KNEES.replace("en-US", "es"), &Rights::default()).unwrap_err();
    assert_eq!(refusal.path, "Questionnaire.title");
}
