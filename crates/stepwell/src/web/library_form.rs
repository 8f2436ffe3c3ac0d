//! A form's questions with their options, as a page for staff lists them.

use care::library::Language;
use care::questionnaire::{Audience, Condition, Enable, Form, Item, ItemKind, Operator, Setting};
use pages::staff::{ItemBody, ShownQuestion};

pub fn shown(form: &Form, language: Language) -> ItemBody {
    let mut facts = vec![];
    facts.extend(form.instrument.as_ref().map(|instrument| format!("Scored as {instrument}")));
    match form.audience {
        Audience::Staff => facts.push("Filled in by staff".into()),
        Audience::Patient => {}
    }
    match form.setting {
        Setting::Clinic => facts.push("In the clinic only".into()),
        Setting::Anywhere => {}
    }
    let asked = form.all().into_iter().filter(|item| !item.hidden);
    ItemBody::Form {
        intro: form.intro.as_ref().map(|intro| intro.get(language).clone()),
        facts,
        questions: asked.map(|item| question(form, item, language)).collect(),
    }
}

fn question(form: &Form, item: &Item, language: Language) -> ShownQuestion {
    let option = |choice: &care::questionnaire::Choice| {
        let text = choice.text.get(language);
        choice.weight.map_or_else(|| text.clone(), |weight| format!("{text} ({weight})"))
    };
    let options: Vec<String> = form.choices(item).iter().map(option).collect();
    ShownQuestion {
        text: item.text.get(language).clone(),
        help: item.help.as_ref().map(|help| help.get(language).clone()),
        words_only: !item.kind.asks(),
        answer: answer_words(item),
        options,
        only_if: only_if(form, item, language),
        required: item.required,
    }
}

/// What one writes; where one chooses, the options say it.
fn answer_words(item: &Item) -> String {
    let number = || match (item.min, item.max) {
        (Some(min), Some(max)) => format!("A number from {min} to {max}"),
        (Some(min), None) => format!("A number from {min}"),
        (None, Some(max)) => format!("A number to {max}"),
        (None, None) => "A number".into(),
    };
    match item.kind {
        ItemKind::Group | ItemKind::Display => String::new(),
        ItemKind::Boolean => "Yes or no".into(),
        ItemKind::Integer | ItemKind::Decimal => number(),
        ItemKind::Date => "A date".into(),
        ItemKind::DateTime => "A date and a time".into(),
        ItemKind::Time => "A time".into(),
        ItemKind::String => "One line".into(),
        ItemKind::Text => "Several lines".into(),
        ItemKind::Choice if item.repeats => "Any of these".into(),
        ItemKind::Choice => "One of these".into(),
        ItemKind::OpenChoice if item.repeats => "Any of these, and other words".into(),
        ItemKind::OpenChoice => "One of these, or other words".into(),
    }
}

fn only_if(form: &Form, item: &Item, language: Language) -> Option<String> {
    let said: Vec<String> = item.when.iter().map(|condition| condition_words(form, condition, language)).collect();
    let joined = match item.enable {
        Enable::All => said.join(" and "),
        Enable::Any => said.join(" or "),
    };
    (!joined.is_empty()).then(|| format!("Only if {joined}"))
}

fn condition_words(form: &Form, condition: &Condition, language: Language) -> String {
    let of = form.item(&condition.item);
    let question = of.map_or(condition.item.as_str(), |item| item.text.get(language).as_str());
    let choice = of.and_then(|item| form.choices(item).iter().find(|choice| choice.code == condition.value));
    let value = match (choice, condition.value.as_str()) {
        (Some(choice), _) => choice.text.get(language).clone(),
        (None, "true") => "yes".into(),
        (None, "false") => "no".into(),
        (None, other) => other.to_owned(),
    };
    match condition.op {
        Operator::Exists if condition.value == "false" => format!("“{question}” is not answered"),
        Operator::Exists => format!("“{question}” is answered"),
        Operator::Equal => format!("“{question}” is {value}"),
        Operator::NotEqual => format!("“{question}” is not {value}"),
        Operator::More | Operator::Less | Operator::AtLeast | Operator::AtMost => {
            format!("“{question}” {} {value}", condition.op.code())
        }
    }
}
