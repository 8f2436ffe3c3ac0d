//! Every questionnaire that ships can be asked, names its rights, and reaches both ends of its instrument's scale.

#![expect(clippy::unwrap_used, reason = "a test says what it cannot go on without")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use care::library::{Item, Language};
use care::questionnaire::{Answers, Form, ItemKind};

fn shipped() -> BTreeMap<String, Item<Form>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/questionnaires");
    let read = |path: &Path| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let form = Form::read(&name, &fs::read_to_string(path).unwrap()).unwrap();
        (name.trim_end_matches(".toml").to_owned(), form)
    };
    fs::read_dir(folder).unwrap().map(|entry| read(&entry.unwrap().path())).collect()
}

#[test]
fn what_may_ship_does_and_says_by_what_right() {
    let forms = shipped();
    let there = "check-in gad-7 groc intake koos-jr pain patient-specific pgic phq-2 phq-9 recommendation rmdq sane";
    for id in there.split(' ') {
        assert!(forms.contains_key(id), "{id}");
    }
    for (id, item) in &forms {
        let scored = item.body.instrument.is_some();
        let own = id == "recommendation";
        assert!(!scored || own || item.header.source.is_some(), "{id}: name the source of a scored form");
    }
}

/// The least or the most that each scored question counts; what else must be said is said.
fn extreme(form: &Form, most: bool) -> Answers {
    let mut answers = Answers::default();
    for item in form.all() {
        let by_weight = form.choices(item).iter().filter_map(|choice| Some((choice.weight?, choice.code.clone())));
        let chosen = if most {
            by_weight.max_by(|a, b| a.0.total_cmp(&b.0))
        } else {
            by_weight.min_by(|a, b| a.0.total_cmp(&b.0))
        };
        let bound = if most { item.max } else { item.min };
        let said = match item.kind {
            ItemKind::Boolean => Some(most.to_string()),
            ItemKind::Integer | ItemKind::Decimal => bound.map(|bound| bound.to_string()),
            ItemKind::String | ItemKind::Text => Some("walk".into()),
            ItemKind::Choice | ItemKind::OpenChoice => chosen.map(|(_, code)| code),
            ItemKind::Group | ItemKind::Display | ItemKind::Date | ItemKind::DateTime | ItemKind::Time => None,
        };
        answers.set(&item.id, said);
    }
    form.walk(&answers).answers
}

#[test]
fn the_lowest_and_the_highest_answers_reach_both_ends_of_the_scale() {
    let mut scored = 0;
    for (id, item) in shipped() {
        let form = item.body;
        let Some(instrument) = form.scored_by() else { continue };
        let score = |most| form.score(&extreme(&form, most)).unwrap().unwrap().score.unwrap();
        let (one, other) = (score(false), score(true));
        let scale = instrument.definition().scale;
        assert_eq!((one.min(other), one.max(other)), (scale.low, scale.high), "{id}");
        scored += 1;
    }
    assert!(scored >= 9, "{scored} forms are scored");
}

/// A validated instrument is shown in Spanish only in its owner's translation, and never half.
#[test]
fn spanish_is_whole_or_not_there() {
    for (id, item) in shipped() {
        let form = item.body;
        let texts = form.all().into_iter().map(|item| &item.text);
        let choices = form.all().into_iter().flat_map(|item| form.choices(item)).map(|choice| &choice.text);
        let spanish: Vec<bool> =
            texts.chain(choices).chain([&form.title]).map(|said| said.languages().any(|l| l == Language::Es)).collect();
        let all = spanish.iter().all(|there| *there);
        assert!(all || spanish.iter().all(|there| !there), "{id}");
        let english_only = ["gad-7", "koos-jr", "phq-2", "phq-9", "rmdq"].contains(&id.as_str());
        assert_eq!(all, !english_only, "{id}");
    }
}

#[test]
fn only_the_ninth_question_of_the_phq_9_speaks_of_harm_and_at_home_it_is_asked_only_by_leave() {
    let mut speaks = vec![];
    for (id, item) in shipped() {
        let form = item.body;
        let Some(harm) = form.harm_item() else {
            assert!(form.is_for_home(false), "{id}");
            continue;
        };
        let say = |code: &str| [(harm.id.clone(), code.to_owned())].into_iter().collect::<Answers>();
        assert!(!form.says_harm(&Answers::default()) && !form.says_harm(&say("0")));
        assert!(form.says_harm(&say("1")) && form.says_harm(&say("3")));
        assert!(!form.is_for_home(false) && form.is_for_home(true), "{id}");
        let scored = form.score(&form.walk(&say("1")).answers).unwrap().unwrap();
        assert_eq!((scored.safety, scored.score.is_err()), (Some(true), true), "told without a score, too");
        speaks.push(format!("{id} {}", harm.id));
    }
    assert_eq!(speaks, ["phq-9 phq-9"]);
}

#[test]
fn how_difficult_it_was_is_asked_of_whoever_has_a_problem_and_does_not_count() {
    let form = shipped().remove("phq-9").unwrap().body;
    let all = |code: &str| (1..=9).map(|n| (format!("phq-{n}"), code.to_owned())).collect::<Answers>();
    assert!(form.walk(&all("0")).faults(&form).is_empty());
    let mut some = all("0");
    some.set("phq-4", ["2"]);
    assert_eq!(form.walk(&some).first_open().map(|asked| asked.place.as_str()), Some("difficulty"));
    some.set("difficulty", ["extremely"]);
    assert_eq!(form.score(&form.walk(&some).answers).unwrap().unwrap().score, Ok(2.0));
}
