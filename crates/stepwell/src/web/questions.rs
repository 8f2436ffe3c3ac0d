//! One question in words and fields, as the portal and the clinic's own pages show it.

use care::library::Language;
use care::questionnaire::{Asked, Fault, Form, Item, ItemKind, Walk};
use pages::patient::portal::{Input, QuestionOption};

/// More numbers than these do not fit in a row of buttons.
const MOST_IN_A_ROW: f64 = 20.0;
const LONGEST: usize = 2000;
/// Answers to one question, each on a line of its own.
const LINES: usize = 10;

/// What was filled in: words of one's own stand in place of the options, or beside them where several may be said.
pub fn said(item: &Item, answer: Vec<String>, other: Vec<String>) -> Vec<String> {
    if !item.repeats {
        return if other.is_empty() { answer } else { other };
    }
    let lines = answer.iter().chain(&other).flat_map(|text| text.lines());
    lines.map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

fn say(language: Language, english: &str, spanish: &str) -> String {
    match language {
        Language::En => english.to_owned(),
        Language::Es => spanish.to_owned(),
    }
}

/// What the question is about: an earlier answer, in words.
pub fn about(language: Language, form: &Form, walk: &Walk, item: &Item) -> Option<String> {
    let id = item.about.as_deref()?;
    let words = answer_words(language, form, form.item(id)?, walk.answers.get(id));
    Some(words).filter(|words| !words.is_empty())
}

/// The words that stand between the question before and this one; before the first, the form's own.
pub fn lead(language: Language, form: &Form, walk: &Walk, asked: &Asked) -> Vec<String> {
    let at = walk.asked.iter().position(|other| other.place == asked.place).unwrap_or(0);
    let before = walk.asked[..at].iter().rev();
    let words = before.take_while(|other| !other.item.kind.asks()).map(|other| other.item.text.get(language).clone());
    let mut lead: Vec<String> = words.filter(|text| !text.is_empty()).collect();
    let is_first = !walk.asked[..at].iter().any(|other| other.item.kind.asks());
    lead.extend(form.intro.as_ref().filter(|_| is_first).map(|intro| intro.get(language).clone()));
    lead.reverse();
    lead
}

/// The words of the groups a question stands in: without them "Going up or down stairs" asks nothing.
pub fn stems(language: Language, walk: &Walk, asked: &Asked) -> Vec<String> {
    let groups = walk.asked.iter().map(|other| other.item).filter(|item| item.kind == ItemKind::Group);
    let around = groups.filter(|group| group.within().iter().any(|inner| inner.id == asked.item.id));
    let mut words: Vec<String> = around.map(|group| group.text.get(language).clone()).collect();
    words.dedup();
    words.retain(|text| !text.is_empty());
    if let (Some(innermost), Some((_, round))) = (words.last_mut(), asked.place.split_once('#')) {
        // Which of several medicines this is about.
        *innermost = format!("{innermost} ({round})");
    }
    words
}

/// What stands before a question where all are on one page: each time a group is asked again says which time it is.
pub fn lead_of_round(language: Language, form: &Form, walk: &Walk, asked: &Asked) -> Vec<String> {
    let round = |asked: &Asked| asked.place.split_once('#').map(|(_, round)| round.to_owned());
    let before = walk.questions().take_while(|other| other.place != asked.place).last();
    let is_new = round(asked).is_some() && before.and_then(round) != round(asked);
    if is_new { stems(language, walk, asked) } else { lead(language, form, walk, asked) }
}

/// What stands above a question that has a page of its own.
pub fn lead_alone(language: Language, form: &Form, walk: &Walk, asked: &Asked) -> Vec<String> {
    let here = lead(language, form, walk, asked);
    let shown_before = stems(language, walk, asked).into_iter().filter(|stem| !here.contains(stem));
    shown_before.chain(here.iter().cloned()).collect()
}

pub fn input(language: Language, form: &Form, item: &Item, said: &[String]) -> Input {
    let value = || said.first().or(item.initial.as_ref()).cloned().unwrap_or_default();
    let longest = item.max_length.unwrap_or(LONGEST);
    match item.kind {
        ItemKind::Boolean => Input::One(yes_and_no(language, &value())),
        ItemKind::Choice if item.repeats => Input::Many(options(language, form, item, said)),
        ItemKind::Choice => Input::One(options(language, form, item, &[value()])),
        ItemKind::OpenChoice if item.repeats => {
            let known = |code: &&String| !form.choices(item).iter().any(|choice| choice.code == **code);
            let other = said.iter().filter(known).cloned().collect::<Vec<_>>().join("\n");
            Input::ManyAndOthers { options: options(language, form, item, said), other }
        }
        ItemKind::OpenChoice => {
            let known = form.choices(item).iter().any(|choice| choice.code == value());
            let other = if known { String::new() } else { value() };
            Input::OneOrOther { options: options(language, form, item, said), other }
        }
        ItemKind::Integer
        | ItemKind::Decimal
        | ItemKind::Date
        | ItemKind::DateTime
        | ItemKind::Time
        | ItemKind::String
        | ItemKind::Text
            if item.repeats =>
        {
            Input::Several { value: said.join("\n"), longest: longest * LINES }
        }
        ItemKind::Integer | ItemKind::Decimal => number(item, value()),
        ItemKind::Date => Input::Date { value: value() },
        ItemKind::DateTime => Input::DateTime { value: value() },
        ItemKind::Time => Input::Time { value: value() },
        ItemKind::Text => Input::Lines { value: value(), longest },
        ItemKind::String | ItemKind::Group | ItemKind::Display => Input::Line { value: value(), longest },
    }
}

fn options(language: Language, form: &Form, item: &Item, said: &[String]) -> Vec<QuestionOption> {
    let option = |choice: &care::questionnaire::Choice| QuestionOption {
        code: choice.code.clone(),
        text: choice.text.get(language).clone(),
        chosen: said.contains(&choice.code),
    };
    form.choices(item).iter().map(option).collect()
}

fn yes_and_no(language: Language, said: &str) -> Vec<QuestionOption> {
    let option = |code: &str, text| QuestionOption { code: code.into(), text, chosen: said == code };
    vec![option("true", say(language, "Yes", "Sí")), option("false", say(language, "No", "No"))]
}

/// A line of numbers as buttons, which a browser without scripts can show; else a box.
fn number(item: &Item, value: String) -> Input {
    let whole = item.kind == ItemKind::Integer;
    match item.min.zip(item.max) {
        Some((min, max)) if whole && max - min <= MOST_IN_A_ROW => {
            let steps = (max - min) as u32;
            let codes = (0..=steps).map(|step| (min + f64::from(step)).to_string());
            let option = |code: String| QuestionOption { text: code.clone(), chosen: code == value, code };
            Input::Scale(codes.map(option).collect())
        }
        _ => {
            let words = |bound: Option<f64>| bound.map(|bound| bound.to_string());
            Input::Number { value, min: words(item.min), max: words(item.max), whole }
        }
    }
}

/// Answers in words.
pub fn answer_words(language: Language, form: &Form, item: &Item, said: &[String]) -> String {
    let word = |text: &String| match item.kind {
        ItemKind::Boolean if text == "true" => say(language, "Yes", "Sí"),
        ItemKind::Boolean => say(language, "No", "No"),
        _ => {
            let choice = form.choices(item).iter().find(|choice| choice.code == *text);
            choice.map_or_else(|| text.clone(), |choice| choice.text.get(language).clone())
        }
    };
    said.iter().map(word).collect::<Vec<_>>().join(", ")
}

/// What is wrong with an answer, and the cure.
pub fn fault_words(language: Language, fault: &Fault) -> String {
    match fault {
        Fault::Missing => say(language, "Please answer this question.", "Responda esta pregunta."),
        Fault::Unreadable(ItemKind::Integer) => {
            say(language, "Please write a whole number.", "Escriba un número entero.")
        }
        Fault::Unreadable(ItemKind::Decimal) => say(language, "Please write a number.", "Escriba un número."),
        Fault::Unreadable(_) => say(language, "Please write a date or a time.", "Escriba una fecha o una hora."),
        Fault::BelowMin(min) => {
            say(language, &format!("Please write a number from {min} up."), &format!("Escriba un número desde {min}."))
        }
        Fault::AboveMax(max) => {
            say(language, &format!("Please write a number up to {max}."), &format!("Escriba un número hasta {max}."))
        }
        Fault::TooLong(longest) => say(
            language,
            &format!("Please use at most {longest} letters."),
            &format!("Use como máximo {longest} letras."),
        ),
        Fault::NotAnOption => say(language, "Please choose one of the answers.", "Elija una de las respuestas."),
        Fault::Several => say(language, "Please choose one answer only.", "Elija una sola respuesta."),
    }
}
