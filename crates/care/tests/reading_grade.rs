//! Counting by rule against counting by hand, and the grade of everything that patients are asked to read.

#![expect(clippy::unwrap_used, reason = "a test says what it cannot go on without")]

use std::fs;
use std::path::Path;

use care::library::grade::{self, Counts};
use care::library::{Article, Language};

fn counted(text: &str, language: Language) -> (u32, u32, u32) {
    let counts = Counts::of(text, language);
    (counts.sentences, counts.words, counts.syllables)
}

fn close(grade: f64, wanted: f64) -> bool {
    (grade - wanted).abs() < 0.005
}

/// Every word, with its syllables parted by hand.
const ENGLISH: &str = "a-gain ache an-kle bal-ance be-fore breathe bruised called care-ful clothes cof-fee com-mon \
    di-a-be-tes doc-tor e-ven-ing eve-ry ex-er-cise ex-er-cis-es eyes fam-i-ly feel go-ing hand-led hap-py heal help \
    hun-dred i-de-a im-age joint knees lift-ed med-i-cine min-utes move-ment mus-cles na-tion need-ed nerve op-er-a-tion \
    pa-tient peo-ple phys-i-cal play-er quick-ly qui-et raised rest-ed safe-ly se-ri-ous set-tled shoes shoul-der sleep \
    some-thing stairs sur-ger-y ta-ble ther-a-pist times toes try-ing un-der u-su-al-ly walked wash-es wear-ing whole \
    wom-en you";

const SPANISH: &str = "a-ho-ra a-í ai-re al-mo-ha-da a-yu-da ba-úl bien ca-í-da ca-mi-nar ci-ru-gí-a cui-da-do des-pués dí-a \
    do-lor e-jer-ci-cio es-pal-da fuer-za gui-tar-ra ha-cia hoy le-er lue-go mé-di-co mús-cu-lo muy ni-ño o-í-do pa-í-ses \
    pan-to-rri-lla pie po-e-ta pre-gun-ta que quie-ro rui-do sa-lud se-guir te-ra-peu-ta tiem-po tra-ba-jo u-no \
    ver-güen-za via-je-ro y yo";

#[test]
fn syllables_are_counted_as_by_hand() {
    for (list, language) in [(ENGLISH, Language::En), (SPANISH, Language::Es)] {
        let wrong: Vec<_> = list
            .split_whitespace()
            .map(|parted| (parted, counted(&parted.replace('-', ""), language).2))
            .filter(|(parted, got)| *got as usize != parted.split('-').count())
            .collect();
        assert_eq!(wrong, [], "{language:?}");
    }
}

#[test]
fn a_known_sentence_has_its_known_grade() {
    let text = "The cat sat on the mat.";
    assert_eq!(counted(text, Language::En), (1, 6, 6));
    assert!(close(grade::of(text, Language::En), 0.39 * 6.0 + 11.8 - 15.59));
}

#[test]
fn an_english_paragraph_is_counted_as_by_hand() {
    // 5 + 8 words; 1+1+1+1+1 and 1+1+1+2+1+1+2+1 syllables.
    let text = "You may feel quite sore. Do not stop moving, but go slowly now!";
    assert_eq!(counted(text, Language::En), (2, 13, 15));
    assert!(close(grade::of(text, Language::En), 0.39 * 6.5 + 11.8 * 15.0 / 13.0 - 15.59));
}

#[test]
fn a_spanish_paragraph_is_counted_as_by_hand() {
    // Ca-mi-ne un po-co ca-da dí-a: 10. Si le due-le mu-cho, des-can-se: 9.
    let text = "Camine un poco cada día. Si le duele mucho, descanse.";
    assert_eq!(counted(text, Language::Es), (2, 10, 19));
    assert!(close(grade::of(text, Language::Es), 0.049 * 190.0 - 0.205 * 20.0 - 3.407));
}

#[test]
fn headings_do_not_count_and_a_point_in_a_list_is_a_sentence() {
    let text = "## A heading about rehabilitation\n\nTake **two** of\nthese:\n\n- Rest\n- A [warm bath](https://example.org/x)\n1. Go\n";
    assert_eq!(counted(text, Language::En), (4, 4 + 1 + 3 + 1, 9));
}

