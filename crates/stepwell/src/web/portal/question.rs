//! One question as a page shows it.

use care::questionnaire::{Asked, Fault, Form, Item, ItemKind, Walk};
use pages::patient::portal::{Input, Question, QuestionOption};

use super::Seen;

/// More numbers than these do not fit in a row of buttons.
const MOST_IN_A_ROW: f64 = 20.0;
const LONGEST: usize = 2000;

/// The page of a question; where it stands among the others is for the caller to say.
pub fn question_page(seen: &Seen, form: &Form, walk: &Walk, asked: &Asked, said: &[String]) -> Question {
    let (item, language) = (asked.item, seen.library_language());
    let about = item.about.as_ref().map(|id| walk.answers.get(id)).unwrap_or_default();
    let about = form.item(item.about.as_deref().unwrap_or_default()).map(|of| answer_words(seen, form, of, about));
    Question {
        frame: seen.frame(),
        form_title: form.title.get(language).clone(),
        action: String::new(),
        at: asked.place.clone(),
        back: None,
        number: 1,
        of: 1,
        lead: lead(seen, form, walk, asked),
        text: item.text.get(language).clone(),
        help: item.help.as_ref().map(|help| help.get(language).clone()),
        about: about.filter(|words| !words.is_empty()),
        required: item.required,
        input: input(seen, form, item, said),
        error: None,
    }
}

/// The words that stand between the question before and this one; before the first, the form's own.
fn lead(seen: &Seen, form: &Form, walk: &Walk, asked: &Asked) -> Vec<String> {
    let language = seen.library_language();
    let at = walk.asked.iter().position(|other| other.place == asked.place).unwrap_or(0);
    let before = walk.asked[..at].iter().rev();
    let words = before.take_while(|other| !other.item.kind.asks()).map(|other| other.item.text.get(language).clone());
    let mut lead: Vec<String> = words.filter(|text| !text.is_empty()).collect();
    let is_first = !walk.asked[..at].iter().any(|other| other.item.kind.asks());
    lead.extend(form.intro.as_ref().filter(|_| is_first).map(|intro| intro.get(language).clone()));
    lead.reverse();
    lead
}

fn input(seen: &Seen, form: &Form, item: &Item, said: &[String]) -> Input {
    let value = || said.first().or(item.initial.as_ref()).cloned().unwrap_or_default();
    let longest = item.max_length.unwrap_or(LONGEST);
    match item.kind {
        ItemKind::Boolean => Input::One(yes_and_no(seen, &value())),
        ItemKind::Choice if item.repeats => Input::Many(options(seen, form, item, said)),
        ItemKind::Choice => Input::One(options(seen, form, item, &[value()])),
        ItemKind::OpenChoice => {
            let known = form.choices(item).iter().any(|choice| choice.code == value());
            let other = if known { String::new() } else { value() };
            Input::OneOrOther { options: options(seen, form, item, said), other }
        }
        ItemKind::Integer | ItemKind::Decimal => number(item, value()),
        ItemKind::Date => Input::Date { value: value() },
        ItemKind::DateTime => Input::DateTime { value: value() },
        ItemKind::Time => Input::Time { value: value() },
        ItemKind::Text => Input::Lines { value: value(), longest },
        ItemKind::String | ItemKind::Group | ItemKind::Display => Input::Line { value: value(), longest },
    }
}

fn options(seen: &Seen, form: &Form, item: &Item, said: &[String]) -> Vec<QuestionOption> {
    let language = seen.library_language();
    let option = |choice: &care::questionnaire::Choice| QuestionOption {
        code: choice.code.clone(),
        text: choice.text.get(language).clone(),
        chosen: said.contains(&choice.code),
    };
    form.choices(item).iter().map(option).collect()
}

fn yes_and_no(seen: &Seen, said: &str) -> Vec<QuestionOption> {
    let option = |code: &str, text| QuestionOption { code: code.into(), text, chosen: said == code };
    vec![option("true", seen.say("Yes", "Sí")), option("false", seen.say("No", "No"))]
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
pub fn answer_words(seen: &Seen, form: &Form, item: &Item, said: &[String]) -> String {
    let language = seen.library_language();
    let word = |text: &String| match item.kind {
        ItemKind::Boolean if text == "true" => seen.say("Yes", "Sí"),
        ItemKind::Boolean => seen.say("No", "No"),
        _ => {
            let choice = form.choices(item).iter().find(|choice| choice.code == *text);
            choice.map_or_else(|| text.clone(), |choice| choice.text.get(language).clone())
        }
    };
    said.iter().map(word).collect::<Vec<_>>().join(", ")
}

/// What is wrong with an answer, and the cure.
pub fn fault_words(seen: &Seen, fault: &Fault) -> String {
    match fault {
        Fault::Missing => seen.say("Please answer this question.", "Responda esta pregunta."),
        Fault::Unreadable(ItemKind::Integer) => seen.say("Please write a whole number.", "Escriba un número entero."),
        Fault::Unreadable(ItemKind::Decimal) => seen.say("Please write a number.", "Escriba un número."),
        Fault::Unreadable(_) => seen.say("Please write a date or a time.", "Escriba una fecha o una hora."),
        Fault::BelowMin(min) => {
            seen.say(&format!("Please write a number from {min} up."), &format!("Escriba un número desde {min}."))
        }
        Fault::AboveMax(max) => {
            seen.say(&format!("Please write a number up to {max}."), &format!("Escriba un número hasta {max}."))
        }
        Fault::TooLong(longest) => {
            seen.say(&format!("Please use at most {longest} letters."), &format!("Use como máximo {longest} letras."))
        }
        Fault::NotAnOption => seen.say("Please choose one of the answers.", "Elija una de las respuestas."),
        Fault::Several => seen.say("Please choose one answer only.", "Elija una sola respuesta."),
    }
}
