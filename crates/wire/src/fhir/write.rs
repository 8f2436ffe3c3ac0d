//! Writes a form as a Questionnaire.

use care::questionnaire::{Audience, Form, Item, Setting};
use serde_json::{Map, Value, json};

use super::extension::{
    self, ABOUT, AUDIENCE, CALCULATED, HIDDEN, INSTRUMENT, INTRO, ITEM_CONTROL, MAX_VALUE, MIN_VALUE, RETURNS, SCORED,
    SETTING,
};
use super::read::Questionnaire;
use super::{condition, expression, options, rights, value, words};

/// The resource, which [`super::read`] reads back as it was.
pub fn write(questionnaire: &Questionnaire) -> Value {
    let Questionnaire { url, version, header, form, left_out: _ } = questionnaire;
    let mut written = Map::new();
    let mut extensions = vec![];
    written.insert("resourceType".into(), json!("Questionnaire"));
    written.insert("language".into(), json!("en"));
    written.insert("status".into(), json!("active"));
    if let Some(url) = url {
        written.insert("url".into(), json!(url));
    }
    written.insert("version".into(), json!(version.clone().unwrap_or_else(|| header.version.to_string())));
    words::write(&mut written, "title", &form.title);
    rights::write(&mut written, &mut extensions, header);
    of_form(&mut extensions, form);
    if !extensions.is_empty() {
        written.insert("extension".into(), extensions.into());
    }
    let contained = options::contained(form);
    if !contained.is_empty() {
        written.insert("contained".into(), contained.into());
    }
    let items: Vec<Value> = intro(form).into_iter().chain(form.items.iter().map(|item| of_item(form, item))).collect();
    written.insert("item".into(), items.into());
    Value::Object(written)
}

fn of_form(extensions: &mut Vec<Value>, form: &Form) {
    if form.audience == Audience::Staff {
        extensions.push(extension::written(AUDIENCE, "Code", "staff"));
    }
    if form.setting == Setting::Clinic {
        extensions.push(extension::written(SETTING, "Code", "clinic"));
    }
    if let Some(instrument) = &form.instrument {
        extensions.push(extension::written(INSTRUMENT, "Code", instrument.as_str()));
    }
    extensions.extend(form.scored.iter().map(|id| extension::written(SCORED, "String", id.as_str())));
}

fn intro(form: &Form) -> Option<Value> {
    let mut written = Map::new();
    words::write(&mut written, "text", form.intro.as_ref()?);
    written.insert("linkId".into(), json!(free_id(form, "intro")));
    written.insert("type".into(), json!("display"));
    written.insert("extension".into(), json!([extension::written(INTRO, "Boolean", true)]));
    Some(Value::Object(written))
}

/// A linkId that no item has.
fn free_id(form: &Form, wanted: &str) -> String {
    let mut id = wanted.to_owned();
    while form.item(&id).is_some() {
        id.push('-');
    }
    id
}

fn of_item(form: &Form, item: &Item) -> Value {
    let mut written = Map::new();
    written.insert("linkId".into(), json!(item.id));
    words::write(&mut written, "text", &item.text);
    written.insert("type".into(), json!(value::type_of(item.kind)));
    condition::write(&mut written, form, item);
    for (key, holds) in
        [("required", item.required), ("repeats", item.repeats), ("readOnly", item.calculated.is_some())]
    {
        if holds {
            written.insert(key.into(), json!(true));
        }
    }
    if let Some(longest) = item.max_length {
        written.insert("maxLength".into(), json!(longest));
    }
    options::write(&mut written, form, item);
    if let Some(text) = &item.initial {
        let mut initial = Map::new();
        value::write(&mut initial, "value", form, item, text);
        written.insert("initial".into(), json!([initial]));
    }
    let extensions = of_an_item(form, item);
    if !extensions.is_empty() {
        written.insert("extension".into(), extensions.into());
    }
    let items: Vec<Value> =
        help(form, item).into_iter().chain(item.items.iter().map(|item| of_item(form, item))).collect();
    if !items.is_empty() {
        written.insert("item".into(), items.into());
    }
    Value::Object(written)
}

fn of_an_item(form: &Form, item: &Item) -> Vec<Value> {
    let mut extensions = vec![];
    if item.slider {
        extensions.push(control("slider"));
    }
    for (url, limit) in [(MIN_VALUE, item.min), (MAX_VALUE, item.max)] {
        extensions.extend(limit.map(|limit| extension::written(url, "Decimal", limit)));
    }
    for (url, holds) in [(HIDDEN, item.hidden), (RETURNS, item.returns)] {
        if holds {
            extensions.push(extension::written(url, "Boolean", true));
        }
    }
    if let Some(about) = &item.about {
        extensions.push(extension::written(ABOUT, "String", about.as_str()));
    }
    if let Some(calculation) = &item.calculated {
        let expression = json!({ "language": "text/fhirpath", "expression": expression::write(form, calculation) });
        extensions.push(extension::written(CALCULATED, "Expression", expression));
    }
    extensions
}

fn help(form: &Form, item: &Item) -> Option<Value> {
    let mut written = Map::new();
    words::write(&mut written, "text", item.help.as_ref()?);
    written.insert("linkId".into(), json!(free_id(form, &format!("{}-help", item.id))));
    written.insert("type".into(), json!("display"));
    written.insert("extension".into(), json!([control("help")]));
    Some(Value::Object(written))
}

fn control(code: &str) -> Value {
    let system = "http://hl7.org/fhir/questionnaire-item-control";
    let concept = json!({ "coding": [{ "system": system, "code": code }] });
    extension::written(ITEM_CONTROL, "CodeableConcept", concept)
}
