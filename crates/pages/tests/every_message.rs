//! Every message that ships, in both languages and every situation: it renders, it is discreet, and a text is short.

#![expect(clippy::unwrap_used, reason = "a test says what it cannot go on without")]

use std::fs;
use std::path::{Path, PathBuf};

use pages::email::{Alphabet, Compiled, Segments, accented, every_sample, indiscreet};

/// Texts that take two segments at their longest, and why.
const TWO_SEGMENTS: [(&str, &str, &str); 2] = [
    ("welcome", "en", "says when the first visit is, and links to where: the link alone takes most of a segment"),
    ("welcome", "es", "the same"),
];

struct Message {
    name: String,
    language: &'static str,
    mail: Compiled,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/templates/message")
}

fn names() -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder()).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn messages() -> Vec<Message> {
    let mut messages = vec![];
    for name in names() {
        for language in ["en", "es"] {
            let part = |file: &str| fs::read_to_string(folder().join(&name).join(language).join(file)).unwrap();
            let mail = Compiled::new(&part("subject.txt"), &part("body.mjml"), &part("body.txt"));
            let mail = mail.and_then(|mail| mail.with_text_message(&part("text.txt")));
            let mail = mail.unwrap_or_else(|e| unreadable(&name, language, &e.to_string()));
            messages.push(Message { name: name.clone(), language, mail });
        }
    }
    messages
}

fn unreadable(name: &str, language: &str, error: &str) -> Compiled {
    assert_eq!(error, "", "{name} {language}");
    unreachable!()
}

fn text(message: &Message, sample: &serde_json::Value) -> String {
    message.mail.render_text_message(sample).unwrap().unwrap()
}

#[test]
fn there_are_messages_for_all_workflows_each_with_licence_and_attribution() {
    assert!(names().len() >= 26, "{} messages", names().len());
    for name in names() {
        let about: toml::Table = fs::read_to_string(folder().join(&name).join("about.toml")).unwrap().parse().unwrap();
        assert!(about.contains_key("licence") && about.contains_key("attribution"), "{name}");
    }
}

#[test]
fn every_message_renders_in_every_situation_in_its_own_language() {
    for message in messages() {
        for (sample, context) in every_sample(message.language) {
            let name = format!("{} {} {sample}", message.name, message.language);
            let mail = message.mail.render(&context).unwrap();
            let short = text(&message, &context);
            for said in [&mail.subject, &mail.text, &mail.html, &short] {
                assert!(!said.trim().is_empty() && !said.contains("{{") && !said.contains("{%"), "{name}: {said}");
            }
            assert!(!mail.html.contains("<p></p>"), "{name} has an empty paragraph");
            let clinic = context["clinic"]["name"].as_str().unwrap();
            assert!(short.starts_with(&format!("{clinic}: ")) && short.contains(" STOP"), "{name}: {short}");
            let unsubscribe = if message.language == "es" { "Darse de baja" } else { "Unsubscribe" };
            assert!(mail.text.contains(unsubscribe) && mail.html.contains(unsubscribe), "{name}");
        }
    }
}

/// The first word that gives something away, in any part of any message in any situation.
fn gives_away(messages: &[Message]) -> Vec<String> {
    let mut found = vec![];
    for message in messages {
        for (sample, context) in every_sample(message.language) {
            let mail = message.mail.render(&context).unwrap();
            for said in [mail.subject, mail.text, mail.html, text(message, &context)] {
                let word = indiscreet(&said);
                found.extend(word.map(|word| format!("{} {} {sample}: {word}", message.name, message.language)));
            }
        }
    }
    found
}

#[test]
fn no_message_names_an_instrument_a_diagnosis_or_a_score() {
    assert_eq!(gives_away(&messages()), Vec::<String>::new());
}

#[test]
fn a_planted_word_is_found_in_each_part_of_a_message() {
    let body =
        |words: &str| format!("<mj-section><mj-column><mj-text><p>{words}</p></mj-text></mj-column></mj-section>");
    let planted = |subject: &str, html: &str, text: &str, short: &str| {
        let mail = Compiled::new(subject, &body(html), text).unwrap().with_text_message(short).unwrap();
        gives_away(&[Message { name: "planted".into(), language: "en", mail }])
    };
    assert_eq!(planted("Hi", "Hi", "Hi", "Hi"), Vec::<String>::new());
    for found in [
        planted("Your PHQ-9", "Hi", "Hi", "Hi"),
        planted("Hi", "Your <b>Arthritis</b>", "Hi", "Hi"),
        planted("Hi", "Hi", "Su puntaje", "Hi"),
        planted("Hi", "Hi", "Hi", "{% if visit.cancelled %}Your score{% else %}Hi{% endif %}"),
    ] {
        assert!(!found.is_empty() && found[0].starts_with("planted en"), "{found:?}");
    }
}

#[test]
fn a_text_is_one_segment_at_its_longest_but_for_those_that_are_named() {
    let mut more = vec![];
    for message in messages() {
        let counted =
            every_sample(message.language).into_iter().map(|(_, context)| Segments::of(&text(&message, &context)));
        let worst = counted.max_by_key(|segments| (segments.count, segments.units)).unwrap();
        println!("{} {}: {worst:?}", message.name, message.language);
        assert_eq!(worst.alphabet, Alphabet::Gsm7, "{} {}", message.name, message.language);
        if worst.count > 1 {
            more.push((message.name.clone(), message.language, worst.count, worst.units));
        }
    }
    let named: Vec<_> = TWO_SEGMENTS.iter().map(|(name, language, _)| (name.to_string(), *language, 2)).collect();
    let found: Vec<_> = more.iter().map(|(name, language, count, _)| (name.clone(), *language, *count)).collect();
    assert_eq!(found, named, "with units: {more:?}");
}

#[test]
fn a_name_or_a_day_that_gsm_lacks_makes_no_text_longer_than_three_segments() {
    for message in messages() {
        let segments = Segments::of(&text(&message, &accented(message.language)));
        assert!(segments.count <= 3, "{} {}: {segments:?}", message.name, message.language);
    }
}