#[test]
fn a_number_is_one_word_and_its_point_ends_no_sentence() {
    assert_eq!(counted("It was 38.3 \u{b0}C (\"hot\").", Language::En), (1, 5, 1 + 1 + 3 + 1 + 1));
}

#[test]
fn no_words_ask_for_no_grade() {
    assert!(close(grade::of("\n## Only a heading\n", Language::En), 0.0));
    assert!(close(grade::of("", Language::Es), 0.0));
}

#[test]
fn a_hard_text_is_far_above_the_limit() {
    let en = "Postoperative rehabilitation necessitates individualized progression of therapeutic activity, considering \
              comorbidities, tissue irritability and contraindications communicated by the responsible orthopedic surgeon.";
    let es = "La rehabilitaci\u{f3}n posoperatoria requiere una progresi\u{f3}n individualizada de la actividad terap\u{e9}utica, \
              considerando comorbilidades, irritabilidad tisular y contraindicaciones comunicadas oportunamente.";
    assert!(grade::of(en, Language::En) > 2.0 * grade::HIGHEST);
    assert!(grade::of(es, Language::Es) > grade::HIGHEST);
}

/// The files of a folder of content/, with their text; none where the folder is not there.
fn files(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content").join(folder);
    let entries = fs::read_dir(root).into_iter().flatten().filter_map(Result::ok);
    let mut files: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .map(|path| {
            let name = format!("content/{folder}/{}", path.file_name().unwrap().to_string_lossy());
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect();
    files.sort();
    files
}

/// What is above the limit, with its grade.
fn too_hard(texts: &[(String, String, Language)]) -> Vec<String> {
    let graded = texts.iter().map(|(name, text, language)| (name, grade::of(text, *language)));
    graded
        .filter(|(_, grade)| *grade > grade::HIGHEST)
        .map(|(name, grade)| format!("{name}: grade {grade:.1}"))
        .collect()
}

#[test]
fn every_article_can_be_read_after_six_years_of_school() {
    let mut texts = vec![];
    for (file, text) in files("education") {
        let article = Article::read(&file, &text).unwrap().body;
        for (language, words) in article.languages() {
            texts.push((
                format!("{file} {}", language.code()),
                format!("{}\n\n{}", words.summary, words.body),
                language,
            ));
        }
    }
    assert!(texts.len() >= 2 * 20, "{} texts", texts.len());
    assert_eq!(too_hard(&texts), Vec::<String>::new());
}

/// The words of an exercise, in the order in which a patient reads them.
fn exercise_text(said: &toml::Table) -> String {
    let mut lines = vec![];
    for key in ["purpose", "position", "steps", "cautions"] {
        match said.get(key) {
            Some(toml::Value::Array(points)) => {
                lines.extend(points.iter().filter_map(|p| p.as_str()).map(str::to_owned))
            }
            Some(toml::Value::String(text)) => lines.push(text.clone()),
            _ => {}
        }
    }
    lines.join("\n\n")
}

#[test]
fn every_exercise_can_be_read_after_six_years_of_school() {
    let mut texts = vec![];
    for (file, text) in files("exercises") {
        let table: toml::Table = text.parse().unwrap();
        for language in Language::ALL {
            let said = table.get(language.code()).and_then(|v| v.as_table());
            let text = said.map(exercise_text).unwrap_or_default();
            assert!(!text.is_empty(), "{file} says nothing in {}", language.code());
            texts.push((format!("{file} {}", language.code()), text, language));
        }
    }
    assert_eq!(too_hard(&texts), Vec::<String>::new());
}

#[test]
fn what_is_too_hard_is_named_with_its_grade() {
    let hard = "Individualized rehabilitation necessitates communication.";
    let text = ("content/education/x.toml en".to_owned(), hard.to_owned(), Language::En);
    let wanted = grade::of(hard, Language::En);
    assert_eq!(too_hard(&[text]), [format!("content/education/x.toml en: grade {wanted:.1}")]);
}
