//! An article is read whole or refused with file, field and cure.

#![expect(clippy::unwrap_used, reason = "a test says what it cannot go on without")]

use std::fs;
use std::path::Path;

use care::library::{Article, Language, Region};

const FILE: &str = "content/education/rest.toml";

fn text(top: &str, body: &str) -> String {
    format!(
        "version = 1\nlicence = \"CC-BY-4.0\"\nattribution = \"A\"\nsource = \"B\"\n{top}\n[en]\ntitle = \"Rest\"\nsummary = \
         \"Why.\"\nbody = \"\"\"{body}\"\"\"\n"
    )
}

fn refused(text: &str) -> (String, String) {
    let problem = Article::read(FILE, text).unwrap_err();
    assert_eq!(problem.file, FILE);
    (problem.field, problem.cure)
}

#[test]
fn an_article_has_regions_and_words_and_english_stands_in_for_a_language_it_lacks() {
    let article = Article::read(FILE, &text("regions = [\"ankle-and-foot\"]", "Lie down.")).unwrap().body;
    assert_eq!(article.regions, [Region::AnkleAndFoot]);
    assert_eq!(article.words(Language::Es).body, "Lie down.");
    assert_eq!(article.languages().count(), 1);
}

#[test]
fn a_key_that_is_not_known_is_named() {
    assert_eq!(refused(&text("colour = \"red\"", "Lie down.")).0, "colour");
    let (field, _) = refused(&text("", "Lie down.").replace("summary", "sumary"));
    assert_eq!(field, "en.sumary");
}

#[test]
fn a_region_that_does_not_exist_is_refused() {
    let (_, cure) = refused(&text("regions = [\"tail\"]", "Lie down."));
    assert!(cure.contains("tail") && cure.contains("ankle-and-foot"), "{cure}");
}

#[test]
fn an_empty_body_html_a_picture_and_a_second_title_are_refused() {
    for (body, cure) in [
        (" ", "is empty"),
        ("Rest <b>well</b>", "HTML tag"),
        ("Rest\n<!-- x -->", "HTML tag"),
        ("![a bed](bed.png)", "picture"),
        ("# Rest\nWell", "first level"),
    ] {
        let (field, said) = refused(&text("", body));
        assert_eq!(field, "en.body");
        assert!(said.contains(cure), "{body}: {said}");
    }
    assert!(Article::read(FILE, &text("", "Pain of < 4 is fine, 5 > 4 is not.")).is_ok());
}

#[test]
fn without_a_licence_it_does_not_load() {
    let (field, cure) = refused(&text("", "Lie down.").replace("licence", "licens"));
    assert_eq!(field, "licence");
    assert!(cure.contains("CC-BY-4.0"), "{cure}");
}

#[test]
fn every_article_that_ships_loads_in_both_languages_and_names_its_source() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/education");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let item = Article::read(&name, &fs::read_to_string(&path).unwrap()).unwrap();
        assert!(item.header.source.is_some(), "{name}: say which public source it rests on");
        assert_eq!(item.body.languages().count(), 2, "{name}");
        for (language, words) in item.body.languages() {
            let length = words.body.split_whitespace().count();
            assert!((300..=500).contains(&length), "{name} {language:?}: {length} words");
        }
        count += 1;
    }
    assert!(count >= 20, "{count} articles");
}
